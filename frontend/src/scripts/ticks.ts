/** "Tick everything" without leaving the page: the link becomes a button, and the count is told. */
export function ticks(root: Document): void {
  for (const link of root.querySelectorAll<HTMLAnchorElement>("a[data-ticks]")) {
    const form = link.closest("form");
    if (form) watch(root, form, link);
  }
}

function watch(root: Document, form: HTMLFormElement, link: HTMLAnchorElement): void {
  const words = link.dataset;
  const boxes = (): HTMLInputElement[] => [
    ...form.querySelectorAll<HTMLInputElement>(`input[type=checkbox][name="${words["ticks"] ?? ""}"]`),
  ];
  const button = root.createElement("button");
  button.type = "button";
  button.className = "btn btn-quiet btn-sm";
  const told = root.createElement("span");
  told.className = "ticked";
  told.setAttribute("role", "status");
  link.replaceWith(button, " ", told);

  const show = (): void => {
    const all = boxes();
    const count = all.filter((box) => box.checked).length;
    button.textContent = (count === all.length ? words["none"] : words["all"]) ?? "";
    told.textContent = count === 0 ? "" : ((count === 1 ? words["one"] : words["many"]) ?? "").replace("{n}", `${count}`);
  };
  button.addEventListener("click", () => {
    const all = boxes();
    const wanted = !all.every((box) => box.checked);
    for (const box of all) box.checked = wanted;
    show();
  });
  form.addEventListener("change", show);
  // A browser that comes back to the page restores the boxes after this has run.
  root.defaultView?.addEventListener("pageshow", show);
  show();
}
