// Signing in as people do: a real browser on the org's pages and on the page that it comes back to,
// the real program on `okta-mcp sandbox`. Between them stands a recorder, which knows every token and
// code: none may be in what the program says, writes or is started with. Screenshots go to
// target/e2e/screenshots, for people to look at. Run from target/e2e/node, where .ci/run puts it
// beside its packages; arguments name the parts to run.

import { createServer } from "node:http";
import { ELSEWHERE, browse, pictures, tab } from "./browser.mjs";
import { Checks, call } from "./checks.mjs";
import { Desk, freePort, quiet, sandbox, until } from "./program.mjs";
import { Recorder } from "./recorder.mjs";

const checks = new Checks("signing in, in Chromium");
const READS = "okta.users.read okta.groups.read openid profile offline_access";

const text = (page, selector) => page.$eval(selector, (element) => element.textContent.trim());
const pathOf = (page) => new URL(page.url()).pathname;

// Presses what sends the form; the answer that comes then, after redirects.
async function send(page, selector) {
  const [answer] = await Promise.all([page.waitForNavigation(), page.click(selector)]);
  return answer;
}

async function enter(page, login, password) {
  for (const [field, value] of [["#username", login], ["#password", password]]) {
    await page.$eval(field, (element) => (element.value = ""));
    await page.type(field, value);
  }
  return send(page, "form button");
}

// What a call without a sign-in answers: the link, and the code of a device.
async function asked(client, what) {
  const answer = await call(client, "list_users", { limit: 1 });
  checks.that(answer.isError, `${what}: nobody is signed in`, answer);
  checks.equal(answer.value.error?.kind, "sign_in_needed", `${what}: and it says so`);
  return answer.value.error;
}

const signedIn = (client) =>
  until(async () => {
    const answer = await call(client, "list_users", { limit: 1 });
    return !answer.isError && answer.value;
  }, "a call as the person who signed in");

// Nothing runs in a page, nothing of it can be framed.
function locked(answer, what) {
  const policy = answer.headers()["content-security-policy"] ?? "";
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) {
    checks.that(policy.includes(part), `${what}: the policy says ${part}`, policy);
  }
  checks.that(!/script-src|unsafe/.test(policy), `${what}: and allows no script`, policy);
  checks.equal(answer.headers()["x-frame-options"], "DENY", `${what}: no frames`);
}

async function framed(browser, url, what) {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(`<iframe src="${url}"></iframe>`);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { page } = await tab(browser);
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const frames = page.frames().filter((frame) => frame !== page.mainFrame());
  checks.equal(frames.length, 1, `${what}: a frame was tried`);
  for (const frame of frames) {
    checks.that(!(await frame.$("main").catch(() => null)), `${what}: no other page frames it`);
  }
  await page.close();
  server.closeAllConnections();
  server.close();
}

