import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { counters, focusErrors, oneSubmission } from "../src/scripts/forms";

const send = (form: HTMLFormElement): boolean =>
  form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));

function page(markup: string): HTMLFormElement {
  document.body.innerHTML = markup;
  return document.querySelector("form") as HTMLFormElement;
}

describe("a form is sent once", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());

  it("lets the first submission through and holds the second", () => {
    const form = page('<form><button type="submit">Finaliser</button></form>');
    const root = document.implementation.createHTMLDocument();
    root.body.append(form);
    oneSubmission(root, window);
    expect(send(form)).toBe(true);
    expect(send(form)).toBe(false);
    vi.runAllTimers();
    expect(form.querySelector("button")?.disabled).toBe(true);
  });

  it("leaves a form alone that may be sent again", () => {
    const form = page('<form data-again="allowed"><button type="submit">Chercher</button></form>');
    const root = document.implementation.createHTMLDocument();
    root.body.append(form);
    oneSubmission(root, window);
    expect(send(form)).toBe(true);
    expect(send(form)).toBe(true);
    vi.runAllTimers();
    expect(form.querySelector("button")?.disabled).toBe(false);
  });
});

describe("counters", () => {
  it("shows the count once a field fills up", () => {
    page('<form><div class="field"><input maxlength="10"></div></form>');
    counters(document);
    const field = document.querySelector("input") as HTMLInputElement;
    const count = document.querySelector(".counted") as HTMLElement;
    expect(count.hidden).toBe(true);
    field.value = "12345678";
    field.dispatchEvent(new Event("input"));
    expect(count.hidden).toBe(false);
    expect(count.textContent).toBe("8 / 10");
  });
});

describe("errors", () => {
  it("takes the focus to the summary", () => {
    page('<form><div data-focus tabindex="-1">À corriger</div></form>');
    focusErrors(document);
    expect(document.activeElement?.textContent).toBe("À corriger");
  });
});
