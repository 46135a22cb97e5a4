/** A small F413 as the server draws it, and a server that answers what a test says. */
import { vi } from "vitest";
import { Autosave } from "../src/scripts/autosave";
import { Shelf } from "../src/scripts/shelf";

const entry = (path: string, value = ""): string =>
  `<div class="field ask" data-path="${path}">
     <input type="text" id="${path}" name="${path}" value="${value}" aria-describedby="${path}_told">
     <div class="told" id="${path}_told"></div>
   </div>`;

const row = (id: string, place: string): string =>
  `<fieldset class="form-row" id="administrators.${id}" data-row="${id}">
     <legend tabindex="-1" id="administrators.${id}_legend">Administrateur n° <span data-place>${place}</span></legend>
     ${entry(`administrators.${id}.name`)}
     <button type="submit" name="_remove" value="administrators.${id}" data-remove>Supprimer</button>
   </fieldset>`;

const FORM = `
<form id="f413" method="post" action="/formulaire/" data-save="/enregistrer/" data-number="7" data-version="1"
  data-login="/connexion/?next=/formulaire/" data-w-saving="Enregistrement…" data-w-logged-out="Déconnecté."
  data-w-log-in="Se connecter" data-w-offline="Hors ligne." data-w-frozen="Gelé." data-w-merged="Fusionné."
  data-w-reload="Rechargez." data-w-complete="complet" data-w-missing="à compléter" data-w-restored="Repris."
  data-w-added="Ajouté" data-w-removed="Supprimé" data-w-no-chance="Cochez.">
  <input type="hidden" name="csrfmiddlewaretoken" value="first">
  <span data-todo="usage">2 à compléter</span>
  <p role="status" data-saving></p>
  <p role="alert" data-saving-alert hidden></p>
  ${entry("use.editor", "ANS")}
  ${entry("use.solution")}
  <div class="field ask" data-path="types.org">
    <input type="hidden" name="types.org" value="">
    <input type="checkbox" id="types.org" name="types.org" value="on">
  </div>
  <div data-path="representative.quality">
    <input type="hidden" name="representative.quality" value="">
    <input type="radio" name="representative.quality" value="mandatary">
    <input type="radio" name="representative.quality" value="legal-representative" checked>
  </div>
  <textarea id="use.description" name="use.description"></textarea>
  <span data-use="types.org">DMP</span>
  <div data-rows="administrators">
    ${row("aaaaaa", "1")}
    <template data-blank>${row("__row__", "__place__")}</template>
    <button type="submit" name="_add" value="administrators" data-add>Ajouter</button>
  </div>
  <ul data-chances></ul>
  <button type="submit" name="_save" value="1">Enregistrer</button>
  <input type="hidden" name="_shown" value="{}">
</form>`;

export type Reply = Response | "down" | Record<string, unknown>;
export interface Sent {
  method: string;
  token: string;
  body: { changes: Record<string, string>; version: number; add?: string; remove?: string };
}

/** Answers each question in turn; the last answer serves for all that follow. */
export function server(...replies: Reply[]): Sent[] {
  const sent: Sent[] = [];
  const fetcher = async (_address: string, options: RequestInit): Promise<Response> => {
    const headers = options.headers as Record<string, string>;
    sent.push({
      method: options.method ?? "GET",
      token: headers["X-CSRFToken"] ?? "",
      body: JSON.parse(String(options.body ?? "{}")),
    });
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    if (reply === "down") throw new TypeError("network");
    if (reply instanceof Response) return reply.clone();
    return new Response(JSON.stringify(reply));
  };
  vi.stubGlobal("fetch", fetcher);
  return sent;
}

export function answer(version: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { version, told: "Brouillon enregistré à 12 h 36", fields: {}, progress: {}, chances: [], ...more };
}

export const refused = (status: number): Response => new Response("{}", { status });

export function page(): HTMLFormElement {
  document.body.innerHTML = FORM;
  return document.querySelector("form") as HTMLFormElement;
}

let running: Autosave | undefined;

/** A page that saves itself; the one of the test before is let go. */
export function start(): { form: HTMLFormElement; saving: Autosave } {
  running?.stop();
  const form = page();
  const saving = new Autosave(form, window, new Shelf("7", window.localStorage));
  saving.start();
  running = saving;
  return { form, saving };
}

export function field(path: string): HTMLInputElement {
  return document.getElementById(path) as HTMLInputElement;
}

export function type(path: string, text: string): void {
  const control = field(path);
  control.value = text;
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

export function status(): string {
  return document.querySelector("[data-saving]")?.textContent ?? "";
}

export function alerted(): string {
  const place = document.querySelector<HTMLElement>("[data-saving-alert]");
  return place && !place.hidden ? (place.textContent ?? "") : "";
}
