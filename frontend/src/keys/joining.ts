/** The page of a product: its certificate and the key of this browser, or of a recovery file, in one PKCS#12. */
import { isKeyKind } from "./algorithms";
import { KeyWorker, TaskFailed } from "./client";
import { archiveName, offer, part, show } from "./dom";
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
  const { kind, name = "" } = root.dataset;
  const [certificate, ...chain] = readPem(part(root, "chain").textContent ?? "", "CERTIFICATE");
  if (!isKeyKind(kind) || !certificate) return lock.say("failed");
  try {
    const challenge = await freshChallenge(root);
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
    lock.say((await prove(root, challenge, joined.proof)) ? "joined" : "joined-unproved");
  } catch (error) {
    lock.say(error instanceof TaskFailed ? error.failure : "failed");
    lock.password.select();
  }
}

function handOver(root: HTMLElement, joined: Joined, name: string): void {
  const link = part<HTMLAnchorElement>(root, "archive");
  offer(link, joined.archive, "application/x-pkcs12", archiveName(name));
  show(root, "joined");
  link.click();
  link.focus();
}

/** What to sign now: the page's own challenge may be old, and serves when no other can be had. */
async function freshChallenge(root: HTMLElement): Promise<string> {
  const { proofUrl = "", challenge = "" } = root.dataset;
  try {
    const told: unknown = await (await fetch(proofUrl, { headers: { Accept: "application/json" } })).json();
    const { challenge: fresh } = told as { challenge?: unknown };
    return typeof fresh === "string" ? fresh : challenge;
  } catch {
    return challenge;
  }
}

/** Tell the guichet that the key is held; the file is there whatever comes of it. */
async function prove(root: HTMLElement, challenge: string, signature: string): Promise<boolean> {
  const { proofUrl = "", csrf = "" } = root.dataset;
  const body = new URLSearchParams({ challenge, signature, csrfmiddlewaretoken: csrf });
  try {
    return (await fetch(proofUrl, { method: "POST", body, credentials: "same-origin" })).ok;
  } catch {
    return false;
  }
}
