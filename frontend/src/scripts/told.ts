/** What the server says of the form, drawn in the page without ever reading it as markup. */
export interface Note {
  kind: string;
  text: string;
  remedy: string;
}

export interface Told {
  errors: string[];
  notes: Note[];
}

export interface Chance {
  chance: string;
  label: string;
  kind: string;
  type_label: string;
  reasons: { path: string; label: string; text: string }[];
  more: string;
}

type Words = Record<string, string | undefined>;

export class Telling {
  private readonly held = new Map<string, Told>();

  constructor(
    private readonly form: HTMLFormElement,
    private readonly words: Words,
  ) {
    // A field is judged once it is left: what is half typed is not wrong yet.
    form.addEventListener("focusout", (event) => {
      const path = pathOf(event.target);
      const told = this.held.get(path);
      if (told) this.draw(path, told);
      this.held.delete(path);
    });
  }

  fields(fields: Record<string, Told>): void {
    const here = pathOf(this.form.ownerDocument.activeElement);
    for (const [path, told] of Object.entries(fields)) {
      if (path === here && (told.errors.length > 0 || told.notes.length > 0)) this.held.set(path, told);
      else this.draw(path, told);
    }
  }

  progress(lacks: Record<string, number>): void {
    for (const [section, count] of Object.entries(lacks)) {
      const mark = this.form.querySelector<HTMLElement>(`[data-todo="${section}"]`);
      if (!mark) continue;
      mark.classList.toggle("todo-done", count === 0);
      mark.textContent = count === 0 ? (this.words["wComplete"] ?? "") : `${count} ${this.words["wMissing"] ?? ""}`;
    }
  }

  chances(chances: Chance[]): void {
    const list = this.form.querySelector<HTMLElement>("[data-chances]");
    if (!list) return;
    const page = list.ownerDocument;
    const none = element(page, "li", "none", this.words["wNoChance"] ?? "");
    list.replaceChildren(...(chances.length > 0 ? chances.map((one) => chance(page, one)) : [none]));
  }

  private draw(path: string, told: Told): void {
    const page = this.form.ownerDocument;
    const place = page.getElementById(`${path}_told`);
    if (!place) return;
    for (const old of place.querySelectorAll(".told-note:not(.told-asked)")) old.remove();
    for (const error of told.errors) place.append(element(page, "p", "told-note told-danger", error));
    for (const note of told.notes) {
      place.append(element(page, "p", `told-note told-${note.kind}`, `${note.text} ${note.remedy}`.trim()));
    }
    const isWrong = told.errors.length > 0;
    const isAsked = place.querySelector(".told-asked") !== null;
    place.closest(".ask")?.classList.toggle("field-wrong", isWrong || isAsked);
    const control = page.getElementById(path);
    if (isWrong) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  }
}

function chance(page: Document, one: Chance): HTMLElement {
  const item = element(page, "li", `chance chance-${one.chance}`);
  const title = element(page, "p", "chance-title");
  title.append(element(page, "span", `badge badge-${one.kind}`, one.label), " ", element(page, "strong", "", one.type_label));
  item.append(title);
  if (one.reasons.length > 0) {
    const reasons = element(page, "ul", "");
    for (const reason of one.reasons) {
      const line = element(page, "li", "");
      const link = element(page, "a", "", reason.label);
      link.setAttribute("href", `#${reason.path}`);
      line.append(link, `\u202f: ${reason.text}`);
      reasons.append(line);
    }
    if (one.more) reasons.append(element(page, "li", "", one.more));
    item.append(reasons);
  }
  return item;
}

function element(page: Document, name: string, classes: string, text = ""): HTMLElement {
  const made = page.createElement(name);
  if (classes) made.className = classes;
  made.textContent = text;
  return made;
}

function pathOf(target: EventTarget | null): string {
  return target instanceof Element ? (target.closest<HTMLElement>("[data-path]")?.dataset["path"] ?? "") : "";
}
