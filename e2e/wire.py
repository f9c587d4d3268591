"""The protocol itself, line by line: what a well-behaved client never sends, and what it sees of an
org that is slow, gone, or grants less than it was asked for. Python's standard library only.
"""

from __future__ import annotations

import base64
import json
import queue
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from checks import BINARY, Checks, Home

MODERN = "2026-07-28"
FORM = {"elicitation": {"form": {}}}


class Server:
    """A server on pipes. Every line of its standard output is kept, and must be JSON-RPC."""

    def __init__(self, home: Home, args=("--sandbox",), **environment: str) -> None:
        self.process = subprocess.Popen(
            [str(BINARY), *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=home.environment(**environment),
            cwd=home.path,
        )
        self.lines: list[str] = []
        self.errors = b""
        self.arrived: queue.Queue[dict] = queue.Queue()
        self.kept: list[dict] = []
        self.next = 0
        threading.Thread(target=self.read, daemon=True).start()
        threading.Thread(target=self.drain, daemon=True).start()

    def read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.decode())
            self.arrived.put(json.loads(line))

    def drain(self) -> None:
        for line in self.process.stderr:
            self.errors += line

    def raw(self, text: str) -> None:
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def send(self, **message) -> None:
        self.raw(json.dumps({"jsonrpc": "2.0", **message}))

    def request(self, method: str, params: dict | None = None) -> int:
        self.next += 1
        self.send(id=self.next, method=method, params=params or {})
        return self.next

    def wait(self, fits, seconds: float = 20.0) -> dict | None:
        """The first message that fits; the others are kept for later."""
        for message in list(self.kept):
            if fits(message):
                self.kept.remove(message)
                return message
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                message = self.arrived.get(timeout=left)
            except queue.Empty:
                return None
            if fits(message):
                return message
            self.kept.append(message)
        return None

    def ask(self, method: str, params: dict | None = None, seconds: float = 20.0) -> dict:
        wanted = self.request(method, params)
        answer = self.wait(lambda m: m.get("id") == wanted and "method" not in m, seconds)
        return answer or {"no answer": method}

    def hello(self, version: str = "2025-11-25", capabilities: dict | None = None) -> dict:
        about = {"name": "wire", "version": "1"}
        params = {"protocolVersion": version, "capabilities": capabilities or {}, "clientInfo": about}
        answer = self.ask("initialize", params)
        self.send(method="notifications/initialized")
        return answer

    def call(self, name: str, arguments: dict | None = None, **more) -> dict:
        return self.ask("tools/call", {"name": name, "arguments": arguments or {}, **more})

    def modern(self, method: str, params: dict, capabilities: dict | None = None) -> dict:
        meta = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": FORM if capabilities is None else capabilities,
            "io.modelcontextprotocol/clientInfo": {"name": "wire", "version": "1"},
        }
        return self.ask(method, {**params, "_meta": {**meta, **params.get("_meta", {})}})

    def end(self) -> int:
        self.process.stdin.close()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return -1

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def value(answer: dict) -> dict:
    return json.loads(answer["result"]["content"][0]["text"])


def is_error(answer: dict) -> bool:
    return bool(answer.get("result", {}).get("isError"))


def kind(answer: dict) -> str | None:
    return value(answer).get("error", {}).get("kind") if is_error(answer) else None


class FakeOkta:
    """An org that answers as it is told: which scopes it grants, how long it takes."""

    def __init__(self, granted: str | None, status: int = 200, slow: float = 0.0) -> None:
        fake = self
        self.seen: list[tuple[str, str]] = []
        self.bodies: list[dict] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def reply(self, status: int, body: object) -> None:
                data = json.dumps(body).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except (BrokenPipeError, ConnectionResetError):
                    fake.seen.append((self.command, "dropped"))

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path = self.path.split("?")[0]
                fake.seen.append((self.command, path))
                if path == "/oauth2/v1/token":
                    if status != 200:
                        self.reply(status, {"error": "invalid_scope", "error_description": "One or more scopes are not allowed."})
                        return
                    token = {"token_type": "Bearer", "expires_in": 3600, "access_token": "x", "scope": granted}
                    self.reply(200, token)
                    return
                if body:
                    fake.bodies.append(json.loads(body))
                time.sleep(slow)
                if self.command == "GET" and path.startswith("/api/v1/groups/"):
                    self.reply(200, {"id": "00g1", "profile": {"name": "E2E"}})
                elif self.command == "GET":
                    self.reply(200, [])
                else:
                    self.reply(200, {"id": "00g1", "profile": {"name": "E2E"}})

            do_GET = do_POST = do_PUT = do_DELETE = answer

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def environment(self, scopes: str) -> dict[str, str]:
        return {
            "OKTA_ORG_URL": self.url,
            "OKTA_CLIENT_ID": "0oa1b2c3d4e5f6g7h8i9",
            "OKTA_PRIVATE_KEY": KEY,
            "OKTA_KEY_ID": "e2e",
            "OKTA_SCOPES": scopes,
            "NO_PROXY": "127.0.0.1",
        }

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def fresh_key() -> str:
    """A private key for these tests alone."""
    made = subprocess.run(
        ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        check=True,
        capture_output=True,
    )
    return made.stdout.decode()


