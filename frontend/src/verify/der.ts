/** As much of DER (X.690) and of X.509 (RFC 5280) as the verification of a chain needs. */
import type { Octets } from "./octets";

const SEQUENCE = 0x30;
const EXTENSIONS = 0xa3;
const VERSION = 0xa0;
const UTC_TIME = 0x17;
const BASIC_CONSTRAINTS = "2.5.29.19";
const NAMES: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
};

/** One element: its tag, its content, and the whole of it. */
export interface Element {
  readonly tag: number;
  readonly content: Octets;
  readonly whole: Octets;
}

export interface Certificate {
  readonly der: Octets;
  readonly tbs: Octets;
  readonly serial: string;
  readonly issuer: Octets;
  readonly subject: Octets;
  readonly subjectText: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly spki: Octets;
  readonly algorithm: Element;
  readonly signature: Octets;
  readonly isAuthority: boolean;
}

/** The elements that follow one another. Throws RangeError where they do not end as they say. */
export function elements(octets: Octets): readonly Element[] {
  const found: Element[] = [];
  let at = 0;
  while (at < octets.length) {
    const tag = octets[at] ?? 0;
    const first = octets[at + 1] ?? 0x80;
    const count = first < 0x80 ? 0 : first - 0x80;
    if (first === 0x80 || count > 3) throw new RangeError("length");
    let length = count === 0 ? first : 0;
    for (let n = 0; n < count; n += 1) length = length * 256 + (octets[at + 2 + n] ?? 0);
    const begin = at + 2 + count;
    if (begin + length > octets.length) throw new RangeError("length");
    found.push({ tag, content: octets.slice(begin, begin + length), whole: octets.slice(at, begin + length) });
    at = begin + length;
  }
  return found;
}

/** The elements within the one that these octets are. Throws RangeError. */
export function within(octets: Octets, tag: number = SEQUENCE): readonly Element[] {
  const [only, ...rest] = elements(octets);
  if (!only || rest.length > 0 || only.tag !== tag) throw new RangeError("element");
  return elements(only.content);
}

/** A certificate. Throws RangeError for what is none. */
export function certificateOf(der: Octets): Certificate {
  const [tbs, algorithm, signature] = within(der);
  const fields = tbs ? elements(tbs.content).filter(({ tag }) => tag !== VERSION) : [];
  const [serial, , issuer, validity, subject, spki, ...rest] = fields;
  if (!tbs || !algorithm || !signature || !serial || !issuer || !validity || !subject || !spki) {
    throw new RangeError("certificate");
  }
  const [notBefore, notAfter] = elements(validity.content).map(instantOf);
  return {
    der,
    tbs: tbs.whole,
    serial: serialOf(serial.content),
    issuer: issuer.whole,
    subject: subject.whole,
    subjectText: nameOf(subject.whole),
    notBefore: notBefore ?? Number.NaN,
    notAfter: notAfter ?? Number.NaN,
    spki: spki.whole,
    algorithm,
    signature: signature.content.slice(1),
    isAuthority: hasAuthority(rest.find(({ tag }) => tag === EXTENSIONS)),
  };
}

/** An object identifier in its dotted form. */
export function oidOf(content: Octets): string {
  const numbers: number[] = [];
  let number = 0;
  for (const octet of content) {
    number = number * 128 + (octet & 0x7f);
    if (octet < 0x80) {
      numbers.push(number);
      number = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - 40 * root, ...rest].join(".");
}

/** The serial number as the log writes it: 1D:5D:…, a leading zero octet left out. */
function serialOf(content: Octets): string {
  const bare = content.length > 1 && content[0] === 0 ? content.slice(1) : content;
  return [...bare].map((octet) => octet.toString(16).padStart(2, "0")).join(":").toUpperCase();
}

function instantOf({ tag, content }: Element): number {
  const text = String.fromCharCode(...content);
  const year = tag === UTC_TIME ? (Number(text.slice(0, 2)) < 50 ? "20" : "19") : "";
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(year + text);
  const [y, month, day, hour, minute, second] = (parts ?? []).slice(1).map(Number);
  return parts ? Date.UTC(y ?? 0, (month ?? 0) - 1, day, hour, minute, second) : Number.NaN;
}

function nameOf(name: Octets): string {
  const parts = within(name).flatMap((set) => elements(set.content).map((pair) => within(pair.whole)));
  const texts = parts.map(([type, value]) => {
    const oid = oidOf(type?.content ?? new Uint8Array());
    return `${NAMES[oid] ?? oid}=${new TextDecoder().decode(value?.content)}`;
  });
  return texts.reverse().join(",");
}

function hasAuthority(extensions: Element | undefined): boolean {
  if (!extensions) return false;
  for (const extension of within(extensions.content)) {
    const parts = elements(extension.content);
    if (oidOf(parts[0]?.content ?? new Uint8Array()) !== BASIC_CONSTRAINTS) continue;
    const [isAuthority] = within(parts.at(-1)?.content ?? new Uint8Array());
    return isAuthority?.tag === 0x01 && isAuthority.content[0] === 0xff;
  }
  return false;
}