// The device grant, by a client that shows no links.
async function device(browser, { org, recorder }) {
  const desk = new Desk({
    OKTA_ORG_URL: recorder.url,
    OKTA_CLIENT_ID: org.native.client_id,
    OKTA_MCP_SIGN_IN: "device",
    OKTA_SCOPES: READS,
  });
  try {
    await desk.serve({}, async (client) => {
      const { tools } = await client.listTools();
      checks.that(tools.some((tool) => tool.name === "list_users"), "the tools are listed before", tools.length);
      checks.equal(recorder.of("/oauth2/v1/device/authorize").length, 0, "that needs no code");
      const { sign_in: told, message, next } = await asked(client, "device");
      checks.equal(Object.keys(told).sort(), ["code", "expires", "url"], "the link, the code, the end");
      checks.that(message.includes(told.url) && message.includes(told.code), "the message has both", message);
      checks.that(/show the person the link/.test(next), "what to do next", next);
      const again = await asked(client, "device, again");
      checks.equal(again.sign_in, told, "another call tells the same");
      checks.equal(recorder.of("/oauth2/v1/device/authorize").length, 1, "one code was asked for");

      const { page, seen } = await tab(browser);
      locked(await page.goto(told.url), "the device page");
      checks.equal(await text(page, "h1"), "Activate your device", "the device page");
      checks.equal(await page.$eval("#user_code", (field) => field.value), told.code, "has the code");
      await pictures(page, "sign-in-device-code", checks);
      locked(await send(page, "form button"), "the login page");
      locked(await enter(page, org.super_admin, "wrong"), "the login page, again");
      checks.equal(await text(page, "[role=alert]"), "Unable to sign in", "a wrong password is told");
      await pictures(page, "sign-in-wrong-password", checks);
      await enter(page, org.super_admin, org.password);
      checks.equal(await text(page, "p.code"), told.code, "the code, to be compared");
      await pictures(page, "sign-in-device-confirm", checks);
      const mark = recorder.exchanges.length;
      await send(page, "button[value=allow]");
      checks.equal(await text(page, "h1"), "Device activated", "done");
      await pictures(page, "sign-in-device-done", checks);
      checks.equal(await page.$$eval("script", (all) => all.length), 0, "no page has a script");
      checks.equal([seen.dialogs, seen.console], [[], []], "nothing ran");
      await framed(browser, told.url, "the device page");
      await page.close();

      const tokens = ({ path, status }) => path === "/oauth2/v1/token" && status === 200;
      await recorder.when(tokens, mark);
      const users = await signedIn(client);
      checks.equal(users.items.length, 1, "the call is made");
      const slow = recorder.of("/oauth2/v1/token").filter((each) => each.answer.error === "slow_down");
      checks.equal(slow.length, 0, "it does not poll too fast");
    });
    // Whoever starts anew finds the sign-in there.
    const before = recorder.of("/oauth2/v1/device/authorize").length;
    await desk.serve({ era: "legacy" }, async (client) => {
      const answer = await call(client, "list_users", { limit: 1 });
      checks.that(!answer.isError, "a new server is signed in", answer);
    });
    checks.equal(recorder.of("/oauth2/v1/device/authorize").length, before, "without a new code");
    const rows = desk.trail().filter((row) => row.kind === "intent" || row.principal);
    checks.that(rows.some((row) => row.principal === org.super_admin), "the trail names the person", rows[0]);
    quiet(checks, desk, recorder.secrets(), "device");
  } finally {
    desk.remove();
  }
}

// The person says no.
async function denied(browser, { org, recorder }) {
  const desk = new Desk({
    OKTA_ORG_URL: recorder.url,
    OKTA_CLIENT_ID: org.native.client_id,
    OKTA_MCP_SIGN_IN: "device",
    OKTA_SCOPES: READS,
  });
  try {
    await desk.serve({}, async (client) => {
      const { sign_in: told } = await asked(client, "to be denied");
      const { page } = await tab(browser);
      await page.goto(told.url);
      await send(page, "form button");
      await enter(page, org.super_admin, org.password);
      const mark = recorder.exchanges.length;
      await send(page, "button[value=deny]");
      checks.equal(await text(page, "h1"), "Access denied", "the page says so");
      await pictures(page, "sign-in-device-denied", checks);
      await page.close();
      await recorder.when(({ answer }) => answer.error === "access_denied", mark);
      const error = await until(async () => {
        const { value } = await call(client, "list_users", { limit: 1 });
        return value.error.sign_in?.code !== told.code && value.error;
      }, "another answer than the code that was denied");
      checks.that(/denied/.test(error.message), "denied: the error says so", error);
      checks.that(!/[\x00-\x1f]/.test(error.message), "in one line", error.message);
      const after = await asked(client, "after the no");
      checks.that(after.sign_in.code !== told.code, "one can begin anew", after);
    });
    quiet(checks, desk, recorder.secrets(), "denied");
  } finally {
    desk.remove();
  }
}

// A redirect URI with a port of this run's own, registered as an admin does it.
async function redirected(org, app) {
  const port = await freePort();
  const path = `/api/v1/apps/${app.client_id}`;
  const now = await org.admin("GET", path);
  now.settings.oauthClient.redirect_uris = [org.redirect_uri, `http://127.0.0.1:${port}/callback`];
  await org.admin("PUT", path, now);
  return port;
}

