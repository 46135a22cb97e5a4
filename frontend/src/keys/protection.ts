/**
 * A private key under a password: PKCS#8 EncryptedPrivateKeyInfo (RFC 5958 3), PBES2 with
 * PBKDF2-HMAC-SHA-256 and AES-256-CBC (RFC 8018 6.2).
 *
 * `wrapKey` and `unwrapKey` encrypt inside WebCrypto: the clear bytes of a private key never are in
 * a buffer that a script can read. The same bytes are the recovery file and the bag of a PKCS#12.
 */
import * as asn1js from "asn1js";
import { AlgorithmIdentifier, PBES2Params, PBKDF2Params, PKCS8ShroudedKeyBag } from "pkijs";
import { generation, type KeyKind, signing } from "./algorithms";

/** OWASP's count for PBKDF2-HMAC-SHA-256; Java reads up to five million. */
export const ITERATIONS = 600_000;
const MAX_ITERATIONS = 5_000_000;
const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const HMAC_SHA256 = "1.2.840.113549.2.9";
const AES256_CBC = "2.16.840.1.101.3.4.1.42";

/** The password does not open this key. */
export class WrongPassword extends Error {}

/** These bytes are no key that was protected here. */
export class NotAProtectedKey extends Error {}

/** Encrypt an extractable private key under a password. */
export async function protect(
  privateKey: CryptoKey,
  password: string,
  iterations: number = ITERATIONS,
): Promise<ArrayBuffer> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(16));
  const key = await derived(password, salt, iterations, "wrapKey");
  const encrypted = await crypto.subtle.wrapKey("pkcs8", privateKey, key, { name: "AES-CBC", iv });
  const parameters = new PBES2Params({
    keyDerivationFunc: new AlgorithmIdentifier({
      algorithmId: PBKDF2,
      algorithmParams: new PBKDF2Params({
        salt: new asn1js.OctetString({ valueHex: salt.buffer }),
        iterationCount: iterations,
        prf: new AlgorithmIdentifier({ algorithmId: HMAC_SHA256, algorithmParams: new asn1js.Null() }),
      }).toSchema(),
    }),
    encryptionScheme: new AlgorithmIdentifier({
      algorithmId: AES256_CBC,
      algorithmParams: new asn1js.OctetString({ valueHex: iv.buffer }),
    }),
  });
  const info = new PKCS8ShroudedKeyBag({
    encryptionAlgorithm: new AlgorithmIdentifier({ algorithmId: PBES2, algorithmParams: parameters.toSchema() }),
    encryptedData: new asn1js.OctetString({ valueHex: encrypted }),
  });
  return info.toSchema().toBER();
}

/**
 * Open a protected key for signing; it cannot be exported unless asked for.
 *
 * Throws WrongPassword, or NotAProtectedKey for bytes of another shape. CBC authenticates nothing:
 * whoever opens a key compares it with its certificate.
 */
export async function unlock(
  info: ArrayBuffer,
  password: string,
  kind: KeyKind,
  extractable = false,
): Promise<CryptoKey> {
  const found = read(info);
  const key = await derived(password, found.salt, found.iterations, "unwrapKey");
  try {
    return await crypto.subtle.unwrapKey(
      "pkcs8",
      found.encrypted,
      key,
      { name: "AES-CBC", iv: found.iv },
      generation(kind),
      extractable,
      ["sign"],
    );
  } catch {
    // Bad padding and good padding around rubbish are one answer for the person who typed.
    throw new WrongPassword();
  }
}

/** True when this private key made the other half of this public key. */
export async function matches(privateKey: CryptoKey, publicKey: CryptoKey, kind: KeyKind): Promise<boolean> {
  const challenge = crypto.getRandomValues(new Uint8Array(32));
  const signature = await crypto.subtle.sign(signing(kind), privateKey, challenge);
  return crypto.subtle.verify(signing(kind), publicKey, signature, challenge);
}

interface Protected {
  salt: BufferSource;
  iterations: number;
  iv: BufferSource;
  encrypted: ArrayBuffer;
}

function read(info: ArrayBuffer): Protected {
  try {
    const bag = PKCS8ShroudedKeyBag.fromBER(info);
    const parameters = new PBES2Params({ schema: bag.encryptionAlgorithm.algorithmParams });
    const derivation = new PBKDF2Params({ schema: parameters.keyDerivationFunc.algorithmParams });
    const scheme = parameters.encryptionScheme;
    const known =
      bag.encryptionAlgorithm.algorithmId === PBES2 &&
      parameters.keyDerivationFunc.algorithmId === PBKDF2 &&
      derivation.prf?.algorithmId === HMAC_SHA256 &&
      scheme.algorithmId === AES256_CBC &&
      derivation.iterationCount <= MAX_ITERATIONS;
    if (!known) throw new NotAProtectedKey();
    return {
      salt: new Uint8Array(derivation.salt.valueBlock.valueHexView),
      iterations: derivation.iterationCount,
      iv: new Uint8Array(scheme.algorithmParams.valueBlock.valueHexView),
      encrypted: new Uint8Array(bag.encryptedData.valueBlock.valueHexView).buffer,
    };
  } catch {
    throw new NotAProtectedKey();
  }
}

async function derived(
  password: string,
  salt: BufferSource,
  iterations: number,
  usage: "wrapKey" | "unwrapKey",
): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, [
    "deriveKey",
  ]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations },
    material,
    { name: "AES-CBC", length: 256 },
    false,
    [usage],
  );
}
