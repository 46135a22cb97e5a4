/** Buttons that open a <dialog> ([data-opens]) and those that close theirs ([data-closes]). */
export function dialogs(root: Document): void {
  root.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const opener = target?.closest<HTMLElement>("[data-opens]");
    if (opener) {
      const dialog = root.getElementById(opener.dataset["opens"] ?? "");
      if (dialog instanceof HTMLDialogElement) dialog.showModal();
      return;
    }
    target?.closest("[data-closes]")?.closest("dialog")?.close();
  });
}
