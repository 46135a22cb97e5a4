/** What a password must be before its strength is even asked; the server never sees one. */

export const THRESHOLD = 80;
const PRINTABLE = /^[\x20-\x7e]$/;
const WORD = /[a-z0-9]{3,}/g;
const L33T: Record<string, string> = {
  ...{ "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b" },
  ...{ "@": "a", $: "s", "!": "i" },
};

/** Why a password is not taken yet; none when only its strength remains to be seen. */
export type Fault = "empty" | "not-ascii" | "edges";

/** How strong a password is, in percent, and in which ways it lacks strength. */
export interface Strength {
  percent: number;
  lacks: readonly Lack[];
}
export type Lack = "known" | "dictionary" | "pattern" | "date";

/** Java 17 opens no PKCS#12 whose password is not ASCII; a space at an edge is lost when copied. */
export function faultOf(password: string): Fault | null {
  if (password === "") return "empty";
  if (firstWrong(password) !== null) return "not-ascii";
  return password.trim() === password ? null : "edges";
}

/** The first character that is not printable ASCII (0x20 to 0x7E). */
export function firstWrong(password: string): string | null {
  return [...password].find((character) => !PRINTABLE.test(character)) ?? null;
}

/** The percentage of the deck's meter for a number of guesses: 80 % is 10^12 of them. */
export function percentage(guessesLog10: number): number {
  return Math.max(0, Math.min(100, Math.floor((100 * guessesLog10) / 15)));
}

/** What is left of a password once the words known of a person are taken out of it, backwards or in l33t too. */
export function withoutKnown(password: string, known: readonly string[]): string {
  const words = known.flatMap((text) => folded(text).match(WORD) ?? []).map(plain);
  const both = words.flatMap((word) => [word, [...word].reverse().join("")]);
  const ordered = [...new Set(both)].sort((a, b) => b.length - a.length);
  let rest = password;
  for (const word of ordered) {
    for (let at = plain(rest).indexOf(word); at >= 0; at = plain(rest).indexOf(word)) {
      rest = rest.slice(0, at) + rest.slice(at + word.length);
    }
  }
  return rest;
}

/** As a person says the word: "H0pit4l" is "hopital". One character stands for one. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[0134578@$!]/g, (sign) => L33T[sign] ?? sign);
}

function folded(text: string): string {
  const bare = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return bare.replace(/œ/g, "oe").replace(/æ/g, "ae");
}
