/** The entries: each is in the log at its place, and what is opened of it is what was sealed. */
import { hasExactly, isRecord, type Json, parsed, textOf } from "./canonical";
import type { Findings } from "./findings";
import { isIncluded, leafHash } from "./merkle";
import type { Checkpoint } from "./notes";
import { sha256, sha256Hex, utf8 } from "./octets";
import type { Entry } from "./reading";

const SEALED = ["at", "event", "previous", "sealed", "seq"];
const OPEN = ["actor", "at", "event", "facts", "previous", "seq", "subject"];

/** An entry that is proved: what it tells, as far as it is opened. */
export class Proved {
  constructor(
    readonly index: number,
    readonly event: string,
    readonly at: string,
    readonly subject: string,
    private readonly facts: Readonly<Record<string, Json>>,
  ) {}

  /** A fact as text; empty when it is not told. */
  fact(name: string): string {
    const found = Object.hasOwn(this.facts, name) ? this.facts[name] : undefined;
    return found === undefined || found === null ? "" : String(found);
  }
}

/** The entries that are proved; what was found of each is added. */
export async function checkEntries(
  entries: readonly Entry[],
  checkpoint: Checkpoint,
  findings: Findings,
): Promise<readonly Proved[]> {
  const proved: Proved[] = [];
  for (const entry of entries) {
    const one = await checked(entry, checkpoint, findings);
    if (!one) continue;
    proved.push(one);
    const [level, code] = one.subject ? (["good", "entry-good"] as const) : (["note", "entry-sealed"] as const);
    findings.add(level, code, { index: one.index, event: one.event, at: one.at });
  }
  const isOrdered = entries.every((entry, n) => n === 0 || entry.index > (entries[n - 1]?.index ?? 0));
  if (!isOrdered) findings.add("bad", "entry-order");
  return proved;
}

async function checked(entry: Entry, checkpoint: Checkpoint, findings: Findings): Promise<Proved | undefined> {
  const { index } = entry;
  const leaf = leafOf(entry.leaf);
  if (!leaf) {
    findings.add("bad", "entry-leaf", { index });
    return undefined;
  }
  const faults: [string, Record<string, string>][] = [];
  if (leaf["seq"] !== index + 1) faults.push(["entry-place", {}]);
  const hashed = await leafHash(await sha256(utf8(entry.leaf)));
  if (!(await isIncluded(hashed, { index, size: checkpoint.size }, entry.path, checkpoint.root))) {
    faults.push(["entry-path", {}]);
  }
  for (const [part, { salt, value }] of entry.parts) {
    const sealed = isRecord(leaf["sealed"]) ? leaf["sealed"][part] : undefined;
    if (sealed !== (await sha256Hex(salt, utf8(textOf(value))))) faults.push(["entry-opened", { part }]);
  }
  for (const [code, facts] of faults) findings.add("bad", code, { index, ...facts });
  return faults.length > 0 ? undefined : provedOf(entry, leaf);
}

/** The leaf, sealed or, as entries were written before, open; undefined for what is none. */
function leafOf(text: string): Readonly<Record<string, Json>> | undefined {
  const leaf = parsed(text);
  if (!isRecord(leaf) || !(hasExactly(leaf, SEALED) || hasExactly(leaf, OPEN))) return undefined;
  const sealed = leaf["sealed"] ?? { actor: "", content: "" };
  const isSound =
    isRecord(sealed) &&
    hasExactly(sealed, ["actor", "content"]) &&
    Number.isSafeInteger(leaf["seq"]) &&
    typeof leaf["event"] === "string" &&
    typeof leaf["at"] === "string" &&
    isRecord(leaf["facts"] ?? {}) &&
    typeof (leaf["subject"] ?? "") === "string";
  return isSound ? leaf : undefined;
}

function provedOf(entry: Entry, leaf: Readonly<Record<string, Json>>): Proved {
  const opened = entry.parts.get("content")?.value;
  const content = isRecord(opened) ? opened : leaf;
  const facts = isRecord(content["facts"]) ? content["facts"] : {};
  return new Proved(entry.index, String(leaf["event"]), String(leaf["at"]), String(content["subject"] ?? ""), facts);
}
