"""The parts of run.py, one after the other on one org."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import okta_mcp_server
import sdk_access
import sdk_apps
import sdk_brands
import sdk_devices
import sdk_domains
import sdk_pages
import sdk_people
import sdk_policies
import sdk_templates
import server_apps
import server_brands
import server_domains
import server_pages
import server_people
import server_policies
import server_templates
from ledger import Ledger
from org import Org
from sdk import VERSION as SDK_VERSION
from sdk import Sdk, signed_in
from server import VERSION as SERVER_VERSION
from server import started

SDK_AREAS = {
    "people": sdk_people.run,
    "apps": sdk_apps.run,
    "policies": sdk_policies.run,
    "devices": sdk_devices.run,
    "brands": sdk_brands.run,
    "pages": sdk_pages.run,
    "templates": sdk_templates.run,
    "domains": sdk_domains.run,
}
SERVER_AREAS = {
    "people": server_people.run,
    "apps": server_apps.run,
    "policies": server_policies.run,
    "brands": server_brands.run,
    "pages": server_pages.run,
    "templates": server_templates.run,
    "domains": server_domains.run,
}


async def each_area(program: str, areas: dict, wanted: list[str], driver, ledger: Ledger) -> None:
    for name, area in areas.items():
        if wanted and name not in wanted:
            continue
        try:
            await area(driver)
        except Exception as error:
            # A case before it has failed, and is entered: the rest hangs on it.
            ledger.case(program, name, f"broke off: {type(error).__name__}: {error}", "-")


async def sdk_part(org: Org, ledger: Ledger, wanted: list[str]) -> None:
    for kind in ("jwt", "token", "dpop"):
        print(f"== okta-sdk-python {SDK_VERSION}, signed in by {kind}", flush=True)
        # What a token is bound to makes no difference to what is done with it: one area will do.
        areas = {"people": SDK_AREAS["people"]} if kind == "dpop" else SDK_AREAS
        org.demand_dpop(kind == "dpop")
        async with signed_in(org, kind, ledger) as sdk:
            await each_area("sdk", areas, wanted, sdk, ledger)
            sdk.tokens()
    org.demand_dpop(False)
    if not wanted:
        print("== okta-sdk-python, what is not granted", flush=True)
        await sdk_access.run(org, ledger)
        missing = sorted(used_by_tools() - Sdk.called)
        wrong = f"never called: {', '.join(missing)}" if missing else None
        ledger.case("sdk", "every operation", wrong, f"{len(used_by_tools())} operations of tools")


def used_by_tools() -> set[str]:
    """The methods of the SDK that the tools of Okta's own server call."""
    folder = Path(okta_mcp_server.__file__).parent / "tools"
    sources = "".join(file.read_text() for file in sorted(folder.rglob("*.py")))
    names = set(re.findall(r"client\.([a-z_]+)\(", sources))
    # The catalog of apps has no method: those tools send a request of their own.
    return names - {"get_request_executor"}


async def server_part(org: Org, ledger: Ledger, wanted: list[str]) -> None:
    print(f"== okta-mcp-server {SERVER_VERSION}", flush=True)
    async with started(org, ledger) as server:
        tools = {tool.name for tool in (await server.session.list_tools()).tools}
        server.exchanges()
        await each_area("server", SERVER_AREAS, wanted, server, ledger)
        if not wanted:
            missing = sorted(tools - server.called)
            wrong = f"never called: {', '.join(missing)}" if missing else None
            ledger.case("server", "every tool", wrong, f"{len(tools)} tools")


def run(org: Org, words: list[str]) -> int:
    programs = {word for word in words if word in ("sdk", "server")} or {"sdk", "server"}
    wanted = [word for word in words if word not in ("sdk", "server")]
    ledger = Ledger()
    if "sdk" in programs:
        asyncio.run(sdk_part(org, ledger, wanted))
    if "server" in programs:
        asyncio.run(server_part(org, ledger, wanted))
    if not wanted:
        ledger.stale(programs)
    return ledger.end()
