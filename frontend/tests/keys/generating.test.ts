import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { generating } from "../../src/keys/generating";
import { forget, list } from "../../src/keys/vault";
import { at, MAKE, page, PASSWORD, said, shown, workers } from "./stage";

vi.mock("../../src/keys/protection", async (original) => {
  const real = await original<typeof import("../../src/keys/protection")>();
  return { ...real, protect: (key: CryptoKey, password: string) => real.protect(key, password, 1000) };
});
vi.mock("/s.js", () => ({
  strength: (password: string) => ({ percent: password.length > 8 ? 86 : 40, lacks: ["dictionary"] }),
}));

let state: ReturnType<typeof workers>;
beforeEach(() => {
  state = workers();
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const key of await list()) await forget(key.fingerprint);
});

const first = (): HTMLInputElement => at("password");
const text = (): HTMLTextAreaElement => document.querySelector('[name="csr_text"]')!;
const radio = (value: string): HTMLInputElement => document.querySelector(`[value="${value}"]`)!;

async function visit(change: (body: string) => string = (body) => body): Promise<void> {
  await generating(page(change(MAKE)));
}

function type(password: string, again = password): void {
  for (const [field, typed] of [[first(), password], [at<HTMLInputElement>("again"), again]] as const) {
    field.value = typed;
    field.dispatchEvent(new Event("input"));
  }
}

/** Whether the form would leave. */
function submits(): boolean {
  return document.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true }));
}

async function made(): Promise<void> {
  type(PASSWORD);
  at("generate").click();
  await vi.waitFor(() => expect(said()).toBe("made"));
}

test("a key is made, kept, its request put in the form; the fields of the password are emptied", async () => {
  await visit();
  expect(submits()).toBe(false);
  expect(said()).toBe("make-first");
  await made();
  expect(text().value).toContain("BEGIN CERTIFICATE REQUEST");
  expect([first().value, at<HTMLInputElement>("again").value]).toEqual(["", ""]);
  expect(at<HTMLAnchorElement>("recovery").download).toBe("service-recuperation.pem");
  expect(await list()).toMatchObject([{ place: "/4/", order: "", label: "Service" }]);
  expect(submits()).toBe(true);
  expect([...new FormData(document.querySelector("form")!).keys()]).toEqual(["key_origin", "csr_text"]);
});

test("a browser that asks its person whether to keep is not waited for", async () => {
  let answer = (_yes: boolean): void => {};
  const asked = new Promise<boolean>((resolve) => (answer = resolve));
  vi.stubGlobal("navigator", { storage: { persist: () => asked, persisted: async () => false } });
  await visit();
  await made();
  expect(at("storage").textContent).toBe("kept");
  answer(true);
  await vi.waitFor(() => expect(at("storage").textContent).toBe("persisted"));
});

test("what is wrong with a password is said as it is typed", async () => {
  await visit();
  type("Hôpital", "");
  await vi.waitFor(() => expect(at("advice").textContent).toBe("not-ascii ô"));
  type("court", "autre");
  await vi.waitFor(() => expect(at("advice").textContent).toBe("weak dictionary longer"));
  expect(at("differs").textContent).toBe("differs");
  at("generate").click();
  await vi.waitFor(() => expect(said()).toBe("type-first"));
  type(PASSWORD, PASSWORD.slice(0, 3));
  expect(at("differs").textContent).toBe("");
  await vi.waitFor(() => expect(at("advice").textContent).toBe("strong"));
  at("reveal").click();
  expect([first().type, at<HTMLInputElement>("again").type]).toEqual(["text", "text"]);
});

test("a dictionary that does not come is said", async () => {
  await visit((body) => body.replace("/s.js", "/nowhere.js"));
  type(PASSWORD);
  await vi.waitFor(() => expect(at("advice").textContent).toBe("no-meter"));
});

test("pressed twice while the dictionary comes, the button makes one key", async () => {
  const born = vi.spyOn(crypto.subtle, "generateKey");
  await visit();
  type(PASSWORD);
  at("generate").click();
  first().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  at("generate").click();
  await vi.waitFor(() => expect(said()).toBe("made"));
  expect(born).toHaveBeenCalledTimes(1);
  expect(await list()).toHaveLength(1);
});

test("a long generation is interrupted, and begun again", async () => {
  await visit();
  state.held = true;
  type(PASSWORD);
  at("generate").click();
  await vi.waitFor(() => expect(shown("busy")).toBe(true));
  at("cancel").click();
  await vi.waitFor(() => expect(said()).toBe("cancelled"));
  expect(state.terminated).toBe(1);
  expect(first().value).toBe(PASSWORD);
  state.held = false;
  await made();
});

test("a browser that keeps nothing says so before, and asks whether the file was saved", async () => {
  vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("", "QuotaExceededError");
  });
  await visit();
  expect(at("no-storage").hidden).toBe(false);
  await made();
  expect(at("storage").textContent).toBe("not-kept");
  expect(submits()).toBe(false);
  expect(said()).toBe("save-first");
  at<HTMLInputElement>("saved").checked = true;
  expect(submits()).toBe(true);
  vi.restoreAllMocks();
});

test("a page left and taken up finds its key; another can be made", async () => {
  await visit();
  await made();
  const request = text().value;
  await visit();
  expect(said()).toBe("made");
  expect(text().value).toBe(request);
  at("restart").click();
  expect(text().value).toBe("");
  await made();
  expect(text().value).not.toBe(request);
});

test("a form that comes back refused keeps its request; a lost key is said", async () => {
  await visit();
  await made();
  const request = text().value;
  const back = (sent: string) => (body: string) =>
    body
      .replace(" data-fresh", "")
      .replace('value="browser"', 'value="browser" checked')
      .replace('value="csr" checked', 'value="csr"')
      .replace("</textarea>", `${sent}</textarea>`);
  await visit(back(request));
  expect(said()).toBe("made");
  expect(at("recovery").hidden).toBe(false);
  await visit(back("another request"));
  expect(at("storage").textContent).toBe("sent-before");
  expect(at("recovery").hidden).toBe(true);
});

test("a request that is brought takes the place of the one made here, and the other way round", async () => {
  await visit();
  await made();
  const request = text().value;
  const file = document.querySelector<HTMLInputElement>('[name="csr_file"]')!;
  expect(file.disabled).toBe(true);
  radio("csr").checked = true;
  radio("csr").dispatchEvent(new Event("change"));
  expect([text().value, file.disabled]).toEqual(["", false]);
  expect(submits()).toBe(true);
  radio("browser").checked = true;
  radio("browser").dispatchEvent(new Event("change"));
  expect(text().value).toBe(request);
});

test("without WebCrypto a request is brought", async () => {
  vi.stubGlobal("crypto", {});
  await visit();
  expect(at("unsupported").hidden).toBe(false);
  expect(at("choice").hidden).toBe(true);
});

test("a request brought while the script was on its way stays the choice", async () => {
  await visit((body) => body.replace("</textarea>", "brought</textarea>"));
  expect([radio("csr").checked, text().value]).toEqual([true, "brought"]);
  expect(submits()).toBe(true);
});
