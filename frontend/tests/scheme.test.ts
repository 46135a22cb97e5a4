import { beforeEach, expect, test } from "vitest";
import { scheme } from "../src/scripts/scheme";

class System {
  matches = true;
  private told: () => void = () => undefined;

  addEventListener = (_name: string, told: () => void): void => {
    this.told = told;
  };

  becomes(dark: boolean): void {
    this.matches = dark;
    this.told();
  }
}

const root = document.documentElement;

beforeEach(() => root.removeAttribute("data-fr-theme"));

test("where nobody chose, the theme is the system's, and follows it", () => {
  const system = new System();
  scheme(root, system);
  expect([root.dataset["frTheme"], root.dataset["bsTheme"]]).toEqual(["dark", "dark"]);
  system.becomes(false);
  expect([root.dataset["frTheme"], root.dataset["bsTheme"]]).toEqual(["light", "light"]);
});

test("what somebody chose stays", () => {
  root.setAttribute("data-fr-theme", "light");
  scheme(root, new System());
  expect(root.dataset["frTheme"]).toBe("light");
});
