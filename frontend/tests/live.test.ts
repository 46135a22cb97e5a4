import { afterEach, expect, test, vi } from "vitest";
import { livePages, stateAt } from "../src/scripts/live";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function answering(...bodies: unknown[]): ReturnType<typeof vi.fn> {
  const fetcher = vi.fn(async () => new Response(JSON.stringify(bodies.shift())));
  vi.stubGlobal("fetch", fetcher);
  return fetcher;
}

test("reads the state an address tells", async () => {
  answering({ state: "available" });
  expect(await stateAt("/x")).toBe("available");
});

test.each([[null], [[]], [{ state: 3 }], [{}]])("is patient with %j", async (body) => {
  answering(body);
  expect(await stateAt("/x")).toBeUndefined();
});

test("is patient when the network is down", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
  expect(await stateAt("/x")).toBeUndefined();
});

test("reloads the page once the state has changed, and not before", async () => {
  vi.useFakeTimers();
  const fetcher = answering({ state: "issuing" }, { state: "available" });
  document.body.innerHTML = "<p data-live='/etat' data-state='issuing' data-seconds='2'></p>";
  const reload = vi.fn();
  livePages(document, { location: { reload } } as unknown as Window);
  await vi.advanceTimersByTimeAsync(2100);
  expect(reload).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2100);
  expect(reload).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(fetcher).toHaveBeenCalledTimes(2);
});
