// What the end-to-end tests in JavaScript share: counting checks, and the server that they start.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

export const BINARY = resolve(process.env.OKTA_MCP_BINARY ?? "target/debug/okta-mcp");

// Counts what held and what did not; the last line says both.
export class Checks {
  constructor(title) {
    this.passed = 0;
    this.failed = 0;
    console.log(`== ${title}`);
  }

  that(holds, what, seen) {
    if (holds) {
      this.passed += 1;
    } else {
      this.failed += 1;
      console.log(`FAILED: ${what}\n  seen: ${JSON.stringify(seen)?.slice(0, 1500)}`);
    }
    return Boolean(holds);
  }

  equal(seen, wanted, what) {
    const same = JSON.stringify(seen) === JSON.stringify(wanted);
    return this.that(same, `${what} (wanted ${JSON.stringify(wanted)})`, seen);
  }

  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed > 0 || this.passed === 0 ? 1 : 0;
  }
}

// A folder of its own for one test: nothing is written to the user's.
export class Home {
  constructor() {
    this.path = mkdtempSync(join(tmpdir(), "okta-mcp-e2e-"));
    this.state = join(this.path, "state");
  }

  environment() {
    return {
      PATH: process.env.PATH,
      HOME: this.path,
      OKTA_MCP_STATE_DIR: this.state,
      OKTA_MCP_EXPORT_DIR: join(this.path, "exports"),
      // Not that of whoever runs this.
      OKTA_MCP_KEYRING: "off",
    };
  }

  // The rows of the audit trail.
  trail() {
    const files = readdirSync(this.state, { recursive: true }).filter((name) => name.endsWith(".jsonl"));
    const lines = files.flatMap((name) => readFileSync(join(this.state, name), "utf8").split("\n"));
    return lines.filter((line) => line).map((line) => JSON.parse(line));
  }

  // A command on a terminal of its own: its exit code, and what the terminal showed.
  async terminal(args, answers) {
    const python = spawn("python3", [resolve("e2e/terminal.py")], {
      env: this.environment(),
      stdio: ["pipe", "pipe", "pipe"],
    });
    python.stdin.end(JSON.stringify({ command: [BINARY, ...args], answers }));
    let shown = "";
    for (const stream of [python.stdout, python.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (shown += text));
    }
    const code = await new Promise((done) => python.on("close", done));
    return { code, shown };
  }

  remove() {
    rmSync(this.path, { recursive: true, force: true });
  }
}

// A client on a new server. `answer` answers questions; without it none can be asked.
export async function connected(home, { era, answer, name = "e2e" }, run) {
  const questions = [];
  const client = new Client(
    { name, version: "1" },
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
  const transport = new StdioClientTransport({ command: BINARY, args: ["--sandbox"], env: home.environment() });
  try {
    await client.connect(transport);
    await run(client, questions);
  } finally {
    await client.close();
  }
}

// Calls a tool.
export async function call(client, name, args = {}) {
  const result = await client.callTool({ name, arguments: args });
  return { isError: result.isError === true, value: JSON.parse(result.content[0].text) };
}
