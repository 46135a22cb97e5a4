/** Files that weigh too much are told of when they are chosen, not after they were sent. */
export function fileSizes(root: Document): void {
  for (const input of root.querySelectorAll<HTMLInputElement>("input[type=file][data-max-bytes]")) watch(root, input);
}

function watch(root: Document, input: HTMLInputElement): void {
  const told = root.createElement("p");
  told.className = "field-errors";
  told.setAttribute("role", "alert");
  input.after(told);
  const tooLarge = (): boolean => {
    const total = [...(input.files ?? [])].reduce((sum, file) => sum + file.size, 0);
    const found = total > Number(input.dataset["maxBytes"]);
    told.textContent = found ? (input.dataset["tooLarge"] ?? "") : "";
    if (found) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    return found;
  };
  input.addEventListener("change", tooLarge);
  input.form?.addEventListener("submit", (event) => {
    if (!tooLarge()) return;
    event.preventDefault();
    input.focus();
  });
  // A file may have been chosen while this script was still on its way.
  tooLarge();
}
