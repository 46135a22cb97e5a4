/** Before a withdrawal: whether this browser holds the key, told before it hurts. */
import { isKeyKind } from "./algorithms";
import { KeyWorker, TaskFailed } from "./client";
import { part, show, words } from "./dom";
import { held, Lock } from "./lock";
import { fromBase64 } from "./pem";
import { bind, keep, VaultUnavailable } from "./vault";

/** On the final page of an order: note its number beside the key, and say where the key is. */
export async function binding(root: HTMLElement): Promise<void> {
  const { fingerprint = "", order = "" } = root.dataset;
  root.hidden = false;
  part(root, "status").textContent = words(root, await bound(fingerprint, order));
}

/** On the page of a withdrawal: the part for a key that is here, or for one that is not. */
export async function presence(root: HTMLElement): Promise<void> {
  const { fingerprint = "", order = "" } = root.dataset;
  const worker = new KeyWorker(root.dataset["worker"] ?? "");
  const lock: Lock = new Lock(root, (key, password) => restore(root, worker, lock, key, password));
  root.hidden = false;
  const found = await bound(fingerprint, order);
  show(root, found);
  lock.say(found);
}

async function bound(fingerprint: string, order: string): Promise<"held" | "missing" | "blocked"> {
  const found = await held(fingerprint);
  if (!(found instanceof ArrayBuffer)) return found;
  await bind(fingerprint, order).catch((error: unknown) => {
    if (!(error instanceof VaultUnavailable)) throw error;
  });
  return "held";
}

/** Open a recovery file, see that it is this order's key, and put it back into this browser. */
async function restore(
  root: HTMLElement,
  worker: KeyWorker,
  lock: Lock,
  protectedKey: ArrayBuffer,
  password: string,
): Promise<void> {
  const { kind, spki = "", name: label = "", order = "" } = root.dataset;
  if (!isKeyKind(kind)) return lock.say("failed");
  try {
    const { fingerprint } = await worker.run({ do: "check", kind, protectedKey, password, spki: fromBase64(spki) });
    lock.password.value = "";
    const createdAt = new Date().toISOString();
    await keep({ fingerprint, kind, protectedKey, request: "", label, place: "", order, createdAt });
    show(root, "held");
    lock.say("restored");
  } catch (error) {
    if (error instanceof VaultUnavailable) return lock.say("checked");
    lock.say(error instanceof TaskFailed ? error.failure : "failed");
    lock.password.select();
  }
}
