/** A protected key and the field of its password: from this browser, or from a recovery file. */
import { onEnter, part, reveal, show, words } from "./dom";
import { readPem } from "./pem";
import { find, VaultUnavailable } from "./vault";

const RECOVERY = "ENCRYPTED PRIVATE KEY";
/** An RSA key of 4096 bits takes 3.4 kB: what is longer is another file, and is not read. */
const OCTETS_AT_MOST = 100_000;

/** The key that this browser holds under a fingerprint; "blocked" when it may look at nothing. */
export async function held(fingerprint: string): Promise<ArrayBuffer | "missing" | "blocked"> {
  try {
    return (await find(fingerprint))?.protectedKey ?? "missing";
  } catch (error) {
    if (error instanceof VaultUnavailable) return "blocked";
    throw error;
  }
}

/** Watches a file, a password and a button; `open` is called with both once they are there. */
export class Lock {
  key: ArrayBuffer | null = null;
  readonly password: HTMLInputElement;
  private busy = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly open: (key: ArrayBuffer, password: string) => Promise<void>,
  ) {
    this.password = part(root, "password");
    reveal(root, [this.password]);
    onEnter(this.password, () => void this.turn());
    part(root, "open").addEventListener("click", () => void this.turn());
    const file = part<HTMLInputElement>(root, "recovery-file");
    file.addEventListener("change", () => void this.read(file.files?.[0]));
  }

  /** Say something of the page's words. */
  say(occasion: string): void {
    part(this.root, "status").textContent = words(this.root, occasion);
  }

  private async read(file: File | undefined): Promise<void> {
    if (!file) return;
    const key = await recovered(file);
    this.key = key;
    show(this.root, key ? "recovered" : "missing");
    this.say(key ? "recovered" : "not-a-key");
    if (key) this.password.focus();
  }

  private async turn(): Promise<void> {
    if (!this.key || this.busy) return;
    if (this.password.value === "") {
      this.say("type-first");
      this.password.focus();
      return;
    }
    this.busy = true;
    part(this.root, "busy").hidden = false;
    this.say("busy");
    try {
      await this.open(this.key, this.password.value);
    } finally {
      this.busy = false;
      part(this.root, "busy").hidden = true;
    }
  }
}

/** The protected key of a file; null when it holds none, is damaged, or cannot be read any more. */
async function recovered(file: File): Promise<ArrayBuffer | null> {
  if (file.size > OCTETS_AT_MOST) return null;
  try {
    return readPem(await file.text(), RECOVERY)[0] ?? null;
  } catch {
    return null;
  }
}