// The authorization code grant with PKCE, and who comes to its page uninvited.
async function browserFlow(browser, { org, recorder }) {
  const port = await redirected(org, org.native);
  const callback = `http://127.0.0.1:${port}/callback`;
  const desk = new Desk({
    OKTA_ORG_URL: recorder.url,
    OKTA_CLIENT_ID: org.native.client_id,
    OKTA_MCP_SIGN_IN: "browser",
    OKTA_MCP_REDIRECT_PORT: `${port}`,
    OKTA_SCOPES: READS,
  });
  try {
    await desk.serve({}, async (client) => {
      const { sign_in: told } = await asked(client, "browser");
      const link = new URL(told.url);
      const wish = Object.fromEntries(link.searchParams);
      checks.equal(link.origin + link.pathname, `${recorder.url}/oauth2/v1/authorize`, "it leads to Okta");
      checks.equal(wish.code_challenge_method, "S256", "with PKCE");
      checks.that(/^[\w-]{43}$/.test(wish.code_challenge), "a challenge of 256 bits", wish);
      checks.that(wish.state?.length >= 22 && wish.nonce?.length >= 22, "a state, a nonce", wish);
      checks.equal(wish.redirect_uri, callback, "and back to this machine");
      checks.equal(wish.response_type, "code", "with a code");

      const { page, seen } = await tab(browser);
      const before = recorder.of("/oauth2/v1/token").length;
      for (const query of [
        "code=forged&state=forged",
        "code=forged",
        "error=access_denied&state=forged",
        `code=forged&state=${"x".repeat(5_000)}`,
        `code=forged&state=forged&state=${wish.state}`,
        "",
      ]) {
        const answer = await page.goto(`${callback}?${query}`);
        checks.equal(answer.status(), 400, `forged: ${query.slice(0, 60)}`);
        checks.equal(await text(page, "h1"), "You are not signed in", "and told so");
      }
      const forged = await page.goto(`${callback}?error=${encodeURIComponent("<b>x</b>")}&state=forged`);
      locked(forged, "the failure page");
      checks.that(forged.headers()["cache-control"] === "no-store", "it is not kept");
      checks.that(!(await text(page, "body")).includes("<b>"), "nothing of the query is on it");
      await pictures(page, "sign-in-forged", checks);
      checks.equal((await page.goto(`http://127.0.0.1:${port}/`)).status(), 404, "nothing else is there");
      await pictures(page, "sign-in-nothing", checks);
      for (const host of [ELSEWHERE, "localhost"]) {
        const answer = await page.goto(`http://${host}:${port}/callback?code=x&state=${wish.state}`);
        checks.equal(answer.status(), 421, `under the name ${host}`);
      }
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
        const answer = await fetch(`${callback}?code=x&state=${wish.state}`, { method });
        checks.equal(answer.status, 405, `${method} is not taken`);
      }
      await framed(browser, `${callback}?code=forged&state=forged`, "the failure page");
      checks.equal(recorder.of("/oauth2/v1/token").length, before, "no forged code was tried");
      const still = await asked(client, "after what was forged");
      checks.equal(still.sign_in, told, "the sign-in still waits");

      await page.goto(told.url);
      checks.equal(await text(page, "h1"), "Sign in", "the login page");
      await pictures(page, "sign-in-password", checks);
      const landed = await enter(page, org.super_admin, org.password);
      checks.equal([landed.status(), pathOf(page)], [200, "/callback"], "the browser comes back");
      locked(landed, "the success page");
      checks.equal(await text(page, "h1"), "You are signed in", "it says so");
      checks.that((await text(page, "main")).includes("You can close this page"), "and that it can be closed");
      checks.equal(await page.$$eval("script", (all) => all.length), 0, "without a script");
      checks.that(!page.url().includes("token"), "no token is in the address", page.url());
      await pictures(page, "sign-in-success", checks);
      const users = await signedIn(client);
      checks.equal(users.items.length, 1, "the call is made");
      const [redeemed] = recorder.of("/oauth2/v1/token").slice(-1);
      checks.equal(redeemed.form.code, new URL(page.url()).searchParams.get("code"), "with the code");
      checks.that(redeemed.form.code_verifier?.length >= 43, "and the verifier");
      const gone = await page.goto(page.url()).then(String, (error) => error.message);
      checks.that(gone.includes("ERR_CONNECTION_REFUSED"), "afterwards nobody listens", gone);
      checks.equal([seen.dialogs, seen.tabs], [[], []], "nothing ran");
      await page.close();
    });
    quiet(checks, desk, recorder.secrets(), "browser");
  } finally {
    desk.remove();
  }
}

