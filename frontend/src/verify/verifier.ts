/** The page that verifies evidence files: the file is read here, and sent nowhere. */
import { part, words } from "../keys/dom";
import type { Finding, Findings } from "./findings";
import { type VerifierKey, verifierKey } from "./notes";
import { verify } from "./verifying";

const OCTETS_AT_MOST = 4_000_000;

/** Make a page's verifier work: choosing or dropping a file verifies it. */
export function verifier(root: HTMLElement): void {
  const input = part<HTMLInputElement>(root, "file");
  const run = (file: File | undefined): void => {
    if (file) void verified(root, file);
  };
  input.addEventListener("change", () => run(input.files?.[0]));
  part(root, "key").addEventListener("change", () => run(input.files?.[0]));
  root.addEventListener("dragover", (event) => {
    event.preventDefault();
    root.dataset["over"] = "";
  });
  root.addEventListener("dragleave", () => delete root.dataset["over"]);
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    delete root.dataset["over"];
    const [file] = event.dataTransfer?.files ?? [];
    if (file && event.dataTransfer) input.files = event.dataTransfer.files;
    run(file);
  });
}

async function verified(root: HTMLElement, file: File): Promise<void> {
  const say = (occasion: string): void => {
    part(root, "status").textContent = words(root, occasion);
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
  const results = part(root, "results");
  part(root, "proved").hidden = !findings.ok;
  part(root, "refused").hidden = findings.ok;
  part(root, "name").textContent = name;
  part(root, "findings").replaceChildren(...steps(root, findings.list));
  results.hidden = false;
  part(root, "verdict").focus();
}

function* steps(root: HTMLElement, findings: readonly Finding[]): Generator<HTMLElement> {
  const names = new Set(findings.map((finding) => finding.step));
  for (const step of names) {
    const section = document.createElement("section");
    const heading = document.createElement("h3");
    heading.textContent = words(root, `step.${step}`);
    const list = document.createElement("ul");
    list.append(...findings.filter((one) => one.step === step).map((one) => line(root, one)));
    section.append(heading, list);
    yield section;
  }
}

function line(root: HTMLElement, finding: Finding): HTMLElement {
  const item = document.createElement("li");
  item.dataset["level"] = finding.level;
  const level = document.createElement("span");
  level.className = "visually-hidden";
  level.textContent = `${words(root, `level.${finding.level}`)} `;
  item.append(level, sentence(root, finding));
  return item;
}

/** A finding in the words of the page, its facts put in. */
export function sentence(root: ParentNode, { code, facts }: Finding): string {
  const named = (fact: string | number | undefined): string => words(root, `name.${fact}`) || String(fact ?? "");
  return words(root, `finding.${code}`).replace(/\{(\w+)\}/g, (_whole, name: string) => named(facts[name]));
}

const page = document.querySelector<HTMLElement>("[data-verifier]");
if (page) verifier(page);
