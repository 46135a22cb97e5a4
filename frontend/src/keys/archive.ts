/**
 * PKCS#12 (RFC 7292): the protected key as it is kept, its certificate and the chain.
 *
 * The MAC is what somebody who holds the file would guess against, so its count is the key's.
 */
import * as asn1js from "asn1js";
import {
  Attribute,
  AuthenticatedSafe,
  CertBag,
  Certificate,
  PFX,
  PKCS8ShroudedKeyBag,
  SafeBag,
  SafeContents,
} from "pkijs";
import { ITERATIONS } from "./protection";

const FRIENDLY_NAME = "1.2.840.113549.1.9.20";
const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
const SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
const CERT_BAG = "1.2.840.113549.1.12.10.1.3";

/** What goes into the file; `chain` starts at the issuer. All certificates are DER. */
export interface Contents {
  protectedKey: ArrayBuffer;
  certificate: ArrayBuffer;
  chain: readonly ArrayBuffer[];
  name: string;
}

/** The PKCS#12, DER. Its password is the key's own: it was checked by opening the key. */
export async function archive(
  contents: Contents,
  password: string,
  iterations: number = ITERATIONS,
): Promise<ArrayBuffer> {
  const safe = new AuthenticatedSafe({
    parsedValue: {
      safeContents: [
        { privacyMode: 1, value: new SafeContents({ safeBags: await certificateBags(contents) }) },
        { privacyMode: 0, value: new SafeContents({ safeBags: [await keyBag(contents)] }) },
      ],
    },
  });
  const secret = new TextEncoder().encode(password).buffer;
  await safe.makeInternalValues({
    safeContents: [
      {
        password: secret,
        contentEncryptionAlgorithm: { name: "AES-CBC", length: 256 },
        hmacHashAlgorithm: "SHA-256",
        iterationCount: iterations,
      },
      {},
    ],
  });
  const pfx = new PFX({ parsedValue: { integrityMode: 0, authenticatedSafe: safe } });
  await pfx.makeInternalValues({
    password: secret,
    iterations,
    pbkdf2HashAlgorithm: "SHA-256",
    hmacHashAlgorithm: "SHA-256",
  });
  return pfx.toSchema().toBER();
}

async function keyBag(contents: Contents): Promise<SafeBag> {
  return new SafeBag({
    bagId: SHROUDED_KEY_BAG,
    bagValue: PKCS8ShroudedKeyBag.fromBER(contents.protectedKey),
    bagAttributes: await names(contents),
  });
}

async function certificateBags(contents: Contents): Promise<SafeBag[]> {
  const bags = [contents.certificate, ...contents.chain].map(
    (der) =>
      new SafeBag({ bagId: CERT_BAG, bagValue: new CertBag({ parsedValue: Certificate.fromBER(der) }) }),
  );
  const [own] = bags;
  if (own) own.bagAttributes = await names(contents);
  return bags;
}

/** Readers pair a key and its certificate by these two (RFC 2985 5.5). */
async function names(contents: Contents): Promise<Attribute[]> {
  const id = await crypto.subtle.digest("SHA-1", contents.certificate);
  return [
    new Attribute({ type: FRIENDLY_NAME, values: [new asn1js.BmpString({ value: contents.name })] }),
    new Attribute({ type: LOCAL_KEY_ID, values: [new asn1js.OctetString({ valueHex: id })] }),
  ];
}
