/** Reading an evidence file strictly, before anything is believed. */
import { hasExactly, isRecord, type Json } from "./canonical";
import { ofBase64, ofHex, type Octets } from "./octets";

const FORMAT = "guichet-evidence/1";
/** Of a file that shows what stands behind a habilitation that no dossier opened itself. */
const FORMAT_BEHIND = "guichet-evidence/2";
const LATER = /^guichet-evidence\/(?:[3-9]|[1-9][0-9]{1,8})$/;
const CHARACTERS_AT_MOST = 4_000_000;
const ENTRIES_AT_MOST = 1000;
const PATH_AT_MOST = 63;
const PARTS: Readonly<Record<string, readonly string[]>> = {
  actor: ["salt", "value"],
  content: ["salt", "subject", "facts"],
};
const BEHIND = ["delegation", "carrying"];
const DOCUMENTS = [
  ...BEHIND,
  ...["dossier", "decision", "habilitation"],
  ...["order", "intent", "certificate", "chain", "withdrawal"],
];

export interface Part {
  readonly salt: Octets;
  readonly value: Json;
}

export interface Entry {
  readonly leaf: string;
  readonly index: number;
  readonly path: readonly Octets[];
  readonly parts: ReadonlyMap<string, Part>;
}

export interface Evidence {
  readonly origin: string;
  readonly vkey: string;
  readonly checkpoint: string;
  readonly entries: readonly Entry[];
  readonly documents: ReadonlyMap<string, string>;
}

/** What is wrong with the file, by the place in it. */
export class UnreadableError extends Error {
  constructor(readonly place: string) {
    super(place);
  }
}

/** The file is of a format that came after this page. */
export class LaterFormatError extends Error {
  constructor(readonly named: string) {
    super(named);
  }
}

/** Throws UnreadableError, naming the place; LaterFormatError. */
export function read(text: string): Evidence {
  if (text.length > CHARACTERS_AT_MOST) throw new UnreadableError("size");
  const content = jsonOf(text);
  checkFormat(content);
  const top = record(content, "JSON", ["format", "made_at", "log", "entries", "documents"]);
  const documents = documentsOf(top["documents"]);
  const showsBehind = BEHIND.some((name) => documents.has(name));
  if (showsBehind !== (top["format"] === FORMAT_BEHIND)) throw new UnreadableError("format");
  textAt(top["made_at"], "made_at");
  const log = record(top["log"], "log", ["origin", "vkey", "checkpoint"]);
  const entries = top["entries"];
  if (!Array.isArray(entries) || entries.length > ENTRIES_AT_MOST) throw new UnreadableError("entries");
  return {
    origin: textAt(log["origin"], "log.origin"),
    vkey: textAt(log["vkey"], "log.vkey"),
    checkpoint: textAt(log["checkpoint"], "log.checkpoint"),
    entries: entries.map((found, n) => entryOf(found as Json, `entries.${n}`)),
    documents,
  };
}

/** Asked before all else: what came later may hold what is unknown here. */
function checkFormat(content: Json): void {
  const named = isRecord(content) ? content["format"] : undefined;
  if (typeof named === "string" && LATER.test(named)) throw new LaterFormatError(named);
  if (named !== FORMAT && named !== FORMAT_BEHIND) throw new UnreadableError("format");
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new UnreadableError("JSON");
  }
}

function entryOf(found: Json, place: string): Entry {
  const entry = record(found, place, ["leaf", "index", "path", "opened"]);
  const { index, path, opened } = entry;
  if (!Number.isSafeInteger(index) || (index as number) < 0) throw new UnreadableError(`${place}.index`);
  if (!Array.isArray(path) || path.length > PATH_AT_MOST) throw new UnreadableError(`${place}.path`);
  if (!isRecord(opened)) throw new UnreadableError(`${place}.opened`);
  return {
    leaf: textAt(entry["leaf"], `${place}.leaf`),
    index: index as number,
    path: path.map((step) => hashAt(step as Json, `${place}.path`)),
    parts: new Map(Object.entries(opened).map(([name, part]) => [name, partOf(name, part, `${place}.opened.${name}`)])),
  };
}

function partOf(name: string, found: Json, place: string): Part {
  const names = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  if (!names) throw new UnreadableError(place);
  const part = record(found, place, names);
  const salt = textAt(part["salt"], place);
  if (!/^[0-9a-f]{32}$/.test(salt)) throw new UnreadableError(`${place}.salt`);
  if (name === "actor") return { salt: ofHex(salt), value: textAt(part["value"], place) };
  const facts = part["facts"];
  if (!isRecord(facts) || !Object.values(facts).every(isFact)) throw new UnreadableError(`${place}.facts`);
  return { salt: ofHex(salt), value: { facts, subject: textAt(part["subject"], place) } };
}

function documentsOf(found: Json | undefined): ReadonlyMap<string, string> {
  if (!isRecord(found) || !Object.keys(found).every((name) => DOCUMENTS.includes(name))) {
    throw new UnreadableError("documents");
  }
  return new Map(Object.entries(found).map(([name, text]) => [name, textAt(text, `documents.${name}`)]));
}

function isFact(value: Json): boolean {
  return value === null || typeof value === "string" || Number.isSafeInteger(value);
}

function record(found: Json | undefined, place: string, names: readonly string[]): Readonly<Record<string, Json>> {
  if (!isRecord(found) || !hasExactly(found, names)) throw new UnreadableError(place);
  return found;
}

function textAt(found: Json | undefined, place: string): string {
  if (typeof found !== "string" || /[\uD800-\uDFFF]/u.test(found)) throw new UnreadableError(place);
  return found;
}

function hashAt(found: Json, place: string): Octets {
  const hash = ofBase64(textAt(found, place));
  if (hash?.length !== 32) throw new UnreadableError(place);
  return hash;
}
