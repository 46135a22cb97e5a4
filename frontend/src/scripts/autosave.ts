/** The F413 saves itself: what changed, shortly after it changed, and nothing typed is ever lost. */
import { Controls, isPath } from "./controls";
import { Shelf } from "./shelf";
import { Telling, type Chance, type Told } from "./told";

export interface Answer {
  version: number;
  told: string;
  fields: Record<string, Told>;
  progress: Record<string, number>;
  chances: Chance[];
  row?: string;
  texts?: Record<string, string>;
  rows?: Record<string, string[]>;
}

interface State {
  version: number;
  token: string;
}

type Extra = { add: string } | { remove: string };

export const PAUSE = 800;
const SLOW = 600;
const FIRST_RETRY = 2_000;
const LAST_RETRY = 30_000;

export class Autosave {
  readonly controls: Controls;
  private readonly telling: Telling;
  private readonly synced = new Map<string, string>();
  private readonly dirty = new Set<string>();
  private readonly words: DOMStringMap;
  private version: number;
  private token: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private retry = FIRST_RETRY;
  private trouble = "";
  private isLeaving = false;
  private isOver = false;
  private readonly ended = new AbortController();

  constructor(
    private readonly form: HTMLFormElement,
    private readonly view: Window,
    private readonly shelf: Shelf,
  ) {
    this.words = form.dataset;
    this.controls = new Controls(form);
    this.telling = new Telling(form, this.words);
    this.version = Number(this.words["version"] ?? "0");
    this.token = form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
    for (const path of this.controls.paths()) this.synced.set(path, this.controls.shown(path) ?? "");
  }

  /** Listen to the page; take up what an earlier visit could not save. */
  start(): void {
    const { form, view } = this;
    const { signal } = this.ended;
    form.addEventListener("input", (event) => this.touched(event.target));
    form.addEventListener("change", (event) => this.touched(event.target));
    form.addEventListener("focusout", () => this.saveNow());
    form.addEventListener("submit", (event) => {
      this.isLeaving = !event.defaultPrevented;
    });
    form.addEventListener("formdata", (event) => this.sendOnlyChanges(event.formData));
    const listen = (target: EventTarget, sign: string, act: (event: Event) => void): void =>
      target.addEventListener(sign, act, { signal });
    const saveAgain = (): void => {
      if (this.trouble) this.saveNow();
    };
    listen(view, "pageshow", () => {
      this.isLeaving = false;
    });
    listen(view.document, "visibilitychange", () => {
      if (view.document.visibilityState === "hidden") this.saveNow();
    });
    listen(view, "online", saveAgain);
    listen(view, "focus", saveAgain);
    listen(view, "beforeunload", (event) => {
      if (!this.isLeaving && this.pending().size > 0) event.preventDefault();
    });
    this.takeBack();
  }

