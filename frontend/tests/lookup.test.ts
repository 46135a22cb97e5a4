import { beforeEach, expect, test, vi } from "vitest";
import { lookup } from "../src/scripts/lookup";

const press = (target: EventTarget): boolean =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true, cancelable: true }));

beforeEach(() => localStorage.clear());

test("the key leads to the field, unless something is being written or it was turned off", () => {
  document.body.innerHTML = `<input data-lookup value="abc"><textarea></textarea>
    <p data-lookup-key hidden><input type="checkbox"></p>`;
  lookup(document, localStorage, vi.fn());
  const field = document.querySelector<HTMLInputElement>("[data-lookup]");
  const box = document.querySelector<HTMLInputElement>("[data-lookup-key] input");
  expect(press(document.querySelector("textarea") as Element)).toBe(true);
  expect(press(document.body)).toBe(false);
  expect(document.activeElement).toBe(field);
  expect(box?.checked).toBe(true);
  box?.click();
  field?.blur();
  expect(press(document.body)).toBe(true);
});

test("from another page of the back office it leads to the search", () => {
  document.body.innerHTML = `<nav class="tabs"><a href="/gestion/recherche/">Recherche</a></nav>`;
  const go = vi.fn();
  lookup(document, localStorage, go);
  press(document.body);
  expect(go).toHaveBeenCalledWith(expect.stringContaining("/gestion/recherche/"));
});
