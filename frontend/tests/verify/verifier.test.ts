import { describe, expect, it, vi } from "vitest";
import { sentence, verifier, wordsOf } from "../../src/verify/verifier";

describe("the words of a finding", () => {
  it("name what is known and show hostile facts as they are", () => {
    document.body.innerHTML = `<p data-says="finding.chain-bad">« {subject} » par {who}</p><p data-says="name.actor">auteur</p>`;
    const facts = { subject: `CN="a]\\{who}`, who: "actor" };
    const finding = { step: "certificate", level: "bad", code: "chain-bad", facts } as const;
    expect(sentence(finding, wordsOf(document))).toBe(`« CN="a]\\{who} » par auteur`);
  });
});

describe("a file chosen before the script came", () => {
  it("is verified as one chosen after", async () => {
    const parts = ["key", "status", "results", "proved", "refused", "name", "faults", "findings", "verdict"];
    document.body.innerHTML = `<main><input type="file" data-part="file">
      ${parts.map((name) => `<input data-part="${name}">`).join("")}</main>`;
    const root = document.querySelector("main") as HTMLElement;
    const input = root.querySelector("input") as HTMLInputElement;
    Object.defineProperty(input, "files", { value: [new File(["{}"], "preuve.json")] });
    verifier(root);
    await vi.waitFor(() => expect(root.querySelector("[data-part=name]")?.textContent).toBe("preuve.json"));
  });
});
