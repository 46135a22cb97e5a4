import { expect, test } from "vitest";
import { figuresOf, numberIn } from "../src/charts/table";

test("columns of numbers become series, totals and columns set apart do not", () => {
  document.body.innerHTML = `<table><caption>Demandes par jour</caption>
    <thead><tr><th>Jour</th><th class="number">Déposées</th><th class="number" data-apart>Délai</th>
    <th class="number">En échec</th></tr></thead>
    <tbody><tr><th> 1er  mai </th><td>1\u202f204</td><td>3 s</td><td>2</td></tr>
    <tr data-total><th>Total</th><td>1204</td><td></td><td>2</td></tr></tbody></table>`;
  const table = document.querySelector("table");
  expect(table && figuresOf(table)).toEqual({
    title: "Demandes par jour",
    labels: ["1er mai"],
    series: [
      { name: "Déposées", values: [1204] },
      { name: "En échec", values: [2] },
    ],
  });
});

test("a cell without a number counts for nothing", () => {
  expect(["—", "", "12,5 %", "-3"].map(numberIn)).toEqual([0, 0, 12.5, -3]);
});
