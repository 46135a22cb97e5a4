/** The page that verifies evidence files: the file is read here, and sent nowhere. */
import { part } from "../keys/dom";
import type { Finding, Findings } from "./findings";
import { type VerifierKey, verifierKey } from "./notes";
import { verify } from "./verifying";

const OCTETS_AT_MOST = 4_000_000;

/** The words of the page by their names; empty for what has none. */
export type Words = (name: string) => string;

/** Make a page's verifier work: choosing or dropping a file verifies it. */
export function verifier(root: HTMLElement): void {
  const input = part<HTMLInputElement>(root, "file");
  let last: File | undefined;
  const run = (file: File | undefined): void => {
    last = file ?? last;
    if (last) void verified(root, last);
  };
  // The same file, changed since, is chosen anew.
  input.addEventListener("click", () => (input.value = ""));
  input.addEventListener("change", () => run(input.files?.[0]));
  part(root, "key").addEventListener("change", () => run(last));
  root.addEventListener("dragover", (event) => {
    event.preventDefault();
    root.dataset["over"] = "";
  });
  root.addEventListener("dragleave", () => delete root.dataset["over"]);
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    delete root.dataset["over"];
    run(event.dataTransfer?.files[0]);
  });
  // Somebody chose a file while this script was still on its way.
  run(input.files?.[0]);
}

async function verified(root: HTMLElement, file: File): Promise<void> {
  const words = wordsOf(root);
  const say = (occasion: string): void => {
    part(root, "status").textContent = words(occasion);
  };
  part(root, "results").hidden = true;
  say("busy");
  const typed = part<HTMLInputElement>(root, "key").value.trim();
  const key = typed ? await verifierKey(typed) : undefined;
  if (typed && !key) return say("not-a-key");
  if (file.size > OCTETS_AT_MOST) return say("too-large");
  try {
    show(root, file.name, await found(file, key));
    say("");
  } catch {
    say("failed");
  }
}

async function found(file: File, key: VerifierKey | undefined): Promise<Findings> {
  return verify(await file.text(), key);
}

function show(root: HTMLElement, name: string, findings: Findings): void {
  const words = wordsOf(root);
  const faults = findings.list.filter((one) => one.level === "bad");
  part(root, "proved").hidden = !findings.ok;
  part(root, "refused").hidden = findings.ok;
  part(root, "name").textContent = name;
  part(root, "faults").replaceChildren(...faults.map((one) => line(one, words)));
  part(root, "findings").replaceChildren(...sections(findings.list, words));
  part(root, "results").hidden = false;
  part(root, "verdict").focus();
}

function* sections(findings: readonly Finding[], words: Words): Generator<HTMLElement> {
  for (const step of new Set(findings.map((finding) => finding.step))) {
    const section = document.createElement("section");
    const heading = document.createElement("h3");
    heading.textContent = words(`step.${step}`);
    const list = document.createElement("ul");
    list.append(...findings.filter((one) => one.step === step).map((one) => line(one, words)));
    section.append(heading, list);
    yield section;
  }
}

function line(finding: Finding, words: Words): HTMLElement {
  const item = document.createElement("li");
  item.dataset["level"] = finding.level;
  const level = document.createElement("span");
  level.className = "visually-hidden";
  level.textContent = words(`level.${finding.level}`);
  item.append(level, " ", sentence(finding, words));
  return item;
}

/** A finding in words, its facts put in. */
export function sentence({ code, facts }: Finding, words: Words): string {
  const told = (name: string): string => {
    const fact = String(facts[name] ?? "");
    return name === "at" ? instant(fact) : words(`name.${fact}`) || fact;
  };
  return words(`finding.${code}`).replace(/\{(\w+)\}/g, (_whole, name: string) => told(name));
}

/** An instant as the page's language writes it, in UTC; as it is when it is none. */
function instant(at: string): string {
  const time = Date.parse(at);
  const form = { dateStyle: "long", timeStyle: "medium", timeZone: "UTC" } as const;
  const language = document.documentElement.lang || "fr";
  return Number.isNaN(time) ? at : `${new Intl.DateTimeFormat(language, form).format(time)} UTC`;
}

/** Those that stand in the page, hidden, in the language it is in. */
export function wordsOf(root: ParentNode): Words {
  const elements = [...root.querySelectorAll<HTMLElement>("[data-says]")];
  const known = new Map(elements.map((one) => [one.dataset["says"] ?? "", one.textContent?.trim() ?? ""]));
  return (name) => known.get(name) ?? "";
}

const page = document.querySelector<HTMLElement>("[data-verifier]");
if (page) verifier(page);
