/** Tells, a little before, that the session ends, and lets one stay without leaving the page. */
export function sessionEnd(root: Document, view: Window): void {
  const notice = root.querySelector<HTMLFormElement>("form[data-session-end]");
  if (!notice) return;
  const warned = Number(notice.dataset["warned"] ?? "120");
  let timer = 0;
  const wait = (seconds: number): void => {
    view.clearTimeout(timer);
    notice.hidden = true;
    timer = view.setTimeout(() => (notice.hidden = false), Math.max(0, seconds - warned) * 1000);
  };
  notice.addEventListener("submit", (event) => {
    event.preventDefault();
    void goOn(notice).then((seconds) => {
      if (seconds !== undefined) wait(seconds);
    });
  });
  wait(Number(notice.dataset["sessionEnd"] ?? "0"));
}

/** The seconds that the session has again, or undefined when it is over. */
async function goOn(notice: HTMLFormElement): Promise<number | undefined> {
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(notice.action, { method: "POST", body: new FormData(notice), headers });
    if (!answer.ok) return undefined;
    const body: unknown = await answer.json();
    if (typeof body !== "object" || body === null || !("seconds" in body)) return undefined;
    return typeof body.seconds === "number" ? body.seconds : undefined;
  } catch {
    return undefined;
  }
}
