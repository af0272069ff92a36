// node build.mjs PACKAGES OUT: compiles the style sheet and the script with what `npm ci` put into PACKAGES; each file
// is named after its content, so that a browser keeps it for a year, and lies beside its own gzip.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, parse, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const [packages, out] = process.argv.slice(2).map((path) => resolve(path));
const installed = createRequire(pathToFileURL(join(packages, "package.json")));
const { build } = installed("esbuild");
const sass = installed("sass");

const modules = join(packages, "node_modules");
const style = sass.compile(join(here, "app.scss"), { loadPaths: [modules, packages], style: "compressed", quietDeps: true });
const script = await build({
  entryPoints: [join(here, "app.js")],
  bundle: true,
  minify: true,
  write: false,
  nodePaths: [modules],
  format: "esm",
  target: "es2020",
});

const made = {
  "app.css": Buffer.from(style.css),
  "app.js": Buffer.from(script.outputFiles[0].contents),
  "lantern.svg": readFileSync(join(here, "lantern.svg")),
};
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const names = {};
for (const [asked, bytes] of Object.entries(made)) {
  const { name, ext } = parse(asked);
  names[asked] = `${name}-${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}${ext}`;
  writeFileSync(join(out, names[asked]), bytes);
  writeFileSync(join(out, `${names[asked]}.gz`), gzipSync(bytes, { level: 9 }));
}
writeFileSync(join(out, "names.json"), JSON.stringify(names));
