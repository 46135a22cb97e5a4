/** The page of a product: its certificate and the key of this browser, or of a recovery file, in one PKCS#12. */
import { isKeyKind } from "./algorithms";
import { KeyWorker, TaskFailed } from "./client";
import { fileName, offer, part, show } from "./dom";
import { held, Lock } from "./lock";
import { fromBase64, readPem } from "./pem";
import type { Joined } from "./tasks";

/** Looks for the key, and offers what can be done with or without it. */
export async function joining(root: HTMLElement): Promise<void> {
  const worker = new KeyWorker(root.dataset["worker"] ?? "");
  const lock: Lock = new Lock(root, (key, password) => join(root, worker, lock, key, password));
  root.hidden = false;
  const found = await held(root.dataset["fingerprint"] ?? "");
  if (found instanceof ArrayBuffer) lock.key = found;
  const state = found instanceof ArrayBuffer ? "held" : found;
  show(root, state);
  lock.say(state);
}

async function join(
  root: HTMLElement,
  worker: KeyWorker,
  lock: Lock,
  protectedKey: ArrayBuffer,
  password: string,
): Promise<void> {
  const { kind, name = "", challenge = "" } = root.dataset;
  const [certificate, ...chain] = readPem(part(root, "chain").textContent ?? "", "CERTIFICATE");
  if (!isKeyKind(kind) || !certificate) return lock.say("failed");
  try {
    const joined = await worker.run({
      do: "archive",
      kind,
      protectedKey,
      password,
      certificate,
      chain,
      name,
      challenge: fromBase64(challenge),
    });
    lock.password.value = "";
    handOver(root, joined, name);
    lock.say((await prove(root, joined.proof)) ? "joined" : "joined-unproved");
  } catch (error) {
    lock.say(error instanceof TaskFailed ? error.failure : "failed");
    lock.password.select();
  }
}

function handOver(root: HTMLElement, joined: Joined, name: string): void {
  const link = part<HTMLAnchorElement>(root, "archive");
  offer(link, joined.archive, "application/x-pkcs12", fileName(name, ".p12"));
  show(root, "joined");
  link.click();
  link.focus();
}

/** Tell the guichet that the key is held; the file is there whatever comes of it. */
async function prove(root: HTMLElement, signature: string): Promise<boolean> {
  const { proofUrl = "", challenge = "", csrf = "" } = root.dataset;
  const body = new URLSearchParams({ challenge, signature, csrfmiddlewaretoken: csrf });
  try {
    return (await fetch(proofUrl, { method: "POST", body, credentials: "same-origin" })).ok;
  } catch {
    return false;
  }
}
