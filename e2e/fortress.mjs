// What the page forbids: to other pages, to what a name might become, and to whoever only looks.

import { createServer } from "node:http";
import { ELSEWHERE, tab } from "./browser.mjs";
import { Home, connected } from "./checks.mjs";
import { PASSPHRASE, asked, checks, screen, setUp, status, text, there } from "./page.mjs";

// A page of somebody else on this machine, which remembers what it was asked for.
async function other(run) {
  const site = { html: "", asked: [] };
  const server = createServer((request, response) => {
    site.asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { "content-type": "text/html" }).end(site.html);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  site.port = server.address().port;
  try {
    await run(site);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

export async function fortress(browser) {
  const home = new Home();
  await setUp(home);
  try {
    await connected(home, { era: "auto" }, async (client) => {
      await other(async (site) => {
        const waits = await asked(client);
        const { page, seen } = await tab(browser);
        const answer = await page.goto(waits.link);
        headers(answer.headers());
        checks.that(waits.link.startsWith("http://127.0.0.1:"), "it is on this machine", waits.link);
        await injected(page, site);
        const token = await page.$eval("[name=csrf]", (field) => field.value);
        const cookies = await browser.cookies();
        checks.equal(cookies.length, 1, "one cookie");
        const { httpOnly, sameSite, session } = cookies[0];
        checks.equal([httpOnly, sameSite, session], [true, "Strict", true], "a cookie that stays here");
        checks.equal(await page.evaluate(() => document.cookie), "", "no script reads it");
        await forged(browser, site, waits, token);
        await framed(browser, site, waits.link);
        await names(browser, waits.link);
        await onlyLooked(page, waits.link);
        checks.equal(await status(client, waits.id), "pending", "nothing of that decided");
        checks.that(await there(client, waits.group), "the group is there");
        checks.equal(seen.dialogs, [], "no script ran");
        const rows = home.trail().filter((row) => row.kind === "approval.decided");
        checks.equal(rows, [], "no decision is in the trail");
        await page.close();
      });
    });
  } finally {
    home.remove();
  }
}

function headers(seen) {
  const csp = Object.fromEntries(
    (seen["content-security-policy"] ?? "").split(";").map((part) => {
      const [name, ...values] = part.trim().split(/\s+/);
      return [name, values.join(" ")];
    }),
  );
  checks.equal(csp["default-src"], "'none'", "policy: nothing by default");
  checks.that(/^'sha256-[\w+/]+=*'$/.test(csp["style-src"]), "policy: the one style", csp);
  checks.equal(csp["form-action"], "'self'", "policy: forms");
  checks.equal(csp["frame-ancestors"], "'none'", "policy: frames");
  checks.equal(csp["base-uri"], "'none'", "policy: base");
  checks.equal(csp["script-src"], undefined, "policy: no script, by default");
  for (const [name, value] of [
    ["x-frame-options", "DENY"],
    ["referrer-policy", "same-origin"],
    ["cache-control", "no-store"],
    ["x-content-type-options", "nosniff"],
    ["cross-origin-opener-policy", "same-origin"],
    ["cross-origin-resource-policy", "same-origin"],
    ["content-type", "text/html; charset=utf-8"],
  ]) {
    checks.equal(seen[name], value, `header ${name}`);
  }
  checks.equal(seen["access-control-allow-origin"], undefined, "no other origin may read");
}

// Were a name to become markup, the policy would still hold.
async function injected(page, site) {
  const styled = await page.$eval("main", (element) => getComputedStyle(element).borderRadius);
  checks.equal(styled, "12px", "the page's own style holds");
  await page.evaluate((port) => {
    const add = (tag, values) => document.body.append(Object.assign(document.createElement(tag), values));
    add("script", { textContent: "document.title = 'pwned'" });
    add("script", { src: `http://127.0.0.1:${port}/script` });
    add("img", { src: `http://127.0.0.1:${port}/img` });
    add("iframe", { src: `http://127.0.0.1:${port}/iframe` });
    add("link", { rel: "stylesheet", href: `http://127.0.0.1:${port}/style` });
    add("style", { textContent: "main { display: none }" });
    add("form", { id: "away", method: "post", action: `http://127.0.0.1:${port}/form` });
    add("base", { href: `http://127.0.0.1:${port}/` });
    document.querySelector("#away").submit();
  }, site.port);
  const fetched = await page.evaluate(
    (port) =>
      fetch(`http://127.0.0.1:${port}/fetch`, { mode: "no-cors" }).then(
        () => true,
        () => false,
      ),
    site.port,
  );
  checks.equal(fetched, false, "nothing is fetched from elsewhere");
  checks.equal(await page.title(), "Approve this change? · okta-mcp", "no script of a name would run");
  const display = await page.$eval("main", (element) => getComputedStyle(element).display);
  checks.equal(display, "block", "no style of a name would count");
  checks.equal(site.asked, [], "nothing reaches another page");
  await page.reload();
}

// Another page sends the form, with the right passphrase and even the right token.
async function forged(browser, site, waits, token) {
  const field = (name, value) => `<input name="${name}" value="${value}">`;
  site.html =
    `<form method=post action="${waits.link}">` +
    `${field("csrf", token)}${field("passphrase", PASSPHRASE)}${field("decision", "approve")}` +
    "<button>Win a prize</button></form>";
  for (const host of ["127.0.0.1", "localhost", ELSEWHERE]) {
    const { page } = await tab(browser);
    await page.goto(`http://${host}:${site.port}/`);
    const [answer] = await Promise.all([page.waitForNavigation(), page.click("button")]);
    checks.equal(answer.status(), 403, `a form on ${host} is refused`);
    checks.equal(await text(page, "h1"), "This was not sent by the page itself", `and told so, ${host}`);
    await page.goto(`http://${host}:${site.port}/`);
    const [seen, sent] = await page.evaluate(
      async (link, csrf, passphrase) => {
        const body = new URLSearchParams({ csrf, passphrase, decision: "approve" });
        const read = await fetch(link, { credentials: "include" }).then(() => "read", () => "refused");
        const sent = await fetch(link, { method: "POST", mode: "no-cors", credentials: "include", body });
        return [read, sent.type];
      },
      waits.link,
      token,
      PASSPHRASE,
    ).catch((error) => ["refused", error.message]);
    checks.equal(seen, "refused", `a script on ${host} does not read the page`);
    checks.that(sent !== "basic", `a script on ${host} learns nothing from sending`, sent);
    await page.close();
  }
}

async function framed(browser, site, link) {
  site.html = `<iframe src="${link}" width=800 height=600></iframe>`;
  const { page } = await tab(browser);
  await page.goto(`http://127.0.0.1:${site.port}/`);
  const frames = page.frames().filter((frame) => frame !== page.mainFrame());
  for (const frame of frames) {
    const form = await frame.$("#passphrase").catch(() => null);
    checks.equal(form, null, "no other page frames it");
  }
  checks.equal(frames.length, 1, "a frame was tried");
  await page.close();
}

// A name that somebody lets point at this machine is not the page's.
async function names(browser, link) {
  const { page } = await tab(browser);
  for (const host of [ELSEWHERE, "localhost"]) {
    const answer = await page.goto(link.replace("127.0.0.1", host));
    checks.equal(answer.status(), 421, `the page under the name ${host}`);
    checks.equal(await page.$("#passphrase"), null, `no form under the name ${host}`);
  }
  await page.close();
}

async function onlyLooked(page, link) {
  const words = new URLSearchParams({ passphrase: PASSPHRASE, decision: "approve" });
  for (const url of [link, `${link}?${words}`, `${link}#approve`]) {
    const answer = await page.goto(url);
    checks.that([200, 304].includes(answer?.status() ?? 200), "a link shows", answer?.status());
    checks.that(await page.$("#passphrase"), "and asks");
  }
  for (const method of ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]) {
    const answer = await fetch(`${link}?${words}`, { method });
    checks.equal(answer.status, method === "HEAD" ? 200 : 405, `${method} decides nothing`);
  }
  const bare = await fetch(link, { method: "POST", body: new URLSearchParams({ decision: "approve" }) });
  checks.equal(bare.status, 403, "a form without origin, cookie and token");
  const unknown = await page.goto(`${new URL(link).origin}/approvals/none`);
  checks.equal(unknown.status(), 404, "an unknown id");
  checks.equal(await text(page, "h1"), "There is no such approval", "and told so");
  const root = await page.goto(`${new URL(link).origin}/`);
  checks.equal(root.status(), 404, "there is no list of what waits");
  checks.that(!(await screen(page)).includes("Night shift"), "and nothing to see");
  await page.goto(link);
}
