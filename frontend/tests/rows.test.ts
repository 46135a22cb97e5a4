import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { rows } from "../src/scripts/rows";
import { uses } from "../src/scripts/uses";
import { answer, field, page, refused, server, start, status, type, type Reply } from "./f413";

const wait = (time: number): Promise<unknown> => vi.advanceTimersByTimeAsync(time);

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function ready(...replies: Reply[]): { form: HTMLFormElement; sent: ReturnType<typeof server> } {
  const sent = server(...replies);
  const { form, saving } = start();
  rows(form, saving);
  return { form, sent };
}

const press = (selector: string): boolean | undefined =>
  document.querySelector(selector)?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
const legends = (): (string | undefined)[] =>
  [...document.querySelectorAll("legend")].map((legend) => legend.textContent?.trim());

it("adds a row under the identifier that the server gives, and goes to its legend", async () => {
  const { sent } = ready(answer(2, { row: "bbbbbb" }), answer(3));
  expect(press("[data-add]")).toBe(false);
  await wait(0);
  expect(sent[0]?.body.add).toBe("administrators");
  expect(legends()).toEqual(["Administrateur n° 1", "Administrateur n° 2"]);
  expect(document.activeElement?.id).toBe("administrators.bbbbbb_legend");
  expect(status()).toBe("Ajouté");
  expect(field("administrators.bbbbbb.name").getAttribute("aria-describedby")).toBe("administrators.bbbbbb.name_told");
  expect(document.body.innerHTML.split("<template")[0]).not.toContain("__row__");
  type("administrators.bbbbbb.name", "Jeanne CHARLES");
  await wait(1_000);
  expect(sent[1]?.body.changes).toEqual({ "administrators.bbbbbb.name": "Jeanne CHARLES" });
});

it("saves what is typed on the way", async () => {
  const { sent } = ready(answer(2, { row: "bbbbbb" }));
  type("use.editor", "Agence");
  press("[data-add]");
  await wait(0);
  expect(sent[0]?.body).toEqual({ changes: { "use.editor": "Agence" }, version: 1, add: "administrators" });
});

it("removes a row, counts the others again and goes to the one beside", async () => {
  const { sent } = ready(answer(2, { row: "bbbbbb" }), answer(3));
  press("[data-add]");
  await wait(0);
  type("administrators.aaaaaa.name", "À oublier");
  press("[data-remove]");
  await wait(0);
  expect(sent[1]?.body.remove).toBe("administrators.aaaaaa");
  expect(legends()).toEqual(["Administrateur n° 1"]);
  expect(status()).toBe("Supprimé");
  await wait(5_000);
  expect(sent).toHaveLength(2);
});

it("goes to the button that adds when no row is left", async () => {
  ready(answer(2));
  press("[data-remove]");
  await wait(0);
  expect(legends()).toEqual([]);
  expect(document.activeElement?.hasAttribute("data-add")).toBe(true);
});

it("leaves the rows alone when the server refuses", async () => {
  ready(refused(409));
  press("[data-add]");
  await wait(0);
  press("[data-remove]");
  await wait(0);
  expect(legends()).toEqual(["Administrateur n° 1"]);
});

it("leaves other buttons to the browser", () => {
  ready(answer(2));
  expect(press("[name=_save]")).toBe(true);
});

it("ticks the type that a use takes, and never unticks it", () => {
  const form = page();
  uses(form);
  const changed = vi.fn();
  form.addEventListener("change", changed);
  const box = document.querySelector<HTMLInputElement>("label.use-box input") as HTMLInputElement;
  expect(box.labels?.[0]?.textContent?.trim()).toBe("DMP");
  box.checked = true;
  box.dispatchEvent(new Event("change"));
  expect(field("types.org").checked).toBe(true);
  expect(changed).toHaveBeenCalledOnce();
  box.checked = false;
  box.dispatchEvent(new Event("change"));
  expect(field("types.org").checked).toBe(true);
});
