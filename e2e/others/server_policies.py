"""Policies, their rules and device assurance through the tools of Okta's own server."""

from __future__ import annotations

from sdk_devices import NO_ASSURANCE, PLATFORMS
from sdk_policies import NO_POLICY, NO_RULE, OWN_ID, cases
from server import Server


async def run(server: Server) -> None:
    found = await server.ok("list_groups for policies", q="Sales")
    people = {"people": {"groups": {"include": [found[0]["id"]]}}}
    for kind, policy, rule, changed in cases(people):
        await a_life(server, kind, policy, rule, changed)
    await lists(server)
    await refusals(server, people)
    for platform, conditions in PLATFORMS.items():
        # The server takes versions of three parts or four only, and less of Android than Okta.
        version = {"IOS": "17.4.1", "ANDROID": "14.0.0"}.get(platform)
        exact = {"osVersion": {"minimum": version}} if version else {}
        some = {**conditions, **exact}
        if platform == "ANDROID":
            del some["diskEncryptionType"], some["secureHardwarePresent"]
        await an_assurance(server, platform, some)
    await assurances(server)


async def a_life(server: Server, kind: str, more: dict, rule: dict, changed: dict) -> None:
    sent = {"type": kind, "name": f"Night {kind} (server)", "description": "Late.", **more}
    made = await server.ok(
        f"create_policy {kind}", policy_data=sent, wire=sent, unechoed=OWN_ID, expect=sent
    )
    policy = made["id"]
    await server.ok(f"get_policy {kind}", policy_id=policy, expect={"id": policy})
    other = {**sent, "description": "Later."}
    await server.ok(
        f"update_policy {kind}", policy_id=policy, policy_data=other, wire=other, unechoed=OWN_ID
    )
    made = await server.ok(
        f"create_policy_rule {kind}",
        policy_id=policy,
        rule_data={"name": f"Rule of {kind}", "priority": 1, **rule},
        wire={"name": f"Rule of {kind}", **rule},
    )
    key = {"policy_id": policy, "rule_id": made["id"]}
    await server.ok(f"get_policy_rule {kind}", **key, expect={"id": made["id"], **rule})
    await server.ok(
        f"list_policy_rules {kind}",
        policy_id=policy,
        expect=lambda page: made["id"] in [each["id"] for each in page["items"]],
    )
    await server.ok(
        f"update_policy_rule {kind}",
        **key,
        rule_data={"name": f"Rule of {kind}, changed", **rule, **changed},
        wire=changed,
    )
    await server.ok(f"deactivate_policy_rule {kind}", **key, asks=1)
    await server.ok(f"activate_policy_rule {kind}", **key)
    await server.ok(f"delete_policy_rule {kind}", **key, asks=1)
    await server.refused(f"get_policy_rule deleted {kind}", 404, "E0000007", **key)
    await server.ok(f"deactivate_policy {kind}", policy_id=policy, asks=1)
    await server.ok(f"activate_policy {kind}", policy_id=policy)
    await server.ok(f"delete_policy {kind}", policy_id=policy, asks=1)
    await server.refused(f"get_policy deleted {kind}", 404, "E0000007", policy_id=policy)


async def lists(server: Server) -> None:
    for kind in "OKTA_SIGN_ON PASSWORD MFA_ENROLL ACCESS_POLICY PROFILE_ENROLLMENT".split():
        await server.ok(
            f"list_policies {kind}", type=kind, expect=lambda page: page["total_fetched"] > 0
        )
    await server.ok("list_policies active", type="OKTA_SIGN_ON", status="ACTIVE", fetch_all=True)
    await server.ok("list_policies q", type="PASSWORD", q="Default")


async def refusals(server: Server, people: dict) -> None:
    await server.refused("get_policy nothing", 404, "E0000007", policy_id=NO_POLICY)
    await server.refused("list_policy_rules nothing", 404, "E0000007", policy_id=NO_POLICY)
    found = await server.ok("list_policies for the default", type="OKTA_SIGN_ON")
    default = next(each for each in found if each["system"])
    key = {"policy_id": default["id"]}
    await server.refused("get_policy_rule nothing", 404, "E0000007", **key, rule_id=NO_RULE)
    await server.refused("delete_policy default", 403, "E0000111", asks=1, **key)
    await server.refused("deactivate_policy default", 403, "E0000111", asks=1, **key)
    server.answer = "decline"
    await server.itself("delete_policy declined", "cancelled", asks=1, **key)
    await server.itself("delete_policy_rule declined", "cancelled", asks=1, **key, rule_id=NO_RULE)
    server.answer = "accept"
    twice = {"type": "OKTA_SIGN_ON", "name": default["name"], "conditions": people}
    await server.refused("create_policy same name", 400, "E0000001", policy_data=twice)


async def an_assurance(server: Server, platform: str, conditions: dict) -> None:
    version = conditions["osVersion"]["minimum"]
    given = {"name": f"{platform} of the night (server)", "platform": platform, **conditions}
    del given["osVersion"]
    made = await server.ok(
        f"create_device_assurance_policy {platform}",
        policy_data=given,
        user_stated_os_version=version,
        wire={**given, **conditions},
    )
    key = made["id"]
    await server.ok(
        f"get_device_assurance_policy {platform}",
        device_assurance_id=key,
        expect={"id": key, "name": given["name"], "platform": platform},
    )
    changed = {**given, "name": f"{given['name']}, renamed"}
    await server.ok(
        f"replace_device_assurance_policy {platform}",
        device_assurance_id=key,
        policy_data=changed,
        user_stated_os_version=version,
        wire={**changed, **conditions},
    )
    await server.ok(
        f"delete_device_assurance_policy {platform}", device_assurance_id=key, asks=1
    )
    await server.refused(
        f"get_device_assurance_policy deleted {platform}",
        404,
        "E0000007",
        device_assurance_id=key,
    )


async def assurances(server: Server) -> None:
    await server.ok("list_device_assurance_policies")
    android = {"name": "Android (server)", "platform": "ANDROID", "jailbreak": False}
    create = "create_device_assurance_policy"
    await server.ok(
        f"{create} major version",
        policy_data=android,
        user_stated_os_version="14",
        wire={"osVersion": {"minimum": "14"}},
    )
    encrypted = {**android, "diskEncryptionType": {"include": ["USER", "FULL"]}}
    await server.ok(f"{create} encrypted Android", policy_data=encrypted, wire=encrypted)
    await server.refused(
        "get_device_assurance_policy nothing", 404, "E0000007", device_assurance_id=NO_ASSURANCE
    )
    server.answer = "decline"
    await server.itself(
        "delete_device_assurance_policy declined",
        "cancelled",
        asks=1,
        device_assurance_id=NO_ASSURANCE,
    )
    server.answer = "accept"
