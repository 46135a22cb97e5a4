/** The page of a product: its certificate and the key of this browser, or of a recovery file, in one PKCS#12. */
import { type KeyKind } from "./algorithms";
import { KeyWorker, TaskFailed } from "./client";
import { fileName, offer, part, show, words } from "./dom";
import { fromBase64, readPem } from "./pem";
import { find, VaultUnavailable } from "./vault";

const RECOVERY = "ENCRYPTED PRIVATE KEY";

/** Looks for the key, and offers what can be done with or without it. */
export function joining(root: HTMLElement): void {
  const worker = new KeyWorker(root.dataset["worker"] ?? "");
  let protectedKey: ArrayBuffer | null = null;
  root.hidden = false;
  void held(root.dataset["fingerprint"] ?? "").then((key) => {
    protectedKey = key;
    show(root, key ? "held" : "missing");
  });
  const file = part<HTMLInputElement>(root, "recovery-file");
  file.addEventListener("change", () => {
    void file.files?.[0]?.text().then((text) => {
      const [der] = readPem(text, RECOVERY);
      protectedKey = der ?? null;
      show(root, der ? "held" : "missing");
      part(root, "status").textContent = words(root, der ? "recovered" : "not-a-key");
    });
  });
  part<HTMLButtonElement>(root, "join").addEventListener("click", () => {
    if (protectedKey) void join(root, worker, protectedKey);
  });
  part<HTMLInputElement>(root, "password").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (protectedKey) void join(root, worker, protectedKey);
  });
}

async function held(fingerprint: string): Promise<ArrayBuffer | null> {
  try {
    return (await find(fingerprint))?.protectedKey ?? null;
  } catch (error) {
    if (error instanceof VaultUnavailable) return null;
    throw error;
  }
}

async function join(root: HTMLElement, worker: KeyWorker, protectedKey: ArrayBuffer): Promise<void> {
  const password = part<HTMLInputElement>(root, "password");
  const status = part(root, "status");
  part(root, "busy").hidden = false;
  status.textContent = words(root, "joining");
  try {
    const [certificate, ...chain] = readPem(part(root, "chain").textContent ?? "", "CERTIFICATE");
    const name = root.dataset["name"] ?? "";
    const joined = await worker.run({
      do: "archive",
      kind: (root.dataset["kind"] ?? "rsa-2048") as KeyKind,
      protectedKey,
      password: password.value,
      certificate: certificate!,
      chain,
      name,
      challenge: fromBase64(root.dataset["challenge"] ?? ""),
    });
    const link = part<HTMLAnchorElement>(root, "archive");
    offer(link, joined.archive, "application/x-pkcs12", fileName(name, "p12"));
    show(root, "joined");
    link.click();
    link.focus();
    password.value = "";
    status.textContent = words(root, "joined");
    await prove(root, joined.proof);
  } catch (error) {
    status.textContent = words(root, error instanceof TaskFailed ? error.failure : "failed");
    if (error instanceof TaskFailed && error.failure === "wrong-password") password.select();
  } finally {
    part(root, "busy").hidden = true;
  }
}

/** Tell the guichet that the key is held; the file is there whatever comes of it. */
async function prove(root: HTMLElement, proof: string): Promise<void> {
  const body = new URLSearchParams({ proof, csrfmiddlewaretoken: root.dataset["csrf"] ?? "" });
  await fetch(root.dataset["proofUrl"] ?? "", { method: "POST", body, credentials: "same-origin" });
}
