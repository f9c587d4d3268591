// The program against an authorization server that nobody here wrote: private key JWT, DPoP with
// nonces, device grant, authorization code with PKCE, rotation and reuse of refresh tokens,
// revocation, introspection, approvals by a fresh sign-in. Arguments name the parts to run.

import { createHmac, createPrivateKey, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader } from "jose";
import { browse, tab } from "../browser.mjs";
import { Checks, call } from "../checks.mjs";
import { Desk, freePort, quiet, until } from "../program.mjs";
import { ELSE, Org, SCOPES, keyPair, serviceApp } from "./provider.mjs";

const checks = new Checks("oidc-provider on Okta's paths");
const TOKEN = "/oauth2/v1/token";

// Where requests are counted: to find out the era this client starts one server more, which asks for
// a token too.
const LEGACY = { era: "legacy" };

const users = (client) => call(client, "list_users", { limit: 1 });
const grants = (org, type, from) => org.recorder.of(TOKEN, from).filter((each) => each.form.grant_type.endsWith(type));
// Without those that only asked for the nonce of the next one.
const granted = (...args) => grants(...args).filter((each) => each.answer.error !== "use_dpop_nonce");
const callsOf = (org, from) => org.recorder.exchanges.slice(from).filter((each) => each.path.startsWith("/api/"));
const unique = (values) => new Set(values).size === values.length;

// A proof of possession, as it was sent.
function proofOf({ headers }) {
  return headers.dpop && { head: decodeProtectedHeader(headers.dpop), claims: decodeJwt(headers.dpop) };
}

// What the program sent where it proved itself with a key.
function assertions(org, requests, key, what) {
  const all = requests.map(({ form }) => decodeJwt(form.client_assertion));
  checks.that(unique(all.map(({ jti }) => jti)), `${what}: each try has an assertion of its own`, all);
  for (const claims of all) {
    checks.that(claims.iss && claims.iss === claims.sub, `${what}: it speaks for itself`, claims);
    checks.equal(claims.aud, `${org.url}${TOKEN}`, `${what}: to the token endpoint`);
    checks.that(claims.exp - claims.iat <= 3600, `${what}: for an hour at most`, claims);
  }
  for (const { form } of requests) {
    const head = decodeProtectedHeader(form.client_assertion);
    checks.equal([head.alg, head.kid], [key.alg, key.kid], `${what}: signed with its key`);
  }
}

async function machines() {
  const keys = [keyPair("RS256", "rsa"), keyPair("ES256", "ec")];
  const services = keys.flatMap((key) => [
    serviceApp(`${key.kid}-bearer`, key, false),
    serviceApp(`${key.kid}-bound`, key, true),
  ]);
  const org = await Org.start({ services, port: await freePort() });
  try {
    for (const key of keys) {
      for (const [kind, dpop] of [["bearer", "auto"], ["bearer", "always"], ["bound", "auto"], ["bound", "always"]]) {
        await machine(org, key, `${key.kid}-${kind}`, dpop);
      }
    }
    await strangers(org, keys);
  } finally {
    org.stop();
  }
}

