/** What tests of the pages of keys share: the pages' bones, and a worker that works in the same thread. */
import { vi } from "vitest";
import { perform, type Task } from "../../src/keys/tasks";

export const PASSWORD = "kR8-wpq2-Xn5z";

const LOCK = `
  <div data-when="missing blocked recovered"><input type="file" data-part="recovery-file"></div>
  <div data-when="held recovered"><input type="password" data-part="password">
    <button type="button" data-part="reveal" aria-pressed="false">show</button>
    <button type="button" data-part="open">open</button></div>
  <p data-part="busy" hidden></p><p data-part="status"></p>`;
const SAYS = `held missing blocked recovered not-a-key type-first busy wrong-password other-key failed joined
  joined-unproved restored checked make-first save-first stage-key made persisted kept not-kept sent-before
  cancelled not-ascii edges strong weak known dictionary longer no-meter differs unseen replaced not-sent
  unknown forgotten denied`.split(/\s+/);

/** The hidden words of a page: each occasion says its own name. */
const words = SAYS.map((occasion) => `<span data-says="${occasion}">${occasion}</span>`).join("");

/** A page of this body, and its part that scripts take over. */
export function page(body: string): HTMLElement {
  document.documentElement.lang = "fr";
  document.body.innerHTML = body.replace("LOCK", LOCK).replace("WORDS", `<div hidden>${words}</div>`);
  return document.querySelector<HTMLElement>("[data-keys]")!;
}

export const MAKE = `<form><div data-keys="generate" data-worker="/w.js" data-strength="/s.js" data-known="[]"
    data-name="Service" data-place="/4/" data-fresh>
  <div data-part="choice" hidden>
    <input type="radio" name="key_origin" value="browser"><input type="radio" name="key_origin" value="csr" checked></div>
  <p data-part="unsupported" hidden></p>
  <section data-source="browser" hidden>
    <div data-part="no-storage" hidden></div>
    <div data-when="new"><select data-part="kind"><option value="p-256" selected>P-256</option></select>
      <input type="password" data-part="password"><button type="button" data-part="reveal">show</button>
      <meter data-part="meter" max="100"></meter><span data-part="percent"></span><p data-part="advice"></p>
      <input type="password" data-part="again"><p data-part="differs"></p>
      <button type="button" data-part="generate">generate</button></div>
    <div data-when="busy" hidden><progress data-part="progress" max="3"></progress>
      <button type="button" data-part="cancel">cancel</button></div>
    <div data-when="done" hidden><a href="#" data-part="recovery">file</a><p data-part="storage"></p>
      <button type="button" data-part="restart">again</button>
      <div data-part="saved-field" hidden><input type="checkbox" data-part="saved"></div></div>
    <p data-part="status"></p>WORDS
  </section>
  <div data-source="csr"><input type="file" name="csr_file"><textarea name="csr_text"></textarea></div>
</div><button type="submit">send</button></form>`;

/** Workers of this thread; `held` keeps what they were asked until it is let go. */
export function workers(): { held: boolean; terminated: number } {
  const state = { held: false, terminated: 0 };
  class SameThread extends EventTarget {
    postMessage({ id, task }: { id: number; task: Task }): void {
      const say = (data: object): void => void this.dispatchEvent(new MessageEvent("message", { data }));
      const work = perform(task, (stage) => say({ id, stage }));
      if (!state.held) void work.then((answer) => say({ id, answer }));
    }
    terminate(): void {
      state.terminated++;
    }
  }
  vi.stubGlobal("Worker", SameThread);
  return state;
}

/** A part of the page by its name. */
export function at<T extends HTMLElement = HTMLElement>(name: string): T {
  return document.querySelector<T>(`[data-part="${name}"]`)!;
}

/** What the page says now. */
export function said(): string {
  return at("status").textContent ?? "";
}

/** The states whose parts are shown. */
export function shown(name: string): boolean {
  return [...document.querySelectorAll<HTMLElement>("[data-when]")].some(
    (element) => !element.hidden && (element.dataset["when"] ?? "").split(" ").includes(name),
  );
}
