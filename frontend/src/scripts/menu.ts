/** On a phone the header's menu folds behind its button. */
export function menu(root: Document): void {
  const button = root.querySelector<HTMLButtonElement>("[data-toggle]");
  const target = root.getElementById(button?.dataset["toggle"] ?? "");
  if (!button || !target) return;
  const narrow = root.defaultView?.matchMedia("(width < 1000px)");
  const show = (open: boolean): void => {
    button.setAttribute("aria-expanded", String(open));
    target.classList.toggle("folded", !open);
  };
  const adapt = (): void => {
    const folds = narrow?.matches ?? false;
    button.hidden = !folds;
    show(!folds);
  };
  button.addEventListener("click", () => show(target.classList.contains("folded")));
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !button.hidden && target.contains(root.activeElement)) {
      show(false);
      button.focus();
    }
  });
  narrow?.addEventListener("change", adapt);
  adapt();
}
