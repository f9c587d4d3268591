"""Who may say yes to a destructive call: the person asked, and nobody else.

Usage: confirm.py legacy|2026-07-28
"""

from __future__ import annotations

import asyncio
import sys

from checks import Checks, Home
from clients import VERSION, accept, act, connected, error_types, refuse


async def group(face) -> str:
    made = await face.call("create_group", profile={"name": "E2E", "description": "stays"})
    assert not made.is_error, made.text
    return made.value["id"]


async def there(face, group_id: str) -> bool:
    answer = await face.call("get_group", group_id=group_id)
    return not answer.is_error


async def delete(face, group_id: str):
    """Deletes; what a client makes of an error that its own person's side gave is an answer too."""
    try:
        return await face.call("delete_group", group_id=group_id)
    except error_types() as error:
        return error


async def main(mode: str) -> None:
    checks = Checks(f"confirmation: Python mcp {VERSION}, {mode}")

    async def case(name: str, answer, gone: bool, kinds: set, asks: bool = True, **environment):
        try:
            with Home() as home:
                async with connected(home, mode, answer, **environment) as face:
                    target = await group(face)
                    result = await delete(face, target)
                    kind = getattr(result, "kind", "protocol_error")
                    checks.that(kind in kinds, f"{name}: {kinds}", repr(getattr(result, "text", result)))
                    checks.equal(not await there(face, target), gone, f"{name}: the group is gone")
                    checks.equal(len(face.questions), int(asks), f"{name}: questions")
                    for question in face.questions:
                        checks.that('Delete group "E2E"?' in question, f"{name}: the words", question)
                    calls = {
                        f"{row['seq']}-": row
                        for row in home.trail()
                        if row["kind"] == "call" and row["tool"] == "delete_group"
                    }
                    intents = [
                        row
                        for row in home.trail()
                        if row["kind"] == "intent" and row["call"].startswith(tuple(calls))
                    ]
                    checks.equal(len(intents), int(gone), f"{name}: intents in the trail")
        except Exception as error:  # noqa: BLE001: the other cases still run
            checks.broke(name, error)

    await case("confirmed", accept(), True, {None})
    await case("accepted without the tick", accept(False), False, {"not_confirmed"})
    await case("a word in place of the tick", accept("true"), False, {"not_confirmed", "protocol_error"})
    await case("declined", act("decline"), False, {"not_confirmed"})
    await case("cancelled", act("cancel"), False, {"not_confirmed"})
    await case("answered with an error", refuse(), False, {"not_confirmed", "protocol_error"})
    await case("cannot be asked", None, False, {"confirmation_unavailable"}, asks=False)
    await case(
        "cannot be asked, sensitive ones allowed",
        None,
        False,
        {"confirmation_unavailable"},
        asks=False,
        OKTA_MCP_SENSITIVE="allow",
    )

    # Sensitive calls: refused where nobody can be asked, unless that is allowed.
    for allowed in (False, True):
        environment = {"OKTA_MCP_SENSITIVE": "allow"} if allowed else {}
        name = f"a sensitive call, nobody to ask, allowed: {allowed}"
        try:
            with Home() as home:
                async with connected(home, mode, None, **environment) as face:
                    everyone = (await face.call("list_groups", q="Everyone")).value["items"][0]["id"]
                    data = {
                        "type": "OKTA_SIGN_ON",
                        "name": "E2E",
                        "conditions": {"people": {"groups": {"include": [everyone]}}},
                    }
                    answer = await face.call("create_policy", policy_data=data)
                    kind = None if allowed else "confirmation_unavailable"
                    checks.equal(answer.kind, kind, name)
                    listed = await face.call("list_policies", type="OKTA_SIGN_ON", fields="name")
                    checks.equal({"name": "E2E"} in listed.value["items"], allowed, f"{name}: done")
                    if not allowed:
                        checks.that(answer.value["error"].get("next"), "it says how to go on", answer.text)
        except Exception as error:  # noqa: BLE001: the other case still runs
            checks.broke(name, error)
    checks.end()


asyncio.run(main(sys.argv[1]))
