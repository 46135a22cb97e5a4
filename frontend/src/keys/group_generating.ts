/** The page of a group's requests: a key is born for each line, one after another. */
import { isKeyKind, type KeyKind } from "./algorithms";
import { KeyWorker, TaskFailed } from "./client";
import { fileName, offer, onEnter, part, reveal, show, words } from "./dom";
import { zipOf } from "./group_archive";
import { Meter } from "./meter";
import { pem } from "./pem";
import { isAvailable, keep, list, persist, VaultUnavailable } from "./vault";

interface Line {
  position: number;
  name: string;
  address: string;
}

/** The guichet did not take the request of a line; `title` says why, in the language of the page. */
class Refused extends Error {
  constructor(
    readonly line: Line,
    readonly title: string,
  ) {
    super(title);
  }
}

/** Turns the part of the page that waits for scripts into a working one. */
export async function groupGenerating(root: HTMLElement): Promise<void> {
  if (!globalThis.crypto?.subtle || !globalThis.Worker) return;
  await new GroupGenerating(root).start();
}

class GroupGenerating {
  private readonly worker: KeyWorker;
  private readonly meter: Meter;
  private readonly lines: Line[];
  private made = 0;
  private isBusy = false;

  constructor(private readonly root: HTMLElement) {
    this.worker = new KeyWorker(root.dataset["worker"] ?? "");
    this.lines = JSON.parse(root.dataset["lines"] ?? "[]") as Line[];
    const known = JSON.parse(root.dataset["known"] ?? "[]") as string[];
    this.meter = new Meter(root, async () => (await import(root.dataset["strength"] ?? "")).strength, known);
  }

  async start(): Promise<void> {
    this.root.hidden = false;
    if (!(await isAvailable())) return show(this.root, "blocked");
    const fields = [this.meter.first, this.meter.again];
    reveal(this.root, fields);
    for (const field of fields) onEnter(field, () => void this.generate());
    part(this.root, "generate").addEventListener("click", () => void this.generate());
    part(this.root, "cancel").addEventListener("click", () => this.worker.cancel());
    const hasKeys = await this.offerRecovery();
    show(this.root, this.lines.length > 0 ? "new" : hasKeys ? "done" : "elsewhere");
  }

  /** One run at a time: a second press, while the dictionary is on its way, sends nothing twice. */
  private async generate(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    await this.generateAll().finally(() => (this.isBusy = false));
  }

  private async generateAll(): Promise<void> {
    const kind = part<HTMLSelectElement>(this.root, "kind").value;
    const password = await this.meter.accepted();
    if (password === null || !isKeyKind(kind)) return this.refuse();
    show(this.root, "busy");
    part(this.root, "cancel").focus();
    void persist();
    try {
      for (const line of this.lines.slice(this.made)) {
        this.tell(line);
        await this.make(line, kind, password);
        this.made += 1;
      }
      this.meter.clear();
      await this.offerRecovery();
      show(this.root, "done");
      this.say("made");
      part(this.root, "recovery").focus();
    } catch (error) {
      show(this.root, "new");
      this.explain(error);
      part(this.root, "generate").focus();
    }
  }

  /** The key is kept before its request leaves: what is asked for can always be opened. */
  private async make(line: Line, kind: KeyKind, password: string): Promise<void> {
    const born = await this.worker.run({ do: "generate", kind, password, name: line.name });
    const { fingerprint, protectedKey, request } = born;
    const [place, createdAt] = [location.pathname, new Date().toISOString()];
    await keep({ fingerprint, kind, protectedKey, request, label: line.name, place, order: "", createdAt });
    const body = new URLSearchParams({ csr: request, csrfmiddlewaretoken: this.root.dataset["csrf"] ?? "" });
    const answer = await fetch(line.address, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok) throw new Refused(line, await titleOf(answer));
  }

  private tell(line: Line): void {
    const progress = part<HTMLProgressElement>(this.root, "progress");
    progress.max = this.lines.length;
    progress.value = this.made;
    const rank = `${this.made + 1} / ${this.lines.length}`;
    part(this.root, "status").textContent = `${words(this.root, "making")} ${rank}, ${line.name}`;
  }

  private explain(error: unknown): void {
    if (error instanceof Refused) {
      const what = `${error.line.name}, ${error.title}`;
      part(this.root, "status").textContent = `${words(this.root, "refused")} ${what}`;
    } else if (error instanceof TaskFailed && error.failure === "cancelled") this.say("cancelled");
    else this.say(error instanceof VaultUnavailable ? "not-kept" : "failed");
  }

  /** One archive of every recovery file made on this page; false when this browser holds none. */
  private async offerRecovery(): Promise<boolean> {
    const mine = (await list()).filter((key) => key.place === location.pathname);
    const files = mine.map((key) => ({
      name: fileName(key.label, "-recuperation.pem"),
      content: pem(key.protectedKey, "ENCRYPTED PRIVATE KEY"),
    }));
    if (files.length === 0) return false;
    offer(part(this.root, "recovery"), await zipOf(files), "application/zip", "recuperation.zip");
    return true;
  }

  private refuse(): void {
    this.say("type-first");
    this.meter.first.focus();
  }

  private say(occasion: string): void {
    part(this.root, "status").textContent = words(this.root, occasion);
  }
}

async function titleOf(answer: Response): Promise<string> {
  try {
    const problem = (await answer.json()) as { title?: string };
    return problem.title ?? String(answer.status);
  } catch {
    return String(answer.status);
  }
}
