// Builds the style sheet, the script of every page and those of the pages of keys; brings the fonts along.
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { compile } from "sass";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here("../src/guichet/web/static/build");
// Bytes, gzipped: a page's own style sheet and script; what makes keys, its dictionaries apart.
const PAGE_BUDGET = 250_000;
const KEYS_BUDGET = 200_000;
const CHARTS_BUDGET = 80_000;
const VERIFIER_BUDGET = 12_000;
// Before the page is drawn, which no module is.
const PLAIN = new Set(["scripts/scheme"]);
const FONTS = [
  "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2",
  "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-italic.woff2",
  "@fontsource/atkinson-hyperlegible-mono/files/atkinson-hyperlegible-mono-latin-400-normal.woff2",
];

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const font of FONTS) {
  await copyFile(here(`node_modules/${font}`), `${target}/${font.split("/").at(-1)}`);
}

const style = sheet("guichet");
await writeFile(`${target}/guichet.css`, style);
await writeFile(`${target}/dsfr.css`, squared(sheet("dsfr")));

const weights = { style: gzipSync(style).length };
for (const name of ["scripts/guichet", "keys/keys", "keys/worker", "keys/strength", "charts/charts", "verify/verifier", "scripts/scheme"]) {
  const script = await build({
    entryPoints: [here(`src/${name}.ts`)],
    bundle: true,
    minify: true,
    format: PLAIN.has(name) ? "iife" : "esm",
    target: "es2022",
    write: false,
  });
  const [, file] = name.split("/");
  await writeFile(`${target}/${file}.js`, script.outputFiles[0].contents);
  weights[file] = gzipSync(script.outputFiles[0].contents).length;
}

within("style sheet and script of a page", weights.style + weights.guichet, PAGE_BUDGET);
within("scripts of the pages of keys", weights.keys + weights.worker, KEYS_BUDGET);
within("script of charts", weights.charts, CHARTS_BUDGET);
within("script that verifies evidence", weights.verifier, VERIFIER_BUDGET);
console.log(`dictionaries, on demand: ${(weights.strength / 1000).toFixed(1)} kB gzipped`);
await writeFile(`${target}/.ok`, "");

function sheet(name) {
  return compile(here(`src/styles/${name}.scss`), {
    style: "compressed",
    loadPaths: [here("node_modules")],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  }).css;
}

// The State's system has square corners; what is round stays.
function squared(css) {
  return css.replace(/(border(?:-[a-z]+)*-radius):(?!50%)[^;}]+/g, "$1:0");
}

function within(what, weight, budget) {
  if (weight > budget) throw new Error(`${what} weigh ${weight} bytes gzipped, more than ${budget}`);
  console.log(`${what}: ${(weight / 1000).toFixed(1)} kB gzipped`);
}