  /** Save no more, and let the page go. */
  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.ended.abort();
  }

  /** What is typed and not on the server yet. */
  pending(): Map<string, string> {
    const found = new Map<string, string>();
    for (const path of this.dirty) {
      const text = this.controls.value(path);
      if (text === undefined || text === this.synced.get(path)) this.dirty.delete(path);
      else found.set(path, text);
    }
    return found;
  }

  /** Save, one exchange after the other; with `extra`, add or remove a row. */
  save(extra?: Extra): Promise<Answer | undefined> {
    clearTimeout(this.timer);
    const turn = this.queue.then(() => this.exchange(extra));
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  /** The page has other rows now. */
  rowsChanged(): void {
    this.controls.refresh();
    const paths = new Set(this.controls.paths());
    for (const path of paths) if (!this.synced.has(path)) this.synced.set(path, "");
    for (const path of [...this.synced.keys()]) {
      if (paths.has(path)) continue;
      this.synced.delete(path);
      this.dirty.delete(path);
    }
  }

  /** Say something by the status line. */
  say(text: string): void {
    const line = this.form.querySelector("[data-saving]");
    if (line && line.textContent !== text) line.textContent = text;
  }

  private touched(target: EventTarget | null): void {
    const name = target instanceof Element ? (target.getAttribute("name") ?? "") : "";
    if (!isPath(name) || this.isOver) return;
    this.dirty.add(name);
    if (this.trouble) this.shelf.keep(this.pending(), Date.now());
    this.later(PAUSE);
  }

  private later(pause: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), pause);
  }

  private saveNow(): void {
    if (this.pending().size > 0) void this.save();
  }

  private async exchange(extra: Extra | undefined, isSecond = false): Promise<Answer | undefined> {
    const changes = this.pending();
    if (this.isOver || (changes.size === 0 && !extra)) return undefined;
    const slow = setTimeout(() => this.say(this.words["wSaving"] ?? ""), SLOW);
    const body = JSON.stringify({ changes: Object.fromEntries(changes), version: this.version, ...extra });
    const response = await this.ask("POST", body).finally(() => clearTimeout(slow));
    if (response?.ok) return this.saved((await response.json()) as Answer, changes);
    // Logging in again elsewhere gives a new token: take it and try once more.
    if (response?.status === 403 && !isSecond && (await this.newToken())) return this.exchange(extra, true);
    this.failed(response, changes);
    return undefined;
  }

  private async ask(method: string, body?: string): Promise<Response | undefined> {
    try {
      return await fetch(this.words["save"] ?? "", {
        method,
        redirect: "manual",
        keepalive: body !== undefined && body.length < 60_000,
        headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.token },
        ...(body === undefined ? {} : { body }),
      });
    } catch {
      return undefined;
    }
  }

  private async newToken(): Promise<boolean> {
    const response = await this.ask("GET");
    if (!response?.ok) return false;
    const state = (await response.json()) as State;
    this.token = state.token;
    for (const input of this.view.document.querySelectorAll<HTMLInputElement>("[name=csrfmiddlewaretoken]")) {
      input.value = state.token;
    }
    return true;
  }

  private saved(answer: Answer, sent: ReadonlyMap<string, string>): Answer {
    for (const [path, text] of sent) this.synced.set(path, text);
    this.version = answer.version;
    this.retry = FIRST_RETRY;
    this.troubled("");
    this.shelf.keep(new Map(), 0);
    this.say(answer.told);
    if (answer.texts) this.merge(answer.texts, answer.rows ?? {}, answer.row);
    this.telling.fields(answer.fields);
    this.telling.progress(answer.progress);
    this.telling.chances(answer.chances);
    if (this.pending().size > 0) this.later(PAUSE);
    return answer;
  }

  /** Somebody else wrote meanwhile: their texts are shown where nothing is being typed here. */
  private merge(texts: Record<string, string>, rows: Record<string, string[]>, added: string | undefined): void {
    let isChanged = false;
    for (const path of this.controls.paths()) {
      const text = texts[path] ?? "";
      if (this.synced.get(path) === text) continue;
      if (!this.pending().has(path)) {
        this.controls.write(path, text);
        isChanged = true;
      }
      this.synced.set(path, text);
    }
    const here = new Set([...this.form.querySelectorAll<HTMLElement>("[data-row]")].map((row) => row.dataset["row"]));
    const there = Object.values(rows).flat().filter((row) => row !== added);
    const isSame = there.every((row) => here.has(row)) && [...here].every((row) => row && there.includes(row));
    if (!isSame) this.tell(this.words["wReload"] ?? "");
    else if (isChanged) this.tell(this.words["wMerged"] ?? "");
  }

  private failed(response: Response | undefined, changes: ReadonlyMap<string, string>): void {
    this.shelf.keep(changes, Date.now());
    const status = response?.type === "opaqueredirect" ? 401 : (response?.status ?? 0);
    if (status === 404 || status === 409) {
      this.isOver = true;
      return this.troubled("frozen");
    }
    this.troubled(status === 401 || status === 403 ? "logged-out" : "offline");
    this.later(this.retry);
    this.retry = Math.min(this.retry * 2, LAST_RETRY);
  }

  /** Told aloud when it begins, taken back when it ends; not at each new try. */
  private troubled(trouble: "" | "frozen" | "logged-out" | "offline"): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    const words = { frozen: "wFrozen", "logged-out": "wLoggedOut", offline: "wOffline", "": "" }[trouble];
    this.tell(words ? (this.words[words] ?? "") : "");
    if (trouble === "logged-out") this.offerLogin();
  }

  private tell(text: string): void {
    const place = this.form.querySelector<HTMLElement>("[data-saving-alert]");
    if (!place) return;
    place.hidden = text === "";
    place.textContent = text;
  }

  private offerLogin(): void {
    const link = this.view.document.createElement("a");
    link.href = this.words["login"] ?? "";
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = this.words["wLogIn"] ?? "";
    this.form.querySelector("[data-saving-alert]")?.append(" ", link);
  }

  /** What a browser restored, or this machine kept, and the server has not. */
  private takeBack(): void {
    for (const path of this.controls.paths()) {
      if (this.controls.value(path) !== this.synced.get(path)) this.dirty.add(path);
    }
    const kept = this.shelf.take(Date.now());
    for (const [path, text] of kept) {
      if (this.controls.value(path) === undefined || this.dirty.has(path)) continue;
      this.controls.write(path, text);
      this.dirty.add(path);
    }
    const pending = this.pending();
    if ([...kept.keys()].some((path) => pending.has(path))) this.tell(this.words["wRestored"] ?? "");
    else if (kept.size > 0) this.shelf.clear();
    if (pending.size > 0) void this.save();
  }

  private sendOnlyChanges(sent: FormData): void {
    const pending = this.pending();
    for (const path of this.controls.paths()) if (!pending.has(path)) sent.delete(path);
  }
}

/** Let the F413 of this page, if there is one, save itself. */
export function autosave(view: Window, storage: Storage | undefined): Autosave | undefined {
  const form = view.document.querySelector<HTMLFormElement>("form[data-save]");
  if (!form) return undefined;
  const saving = new Autosave(form, view, new Shelf(form.dataset["number"] ?? "", storage));
  saving.start();
  return saving;
}