KEY = fresh_key()


def greetings(checks: Checks, home: Home) -> None:
    for version in ("2025-11-25", "2025-06-18", "2025-03-26"):
        with Server(home) as server:
            answer = server.hello(version)
            checks.equal(answer["result"]["protocolVersion"], version, "the version asked for")
            tools = server.ask("tools/list")["result"]
            checks.that("nextCursor" not in tools and len(tools["tools"]) >= 52, "one page of tools")
            checks.equal(server.ask("ping").get("result"), {}, f"ping in {version}")
            checks.equal(server.end(), 0, "exit code")
    with Server(home) as server:
        answer = server.hello("2031-01-01")
        version = answer["result"]["protocolVersion"]
        checks.equal(version, "2025-11-25", "an unknown version is answered with one we know")
    with Server(home) as server:
        found = server.modern("server/discover", {})["result"]
        checks.that(MODERN in found["supportedVersions"], "server/discover", found)
        listed = server.modern("tools/list", {})["result"]
        checks.equal(listed["cacheScope"], "private", "the list is private")
        checks.that(listed["ttlMs"] >= 0, "the list may be kept")
        about = listed["_meta"]["io.modelcontextprotocol/serverInfo"]["name"]
        checks.equal(about, "okta-mcp", "who answers")
        checks.equal(server.end(), 0, "exit code")
    with Server(home) as server:
        server.hello()
        for method in ("prompts/list", "resources/list", "nothing/like/it"):
            code = server.ask(method).get("error", {}).get("code")
            checks.equal(code, -32601, f"{method} is not offered")


def malformed(checks: Checks, home: Home) -> None:
    with Server(home) as server:
        server.hello()
        ping = {"jsonrpc": "2.0", "id": 77, "method": "ping"}
        server.raw(json.dumps([ping, {**ping, "id": 78}]))
        answer = server.wait(lambda m: m.get("id") is None and "error" in m)
        checks.equal((answer or {}).get("error", {}).get("code"), -32600, "a batch has one error")
        time.sleep(0.2)
        batch = [m for m in server.kept if m.get("id") in (77, 78)]
        checks.equal(batch, [], "and no other answer")
        checks.equal(server.ask("ping").get("result"), {}, "the server goes on after a batch")
        server.raw("this is no JSON")
        server.raw("")
        server.raw('{"jsonrpc":"2.0","id":')
        checks.equal(server.ask("ping").get("result"), {}, "the server goes on after garbage")
        for name in ("no_such_tool", "", "list_users ", "../list_users"):
            code = server.call(name).get("error", {}).get("code")
            checks.equal(code, -32602, f"an unknown tool: {name!r}")
        code = server.ask("tools/call", {"arguments": {}}).get("error", {}).get("code")
        checks.that(code in (-32602, -32600, -32601), "a call without a name", code)
        for arguments in (
            {},
            {"user_id": 7},
            {"user_id": None},
            {"user_id": ""},
            {"user_id": ["a"]},
            {"user_id": "x", "no_such": 1},
        ):
            answer = server.call("get_user", arguments)
            checks.equal(kind(answer), "bad_argument", f"get_user {arguments}")
        for hostile in ("../groups", "a/b", "%2e%2e", "a?b=c", "a#b", "a\r\nX: y", "a\0b", "."):
            answer = server.call("get_user", {"user_id": hostile})
            checks.that(kind(answer) in ("bad_argument", "not_found"), f"get_user {hostile!r}", answer)
        checks.equal(is_error(server.call("get_user", {"user_id": "ana.silva@acme.example"})), False, "a login")
        answer = server.call("list_users", {"limit": "many"})
        checks.equal(kind(answer), "bad_argument", "a limit that is no number")
        answer = server.call("list_users", {"limit": None, "search": None, "q": "ana", "fields": None})
        checks.that(not is_error(answer), "null for an optional argument is not given", answer)
        answer = server.call("list_users", {"limit": 5000, "fields": "id"})
        checks.that(is_error(answer) or value(answer).get("notes"), "a limit beyond Okta's is told", answer)
        checks.equal(server.end(), 0, "exit code")
        checks.that("panicked" not in server.errors.decode(), "nothing panics", server.errors.decode())