async function machine(org, key, id, dpop) {
  const what = `${id}, DPoP ${dpop}`;
  const bound = id.endsWith("bound") || dpop === "always";
  const from = org.recorder.exchanges.length;
  org.apiNonce = undefined;
  const desk = new Desk({
    OKTA_ORG_URL: org.url,
    OKTA_CLIENT_ID: id,
    OKTA_PRIVATE_KEY: key.pem,
    OKTA_KEY_ID: key.kid,
    OKTA_SCOPES: "okta.users.read",
    OKTA_MCP_DPOP: dpop,
  });
  try {
    await desk.serve(LEGACY, async (client) => {
      const answer = await users(client);
      checks.equal(answer.value.items?.[0]?.id, "00u1", `${what}: the call is made`);
      const asked = grants(org, "client_credentials", from);
      const outcomes = asked.map((each) => each.answer.error ?? each.answer.token_type);
      const wanted = { auto: ["invalid_dpop_proof", "use_dpop_nonce", "DPoP"], always: ["use_dpop_nonce", "DPoP"] };
      checks.equal(outcomes, bound ? wanted[dpop] : ["Bearer"], `${what}: the way to a token`);
      assertions(org, asked, key, what);
      const token = asked.at(-1).answer.access_token;
      const said = await org.introspect(token);
      checks.equal([said.active, said.client_id, said.scope], [true, id, "okta.users.read"], `${what}: what it is`);
      if (bound) await proofs(org, from, key, said, what);
      else checks.equal(said.cnf, undefined, `${what}: it is bound to nothing`);

      // The API demands a nonce, and another one; a token that is dead is replaced.
      const mark = org.recorder.exchanges.length;
      if (bound) {
        for (const nonce of ["first-nonce", "second-nonce"]) {
          org.apiNonce = nonce;
          checks.that(!(await users(client)).isError, `${what}: the API's ${nonce}`, callsOf(org, mark).at(-1));
        }
        const nonces = callsOf(org, mark).map((each) => [each.status, proofOf(each).claims.nonce ?? null]);
        checks.equal(
          nonces,
          [[401, null], [200, "first-nonce"], [401, "first-nonce"], [200, "second-nonce"]],
          `${what}: a nonce is learnt from the answer`,
        );
        checks.equal(grants(org, "client_credentials", mark).length, 0, `${what}: the token stays`);
      }
      await org.end(token);
      const after = await users(client);
      checks.that(!after.isError, `${what}: a dead token is replaced`, after);
      const again = grants(org, "client_credentials", mark);
      checks.equal(again.map((each) => each.status), [200], `${what}: in one request, as the nonce is known`);
      assertions(org, [...asked, ...again], key, what);
      if (bound) {
        // RFC 9449 section 9 has the demand in the challenge; what the body says does not count.
        org.apiNonceBody = true;
        org.apiNonce = "third-nonce";
        const before = org.recorder.exchanges.length;
        checks.that(!(await users(client)).isError, `${what}: a nonce in an answer that says more`);
        const more = grants(org, "client_credentials", before);
        checks.that(more.length === 0, `${what}: no new token for a new nonce`, more.length);
        org.apiNonceBody = false;
      }
    });
    quiet(checks, desk, org.recorder.secrets(), what);
  } finally {
    desk.remove();
  }
}

async function proofs(org, from, key, said, what) {
  const sent = [...grants(org, "client_credentials", from), ...callsOf(org, from)];
  const all = sent.filter((each) => each.headers.dpop).map((each) => ({ ...proofOf(each), to: each }));
  checks.that(unique(all.map(({ claims }) => claims.jti)), `${what}: each proof is another one`);
  const prints = new Set(await Promise.all(all.map(({ head }) => calculateJwkThumbprint(head.jwk))));
  checks.equal([...prints], [said.cnf.jkt], `${what}: one key, which the token is bound to`);
  checks.that(!prints.has(await calculateJwkThumbprint(key.jwk)), `${what}: it is not the client's key`);
  for (const { head, claims, to } of all) {
    checks.equal(head.typ, "dpop+jwt", `${what}: typ`);
    checks.that(!("d" in head.jwk) && !("p" in head.jwk), `${what}: the public half only`, Object.keys(head.jwk));
    checks.equal([claims.htm, claims.htu], [to.method, `${org.url}${to.path}`], `${what}: for this request`);
    checks.equal("ath" in claims, to.path !== TOKEN, `${what}: ath with the token only`);
  }
  const used = callsOf(org, from).at(-1);
  checks.that(used.query.limit, `${what}: there was a query to leave out`, used.query);
  checks.equal(used.headers.authorization.split(" ")[0], "DPoP", `${what}: and the scheme`);
}

