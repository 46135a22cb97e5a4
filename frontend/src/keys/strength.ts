/** How many guesses a password takes: zxcvbn with French and common dictionaries (540 kB, on demand). */
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";
import * as french from "@zxcvbn-ts/language-fr";
import { type Lack, percentage, type Strength, withoutKnown } from "./password";

const AT_MOST = 128;
const LACKS: Record<string, Lack> = {
  dictionary: "dictionary",
  spatial: "pattern",
  repeat: "pattern",
  sequence: "pattern",
  date: "date",
  regex: "date",
};
const factory = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...french.dictionary },
  graphs: common.adjacencyGraphs,
});

/** The strength shown for a password by somebody of whom these texts are known. */
export function strength(password: string, known: readonly string[]): Strength {
  const rest = withoutKnown(password, known);
  const found = factory.check(rest.slice(0, AT_MOST), [...known]);
  const lacks = new Set(found.sequence.map((match) => LACKS[match.pattern]).filter((lack) => lack !== undefined));
  if (rest !== password) lacks.add("known");
  return { percent: percentage(found.guessesLog10), lacks: [...lacks] };
}