def sealed_states(checks: Checks, home: Home) -> None:
    yes = {"confirm": {"action": "accept", "content": {"confirm": True}}}
    with Server(home) as server:

        def call(name: str, arguments: dict, **more) -> dict:
            return server.modern("tools/call", {"name": name, "arguments": arguments, **more})

        def new(name: str) -> dict:
            made = call("create_group", {"profile": {"name": name}})
            return {"group_id": value(made)["id"]}

        def there(group: dict) -> bool:
            return not is_error(call("get_group", group))

        def state(answer: dict) -> str | None:
            result = answer.get("result", {})
            return result.get("requestState") if result.get("resultType") == "input_required" else None

        one, two = new("E2E one"), new("E2E two")
        asked = call("delete_group", one)
        sealed = state(asked)
        checks.that(sealed and there(one), "the first call asks, and changes nothing", asked)
        answer = call("delete_group", one, inputResponses=yes)
        checks.that(state(answer) and there(one), "an answer without the state asks again", answer)
        answer = call("delete_group", two, inputResponses=yes, requestState=sealed)
        checks.that(state(answer) and there(two), "a state of another group asks again", answer)
        answer = call("deactivate_user", {"user_id": "ana.silva@acme.example"}, inputResponses=yes, requestState=sealed)
        checks.that(state(answer), "a state of another tool asks again", answer)

        wrong = {"confirm": {"action": "accept", "content": {"confirm": "yes"}}}
        answer = call("delete_group", one, inputResponses=wrong, requestState=sealed)
        checks.that((is_error(answer) or state(answer)) and there(one), "a word is no tick", answer)

        for at in range(0, len(sealed), max(1, len(sealed) // 24)):
            other = "A" if sealed[at] != "A" else "B"
            forged = sealed[:at] + other + sealed[at + 1 :]
            answer = call("delete_group", one, inputResponses=yes, requestState=forged)
            checks.that((state(answer) or is_error(answer)) and there(one), f"tampered at {at}", answer)
        for forged in ("", "x", sealed[:-4], sealed + "AAAA", base64.b64encode(b"{}" * 40).decode()):
            answer = call("delete_group", one, inputResponses=yes, requestState=forged)
            checks.that((state(answer) or is_error(answer)) and there(one), f"forged {forged[:12]!r}", answer)

        answer = call("delete_group", one, inputResponses=yes, requestState=sealed)
        checks.that(not is_error(answer) and not state(answer), "the true answer deletes", answer)
        checks.equal(there(one), False, "the group is gone")

        # Used twice: leaving a group can be done again once the person is back in it.
        user = value(call("get_user", {"user_id": "daniel.okafor@acme.example"}))["id"]
        member = {**two, "user_id": user}
        members = lambda: value(call("list_group_users", two))["total_fetched"]
        call("add_user_to_group", member)
        sealed = state(call("remove_user_from_group", member))
        answer = call("remove_user_from_group", member, inputResponses=yes, requestState=sealed)
        checks.that(not is_error(answer) and members() == 0, "the first use removes", answer)
        call("add_user_to_group", member)
        answer = call("remove_user_from_group", member, inputResponses=yes, requestState=sealed)
        checks.that(state(answer), "a second use asks again", answer)
        checks.equal(members(), 1, "a second use changes nothing")

        # The state of the target counts: what was shown is no longer true.
        sealed = state(call("delete_group", two))
        call("update_group", {**two, "profile": {"name": "E2E renamed"}})
        answer = call("delete_group", two, inputResponses=yes, requestState=sealed)
        checks.that(state(answer) and there(two), "after a change it asks again", answer)

        # Who declared no forms is not asked.
        params = {"name": "delete_group", "arguments": two}
        answer = server.modern("tools/call", params, {})
        checks.equal(kind(answer), "confirmation_unavailable", "without elicitation")
        answer = server.modern("tools/call", {**params, "inputResponses": yes, "requestState": sealed}, {})
        checks.equal(kind(answer), "confirmation_unavailable", "and not by an answer either")
        checks.that(there(two), "the group is there")

    # Sealed by another process: worth nothing here.
    with Server(home) as first, Server(home) as second:
        params = {"name": "deactivate_user", "arguments": {"user_id": "ana.silva@acme.example"}}
        sealed = first.modern("tools/call", params)["result"]["requestState"]
        answer = second.modern("tools/call", {**params, "inputResponses": yes, "requestState": sealed})
        checks.equal(answer["result"].get("resultType"), "input_required", "another process asks again")


def scopes(checks: Checks, home: Home) -> None:
    with Server(home, OKTA_SCOPES="okta.users.read,okta.groups.read") as server:
        server.hello()
        names = {tool["name"] for tool in server.ask("tools/list")["result"]["tools"]}
        checks.that("list_users" in names and "list_groups" in names, "reads are listed", sorted(names))
        checks.that(not names & {"create_user", "get_logs", "delete_group"}, "others are not", sorted(names))
        answer = server.call("create_user", {"profile": {}})
        checks.equal(kind(answer), "missing_scope", "a known tool without its scope")
        checks.that("okta.users.manage" in value(answer)["error"]["message"], "names the scope", answer)
        answer = server.call("get_logs")
        checks.that("okta.logs.read" in value(answer)["error"]["message"], "names the scope", answer)
        status = value(server.call("get_scope_status"))
        checks.that("okta.users.manage" in json.dumps(status["disabled_tools"]), "get_scope_status", status)
    with Server(home, OKTA_SCOPES="okta.groups.manage") as server:
        server.hello()
        checks.that(not is_error(server.call("list_groups", {"limit": 1})), "manage includes read")


def granted(checks: Checks, home: Home) -> None:
    """Okta grants fewer scopes than were asked for: the list changes, and clients are told."""
    asked = "okta.users.read okta.groups.read okta.groups.manage"
    okta = FakeOkta(granted="okta.users.read okta.groups.read", slow=0.0)
    try:
        with Server(home, (), **okta.environment(asked)) as server:
            server.hello()
            changed = server.wait(lambda m: m.get("method") == "notifications/tools/list_changed", 10)
            names = {tool["name"] for tool in server.ask("tools/list")["result"]["tools"]}
            checks.that("create_group" not in names, "what is not granted is not listed", sorted(names))
            # The grant may be known before the client said hello: then the first list is right.
            checks.that(changed or "create_group" not in names, "list_changed, or a right first list")
            answer = server.call("create_group", {"profile": {"name": "x"}})
            checks.equal(kind(answer), "missing_scope", "not granted")
            checks.that("okta.groups.manage" in value(answer)["error"]["message"], "names it", answer)
            checks.that(("POST", "/api/v1/groups") not in okta.seen, "nothing was sent", okta.seen)
    finally:
        okta.close()
    refusing = FakeOkta(granted=None, status=400)
    try:
        with Server(home, (), **refusing.environment(asked)) as server:
            server.hello()
            names = [tool["name"] for tool in server.ask("tools/list")["result"]["tools"]]
            checks.that("create_group" in names, "the configured scopes decide until then", names)
            answer = server.call("list_users")
            checks.that(is_error(answer) and "invalid_scope" in json.dumps(value(answer)), "Okta's word", answer)
    finally:
        refusing.close()


def list_changed(checks: Checks, home: Home) -> None:
    """The grant comes after the list was served: legacy clients are told, listeners too."""
    asked = "okta.users.read okta.groups.manage"
    for modern in (False, True):
        okta = FakeOkta(granted="okta.users.read")
        gate = threading.Event()
        original = okta.server.RequestHandlerClass.answer

        def held(self, original=original, gate=gate):
            gate.wait(20)
            original(self)

        okta.server.RequestHandlerClass.do_POST = held
        try:
            with Server(home, (), **okta.environment(asked)) as server:
                if modern:
                    listed = server.modern("tools/list", {})["result"]["tools"]
                    meta = {
                        "io.modelcontextprotocol/protocolVersion": MODERN,
                        "io.modelcontextprotocol/clientCapabilities": {},
                    }
                    filters = {"toolsListChanged": True}
                    server.request("subscriptions/listen", {"notifications": filters, "_meta": meta})
                    acknowledged = server.wait(lambda m: "acknowledged" in m.get("method", ""), 10)
                    checks.that(acknowledged, "the subscription is acknowledged", server.kept)
                else:
                    server.hello()
                    listed = server.ask("tools/list")["result"]["tools"]
                checks.that(any(t["name"] == "create_group" for t in listed), "listed before the grant")
                gate.set()
                told = server.wait(lambda m: m.get("method") == "notifications/tools/list_changed", 10)
                checks.that(told, f"list_changed, modern: {modern}", [server.kept, server.errors.decode()])
                listed = server.modern("tools/list", {}) if modern else server.ask("tools/list")
                names = [tool["name"] for tool in listed["result"]["tools"]]
                checks.that("create_group" not in names, "not listed after it", names)
        finally:
            gate.set()
            okta.close()


def cancelled(checks: Checks, home: Home) -> None:
    """A cancelled read ends; a cancelled change, once sent, is finished and recorded."""
    okta = FakeOkta(granted="okta.groups.read okta.groups.manage", slow=1.5)
    try:
        with Server(home, (), **okta.environment("okta.groups.manage")) as server:
            server.hello()
            begun = time.monotonic()
            read = server.request("tools/call", {"name": "list_groups", "arguments": {}})
            time.sleep(0.6)
            server.send(method="notifications/cancelled", params={"requestId": read, "reason": "no"})
            checks.equal(server.ask("ping").get("result"), {}, "the server goes on after a cancel")
            checks.that(time.monotonic() - begun < 1.4, "without waiting for Okta")
            late = server.wait(lambda m: m.get("id") == read and "result" in m, 2.5)
            checks.equal(late, None, "no result for a cancelled call")

            arguments = {"profile": {"name": "sent"}}
            write = server.request("tools/call", {"name": "create_group", "arguments": arguments})
            end = time.monotonic() + 10
            while ("POST", "/api/v1/groups") not in okta.seen and time.monotonic() < end:
                time.sleep(0.02)
            server.send(method="notifications/cancelled", params={"requestId": write})
            # Closing standard input right after does not stop it either.
            checks.equal(server.end(), 0, "exit code")
        checks.that(("POST", "dropped") not in okta.seen, "the change was not cut off", okta.seen)
        rows = [row for row in home.trail() if row["kind"] == "call" and row["tool"] == "create_group"]
        call = f"{rows[-1]['seq']}-"
        outcome = [row for row in home.trail() if row["kind"] == "outcome" and row["call"].startswith(call)]
        checks.equal([row["outcome"] for row in outcome][-1:], ["success"], "its outcome is in the trail")
    finally:
        okta.close()


def unreachable(checks: Checks, home: Home) -> None:
    environment = FakeOkta(granted="")
    environment.close()
    settings = {**environment.environment("okta.users.read"), "OKTA_MCP_READ_ATTEMPTS": "1"}
    with Server(home, (), **settings) as server:
        begun = time.monotonic()
        checks.that("result" in server.hello(), "initialize answers without the org")
        listed = server.ask("tools/list")["result"]["tools"]
        checks.that(any(tool["name"] == "list_users" for tool in listed), "tools/list answers")
        checks.that(time.monotonic() - begun < 2, "at once", time.monotonic() - begun)
        answer = server.call("list_users")
        checks.that(kind(answer) in ("network", "sign_in"), "the first call says why", answer)
        checks.that("items" not in value(answer), "an error is never an empty list", answer)
        checks.equal(server.end(), 0, "exit code")
    settings = {**settings, "OKTA_ORG_URL": "https://nowhere.invalid"}
    with Server(home, (), **settings) as server:
        answer = server.modern("tools/list", {})
        checks.that(answer.get("result", {}).get("tools"), "tools/list for a name that is unknown")
        answer = server.modern("tools/call", {"name": "list_users", "arguments": {}})
        checks.that(kind(answer) in ("network", "sign_in"), "and the call says why", answer)


def start(checks: Checks, home: Home) -> None:
    """What can be judged without the network stops the start: one clear line, exit code 2."""
    good = FakeOkta(granted="")
    good.close()
    good = good.environment("okta.users.read")

    def refused(name: str, word: str, **changes: str | None) -> None:
        settings = {key: text for key, text in {**good, **changes}.items() if text is not None}
        ended = subprocess.run(
            [str(BINARY)],
            env=home.environment(**settings),
            cwd=home.path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=20,
        )
        said = ended.stderr.decode()
        checks.equal(ended.returncode, 2, f"{name}: exit code")
        checks.equal(ended.stdout, b"", f"{name}: standard output")
        checks.that(word in said, f"{name} names {word}", said)
        checks.that(len(said.strip().splitlines()) <= 3, f"{name} is short", said)
        checks.that("PRIVATE KEY" not in said, f"{name} tells no secret", said)

    refused("no org", "OKTA_ORG_URL", OKTA_ORG_URL=None)
    refused("plain http", "OKTA_ORG_URL", OKTA_ORG_URL="http://acme.okta.com")
    refused("a path", "OKTA_ORG_URL", OKTA_ORG_URL="https://acme.okta.com/app")
    refused("the admin host", "-admin", OKTA_ORG_URL="https://acme-admin.okta.com")
    refused("no scopes", "OKTA_SCOPES", OKTA_SCOPES=None)
    refused("no client", "OKTA_CLIENT_ID", OKTA_CLIENT_ID=None)
    refused("no key, and it is to sign in", "OKTA_PRIVATE_KEY", OKTA_PRIVATE_KEY=None, OKTA_MCP_SIGN_IN="private_key")
    refused("a broken key", "OKTA_PRIVATE_KEY", OKTA_PRIVATE_KEY=KEY[:60])
    refused("a key file that is not there", "OKTA_PRIVATE_KEY", OKTA_PRIVATE_KEY="/nowhere/key.pem")
    refused("two ways to sign in", "OKTA_API_TOKEN", OKTA_API_TOKEN="00secret")
    refused("a number that is none", "OKTA_MCP_MAX_IN_FLIGHT", OKTA_MCP_MAX_IN_FLIGHT="many")
    refused("a word that is unknown", "OKTA_MCP_SENSITIVE", OKTA_MCP_SENSITIVE="perhaps")
    person = {name: value for name, value in good.items() if name != "OKTA_PRIVATE_KEY"}
    with Server(home, (), **person) as server:
        checks.that("result" in server.hello(), "no key: a person signs in", server.errors.decode())
    for form in (KEY.replace("\n", "\\n"), base64.b64encode(KEY.encode()).decode()):
        with Server(home, (), **{**good, "OKTA_PRIVATE_KEY": form}) as server:
            checks.that("result" in server.hello(), f"a key as {form[:8]}…", server.errors.decode())


def secrets(checks: Checks, home: Home) -> None:
    """What a model gives as a secret is in no log and no trail."""
    with Server(home, OKTA_LOG_LEVEL="DEBUG") as server:
        server.hello(capabilities=FORM)
        config = {
            "name": "oidc_client",
            "label": "E2E secret",
            "signOnMode": "OPENID_CONNECT",
            "credentials": {
                "oauthClient": {
                    "client_secret": "hush-hush-this-is-a-client-secret-0123456789",
                    "token_endpoint_auth_method": "client_secret_basic",
                }
            },
            "settings": {
                "oauthClient": {
                    "redirect_uris": ["https://example.com/cb"],
                    "response_types": ["code"],
                    "grant_types": ["authorization_code"],
                    "application_type": "web",
                }
            },
        }
        answer = server.call("create_application", {"app_config": config})
        checks.that("hush-hush" not in json.dumps(answer), "not in the answer", answer)
        server.end()
        checks.that("hush-hush" not in json.dumps(home.trail()), "not in the trail")
        checks.that(b"hush-hush" not in server.errors, "not in the log")
        checks.that(b"PRIVATE KEY" not in server.errors, "no key in the log")
        for line in server.lines:
            checks.that(json.loads(line).get("jsonrpc") == "2.0", "standard output is MCP", line)


def main() -> None:
    checks = Checks("the protocol, line by line")
    parts = (
        greetings,
        malformed,
        sealed_states,
        scopes,
        granted,
        list_changed,
        cancelled,
        unreachable,
        start,
        secrets,
    )
    for part in parts:
        begun = time.monotonic()
        try:
            with Home() as home:
                part(checks, home)
        except Exception as error:  # noqa: BLE001: the other parts still run
            checks.broke(part.__name__, error)
        print(f"   {part.__name__}: {time.monotonic() - begun:.1f} s", flush=True)
    checks.end()


main()
