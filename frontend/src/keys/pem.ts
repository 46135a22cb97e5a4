/** PEM (RFC 7468), both ways. */

/** The PEM of DER bytes: lines of 64 characters. */
export function pem(der: ArrayBuffer, label: string): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** Every object with this label in a text, DER; none when there is none. */
export function readPem(text: string, label: string): ArrayBuffer[] {
  const found = text.matchAll(new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`, "g"));
  return [...found].map((match) => fromBase64((match[1] ?? "").replace(/\s+/g, "")));
}

/** Base64 of bytes. */
export function toBase64(bytes: ArrayBuffer): string {
  let text = "";
  for (const octet of new Uint8Array(bytes)) text += String.fromCharCode(octet);
  return btoa(text);
}

/** Bytes of base64. Throws on a character that is none. */
export function fromBase64(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
}
