"""Signing in through the SDK: what is not granted, and what does not fit, is refused."""

from __future__ import annotations

from ledger import Ledger
from org import Org
from sdk import signed_in
from sdk_people import NOBODY


async def run(org: Org, ledger: Ledger) -> None:
    async with signed_in(org, "jwt", ledger, scopes=["okta.groups.read"]) as sdk:
        await sdk.ok("list_groups with its scope", limit=2)
        await sdk.refused("list_users without scope", 403, "E0000006", limit=2)
        await sdk.refused("get_user without scope", 403, "E0000006", NOBODY)
        await sdk.refused("add_group without scope", 403, "E0000006", {"profile": {"name": "No"}})
    async with signed_in(org, "jwt", ledger, scopes=["okta.groups.manage"]) as sdk:
        # What may be changed may be read.
        await sdk.ok("list_groups to manage", limit=2)
    async with signed_in(org, "jwt", ledger, scopes=["okta.nothing.read"]) as sdk:
        await sdk.refused("list_groups unknown scope", 400, "invalid_scope", limit=2)
    async with signed_in(org, "jwt", ledger, clientId="0oanothing0000000000") as sdk:
        await sdk.refused("list_groups unknown client", 401, "invalid_client", limit=2)
    async with signed_in(org, "jwt", ledger, kid="no-such-key") as sdk:
        await sdk.refused("list_groups unknown key", 401, "invalid_client", limit=2)
    async with signed_in(org, "token", ledger, token="00nothing") as sdk:
        await sdk.refused("list_groups unknown token", 401, "E0000011", limit=2)
    org.demand_dpop(True)
    async with signed_in(org, "jwt", ledger) as sdk:
        await sdk.refused("list_groups without proof", 400, "invalid_dpop_proof", limit=2)
    org.demand_dpop(False)
