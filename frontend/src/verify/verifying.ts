/** The whole verification of one file, as guichet-verify does it: every check, in order. */
import { checkCertificate } from "./certificates";
import { checkDocuments } from "./documents";
import { checkEntries } from "./entries";
import { Findings } from "./findings";
import { type Checkpoint, checkpointOf, isSignedBy, sameKey, type VerifierKey, verifierKey } from "./notes";
import { type Evidence, LaterFormatError, read, UnreadableError } from "./reading";
import { checkStory } from "./story";

/** Check an evidence file, by a key that is known, or else by the one that it contains. */
export async function verify(text: string, key?: VerifierKey): Promise<Findings> {
  const findings = new Findings();
  try {
    const evidence = read(text);
    findings.add("good", "format-good");
    await verified(evidence, key, findings);
  } catch (error) {
    if (error instanceof UnreadableError) findings.add("bad", "format-bad", { place: error.place });
    else if (error instanceof LaterFormatError) findings.add("bad", "format-later", { format: error.named });
    else throw error;
  }
  return findings;
}

async function verified(evidence: Evidence, known: VerifierKey | undefined, findings: Findings): Promise<void> {
  const checkpoint = await headOf(evidence, known, findings);
  if (!checkpoint) return;
  findings.begin("entries");
  const proved = await checkEntries(evidence.entries, checkpoint, findings);
  const tied = await checkDocuments(evidence.documents, proved, findings);
  const spki = await checkCertificate(evidence.documents, tied, findings);
  checkStory(tied, proved, spki, findings);
}

async function headOf(
  evidence: Evidence,
  known: VerifierKey | undefined,
  findings: Findings,
): Promise<Checkpoint | undefined> {
  findings.begin("log");
  const contained = await verifierKey(evidence.vkey);
  const key = known ?? contained;
  if (!contained || !key || !sameKey(key, contained)) {
    findings.add("bad", "key-bad", { name: contained?.name ?? evidence.vkey.slice(0, 100) });
    return undefined;
  }
  const { name } = key;
  findings.add(known ? "good" : "note", known ? "key-given" : "key-contained", { name });
  const checkpoint = checkpointOf(evidence.checkpoint);
  const isOf = checkpoint?.origin === evidence.origin && name === evidence.origin;
  if (!checkpoint || !(await isSignedBy(checkpoint, key)) || !isOf) {
    findings.add("bad", "signature-bad", { name });
    return checkpoint;
  }
  findings.add("good", "signature-good", { name, size: checkpoint.size });
  return checkpoint;
}
