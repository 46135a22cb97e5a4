/** "À quoi serviront les certificats ?": ticking a use ticks the type of certificate it takes. */
export function uses(form: HTMLFormElement): void {
  const page = form.ownerDocument;
  for (const name of form.querySelectorAll<HTMLElement>("[data-use]")) {
    const box = page.createElement("input");
    box.type = "checkbox";
    box.className = "form-check-input";
    const label = page.createElement("label");
    label.className = "use use-box";
    label.append(box, " ", name.textContent?.trim() ?? "");
    box.addEventListener("change", () => {
      const target = page.getElementById(name.dataset["use"] ?? "");
      if (!box.checked || !(target instanceof HTMLInputElement) || target.checked) return;
      target.checked = true;
      target.dispatchEvent(new Event("change", { bubbles: true }));
    });
    name.replaceWith(label);
    label.dataset["use"] = name.dataset["use"] ?? "";
  }
}
