import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkDocuments } from "../../src/verify/documents";
import type { Proved } from "../../src/verify/entries";
import { Findings } from "../../src/verify/findings";
import { utf8, sha256Hex } from "../../src/verify/octets";
import { verifierKey } from "../../src/verify/notes";
import { verify } from "../../src/verify/verifying";

// The vectors of guichet-verify: the same alterations, the same codes.
const vector = (name: string): string => readFileSync(`../tests/vectors/evidence/${name}`, "utf8");

type Holder = Record<string | number, unknown>;
interface Alteration {
  readonly name: string;
  readonly at: readonly (string | number)[];
  readonly set?: unknown;
  readonly flip?: number;
  readonly replace?: readonly [string, string];
  readonly drop?: boolean;
  readonly swap?: readonly [number, number];
  readonly exchange?: readonly [string, string];
  readonly code: string;
}

const good = vector("good.json");
const alterations = JSON.parse(vector("alterations.json")) as readonly Alteration[];

async function codesOf(text: string): Promise<readonly string[]> {
  return (await verify(text)).list.filter((one) => one.level === "bad").map((one) => one.code);
}

function altered(change: Alteration): string {
  const copy = JSON.parse(good) as Holder;
  const last = change.at.at(-1) ?? "";
  let holder = copy;
  for (const name of change.at.slice(0, -1)) holder = holder[name] as Holder;
  const found = holder[last];
  const pair = change.swap ?? change.exchange;
  if (change.set !== undefined) holder[last] = change.set;
  else if (change.flip !== undefined) holder[last] = flipped(found as string, change.flip);
  else if (change.replace) holder[last] = (found as string).replace(change.replace[0], change.replace[1]);
  else if (pair) swap(found as Holder, pair[0], pair[1]);
  else if (Array.isArray(holder)) holder.splice(last as number, 1);
  else delete holder[last];
  return JSON.stringify(copy);
}

function flipped(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "1" ? "0" : "1") + text.slice(at + 1);
}

function swap(holder: Holder, one: string | number, other: string | number): void {
  [holder[one], holder[other]] = [holder[other], holder[one]];
}

describe("an evidence file", () => {
  it("is proved, by its own key or by the one that is known", async () => {
    const known = await verifierKey((JSON.parse(good) as { log: { vkey: string } }).log.vkey);
    const [own, given] = [await verify(good), await verify(good, known)];
    expect(own.list.filter((one) => one.level === "bad")).toEqual([]);
    expect(own.list.map((one) => one.code)).toContain("key-contained");
    expect(given.list.map((one) => one.code)).toEqual(expect.arrayContaining(["key-given", "chain-good", "story-good"]));
  });

  it.each([["carried", "carrying"], ["delegated", "delegation"]])("%s without the document behind it says so: %s", async (kind, document) => {
    const lacking = JSON.parse(vector(`${kind}.json`)) as { format: string; documents: Record<string, string> };
    delete lacking.documents[document];
    expect(await codesOf(JSON.stringify(lacking))).toEqual(["format-bad"]);
    const { list, ok } = await verify(JSON.stringify({ ...lacking, format: "guichet-evidence/1" }));
    const absent = list.filter((one) => one.code === "document-absent").map((one) => one.facts);
    expect([ok, absent]).toEqual([true, [{ document }]]);
  });

  it.each(["carried", "delegated"])("whose habilitation was %s is tied to what it stands on", async (kind) => {
    const { list } = await verify(vector(`${kind}.json`));
    expect(list.filter((one) => one.level !== "good").map((one) => one.code)).toEqual(["key-contained", "root-contained"]);
    expect(await codesOf(vector(`not-${kind}.json`))).toEqual(["story-link"]);
  });

  it.each(alterations.map((one) => [one.name, one] as const))("altered is refused: %s", async (_name, alteration) => {
    expect(await codesOf(altered(alteration))).toContain(alteration.code);
  });

  it.each([
    ['{"origin":{"toString":1}}', undefined],
    ['{"origin":[["dossier:12"]]}', undefined],
    ['{"origin":true}', undefined],
    ['{"origin":1.5}', undefined],
    ['{"origin":9007199254740992}', undefined],
    ['{"origin":["dossier:12"]}', '["dossier:12"]'],
    ['{"origin":"dossier:12"}', "dossier:12"],
    ['{"origin":12}', "12"],
    ['{"origin":null}', ""],
  ])("tells no more of a logged habilitation than it says: %s", async (text, told) => {
    const facts = new Map([["document", await sha256Hex(utf8(text))]]);
    const entry = { event: "right-granted", index: 0, at: "", subject: "", fact: (name: string) => facts.get(name) ?? "" };
    const tied = await checkDocuments(new Map([["habilitation", text]]), [entry as unknown as Proved], new Findings());
    expect(tied.get("habilitation")?.told("origin")).toBe(told);
  });
});
