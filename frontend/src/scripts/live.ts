/** Parts that wait: asks an address for its state and reloads the page once it has changed. */
export function livePages(root: Document, view: Window): void {
  for (const part of root.querySelectorAll<HTMLElement>("[data-live]")) {
    const address = part.dataset["live"] ?? "";
    const state = part.dataset["state"] ?? "";
    const seconds = Number(part.dataset["seconds"] ?? "2") || 2;
    void watch(view, address, state, seconds * 1000);
  }
}

const PATIENCE = 200; // questions before the page stops asking
// A signature takes less than a second: who comes to see it is told at once.
const FIRST_PAUSES = [250, 400, 700];

async function watch(view: Window, address: string, state: string, pause: number): Promise<void> {
  const first = hasReloaded(view) ? [] : FIRST_PAUSES;
  for (let asked = 0; asked < PATIENCE; asked += 1) {
    const wait = Math.min(first[asked] ?? pause, pause);
    await new Promise((resolve) => setTimeout(resolve, wait));
    const now = await stateAt(address);
    if (now !== undefined && now !== state) {
      view.location.reload();
      return;
    }
  }
}

/** A page that has changed once may change often: it keeps its own pace. */
function hasReloaded(view: Window): boolean {
  const [entry] = view.performance.getEntriesByType("navigation");
  return (entry as PerformanceNavigationTiming | undefined)?.type === "reload";
}

/** The state an address tells, or undefined when it cannot be had just now. */
export async function stateAt(address: string): Promise<string | undefined> {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return undefined;
    const body: unknown = await answer.json();
    if (typeof body !== "object" || body === null || !("state" in body)) return undefined;
    return typeof body.state === "string" ? body.state : undefined;
  } catch {
    return undefined;
  }
}
