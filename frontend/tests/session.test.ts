import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sessionEnd } from "../src/scripts/session";

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML =
    "<form action='/connexion/session/' data-session-end='900' data-warned='120' hidden><button>x</button></form>";
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function notice(): HTMLFormElement {
  return document.querySelector("form")!;
}

test("two minutes before the end the notice shows; staying hides it and counts anew", async () => {
  const asked = vi.fn().mockResolvedValue({ ok: true, json: () => Promise.resolve({ seconds: 900 }) });
  vi.stubGlobal("fetch", asked);
  sessionEnd(document, window);
  vi.advanceTimersByTime(779_000);
  expect(notice().hidden).toBe(true);
  vi.advanceTimersByTime(1_000);
  expect(notice().hidden).toBe(false);
  notice().dispatchEvent(new Event("submit", { cancelable: true }));
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveBeenCalledOnce();
  expect(notice().hidden).toBe(true);
  vi.advanceTimersByTime(780_000);
  expect(notice().hidden).toBe(false);
});

test("a visitor's page has no notice, and nothing is asked", () => {
  document.body.innerHTML = "";
  sessionEnd(document, window);
  expect(vi.getTimerCount()).toBe(0);
});