// Somebody whom the app is not assigned to.
async function notAssigned(browser, { org, recorder }) {
  const port = await redirected(org, org.native);
  const desk = new Desk({
    OKTA_ORG_URL: recorder.url,
    OKTA_CLIENT_ID: org.native.client_id,
    OKTA_MCP_SIGN_IN: "browser",
    OKTA_MCP_REDIRECT_URI: `http://127.0.0.1:${port}/callback`,
    OKTA_SCOPES: READS,
  });
  const groups = `/api/v1/apps/${org.native.client_id}/groups`;
  const [everyone] = await org.admin("GET", groups);
  await org.admin("DELETE", `${groups}/${everyone.id}`);
  try {
    await desk.serve({}, async (client) => {
      const { sign_in: told } = await asked(client, "not assigned");
      const { page } = await tab(browser);
      await page.goto(told.url);
      const landed = await enter(page, org.employee, org.password);
      checks.equal([landed.status(), pathOf(page)], [400, "/callback"], "the browser comes back");
      locked(landed, "the failure page");
      checks.equal(await text(page, "h1"), "You are not signed in", "it says so");
      const why = await text(page, "[role=alert]");
      checks.that(/not assigned/.test(why) && /access_denied/.test(why), "and why", why);
      await pictures(page, "sign-in-not-assigned", checks);
      await page.close();
      const error = await until(async () => {
        const { value } = await call(client, "list_users", { limit: 1 });
        return value.error.sign_in?.url !== told.url && value.error;
      }, "another answer than the link that was used");
      checks.that(/not assigned/.test(error.message), "not assigned: the error says so", error);
    });
    // Nothing was given out that could leak: neither code nor token.
    checks.equal([...recorder.secrets().values()], [], "not assigned: nothing is given out");
  } finally {
    await org.admin("PUT", `${groups}/${everyone.id}`, {});
    desk.remove();
  }
}

// A web app, which has a secret; and one with a wrong secret.
async function web(browser, { org, recorder }) {
  const port = await redirected(org, org.web);
  const settings = {
    OKTA_ORG_URL: recorder.url,
    OKTA_CLIENT_ID: org.web.client_id,
    OKTA_CLIENT_SECRET: org.web.client_secret,
    OKTA_MCP_SIGN_IN: "browser",
    OKTA_MCP_REDIRECT_PORT: `${port}`,
    OKTA_SCOPES: READS,
  };
  const desk = new Desk({ ...settings, OKTA_CLIENT_SECRET: "not-the-secret-of-this-app" });
  const right = new Desk(settings);
  try {
    await desk.serve({}, async (client) => {
      const { sign_in: told } = await asked(client, "a wrong secret");
      const { page } = await tab(browser);
      await page.goto(told.url);
      const landed = await enter(page, org.super_admin, org.password);
      checks.equal(landed.status(), 400, "a wrong secret");
      const why = await text(page, "[role=alert]");
      checks.that(/invalid_client/.test(why) && /client authentication/.test(why), "what is wrong", why);
      await pictures(page, "sign-in-wrong-secret", checks);
      await page.close();
    });
    await right.serve({}, async (client) => {
      const { sign_in: told } = await asked(client, "web");
      const { page } = await tab(browser);
      const landed = await page.goto(told.url);
      checks.equal([landed.status(), pathOf(page)], [200, "/callback"], "a session suffices at Okta");
      await page.close();
      await signedIn(client);
      const [redeemed] = recorder.of("/oauth2/v1/token").slice(-1);
      const basic = Buffer.from(`${org.web.client_id}:${org.web.client_secret}`).toString("base64");
      checks.equal(redeemed.headers.authorization, `Basic ${basic}`, "the app proves itself");
      checks.that(!redeemed.form.client_secret && redeemed.form.code_verifier, "with PKCE besides", redeemed.form);
    });
    const secrets = recorder.secrets();
    for (const each of [desk, right]) {
      secrets.set(each.settings.OKTA_CLIENT_SECRET, "the client secret");
      quiet(checks, each, secrets, "web");
    }
  } finally {
    desk.remove();
    right.remove();
  }
}

