/** The kinds of key a browser makes here, as WebCrypto and the profiles name them. */
export const KINDS = ["rsa-2048", "rsa-3072", "rsa-4096", "p-256", "p-384"] as const;
export type KeyKind = (typeof KINDS)[number];

type Generation = RsaHashedKeyGenParams | EcKeyGenParams;

const RSA_EXPONENT = new Uint8Array([1, 0, 1]);

/** True for a kind we know: what comes from a page or from storage is checked. */
export function isKeyKind(text: unknown): text is KeyKind {
  return KINDS.some((kind) => kind === text);
}

/** What WebCrypto is asked for: RSASSA-PKCS1-v1_5 with SHA-256, or ECDSA. */
export function generation(kind: KeyKind): Generation {
  const [family, size] = kind.split("-") as ["rsa" | "p", string];
  if (family === "rsa") {
    return {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-256",
      modulusLength: Number(size),
      publicExponent: RSA_EXPONENT,
    };
  }
  return { name: "ECDSA", namedCurve: `P-${size}` };
}

/** The digest that goes with a kind: SHA-384 for P-384 (RFC 5758 3.2), else SHA-256. */
export function digestOf(kind: KeyKind): "SHA-256" | "SHA-384" {
  return kind === "p-384" ? "SHA-384" : "SHA-256";
}

/** How to sign and verify with a key of this kind. */
export function signing(kind: KeyKind): AlgorithmIdentifier | EcdsaParams {
  return kind.startsWith("rsa") ? { name: "RSASSA-PKCS1-v1_5" } : { name: "ECDSA", hash: digestOf(kind) };
}
