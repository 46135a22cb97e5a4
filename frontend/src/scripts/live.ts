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

async function watch(view: Window, address: string, state: string, pause: number): Promise<void> {
  for (let asked = 0; asked < PATIENCE; asked += 1) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const now = await stateAt(address);
    if (now !== undefined && now !== state) {
      view.location.reload();
      return;
    }
  }
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
