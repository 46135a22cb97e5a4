/** Certificates in PEM (RFC 7468). */
import { type Octets, ofBase64 } from "./octets";

const BLOCK = String.raw`-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*`;
const AT_MOST = 8;

/** The certificates of a PEM text and nothing else; undefined for any other text. */
export function dersOf(text: string): readonly Octets[] | undefined {
  if (!new RegExp(`^(?:${BLOCK})+$`).test(text)) return undefined;
  const found = [...text.matchAll(new RegExp(BLOCK, "g"))].map(([, body = ""]) => ofBase64(body.replace(/\s+/g, "")));
  const ders = found.filter((der) => der !== undefined);
  return ders.length === found.length && ders.length <= AT_MOST ? ders : undefined;
}
