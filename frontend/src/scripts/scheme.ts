interface System {
  readonly matches: boolean;
  addEventListener(name: "change", told: () => void): void;
}

/**
 * Under the State's theme, light or dark as the system says where nobody chose: DSFR has no rule for
 * it but an attribute. Fetched before the page is drawn, so that it is never drawn twice.
 */
export function scheme(root: HTMLElement, wanted: System): void {
  if (root.hasAttribute("data-fr-theme")) return;
  const follow = (): void => {
    const theme = wanted.matches ? "dark" : "light";
    root.setAttribute("data-fr-theme", theme);
    root.setAttribute("data-bs-theme", theme);
  };
  wanted.addEventListener("change", follow);
  follow();
}

scheme(document.documentElement, matchMedia("(prefers-color-scheme: dark)"));
