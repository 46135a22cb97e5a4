import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PAUSE } from "../src/scripts/autosave";
import { Shelf } from "../src/scripts/shelf";
import { alerted, answer, field, page, refused, server, start, status, type } from "./f413";

const KEY = "guichet-f413-7";
const wait = (time: number): Promise<unknown> => vi.advanceTimersByTimeAsync(time);

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("saving", () => {
  it("waits until nothing more is typed, then sends what changed and no more", async () => {
    const sent = server(answer(2));
    start();
    type("use.editor", "A");
    await wait(PAUSE - 1);
    type("use.editor", "Agence");
    await wait(PAUSE - 1);
    expect(sent).toHaveLength(0);
    await wait(1);
    expect(sent.map((one) => one.body)).toEqual([{ changes: { "use.editor": "Agence" }, version: 1 }]);
    expect(sent[0]?.token).toBe("first");
    expect(status()).toBe("Brouillon enregistré à 12 h 36");
  });

  it("saves at once when a field is left", async () => {
    const sent = server(answer(2));
    start();
    type("use.editor", "Agence");
    field("use.editor").dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    await wait(0);
    expect(sent).toHaveLength(1);
  });

  it("sends nothing for a text that came back to what it was", async () => {
    const sent = server(answer(2));
    start();
    type("use.editor", "B");
    type("use.editor", "ANS");
    await wait(PAUSE);
    expect(sent).toHaveLength(0);
  });

  it("sends boxes and choices, unticked ones too", async () => {
    const sent = server(answer(2), answer(3));
    start();
    const box = field("types.org");
    box.checked = true;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    document.querySelector<HTMLInputElement>("[value=mandatary]")?.click();
    await wait(PAUSE);
    expect(sent[0]?.body.changes).toEqual({ "types.org": "on", "representative.quality": "mandatary" });
    box.checked = false;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    await wait(PAUSE);
    expect(sent[1]?.body).toEqual({ changes: { "types.org": "" }, version: 2 });
  });

  it("ignores the page's own fields", async () => {
    const sent = server(answer(2));
    const { form } = start();
    form.querySelector("[name=_shown]")?.dispatchEvent(new Event("input", { bubbles: true }));
    await wait(PAUSE);
    expect(sent).toHaveLength(0);
  });

  it("never has two exchanges at once, and loses nothing typed during one", async () => {
    let free: (value: unknown) => void = () => undefined;
    const sent: unknown[] = [];
    vi.stubGlobal("fetch", async (_: string, options: RequestInit) => {
      sent.push(JSON.parse(String(options.body)).changes);
      await new Promise((resolve) => {
        free = resolve;
      });
      return new Response(JSON.stringify(answer(sent.length + 1)));
    });
    start();
    type("use.editor", "un");
    await wait(PAUSE);
    type("use.editor", "deux");
    await wait(PAUSE * 3);
    expect(sent).toEqual([{ "use.editor": "un" }]);
    free(undefined);
    await wait(0);
    expect(sent).toEqual([{ "use.editor": "un" }, { "use.editor": "deux" }]);
    free(undefined);
    await wait(PAUSE * 2);
    expect(sent).toHaveLength(2);
  });

  it("says that it is saving only when that lasts", async () => {
    vi.stubGlobal("fetch", async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return new Response(JSON.stringify(answer(2)));
    });
    start();
    type("use.editor", "un");
    await wait(PAUSE + 500);
    expect(status()).toBe("");
    await wait(200);
    expect(status()).toBe("Enregistrement…");
    await wait(1_000);
    expect(status()).toBe("Brouillon enregistré à 12 h 36");
  });
});

describe("when the session is gone", () => {
  it("says so once, keeps the text on this machine, tries again and takes it back", async () => {
    const sent = server(refused(401), refused(401), answer(2));
    start();
    type("use.editor", "Agence");
    await wait(PAUSE);
    expect(alerted()).toContain("Déconnecté.");
    const link = document.querySelector<HTMLAnchorElement>("[data-saving-alert] a");
    expect(link?.target).toBe("_blank");
    expect(link?.getAttribute("href")).toBe("/connexion/?next=/formulaire/");
    expect(localStorage.getItem(KEY)).toContain("Agence");
    const told = document.querySelector("[data-saving-alert]")?.firstChild;
    await wait(2_000);
    expect(document.querySelector("[data-saving-alert]")?.firstChild).toBe(told);
    await wait(4_000);
    expect(sent).toHaveLength(3);
    expect(alerted()).toBe("");
    expect(localStorage.getItem(KEY)).toBeNull();
  });

  it("keeps on this machine what is typed meanwhile", async () => {
    server(refused(401));
    start();
    type("use.editor", "un");
    await wait(PAUSE);
    type("use.solution", "deux");
    expect(localStorage.getItem(KEY)).toContain("deux");
  });

  it("takes the new token after a login elsewhere", async () => {
    const sent = server(refused(403), { version: 1, token: "second" }, answer(2));
    const { form } = start();
    type("use.editor", "Agence");
    await wait(PAUSE);
    expect(sent.map((one) => [one.method, one.token])).toEqual([
      ["POST", "first"],
      ["GET", "first"],
      ["POST", "second"],
    ]);
    expect(form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value).toBe("second");
    expect(alerted()).toBe("");
  });

  it("counts a redirection as a session that is gone", async () => {
    const away = refused(401);
    vi.stubGlobal("fetch", async () => ({ ok: false, status: 0, type: "opaqueredirect", clone: () => away }));
    start();
    type("use.editor", "Agence");
    await wait(PAUSE);
    expect(alerted()).toContain("Déconnecté.");
  });

  it("tries at once when the window is looked at again", async () => {
    const sent = server(refused(401), answer(2));
    start();
    type("use.editor", "Agence");
    await wait(PAUSE);
    window.dispatchEvent(new Event("focus"));
    await wait(0);
    expect(sent).toHaveLength(2);
    expect(alerted()).toBe("");
  });
});

