/** Signed notes and checkpoints (C2SP signed-note and tlog-checkpoint), signed by Ed25519. */
import { hex, joined, ofBase64, type Octets, same, sha256, utf8 } from "./octets";

const ED25519 = 1;
const NAME = /^[^\s+]{1,200}$/u;
const SIZE = /^(?:0|[1-9][0-9]{0,14})$/;
const SIGNATURE = "\u2014 ";

export interface VerifierKey {
  readonly name: string;
  readonly id: Octets;
  readonly publicKey: Octets;
}

export interface Checkpoint {
  readonly text: string;
  readonly origin: string;
  readonly size: number;
  readonly root: Octets;
  readonly signatures: readonly { readonly name: string; readonly data: Octets }[];
}

/** A key as `name+id+key` writes it; undefined for what is none, or names another key. */
export async function verifierKey(text: string): Promise<VerifierKey | undefined> {
  const [name = "", told = "", ...rest] = text.trim().split("+");
  const data = ofBase64(rest.join("+"));
  if (!NAME.test(name) || data?.length !== 33 || data[0] !== ED25519) return undefined;
  const id = (await sha256(utf8(`${name}\n`), data)).slice(0, 4);
  return hex(id) === told ? { name, id, publicKey: data.slice(1) } : undefined;
}

/** A checkpoint with what signed it; undefined for what is none. */
export function checkpointOf(note: string): Checkpoint | undefined {
  const gap = note.lastIndexOf("\n\n");
  const [text, signed] = [note.slice(0, gap + 1), note.slice(gap + 2)];
  const [origin, size, root] = text.split("\n");
  const hash = ofBase64(root ?? "");
  if (gap < 0 || !signed.endsWith("\n") || !origin || !SIZE.test(size ?? "") || hash?.length !== 32) return undefined;
  const signatures = signed.slice(0, -1).split("\n").map(signatureOf);
  if (signatures.includes(undefined)) return undefined;
  const known = signatures.filter((one) => one !== undefined);
  return { text, origin, size: Number(size), root: hash, signatures: known };
}

function signatureOf(line: string): { name: string; data: Octets } | undefined {
  const [name = "", ...rest] = line.slice(SIGNATURE.length).split(" ");
  const data = ofBase64(rest.join(" "));
  return line.startsWith(SIGNATURE) && NAME.test(name) && data ? { name, data } : undefined;
}

/** Whether one of the signatures is this key's. */
export async function isSignedBy(checkpoint: Checkpoint, key: VerifierKey): Promise<boolean> {
  const own = checkpoint.signatures.filter(({ name, data }) => name === key.name && same(data.slice(0, 4), key.id));
  const usable = await crypto.subtle.importKey("raw", key.publicKey, "Ed25519", false, ["verify"]);
  for (const { data } of own) {
    if (await crypto.subtle.verify("Ed25519", usable, data.slice(4), utf8(checkpoint.text))) return true;
  }
  return false;
}

export function sameKey(one: VerifierKey, other: VerifierKey): boolean {
  return one.name === other.name && same(joined(one.id, one.publicKey), joined(other.id, other.publicKey));
}
