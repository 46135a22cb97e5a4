import { beforeEach, expect, test, vi } from "vitest";
import { copyButtons } from "../src/scripts/copy";

beforeEach(() => {
  document.body.innerHTML =
    '<span><code>1D:5D</code><button data-copy data-done="Copié" hidden><span>Copier</span></button></span>';
});

test("copies the code beside the button and says so", async () => {
  const writeText = vi.fn(() => Promise.resolve());
  copyButtons(document, { writeText });
  const button = document.querySelector("button");
  expect(button?.hidden).toBe(false);
  button?.click();
  await vi.waitFor(() => expect(button?.textContent).toBe("Copié"));
  expect(writeText).toHaveBeenCalledWith("1D:5D");
});

test("stays hidden where the browser cannot copy", () => {
  copyButtons(document, undefined);
  expect(document.querySelector("button")?.hidden).toBe(true);
});
