/** Certification requests (RFC 2986): only the key matters, names come from the registers. */
import * as asn1js from "asn1js";
import { AttributeTypeAndValue, CertificationRequest } from "pkijs";
import { digestOf, type KeyKind } from "./algorithms";
import { pem } from "./pem";

const COMMON_NAME = "2.5.4.3";

/** A signed PKCS#10 for a key pair, PEM. */
export async function certificationRequest(pair: CryptoKeyPair, kind: KeyKind, name: string): Promise<string> {
  const request = new CertificationRequest();
  request.version = 0;
  request.attributes = []; // empty, but there: strict readers want the field (RFC 2986 4.1)
  request.subject.typesAndValues.push(
    new AttributeTypeAndValue({ type: COMMON_NAME, value: new asn1js.Utf8String({ value: name.slice(0, 64) }) }),
  );
  await request.subjectPublicKeyInfo.importKey(pair.publicKey);
  await request.sign(pair.privateKey, digestOf(kind));
  return pem(request.toSchema(true).toBER(), "CERTIFICATE REQUEST");
}

/** The SHA-256 of a public key's SubjectPublicKeyInfo, in hexadecimal: its name everywhere. */
export async function keyFingerprint(publicKey: CryptoKey): Promise<string> {
  return sha256Hex(await crypto.subtle.exportKey("spki", publicKey));
}

/** SHA-256 in hexadecimal. */
export async function sha256Hex(data: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [...digest].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}
