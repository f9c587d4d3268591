"""Seconds from the start of a server's process to its list of tools, by the Python client.

Usage: start.py COUNT PROGRAM; for `cargo xtask bench`. The server gets this environment.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time

import mcp


async def main(count: int, program: str) -> None:
    for _ in range(count):
        server = mcp.StdioServerParameters(command=program, env=dict(os.environ))
        begun = time.perf_counter()
        async with mcp.Client(server, mode="legacy", read_timeout_seconds=60) as client:
            listed = await client.list_tools()
            print(time.perf_counter() - begun)
            assert listed.tools


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
