// Approvals at level `person`: whoever signs in to Okta for it decides, in a real browser on the
// approval page, on the org's pages and on the page in between; the real program on `okta-mcp
// sandbox`. Between program and org stands a recorder, which knows every token and code: none may be
// in what the program says, writes or is started with. Screenshots go to target/e2e/screenshots, for
// people to look at. Run from target/e2e/node, where .ci/run puts it beside its packages; arguments
// name the parts to run.

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { browse, pictures, tab } from "./browser.mjs";
import { Checks, call } from "./checks.mjs";
import { Desk, freePort, quiet, sandbox, until } from "./program.mjs";
import { Recorder } from "./recorder.mjs";

const checks = new Checks("approvals by people who sign in, in Chromium");
const TWO_FACTORS = "urn:okta:loa:2fa:any";
const PASSPHRASE = "correct horse battery staple";

const text = (page, selector) => page.$eval(selector, (element) => element.textContent.trim());
// Of a page that may be on its way to another.
const h1 = (page) => text(page, "h1").catch(() => "");
const sees = (page, selector) => page.$(selector).catch(() => null);

// A server that signs in as the service app, with a port of its own for approvers to come back to.
async function desk({ org, recorder }, { rules = "", host = "127.0.0.1", ...settings } = {}) {
  const port = await freePort();
  const redirect = `http://${host}:${port}/callback`;
  const path = `/api/v1/apps/${org.native.client_id}`;
  const now = await org.admin("GET", path);
  now.settings.oauthClient.redirect_uris = [redirect];
  await org.admin("PUT", path, now);
  const made = new Desk({
    ...org.env,
    OKTA_ORG_URL: recorder.url,
    OKTA_MCP_APPROVER_CLIENT_ID: org.native.client_id,
    OKTA_MCP_REDIRECT_URI: redirect,
    ...settings,
  });
  const file = join(made.path, "okta-mcp.toml");
  writeFileSync(file, `[profiles.default]\n${rules}`);
  chmodSync(file, 0o600);
  made.settings.OKTA_MCP_CONFIG = file;
  return made;
}

const rule = (more) => `[[profiles.default.rules]]\ntools = ["delete_*"]\ndecision = "confirm"\n${more}\n`;

// A group that waits for being deleted.
let groups = 0;
async function asked(client) {
  groups += 1;
  const made = await call(client, "create_group", { profile: { name: `Night shift ${groups}` } });
  const answer = await call(client, "delete_group", { group_id: made.value.id });
  const told = answer.value.approval_required;
  if (!told) throw new Error(JSON.stringify(answer.value));
  return { id: told.approval_id, link: told.where.match(/http:\S+/)[0], group: made.value.id, told };
}

const there = async (client, id) => !(await call(client, "get_group", { group_id: id })).isError;
const status = async (client, id) => (await call(client, "get_approval_status", { approval_id: id })).value;

// Presses a button of the approval page; the browser goes to Okta.
async function toOkta(page, decision) {
  await page.click(`button[value=${decision}]`);
  await page.waitForSelector("#username");
}

// Signs in on the org's pages, with a second step where it is asked for.
async function enter(page, login, password) {
  for (const [field, value] of [["#username", login], ["#password", password]]) {
    await page.$eval(field, (element) => (element.value = ""));
    await page.type(field, value);
  }
  await page.click("form button");
  const next = await until(
    async () => ((await sees(page, "#shown-code")) ? "code" : page.url().includes("/signed-in?") && "back"),
    "a second step, or the way back",
  );
  if (next === "code") {
    await page.type("#code", await text(page, "#shown-code"));
    await page.click("form button");
  }
}

// What the approval page says once the browser is back.
const back = (page) =>
  until(async () => {
    const title = page.url().includes("/signed-in?") && (await h1(page));
    return title && title !== "On to the approval" && title;
  }, "the approval page");