// Whom the provider does not know.
async function strangers(org, [rsa, ec]) {
  const settings = {
    OKTA_ORG_URL: org.url,
    OKTA_CLIENT_ID: "rsa-bearer",
    OKTA_PRIVATE_KEY: rsa.pem,
    OKTA_KEY_ID: "rsa",
    OKTA_SCOPES: "okta.users.read",
  };
  for (const [what, wrong, kind, word] of [
    ["another key", { OKTA_PRIVATE_KEY: ec.pem, OKTA_KEY_ID: "ec" }, "sign_in", "invalid_client"],
    ["another client", { OKTA_CLIENT_ID: "unknown" }, "sign_in", "invalid_client"],
    ["a scope too much", { OKTA_SCOPES: `okta.users.read ${ELSE}` }, "missing_scope", "invalid_scope"],
  ]) {
    const desk = new Desk({ ...settings, ...wrong });
    try {
      await desk.serve({}, async (client) => {
        const { tools } = await client.listTools();
        checks.that(tools.length > 0, `${what}: the tools are listed`);
        const answer = await users(client);
        checks.equal(answer.value.error?.kind, kind, `${what}: refused`);
        checks.that(answer.value.error?.message.includes(word), `${what}: as the provider says`, answer.value.error);
      });
    } finally {
      desk.remove();
    }
  }
}

// The login page and what follows it, until the form is gone; `no` aborts what a device began.
async function person(page, link, { no = false, login = "morgan" } = {}) {
  const send = async (selector) => (await Promise.all([page.waitForNavigation(), page.click(selector)]))[0];
  await page.goto(link);
  // The page for devices sends the code that is in the link by itself.
  const confirm = "button[form='op.deviceConfirmForm']";
  await page.waitForSelector(`[name=prompt], ${confirm}`);
  if (await page.$(confirm)) {
    if (no) return send(`${confirm}[name=abort]`);
    await send(`${confirm}[autofocus]`);
  }
  if (await page.$("[name=login]")) {
    await page.type("[name=login]", login);
    await page.type("[name=password]", "anything");
    await send("button[type=submit]");
  }
  return send("button[type=submit]");
}

async function asked(client, what) {
  const { value } = await users(client);
  checks.equal(value.error?.kind, "sign_in_needed", `${what}: nobody is signed in`);
  return value.error;
}

const signedIn = (client) => until(async () => !(await users(client)).isError, "a call as the person");

const desk = (org, id, more) =>
  new Desk({ OKTA_ORG_URL: org.url, OKTA_CLIENT_ID: id, OKTA_SCOPES: SCOPES.join(" "), ...more });

