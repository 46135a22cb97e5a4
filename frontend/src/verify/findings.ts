/** What a verification finds: the codes are those of guichet-verify, whose words the page holds. */

export type Level = "good" | "note" | "bad";
export type Step = "format" | "log" | "entries" | "documents" | "certificate" | "story";

export interface Finding {
  readonly step: Step;
  readonly level: Level;
  readonly code: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** What was found, in order, as the checks go. */
export class Findings {
  readonly list: Finding[] = [];

  constructor(private step: Step = "format") {}

  /** What follows belongs to another step. */
  begin(step: Step): void {
    this.step = step;
  }

  add(level: Level, code: string, facts: Finding["facts"] = {}): void {
    this.list.push({ step: this.step, level, code, facts });
  }

  get ok(): boolean {
    return this.list.every((finding) => finding.level !== "bad");
  }
}
