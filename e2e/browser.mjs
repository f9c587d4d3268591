// A real browser without a screen: Chromium, as e2e/setup unpacked it.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import puppeteer from "puppeteer-core";

const folder = resolve("target/e2e/browser");
const SHOTS = resolve("target/e2e/screenshots");

// A name that means this machine, as a page from elsewhere can make one do.
export const ELSEWHERE = "elsewhere.invalid";

// Runs with a browser that nobody used before.
export async function browse(run) {
  const home = mkdtempSync(join(tmpdir(), "okta-mcp-e2e-"));
  const browser = await puppeteer.launch({
    executablePath: join(folder, "chromium"),
    headless: "shell",
    pipe: true,
    userDataDir: join(home, "profile"),
    // Not the flags that the package proposes: they put the same-origin policy out of force.
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
      // It cannot be had as root, nor in many containers; all pages here are our own.
      "--no-sandbox",
    ],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      LD_LIBRARY_PATH: join(folder, "al2023/lib"),
      // The package's fonts, besides those of the machine.
      XDG_DATA_HOME: folder,
    },
  });
  try {
    await run(browser);
  } finally {
    await browser.close();
    rmSync(home, { recursive: true, force: true });
  }
}

// A new tab, and what happens in it: dialogs, messages of the console, requests, answers.
export async function tab(browser) {
  const page = await browser.newPage();
  const seen = { dialogs: [], console: [], requests: [], answers: [], tabs: [] };
  page.on("dialog", async (dialog) => {
    seen.dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  page.on("console", (message) => seen.console.push(message.text()));
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("response", (answer) => seen.answers.push({ status: answer.status(), url: answer.url() }));
  page.on("popup", (popup) => seen.tabs.push(popup?.url()));
  return { page, seen };
}

// Screenshots for people to look at, and whether the page fits each screen.
export async function pictures(page, name, checks) {
  mkdirSync(SHOTS, { recursive: true });
  for (const [look, width, scheme] of [
    ["light", 900, "light"],
    ["dark", 900, "dark"],
    ["phone", 360, "light"],
    ["phone-dark", 360, "dark"],
  ]) {
    await page.setViewport({ width, height: 700 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    const [whole, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    checks.that(whole <= seen, `${name}, ${look}: nothing sticks out`, [whole, seen]);
    await page.screenshot({ path: `${SHOTS}/${name}-${look}.png`, fullPage: true });
  }
  await page.setViewport({ width: 900, height: 700 });
  await page.emulateMediaFeatures([]);
}
