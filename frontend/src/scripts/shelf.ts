/** Texts that could not be saved, kept in this browser until they are: never longer than a week. */
export class Shelf {
  private readonly key: string;

  constructor(
    number: string,
    private readonly storage: Storage | undefined,
  ) {
    this.key = `guichet-f413-${number}`;
  }

  keep(texts: ReadonlyMap<string, string>, now: number): void {
    if (texts.size === 0) return this.clear();
    try {
      this.storage?.setItem(this.key, JSON.stringify({ at: now, texts: Object.fromEntries(texts) }));
    } catch {
      // Full or forbidden: the page still holds the texts and warns before it is left.
    }
  }

  take(now: number): Map<string, string> {
    const found = this.read();
    if (!found || now - found.at > WEEK) return new Map();
    return new Map(Object.entries(found.texts).filter(([, text]) => typeof text === "string"));
  }

  clear(): void {
    try {
      this.storage?.removeItem(this.key);
    } catch {
      // Forbidden: then nothing was ever kept.
    }
  }

  private read(): { at: number; texts: Record<string, string> } | undefined {
    try {
      const found: unknown = JSON.parse(this.storage?.getItem(this.key) ?? "null");
      if (typeof found !== "object" || found === null) return undefined;
      if (!("at" in found && "texts" in found)) return undefined;
      const { at, texts } = found;
      if (typeof at !== "number" || typeof texts !== "object" || texts === null) return undefined;
      return { at, texts: texts as Record<string, string> };
    } catch {
      return undefined;
    }
  }
}

const WEEK = 7 * 24 * 3600 * 1000;

/** The browser's storage, where it is allowed. */
export function storageOf(view: Window): Storage | undefined {
  try {
    return view.localStorage;
  } catch {
    return undefined;
  }
}
