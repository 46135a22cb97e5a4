// @vitest-environment node
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { generation, KINDS, type KeyKind, signing } from "../../src/keys/algorithms";
import { archive } from "../../src/keys/archive";
import { fromBase64, pem, readPem, toBase64 } from "../../src/keys/pem";
import { matches, NotAProtectedKey, protect, unlock, WrongPassword } from "../../src/keys/protection";
import { certificationRequest, keyFingerprint } from "../../src/keys/request";

const FEW = 1000;
const PASSWORD = "kR8-wpq2-Xn5z";
const folder = mkdtempSync(join(tmpdir(), "keys-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | ArrayBuffer): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : new Uint8Array(content));
  return path;
}

function openssl(...command: string[]): string {
  return execFileSync("openssl", command, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

async function pairOf(kind: KeyKind): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(generation(kind), true, ["sign", "verify"]) as Promise<CryptoKeyPair>;
}

describe.each(KINDS)("%s", (kind) => {
  test("its request, key and PKCS#12 are read by openssl", async () => {
    const pair = await pairOf(kind);
    const csr = file(`${kind}.csr`, await certificationRequest(pair, kind, "Monserviceclient"));
    expect(openssl("req", "-in", csr, "-noout", "-verify", "-subject")).toContain("Monserviceclient");
    expect(openssl("asn1parse", "-in", csr)).toMatch(/d=2 .* l= *0 cons: cont \[ 0 \]/);
    const kept = await protect(pair.privateKey, PASSWORD, FEW);
    const key = file(`${kind}.pem`, pem(kept, "ENCRYPTED PRIVATE KEY"));
    const self = join(folder, `${kind}.crt`);
    openssl("req", "-x509", "-in", csr, "-key", key, "-passin", `pass:${PASSWORD}`, "-out", self, "-days", "1");
    const certificate = openssl("x509", "-in", self);
    const [der] = readPem(certificate, "CERTIFICATE");
    const p12 = file(
      `${kind}.p12`,
      await archive({ protectedKey: kept, certificate: der!, chain: [], name: "Élan" }, PASSWORD, FEW),
    );
    const out = openssl("pkcs12", "-in", p12, "-passin", `pass:${PASSWORD}`, "-nodes", "-info");
    expect(out).toContain("PRIVATE KEY");
    expect(readPem(out, "CERTIFICATE").map(toBase64)).toEqual([toBase64(der!)]);
  });
});

test("a key opens with its password alone, and cannot be exported", async () => {
  const pair = await pairOf("p-256");
  const kept = await protect(pair.privateKey, PASSWORD, FEW);
  const opened = await unlock(kept, PASSWORD, "p-256");
  expect(await matches(opened, pair.publicKey, "p-256")).toBe(true);
  await expect(crypto.subtle.exportKey("pkcs8", opened)).rejects.toThrow();
  for (let attempt = 0; attempt < 40; attempt++) {
    await expect(unlock(kept, `${PASSWORD}${attempt}`, "p-256")).rejects.toBeInstanceOf(WrongPassword);
  }
});

test("another key does not match", async () => {
  const [one, other] = [await pairOf("p-384"), await pairOf("p-384")];
  expect(await matches(one.privateKey, other.publicKey, "p-384")).toBe(false);
  expect(await keyFingerprint(one.publicKey)).not.toBe(await keyFingerprint(other.publicKey));
});

test.each(["", "AAAA", toBase64(new TextEncoder().encode("no key at all").buffer as ArrayBuffer)])(
  "bytes that are no protected key are told apart: %s",
  async (text) => {
    await expect(unlock(fromBase64(text), PASSWORD, "p-256")).rejects.toBeInstanceOf(NotAProtectedKey);
  },
);

test("signing is the kind's own", () => {
  expect(signing("rsa-2048")).toEqual({ name: "RSASSA-PKCS1-v1_5" });
  expect(signing("p-384")).toEqual({ name: "ECDSA", hash: "SHA-384" });
});
