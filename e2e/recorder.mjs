// A way to an org that remembers what went along it: what the program sent, what it was given, and
// what of that nobody else may see. The org believes to have this address.

import { createServer, request as ask } from "node:http";

// Fields of forms and answers that are secret.
const SECRET = [
  "access_token",
  "refresh_token",
  "id_token",
  "device_code",
  "code",
  "code_verifier",
  "client_assertion",
  "client_secret",
];

const read = async (stream) => {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};

const fields = (text, type) => {
  if (type?.startsWith("application/json")) return JSON.parse(text || "null") ?? {};
  if (type?.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  return {};
};

export class Recorder {
  exchanges = [];
  // What becomes of an answer in JSON on its way; as it is where there is nothing.
  change;
  #waiting = new Set();

  // To what listens on `port` of this machine.
  static async to(port) {
    const recorder = new Recorder();
    recorder.port = port;
    await new Promise((done) => recorder.#server.listen(0, "127.0.0.1", done));
    recorder.url = `http://127.0.0.1:${recorder.#server.address().port}`;
    return recorder;
  }

  #server = createServer(async (request, response) => {
    try {
      const body = await read(request);
      const { "accept-encoding": _encoding, ...headers } = request.headers;
      const { method, url } = request;
      const answer = await new Promise((done, failed) => {
        const onward = ask({ host: "127.0.0.1", port: this.port, method, path: url, headers, agent: false }, done);
        onward.on("error", failed).end(body);
      });
      const content = await read(answer);
      const about = {
        method,
        path: url.split("?")[0],
        query: Object.fromEntries(new URLSearchParams(url.split("?")[1])),
        headers: request.headers,
        form: fields(body.toString(), request.headers["content-type"]),
        status: answer.statusCode,
        answerHeaders: answer.headers,
        answer: fields(content.toString(), answer.headers["content-type"]),
      };
      const changed = this.change?.(about);
      if (changed) {
        const { "content-length": _length, ...others } = answer.headers;
        response.writeHead(answer.statusCode, others).end(JSON.stringify(changed));
      } else {
        response.writeHead(answer.statusCode, answer.headers).end(content);
      }
      this.exchanges.push(about);
      for (const look of [...this.#waiting]) look();
    } catch (error) {
      response.writeHead(502).end(error.message);
    }
  });

  // Those of a path, from the `from`th exchange on.
  of(path, from = 0) {
    return this.exchanges.slice(from).filter((each) => each.path === path);
  }

  // The first exchange that fits, once it has come to its end.
  when(fits, from = 0, patience = 30_000) {
    return new Promise((done, failed) => {
      const end = (settle, value) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle(value);
      };
      const look = () => {
        const found = this.exchanges.slice(from).find(fits);
        if (found) end(done, found);
      };
      const late = () => end(failed, new Error(`no such request: ${fits}`));
      const timer = setTimeout(late, patience);
      this.#waiting.add(look);
      look();
    });
  }

  // Every secret that went along, with its name.
  secrets() {
    const all = new Map();
    const keep = (name, value) => {
      if (typeof value === "string" && value.length >= 8) all.set(value, name);
    };
    for (const { headers, form, answer, answerHeaders, path } of this.exchanges) {
      const back = URL.parse(answerHeaders.location ?? "");
      keep("an authorization code", back?.searchParams.get("code"));
      if (!path.startsWith("/oauth2/")) continue;
      for (const name of SECRET) {
        keep(name, form[name]);
        keep(name, answer[name]);
      }
      const [scheme, credentials] = (headers.authorization ?? "").split(" ");
      keep(`${scheme} credentials`, credentials);
      keep("a DPoP proof", headers.dpop);
    }
    return all;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