// A client that shows links: the person is led, and the call goes on by itself.
async function led(browser, { org, recorder }) {
  const port = await redirected(org, org.native);
  for (const era of ["legacy", "auto"]) {
    const desk = new Desk({
      OKTA_ORG_URL: recorder.url,
      OKTA_CLIENT_ID: org.native.client_id,
      OKTA_MCP_SIGN_IN: "browser",
      OKTA_MCP_REDIRECT_PORT: `${port}`,
      OKTA_SCOPES: READS,
    });
    const questions = [];
    const person = await browser.browser().createBrowserContext();
    const show = async (question) => {
      questions.push(question);
      const { page } = await tab(person);
      await page.goto(question.url);
      await enter(page, org.super_admin, org.password);
      checks.equal(await text(page, "h1"), "You are signed in", `${era}: led there`);
      return { action: "accept" };
    };
    try {
      await desk.serve({ era, shows: { url: {} }, show }, async (client) => {
        const answer = await call(client, "list_users", { limit: 1 });
        checks.that(!answer.isError, `${era}: one call is all it takes`, answer);
        checks.equal(questions.map((each) => each.mode), ["url"], `${era}: asked once`);
        checks.that(!questions.some((each) => JSON.stringify(each).includes("token")), `${era}: no token in it`);
      });
      quiet(checks, desk, recorder.secrets(), era);
    } finally {
      await person.close();
      desk.remove();
    }
  }
}

