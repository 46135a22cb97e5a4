/** Inclusion in a Merkle tree (RFC 9162, 2.1.3.2). */
import { type Octets, same, sha256 } from "./octets";

export async function leafHash(data: Octets): Promise<Octets> {
  return sha256(Uint8Array.of(0), data);
}

export async function isIncluded(
  leaf: Octets,
  place: { readonly index: number; readonly size: number },
  path: readonly Octets[],
  root: Octets,
): Promise<boolean> {
  if (place.index < 0 || place.index >= place.size) return false;
  let [at, last, found] = [place.index, place.size - 1, leaf];
  for (const step of path) {
    if (last === 0) return false;
    const isRight = at % 2 === 1;
    if (isRight || at === last) {
      found = await sha256(Uint8Array.of(1), step, found);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      found = await sha256(Uint8Array.of(1), found, step);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(found, root);
}

function half(number: number): number {
  return Math.floor(number / 2);
}
