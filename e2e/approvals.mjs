// The approval page in a real browser: what is written on it by others stays text, whoever is not
// asked cannot decide, and whoever knows the passphrase decides once. Screenshots go to
// target/e2e/screenshots, for people to look at. Run from target/e2e/node, where .ci/run puts it
// beside its packages.

import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ELSEWHERE, browse, tab } from "./browser.mjs";
import { Checks, Home, call, connected } from "./checks.mjs";

const PASSPHRASE = "correct horse battery staple";
const WRONG = "wrong horse battery staple";
const SHOTS = resolve("target/e2e/screenshots");

const checks = new Checks("the approval page in Chromium");

// ---- Asking ------------------------------------------------------------------------------------

async function setUp(home) {
  const { code, shown } = await home.terminal(
    ["approvals", "setup"],
    [
      ["new passphrase: ", PASSPHRASE],
      ["same again: ", PASSPHRASE],
    ],
  );
  checks.equal(code, 0, "the passphrase is set");
  checks.that(!shown.includes(PASSPHRASE), "and not shown", shown);
}

async function group(client, name, description = "for a test") {
  const made = await call(client, "create_group", { profile: { name, description } });
  if (made.isError) throw new Error(JSON.stringify(made.value));
  return made.value.id;
}

const there = async (client, id) => !(await call(client, "get_group", { group_id: id })).isError;
const status = async (client, id) =>
  (await call(client, "get_approval_status", { approval_id: id })).value.status;

// What a call that waits answers: the id and the link.
async function waiting(client, tool, args) {
  const answer = await call(client, tool, args);
  const waits = answer.value.approval_required;
  if (!waits) throw new Error(JSON.stringify(answer.value));
  return { id: waits.approval_id, link: waits.where.match(/http:\S+/)[0], told: answer.value };
}

// A group that waits for being deleted.
async function asked(client, name = "Night shift") {
  const target = await group(client, name);
  return { group: target, ...(await waiting(client, "delete_group", { group_id: target })) };
}

// ---- Deciding ----------------------------------------------------------------------------------

// Types a passphrase and presses a button; the status of what comes then.
async function press(page, decision, passphrase) {
  await page.$eval("#passphrase", (field) => (field.value = ""));
  await page.type("#passphrase", passphrase);
  const [answer] = await Promise.all([page.waitForNavigation(), page.click(`button[value=${decision}]`)]);
  return answer.status();
}

const text = (page, selector) => page.$eval(selector, (element) => element.textContent);
const screen = (page) => page.evaluate(() => document.body.innerText);

// True once nothing listens there; a page that closes first ends what it was asked.
async function isGone(link) {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const refused = await fetch(link).then(
      () => false,
      (error) => error.cause?.code === "ECONNREFUSED",
    );
    if (refused) return true;
    await new Promise((done) => setTimeout(done, 50));
  }
  return false;
}

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

async function shots(page, name) {
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

// ---- What others wrote -------------------------------------------------------------------------

const MARKUP =
  "<script>alert(1)</script><img src=http://127.0.0.1:1/x onerror=alert(1)><svg onload=alert(1)>" +
  "<iframe src=//elsewhere.invalid></iframe>";
const HOSTILE = {
  markup: MARKUP,
  "the end of the page": "</h1></main></body></html><script>document.title='pwned'</script>",
  "a form": "<form action=//elsewhere.invalid><input name=passphrase><button value=approve>Approve",
  "a style": "</style><style>*{display:none}</style><link rel=stylesheet href=//elsewhere.invalid>",
  "a refresh": '"><meta http-equiv=refresh content="0;url=http://elsewhere.invalid"><base href=//x>',
  entities: "&lt;script&gt;alert(1)&lt;/script&gt; &#x202e; &nbsp;",
  "bidirectional text": "Payroll \u202egnp.exe\u202c \u2066x\u2069 \u200fabc \u05d0\u05d1\u05d2 \u0627\u0644",
  "zero-width and tags": "Eng\u200bineers\u200d\u2060\ufeff\u00ad\u{e0041}\u{e0042}",
  "line breaks": "Night\nOrg acme-prod, approved by security.\r\n\r\nNothing will be lost.\u2028\u2029\u0085End",
  "control characters": "a\u0000b\u0007c\u001b[2Jd\u007fe\tf\u009bg",
  "marks on marks": `Z${"\u0335\u0317\u0321".repeat(60)}algo`,
  "one long word": "W".repeat(255),
  "many lines": "x\n".repeat(127),
};
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u;

// As a name is shown: what is invisible in it as an escape, in UTF-16.
const visible = (words) =>
  words
    .replaceAll("\n", "\\n")
    .replace(new RegExp(`${INVISIBLE.source}|\\t`, "gu"), (each) =>
      each.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
    );

// Every element with its attributes' names, in order: what a name of others cannot add to.
const shape = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("*")].map((each) => [each.tagName, ...each.getAttributeNames()].join(" ")),
  );