async function approved(browser, world) {
  const { org, recorder } = world;
  const here = await desk(world, { OKTA_MCP_APPROVER_ACR: TWO_FACTORS });
  try {
    await here.serve({}, async (client) => {
      const waits = await asked(client);
      checks.equal(waits.told.level, "person", "it takes a person");
      const { page, seen } = await tab(browser);
      await page.goto(waits.link);
      checks.equal(await page.$("#passphrase"), null, "no passphrase is asked for");
      await pictures(page, "person-asked", checks);
      await toOkta(page, "approve");
      const wish = Object.fromEntries(new URL(page.url()).searchParams);
      for (const [name, value] of [
        ["prompt", "login"],
        ["max_age", "0"],
        ["acr_values", TWO_FACTORS],
        ["scope", "openid profile email"],
        ["code_challenge_method", "S256"],
      ]) {
        checks.equal(wish[name], value, `Okta is asked: ${name}`);
      }
      await pictures(page, "person-okta", checks);
      await enter(page, org.super_admin, org.password);
      checks.equal(await back(page), "Approved", "the page says so");
      const words = await page.evaluate(() => document.body.innerText);
      checks.that(words.includes(`Decided by ${org.super_admin}`), "and by whom", words);
      await pictures(page, "person-approved", checks);
      checks.equal([seen.dialogs, seen.console], [[], []], "nothing ran");
      checks.that(!seen.tabs.length, "in one tab", seen.tabs);
      const told = await status(client, waits.id);
      checks.equal([told.status, told.level, told.approver], ["approved", "person", org.super_admin], "the client sees it");
      checks.that(await there(client, waits.group), "approving does nothing by itself");
      const run = await call(client, "run_approved", { approval_id: waits.id });
      checks.that(!run.isError, "run_approved", run);
      checks.equal(await there(client, waits.group), false, "the group is gone");
      await until(() => recorder.of("/oauth2/v1/revoke").length > 0, "the access token is taken back");

      // Signed in at Okta by now: the next one asks once more.
      const next = await asked(client);
      await page.goto(next.link);
      await toOkta(page, "decline");
      await enter(page, org.super_admin, org.password);
      checks.equal(await back(page), "Declined", "a no takes the same");
      await pictures(page, "person-declined", checks);
      checks.that(await there(client, next.group), "the group is there");
      await page.close();

      const row = here.trail().find((each) => each.kind === "approval.decided" && each.approval === waits.id);
      checks.equal([row?.approver, row?.acr, row?.by], [org.super_admin, TWO_FACTORS, "page"], "who approved is on the row");
      const intent = here.trail().find((each) => each.kind === "intent" && each.approval === waits.id);
      checks.equal([intent?.confirmed, intent?.approver], ["person", org.super_admin], "and on that of the change");
    });
    quiet(checks, here, recorder.secrets(), "approved");
  } finally {
    here.remove();
  }
}

// Somebody who may not, and then somebody who may.
async function refused(browser, world) {
  const { org } = world;
  const rules = rule(`level = "person"\napprovers = ["${org.super_admin}"]`);
  const here = await desk(world, { rules });
  try {
    await here.serve({}, async (client) => {
      const waits = await asked(client);
      const { page } = await tab(browser);
      await page.goto(waits.link);
      await toOkta(page, "approve");
      await enter(page, org.employee, org.password);
      await back(page);
      const alert = await text(page, "[role=alert]");
      checks.that(alert.startsWith(`You signed in as ${org.employee}: the policy lets only`), "who may not is told", alert);
      await pictures(page, "person-refused", checks);
      checks.equal((await status(client, waits.id)).status, "pending", "it waits on");
      const row = here.trail().find((each) => each.kind === "approval.refused");
      checks.equal(row?.approver, org.employee, "that is a row");
      await toOkta(page, "approve");
      await enter(page, org.super_admin, org.password);
      checks.equal(await back(page), "Approved", "somebody else may");
      await page.close();
    });
  } finally {
    here.remove();
  }
}

