/** Signatures of certificates by WebCrypto: RSA, ECDSA, Ed25519; others are not read here. */
import { type Certificate, type Element, elements, oidOf, within } from "./der";
import { joined, type Octets, same } from "./octets";

const HASHES: Readonly<Record<string, string>> = {
  "2.16.840.1.101.3.4.2.1": "SHA-256",
  "2.16.840.1.101.3.4.2.2": "SHA-384",
  "2.16.840.1.101.3.4.2.3": "SHA-512",
};
const RSA: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.11": "SHA-256",
  "1.2.840.113549.1.1.12": "SHA-384",
  "1.2.840.113549.1.1.13": "SHA-512",
};
const PSS = "1.2.840.113549.1.1.10";
const ECDSA: Readonly<Record<string, string>> = {
  "1.2.840.10045.4.3.2": "SHA-256",
  "1.2.840.10045.4.3.3": "SHA-384",
  "1.2.840.10045.4.3.4": "SHA-512",
};
const CURVES: Readonly<Record<string, readonly [string, number]>> = {
  "1.2.840.10045.3.1.7": ["P-256", 32],
  "1.3.132.0.34": ["P-384", 48],
  "1.3.132.0.35": ["P-521", 66],
};
const ED25519 = "1.3.101.112";

interface Scheme {
  readonly key: AlgorithmIdentifier | RsaHashedImportParams | EcKeyImportParams;
  readonly verify: AlgorithmIdentifier | RsaPssParams | EcdsaParams;
  readonly signature: Octets;
}

/** Whether the issuer signed; "unread" for a kind that the browser does not verify. */
export async function isIssuedBy(signed: Certificate, issuer: Certificate): Promise<boolean | "unread"> {
  if (!same(signed.issuer, issuer.subject)) return false;
  let key: CryptoKey;
  let scheme: Scheme | undefined;
  try {
    scheme = schemeOf(signed, issuer);
    if (!scheme) return "unread";
  } catch {
    return false;
  }
  try {
    key = await crypto.subtle.importKey("spki", issuer.spki, scheme.key, false, ["verify"]);
  } catch {
    return "unread";
  }
  return crypto.subtle.verify(scheme.verify, key, scheme.signature, signed.tbs);
}

function schemeOf(signed: Certificate, issuer: Certificate): Scheme | undefined {
  const [type, parameters] = elements(signed.algorithm.content);
  const oid = oidOf(type?.content ?? new Uint8Array());
  const { signature } = signed;
  if (oid === ED25519) return { key: "Ed25519", verify: "Ed25519", signature };
  const rsa = RSA[oid];
  if (rsa) {
    return { key: { name: "RSASSA-PKCS1-v1_5", hash: rsa }, verify: "RSASSA-PKCS1-v1_5", signature };
  }
  if (oid === PSS && parameters) return pss(parameters, signature);
  const hash = ECDSA[oid];
  return hash ? ecdsa(hash, signature, issuer.spki) : undefined;
}

function pss(parameters: Element, signature: Octets): Scheme | undefined {
  const fields = within(parameters.whole);
  const hashed = fields.find(({ tag }) => tag === 0xa0);
  const salt = fields.find(({ tag }) => tag === 0xa2);
  const [type] = hashed ? within(hashed.content) : [];
  const hash = HASHES[oidOf(type?.content ?? new Uint8Array())];
  if (!hash || !salt) return undefined;
  const [length] = elements(salt.content);
  const saltLength = [...(length?.content ?? [])].reduce((sum, octet) => sum * 256 + octet, 0);
  return { key: { name: "RSA-PSS", hash }, verify: { name: "RSA-PSS", saltLength }, signature };
}

function ecdsa(hash: string, signature: Octets, spki: Octets): Scheme | undefined {
  const [algorithm] = within(spki);
  const [, curve] = elements(algorithm?.content ?? new Uint8Array());
  const [namedCurve, size] = CURVES[oidOf(curve?.content ?? new Uint8Array())] ?? [];
  if (!namedCurve || !size) return undefined;
  const numbers = within(signature).map(({ content }) => fixed(content, size));
  return {
    key: { name: "ECDSA", namedCurve },
    verify: { name: "ECDSA", hash },
    signature: joined(...numbers),
  };
}

/** A whole number in so many octets. */
function fixed(content: Octets, size: number): Octets {
  const bare = content.slice(Math.max(0, content.length - size));
  return joined(new Uint8Array(size - bare.length), bare);
}
