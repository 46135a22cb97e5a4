import { describe, expect, it } from "vitest";
import { fileSizes } from "../src/scripts/uploads";

function page(...sizes: number[]): { input: HTMLInputElement; form: HTMLFormElement } {
  document.body.innerHTML =
    '<form><input type="file" multiple data-max-bytes="100" data-too-large="Trop lourd"></form>';
  const input = document.querySelector("input") as HTMLInputElement;
  Object.defineProperty(input, "files", { value: sizes.map((size) => ({ size })) });
  fileSizes(document);
  return { input, form: document.querySelector("form") as HTMLFormElement };
}

function chosen(...sizes: number[]): ReturnType<typeof page> {
  const { input, form } = page(...sizes);
  input.dispatchEvent(new Event("change"));
  return { input, form };
}

const send = (form: HTMLFormElement): boolean =>
  form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));

describe("the size of files", () => {
  it("lets files through that weigh the limit together", () => {
    const { input, form } = chosen(60, 40);
    expect(input.nextElementSibling?.textContent).toBe("");
    expect(send(form)).toBe(true);
  });

  it("tells of files that weigh more together, and keeps the form", () => {
    const { input, form } = chosen(60, 41);
    expect(input.nextElementSibling?.textContent).toBe("Trop lourd");
    expect(input.nextElementSibling?.getAttribute("role")).toBe("alert");
    expect(send(form)).toBe(false);
  });

  it("tells of files chosen before this ran", () => {
    expect(page(101).input.nextElementSibling?.textContent).toBe("Trop lourd");
  });

  it("says nothing where there is no limit", () => {
    document.body.innerHTML = '<form><input type="file"></form>';
    fileSizes(document);
    expect(document.querySelectorAll("p")).toHaveLength(0);
  });
});
