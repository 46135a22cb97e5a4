// Draws the blocks of `dot` in the pages given: node docs/site/draw.mjs PAGE…
// The picture is hidden from screen readers: a page that has one tells the same in a table.
import { readFileSync, writeFileSync } from "node:fs";
import { instance } from "@viz-js/viz";

const viz = await instance();
const block = /^```dot\n(.*?)\n```$/gms;

function drawn(dot) {
  const svg = viz.renderString(dot, { format: "svg" });
  // A page is Markdown still: an empty line would end the picture.
  const lines = svg.slice(svg.indexOf("<svg")).split("\n").filter((line) => line.trim());
  return `<div class="drawn" aria-hidden="true">\n${lines.join("\n")}\n</div>`;
}

for (const page of process.argv.slice(2)) {
  const text = readFileSync(page, "utf-8");
  writeFileSync(page, text.replaceAll(block, (_, dot) => drawn(dot)));
}
