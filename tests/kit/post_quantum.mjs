// What Node's OpenSSL (3.5 and later know ML-DSA) says of certificates and of bare signatures.
// In: {"certificates": [{"subject", "issuer"}], "signatures": [{"spki", "data", "signature"}]},
// octets in base64. Out: a boolean for each, in order.
import { createPublicKey, verify, X509Certificate } from "node:crypto";
import { text } from "node:stream/consumers";

const octets = (encoded) => Buffer.from(encoded, "base64");

function isIssued({ subject, issuer }) {
  const [child, parent] = [subject, issuer].map((der) => new X509Certificate(octets(der)));
  return child.checkIssued(parent) && child.verify(parent.publicKey);
}

function isSigned({ spki, data, signature }) {
  const key = createPublicKey({ key: octets(spki), format: "der", type: "spki" });
  return verify(null, octets(data), key, octets(signature));
}

const asked = JSON.parse(await text(process.stdin));
const answers = [...asked.certificates.map(isIssued), ...asked.signatures.map(isSigned)];
process.stdout.write(JSON.stringify(answers));