// The device grant, with and without bound tokens; somebody who says no; a code that is too old.
async function devices(browser) {
  const org = await Org.start({ port: await freePort() });
  const allowed = async (id, dpop) => {
    const what = `device, ${id}`;
    const home = desk(org, id, { OKTA_MCP_SIGN_IN: "device", OKTA_MCP_DPOP: dpop });
    try {
      await home.serve({}, async (client) => {
        const { sign_in: told } = await asked(client, what);
        checks.that(told.url.startsWith(`${org.url}/activate?user_code=`), `${what}: the link`, told);
        await said(browser, told.url);
        await signedIn(client);
        // Others poll with the same app.
        const device = org.recorder.exchanges.find(({ answer }) => answer.user_code === told.code).answer.device_code;
        const polls = grants(org, "device_code").filter(({ form }) => form.device_code === device);
        const token = polls.at(-1).answer;
        checks.equal(token.token_type, id === "bound" ? "DPoP" : "Bearer", `${what}: the token`);
        checks.that(!polls.some((each) => each.answer.error === "slow_down"), `${what}: it does not hurry`);
        const known = await org.introspect(token.access_token);
        checks.equal([known.active, known.sub, Boolean(known.cnf?.jkt)], [true, "morgan", id === "bound"], `${what}: it`);
        if (id !== "bound") return;
        // The refresh token is bound to the same key: RFC 9449 section 5.
        const mark = org.recorder.exchanges.length;
        const last = org.recorder.of(TOKEN).findLast(({ answer, form }) => answer.access_token && form.client_id === id);
        await org.end(last.answer.access_token);
        checks.that(!(await users(client)).isError, `${what}: renewed`);
        const [renewed] = granted(org, "refresh_token", mark).filter(({ form }) => form.client_id === id);
        checks.equal(renewed.status, 200, `${what}: with the refresh token`);
        const again = await org.introspect(renewed.answer.access_token);
        checks.equal([again.active, again.cnf], [true, known.cnf], `${what}: and bound to the same key`);
      });
      const whoami = await home.run("whoami", "--json");
      checks.equal(whoami.code, 0, `${what}: whoami`);
      const seen = JSON.parse(whoami.stdout || "{}");
      checks.equal(
        [seen.signed_in, seen.name, seen.user_id],
        ["morgan@acme.example", "The morgan", "morgan"],
        `${what}: as the ID token says`,
      );
      const mark = org.recorder.exchanges.length;
      checks.equal((await home.run("logout")).code, 0, `${what}: logout`);
      const revoked = org.recorder.of("/oauth2/v1/revoke", mark).filter(({ form }) => form.client_id === id);
      checks.equal(revoked.map(({ status }) => status), [200, 200], `${what}: revoked`);
      const last = org.recorder.exchanges.findLast(({ answer, form }) => answer.access_token && form.client_id === id);
      for (const name of ["access_token", "refresh_token"]) {
        const state = await org.introspect(last.answer[name]);
        checks.equal(state.active, false, `${what}: the ${name} is dead`);
      }
      quiet(checks, home, org.recorder.secrets(), what);
    } finally {
      home.remove();
    }
  };
  // Each person with a browser of their own.
  const said = async (browser, link, how) => {
    const context = await browser.browser().createBrowserContext();
    const { page } = await tab(context);
    const answer = await person(page, link, how);
    checks.that(answer.ok(), "the page is content", answer.status());
    await context.close();
  };
  const failed = async (what, word, decide) => {
    const home = desk(org, "native", { OKTA_MCP_SIGN_IN: "device" });
    try {
      await home.serve({}, async (client) => {
        const { sign_in: told } = await asked(client, what);
        await decide(told);
        const error = await until(async () => {
          const { value } = await users(client);
          return value.error.sign_in?.code !== told.code && value.error;
        }, `${what}: another answer`);
        checks.that(word.test(error.message), `${what}: clear words`, error);
      });
      quiet(checks, home, org.recorder.secrets(), what);
    } finally {
      home.remove();
    }
  };
  const answered = (error) => org.recorder.when(({ path, answer }) => path === TOKEN && answer.error === error);
  try {
    // The lifetime is read when a code is made.
    org.deviceLifetime = 1;
    const late = failed("too late", /nobody is signed in/, () => answered("expired_token"));
    await org.recorder.when(({ path }) => path === "/oauth2/v1/device/authorize");
    org.deviceLifetime = 600;
    const denied = failed("denied", /denied/, async (told) => {
      await said(browser, told.url, { no: true });
      await answered("access_denied");
    });
    await Promise.all([late, denied, allowed("native", "auto"), allowed("bound", "always")]);
  } finally {
    org.stop();
  }
}

// Authorization code with PKCE, then all that can happen to a refresh token.
async function codes(browser) {
  const port = await freePort();
  const org = await Org.start({ port });
  for (const [id, more] of [
    ["native", {}],
    ["web", { OKTA_CLIENT_SECRET: "s3cr3t/of+the:web=app" }],
    ["bound", {}],
  ]) {
    const home = desk(org, id, { OKTA_MCP_SIGN_IN: "browser", OKTA_MCP_REDIRECT_PORT: `${port}`, ...more });
    const context = await browser.browser().createBrowserContext();
    try {
      await code(context, org, home, id);
      quiet(checks, home, org.recorder.secrets(), id);
    } catch (error) {
      checks.that(false, `${id}: ${error.name}`, error.stack);
    } finally {
      await context.close();
      home.remove();
    }
  }
  org.stop();
}

async function signIn(browser, client, what) {
  const { sign_in: told } = await asked(client, what);
  const { page } = await tab(browser);
  const landed = await person(page, told.url);
  checks.equal(landed.status(), 200, `${what}: the browser comes back`);
  checks.equal(await page.$eval("h1", (element) => element.textContent), "You are signed in", `${what}: signed in`);
  await page.close();
  await signedIn(client);
  // Once more: whatever goes on in the background is over then.
  await signedIn(client);
}

