/** A form is sent once: its buttons rest until the next page, or until one comes back to it. */
export function oneSubmission(root: Document, view: Window): void {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
    if (form.dataset["sent"] === "true") {
      event.preventDefault();
      return;
    }
    if (form.dataset["again"] === "allowed") return;
    form.dataset["sent"] = "true";
    // After the browser has collected the fields: a disabled button would not be sent.
    setTimeout(() => {
      for (const button of submitters(form)) {
        button.disabled = true;
        button.classList.add("busy");
      }
    });
  });
  view.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of root.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
      delete form.dataset["sent"];
      for (const button of submitters(form)) {
        button.disabled = false;
        button.classList.remove("busy");
      }
    }
  });
}

function submitters(form: HTMLFormElement): HTMLButtonElement[] {
  return [...form.querySelectorAll<HTMLButtonElement>("button")].filter((button) => button.type === "submit");
}

/** Under a field that is filling up, how many characters are typed of how many. */
export function counters(root: Document): void {
  for (const field of root.querySelectorAll<HTMLInputElement>(".field input[maxlength], .field textarea[maxlength]")) {
    if (field.type === "hidden" || field.type === "password") continue;
    const count = root.createElement("p");
    count.className = "counted";
    count.setAttribute("aria-hidden", "true");
    const show = (): void => {
      count.hidden = field.value.length < field.maxLength * 0.6;
      count.textContent = `${field.value.length} / ${field.maxLength}`;
    };
    field.after(count);
    field.addEventListener("input", show);
    show();
  }
}

/** A page that comes back with errors starts by telling them. */
export function focusErrors(root: ParentNode): void {
  root.querySelector<HTMLElement>("[data-focus]")?.focus();
}
