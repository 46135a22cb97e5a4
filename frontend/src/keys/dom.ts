/** What the pages of keys share: finding their parts, saying things, handing files over. */

/** The part of a page by this name; a page without it is wrongly built. */
export function part<T extends HTMLElement>(root: ParentNode, name: string): T {
  const found = root.querySelector<T>(`[data-part="${name}"]`);
  if (!found) throw new Error(`this page has no [data-part="${name}"]`);
  return found;
}

/** The words of a page for one occasion: they stand in it, hidden, in the language it is in. */
export function words(root: ParentNode, occasion: string): string {
  return root.querySelector(`[data-says="${occasion}"]`)?.textContent?.trim() ?? "";
}

/** Show exactly the parts whose `data-when` (or `data-source`) lists this state. */
export function show(root: ParentNode, state: string, attribute: "when" | "source" = "when"): void {
  for (const element of root.querySelectorAll<HTMLElement>(`[data-${attribute}]`)) {
    element.hidden = !(element.dataset[attribute] ?? "").split(" ").includes(state);
  }
}

/** Give a link a file to download. */
export function offer(link: HTMLAnchorElement, content: BlobPart, type: string, name: string): void {
  if (link.href.startsWith("blob:")) URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
}

/** A name for a file: letters, digits and hyphens, then the ending as it is. */
export function fileName(text: string, ending: string): string {
  const bare = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const name = bare.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40);
  return `${name || "cle"}${ending}`;
}

/** The name of a PKCS#12: it says TEST where the page does. */
export function archiveName(text: string): string {
  return fileName(text, `${document.documentElement.dataset["mark"] ?? ""}.p12`);
}

/** A button that shows and hides what is typed in a field of a password. */
export function reveal(root: ParentNode, fields: readonly HTMLInputElement[]): void {
  const button = part<HTMLButtonElement>(root, "reveal");
  const [label] = button.childNodes;
  button.addEventListener("click", () => {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    for (const field of fields) field.type = shown ? "text" : "password";
    if (label) label.textContent = `${words(root, shown ? "conceal" : "reveal")} `;
  });
}

/** Enter in a field of a password does what the page's button does: it sends no form. */
export function onEnter(field: HTMLInputElement, act: () => void): void {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    act();
  });
}
