import { beforeEach, expect, test, vi } from "vitest";
import { menu } from "../src/scripts/menu";

beforeEach(() => {
  document.body.innerHTML =
    "<button data-toggle='menu' aria-expanded='false' hidden>Menu</button><div id='menu'><a href='/'>x</a></div>";
});

function width(narrow: boolean): void {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: narrow, addEventListener: () => undefined } as never);
}

test("on a phone the menu folds and its button opens it; Escape folds it again", () => {
  width(true);
  menu(document);
  const button = document.querySelector("button")!;
  const target = document.getElementById("menu")!;
  expect(button.hidden).toBe(false);
  expect(target.classList.contains("folded")).toBe(true);
  button.click();
  expect(target.classList.contains("folded")).toBe(false);
  expect(button.getAttribute("aria-expanded")).toBe("true");
  target.querySelector("a")?.focus();
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  expect(target.classList.contains("folded")).toBe(true);
  expect(document.activeElement).toBe(button);
});

test("on a desk the menu is open and needs no button", () => {
  width(false);
  menu(document);
  expect(document.querySelector("button")?.hidden).toBe(true);
  expect(document.getElementById("menu")?.classList.contains("folded")).toBe(false);
});
