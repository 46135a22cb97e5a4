/** The slow work with keys, done in a worker; each message carries a number that its answer repeats. */
import { Certificate } from "pkijs";
import { generation, type KeyKind, signing } from "./algorithms";
import { archive } from "./archive";
import { pem, toBase64 } from "./pem";
import { ITERATIONS, matches, NotAProtectedKey, protect, unlock, WrongPassword } from "./protection";
import { certificationRequest, keyFingerprint } from "./request";

interface Locked {
  kind: KeyKind;
  protectedKey: ArrayBuffer;
  password: string;
}

/** The public half (DER) of a key that may be the one of a file. */
export interface Candidate {
  kind: KeyKind;
  spki: ArrayBuffer;
}

/** What a worker is asked for. `spki` and `certificate` are DER, `chain` starts at the issuer. */
export type Task =
  | { do: "generate"; kind: KeyKind; password: string; name: string }
  | ({ do: "check"; spki: ArrayBuffer } & Locked)
  | ({ do: "find"; candidates: Candidate[] } & Omit<Locked, "kind">)
  | ({
      do: "archive";
      certificate: ArrayBuffer;
      chain: ArrayBuffer[];
      name: string;
      challenge: ArrayBuffer;
    } & Locked);

/** How far a generation is. */
export const STAGES = ["key", "protect", "check"] as const;
export type Stage = (typeof STAGES)[number];

/** A key born: its public half's name, its request, and itself under the password. */
export interface Born {
  fingerprint: string;
  request: string;
  protectedKey: ArrayBuffer;
  recovery: string;
}

/** A protected key that opens, and is the one that was meant. */
export interface Checked {
  fingerprint: string;
}

/** The same, among several: `place` is its candidate's. */
export interface Found extends Checked {
  place: number;
}

/** A certificate joined to its key, and a signature (base64) that proves the key is held. */
export interface Joined {
  archive: ArrayBuffer;
  proof: string;
}

export type Failure = "wrong-password" | "not-a-key" | "other-key" | "failed";
export type Answer = { ok: true; value: Born | Checked | Found | Joined } | { ok: false; failure: Failure };
export type Result<T extends Task> = T extends { do: "generate" }
  ? Born
  : T extends { do: "check" }
    ? Checked
    : T extends { do: "find" }
      ? Found
      : Joined;

/** Do one task; every failure is one of the words above. `iterations` protect what is made. */
export async function perform(
  task: Task,
  reached: (stage: Stage) => void = () => {},
  iterations: number = ITERATIONS,
): Promise<Answer> {
  try {
    return { ok: true, value: await done(task, reached, iterations) };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

class OtherKey extends Error {}

function done(
  task: Task,
  reached: (stage: Stage) => void,
  iterations: number,
): Promise<Born | Checked | Found | Joined> {
  switch (task.do) {
    case "generate":
      return generate(task, reached, iterations);
    case "check":
      return check(task);
    case "find":
      return findAmong(task);
    case "archive":
      return join(task, iterations);
  }
}

async function generate(
  task: Extract<Task, { do: "generate" }>,
  reached: (stage: Stage) => void,
  iterations: number,
): Promise<Born> {
  reached("key");
  const pair = (await crypto.subtle.generateKey(generation(task.kind), true, ["sign", "verify"])) as CryptoKeyPair;
  reached("protect");
  const protectedKey = await protect(pair.privateKey, task.password, iterations);
  // Before anything leaves: what was kept opens, and is the key of the request.
  reached("check");
  const opened = await unlock(protectedKey, task.password, task.kind);
  if (!(await matches(opened, pair.publicKey, task.kind))) throw new NotAProtectedKey();
  return {
    fingerprint: await keyFingerprint(pair.publicKey),
    request: await certificationRequest(pair, task.kind, task.name),
    protectedKey,
    recovery: pem(protectedKey, "ENCRYPTED PRIVATE KEY"),
  };
}

async function check(task: Extract<Task, { do: "check" }>): Promise<Checked> {
  const { publicKey } = await opened(task, task.spki);
  return { fingerprint: await keyFingerprint(publicKey) };
}

/** A file does not say what kind its key is of: every kind among the candidates is tried, once. */
async function findAmong({ candidates, protectedKey, password }: Extract<Task, { do: "find" }>): Promise<Found> {
  let isOpen = candidates.length === 0;
  for (const family of new Set(candidates.map(({ kind }) => familyOf(kind)))) {
    const privateKey = await unlock(protectedKey, password, family).catch(onlyWrong);
    if (!privateKey) continue;
    isOpen = true;
    for (const [place, { kind, spki }] of candidates.entries()) {
      if (familyOf(kind) !== family) continue;
      const publicKey = await crypto.subtle.importKey("spki", spki, generation(kind), true, ["verify"]);
      if (await matches(privateKey, publicKey, kind)) return { fingerprint: await keyFingerprint(publicKey), place };
    }
  }
  throw isOpen ? new OtherKey() : new WrongPassword();
}

/** WebCrypto reads RSA keys of every size alike. */
function familyOf(kind: KeyKind): KeyKind {
  return kind.startsWith("rsa") ? "rsa-2048" : kind;
}

function onlyWrong(error: unknown): null {
  if (error instanceof WrongPassword) return null;
  throw error;
}

async function join(task: Extract<Task, { do: "archive" }>, iterations: number): Promise<Joined> {
  const spki = Certificate.fromBER(task.certificate).subjectPublicKeyInfo.toSchema().toBER();
  const { privateKey } = await opened(task, spki);
  const proof = await crypto.subtle.sign(signing(task.kind), privateKey, task.challenge);
  return { archive: await archive(task, task.password, iterations), proof: toBase64(proof) };
}

/** Both halves of a protected key. Throws WrongPassword, NotAProtectedKey, OtherKey. */
async function opened(
  { kind, protectedKey, password }: Locked,
  spki: ArrayBuffer,
): Promise<{ privateKey: CryptoKey; publicKey: CryptoKey }> {
  const publicKey = await crypto.subtle.importKey("spki", spki, generation(kind), true, ["verify"]);
  const privateKey = await unlock(protectedKey, password, kind);
  if (!(await matches(privateKey, publicKey, kind))) throw new OtherKey();
  return { privateKey, publicKey };
}

function failureOf(error: unknown): Failure {
  if (error instanceof WrongPassword) return "wrong-password";
  if (error instanceof NotAProtectedKey) return "not-a-key";
  return error instanceof OtherKey ? "other-key" : "failed";
}
