import "fake-indexeddb/auto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { joining } from "../../src/keys/joining";
import { mine } from "../../src/keys/mine";
import { pem, readPem, toBase64 } from "../../src/keys/pem";
import { binding, presence } from "../../src/keys/presence";
import { restoring } from "../../src/keys/restoring";
import { type Born, perform } from "../../src/keys/tasks";
import { find, forget, keep, list } from "../../src/keys/vault";
import { at, page, PASSWORD, said, shown, workers } from "./stage";

vi.mock("../../src/keys/protection", async (original) => {
  const real = await original<typeof import("../../src/keys/protection")>();
  return { ...real, ITERATIONS: 1000, protect: (key: CryptoKey, password: string) => real.protect(key, password, 1000) };
});

const folder = mkdtempSync(join(tmpdir(), "pages-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function born(): Promise<Born> {
  const answer = await perform({ do: "generate", kind: "p-256", password: PASSWORD, name: "Service" });
  if (!answer.ok) throw new Error(answer.failure);
  return answer.value as Born;
}

function certified(key: Born): { certificate: string; spki: string } {
  const [csr, recovery] = [join(folder, "a.csr"), join(folder, "a.pem")];
  writeFileSync(csr, key.request);
  writeFileSync(recovery, key.recovery);
  const openssl = (...command: string[]): string => execFileSync("openssl", command, { encoding: "utf8", stdio: "pipe" });
  const certificate = openssl("req", "-x509", "-in", csr, "-key", recovery, "-passin", `pass:${PASSWORD}`, "-days", "1");
  const [spki] = readPem(openssl("req", "-in", csr, "-noout", "-pubkey"), "PUBLIC KEY");
  return { certificate, spki: toBase64(spki!) };
}

const HELD = (key: Born, order = "", place = "/4/") =>
  keep({ ...key, kind: "p-256", label: "Service", place, order, createdAt: "2026-11-25T10:00:00Z" });

const PEM_EDGES = ["-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "\n-----END ENCRYPTED PRIVATE KEY-----\n"];

async function choose(text: string): Promise<void> {
  const input = at<HTMLInputElement>("recovery-file");
  Object.defineProperty(input, "files", { value: [new File([text], "x.pem")], configurable: true });
  input.dispatchEvent(new Event("change"));
  await vi.waitFor(() => expect(said()).toMatch(/recovered|not-a-key/));
}

function open(password: string): void {
  at<HTMLInputElement>("password").value = password;
  at("open").click();
}

let key: Born;
beforeEach(async () => {
  workers();
  key = await born();
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const kept of await list()) await forget(kept.fingerprint);
});

describe("the page of a product", () => {
  const offered: string[] = [];
  async function visit(): Promise<void> {
    const { certificate } = certified(key);
    const root = page(`<section data-keys="join" data-worker="/w.js" data-fingerprint="${key.fingerprint}"
      data-kind="p-256" data-name="Élan" data-challenge="${btoa("told")}" data-csrf="t" data-proof-url="/preuve/">
      LOCK<div data-when="joined"><a href="#" data-part="archive">p12</a></div>
      <pre data-part="chain">${certificate}</pre>WORDS</section>`);
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
      offered.push((blob as Blob).type);
      return "blob:x";
    });
    // happy-dom would leave the page.
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
    await joining(root);
  }

  test("wrong passwords lose nothing; the right one makes the file and the proof", async () => {
    await HELD(key, "101180");
    const told = vi.fn(async (_address: string, asked: RequestInit) =>
      asked.method === "POST" ? new Response(null, { status: 204 }) : Response.json({ challenge: btoa("fresh") }),
    );
    vi.stubGlobal("fetch", told);
    await visit();
    expect(said()).toBe("held");
    open("");
    expect(said()).toBe("type-first");
    for (const wrong of ["faux", "fou", `${PASSWORD} `]) {
      open(wrong);
      await vi.waitFor(() => expect(said()).toBe("wrong-password"));
      await vi.waitFor(() => expect(at("busy").hidden).toBe(true));
    }
    document.documentElement.dataset["mark"] = "-TEST";
    open(PASSWORD);
    await vi.waitFor(() => expect(said()).toBe("joined"));
    expect(shown("joined")).toBe(true);
    expect(offered).toEqual(["application/x-pkcs12"]);
    expect(at<HTMLInputElement>("password").value).toBe("");
    expect(at<HTMLAnchorElement>("archive").download).toBe("elan-TEST.p12");
    const [address, asked] = told.mock.calls.at(-1)!;
    const sent = new URLSearchParams(String(asked.body));
    expect(address).toBe("/preuve/");
    expect([...sent.keys()]).toEqual(["challenge", "signature", "csrfmiddlewaretoken"]);
    expect(sent.get("challenge")).toBe(btoa("fresh"));
    expect(atob(sent.get("signature")!)).toHaveLength(64);
    expect(await find(key.fingerprint)).not.toBeNull();
  });

  test("a proof that does not arrive takes nothing away", async () => {
    await HELD(key);
    vi.stubGlobal("fetch", async () => new Response(null, { status: 422 }));
    await visit();
    open(PASSWORD);
    await vi.waitFor(() => expect(said()).toBe("joined-unproved"));
    expect(shown("joined")).toBe(true);
  });

  test("a browser without the key takes the recovery file, and no other", async () => {
    vi.stubGlobal("fetch", async () => new Response(null, { status: 204 }));
    await visit();
    expect(said()).toBe("missing");
    await choose("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----");
    expect(shown("missing")).toBe(true);
    const whole = await born();
    for (const broken of [`${PEM_EDGES[0]}A${PEM_EDGES[1]}`, whole.recovery.padEnd(100_001)]) {
      at("status").textContent = "";
      await choose(broken);
      expect(said()).toBe("not-a-key");
    }
    await choose(whole.recovery);
    open(PASSWORD);
    await vi.waitFor(() => expect(said()).toBe("other-key"));
    await choose(pem(new Uint8Array([0x30, 0x00]).buffer, "ENCRYPTED PRIVATE KEY"));
    open(PASSWORD);
    await vi.waitFor(() => expect(said()).toBe("not-a-key"));
    await choose(key.recovery);
    open(PASSWORD);
    await vi.waitFor(() => expect(said()).toBe("joined"));
  });
});

