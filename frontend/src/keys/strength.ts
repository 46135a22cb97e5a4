/** How many guesses a password takes: zxcvbn with French and common dictionaries (540 kB, on demand). */
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";
import * as french from "@zxcvbn-ts/language-fr";
import { percentage, withoutKnown } from "./password";

const factory = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...french.dictionary },
  graphs: common.adjacencyGraphs,
});

/** The percentage shown for a password by somebody of whom these texts are known. */
export function strength(password: string, known: readonly string[]): number {
  const rest = withoutKnown(password, known);
  return percentage(factory.check(rest.slice(0, 128), [...known]).guessesLog10);
}
