// @vitest-environment node
import { expect, test } from "vitest";
import { faultOf, percentage, THRESHOLD, withoutKnown } from "../../src/keys/password";
import { strength } from "../../src/keys/strength";

const KNOWN = ["Jeanne CHARLES", "0203040506", "HOPITAL DES 3 DAMES", "Monserviceclient"];

test.each([
  ["", "empty"],
  ["motdepassé", "not-ascii"],
  ["euro€", "not-ascii"],
  [" kR8-wpq2", "edges"],
  ["tab\tinside", "not-ascii"],
  ["kR8-wpq2-Xn5z", null],
])("%j: %s", (password, fault) => {
  expect(faultOf(password)).toBe(fault);
});

test("80 % is 10^12 guesses", () => {
  expect(percentage(12)).toBe(THRESHOLD);
  expect(percentage(11.99)).toBeLessThan(THRESHOLD);
  expect(percentage(99)).toBe(100);
  expect(percentage(-1)).toBe(0);
});

test("what is known of a person counts for nothing", () => {
  expect(withoutKnown("Jeanne.CHARLES.0203040506", KNOWN)).toBe("..");
  expect(strength("Jeanne.CHARLES.0203040506", KNOWN)).toBeLessThan(THRESHOLD);
  expect(strength("Monserviceclient2026!", KNOWN)).toBeLessThan(THRESHOLD);
});

test.each(["motdepasse", "Azerty123!", "Hopital3Dames!", "Tr0ub4dor&3"])("%s is weak", (password) => {
  expect(strength(password, KNOWN)).toBeLessThan(THRESHOLD);
});

test.each(["kR8-wpq2-Xn5z", "correct cheval agrafe pile"])("%s is strong", (password) => {
  expect(strength(password, KNOWN)).toBeGreaterThanOrEqual(THRESHOLD);
});
