// What others wrote stays text: names of groups, of a client, and what a model sends.

import { tab } from "./browser.mjs";
import { Home, call, connected } from "./checks.mjs";
import { asked, checks, group, screen, setUp, shots, text, waiting } from "./page.mjs";

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

export async function hostile(browser) {
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
