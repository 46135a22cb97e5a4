/** "Mes clés": what this browser holds, for which order; each may be exported or forgotten. */
import { fileName, offer, part, show, words } from "./dom";
import { pem } from "./pem";
import { forget, type KeptKey, list, VaultUnavailable } from "./vault";

/** Fills the table, and again after each change. */
export async function mine(root: HTMLElement): Promise<void> {
  root.hidden = false;
  let keys: KeptKey[];
  try {
    keys = await list();
  } catch (error) {
    if (!(error instanceof VaultUnavailable)) throw error;
    show(root, "unavailable");
    return;
  }
  show(root, keys.length > 0 ? "some" : "none");
  part(root, "rows").replaceChildren(...keys.map((key) => row(root, key)));
}

function row(root: HTMLElement, key: KeptKey): HTMLElement {
  const template = part<HTMLTemplateElement>(root, "row");
  const line = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  part(line, "label").textContent = key.label;
  part(line, "kind").textContent = key.kind.toUpperCase();
  part(line, "created").textContent = new Date(key.createdAt).toLocaleString(document.documentElement.lang);
  const order = part<HTMLAnchorElement>(line, "order");
  order.textContent = key.order || words(root, "not-sent");
  if (key.order) order.href = (root.dataset["orders"] ?? "").replace("0", key.order);
  const recovery = part<HTMLAnchorElement>(line, "recovery");
  const file = pem(key.protectedKey, "ENCRYPTED PRIVATE KEY");
  offer(recovery, file, "application/x-pem-file", fileName(key.label, "recuperation.pem"));
  part<HTMLButtonElement>(line, "forget").addEventListener("click", () => ask(root, key));
  return line;
}

/** What cannot be undone is confirmed. */
function ask(root: HTMLElement, key: KeptKey): void {
  const dialog = part<HTMLDialogElement>(root, "sure");
  part(dialog, "which").textContent = `${key.label} (${key.order || key.kind})`;
  dialog.returnValue = "";
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue === "forget") void forget(key.fingerprint).then(() => mine(root));
    },
    { once: true },
  );
  dialog.showModal();
}
