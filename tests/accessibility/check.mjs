// Holds pages against the rules of axe-core (WCAG 2.1 A and AA, best practices), on a wide screen and on a phone,
// with everything unfolded; and against sideways scrolling of the whole page on a phone.
//
//   npm install axe-core puppeteer-core        (in any folder; run the script from there)
//   CHROMIUM=/usr/bin/chromium node PATH/tests/accessibility/check.mjs demo/*/report.html demo/*/model-card.html

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.cwd()}/`);
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const pages = process.argv.slice(2);
if (pages.length === 0) {
  console.error("name the pages to check");
  process.exit(2);
}

const browser = await (puppeteer.default ?? puppeteer).launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
  protocolTimeout: 600000,
});
let faults = 0;
for (const name of pages) {
  for (const width of [1200, 390]) {
    const page = await browser.newPage();
    await page.setViewport({ width, height: 900 });
    await page.goto(pathToFileURL(resolve(name)).href);
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) {
      faults += 1;
      const widest = await page.evaluate((width) => {
        const inScroll = (node) => node.closest(".scroll") !== null && !node.matches(".scroll");
        const all = [...document.body.querySelectorAll("*")].filter((node) => !inScroll(node));
        const over = all.filter((node) => node.getBoundingClientRect().right > width + 1);
        return over.slice(0, 3).map((node) => `${node.tagName} ${node.className} ${node.textContent.slice(0, 60)}`);
      }, width);
      console.log(`${name}: at ${width} pixels the page is ${wide} wide: ${widest.join("; ")}`);
    }
    await page.evaluate(axe);
    const result = await page.evaluate(() =>
      window.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }),
    );
    for (const violation of result.violations) {
      faults += violation.nodes.length;
      console.log(`${name} at ${width}: ${violation.id} (${violation.impact}), ${violation.nodes.length} times: ${violation.help}`);
      for (const node of violation.nodes.slice(0, 3)) console.log(`   ${node.html.slice(0, 200)}\n   ${node.failureSummary.replaceAll("\n", " ").slice(0, 300)}`);
    }
    await page.close();
  }
  console.log(`${name}: done`);
}
await browser.close();
console.log(faults === 0 ? "no faults" : `${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