async function code(browser, org, home, id) {
  const what = `code, ${id}`;
  const start = org.recorder.exchanges.length;
  await home.serve({}, async (client) => {
    await signIn(browser, client, what);
    const redeemed = granted(org, "authorization_code", start).at(-1);
    checks.equal([redeemed.status, redeemed.answer.token_type], [200, id === "bound" ? "DPoP" : "Bearer"], `${what}: token`);
    checks.equal(redeemed.answer.scope.split(" ").sort(), SCOPES.toSorted(), `${what}: all that was asked for`);

    // An access token that is dead before its time.
    const used = org.recorder.of(TOKEN, start).findLast(({ answer }) => answer.access_token).answer;
    let mark = org.recorder.exchanges.length;
    await org.end(used.access_token);
    checks.that(!(await users(client)).isError, `${what}: a dead access token is renewed`);
    const first = granted(org, "refresh_token", mark);
    checks.equal(first.map(({ status }) => status), [200], `${what}: by one request`);
    checks.equal(first[0].form.refresh_token, used.refresh_token, `${what}: with the refresh token`);
    checks.that(first[0].answer.refresh_token !== used.refresh_token, `${what}: which is rotated`);

    // Access tokens that live for two seconds, in two processes with one sign-in.
    org.lifetime = 2;
    await org.end(first[0].answer.access_token);
    mark = org.recorder.exchanges.length;
    const refused = [];
    await home.serve(LEGACY, async (other) => {
      await until(async () => {
        const both = await Promise.all([client, other, client, other].map(users));
        refused.push(...both.filter((each) => each.isError));
        return granted(org, "refresh_token", mark).length >= 3;
      }, "three renewals");
    });
    org.lifetime = 3600;
    checks.equal(refused, [], `${what}: each call of two processes is made`);
    const renewed = granted(org, "refresh_token", mark);
    checks.that(renewed.every(({ status }) => status === 200), `${what}: no renewal is refused`, renewed);
    checks.that(unique(renewed.map(({ form }) => form.refresh_token)), `${what}: no refresh token is used twice`);
    const chain = renewed.slice(1).map(({ form }, at) => form.refresh_token === renewed[at].answer.refresh_token);
    checks.that(chain.every(Boolean), `${what}: each with the one before`, chain);
  });

  // A new process finds what the last one left.
  await home.serve(LEGACY, async (client) => {
    checks.that(!(await users(client)).isError, `${what}: a new process`);
    // Somebody uses a refresh token that was used: the provider ends the sign-in (RFC 9700 4.14.2).
    const spent = granted(org, "refresh_token", start)[0];
    const secret = id === "web" ? "web:s3cr3t%2Fof%2Bthe%3Aweb%3Dapp" : undefined;
    const thief = { grant_type: "refresh_token", refresh_token: spent.form.refresh_token };
    if (!secret) thief.client_id = id;
    if (id !== "bound") {
      checks.equal((await org.post("token", thief, secret)).error, "invalid_grant", `${what}: reuse is noticed`);
      const error = await asked(client, `${what}, after the reuse`);
      checks.that(/invalid_grant/.test(error.message), `${what}: and told`, error);
      const left = home.files().filter(([name]) => name.includes("/tokens/") && name.endsWith(".json"));
      checks.equal(left.length, 0, `${what}: what is worth nothing is not kept`);
      const { page } = await tab(browser);
      await person(page, error.sign_in.url);
      await page.close();
      await signedIn(client);
    }
  });
  const mark = org.recorder.exchanges.length;
  const logout = await home.run("logout");
  checks.equal([logout.code, logout.stdout.startsWith("morgan@acme.example is signed out")], [0, true], `${what}: logout`);
  const revoked = org.recorder.of("/oauth2/v1/revoke", mark);
  checks.equal(revoked.map(({ status }) => status), [200, 200], `${what}: both tokens are taken back`);
  for (const { form } of revoked) {
    checks.equal((await org.introspect(form.token)).active, false, `${what}: the ${form.token_type_hint} is dead`);
  }
}

