"""Device assurance policies and the System Log through the SDK."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from sdk import Sdk

NO_ASSURANCE = "daenothing0000000000"
PLATFORMS = {
    "MACOS": {
        "osVersion": {"minimum": "14.6.1"},
        "diskEncryptionType": {"include": ["ALL_INTERNAL_VOLUMES"]},
        "screenLockType": {"include": ["BIOMETRIC", "PASSCODE"]},
        "secureHardwarePresent": True,
    },
    "WINDOWS": {
        "osVersion": {"minimum": "10.0.22631.3007"},
        "diskEncryptionType": {"include": ["ALL_INTERNAL_VOLUMES"]},
        "screenLockType": {"include": ["BIOMETRIC"]},
        "secureHardwarePresent": True,
    },
    "IOS": {
        "osVersion": {"minimum": "17.4"},
        "jailbreak": False,
        "screenLockType": {"include": ["BIOMETRIC"]},
    },
    "ANDROID": {
        "osVersion": {"minimum": "14"},
        "jailbreak": False,
        "diskEncryptionType": {"include": ["USER", "FULL"]},
        "screenLockType": {"include": ["BIOMETRIC"]},
        "secureHardwarePresent": True,
    },
}


def days_ago(days: int) -> str:
    moment = datetime.now(timezone.utc) - timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


async def run(sdk: Sdk) -> None:
    for platform, conditions in PLATFORMS.items():
        await a_life(sdk, platform, conditions)
    bare = {"name": f"Nothing asked ({sdk.kind})", "platform": "CHROMEOS"}
    await sdk.refused("create_device_assurance_policy bare", 400, "E0000001", bare)
    await sdk.ok("list_device_assurance_policies", expect=lambda found: len(found) >= 3)
    await sdk.refused("get_device_assurance_policy nothing", 404, "E0000007", NO_ASSURANCE)
    await sdk.refused("delete_device_assurance_policy nothing", 404, "E0000007", NO_ASSURANCE)
    await the_log(sdk)


async def a_life(sdk: Sdk, platform: str, conditions: dict) -> None:
    sent = {"name": f"{platform} of the night ({sdk.kind})", "platform": platform, **conditions}
    made = await sdk.ok(f"create_device_assurance_policy {platform}", sent)
    key = made["id"]
    await sdk.ok(f"get_device_assurance_policy {platform}", key, expect={"id": key, **sent})
    await sdk.refused(f"create_device_assurance_policy same name {platform}", 400, "E0000001", sent)
    changed = {**sent, "name": f"{sent['name']}, stricter", "osVersion": {"minimum": "99.1"}}
    if platform == "WINDOWS":
        changed["osVersion"] = {"minimum": "10.0.26100"}
    if platform == "ANDROID":
        changed["osVersion"] = {"minimum": "15"}
    await sdk.ok(f"replace_device_assurance_policy {platform}", key, changed)
    await sdk.ok(f"get_device_assurance_policy replaced {platform}", key, expect=changed)
    await sdk.ok(f"delete_device_assurance_policy {platform}", key)
    await sdk.refused(f"get_device_assurance_policy deleted {platform}", 404, "E0000007", key)


async def the_log(sdk: Sdk) -> None:
    await sdk.ok("list_log_events", limit=10, expect=lambda found: len(found) == 10)
    await sdk.pages(
        "list_log_events pages", size=100, least=2, since=days_ago(6), until=days_ago(0)
    )
    await sdk.ok(
        "list_log_events filter",
        since=days_ago(7),
        until=days_ago(0),
        filter='eventType eq "user.session.start" and outcome.result eq "FAILURE"',
        limit=20,
        expect=lambda found: found
        and {(each["eventType"], each["outcome"]["result"]) for each in found}
        == {("user.session.start", "FAILURE")},
    )
    await sdk.ok(
        "list_log_events of this run",
        filter='eventType eq "device.assurance.policy.delete"',
        sort_order="DESCENDING",
        limit=4,
        expect=lambda found: len(found) >= 1,
    )
    await sdk.ok("list_log_events q", q="Salesforce", limit=5)
    await sdk.refused("list_log_events bad filter", 400, "E0000053", filter="nonsense ~ 1")
    await sdk.refused("list_log_events bad since", 400, "E0000053", since="yesterday")
