// The program on an org that is somewhere else: as a server for a client, and as a command. What it
// says is kept, to be searched for what it must not say.

import { spawn } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { BINARY, Home } from "./checks.mjs";

// A home whose program works on one org, with all that it said there.
export class Desk extends Home {
  said = [];

  constructor(settings) {
    super();
    this.settings = settings;
  }

  environment() {
    return { ...super.environment(), OKTA_LOG_LEVEL: "DEBUG", ...this.settings };
  }

  // A client on a new server. `shows` are the elicitations that the client has; `show` answers them.
  async serve({ era = "auto", shows, show } = {}, run) {
    const client = new Client(
      { name: "e2e", version: "1" },
      { capabilities: shows ? { elicitation: shows } : {}, versionNegotiation: { mode: era } },
    );
    if (show) client.setRequestHandler("elicitation/create", async (request) => show(request.params));
    const env = this.environment();
    const transport = new StdioClientTransport({ command: BINARY, args: [], env, stderr: "pipe" });
    transport.stderr.setEncoding("utf8").on("data", (text) => this.said.push(text));
    try {
      await client.connect(transport);
      const hear = transport.onmessage;
      transport.onmessage = (message, ...more) => {
        this.said.push(JSON.stringify(message));
        return hear(message, ...more);
      };
      this.said.push(commandLine(transport.pid));
      await run(client);
    } finally {
      await client.close();
    }
  }

  // A command that was started: its lines on standard error, and how it ends.
  start(...args) {
    const child = spawn(BINARY, args, { env: this.environment(), stdio: "pipe" });
    this.said.push(commandLine(child.pid));
    // A command that asks nobody; without one it is a server, which is spoken to.
    if (args.length) child.stdin.end();
    const send = (method, id, params) =>
      child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    const seen = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) {
      child[name].setEncoding("utf8").on("data", (text) => (seen[name] += text));
    }
    const ended = new Promise((done) => {
      child.on("close", (code) => {
        this.said.push(seen.stdout, seen.stderr);
        done({ code, ...seen });
      });
    });
    // The first match in what it says.
    const says = (pattern) =>
      new Promise((done, failed) => {
        const look = () => {
          const found = `${seen.stderr}${seen.stdout}`.match(pattern);
          if (found) done(found);
        };
        for (const name of ["stdout", "stderr"]) child[name].on("data", look);
        ended.then(() => failed(new Error(`it did not say ${pattern}: ${seen.stdout}${seen.stderr}`)));
      });
    return { child, ended, says, send };
  }

  run(...args) {
    return this.start(...args).ended;
  }

  // What is in files of this home, by name.
  files() {
    const all = readdirSync(this.path, { recursive: true }).map((name) => join(this.path, name));
    return all.filter((name) => statSync(name).isFile()).map((name) => [name, readFileSync(name, "latin1")]);
  }

  // The names of the secrets that were said, or that stand in a file.
  leaks(secrets) {
    const texts = [...this.said.map((text) => ["said", text]), ...this.files()];
    const found = new Set();
    for (const [secret, name] of secrets) {
      for (const [where, text] of texts) {
        if (text.includes(secret)) found.add(`${name} in ${where}`);
      }
    }
    return [...found];
  }
}

// Nothing secret was said, written or given as an argument.
export function quiet(checks, desk, secrets, what) {
  const said = desk.said.join("\n");
  checks.that(secrets.size > 1 && said.includes("DEBUG"), `${what}: something to look for`, [...secrets.values()]);
  checks.equal(desk.leaks(secrets), [], `${what}: nothing leaks`);
}

// What everybody on the machine can see of a process.
const commandLine = (pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8");

// `okta-mcp sandbox`, and what it tells; stopped by `stop`.
export async function sandbox() {
  const home = new Home();
  const child = spawn(BINARY, ["sandbox", "--json", "--no-rate-limits"], {
    env: home.environment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((done) => child.once("exit", done));
  const line = await new Promise((done, failed) => {
    createInterface(child.stdout).once("line", done);
    ended.then((code) => failed(new Error(`the sandbox ended with ${code}`)));
  });
  const told = JSON.parse(line);
  const origin = told.env.OKTA_ORG_URL;
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    home.remove();
  };
  // As an admin who sets the org up.
  const admin = async (method, path, body) => {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: { authorization: `SSWS ${told.api_token}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  };
  return { ...told.sign_in, env: told.env, port: Number(new URL(origin).port), admin, stop };
}

// A port that nothing listens on.
export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

// The first value of `look` that holds; it is looked again shortly after the last look is over.
export async function until(look, what, patience = 30_000) {
  for (const end = Date.now() + patience; Date.now() < end; ) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`in vain: ${what}`);
}