// `login`, `whoami`, `logout`.
async function commands(browser, { org, recorder }) {
  const port = await redirected(org, org.native);
  const desk = new Desk({
    OKTA_ORG_URL: recorder.url,
    OKTA_CLIENT_ID: org.native.client_id,
    OKTA_MCP_SIGN_IN: "browser",
    OKTA_MCP_REDIRECT_PORT: `${port}`,
    OKTA_SCOPES: `${READS} okta.roles.read okta.groups.manage okta.logs.read`,
  });
  try {
    const nobody = await desk.run("whoami");
    checks.equal(nobody.code, 1, "nobody is signed in");
    checks.that(/nobody is signed in/.test(nobody.stderr), "whoami says so", nobody);
    checks.that(/okta-mcp login/.test(nobody.stderr), "and how to", nobody);
    checks.equal(nobody.stdout, "", "and nothing else");

    const login = desk.start("login");
    const [link] = await login.says(/http:\S+\/authorize\?\S+/);
    const { page } = await tab(browser);
    await page.goto(link);
    await enter(page, org.super_admin, org.password);
    checks.equal(await text(page, "h1"), "You are signed in", "the page says so");
    const done = await login.ended;
    checks.equal(done.code, 0, "login ends well");
    checks.that(done.stdout.startsWith(`${org.super_admin} is signed in to 127.0.0.1`), "as whom", done.stdout);
    const again = await desk.run("login");
    checks.equal([again.code, again.stdout], [0, done.stdout], "login again is signed in already");
    checks.that(!again.stderr.includes("authorize"), "and shows no link", again.stderr);

    const whoami = await desk.run("whoami", "--json");
    checks.equal(whoami.code, 0, "whoami");
    const told = JSON.parse(whoami.stdout);
    checks.equal(told.signed_in, org.super_admin, "whoami: who");
    checks.equal(told.scopes?.toSorted(), desk.settings.OKTA_SCOPES.split(" ").sort(), "whoami: scopes");
    checks.that(JSON.stringify(told.admin_roles).includes("Super"), "whoami: roles", told.admin_roles);
    checks.that(Date.parse(told.expires) > Date.now(), "whoami: until when", told.expires);
    const plain = await desk.run("whoami");
    checks.that(plain.code === 0 && plain.stdout.includes(org.super_admin), "whoami, for people", plain);
    const called = await desk.run("call", "list_users", "limit=1");
    checks.equal(called.code, 0, "a call on the command line is made");
    const doctor = await desk.run("doctor", "--json");
    checks.equal(doctor.code, 0, "the doctor finds nothing");
    const findings = JSON.parse(doctor.stdout).checks;
    const outcomes = findings.map(({ check, outcome }) => `${check} ${outcome}`);
    for (const good of ["client_id", "token", "scopes", "admin_role"]) {
      checks.that(outcomes.includes(`${good} pass`), `the doctor: ${good}`, findings);
    }

    const made = await desk.run("call", "create_group", "profile.name=Night shift");
    checks.equal(made.code, 0, "a change is made");
    const beside = await desk.run("audit", "reconcile", "--since", "1h", "--json");
    checks.equal(beside.code, 0, "trail and System Log tell the same of a person");
    const joined = JSON.parse(beside.stdout);
    checks.equal(joined.principal, org.super_admin, "whose writes were looked for");
    checks.equal([joined.writes, joined.witnessed], [1, 1], "the change is in both");

    const token = recorder.exchanges.findLast((each) => each.headers.authorization?.startsWith("Bearer "));
    const { authorization } = token.headers;
    const use = () => fetch(`${recorder.url}/api/v1/users?limit=1`, { headers: { authorization } });
    checks.equal((await use()).status, 200, "the access token is good");
    const refresh = recorder.exchanges.findLast((each) => each.answer.refresh_token)?.answer.refresh_token;
    const mark = recorder.exchanges.length;
    const logout = await desk.run("logout");
    checks.equal(logout.code, 0, "logout");
    checks.that(logout.stdout.startsWith(`${org.super_admin} is signed out of`), "who is signed out", logout);
    const revoked = recorder.of("/oauth2/v1/revoke", mark);
    checks.equal(revoked.map((each) => [each.form.token_type_hint, each.status]), [
      ["refresh_token", 200],
      ["access_token", 200],
    ], "Okta takes the tokens back");
    checks.equal(revoked[0]?.form.token, refresh, "those that are in use");
    checks.equal((await use()).status, 401, "the access token is dead");
    const left = desk.files().filter(([name]) => name.includes("/tokens/") && name.endsWith(".json"));
    checks.equal(left.map(([name]) => name), [], "no file of tokens is left");
    const twice = await desk.run("logout");
    checks.equal([twice.code, twice.stdout.trim()], [0, "Nobody is signed in"], "logout again");
    const after = await desk.run("whoami");
    checks.equal(after.code, 1, "nobody is signed in");
    const out = JSON.parse((await desk.run("doctor", "--json")).stdout).checks;
    const troubles = out.flatMap(({ trouble }) => trouble ?? []);
    checks.equal(troubles, ["signed_out"], "the doctor finds that");
    const kinds = desk.trail().map((row) => row.kind);
    checks.that(kinds.includes("sign_in") && kinds.includes("sign_out"), "both are in the trail", kinds);

    const denied = desk.start("login");
    const [other] = await denied.says(/http:\S+\/authorize\?\S+/);
    const state = new URL(other).searchParams.get("state");
    await page.goto(`http://127.0.0.1:${port}/callback?error=access_denied&state=${state}`);
    const no = await denied.ended;
    checks.equal([no.code, no.stdout], [1, ""], "login that is denied fails");
    checks.that(/access_denied/.test(no.stderr), "and says why", no.stderr);
    await page.close();
    quiet(checks, desk, recorder.secrets(), "commands");
  } finally {
    desk.remove();
  }
}

const only = process.argv.slice(2);
const PARTS = [device, denied, browserFlow, notAssigned, web, led, commands];
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
