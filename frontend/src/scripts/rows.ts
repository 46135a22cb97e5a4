/** Rows of the F413 added and removed in place; the focus goes where the eye does. */
import type { Autosave } from "./autosave";

const ROW = "__row__";
const PLACE = "__place__";
const ATTRIBUTES = ["id", "name", "for", "value", "aria-describedby", "data-path", "data-row"];

export function rows(form: HTMLFormElement, saving: Autosave): void {
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    if (button.hasAttribute("data-add")) {
      event.preventDefault();
      void add(form, saving, button);
    } else if (button.hasAttribute("data-remove")) {
      event.preventDefault();
      void remove(form, saving, button);
    }
  });
}

async function add(form: HTMLFormElement, saving: Autosave, button: HTMLButtonElement): Promise<void> {
  const block = form.querySelector<HTMLElement>(`[data-rows="${button.value}"]`);
  const blank = block?.querySelector<HTMLTemplateElement>("template[data-blank]");
  if (!block || !blank) return;
  button.disabled = true;
  const answer = await saving.save({ add: button.value });
  button.disabled = false;
  if (!answer?.row) return;
  const row = filled(blank, answer.row, count(block) + 1);
  if (!row) return;
  blank.before(row);
  saving.rowsChanged();
  row.querySelector<HTMLElement>("legend")?.focus();
  saving.say(form.dataset["wAdded"] ?? "");
}

async function remove(form: HTMLFormElement, saving: Autosave, button: HTMLButtonElement): Promise<void> {
  const row = button.closest<HTMLElement>("[data-row]");
  const block = row?.closest<HTMLElement>("[data-rows]");
  if (!row || !block) return;
  button.disabled = true;
  const answer = await saving.save({ remove: button.value });
  button.disabled = false;
  if (!answer) return;
  const beside = row.previousElementSibling ?? row.nextElementSibling;
  row.remove();
  renumber(block);
  saving.rowsChanged();
  const legend = beside?.matches("[data-row]") ? beside.querySelector<HTMLElement>("legend") : null;
  (legend ?? block.querySelector<HTMLElement>("[data-add]"))?.focus();
  saving.say(form.dataset["wRemoved"] ?? "");
}

/** A copy of the blank row under its own identifier. */
export function filled(blank: HTMLTemplateElement, identifier: string, place: number): HTMLElement | undefined {
  const copy = blank.content.cloneNode(true) as DocumentFragment;
  const row = copy.querySelector<HTMLElement>("[data-row]") ?? undefined;
  for (const element of copy.querySelectorAll("*")) {
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name);
      if (value?.includes(ROW)) element.setAttribute(name, value.replaceAll(ROW, identifier));
    }
    if (element.textContent === PLACE) element.textContent = String(place);
  }
  return row;
}

function count(block: HTMLElement): number {
  return block.querySelectorAll("[data-row]").length;
}

function renumber(block: HTMLElement): void {
  for (const [index, place] of block.querySelectorAll("[data-place]").entries()) {
    place.textContent = String(index + 1);
  }
}