describe("when the server does not answer", () => {
  it("waits longer and longer, never more than half a minute", async () => {
    const sent = server("down");
    start();
    type("use.editor", "Agence");
    await wait(PAUSE);
    expect(alerted()).toBe("Hors ligne.");
    await wait(2_000 + 4_000 + 8_000 + 16_000);
    expect(sent).toHaveLength(5);
    await wait(60_000);
    expect(sent).toHaveLength(7);
  });

  it("tries at once when the line comes back", async () => {
    const sent = server("down", answer(2));
    start();
    type("use.editor", "Agence");
    await wait(PAUSE);
    window.dispatchEvent(new Event("online"));
    await wait(0);
    expect(sent).toHaveLength(2);
  });

  it.each([409, 404])("stops when the dossier can be written no more (%i)", async (code) => {
    const sent = server(refused(code));
    start();
    type("use.editor", "Agence");
    await wait(PAUSE);
    expect(alerted()).toBe("Gelé.");
    type("use.editor", "Autre");
    await wait(120_000);
    expect(sent).toHaveLength(1);
    expect(localStorage.getItem(KEY)).toContain("Agence");
  });
});

describe("coming back", () => {
  it("takes up what this machine kept, and saves it", async () => {
    new Shelf("7", localStorage).keep(new Map([["use.editor", "Gardé"]]), Date.now());
    const sent = server(answer(2));
    start();
    expect(field("use.editor").value).toBe("Gardé");
    expect(alerted()).toBe("Repris.");
    await wait(0);
    expect(sent[0]?.body.changes).toEqual({ "use.editor": "Gardé" });
    expect(localStorage.getItem(KEY)).toBeNull();
  });

  it("forgets what is older than a week, of another dossier, or of rows that are gone", async () => {
    const old = Date.now() - 8 * 24 * 3600 * 1000;
    new Shelf("7", localStorage).keep(new Map([["use.editor", "Vieux"]]), old);
    new Shelf("8", localStorage).keep(new Map([["use.editor", "Ailleurs"]]), Date.now());
    server(answer(2));
    start();
    expect(field("use.editor").value).toBe("ANS");
    new Shelf("7", localStorage).keep(new Map([["administrators.zzzzzz.name", "Parti"]]), Date.now());
    start();
    expect(alerted()).toBe("");
    expect(localStorage.getItem(KEY)).toBeNull();
  });

  it.each(["nonsense", "null", "[]", '{"at": "x", "texts": {}}', '{"at": 1, "texts": null}'])(
    "is not upset by %s",
    (kept) => {
      localStorage.setItem(KEY, kept);
      expect(new Shelf("7", localStorage).take(Date.now()).size).toBe(0);
    },
  );

  it("works where the browser keeps nothing", () => {
    const shelf = new Shelf("7", undefined);
    shelf.keep(new Map([["use.editor", "x"]]), 1);
    expect(shelf.take(1).size).toBe(0);
    const full = { setItem: () => { throw new Error("full"); }, getItem: () => { throw new Error("no"); } };
    const strict = new Shelf("7", full as unknown as Storage);
    strict.keep(new Map([["use.editor", "x"]]), 1);
    expect(strict.take(1).size).toBe(0);
    strict.clear();
  });
});

describe("leaving", () => {
  const leave = (): boolean => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));

  it("warns while something is not saved, and not otherwise", async () => {
    server("down");
    const { form } = start();
    expect(leave()).toBe(true);
    type("use.editor", "Agence");
    expect(leave()).toBe(false);
    form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    expect(leave()).toBe(true);
  });

  it("sends with the form only what the server has not", async () => {
    server(answer(2));
    const { form } = start();
    type("use.editor", "Agence");
    await wait(PAUSE);
    type("use.solution", "Module");
    const data = new FormData();
    for (const path of ["use.editor", "use.solution", "types.org", "_shown", "_save"]) data.append(path, "x");
    form.dispatchEvent(Object.assign(new Event("formdata"), { formData: data }));
    expect([...data.keys()]).toEqual(["use.solution", "_shown", "_save"]);
  });
});

