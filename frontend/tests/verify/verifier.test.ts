import { describe, expect, it } from "vitest";
import { sentence, wordsOf } from "../../src/verify/verifier";

describe("the words of a finding", () => {
  it("name what is known and show hostile facts as they are", () => {
    document.body.innerHTML = `<p data-says="finding.chain-bad">« {subject} » par {who}</p><p data-says="name.actor">auteur</p>`;
    const facts = { subject: `CN="a]\\{who}`, who: "actor" };
    const finding = { step: "certificate", level: "bad", code: "chain-bad", facts } as const;
    expect(sentence(finding, wordsOf(document))).toBe(`« CN="a]\\{who} » par auteur`);
  });
});
