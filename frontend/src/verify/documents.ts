/** The documents: the digest of each is told by an entry of its kind, in the fact `document`. */
import { isRecord, type Json, parsed } from "./canonical";
import type { Proved } from "./entries";
import type { Findings } from "./findings";
import { type Octets, ofBase64, sha256Hex, utf8 } from "./octets";
import { dersOf } from "./pem";

interface Kind {
  readonly events: readonly string[];
  readonly isNeeded: boolean;
  /** It is missed only of habilitations that come from there. */
  readonly origin?: string;
}

/** In the order in which they usually come to be: the story says which must. */
export const KINDS: Readonly<Record<string, Kind>> = {
  dossier: { events: ["dossier-changed", "dossier-deposited"], isNeeded: false },
  decision: { events: ["dossier-accepted"], isNeeded: false },
  delegation: { events: ["delegation-accepted"], isNeeded: false, origin: "delegation" },
  habilitation: { events: ["right-granted"], isNeeded: false },
  carrying: { events: ["right-carried-over"], isNeeded: false, origin: "renewal" },
  order: { events: ["order-placed"], isNeeded: true },
  intent: { events: ["signing-planned"], isNeeded: true },
  certificate: { events: ["certificate-issued"], isNeeded: true },
  withdrawal: { events: ["order-withdrawn"], isNeeded: true },
};

/** A document that an entry names: its digest, its content, and that entry. */
export class Tied {
  constructor(
    readonly name: string,
    readonly sha256: string,
    readonly octets: Octets,
    readonly entry: Proved,
    readonly isOwn: boolean,
    private readonly content: Readonly<Record<string, Json>>,
  ) {}

  /** A value of the content as text, a list as JSON; empty when it is not there. */
  told(name: string): string {
    const found = this.value(name) ?? "";
    return typeof found === "string" ? found : JSON.stringify(found);
  }

  /** The texts of a list; none where there is no list. */
  texts(name: string): readonly string[] {
    const found = this.value(name);
    return Array.isArray(found) ? found.filter((one): one is string => typeof one === "string") : [];
  }

  value(name: string): Json | undefined {
    return Object.hasOwn(this.content, name) ? this.content[name] : undefined;
  }
}

export type AllTied = ReadonlyMap<string, Tied>;

/** The documents that stand, by name; what was found of each is added. */
export async function checkDocuments(
  documents: ReadonlyMap<string, string>,
  entries: readonly Proved[],
  findings: Findings,
): Promise<AllTied> {
  const tied = await allTied(documents, entries);
  const [origin] = (tied.get("habilitation")?.told("origin") ?? "").split(":");
  for (const [document, kind] of Object.entries(KINDS)) {
    if (kind.isNeeded && !entries.some((entry) => kind.events.includes(entry.event))) {
      findings.begin("entries");
      findings.add("bad", "entry-missing", { event: kind.events[0] ?? "" });
    }
    findings.begin("documents");
    const one = tied.get(document);
    if (!documents.has(document)) {
      if (kind.isNeeded) findings.add("bad", "document-missing", { document });
      else if ((kind.origin ?? origin) === origin) findings.add("note", "document-absent", { document });
    } else if (one) findings.add("good", "document-good", { document, index: one.entry.index });
    else findings.add("bad", "document-altered", { document });
  }
  return tied;
}

async function allTied(documents: ReadonlyMap<string, string>, entries: readonly Proved[]): Promise<AllTied> {
  const tied = new Map<string, Tied>();
  for (const name of Object.keys(KINDS)) {
    const text = documents.get(name);
    const one = text === undefined ? undefined : await tiedOf(name, text, entries);
    if (one) tied.set(name, one);
  }
  return tied;
}

async function tiedOf(name: string, text: string, entries: readonly Proved[]): Promise<Tied | undefined> {
  const octets = octetsOf(name, text);
  const content = name === "certificate" || name === "intent" ? {} : parsed(text);
  if (!octets || !isRecord(content) || !Object.values(content).every(isTold)) return undefined;
  const digest = await sha256Hex(octets);
  const own = entries.find((e) => KINDS[name]?.events.includes(e.event) && e.fact("document") === digest);
  if (own) return new Tied(name, digest, octets, own, true, content);
  const other = entries.find((e) => e.event === "order-placed" && e.fact("habilitation") === digest);
  return name === "habilitation" && other ? new Tied(name, digest, octets, other, false, content) : undefined;
}

/** What documents hold: texts, whole numbers (RFC 7493 2.2), nothing, and lists of texts. */
function isTold(value: Json): boolean {
  if (Array.isArray(value)) return value.every((one) => typeof one === "string");
  return value === null || typeof value === "string" || Number.isSafeInteger(value);
}

/** What is hashed: DER of a certificate or an intent, else the text. */
function octetsOf(name: string, text: string): Octets | undefined {
  if (name === "intent") return ofBase64(text);
  if (name !== "certificate") return utf8(text);
  const ders = dersOf(text);
  return ders?.length === 1 ? ders[0] : undefined;
}
