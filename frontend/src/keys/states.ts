/** What became of the orders that keys were made for, asked of the guichet. */
import type { KeptKey } from "./vault";

/** One order that the card sees; `address` leads to what its key is for now, if anything. */
export interface OrderState {
  number: number;
  key: string;
  order: string;
  state: string;
  kind: string;
  address: string;
  action: string;
}

/** The order of a key: seen, seen with another key, out of sight, none, or not to be had now. */
export type Fate =
  | { is: "seen"; order: OrderState }
  | { is: "replaced"; order: OrderState }
  | { is: "unseen" | "not-sent" | "unknown" };

/** The orders of these keys that the actor may see; null when they cannot be had. */
export async function statesOf(address: string, keys: readonly KeptKey[]): Promise<OrderState[] | null> {
  const query = new URLSearchParams();
  for (const key of keys) {
    query.append("cle", key.fingerprint);
    if (key.order) query.append("demande", key.order);
  }
  try {
    const answer = await fetch(`${address}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return null;
    const told: unknown = await answer.json();
    return (told as { orders: OrderState[] }).orders;
  } catch {
    return null;
  }
}

/** What became of one key, the newest order that carries it first. */
export function fateOf(key: KeptKey, orders: readonly OrderState[] | null): Fate {
  if (!orders) return { is: "unknown" };
  const carried = orders.find((order) => order.key === key.fingerprint);
  if (carried) return { is: "seen", order: carried };
  const numbered = orders.find((order) => String(order.number) === key.order);
  if (numbered) return { is: "replaced", order: numbered };
  return { is: key.order ? "unseen" : "not-sent" };
}
