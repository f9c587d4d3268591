// The TypeScript client, in both protocol eras: lists, reads, and answers the question of a
// destructive call in each way. Run from target/e2e/node, where .ci/run puts it beside its packages.

import { Checks, Home, call, connected } from "./checks.mjs";

const checks = new Checks("TypeScript client, legacy and modern");

async function on(era, answer, run) {
  const home = new Home();
  try {
    await connected(home, { era, answer }, run);
  } catch (error) {
    checks.that(false, `${era}: ${error.name}`, error.message);
  } finally {
    home.remove();
  }
}

for (const era of ["legacy", "auto"]) {
  await on(era, null, async (client) => {
    const version = client.getNegotiatedProtocolVersion();
    checks.equal(version, era === "auto" ? "2026-07-28" : "2025-11-25", `${era}: version`);
    const { tools } = await client.listTools();
    checks.that(tools.length >= 117, `${era}: tools`, tools.length);
    const users = await call(client, "list_users", { search: 'status eq "LOCKED_OUT"' });
    checks.equal(users.value.items[0].profile.firstName, "Ana", `${era}: list_users`);
    const missing = await call(client, "get_user");
    checks.equal(missing.value.error?.kind, "bad_argument", `${era}: no argument`);
    let code;
    try {
      await client.callTool({ name: "no_such_tool", arguments: {} });
    } catch (error) {
      code = error.code;
    }
    checks.equal(code, -32602, `${era}: an unknown tool`);
    const progress = [];
    await client.callTool(
      { name: "list_users", arguments: { fetch_all: true, limit: 50, fields: "id" } },
      { onprogress: (step) => progress.push(step.progress) },
    );
    checks.that(progress.length > 0, `${era}: progress`, progress);
  });
  const ways = [
    ["confirmed", { action: "accept", content: { confirm: true } }, true],
    ["accepted without the tick", { action: "accept", content: { confirm: false } }, false],
    ["declined", { action: "decline" }, false],
    ["cancelled", { action: "cancel" }, false],
    ["cannot be asked", null, false],
  ];
  for (const [name, answer, gone] of ways) {
    await on(era, answer, async (client, questions) => {
      const made = await call(client, "create_group", { profile: { name: "E2E" } });
      const group = { group_id: made.value.id };
      const deleted = await call(client, "delete_group", group);
      checks.that(deleted.isError === !gone, `${era}, ${name}: the answer`, deleted);
      const read = await call(client, "get_group", group);
      checks.that(read.isError === gone, `${era}, ${name}: the group is gone: ${gone}`, read);
      checks.equal(questions.length, answer ? 1 : 0, `${era}, ${name}: questions`);
    });
  }
}

checks.end();
