/** "Mes clés": what this browser holds, for which order; each may be exported or forgotten. */
import { fileName, offer, part, show, words } from "./dom";
import { pem } from "./pem";
import { RESTORED } from "./restoring";
import { type Fate, fateOf, statesOf } from "./states";
import { bind, forget, isPersisted, type KeptKey, list, persist, VaultUnavailable } from "./vault";

/** Fills the page, and again after each change. */
export async function mine(root: HTMLElement): Promise<void> {
  await fill(root);
  document.addEventListener(RESTORED, () => void fill(root));
  const ask = part<HTMLButtonElement>(root, "persist");
  tellStorage(root, (await isPersisted()) ? "persisted" : "kept");
  ask.addEventListener("click", () => void persist().then((yes) => tellStorage(root, yes ? "persisted" : "denied")));
}

async function fill(root: HTMLElement): Promise<void> {
  try {
    const keys = await list();
    show(root, keys.length > 0 ? "some" : "none");
    root.hidden = false;
    const orders = keys.length > 0 ? await statesOf(root.dataset["states"] ?? "", keys) : [];
    part(root, "rows").replaceChildren(...keys.map((key) => row(root, key, fateOf(key, orders))));
  } catch (error) {
    if (!(error instanceof VaultUnavailable)) throw error;
    show(root, "blocked");
    root.hidden = false;
  }
}

function row(root: HTMLElement, key: KeptKey, fate: Fate): HTMLElement {
  const template = part<HTMLTemplateElement>(root, "row");
  const line = template.content.querySelector("tr")!.cloneNode(true) as HTMLElement;
  part(line, "label").textContent = key.label;
  part(line, "kind").textContent = kindOf(key);
  part(line, "created").textContent = new Date(key.createdAt).toLocaleString(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  tellFate(root, line, key, fate);
  const recovery = part<HTMLAnchorElement>(line, "recovery");
  const file = pem(key.protectedKey, "ENCRYPTED PRIVATE KEY");
  offer(recovery, file, "application/x-pem-file", fileName(key.label, "-recuperation.pem"));
  part(line, "forget").addEventListener("click", () => ask(root, key));
  for (const action of line.querySelectorAll("td:last-child > *")) {
    action.setAttribute("aria-label", `${action.textContent?.trim()} ${key.label} ${key.order}`.trim());
  }
  return line;
}

function tellFate(root: HTMLElement, line: HTMLElement, key: KeptKey, fate: Fate): void {
  const [link, state, act] = [part<HTMLAnchorElement>(line, "order"), part(line, "state"), part<HTMLAnchorElement>(line, "act")];
  link.textContent = "order" in fate ? String(fate.order.number) : key.order;
  if ("order" in fate) link.href = fate.order.order;
  if (fate.is !== "seen") {
    state.textContent = words(root, fate.is);
    return;
  }
  const badge = document.createElement("span");
  badge.className = `badge badge-${fate.order.kind}`;
  badge.textContent = fate.order.state;
  state.replaceChildren(badge);
  act.hidden = fate.order.address === "";
  act.href = fate.order.address;
  act.textContent = fate.order.action;
  if (!key.order) void bind(key.fingerprint, String(fate.order.number));
}

/** What cannot be undone is confirmed. */
function ask(root: HTMLElement, key: KeptKey): void {
  part(root, "which").textContent = [key.label, kindOf(key), key.order].filter(Boolean).join(", ");
  part(root, "confirm").onclick = () => void remove(root, key);
  part(root, "which").closest("dialog")?.showModal();
}

async function remove(root: HTMLElement, key: KeptKey): Promise<void> {
  await forget(key.fingerprint);
  await fill(root);
  const status = part(root, "status");
  status.textContent = words(root, "forgotten");
  status.tabIndex = -1;
  status.focus();
}

/** The kind in capitals, on one line. */
function kindOf(key: KeptKey): string {
  return key.kind.toUpperCase().replace("-", "\u2011");
}

function tellStorage(root: HTMLElement, state: "persisted" | "kept" | "denied"): void {
  part(root, "storage").textContent = words(root, state);
  part(root, "persist").hidden = state !== "kept";
}
