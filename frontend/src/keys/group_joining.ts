/** The page of a group: each certificate and its key in a PKCS#12, all of them in one ZIP. */
import { isKeyKind } from "./algorithms";
import { KeyWorker, TaskFailed } from "./client";
import { archiveName, offer, onEnter, part, reveal, show, words } from "./dom";
import { type Entry, zipOf } from "./group_archive";
import { held } from "./lock";
import { fromBase64, readPem } from "./pem";
import { bind, VaultUnavailable } from "./vault";

interface Withdrawn {
  name: string;
  product: number;
  fingerprint: string;
  kind: string;
  chain: string;
  challenge: string;
  proof: string;
}

/** Notes which order each key was sent for, then waits for the password. */
export async function groupJoining(root: HTMLElement): Promise<void> {
  const keys = JSON.parse(root.dataset["orders"] ?? "[]") as [string, string][];
  root.hidden = false;
  const here = await boundHere(keys);
  show(root, here === null ? "blocked" : here === 0 ? "missing" : root.dataset["ready"] ? "held" : "waiting");
  if (here && root.dataset["ready"]) new GroupJoining(root).start();
}

/** How many of these keys the browser holds; null when it may look at nothing. */
async function boundHere(keys: readonly [string, string][]): Promise<number | null> {
  let here = 0;
  for (const [fingerprint, order] of keys) {
    const found = await held(fingerprint);
    if (found === "blocked") return null;
    if (found === "missing") continue;
    here += 1;
    await bind(fingerprint, order).catch((error: unknown) => {
      if (!(error instanceof VaultUnavailable)) throw error;
    });
  }
  return here;
}

class GroupJoining {
  private readonly worker: KeyWorker;
  private readonly password: HTMLInputElement;
  private readonly entries = new Map<number, Entry>();
  private busy = false;

  constructor(private readonly root: HTMLElement) {
    this.worker = new KeyWorker(root.dataset["worker"] ?? "");
    this.password = part(root, "password");
  }

  start(): void {
    reveal(this.root, [this.password]);
    onEnter(this.password, () => void this.join());
    part(this.root, "open").addEventListener("click", () => void this.join());
  }

  private async join(): Promise<void> {
    if (this.busy) return;
    if (this.password.value === "") {
      this.say("type-first");
      return this.password.focus();
    }
    this.busy = true;
    part(this.root, "busy").hidden = false;
    try {
      await this.joinAll(await this.certificates(), this.password.value);
    } catch {
      this.say("failed");
    } finally {
      this.busy = false;
      part(this.root, "busy").hidden = true;
    }
  }

  /** What another password protects stays for the next try; what is joined stays joined. */
  private async joinAll(certificates: readonly Withdrawn[], password: string): Promise<void> {
    const progress = part<HTMLProgressElement>(this.root, "progress");
    progress.max = certificates.length;
    const left = { locked: 0, missing: 0 };
    for (const [rank, one] of certificates.entries()) {
      progress.value = rank;
      part(this.root, "status").textContent = `${words(this.root, "joining")} ${rank + 1} / ${certificates.length}`;
      if (this.entries.has(one.product)) continue;
      const key = await held(one.fingerprint);
      if (!(key instanceof ArrayBuffer)) left.missing += 1;
      else if (!(await this.joinOne(one, key, password))) left.locked += 1;
    }
    if (this.entries.size === 0) {
      this.say(left.locked > 0 ? "wrong-password" : "missing");
      return this.password.select();
    }
    await this.handOver(left);
  }

  private async joinOne(one: Withdrawn, protectedKey: ArrayBuffer, password: string): Promise<boolean> {
    const [certificate, ...chain] = readPem(one.chain, "CERTIFICATE");
    if (!isKeyKind(one.kind) || !certificate) return false;
    const { kind, name } = one;
    const challenge = fromBase64(one.challenge);
    try {
      const task = { do: "archive" as const, kind, protectedKey, password, certificate, chain, name, challenge };
      const joined = await this.worker.run(task);
      this.entries.set(one.product, { name: archiveName(name), content: joined.archive });
      await this.prove(one, joined.proof);
      return true;
    } catch (error) {
      if (error instanceof TaskFailed && error.failure === "wrong-password") return false;
      throw error;
    }
  }

  private async handOver(left: { locked: number; missing: number }): Promise<void> {
    const link = part<HTMLAnchorElement>(this.root, "archive");
    offer(link, await zipOf([...this.entries.values()]), "application/zip", "pkcs12.zip");
    part(this.root, "joined").hidden = false;
    this.say(left.locked > 0 ? "some-locked" : left.missing > 0 ? "some-missing" : "joined");
    if (left.locked === 0) this.password.value = "";
    link.click();
    link.focus();
  }

  private async certificates(): Promise<Withdrawn[]> {
    const answer = await fetch(this.root.dataset["certificates"] ?? "", { credentials: "same-origin" });
    return ((await answer.json()) as { certificates: Withdrawn[] }).certificates;
  }

  /** The file is there whatever comes of the proof. */
  private async prove(one: Withdrawn, signature: string): Promise<void> {
    const csrfmiddlewaretoken = this.root.dataset["csrf"] ?? "";
    const body = new URLSearchParams({ challenge: one.challenge, signature, csrfmiddlewaretoken });
    await fetch(one.proof, { method: "POST", body, credentials: "same-origin" }).catch(() => undefined);
  }

  private say(occasion: string): void {
    part(this.root, "status").textContent = words(this.root, occasion);
  }
}