describe("before a withdrawal", () => {
  async function visit(): Promise<void> {
    const { spki } = certified(key);
    const root = page(`<section data-keys="presence" data-worker="/w.js" data-fingerprint="${key.fingerprint}"
      data-kind="p-256" data-spki="${spki}" data-name="Service" data-order="101180">LOCK WORDS</section>`);
    await presence(root);
  }

  test("the browser that holds the key says so, and notes the order", async () => {
    await HELD(key);
    await visit();
    expect(said()).toBe("held");
    expect((await find(key.fingerprint))?.order).toBe("101180");
  });

  test("another one takes the recovery file back, once it is seen to be the right one", async () => {
    await visit();
    expect(said()).toBe("missing");
    await choose((await born()).recovery);
    open(PASSWORD);
    await vi.waitFor(() => expect(said()).toBe("other-key"));
    expect(await list()).toEqual([]);
    await choose(key.recovery);
    open(PASSWORD);
    await vi.waitFor(() => expect(said()).toBe("restored"));
    expect(await find(key.fingerprint)).toMatchObject({ order: "101180", label: "Service" });
  });

  test("one that keeps nothing still checks the file", async () => {
    const blocked = vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("", "SecurityError");
    });
    await visit();
    expect(said()).toBe("blocked");
    await choose(key.recovery);
    open(PASSWORD);
    await vi.waitFor(() => expect(said()).toBe("checked"));
    const root = page(`<div data-keys="bind" data-fingerprint="x" data-order="1"><p data-part="status"></p>WORDS</div>`);
    await binding(root);
    expect(said()).toBe("blocked");
    blocked.mockRestore();
  });
});

