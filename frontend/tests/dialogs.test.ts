import { expect, test } from "vitest";
import { dialogs } from "../src/scripts/dialogs";

test("opens the dialog a button names, and closes it from inside", () => {
  document.body.innerHTML =
    "<button id='open' data-opens='sure'>Révoquer</button><dialog id='sure'><button data-closes>Fermer</button></dialog>";
  dialogs(document);
  const dialog = document.querySelector("dialog")!;
  document.getElementById("open")?.click();
  expect(dialog.open).toBe(true);
  dialog.querySelector("button")?.click();
  expect(dialog.open).toBe(false);
});

test("a name that leads nowhere does nothing", () => {
  document.body.innerHTML = "<button data-opens='nowhere'>x</button>";
  dialogs(document);
  expect(() => document.querySelector("button")?.click()).not.toThrow();
});
