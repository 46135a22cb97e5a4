/** The strength meter beside a password: what is wrong, how strong it is, whether it will do. */
import { part, words } from "./dom";
import { faultOf, THRESHOLD } from "./password";

type Strength = (password: string, known: readonly string[]) => number;
const PAUSE_MS = 200;

/** Watches two password fields; `ready` is told each time the answer may have changed. */
export class Meter {
  private percent = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly first: HTMLInputElement;
  private readonly again: HTMLInputElement;

  constructor(
    private readonly root: HTMLElement,
    private readonly load: () => Promise<Strength>,
    private readonly known: readonly string[],
    private readonly changed: () => void,
  ) {
    this.first = part(root, "password");
    this.again = part(root, "again");
    this.first.addEventListener("input", () => this.wait());
    this.again.addEventListener("input", () => this.tellAgain());
  }

  /** The password when it is good and typed twice alike, else null. */
  get password(): string | null {
    const alike = this.first.value === this.again.value;
    return alike && this.percent >= THRESHOLD && !faultOf(this.first.value) ? this.first.value : null;
  }

  /** Forget what was typed. */
  clear(): void {
    this.first.value = this.again.value = "";
    this.tell(0, "");
    this.tellAgain();
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.percent = 0;
    this.changed();
    this.timer = setTimeout(() => void this.measure(), PAUSE_MS);
  }

  private async measure(): Promise<void> {
    const password = this.first.value;
    const fault = faultOf(password);
    if (fault) {
      this.tell(0, fault === "empty" ? "" : words(this.root, fault));
      return;
    }
    const measured = (await this.load())(password, this.known);
    if (password !== this.first.value) return;
    this.tell(measured, words(this.root, measured >= THRESHOLD ? "strong" : "weak"));
    this.tellAgain();
  }

  private tell(percent: number, said: string): void {
    this.percent = percent;
    const meter = part<HTMLMeterElement>(this.root, "meter");
    meter.value = percent;
    part(this.root, "percent").textContent = `${percent}\u202f%`;
    part(this.root, "advice").textContent = said;
    this.first.setAttribute("aria-invalid", String(said !== "" && percent < THRESHOLD));
    this.changed();
  }

  private tellAgain(): void {
    const differs = this.again.value !== "" && this.again.value !== this.first.value;
    part(this.root, "differs").textContent = differs ? words(this.root, "differs") : "";
    this.again.setAttribute("aria-invalid", String(differs));
    this.changed();
  }
}
