// Opens pages in Chromium and says what is wrong with them, as JSON on standard output:
//   node audit.mjs CHROMIUM EMPTY_FOLDER [PAGE:WAY,WAY]...
// For each page and each way of showing it (desktop, phone, print): the violations that axe finds,
// how wide the content is against the window, what the page tried to load, and what it said on the
// console.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, profile, ...pages] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ways = {
  desktop: { width: 1280, height: 900, media: "screen" },
  phone: { width: 360, height: 740, media: "screen" },
  print: { width: 794, height: 1123, media: "print" },
};

const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const found = [];
for (const [file, shown] of pages.map((one) => one.split(":"))) {
  const page = await context.newPage();
  const loaded = [];
  const said = [];
  const address = pathToFileURL(file).href;
  page.on("request", (request) => request.url() !== address && loaded.push(request.url()));
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  await page.goto(address);
  for (const name of shown.split(",")) {
    const { width, height, media } = ways[name];
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ media });
    // Evaluated from outside, so that the page's own policy against scripts does not bar it.
    const result = await page.evaluate(
      `${axe}; axe.run(document, { resultTypes: ["violations"] })`,
    );
    found.push({
      page: file,
      shown: name,
      passes: result.passes.length,
      violations: result.violations.map((one) => ({
        rule: one.id,
        help: one.help,
        nodes: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 300)),
      })),
      width: await page.evaluate("document.documentElement.scrollWidth"),
      window: width,
      loaded: [...loaded],
      said: [...said],
    });
  }
  await page.close();
}
await context.close();
console.log(JSON.stringify(found, null, 1));