describe("Mes clés", () => {
  const BODY = `<div data-keys="mine" data-states="/etats/" hidden><p data-part="status"></p>
    <div data-when="blocked"></div><div data-when="none"></div><div data-when="some"><table><tbody data-part="rows"></tbody>
    </table><p data-part="storage"></p><button data-part="persist"></button></div>
    <template data-part="row"><table><tbody><tr><th data-part="label"></th><td data-part="kind"></td><td data-part="created"></td>
    <td><a data-part="order"></a></td><td data-part="state"></td><td><a data-part="act" hidden></a>
    <a data-part="recovery">file</a><button data-part="forget">forget</button></td></tr></tbody></table></template>
    <dialog><strong data-part="which"></strong><button data-part="confirm"></button></dialog>WORDS</div>`;

  test("each key with what became of its order", async () => {
    const others = [await born(), await born(), await born()];
    await HELD(key, "101180");
    await HELD(others[0]!, "101181");
    await HELD(others[1]!, "101182");
    await HELD(others[2]!);
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (address: string) => {
      asked.push(address);
      const seen = { order: "/o/", state: "Retiré", kind: "success", address: "/p/#cle", action: "Créer" };
      return Response.json({
        orders: [
          { ...seen, number: 101180, key: key.fingerprint },
          { ...seen, number: 101181, key: "another" },
        ],
      });
    });
    await mine(page(BODY));
    const told = Object.fromEntries(
      [...document.querySelectorAll("tbody tr")].map((line) => [
        line.querySelector('[data-part="order"]')?.textContent,
        line.querySelector('[data-part="state"]')?.textContent,
      ]),
    );
    expect(told).toEqual({ "101180": "Retiré", "101181": "replaced", "101182": "unseen", "": "not-sent" });
    const sent = new URL(asked[0]!, "https://x").searchParams;
    expect(sent.getAll("demande").sort()).toEqual(["101180", "101181", "101182"]);
    expect(sent.getAll("cle")).toHaveLength(4);
  });

  test("a key is forgotten once that is confirmed, and the page says so", async () => {
    await HELD(key, "101180");
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("no network");
    });
    await mine(page(BODY));
    expect(document.querySelector('tbody [data-part="state"]')?.textContent).toBe("unknown");
    document.querySelector<HTMLElement>('tbody [data-part="forget"]')!.click();
    expect(at("which").textContent).toBe("Service, P\u2011256, 101180");
    expect(await list()).toHaveLength(1);
    at("confirm").click();
    await vi.waitFor(() => expect(said()).toBe("forgotten"));
    expect(await list()).toEqual([]);
    expect(shown("none")).toBe(true);
  });

  test("a recovery file is put back beside its order, once its key is known", async () => {
    const [other, stranger] = [await born(), await born()];
    const known = [other, key].map((one, at) => ({ ...certified(one), kind: "p-256", order: 101180 + at, name: "Élan" }));
    vi.stubGlobal("fetch", async () => Response.json({ keys: [{ ...known[0], kind: "p-521" }, ...known] }));
    await restoring(page(`<section data-keys="restore" data-worker="/w.js" data-candidates="/connues/">LOCK WORDS</section>`));
    await choose(stranger.recovery);
    open("faux");
    await vi.waitFor(() => expect(said()).toBe("wrong-password"));
    await vi.waitFor(() => expect(at("busy").hidden).toBe(true));
    open(PASSWORD);
    await vi.waitFor(() => expect(said()).toBe("other-key"));
    expect(await list()).toEqual([]);
    await choose(key.recovery);
    const told = vi.fn();
    document.addEventListener("guichet:key-restored", told, { once: true });
    open(PASSWORD);
    await vi.waitFor(() => expect(said()).toBe("restored"));
    expect(told).toHaveBeenCalledOnce();
    expect(await find(key.fingerprint)).toMatchObject({ order: "101181", label: "Élan", kind: "p-256" });
  });

  test("storage: a promise asked for, and refused; blocked storage said", async () => {
    vi.stubGlobal("navigator", { storage: { persisted: async () => false, persist: async () => false } });
    await HELD(key);
    vi.stubGlobal("fetch", async () => Response.json({ orders: [] }));
    await mine(page(BODY));
    expect(at("storage").textContent).toBe("kept");
    at("persist").click();
    await vi.waitFor(() => expect(at("storage").textContent).toBe("denied"));
    const blocked = vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("", "SecurityError");
    });
    await mine(page(BODY));
    expect(shown("blocked")).toBe(true);
    blocked.mockRestore();
  });
});