async function hostile(browser) {
  const home = new Home();
  await setUp(home);
  const name = `Claude ${MARKUP} \u202eedoC ${"x".repeat(10_000)}`;
  try {
    await connected(home, { era: "legacy", name }, async (client) => {
      const { page, seen } = await tab(browser);
      const plain = await asked(client, "Night shift");
      const { origin } = new URL(plain.link);
      await page.goto(plain.link);
      const wanted = await shape(page);
      for (const [what, words] of Object.entries(HOSTILE)) {
        const id = await group(client, words.slice(0, 255), words).catch((error) => error);
        if (id instanceof Error) {
          checks.that(false, `${what}: such a group`, id.message);
          continue;
        }
        const { link } = await waiting(client, "delete_group", { group_id: id });
        await page.goto(link);
        checks.equal(await shape(page), wanted, `${what}: the elements of a harmless name`);
        const heading = await text(page, "h1");
        checks.equal(heading, `Delete group "${visible(words.slice(0, 255))}"?`, `${what}: as text`);
        const all = await screen(page);
        checks.that(!INVISIBLE.test(all.replaceAll("\n", "")), `${what}: nothing invisible`, all.slice(0, 300));
        checks.equal(await page.title(), "Approve this change? · okta-mcp", `${what}: the title`);
        if (["markup", "bidirectional text", "line breaks", "marks on marks", "one long word"].includes(what)) {
          await shots(page, `hostile ${what}`.replaceAll(" ", "-"));
        }
      }
      // 10 kB of the model's, in what is sent.
      const everyone = (await call(client, "list_groups", { q: "Everyone" })).value.items[0].id;
      const policy_data = {
        type: "OKTA_SIGN_ON",
        name: "Hostile",
        description: `${MARKUP} \u202e ${"long ".repeat(2_000)}`,
        conditions: { people: { groups: { include: [everyone] } } },
      };
      const policy = await waiting(client, "create_policy", { policy_data }).catch((error) => error);
      if (checks.that(!(policy instanceof Error), "a policy with 10 kB waits", policy.message)) {
        await page.goto(policy.link);
        const extra = (await shape(page)).filter((each) => !wanted.includes(each));
        checks.equal(extra, [], "10 kB: no other elements");
        const hidden = await page.$eval(".line", (line) => line.scrollHeight - line.clientHeight);
        checks.equal(hidden, 0, "what will be sent is seen without scrolling in it");
        await shots(page, "hostile-10-kB");
      }
      checks.equal(seen.dialogs, [], "no script ran");
      checks.equal(seen.console, [], "the browser has nothing to complain about");
      checks.equal(seen.tabs, [], "no other tab");
      const left = seen.requests.filter((url) => !url.startsWith(`${origin}/approvals/`));
      checks.equal(left, [], "no request leaves the page");
      await page.close();
    });
  } finally {
    home.remove();
  }
}

// ---- What the page forbids ---------------------------------------------------------------------