describe("writing with others", () => {
  it("shows their texts where nothing is being typed here, and keeps one's own", async () => {
    const theirs = { "use.editor": "Leur éditeur", "use.solution": "Leur solution", "types.org": "on" };
    const rows = { administrators: ["aaaaaa"] };
    const sent = server(answer(9, { texts: theirs, rows }), answer(10));
    start();
    type("use.solution", "Ma solution");
    const saved = wait(PAUSE);
    await saved;
    expect(field("use.editor").value).toBe("Leur éditeur");
    expect(field("types.org").checked).toBe(true);
    expect(alerted()).toBe("Fusionné.");
    type("use.solution", "Ma solution, encore");
    await wait(PAUSE);
    expect(sent[1]?.body).toEqual({ changes: { "use.solution": "Ma solution, encore" }, version: 9 });
  });

  it("asks to load the page again when they added or removed a row", async () => {
    const rows = { administrators: ["aaaaaa", "bbbbbb"] };
    server(answer(9, { texts: { "use.editor": "Agence" }, rows }));
    start();
    type("use.editor", "Agence");
    await wait(PAUSE);
    expect(alerted()).toBe("Rechargez.");
  });
});

describe("what the page is told", () => {
  it("draws errors, findings, progress and chances as text", async () => {
    const fields = {
      "use.editor": { errors: ["<b>Non</b>"], notes: [] },
      "use.solution": { errors: [], notes: [{ kind: "warning", text: "Attention.", remedy: "Vérifiez." }] },
    };
    const chances = [
      {
        chance: "missing",
        label: "À compléter",
        kind: "warning",
        type_label: "Certificat ORG",
        reasons: [{ path: "use.editor", label: "Éditeur", text: "manque" }],
        more: "et 3 autres points",
      },
    ];
    server(answer(2, { fields, progress: { usage: 0, unknown: 1 }, chances }), answer(3, { progress: { usage: 2 } }));
    start();
    type("use.editor", "x");
    await wait(PAUSE);
    const told = document.getElementById("use.editor_told");
    expect(told?.textContent).toBe("<b>Non</b>");
    expect(field("use.editor").getAttribute("aria-invalid")).toBe("true");
    expect(told?.closest(".ask")?.classList.contains("field-wrong")).toBe(true);
    expect(document.querySelector(".told-warning")?.textContent).toBe("Attention. Vérifiez.");
    expect(document.querySelector("[data-todo]")?.textContent).toBe("complet");
    expect(document.querySelector("[data-chances] a")?.getAttribute("href")).toBe("#use.editor");
    expect(document.querySelector("[data-chances]")?.textContent).toContain("et 3 autres points");
    type("use.editor", "y");
    await wait(PAUSE);
    expect(document.querySelector("[data-todo]")?.textContent).toBe("2 à compléter");
    expect(document.querySelector("[data-chances]")?.textContent).toBe("Cochez.");
  });

  it("judges the field being typed only once it is left, and absolves it at once", async () => {
    const wrong = { "use.editor": { errors: ["Non"], notes: [] } };
    const right = { "use.editor": { errors: [], notes: [] } };
    server(answer(2, { fields: wrong }), answer(3, { fields: right }));
    start();
    field("use.editor").focus();
    type("use.editor", "x");
    await wait(PAUSE);
    const told = document.getElementById("use.editor_told");
    expect(told?.textContent).toBe("");
    field("use.editor").dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    expect(told?.textContent).toBe("Non");
    type("use.editor", "y");
    await wait(PAUSE);
    expect(told?.textContent).toBe("");
  });

  it("leaves what an instructor asks in place", async () => {
    server(answer(2, { fields: { "use.editor": { errors: [], notes: [] } } }));
    start();
    const asked = document.createElement("p");
    asked.className = "told-note told-asked";
    document.getElementById("use.editor_told")?.append(asked);
    type("use.editor", "x");
    await wait(PAUSE);
    expect(asked.isConnected).toBe(true);
    expect(asked.closest(".ask")?.classList.contains("field-wrong")).toBe(true);
  });
});

it("does nothing on pages without a form that saves itself", async () => {
  const { autosave } = await import("../src/scripts/autosave");
  document.body.innerHTML = "<form></form>";
  expect(autosave(window, localStorage)).toBeUndefined();
  page();
  server(answer(2));
  const saving = autosave(window, localStorage);
  expect(saving).toBeDefined();
  saving?.stop();
});