// A person grants less than was asked for: RFC 6749 section 3.3, and section 6 for the renewal.
async function less(browser) {
  const port = await freePort();
  const org = await Org.start({ port });
  org.withheld = ["okta.groups.read"];
  const home = desk(org, "native", { OKTA_MCP_SIGN_IN: "browser", OKTA_MCP_REDIRECT_PORT: `${port}` });
  try {
    await home.serve(LEGACY, async (client) => {
      const before = (await client.listTools()).tools.map((tool) => tool.name);
      await signIn(browser, client, "less");
      const redeemed = granted(org, "authorization_code")[0];
      checks.that(!redeemed.answer.scope.includes("okta.groups.read"), "less: is granted", redeemed.answer.scope);
      await until(() => home.said.some((text) => text.includes("notifications/tools/list_changed")), "list_changed");
      const after = (await client.listTools()).tools.map((tool) => tool.name);
      checks.that(before.includes("list_groups") && !after.includes("list_groups"), "less: the tools are fewer", after);
      checks.that(after.includes("list_users"), "less: not all of them", after);
      await org.end(org.recorder.of(TOKEN).at(-1).answer.access_token);
      const answer = await users(client);
      // RFC 6749 section 6: "must not include any scope not originally granted".
      checks.that(!answer.isError, "less: renewing asks for no more than was granted", answer.value.error);
    });
  } finally {
    home.remove();
    org.stop();
  }
}

// The client goes, or ends the server, while a refresh token is being exchanged: the one that comes is
// the only one.
async function cut(browser) {
  const port = await freePort();
  const org = await Org.start({ port });
  for (const [what, leave] of [
    ["hung up", (child) => child.stdin.end()],
    // Clients end servers in this way, too.
    ["terminated", (child) => child.kill("SIGTERM")],
  ]) {
    const home = desk(org, "native", { OKTA_MCP_SIGN_IN: "browser", OKTA_MCP_REDIRECT_PORT: `${port}` });
    const context = await browser.browser().createBrowserContext();
    try {
      await home.serve({}, (client) => signIn(context, client, what));
      await org.end(org.recorder.of(TOKEN).at(-1).answer.access_token);
      const server = home.start();
      const held = new Promise((reached) => {
        org.hold = async () => {
          org.hold = undefined;
          reached();
          // Until the program has ended without the answer; it need not.
          await Promise.race([server.ended, new Promise((done) => setTimeout(done, 1_000))]);
        };
      });
      const clientInfo = { name: "e2e", version: "1" };
      server.send("initialize", 1, { protocolVersion: "2025-06-18", capabilities: {}, clientInfo });
      server.send("notifications/initialized");
      server.send("tools/call", 2, { name: "list_users", arguments: { limit: 1 } });
      await held;
      leave(server.child);
      const { code } = await server.ended;
      checks.equal(code, 0, `${what}: the server ends well`);
      await home.serve({}, async (client) => {
        const answer = await users(client);
        checks.that(!answer.isError, `${what}: the sign-in is still there`, answer.value.error);
      });
    } finally {
      await context.close();
      home.remove();
    }
  }
  org.stop();
}

// Several calls wait while the person signs in: the tokens that come are used by all of them.
async function hasty(browser) {
  const port = await freePort();
  const org = await Org.start({ port });
  for (let turn = 0; turn < 3; turn += 1) {
    const home = desk(org, "native", { OKTA_MCP_SIGN_IN: "browser", OKTA_MCP_REDIRECT_PORT: `${port}` });
    try {
      await home.serve(LEGACY, async (client) => {
        const { sign_in: told } = await asked(client, "hasty");
        const { page } = await tab(browser);
        const landed = person(page, told.url);
        await Promise.all([signedIn, signedIn, signedIn].map((call) => call(client)));
        checks.equal((await landed).status(), 200, "hasty: the browser comes back");
        await signedIn(client);
        await page.close();
      });
    } finally {
      home.remove();
    }
  }
  const renewed = grants(org, "refresh_token");
  checks.that(renewed.length === 0, "hasty: tokens that just came are not renewed", renewed.length);
  org.stop();
}

