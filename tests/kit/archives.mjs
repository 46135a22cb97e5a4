// What a browser does with keys, for readers that are no browser: one JSON line asked, one answered.
import { createInterface } from "node:readline";
import { generation } from "../../frontend/src/keys/algorithms.ts";
import { perform } from "../../frontend/src/keys/tasks.ts";

const kept = new Map();
const quietly = () => {};
// A key that was made before is taken for the one that WebCrypto would make.
const made = new Map();
const generateKey = crypto.subtle.generateKey.bind(crypto.subtle);
crypto.subtle.generateKey = (algorithm, ...rest) => made.get(algorithm.modulusLength) ?? generateKey(algorithm, ...rest);

async function pairOf({ pkcs8, spki }, algorithm) {
  const half = (form, encoded, usage) => crypto.subtle.importKey(form, bytes(encoded), algorithm, true, [usage]);
  const [privateKey, publicKey] = [half("pkcs8", pkcs8, "sign"), half("spki", spki, "verify")];
  return { privateKey: await privateKey, publicKey: await publicKey };
}

async function generate({ kind, password, name, iterations, key }) {
  const algorithm = generation(kind);
  if (key) made.set(algorithm.modulusLength, pairOf(key, algorithm));
  const { value } = await perform({ do: "generate", kind, password, name }, quietly, iterations);
  kept.set(kind, { kind, password, name, protectedKey: value.protectedKey });
  return { request: value.request, recovery: value.recovery };
}

async function archive({ kind, certificates, challenge, password, iterations }) {
  const [certificate, ...chain] = certificates.map(bytes);
  const task = { ...kept.get(kind), do: "archive", certificate, chain, challenge: bytes(challenge) };
  const answer = await perform(password === undefined ? task : { ...task, password }, quietly, iterations);
  if (!answer.ok) return { failure: answer.failure };
  return { archive: Buffer.from(answer.value.archive).toString("base64"), proof: answer.value.proof };
}

function bytes(base64) {
  return new Uint8Array(Buffer.from(base64, "base64")).buffer;
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  const answers = await Promise.all(asked.map((one) => (one.do === "generate" ? generate(one) : archive(one))));
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
