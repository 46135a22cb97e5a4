/** Octets, their digests and their texts. */

export type Octets = Uint8Array<ArrayBuffer>;

const UTF8 = new TextEncoder();

export function utf8(text: string): Octets {
  return UTF8.encode(text);
}

export async function sha256(...parts: readonly Octets[]): Promise<Octets> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

export async function sha256Hex(...parts: readonly Octets[]): Promise<string> {
  return hex(await sha256(...parts));
}

export function joined(...parts: readonly Octets[]): Octets {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function hex(octets: Octets): string {
  return [...octets].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}

export function ofHex(text: string): Octets {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function same(one: Octets, other: Octets): boolean {
  return one.length === other.length && one.every((octet, n) => octet === other[n]);
}

/** Standard base64, padded and nothing else; undefined for any other text. */
export function ofBase64(text: string): Octets | undefined {
  try {
    const binary = atob(text);
    return btoa(binary) === text ? Uint8Array.from(binary, (c) => c.charCodeAt(0)) : undefined;
  } catch {
    return undefined;
  }
}