// ID tokens that are not the provider's, not for this client, not of this sign-in.
async function forged(browser) {
  const port = await freePort();
  const org = await Org.start({ port });
  const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
  const [right] = org.keys;
  const signed = (claims, { key = right, head = {}, how } = {}) => {
    const text = `${part({ alg: key.alg, kid: right.kid, ...head })}.${part(claims)}`;
    const seal = how ? how(text) : sign("sha256", Buffer.from(text), createPrivateKey(key.pem)).toString("base64url");
    return `${text}.${seal}`;
  };
  const hmac = (text) => createHmac("sha256", JSON.stringify(right.jwk)).update(text).digest("base64url");
  const now = Math.floor(Date.now() / 1000);
  try {
    for (const [what, make] of [
      ["nothing is forged", (claims) => signed(claims)],
      ["not signed", (claims) => signed(claims, { head: { alg: "none" }, how: () => "" })],
      ["another key by the same name", (claims) => signed(claims, { key: keyPair("RS256", right.kid) })],
      ["a key that is not published", (claims) => signed(claims, { key: keyPair("RS256", "x"), head: { kid: "x" } })],
      ["without the name of a key", (claims) => signed(claims, { head: { kid: undefined } })],
      ["a public key as a secret", (claims) => signed(claims, { head: { alg: "HS256" }, how: hmac })],
      ["changed after it was signed", (claims) => signed(claims).replace(/\.[^.]+\./, `.${part({ ...claims, sub: "ana" })}.`)],
      ["another client", (claims) => signed({ ...claims, aud: "another" })],
      ["another issuer", (claims) => signed({ ...claims, iss: "https://elsewhere.invalid" })],
      ["another nonce", (claims) => signed({ ...claims, nonce: "another" })],
      ["no nonce", (claims) => signed({ ...claims, nonce: undefined })],
      ["too old", (claims) => signed({ ...claims, iat: now - 7_200, exp: now - 3_600 })],
      ["from the future", (claims) => signed({ ...claims, iat: now + 3_600, exp: now + 7_200 })],
      ["no subject", (claims) => signed({ ...claims, sub: undefined })],
      ["no ID token", () => undefined],
      ["garbage", () => "garbage"],
    ]) {
      const home = desk(org, "native", { OKTA_MCP_SIGN_IN: "browser", OKTA_MCP_REDIRECT_PORT: `${port}` });
      org.recorder.change = ({ path, answer }) =>
        path === TOKEN && answer.id_token && { ...answer, id_token: make(decodeJwt(answer.id_token)) };
      try {
        await home.serve(LEGACY, async (client) => {
          const { sign_in: told } = await asked(client, what);
          const { page } = await tab(browser);
          const landed = await person(page, told.url);
          const good = what === "nothing is forged";
          checks.equal(landed.status(), good ? 200 : 400, `forged, ${what}: the page`);
          if (!good) {
            const why = await page.$eval("[role=alert]", (element) => element.textContent);
            checks.that(/ID token/.test(why), `forged, ${what}: and why`, why);
          }
          checks.equal((await users(client)).isError, !good, `forged, ${what}: signed in`);
          const kept = home.files().filter(([name]) => name.includes("/tokens/") && name.endsWith(".json"));
          checks.equal(kept.length, good ? 1 : 0, `forged, ${what}: kept`);
          await page.close();
        });
      } finally {
        home.remove();
      }
    }
  } finally {
    org.stop();
  }
}