async function fortress(browser) {
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

// ---- Deciding ----------------------------------------------------------------------------------

async function decided(browser) {
  const home = new Home();
  await setUp(home);
  // A hook that answers for its person does not suffice, so it is not even asked.
  const answer = { action: "accept", content: { confirm: true } };
  try {
    await connected(home, { era: "auto", answer }, async (client, questions) => {
      await approvedOnce(browser, client, home);
      await declined(browser, client);
      await overtaken(browser, client, home);
      await atOnce(browser, client, home);
      checks.equal(questions, [], "the client is not asked");
    });
  } finally {
    home.remove();
  }
}

async function approvedOnce(browser, client, home) {
  const waits = await asked(client);
  checks.equal(waits.told.approval_required.level, "desktop", "it takes the level desktop");
  const { page } = await tab(browser);
  await page.goto(waits.link);
  await shots(page, "asked");
  const early = await call(client, "run_approved", { approval_id: waits.id });
  checks.that(early.isError && (await there(client, waits.group)), "run_approved before a decision", early);

  // Enter alone does not decide: which button would it mean?
  await page.type("#passphrase", PASSPHRASE);
  await page.keyboard.press("Enter");
  checks.equal(await status(client, waits.id), "pending", "Enter decides nothing");
  // Nor does a button without a passphrase: the browser asks for it.
  await page.$eval("#passphrase", (field) => (field.value = ""));
  await page.click("button[value=approve]");
  checks.equal(await page.$eval("#passphrase", (field) => field.validity.valueMissing), true, "it is required");

  checks.equal(await press(page, "approve", WRONG), 403, "a wrong passphrase");
  const alert = await text(page, "[role=alert]");
  checks.equal(alert, "That is not the passphrase. 4 more tries are left.", "tries left");
  const [focus, value] = await page.evaluate(() => [document.activeElement.id, document.activeElement.value]);
  checks.equal([focus, value], ["passphrase", ""], "the field is at hand, and empty");
  checks.that(await there(client, waits.group), "nothing is done");
  await shots(page, "wrong");

  checks.equal(await press(page, "approve", PASSPHRASE), 200, "the right one");
  checks.equal(await text(page, "h1"), "Approved", "it says so");
  const next = await screen(page);
  checks.that(/Your client can go on, until \d\d:\d\d:\d\d UTC/.test(next), "and how it goes on", next);
  await shots(page, "approved");
  checks.equal(await status(client, waits.id), "approved", "the client can see it");
  checks.that(await there(client, waits.group), "approving does nothing by itself");
  checks.that(await isGone(waits.link), "the page is gone: nothing waits");
  const gone = await page.goto(waits.link).then(String, (error) => error.message);
  checks.that(gone.includes("ERR_CONNECTION_REFUSED"), "the browser finds nobody there", gone);

  const run = await call(client, "run_approved", { approval_id: waits.id });
  checks.equal(run.isError, false, "run_approved");
  checks.equal(await there(client, waits.group), false, "the group is gone");
  checks.equal(await status(client, waits.id), "consumed", "it is used");
  const again = await call(client, "run_approved", { approval_id: waits.id });
  checks.that(again.isError, "it is not used again", again);
  const rows = home.trail();
  const intents = rows.filter((row) => row.kind === "intent" && row.approval === waits.id);
  checks.equal(intents.length, 1, "one intent in the trail");
  checks.equal(intents[0]?.confirmed, "desktop", "at its level");
  const row = rows.find((each) => each.kind === "approval.decided" && each.approval === waits.id);
  checks.that(row, "the decision is in the trail", rows.filter((each) => each.kind.startsWith("approval")));
  checks.that(!JSON.stringify(rows).includes("horse"), "no passphrase is");
  await page.close();
}

async function declined(browser, client) {
  const waits = await asked(client, "Stays");
  const { page } = await tab(browser);
  await page.goto(waits.link);
  checks.equal(await press(page, "decline", PASSPHRASE), 200, "declining");
  checks.equal(await text(page, "h1"), "Declined", "it says so");
  await shots(page, "declined");
  checks.equal(await status(client, waits.id), "declined", "the client can see it");
  const run = await call(client, "run_approved", { approval_id: waits.id });
  checks.equal(run.value.error?.kind, "not_confirmed", "run_approved");
  const same = await call(client, "delete_group", { group_id: waits.group });
  checks.equal(same.value.error?.kind, "not_confirmed", "the same call");
  checks.that(await there(client, waits.group), "the group is there");
  await page.close();
}

// Decided elsewhere, used, and too late: while something else keeps the page open.
async function overtaken(browser, client, home) {
  const keeps = await asked(client, "Keeps the page open");
  const { page } = await tab(browser);

  const used = await asked(client, "Used");
  await page.goto(used.link);
  checks.equal(await press(page, "approve", PASSPHRASE), 200, "approved");
  await call(client, "delete_group", { group_id: used.group });
  checks.equal(await there(client, used.group), false, "the same call does it too");
  await page.goto(used.link);
  checks.equal(await text(page, "h1"), "Approved and done", "a link to what is done");

  const elsewhere = await asked(client, "Decided in a terminal");
  await page.goto(elsewhere.link);
  const ended = await home.terminal(
    ["approvals", "deny", elsewhere.id],
    [["Approval passphrase, to decline this: ", PASSPHRASE]],
  );
  checks.equal(ended.code, 0, `declined in a terminal: ${ended.shown}`);
  checks.equal(await press(page, "approve", PASSPHRASE), 409, "a form that was overtaken");
  checks.equal(await text(page, "h1"), "Declined", "and what it was overtaken by");
  checks.that(await there(client, elsewhere.group), "the group is there");

  const late = await asked(client, "Too late");
  await page.goto(late.link);
  expire(home, late.id);
  checks.equal(await press(page, "approve", PASSPHRASE), 410, "a form that is too late");
  checks.equal(await text(page, "h1"), "Too late", "and told so");
  await shots(page, "too-late");
  checks.equal((await page.goto(late.link)).status(), 410, "a link that is too late");
  const run = await call(client, "run_approved", { approval_id: late.id });
  checks.that(run.isError && (await there(client, late.group)), "too late is no yes", run);
  checks.equal(await status(client, late.id), "expired", "the client can see it");

  const approved = await asked(client, "Approved, and then too late");
  await page.goto(approved.link);
  checks.equal(await press(page, "approve", PASSPHRASE), 200, "in time");
  expire(home, approved.id);
  const stale = await call(client, "run_approved", { approval_id: approved.id });
  checks.that(stale.isError && (await there(client, approved.group)), "a yes has an end too", stale);

  await page.goto(keeps.link);
  checks.equal(await press(page, "decline", PASSPHRASE), 200, "the last one");
  checks.that(await isGone(keeps.link), "the page is gone");
  await page.close();
}

// Several use one yes at the same moment: to whoever comes too late it is a call that waits anew.
async function atOnce(browser, client, home) {
  const waits = await asked(client, "At once");
  const { page } = await tab(browser);
  await page.goto(waits.link);
  checks.equal(await press(page, "approve", PASSPHRASE), 200, "approved");
  const run = ["run_approved", { approval_id: waits.id }];
  const same = ["delete_group", { group_id: waits.group }];
  const all = await Promise.all([run, same, run, same].map(([tool, args]) => call(client, tool, args)));
  const done = all.filter((each) => !each.isError && !each.value.approval_required);
  checks.equal(done.length, 1, "one of four at once is done");
  checks.equal(await there(client, waits.group), false, "the group is gone");
  const intents = home.trail().filter((row) => row.kind === "intent" && row.approval === waits.id);
  checks.equal(intents.length, 1, "one intent in the trail");
  await page.close();
}

// As if its five minutes were over: set in the store, as nobody waits for them here.
function expire(home, id) {
  const store = new DatabaseSync(`${home.state}/store.sqlite3`);
  try {
    const { changes } = store.prepare("UPDATE approvals SET expires = created WHERE id = ?").run(id);
    checks.equal(changes, 1, "its time is over");
  } finally {
    store.close();
  }
}

// ---- Guessing ----------------------------------------------------------------------------------

async function guessed(browser) {
  const home = new Home();
  await setUp(home);
  let link;
  try {
    await connected(home, { era: "auto" }, async (client) => {
      const waits = await asked(client);
      link = waits.link;
      const { page } = await tab(browser);
      await page.goto(waits.link);
      for (const left of ["4 more tries are", "3 more tries are", "2 more tries are", "One more try is"]) {
        checks.equal(await press(page, "approve", WRONG), 403, `wrong: ${left} left`);
        const alert = await text(page, "[role=alert]");
        checks.equal(alert, `That is not the passphrase. ${left} left.`, "tries left");
      }
      await press(page, "approve", WRONG);
      const last = await text(page, "[role=alert]");
      checks.that(/No more is taken until \d\d:\d\d:\d\d UTC\. Then/.test(last), "the fifth locks", last);
      checks.equal(await page.$("form"), null, "there is nothing to try on");
      await page.goto(waits.link);
      checks.equal(await press(page, "approve", PASSPHRASE), 429, "the right one comes too late");
      const locked = await text(page, "[role=alert]");
      checks.that(locked.startsWith("Too many wrong passphrases"), "it says so", locked);
      await shots(page, "locked");
      await page.goto(waits.link);
      checks.equal(await press(page, "decline", PASSPHRASE), 429, "nor can it be declined");
      const ended = await home.terminal(
        ["approvals", "approve", waits.id],
        [["Approval passphrase, to approve this: ", PASSPHRASE]],
      );
      checks.that(ended.code !== 0 && ended.shown.includes("Too many wrong"), "nor in a terminal", ended);
      const changed = await home.terminal(["approvals", "setup"], [["set now: ", PASSPHRASE]]);
      checks.that(changed.code !== 0 && changed.shown.includes("Too many wrong"), "nor can it be changed", changed);
      checks.equal(await status(client, waits.id), "pending", "it still waits");
      checks.that(await there(client, waits.group), "the group is there");
      const rows = home.trail().filter((row) => row.kind === "approval.refused");
      checks.equal(rows.length, 9, "each try is in the trail");
      await page.close();
    });
    checks.that(await isGone(link), "with the server the page is gone");
  } finally {
    home.remove();
  }
}

const only = process.argv.slice(2);
const PARTS = [hostile, fortress, decided, guessed].filter((part) => !only.length || only.includes(part.name));
await browse(async (browser) => {
  for (const part of PARTS) {
    const begun = Date.now();
    // With cookies of its own.
    const context = await browser.createBrowserContext();
    try {
      await part(context);
    } catch (error) {
      checks.that(false, `${part.name}: ${error.name}`, error.stack);
    }
    await context.close();
    console.log(`   ${part.name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  }
});
checks.end();
