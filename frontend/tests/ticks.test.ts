import { beforeEach, describe, expect, it } from "vitest";
import { ticks } from "../src/scripts/ticks";

const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>("input[name=numero]")];
const button = (): HTMLButtonElement => document.querySelector("button") as HTMLButtonElement;
const told = (): string => document.querySelector("[role=status]")?.textContent ?? "";

beforeEach(() => {
  document.body.innerHTML = `<form>
    <input type="checkbox" name="numero" value="1"><input type="checkbox" name="numero" value="2" checked>
    <input type="checkbox" name="autre">
    <a href="?tout=1" data-ticks="numero" data-all="Tout cocher" data-none="Tout décocher"
       data-one="1 dossier coché" data-many="{n} dossiers cochés">Tout cocher</a></form>`;
  ticks(document);
});

describe("ticking everything", () => {
  it("takes the place of the link, and says how many are ticked", () => {
    expect(document.querySelector("a")).toBeNull();
    expect(button().type).toBe("button");
    expect(button().textContent).toBe("Tout cocher");
    expect(told()).toBe("1 dossier coché");
  });

  it("ticks all, then none, and leaves other boxes alone", () => {
    button().click();
    expect(boxes().every((box) => box.checked)).toBe(true);
    expect(document.querySelector<HTMLInputElement>("[name=autre]")?.checked).toBe(false);
    expect(told()).toBe("2 dossiers cochés");
    expect(button().textContent).toBe("Tout décocher");
    button().click();
    expect(boxes().some((box) => box.checked)).toBe(false);
    expect(told()).toBe("");
  });

  it("follows what is ticked by hand", () => {
    const [first] = boxes();
    first?.click();
    expect(button().textContent).toBe("Tout décocher");
    expect(told()).toBe("2 dossiers cochés");
  });
});
