// Builds the style sheet and the script of every page, and brings the fonts along.
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { compile } from "sass";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here("../src/guichet/web/static/build");
const BUDGET = 250_000; // bytes of style sheet and script together, gzipped
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

const style = compile(here("src/styles/guichet.scss"), {
  style: "compressed",
  loadPaths: [here("node_modules")],
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
});
await writeFile(`${target}/guichet.css`, style.css);

const script = await build({
  entryPoints: [here("src/scripts/guichet.ts")],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  write: false,
});
await writeFile(`${target}/guichet.js`, script.outputFiles[0].contents);

const weight = gzipSync(style.css).length + gzipSync(script.outputFiles[0].contents).length;
if (weight > BUDGET) {
  throw new Error(`style sheet and script weigh ${weight} bytes gzipped, more than ${BUDGET}`);
}
console.log(`style sheet and script: ${(weight / 1000).toFixed(1)} kB gzipped`);
await writeFile(`${target}/.ok`, "");
