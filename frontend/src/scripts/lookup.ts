/** "/" leads to the field of the search, or to its page; whoever does not want it turns it off there. */
const KEPT = "guichet-lookup-key";

export function lookup(root: Document, store: Storage | undefined, go: (address: string) => void): void {
  const field = root.querySelector<HTMLInputElement>("input[data-lookup]");
  const link = root.querySelector<HTMLAnchorElement>('.tabs a[href="/gestion/recherche/"]');
  if (!field && !link) return;
  const isOff = (): boolean => store?.getItem(KEPT) === "off";
  const choice = root.querySelector<HTMLElement>("[data-lookup-key]");
  const box = choice?.querySelector<HTMLInputElement>("input");
  if (choice && box && store) {
    choice.hidden = false;
    box.checked = !isOff();
    box.addEventListener("change", () => store.setItem(KEPT, box.checked ? "on" : "off"));
  }
  root.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || isOff() || isWritten(event.target)) return;
    event.preventDefault();
    if (field) {
      field.focus();
      field.select();
    } else if (link) go(link.href);
  });
}

function isWritten(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}
