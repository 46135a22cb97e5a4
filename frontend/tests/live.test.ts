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

/** A window that came here by a link, or by reloading itself. */
function windowBy(type: "navigate" | "reload"): { reload: ReturnType<typeof vi.fn>; view: Window } {
  const reload = vi.fn();
  const performance = { getEntriesByType: () => [{ type }] };
  return { reload, view: { location: { reload }, performance } as unknown as Window };
}

test("reloads the page once the state has changed, and not before", async () => {
  vi.useFakeTimers();
  const fetcher = answering({ state: "issuing" }, { state: "available" });
  document.body.innerHTML = "<p data-live='/etat' data-state='issuing' data-seconds='2'></p>";
  const { reload, view } = windowBy("reload");
  livePages(document, view);
  await vi.advanceTimersByTimeAsync(1900);
  expect(fetcher).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(reload).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2100);
  expect(reload).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(fetcher).toHaveBeenCalledTimes(2);
});

test("who has just come is told sooner, then asks at the page's own pace", async () => {
  vi.useFakeTimers();
  const issuing = { state: "issuing" };
  const fetcher = answering(issuing, issuing, issuing, issuing, { state: "available" });
  document.body.innerHTML = "<p data-live='/etat' data-state='issuing' data-seconds='2'></p>";
  const { reload, view } = windowBy("navigate");
  livePages(document, view);
  await vi.advanceTimersByTimeAsync(300);
  expect(fetcher).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1100);
  expect(fetcher).toHaveBeenCalledTimes(3);
  await vi.advanceTimersByTimeAsync(1900);
  expect(fetcher).toHaveBeenCalledTimes(3);
  await vi.advanceTimersByTimeAsync(2200);
  expect(fetcher).toHaveBeenCalledTimes(5);
  expect(reload).toHaveBeenCalledOnce();
});
