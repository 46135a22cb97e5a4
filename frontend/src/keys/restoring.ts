/** "Mes clés": a recovery file put back into this browser, once it is seen which order its key is for. */
import { isKeyKind } from "./algorithms";
import { KeyWorker, TaskFailed } from "./client";
import { show } from "./dom";
import { Lock } from "./lock";
import { fromBase64 } from "./pem";
import type { Candidate } from "./tasks";
import { find, isAvailable, keep } from "./vault";

/** Said to the document when this browser holds a key more. */
export const RESTORED = "guichet:key-restored";

/** One order whose certificate carries a key that a browser made. */
interface Known extends Candidate {
  order: string;
  name: string;
}

/** Takes files one after the other; a browser that keeps nothing is offered nothing. */
export async function restoring(root: HTMLElement): Promise<void> {
  if (!(await isAvailable())) return;
  const worker = new KeyWorker(root.dataset["worker"] ?? "");
  const lock: Lock = new Lock(root, (key, password) => restore(root, worker, lock, key, password));
  show(root, "missing");
  root.hidden = false;
}

async function restore(
  root: HTMLElement,
  worker: KeyWorker,
  lock: Lock,
  protectedKey: ArrayBuffer,
  password: string,
): Promise<void> {
  try {
    const known = await knownKeys(root.dataset["candidates"] ?? "");
    const candidates = known.map(({ kind, spki }) => ({ kind, spki }));
    const { fingerprint, place } = await worker.run({ do: "find", protectedKey, password, candidates });
    const { kind, name: label, order } = known[place]!;
    if (!(await find(fingerprint))) {
      const createdAt = new Date().toISOString();
      await keep({ fingerprint, kind, protectedKey, request: "", label, place: "", order, createdAt });
    }
    lock.password.value = "";
    lock.key = null;
    show(root, "missing");
    lock.say("restored");
    document.dispatchEvent(new Event(RESTORED));
  } catch (error) {
    lock.say(error instanceof TaskFailed ? error.failure : "failed");
    lock.password.select();
  }
}

async function knownKeys(address: string): Promise<Known[]> {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  const told: unknown = await answer.json();
  const { keys } = told as { keys: { kind: string; spki: string; order: number; name: string }[] };
  return keys.flatMap(({ kind, spki, order, name }) =>
    isKeyKind(kind) ? [{ kind, spki: fromBase64(spki), order: String(order), name }] : [],
  );
}
