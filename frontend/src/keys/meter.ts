/** The strength meter beside a password: what is wrong, how strong it is, whether it will do. */
import { part, words } from "./dom";
import { faultOf, firstWrong, type Strength, THRESHOLD } from "./password";

export type Measure = (password: string, known: readonly string[]) => Strength;
const PAUSE_MS = 200;

/** Watches two password fields, and says what is missing as it is typed. */
export class Meter {
  private timer: ReturnType<typeof setTimeout> | undefined;
  readonly first: HTMLInputElement;
  readonly again: HTMLInputElement;

  constructor(
    private readonly root: HTMLElement,
    private readonly load: () => Promise<Measure>,
    private readonly known: readonly string[],
  ) {
    this.first = part(root, "password");
    this.again = part(root, "again");
    this.first.addEventListener("input", () => this.typed());
    this.again.addEventListener("input", () => this.tellAgain());
  }

  /** The password, when it will do and was typed twice alike; measured now. */
  async accepted(): Promise<string | null> {
    clearTimeout(this.timer);
    const password = this.first.value;
    const percent = await this.measure();
    const alike = this.tellAgain();
    return percent >= THRESHOLD && alike && password === this.first.value ? password : null;
  }

  /** Forget what was typed. */
  clear(): void {
    clearTimeout(this.timer);
    this.first.value = this.again.value = "";
    this.tell(0, "");
    this.tellAgain();
  }

  private typed(): void {
    clearTimeout(this.timer);
    if (this.again.value) this.tellAgain();
    if (firstWrong(this.first.value) === null) this.timer = setTimeout(() => void this.measure(), PAUSE_MS);
    else void this.measure();
  }

  private async measure(): Promise<number> {
    const password = this.first.value;
    const fault = faultOf(password);
    if (fault) {
      this.tell(0, fault === "empty" ? "" : `${words(this.root, fault)} ${firstWrong(password) ?? ""}`.trim());
      return 0;
    }
    try {
      const { percent, lacks } = (await this.load())(password, this.known);
      if (password === this.first.value) this.tell(percent, this.advice(percent, lacks));
      return percent;
    } catch {
      this.tell(0, words(this.root, "no-meter"));
      return 0;
    }
  }

  private advice(percent: number, lacks: readonly string[]): string {
    if (percent >= THRESHOLD) return words(this.root, "strong");
    return ["weak", ...lacks, "longer"].map((lack) => words(this.root, lack)).join(" ");
  }

  private tell(percent: number, said: string): void {
    part<HTMLMeterElement>(this.root, "meter").value = percent;
    part(this.root, "percent").textContent = `${percent}\u202f%`;
    const advice = part(this.root, "advice");
    if (advice.textContent !== said) advice.textContent = said;
    advice.classList.toggle("key-advice-good", percent >= THRESHOLD);
    this.first.setAttribute("aria-invalid", String(said !== "" && percent < THRESHOLD));
  }

  /** Whether both are alike; a difference is said once the second is as long as the first. */
  private tellAgain(): boolean {
    const [first, again] = [this.first.value, this.again.value];
    const differs = again !== "" && again !== first.slice(0, again.length);
    part(this.root, "differs").textContent = differs ? words(this.root, "differs") : "";
    this.again.setAttribute("aria-invalid", String(differs));
    return first === again;
  }
}