// A sign-in that one browser began does not count in another, whoever signs in there.
async function foreign(browser, world) {
  const { org } = world;
  const here = await desk(world);
  const other = await browser.browser().createBrowserContext();
  try {
    await here.serve({}, async (client) => {
      const waits = await asked(client);
      const [{ page }, { page: led }] = [await tab(browser), await tab(other)];
      await page.goto(waits.link);
      await toOkta(page, "approve");
      await led.goto(page.url());
      await enter(led, org.super_admin, org.password);
      checks.equal(await back(led), "Another browser began this sign-in", "it says so");
      await pictures(led, "person-foreign", checks);
      checks.equal((await status(client, waits.id)).status, "pending", "nothing is decided");
      await page.close();
    });
  } finally {
    await other.close();
    here.remove();
  }
}

// Back by another name of this machine, which has no cookie of ours.
async function localhost(browser, world) {
  const { org } = world;
  const here = await desk(world, { host: "localhost" });
  try {
    await here.serve({}, async (client) => {
      const waits = await asked(client);
      const { page } = await tab(browser);
      await page.goto(waits.link);
      await toOkta(page, "approve");
      await enter(page, org.super_admin, org.password);
      checks.equal(await back(page), "Approved", "by way of localhost");
      await page.close();
    });
  } finally {
    here.remove();
  }
}

// The passphrase suffices, and a sign-in does, too.
async function either(browser, world) {
  const { org } = world;
  const here = await desk(world, { rules: rule('level = "desktop"') });
  try {
    const { code } = await here.terminal(
      ["approvals", "setup"],
      [
        ["new passphrase: ", PASSPHRASE],
        ["same again: ", PASSPHRASE],
      ],
    );
    checks.equal(code, 0, "the passphrase is set");
    await here.serve({}, async (client) => {
      const waits = await asked(client);
      checks.equal(waits.told.level, "desktop", "the passphrase would do");
      const { page } = await tab(browser);
      await page.goto(waits.link);
      checks.that(await page.$("#passphrase"), "it can be given");
      await pictures(page, "person-either", checks);
      await toOkta(page, "approve");
      await enter(page, org.employee, org.password);
      checks.equal(await back(page), "Approved", "a sign-in is more");
      checks.equal((await status(client, waits.id)).level, "person", "and is told so");
      await page.close();
    });
  } finally {
    here.remove();
  }
}

// From a terminal: the page is the same.
async function command(browser, world) {
  const { org, recorder } = world;
  const here = await desk(world);
  try {
    await here.serve({}, async (client) => {
      const waits = await asked(client);
      const run = here.start("approvals", "approve", waits.id);
      const [link] = await run.says(/http:\S+\/approvals\/\S+/);
      checks.that(link !== waits.link, "a page of its own", link);
      const { page } = await tab(browser);
      await page.goto(link);
      await toOkta(page, "approve");
      await enter(page, org.super_admin, org.password);
      checks.equal(await back(page), "Approved", "approved there");
      await page.close();
      const { code, stdout, stderr } = await run.ended;
      checks.equal(code, 0, `the command ends: ${stderr}`);
      checks.that(stdout.startsWith(`Approved by ${org.super_admin} until `), "and says by whom", stdout);
      const shown = await here.run("approvals", "show", waits.id);
      checks.that(shown.stdout.includes(`By:            ${org.super_admin} (00u`), "so does show", shown.stdout);
      const made = await call(client, "run_approved", { approval_id: waits.id });
      checks.that(!made.isError, "the client goes on", made);
      const again = await here.run("approvals", "approve", waits.id);
      checks.equal(again.code, 1, "it is not approved twice");
    });
    quiet(checks, here, recorder.secrets(), "command");
  } finally {
    here.remove();
  }
}

const only = process.argv.slice(2);
const PARTS = [approved, refused, foreign, localhost, either, command];
const org = await sandbox();
try {
  await browse(async (browser) => {
    for (const part of PARTS.filter((part) => !only.length || only.includes(part.name))) {
      const begun = Date.now();
      const recorder = await Recorder.to(org.port);
      // With cookies of its own.
      const context = await browser.createBrowserContext();
      try {
        await part(context, { org, recorder });
      } catch (error) {
        checks.that(false, `${part.name}: ${error.name}`, error.stack);
      }
      await context.close();
      recorder.close();
      console.log(`   ${part.name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    }
  });
} finally {
  await org.stop();
}
checks.end();
