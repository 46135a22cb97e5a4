/** Before a withdrawal: whether this browser holds the key, told before it hurts. */
import { show } from "./dom";
import { bind, find, VaultUnavailable } from "./vault";

/** On the final page of an order: note its number beside the key. */
export async function binding(root: HTMLElement): Promise<void> {
  try {
    await bind(root.dataset["fingerprint"] ?? "", root.dataset["order"] ?? "");
  } catch (error) {
    if (!(error instanceof VaultUnavailable)) throw error;
  }
}

/** On a page about an order: show the part for a key that is here, or for one that is not. */
export async function presence(root: HTMLElement): Promise<void> {
  root.hidden = false;
  try {
    show(root, (await find(root.dataset["fingerprint"] ?? "")) ? "held" : "missing");
  } catch (error) {
    if (!(error instanceof VaultUnavailable)) throw error;
    show(root, "missing");
  }
}
