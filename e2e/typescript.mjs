// The TypeScript client, in both protocol eras: lists, reads, and answers the question of a
// destructive call in each way. Run from target/e2e/node, where e2e/setup put it beside its packages.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const binary = resolve(process.env.OKTA_MCP_BINARY ?? "target/debug/okta-mcp");
let passed = 0;
let failed = 0;

function that(holds, what, seen) {
  if (holds) {
    passed += 1;
  } else {
    failed += 1;
    console.log(`FAILED: ${what}\n  seen: ${JSON.stringify(seen)?.slice(0, 1500)}`);
  }
}

async function connected(era, answer, run) {
  const home = mkdtempSync(join(tmpdir(), "okta-mcp-e2e-"));
  const questions = [];
  const client = new Client(
    { name: "e2e", version: "1" },
    {
      capabilities: answer ? { elicitation: { form: {} } } : {},
      versionNegotiation: { mode: era },
    },
  );
  if (answer) {
    client.setRequestHandler("elicitation/create", async (request) => {
      questions.push(request.params.message);
      return answer;
    });
  }
  const transport = new StdioClientTransport({
    command: binary,
    args: ["--sandbox"],
    env: { PATH: process.env.PATH, HOME: home, OKTA_MCP_STATE_DIR: home, OKTA_MCP_EXPORT_DIR: home },
  });
  try {
    await client.connect(transport);
    await run(client, questions);
  } catch (error) {
    that(false, `${era}: ${error.name}`, error.message);
  } finally {
    await client.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function call(client, name, args) {
  const result = await client.callTool({ name, arguments: args });
  return { isError: result.isError === true, value: JSON.parse(result.content[0].text) };
}

for (const era of ["legacy", "auto"]) {
  await connected(era, null, async (client) => {
    const version = client.getNegotiatedProtocolVersion();
    that(version === (era === "auto" ? "2026-07-28" : "2025-11-25"), `${era}: version`, version);
    const { tools } = await client.listTools();
    that(tools.length >= 52, `${era}: tools`, tools.length);
    const users = await call(client, "list_users", { search: 'status eq "LOCKED_OUT"' });
    that(users.value.items[0].profile.firstName === "Ana", `${era}: list_users`, users);
    const missing = await call(client, "get_user", {});
    that(missing.isError && missing.value.error.kind === "bad_argument", `${era}: no argument`, missing);
    let code;
    try {
      await client.callTool({ name: "no_such_tool", arguments: {} });
    } catch (error) {
      code = error.code;
    }
    that(code === -32602, `${era}: an unknown tool`, code);
    const progress = [];
    await client.callTool(
      { name: "list_users", arguments: { fetch_all: true, limit: 50, fields: "id" } },
      { onprogress: (step) => progress.push(step.progress) },
    );
    that(progress.length > 0, `${era}: progress`, progress);
  });
  const ways = [
    ["confirmed", { action: "accept", content: { confirm: true } }, true],
    ["accepted without the tick", { action: "accept", content: { confirm: false } }, false],
    ["declined", { action: "decline" }, false],
    ["cancelled", { action: "cancel" }, false],
    ["cannot be asked", null, false],
  ];
  for (const [name, answer, gone] of ways) {
    await connected(era, answer, async (client, questions) => {
      const made = await call(client, "create_group", { profile: { name: "E2E" } });
      const group = { group_id: made.value.id };
      const deleted = await call(client, "delete_group", group);
      that(deleted.isError === !gone, `${era}, ${name}: the answer`, deleted);
      const read = await call(client, "get_group", group);
      that(read.isError === gone, `${era}, ${name}: the group is gone: ${gone}`, read);
      that(questions.length === (answer ? 1 : 0), `${era}, ${name}: questions`, questions);
    });
  }
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
