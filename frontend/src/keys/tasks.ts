/** The slow work with keys, done in a worker; each message carries a number that its answer repeats. */
import { Certificate } from "pkijs";
import { generation, type KeyKind, signing } from "./algorithms";
import { archive } from "./archive";
import { pem, toBase64 } from "./pem";
import { matches, NotAProtectedKey, protect, unlock, WrongPassword } from "./protection";
import { certificationRequest, keyFingerprint } from "./request";

/** What a worker is asked for. */
export type Task =
  | { do: "generate"; kind: KeyKind; password: string; name: string }
  | {
      do: "archive";
      kind: KeyKind;
      protectedKey: ArrayBuffer;
      password: string;
      certificate: ArrayBuffer;
      chain: ArrayBuffer[];
      name: string;
      challenge: ArrayBuffer;
    };

/** A key born: its public half's name, its request, and itself under the password. */
export interface Born {
  fingerprint: string;
  request: string;
  protectedKey: ArrayBuffer;
  recovery: string;
}

/** A certificate joined to its key, and a signature that proves the key is held. */
export interface Joined {
  archive: ArrayBuffer;
  proof: string;
}

export type Failure = "wrong-password" | "not-a-key" | "other-certificate" | "failed";
export type Answer = { ok: true; value: Born | Joined } | { ok: false; failure: Failure };

/** Do one task; every failure is one of the words above. */
export async function perform(task: Task): Promise<Answer> {
  try {
    return { ok: true, value: task.do === "generate" ? await generate(task) : await join(task) };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

class OtherCertificate extends Error {}

async function generate(task: Extract<Task, { do: "generate" }>): Promise<Born> {
  const pair = (await crypto.subtle.generateKey(generation(task.kind), true, ["sign", "verify"])) as CryptoKeyPair;
  const protectedKey = await protect(pair.privateKey, task.password);
  // Before anything leaves: what was kept opens, and is the key of the request.
  const opened = await unlock(protectedKey, task.password, task.kind);
  if (!(await matches(opened, pair.publicKey, task.kind))) throw new NotAProtectedKey();
  return {
    fingerprint: await keyFingerprint(pair.publicKey),
    request: await certificationRequest(pair, task.kind, task.name),
    protectedKey,
    recovery: pem(protectedKey, "ENCRYPTED PRIVATE KEY"),
  };
}

async function join(task: Extract<Task, { do: "archive" }>): Promise<Joined> {
  const key = await unlock(task.protectedKey, task.password, task.kind);
  const spki = Certificate.fromBER(task.certificate).subjectPublicKeyInfo.toSchema().toBER();
  const publicKey = await crypto.subtle.importKey("spki", spki, generation(task.kind), true, ["verify"]).catch(() => {
    throw new OtherCertificate();
  });
  if (!(await matches(key, publicKey, task.kind))) throw new OtherCertificate();
  const proof = await crypto.subtle.sign(signing(task.kind), key, task.challenge);
  return { archive: await archive(task, task.password), proof: toBase64(proof) };
}

function failureOf(error: unknown): Failure {
  if (error instanceof WrongPassword) return "wrong-password";
  if (error instanceof NotAProtectedKey) return "not-a-key";
  return error instanceof OtherCertificate ? "other-certificate" : "failed";
}
