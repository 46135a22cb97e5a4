/** Step 4 of DEMANDER: a key is born here, and only its request leaves. */
import { isKeyKind } from "./algorithms";
import { KeyWorker } from "./client";
import { fileName, offer, part, show, words } from "./dom";
import { Meter } from "./meter";
import type { Born } from "./tasks";
import { keep, persist, VaultUnavailable } from "./vault";

/** Turns the part of the page that waits for scripts into a working one. */
export function generating(root: HTMLElement): void {
  const form = root.closest("form")!;
  const worker = new KeyWorker(root.dataset["worker"] ?? "");
  const button = part<HTMLButtonElement>(root, "generate");
  const meter = new Meter(
    root,
    async () => (await import(/* @vite-ignore */ root.dataset["strength"] ?? "")).strength,
    JSON.parse(root.dataset["known"] ?? "[]") as string[],
    () => {
      button.disabled = meter?.password == null;
    },
  );
  root.hidden = false;
  choices(form, root);
  button.disabled = true;
  button.addEventListener("click", () => void generate(root, form, meter, worker));
}

/** "Vous n'avez pas de CSR / Vous avez déjà réalisé votre CSR": one part is shown, one waits. */
function choices(form: HTMLFormElement, root: HTMLElement): void {
  const radios = form.querySelectorAll<HTMLInputElement>('input[name="source"]');
  const turn = (): void => {
    const source = form.querySelector<HTMLInputElement>('input[name="source"]:checked')?.value ?? "online";
    show(form, source);
    const done = root.dataset["done"] === "true";
    for (const submit of form.querySelectorAll<HTMLButtonElement>("[data-finalise] button, button[data-finalise]")) {
      submit.disabled = source === "online" && !done;
    }
  };
  for (const radio of radios) radio.addEventListener("change", turn);
  root.addEventListener("keys:done", turn);
  turn();
}

async function generate(root: HTMLElement, form: HTMLFormElement, meter: Meter, worker: KeyWorker): Promise<void> {
  const password = meter.password;
  const kind = part<HTMLSelectElement>(root, "kind").value;
  if (password === null || !isKeyKind(kind)) return;
  const status = part(root, "status");
  const button = part<HTMLButtonElement>(root, "generate");
  part(root, "busy").hidden = false;
  button.disabled = true;
  status.textContent = words(root, "generating");
  try {
    const name = root.dataset["name"] ?? "";
    const born = await worker.run({ do: "generate", kind, password, name });
    const isKept = await kept(born, kind, name);
    hand(root, form, born, name);
    meter.clear();
    status.textContent = words(root, isKept ? "generated" : "not-kept");
    root.classList.toggle("not-kept", !isKept);
  } catch {
    status.textContent = words(root, "failed");
    button.disabled = false;
  } finally {
    part(root, "busy").hidden = true;
  }
}

/** False when this browser keeps nothing: the recovery file is then the only copy. */
async function kept(born: Born, kind: string, label: string): Promise<boolean> {
  if (!isKeyKind(kind)) return false;
  await persist();
  try {
    await keep({
      fingerprint: born.fingerprint,
      kind,
      protectedKey: born.protectedKey,
      request: born.request,
      label,
      order: "",
      createdAt: new Date().toISOString(),
    });
    return true;
  } catch (error) {
    if (error instanceof VaultUnavailable) return false;
    throw error;
  }
}

/** Put the request in the form, and the recovery file in reach. */
function hand(root: HTMLElement, form: HTMLFormElement, born: Born, name: string): void {
  const text = form.elements.namedItem("csr_text");
  if (text instanceof HTMLTextAreaElement) text.value = born.request;
  const origin = form.elements.namedItem("key_origin");
  if (origin instanceof HTMLInputElement) origin.value = "browser";
  offer(part(root, "recovery"), born.recovery, "application/x-pem-file", fileName(name, "recuperation.pem"));
  part(root, "done").hidden = false;
  root.dataset["done"] = "true";
  root.dispatchEvent(new CustomEvent("keys:done"));
  part(root, "recovery").focus();
}
