"""The Python `mcp` client, 1.x and 2.x, behind one small face."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from importlib.metadata import version

import mcp
from mcp import StdioServerParameters

from checks import BINARY, Home

VERSION = version("mcp")
SECOND = VERSION.startswith("2.")


class Answer:
    """What a tool answered."""

    def __init__(self, is_error: bool, text: str) -> None:
        self.is_error = is_error
        self.text = text
        self.value = json.loads(text)

    @property
    def kind(self) -> str | None:
        return self.value.get("error", {}).get("kind") if self.is_error else None


class Face:
    """A connected client."""

    def __init__(self, client) -> None:
        self.client = client
        self.called: set[str] = set()
        self.questions: list[str] = []

    async def tools(self) -> list:
        listed = await self.client.list_tools()
        cursor = listed.next_cursor if SECOND else listed.nextCursor
        assert cursor is None, "tools/list is one page"
        return listed.tools

    async def call(self, name: str, progress=None, /, **arguments) -> Answer:
        self.called.add(name)
        result = await self.client.call_tool(name, arguments, progress_callback=progress)
        (block,) = result.content
        is_error = result.is_error if SECOND else result.isError
        return Answer(bool(is_error), block.text)


def error_types():
    """The exceptions for a JSON-RPC error."""
    if SECOND:
        return (mcp.MCPError,)
    from mcp.shared.exceptions import McpError

    return (McpError,)


def error_code(error) -> int:
    return error.error.code


def read_only(tool) -> bool:
    hints = tool.annotations
    return hints.read_only_hint if SECOND else hints.readOnlyHint


def input_schema(tool) -> dict:
    return tool.input_schema if SECOND else tool.inputSchema


@asynccontextmanager
async def connected(home: Home, mode: str, answer=None, args=("--sandbox",), messages=None, **more):
    """A client on a new server. `answer` answers questions; without it none can be asked."""
    server = StdioServerParameters(
        command=str(BINARY), args=list(args), env=home.environment(**more), cwd=str(home.path)
    )
    face = Face(None)

    async def elicit(context, params):
        del context
        face.questions.append(params.message)
        return answer(params)

    callback = elicit if answer else None
    if SECOND:
        async with mcp.Client(
            server,
            mode=mode,
            elicitation_callback=callback,
            message_handler=messages,
            read_timeout_seconds=60,
        ) as client:
            face.client = client
            face.version = client.protocol_version
            yield face
    else:
        from datetime import timedelta

        from mcp.client.stdio import stdio_client

        assert mode == "legacy", "mcp 1.x knows no other era"
        async with (
            stdio_client(server) as (read, write),
            mcp.ClientSession(
                read,
                write,
                elicitation_callback=callback,
                message_handler=messages,
                read_timeout_seconds=timedelta(seconds=60),
            ) as session,
        ):
            greeting = await session.initialize()
            face.client = session
            face.version = greeting.protocolVersion
            yield face


def accept(confirm: object = True):
    return lambda params: mcp.types.ElicitResult(action="accept", content={"confirm": confirm})


def act(action: str):
    return lambda params: mcp.types.ElicitResult(action=action)


def refuse():
    return lambda params: mcp.types.ErrorData(code=-32603, message="no screen here")
