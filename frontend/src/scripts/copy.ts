/** Buttons that copy the <code> beside them; they stay hidden where copying is not possible. */
export function copyButtons(root: ParentNode, clipboard: Pick<Clipboard, "writeText"> | undefined): void {
  if (!clipboard) return;
  for (const button of root.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    const code = button.parentElement?.querySelector("code");
    const words = button.querySelector("span");
    if (!code || !words) continue;
    const before = words.textContent ?? "";
    button.hidden = false;
    button.addEventListener("click", async () => {
      await clipboard.writeText(code.textContent ?? "");
      words.textContent = button.dataset["done"] ?? before;
      words.setAttribute("role", "status");
      setTimeout(() => {
        words.textContent = before;
      }, 2000);
    });
  }
}
