// The approval page as a person meets it: something waits, a browser shows it, somebody presses a
// button.

import { pictures } from "./browser.mjs";
import { Checks, call } from "./checks.mjs";

export const PASSPHRASE = "correct horse battery staple";
export const WRONG = "wrong horse battery staple";

export const checks = new Checks("the approval page in Chromium");

export async function setUp(home) {
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

export async function group(client, name, description = "for a test") {
  const made = await call(client, "create_group", { profile: { name, description } });
  if (made.isError) throw new Error(JSON.stringify(made.value));
  return made.value.id;
}

export const there = async (client, id) => !(await call(client, "get_group", { group_id: id })).isError;
export const status = async (client, id) =>
  (await call(client, "get_approval_status", { approval_id: id })).value.status;

// What a call that waits answers: the id and the link.
export async function waiting(client, tool, args) {
  const answer = await call(client, tool, args);
  const waits = answer.value.approval_required;
  if (!waits) throw new Error(JSON.stringify(answer.value));
  return { id: waits.approval_id, link: waits.where.match(/http:\S+/)[0], told: answer.value };
}

// A group that waits for being deleted.
export async function asked(client, name = "Night shift") {
  const target = await group(client, name);
  return { group: target, ...(await waiting(client, "delete_group", { group_id: target })) };
}

// Types a passphrase and presses a button; the status of what comes then.
export async function press(page, decision, passphrase) {
  await page.$eval("#passphrase", (field) => (field.value = ""));
  await page.type("#passphrase", passphrase);
  const [answer] = await Promise.all([page.waitForNavigation(), page.click(`button[value=${decision}]`)]);
  return answer.status();
}

export const text = (page, selector) => page.$eval(selector, (element) => element.textContent);
export const screen = (page) => page.evaluate(() => document.body.innerText);

// True once nothing listens there; a page that closes first ends what it was asked.
export async function isGone(link) {
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

export const shots = (page, name) => pictures(page, name, checks);
