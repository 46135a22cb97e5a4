/** One JSON text for one content: sorted names, no space, UTF-8 as it is. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export function textOf(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.entries(value as Record<string, Json>).sort(([one], [other]) => byCodePoints(one, other));
  return `{${names.map(([name, inner]) => `${JSON.stringify(name)}:${textOf(inner)}`).join(",")}}`;
}

/** The value of a canonical text; undefined for any other text, even of equal value. */
export function parsed(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return textOf(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether an object has these names and no other. */
export function hasExactly(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
}

function byCodePoints(one: string, other: string): number {
  const [left, right] = [[...one], [...other]];
  for (let n = 0; n < Math.min(left.length, right.length); n += 1) {
    const gap = (left[n]?.codePointAt(0) ?? 0) - (right[n]?.codePointAt(0) ?? 0);
    if (gap !== 0) return gap;
  }
  return left.length - right.length;
}
