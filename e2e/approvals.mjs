// The approval page in a real browser: what is written on it by others stays text, whoever is not
// asked cannot decide, and whoever knows the passphrase decides once. Screenshots go to
// target/e2e/screenshots, for people to look at. Run from target/e2e/node, where .ci/run puts it
// beside its packages; arguments name the parts to run.

import { DatabaseSync } from "node:sqlite";
import { browse, tab } from "./browser.mjs";
import { Home, call, connected } from "./checks.mjs";
import { fortress } from "./fortress.mjs";
import { hostile } from "./hostile.mjs";
import { PASSPHRASE, WRONG, asked, checks, isGone, press, screen, setUp, shots, status, text, there } from "./page.mjs";

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
