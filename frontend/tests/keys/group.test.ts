import "fake-indexeddb/auto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { zipOf } from "../../src/keys/group_archive";
import { groupGenerating } from "../../src/keys/group_generating";
import { groupJoining } from "../../src/keys/group_joining";
import { type Born, perform } from "../../src/keys/tasks";
import { forget, keep, list } from "../../src/keys/vault";
import { at, page, PASSWORD, said, workers } from "./stage";

vi.mock("../../src/keys/protection", async (original) => {
  const real = await original<typeof import("../../src/keys/protection")>();
  return { ...real, ITERATIONS: 1000, protect: (key: CryptoKey, password: string) => real.protect(key, password, 1000) };
});

vi.mock("/s.js", () => ({ strength: () => ({ percent: 100, lacks: [] }) }));

const folder = mkdtempSync(join(tmpdir(), "group-"));
afterAll(() => rmSync(folder, { recursive: true }));
const OTHER = "autre-Phrase-2-Xn5z";
const SAYS = ["making", "refused", "joining", "some-locked", "some-missing"]
  .map((occasion) => `<span data-says="${occasion}">${occasion}</span>`)
  .join("");
const GENERATE = `<section data-keys="group-generate" data-worker="/w.js" data-strength="/s.js" data-known="[]"
    data-csrf="token" data-lines='LINES' hidden>
  <div data-when="blocked" hidden></div>
  <div data-when="new" hidden><select data-part="kind"><option value="p-256" selected>P-256</option></select>
    <input type="password" data-part="password"><button type="button" data-part="reveal">show</button>
    <meter data-part="meter" max="100"></meter><span data-part="percent"></span><p data-part="advice"></p>
    <input type="password" data-part="again"><p data-part="differs"></p>
    <button type="button" data-part="generate">generate</button></div>
  <div data-when="busy" hidden><progress data-part="progress"></progress>
    <button type="button" data-part="cancel">cancel</button></div>
  <div data-when="done" hidden><a href="#" data-part="recovery">files</a></div>
  <div data-when="elsewhere" hidden></div>
  <p data-part="status"></p>WORDS${SAYS}</section>`;
const JOIN = `<section data-keys="group-join" data-worker="/w.js" data-certificates="/c.json" data-csrf="token"
    data-orders='ORDERS' data-ready="1" hidden>
  <div data-when="waiting" hidden></div><div data-when="missing blocked" hidden></div>
  <div data-when="held" hidden><input type="password" data-part="password">
    <button type="button" data-part="reveal">show</button><button type="button" data-part="open">open</button>
    <p data-part="busy" hidden><progress data-part="progress"></progress></p>
    <div data-part="joined" hidden><a href="#" data-part="archive">zip</a></div></div>
  <p data-part="status"></p>WORDS${SAYS}</section>`;

beforeEach(() => {
  workers();
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:x", revokeObjectURL: () => undefined }));
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const key of await list()) await forget(key.fingerprint);
});

test("a ZIP stores files as they are, each under its own name", async () => {
  const blob = await zipOf([
    { name: "a.p12", content: "first" },
    { name: "a.p12", content: "second" },
  ]);
  const path = join(folder, "a.zip");
  writeFileSync(path, new Uint8Array(await blob.arrayBuffer()));
  const script = "import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);print([(n,z.read(n)) for n in z.namelist()])";
  expect(execFileSync("python3", ["-c", script, path], { encoding: "utf8" }).trim()).toBe(
    "[('a.p12', b'first'), ('2-a.p12', b'second')]",
  );
});

test("keys are made one after another, and taken up where one was refused", async () => {
  const lines = [1, 2, 3].map((n) => ({ position: n, name: `Line ${n}`, address: `/csr/${n}/` }));
  const sent: string[] = [];
  let refuses = true;
  vi.stubGlobal("fetch", async (address: string, { body }: { body: URLSearchParams }) => {
    if (address === "/csr/2/" && refuses) return new Response('{"title":"Clé déjà vue"}', { status: 422 });
    sent.push(address);
    expect(body.get("csr")).toContain("BEGIN CERTIFICATE REQUEST");
    expect([...body.keys()]).toEqual(["csr", "csrfmiddlewaretoken"]);
    return new Response(null, { status: 204 });
  });
  await groupGenerating(page(GENERATE.replace("LINES", JSON.stringify(lines))));
  for (const name of ["password", "again"]) at<HTMLInputElement>(name).value = PASSWORD;
  at("generate").click();
  await vi.waitFor(() => expect(said()).toBe("refused Line 2, Clé déjà vue"));
  refuses = false;
  at("generate").click();
  at("generate").click();
  await vi.waitFor(() => expect(said()).toBe("made"));
  expect(sent).toEqual(["/csr/1/", "/csr/2/", "/csr/3/"]);
  expect(at<HTMLInputElement>("password").value).toBe("");
  expect(at<HTMLAnchorElement>("recovery").download).toBe("recuperation.zip");
});

test("what one password does not open waits for the other", async () => {
  const keys = [await certified(PASSWORD), await certified(OTHER), await certified(PASSWORD)];
  for (const { born } of keys.slice(0, 2)) {
    await keep({ ...born, kind: "p-256", label: "x", place: "/", order: "", createdAt: "2026-11-25T10:00:00Z" });
  }
  const certificates = keys.map(({ born, chain }, rank) => ({
    name: `Line ${rank}`,
    product: rank,
    fingerprint: born.fingerprint,
    kind: "p-256",
    chain,
    challenge: btoa("challenge"),
    proof: `/proof/${rank}/`,
  }));
  const proved: string[] = [];
  vi.stubGlobal("fetch", async (address: string) => {
    if (address !== "/c.json") proved.push(address);
    return new Response(JSON.stringify({ certificates }));
  });
  const orders = keys.map(({ born }, rank) => [born.fingerprint, String(rank)]);
  await groupJoining(page(JOIN.replace("ORDERS", JSON.stringify(orders))));
  expect((await list()).map((key) => key.order).sort()).toEqual(["0", "1"]);
  await tried("neither", "wrong-password");
  await tried(PASSWORD, "some-locked");
  await tried(OTHER, "some-missing");
  expect(proved).toEqual(["/proof/0/", "/proof/1/"]);
  expect(at<HTMLAnchorElement>("archive").download).toBe("pkcs12.zip");
});

async function tried(password: string, answer: string): Promise<void> {
  at<HTMLInputElement>("password").value = password;
  at("open").click();
  await vi.waitFor(() => expect([said(), at("busy").hidden]).toEqual([answer, true]));
}

async function certified(password: string): Promise<{ born: Born; chain: string }> {
  const answer = await perform({ do: "generate", kind: "p-256", password, name: "Line" });
  if (!answer.ok) throw new Error(answer.failure);
  const born = answer.value as Born;
  const [csr, key] = [join(folder, "a.csr"), join(folder, "a.pem")];
  writeFileSync(csr, born.request);
  writeFileSync(key, born.recovery);
  const command = ["req", "-x509", "-in", csr, "-key", key, "-passin", `pass:${password}`, "-days", "1"];
  return { born, chain: execFileSync("openssl", command, { encoding: "utf8", stdio: "pipe" }) };
}