// Somebody approves what a service app does, by a sign-in of their own: through each kind of app, and
// where more is asked for than the provider says of it.
async function approvers(browser) {
  const [key, port] = [keyPair("ES256", "ec"), await freePort()];
  const org = await Org.start({ services: [serviceApp("service", key, false)], port });
  try {
    for (const [id, more] of [
      ["native", {}],
      ["web", { OKTA_MCP_APPROVER_CLIENT_SECRET: "s3cr3t/of+the:web=app" }],
      ["bound", {}],
      ["native", { OKTA_MCP_APPROVER_ACR: "urn:okta:loa:2fa:any" }],
    ]) {
      const good = !more.OKTA_MCP_APPROVER_ACR;
      const what = `approver, ${id}${good ? "" : ", acr"}`;
      const home = new Desk({
        OKTA_ORG_URL: org.url,
        OKTA_CLIENT_ID: "service",
        OKTA_PRIVATE_KEY: key.pem,
        OKTA_KEY_ID: key.kid,
        OKTA_SCOPES: "okta.users.read",
        OKTA_MCP_APPROVER_CLIENT_ID: id,
        OKTA_MCP_REDIRECT_PORT: `${port}`,
        ...more,
      });
      home.settings.OKTA_MCP_CONFIG = join(home.path, "okta-mcp.toml");
      const rule = 'tools = ["list_users"]\ndecision = "confirm"\nlevel = "person"';
      writeFileSync(home.settings.OKTA_MCP_CONFIG, `[[profiles.default.rules]]\n${rule}\n`, { mode: 0o600 });
      const context = await browser.browser().createBrowserContext();
      try {
        await approve(context, org, home, { what, good });
        quiet(checks, home, org.recorder.secrets(), what);
      } finally {
        await context.close();
        home.remove();
      }
    }
  } finally {
    org.stop();
  }
}

async function approve(browser, org, home, { what, good }) {
  const start = org.recorder.exchanges.length;
  await home.serve(LEGACY, async (client) => {
    // The provider gives a refresh token that was not asked for. Nothing of it stays.
    const back = () => org.recorder.of("/oauth2/v1/revoke", start).map(({ form }) => form.token);
    const given = () => granted(org, "authorization_code", start).map(({ answer }) => answer.refresh_token).filter(Boolean);
    // Signed in with the provider already: that does not count.
    for (const again of [false, true]) {
      const { value } = await users(client);
      const waits = value.approval_required;
      checks.equal(waits?.level, "person", `${what}: it waits for a person`);
      const { page } = await tab(browser);
      await page.goto(waits.where.match(/http:\S+/)[0]);
      await page.click("button[value=approve]");
      await page.waitForSelector("[name=login]");
      await page.type("[name=login]", again ? "kim" : "morgan");
      await page.type("[name=password]", "anything");
      await page.click("button[type=submit]");
      const end = await until(async () => {
        // It may ask whether the app may know who this is.
        if (page.url().includes("/interaction/")) await page.click("[value=consent] ~ button, button[autofocus]").catch(() => {});
        const title = page.url().includes("/signed-in?") && (await page.$eval("h1", (each) => each.textContent).catch(() => ""));
        return title && title !== "On to the approval" && title;
      }, "the approval page");
      if (good) {
        checks.equal(end, "Approved", `${what}: approved`);
        const told = await call(client, "get_approval_status", { approval_id: waits.approval_id });
        checks.equal(told.value.approver, `${again ? "kim" : "morgan"}@acme.example`, `${what}: by whom`);
        checks.equal((await users(client)).value.items?.length, 1, `${what}: the call is made`);
        await until(() => given().length === (again ? 2 : 1) && given().every((token) => back().includes(token)), "it is taken back");
      } else {
        const why = await page.$eval("[role=alert]", (each) => each.textContent);
        checks.that(/does not say how surely the person signed in/.test(why), `${what}: too little`, why);
      }
      await page.close();
      if (!good) return;
    }
  });
  const kept = home.files().filter(([name]) => name.includes("/tokens/"));
  checks.equal(kept.length, 0, `${what}: no token is kept`);
}

const only = process.argv.slice(2);
await browse(async (browser) => {
  for (const part of [machines, devices, codes, less, cut, hasty, forged, approvers].filter((part) => !only.length || only.includes(part.name))) {
    const begun = Date.now();
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
// Whatever a part that failed has left open.
process.exit();
