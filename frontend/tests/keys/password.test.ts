// @vitest-environment node
import { expect, test } from "vitest";
import { faultOf, firstWrong, percentage, THRESHOLD, withoutKnown } from "../../src/keys/password";
import { strength } from "../../src/keys/strength";

const KNOWN = ["Jeanne CHARLES", "0203040506", "HOPITAL DES 3 DAMES", "Monserviceclient"];

test.each([
  ["", "empty", null],
  ["motdepassé", "not-ascii", "é"],
  ["euro€é", "not-ascii", "€"],
  ["clé 🔑", "not-ascii", "é"],
  [" kR8-wpq2", "edges", null],
  ["tab\tinside", "not-ascii", "\t"],
  ["kR8-wpq2-Xn5z", null, null],
])("%j: %s", (password, fault, character) => {
  expect(faultOf(password)).toBe(fault);
  expect(firstWrong(password)).toBe(character);
});

test("80 % is 10^12 guesses", () => {
  expect(percentage(12)).toBe(THRESHOLD);
  expect(percentage(11.99)).toBeLessThan(THRESHOLD);
  expect(percentage(99)).toBe(100);
  expect(percentage(-1)).toBe(0);
});

test("what is known of a person counts for nothing", () => {
  expect(withoutKnown("Jeanne.CHARLES.0203040506", KNOWN)).toBe("..");
  const found = strength("Jeanne.CHARLES.0203040506", KNOWN);
  expect(found.percent).toBeLessThan(THRESHOLD);
  expect(found.lacks).toContain("known");
  expect(strength("Monserviceclient2026!", KNOWN).percent).toBeLessThan(THRESHOLD);
});

test.each(["Ch4rl3s H0pit4l D4mes", "S3lrahC-latipoH-!75", "53m4d.LaT1p0h.J3@nn3", "6050403020-53105"])(
  "nor does it in disguise: %s",
  (password) => {
    const found = strength(password, KNOWN);
    expect(found.percent).toBeLessThan(THRESHOLD);
    expect(found.lacks).toContain("known");
  },
);

test("ligatures are known as they are typed", () => {
  expect(withoutKnown("coeur-caelia", ["CENTRE DU CŒUR", "Cælia"])).toBe("-");
});

test.each([
  ["motdepasse", "dictionary"],
  ["Azerty123!", "dictionary"],
  ["Hopital3Dames!", "known"],
  ["Tr0ub4dor&3", undefined],
  ["abcdefgh", "pattern"],
  ["le 14.07.1789", "date"],
])("%s is weak: %s", (password, lack) => {
  const found = strength(password, KNOWN);
  expect(found.percent).toBeLessThan(THRESHOLD);
  if (lack) expect(found.lacks).toContain(lack);
});

test.each(["kR8-wpq2-Xn5z", "correct cheval agrafe pile"])("%s is strong", (password) => {
  expect(strength(password, KNOWN).percent).toBeGreaterThanOrEqual(THRESHOLD);
});
