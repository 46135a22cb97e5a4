/** The story: what happened came in order, and each document speaks of the same thing. */
import type { AllTied, Tied } from "./documents";
import { KINDS } from "./documents";
import type { Proved } from "./entries";
import type { Findings } from "./findings";

/** A delegation may be older than the dossier, and what was carried over may be narrowed since. */
const BESIDE = [
  ["delegation", "habilitation", "order"],
  ["decision", "carrying", "order"],
];
const REVOKED = ["certificate-revoked", "product-revoked"];

/** Faults of order and of links, and a revocation that the entries tell; `spki` is the certificate's key. */
export function checkStory(tied: AllTied, entries: readonly Proved[], spki: string, findings: Findings): void {
  findings.begin("story");
  const before = findings.list.length;
  const main = Object.keys(KINDS).filter((name) => !["delegation", "carrying"].includes(name));
  for (const names of [main, ...BESIDE]) checkOrder(tied, names, findings);
  for (const [link, holds] of [...linksBefore(tied), ...linksAfter(tied, entries, spki)]) {
    if (!holds) findings.add("bad", "story-link", { link });
  }
  if (findings.list.length === before) findings.add("good", "story-good");
  for (const { event, index, at } of entries) {
    if (REVOKED.includes(event)) findings.add("note", "revoked", { index, at });
  }
}

function checkOrder(tied: AllTied, names: readonly string[], findings: Findings): void {
  const told = names.flatMap((name) => tied.get(name) ?? []).filter((one) => one.isOwn);
  for (const [n, later] of told.entries()) {
    const earlier = told[n - 1];
    if (earlier && earlier.entry.index >= later.entry.index) {
      findings.add("bad", "story-order", { before: earlier.name, after: later.name });
    }
  }
}

function* linksBefore(tied: AllTied): Generator<[string, boolean]> {
  const [dossier, decision] = [tied.get("dossier"), tied.get("decision")];
  const [right, order] = [tied.get("habilitation"), tied.get("order")];
  if (dossier && decision) yield ["dossier-decision", areAlike(dossier, decision, "dossier", "revision")];
  if (decision && right) yield ["decision-habilitation", standsOn(right, `dossier:${decision.told("dossier")}`)];
  if (right && order) yield ["habilitation-order", isCovered(right, order)];
  yield* linksBehind(tied);
}

/** What a habilitation that no dossier opened itself stands on besides. */
function* linksBehind(tied: AllTied): Generator<[string, boolean]> {
  const [right, delegation, carrying] = [tied.get("habilitation"), tied.get("delegation"), tied.get("carrying")];
  if (right && delegation) yield ["delegation-habilitation", isDelegated(right, delegation)];
  if (right && carrying) yield ["habilitation-carrying", isCarried(right, carrying)];
}

function standsOn(right: Tied, dossier: string): boolean {
  return right.told("origin") === dossier || right.texts("dossiers").includes(dossier);
}

function isDelegated(right: Tied, delegation: Tied): boolean {
  const isNamed = right.told("origin") === `delegation:${delegation.told("delegation")}`;
  const isWithin = delegation.texts("offers").includes(right.told("offer"));
  return areAlike(right, delegation, "structure") && isNamed && isWithin && isInTime(delegation, right.told("starts_at"));
}

/** Whether it is what was carried over, or less: a right may be narrowed since. */
function isCarried(right: Tied, carrying: Tied): boolean {
  const isNamed = right.told("origin") === `renewal:${carrying.told("renewal")}`;
  const held = carrying.texts("usages");
  const isWithin = Array.isArray(right.value("usages")) && right.texts("usages").every((usage) => held.includes(usage));
  return areAlike(right, carrying, "structure", "offer") && isNamed && isWithin;
}

function* linksAfter(tied: AllTied, entries: readonly Proved[], spki: string): Generator<[string, boolean]> {
  const [order, intent] = [tied.get("order"), tied.get("intent")];
  const [certificate, withdrawal] = [tied.get("certificate"), tied.get("withdrawal")];
  const asked = intent ? requestOf(intent, entries) : undefined;
  if (order && intent) yield ["order-intent", isAsked(order, intent, asked, entries)];
  if (intent && certificate) {
    yield ["intent-certificate", intent.entry.subject === certificate.entry.subject];
    yield ["key-certificate", asked?.fact("spki_sha256") === spki];
  }
  if (certificate && withdrawal) {
    yield ["certificate-withdrawal", withdrawal.told("certificate_sha256") === certificate.sha256];
  }
  if (order && withdrawal) {
    yield ["order-withdrawal", order.entry.subject === withdrawal.entry.subject && areAlike(order, withdrawal, "order")];
  }
}

function areAlike(one: Tied, other: Tied, ...names: readonly string[]): boolean {
  return names.every((name) => one.told(name) === other.told(name));
}

/** Whether the order was placed under this habilitation, for what it allows, in its time. */
function isCovered(right: Tied, order: Tied): boolean {
  const [offer, usage = ""] = order.told("profile").split("/", 2);
  const isAllowed = right.told("offer") === offer && right.texts("usages").includes(usage);
  const isNamed = ["", right.sha256].includes(order.entry.fact("habilitation"));
  return areAlike(right, order, "right", "structure") && isAllowed && isNamed && isInTime(right, order.entry.at);
}

function isInTime(given: Tied, at: string): boolean {
  const [instant, begun, ends] = [Date.parse(at), Date.parse(given.told("starts_at")), given.told("ends_at")];
  return begun <= instant && (ends === "" || instant < Date.parse(ends));
}

/** Whether what was signed is what the order asked: its reference, and its key or a new one. */
function isAsked(order: Tied, intent: Tied, asked: Proved | undefined, entries: readonly Proved[]): boolean {
  const [reference, number] = [intent.entry.fact("reference"), `order:${order.told("order")}`];
  if (reference !== number && !reference.startsWith(`${number}:`)) return false;
  const keys = entries
    .filter(({ event, subject }) => ["order-placed", "order-rekeyed"].includes(event) && subject === number)
    .map((entry) => entry.fact("key"));
  return asked !== undefined && keys.includes(asked.fact("spki_sha256"));
}

/** The entry that asked for the signature, before it was planned. */
function requestOf(intent: Tied, entries: readonly Proved[]): Proved | undefined {
  const { subject, index } = intent.entry;
  return entries.find((e) => e.event === "signing-requested" && e.subject === subject && e.index < index);
}
