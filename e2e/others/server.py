"""Okta's own MCP server over stdio, a client of it, and what it asks of the sandbox."""

from __future__ import annotations

import json
import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from exchange import Exchange
from ledger import Ledger, Wrong, difference
from mcp import ClientSession, StdioServerParameters, types
from mcp.client.stdio import stdio_client
from org import Org

VERSION = version("okta-mcp-server")
HERE = Path(__file__).resolve().parent
# Scopes that unlock every tool.
SCOPES = " ".join(
    f"okta.{what}.{right}"
    for what in "users groups apps policies deviceAssurance brands templates domains "
    "emailDomains customPages themes".split()
    for right in ("read", "manage")
) + " okta.logs.read okta.schemas.read okta.userTypes.read"


class Server:
    """A connected server, and the ledger that its calls are entered in."""

    def __init__(self, session: ClientSession, ledger: Ledger, log: Path) -> None:
        self.session = session
        self.ledger = ledger
        self.log = log
        self.read = 0
        self.called: set[str] = set()
        self.questions: list[str] = []
        # What the person answers: "accept", "decline" or "cancel".
        self.answer = "accept"

    async def elicit(self, _context, params):
        self.questions.append(params.message)
        content = {"confirm": True} if self.answer == "accept" else None
        return types.ElicitResult(action=self.answer, content=content)

    async def ok(self, case: str, /, expect=None, wire=None, asks=0, unechoed=(), **arguments):
        """Calls a tool that must succeed, and gives what the sandbox answered last.

        `case` is the tool's name, and after a blank what is special. `expect` must be in what the
        tool gives; `wire` in the body that it sends last; `asks` is how often a person is asked.
        """
        value, made, asked = await self._call(case.split()[0], arguments)
        wrong = None
        try:
            self._judge(value, made, expect, wire, unechoed)
            if asked != asks:
                raise Wrong(f"it asked {asked} times, wanted {asks}")
        except Wrong as error:
            wrong = str(error)
        self._enter(case, wrong, made)
        return made[-1].got if made else value

    async def refused(
        self, case: str, status: int, code: str, /, asks=0, told: str = "", **arguments
    ) -> None:
        """Calls a tool whose last request Okta refuses in this way. The tool tells the code, or
        what `told` says."""
        value, made, asked = await self._call(case.split()[0], arguments)
        wrong = None
        earlier = [each.fault() for each in made[:-1] if each.fault() is not None]
        if not made or (made[-1].status, made[-1].code) != (status, code):
            last = f"{made[-1].line}: {made[-1].got}" if made else f"no request: {value}"
            wrong = f"wanted {status} {code}, got {last}"
        elif earlier:
            wrong = earlier[0]
        elif asked != asks:
            wrong = f"it asked {asked} times, wanted {asks}"
        elif told_error(value) is None:
            wrong = f"the tool tells of no error: {json.dumps(value)[:300]}"
        elif (told or code) not in json.dumps(value):
            wrong = f"the tool does not tell {told or code}: {json.dumps(value)[:300]}"
        self._enter(case, wrong, made, code)

    async def itself(self, case: str, words: str, /, asks=0, requests=0, **arguments) -> None:
        """Calls a tool that answers in these words without a change at Okta."""
        value, made, asked = await self._call(case.split()[0], arguments)
        wrong = None
        faults = [each.fault() for each in made if each.fault() is not None]
        if faults:
            wrong = faults[0]
        elif [each for each in made if each.method != "GET"] or len(made) != requests:
            wrong = "it asked Okta: " + ", ".join(each.line for each in made)
        elif words not in json.dumps(value):
            wrong = f"it answered {json.dumps(value)[:600]}"
        elif asked != asks:
            wrong = f"it asked {asked} times, wanted {asks}"
        self._enter(case, wrong, made)

    async def _call(self, tool: str, arguments: dict):
        """What the tool gives, the exchanges that it made, and how often it asked."""
        self.called.add(tool)
        asked = len(self.questions)
        result = await self.session.call_tool(tool, arguments)
        blocks = [parsed(block.text) for block in result.content]
        value = blocks[0] if len(blocks) == 1 else blocks
        if result.isError:
            value = {"error": value}
        return value, self.exchanges(), len(self.questions) - asked

    def exchanges(self) -> list[Exchange]:
        """What was asked of the sandbox since the last look, tokens left out."""
        if not self.log.exists():
            return []
        with self.log.open("rb") as file:
            file.seek(self.read)
            lines = file.read()
        self.read += len(lines)
        made = [Exchange(**json.loads(line)) for line in lines.splitlines()]
        for each in made:
            if each.url.endswith("/oauth2/v1/token"):
                self.ledger.case("server", "token", each.fault(), each.line)
        return [each for each in made if not each.url.endswith("/oauth2/v1/token")]

    def _judge(self, value, made, expect, wire, unechoed) -> None:
        for each in made:
            if (found := each.fault(unechoed)) is not None:
                raise Wrong(found)
        if (error := told_error(value)) is not None:
            raise Wrong(f"the tool tells of an error: {error}")
        if wire is not None:
            if not made:
                raise Wrong("it sent nothing")
            if (found := difference(wire, made[-1].sent)) is not None:
                raise Wrong(f"the server did not send what it was given: {found}")
        if expect is not None and (found := difference(expect, value)) is not None:
            raise Wrong(f"the tool's answer: {found}")

    def _enter(self, case: str, wrong: str | None, made: list[Exchange], code: str = "") -> None:
        note = ", ".join(each.line for each in made) + (f" {code}" if code else "")
        self.ledger.case("server", case, wrong, note or "no request")


def parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def told_error(value: object) -> str | None:
    """The error in an answer, in one of the shapes that the server has for it."""
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, dict):
        return None
    for name in ("error", "exception"):
        if name in first:
            return first[name] if isinstance(first[name], str) else json.dumps(first[name])
    if first.get("success") is False or first.get("ok") is False:
        return json.dumps(first)
    return None


@asynccontextmanager
async def started(org: Org, ledger: Ledger):
    """The server, signed in by private key JWT."""
    log = org.home / "server.jsonl"
    env = {
        name: org.env[name]
        for name in ("OKTA_ORG_URL", "OKTA_CLIENT_ID", "OKTA_KEY_ID", "SSL_CERT_FILE")
    }
    env |= {
        "OKTA_PRIVATE_KEY": org.key,
        "OKTA_SCOPES": SCOPES,
        "REQUESTS_CA_BUNDLE": org.env["SSL_CERT_FILE"],
        # Where it keeps its token.
        "HOME": str(org.home),
        "PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring",
    }
    parameters = StdioServerParameters(
        command=sys.executable, args=[str(HERE / "observed.py"), str(log)], env=env, cwd=org.home
    )
    with (org.home / "server.txt").open("w") as errors:
        async with stdio_client(parameters, errlog=errors) as (incoming, outgoing):
            server = Server(None, ledger, log)
            async with ClientSession(
                incoming,
                outgoing,
                elicitation_callback=server.elicit,
                read_timeout_seconds=timedelta(seconds=60),
            ) as session:
                server.session = session
                await session.initialize()
                yield server
