// What a browser does with keys, for readers that are no browser: one JSON line asked, one answered.
import { createInterface } from "node:readline";
import { perform } from "../../frontend/src/keys/tasks.ts";

const kept = new Map();

async function generate({ kind, password, name }) {
  const { value } = await perform({ do: "generate", kind, password, name });
  kept.set(kind, { kind, password, name, protectedKey: value.protectedKey });
  return { request: value.request, recovery: value.recovery };
}

async function archive({ kind, certificates, challenge, password }) {
  const [certificate, ...chain] = certificates.map(bytes);
  const task = { ...kept.get(kind), do: "archive", certificate, chain, challenge: bytes(challenge) };
  const answer = await perform(password === undefined ? task : { ...task, password });
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
