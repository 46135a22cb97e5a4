/** The certificate and its chain: what was written of it, and signatures up to the root. */
import { type Certificate, certificateOf } from "./der";
import type { AllTied } from "./documents";
import type { Findings } from "./findings";
import { same, sha256Hex } from "./octets";
import { dersOf } from "./pem";
import { isIssuedBy } from "./signatures";

/** The digest of the certificate's public key; empty when it cannot be read. */
export async function checkCertificate(
  documents: ReadonlyMap<string, string>,
  tied: AllTied,
  findings: Findings,
): Promise<string> {
  findings.begin("certificate");
  const own = tied.get("certificate");
  if (!own) return "";
  let certificate: Certificate;
  let chain: readonly Certificate[];
  try {
    certificate = certificateOf(own.octets);
    chain = (dersOf(documents.get("chain") ?? "") ?? []).map(certificateOf);
  } catch {
    findings.add("bad", "chain-bad", { subject: "" });
    return "";
  }
  const intent = tied.get("intent");
  if (certificate.serial !== own.entry.fact("serial")) findings.add("bad", "certificate-bad", { what: "serial" });
  if (intent && !same(intent.octets, certificate.tbs)) findings.add("bad", "certificate-bad", { what: "intent" });
  findings.add("good", "certificate-good", { serial: certificate.serial, sha256: own.sha256 });
  await checkChain(certificate, chain, Date.parse(own.entry.at), findings);
  return sha256Hex(certificate.spki);
}

async function checkChain(
  certificate: Certificate,
  chain: readonly Certificate[],
  at: number,
  findings: Findings,
): Promise<void> {
  const root = chain.at(-1);
  if (!root) {
    findings.add("bad", "chain-bad", { subject: certificate.subjectText });
    return;
  }
  let signed = certificate;
  for (const issuer of [...chain, root]) {
    const verdict = await isIssuedBy(signed, issuer);
    if (verdict === "unread") {
      findings.add("note", "chain-unread", { subject: signed.subjectText });
      return;
    }
    const isSound = issuer.isAuthority && issuer.notBefore <= at && at <= issuer.notAfter;
    if (!verdict || !isSound) {
      findings.add("bad", "chain-bad", { subject: (verdict ? issuer : signed).subjectText });
      return;
    }
    signed = issuer;
  }
  findings.add("good", "chain-good", { subject: root.subjectText });
  findings.add("note", "root-contained", { subject: root.subjectText });
}
