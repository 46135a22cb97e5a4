/** Where a request is asked for: a key is born in the browser, and only its request leaves. */
import { isKeyKind, type KeyKind } from "./algorithms";
import { KeyWorker, TaskFailed } from "./client";
import { fileName, offer, onEnter, part, reveal, show, words } from "./dom";
import { Meter } from "./meter";
import { pem } from "./pem";
import { Source } from "./source";
import { STAGES, type Born } from "./tasks";
import { isAvailable, isPersisted, keep, type KeptKey, list, persist, VaultUnavailable, waitingAt } from "./vault";

/** How a key is there: in the browser, in the recovery file alone, or in a file saved before. */
type Kept = "persisted" | "kept" | "not-kept" | "sent-before";

/** Turns the part of a page that waits for scripts into a working one. */
export async function generating(root: HTMLElement): Promise<void> {
  if (!globalThis.crypto?.subtle || !globalThis.Worker) {
    part(root, "unsupported").hidden = false;
    return;
  }
  await new Generating(root).start();
}

class Generating {
  private readonly worker: KeyWorker;
  private readonly meter: Meter;
  private readonly source: Source;
  private readonly name: string;
  private isBusy = false;

  constructor(private readonly root: HTMLElement) {
    this.name = root.dataset["name"] ?? "";
    this.worker = new KeyWorker(root.dataset["worker"] ?? "");
    const known = JSON.parse(root.dataset["known"] ?? "[]") as string[];
    this.meter = new Meter(root, async () => (await import(root.dataset["strength"] ?? "")).strength, known);
    this.source = new Source(root, (lack) => this.refuse(lack));
  }

  async start(): Promise<void> {
    const fields = [this.meter.first, this.meter.again];
    reveal(this.root, fields);
    for (const field of fields) onEnter(field, () => void this.generate());
    part(this.root, "generate").addEventListener("click", () => void this.generate());
    part(this.root, "cancel").addEventListener("click", () => this.worker.cancel());
    part(this.root, "restart").addEventListener("click", () => this.restart());
    part(this.root, "no-storage").hidden = await isAvailable();
    await this.resume();
    this.source.start();
  }

  /** A page that comes back, refused or left and taken up, finds the key it had made. */
  private async resume(): Promise<void> {
    const sent = this.source.sentBefore;
    if (!sent && !("fresh" in this.root.dataset)) return;
    try {
      const found = sent
        ? (await list()).find((key) => key.request.trim() === sent.trim())
        : await waitingAt(this.root.dataset["place"] ?? "");
      if (found) return this.ready(found, (await isPersisted()) ? "persisted" : "kept");
    } catch (error) {
      if (!(error instanceof VaultUnavailable)) throw error;
    }
    if (sent) this.ready({ request: sent }, "sent-before");
  }

  /** One key at a time: a second press, while the dictionary is on its way, makes no other. */
  private async generate(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    await this.generateOne().finally(() => (this.isBusy = false));
  }

  private async generateOne(): Promise<void> {
    const kind = part<HTMLSelectElement>(this.root, "kind").value;
    const password = await this.meter.accepted();
    if (password === null || !isKeyKind(kind)) return this.refuse("type-first");
    show(this.root, "busy");
    part(this.root, "cancel").focus();
    try {
      const born = await this.worker.run({ do: "generate", kind, password, name: this.name }, (stage) => {
        part<HTMLProgressElement>(this.root, "progress").value = STAGES.indexOf(stage) + 0.5;
        this.say(`stage-${stage}`);
      });
      this.meter.clear();
      const how = await this.kept(born, kind);
      this.ready(born, how);
      part(this.root, "recovery").focus();
      if (how === "kept") void this.askToKeep();
    } catch (error) {
      show(this.root, "new");
      this.say(error instanceof TaskFailed && error.failure === "cancelled" ? "cancelled" : "failed");
      part(this.root, "generate").focus();
    }
  }

  private async kept(born: Born, kind: KeyKind): Promise<Kept> {
    const { fingerprint, protectedKey, request } = born;
    const place = this.root.dataset["place"] ?? "";
    const createdAt = new Date().toISOString();
    try {
      await keep({ fingerprint, kind, protectedKey, request, label: this.name, place, order: "", createdAt });
    } catch (error) {
      if (error instanceof VaultUnavailable) return "not-kept";
      throw error;
    }
    return "kept";
  }

  /** Firefox asks the person first: the page does not wait, and tells the answer once there is one. */
  private async askToKeep(): Promise<void> {
    if (await persist()) part(this.root, "storage").textContent = words(this.root, "persisted");
  }

  /** A key is there: its request is put in the form, its recovery file in reach. */
  private ready(key: Pick<KeptKey, "request"> & Partial<Pick<KeptKey, "protectedKey">>, how: Kept): void {
    const recovery = part<HTMLAnchorElement>(this.root, "recovery");
    recovery.hidden = !key.protectedKey;
    if (key.protectedKey) {
      const file = pem(key.protectedKey, "ENCRYPTED PRIVATE KEY");
      offer(recovery, file, "application/x-pem-file", fileName(this.name, "-recuperation.pem"));
    }
    part(this.root, "storage").textContent = words(this.root, how);
    this.source.use(key.request, how === "not-kept" || how === "sent-before");
    show(this.root, "done");
    this.say("made");
  }

  private restart(): void {
    this.source.drop();
    show(this.root, "new");
    this.say("");
    this.meter.first.focus();
  }

  /** Say what is missing, and go there. */
  private refuse(lack: "make-first" | "save-first" | "type-first"): void {
    this.say(lack);
    const field = this.meter.first.getAttribute("aria-invalid") === "true" || !this.meter.first.value;
    if (lack === "save-first") part(this.root, "saved").focus();
    else if (lack === "type-first" && !field) this.meter.again.focus();
    else this.meter.first.focus();
  }

  private say(occasion: string): void {
    part(this.root, "status").textContent = words(this.root, occasion);
  }
}
