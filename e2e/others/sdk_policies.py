"""Policies and their rules through the SDK: whole lives of each type that can be created."""

from __future__ import annotations

from faults import GROUP_POLICIES
from sdk import Sdk
from sdk_people import NO_GROUP

NO_POLICY = "00pnothing0000000000"
# The SDK puts "id": "Assigned" into every policy that it sends; Okta goes by the path.
OWN_ID = ("id",)
NO_RULE = "0prnothing0000000000"


ANYWHERE = {"network": {"connection": "ANYWHERE"}}
# What policies of a type are about.
SETTINGS = {
    "PASSWORD": {
        "password": {
            "complexity": {
                "minLength": 14,
                "minLowerCase": 1,
                "minUpperCase": 1,
                "minNumber": 1,
                "minSymbol": 1,
                "excludeUsername": True,
            },
            "age": {"maxAgeDays": 90, "expireWarnDays": 5, "historyCount": 6},
            "lockout": {"maxAttempts": 5, "autoUnlockMinutes": 30},
        }
    },
    "MFA_ENROLL": {
        "type": "AUTHENTICATORS",
        "authenticators": [
            {"key": "okta_password", "enroll": {"self": "REQUIRED"}},
            {"key": "okta_email", "enroll": {"self": "NOT_ALLOWED"}},
            {"key": "okta_verify", "enroll": {"self": "REQUIRED"}},
        ],
    },
}
# A rule of each type, and what becomes of its actions.
RULES = {
    "OKTA_SIGN_ON": {
        "type": "SIGN_ON",
        "conditions": {**ANYWHERE, "authContext": {"authType": "ANY"}},
        "actions": {
            "signon": {
                "access": "ALLOW",
                "requireFactor": True,
                "factorPromptMode": "ALWAYS",
                "rememberDeviceByDefault": False,
                "session": {
                    "usePersistentCookie": False,
                    "maxSessionIdleMinutes": 45,
                    "maxSessionLifetimeMinutes": 480,
                },
            }
        },
    },
    "PASSWORD": {
        "type": "PASSWORD",
        "conditions": ANYWHERE,
        "actions": {
            "passwordChange": {"access": "ALLOW"},
            "selfServicePasswordReset": {"access": "ALLOW"},
            "selfServiceUnlock": {"access": "DENY"},
        },
    },
    "MFA_ENROLL": {
        "type": "MFA_ENROLL",
        "conditions": ANYWHERE,
        "actions": {"enroll": {"self": "LOGIN"}},
    },
    "ACCESS_POLICY": {
        "type": "ACCESS_POLICY",
        "conditions": ANYWHERE,
        "actions": {
            "appSignOn": {
                "access": "ALLOW",
                "verificationMethod": {
                    "factorMode": "2FA",
                    "type": "ASSURANCE",
                    "reauthenticateIn": "PT4H",
                    "constraints": [{"possession": {"deviceBound": "REQUIRED"}}],
                },
            }
        },
    },
}
CHANGES = {
    "OKTA_SIGN_ON": {"signon": {"access": "DENY", "requireFactor": False}},
    "PASSWORD": {
        "passwordChange": {"access": "DENY"},
        "selfServicePasswordReset": {"access": "DENY"},
        "selfServiceUnlock": {"access": "DENY"},
    },
    "MFA_ENROLL": {"enroll": {"self": "CHALLENGE"}},
    "ACCESS_POLICY": {"appSignOn": {"access": "DENY"}},
}


def cases(people: dict):
    """For each type: what a policy of it has, a rule, and what is changed in the rule."""
    for kind, rule in RULES.items():
        more = {"conditions": people} if kind in GROUP_POLICIES else {}
        if kind in SETTINGS:
            more["settings"] = SETTINGS[kind]
        yield kind, more, rule, {"actions": CHANGES[kind]}


async def run(sdk: Sdk) -> None:
    (sales,) = [
        each["id"]
        for each in await sdk.ok("list_groups for policies", q="Sales")
        if each["profile"]["name"] == "Sales"
    ]
    people = {"people": {"groups": {"include": [sales]}}}
    for kind, policy, rule, changed in cases(people):
        await a_life(sdk, kind, policy, rule, changed)
    await lists(sdk)
    await refusals(sdk, people)


async def a_life(sdk: Sdk, kind: str, more: dict, rule: dict, changed: dict) -> None:
    name = f"Night {kind} ({sdk.kind})"
    sent = {"type": kind, "name": name, "description": "For the night.", **more}
    made = await sdk.ok(
        f"create_policy {kind}",
        sent,
        activate=True,
        unechoed=OWN_ID,
        expect={"status": "ACTIVE"},
    )
    policy = made["id"]
    await sdk.ok(f"get_policy {kind}", policy, expect={"id": policy, **sent})
    await sdk.ok(f"get_policy with rules {kind}", policy, expand="rules")
    other = {**sent, "description": "For the late night."}
    await sdk.ok(f"replace_policy {kind}", policy, other, unechoed=OWN_ID)
    await sdk.ok(f"get_policy replaced {kind}", policy, expect=other)
    await rules(sdk, kind, policy, rule, changed)
    await sdk.ok(f"deactivate_policy {kind}", policy)
    await sdk.ok(f"get_policy inactive {kind}", policy, expect={"status": "INACTIVE"})
    await sdk.ok(f"activate_policy {kind}", policy)
    await sdk.ok(f"get_policy active {kind}", policy, expect={"status": "ACTIVE"})
    await sdk.ok(f"delete_policy {kind}", policy)
    await sdk.refused(f"get_policy deleted {kind}", 404, "E0000007", policy)


async def rules(sdk: Sdk, kind: str, policy: str, rule: dict, changed: dict) -> None:
    sent = {"name": f"Rule of {kind}", "priority": 1, **rule}
    made = await sdk.ok(f"create_policy_rule {kind}", policy, sent, expect={"status": "ACTIVE"})
    key = made["id"]
    await sdk.ok(f"get_policy_rule {kind}", policy, key, expect={"id": key, **sent})
    await sdk.ok(
        f"list_policy_rules {kind}",
        policy,
        expect=lambda found: key in [each["id"] for each in found],
    )
    other = {**sent, **changed, "name": f"Rule of {kind}, changed"}
    await sdk.ok(f"replace_policy_rule {kind}", policy, key, other)
    await sdk.ok(f"get_policy_rule replaced {kind}", policy, key, expect=other)
    await sdk.ok(f"deactivate_policy_rule {kind}", policy, key)
    await sdk.ok(f"get_policy_rule inactive {kind}", policy, key, expect={"status": "INACTIVE"})
    await sdk.ok(f"activate_policy_rule {kind}", policy, key)
    await sdk.ok(f"delete_policy_rule {kind}", policy, key)
    await sdk.refused(f"get_policy_rule deleted {kind}", 404, "E0000007", policy, key)


async def lists(sdk: Sdk) -> None:
    types = "OKTA_SIGN_ON PASSWORD MFA_ENROLL ACCESS_POLICY PROFILE_ENROLLMENT IDP_DISCOVERY"
    types += " POST_AUTH_SESSION ENTITY_RISK DEVICE_SIGNAL_COLLECTION"
    for kind in types.split():
        found = await sdk.ok(
            f"list_policies {kind}",
            kind,
            expect=lambda found, kind=kind: {each["type"] for each in found} <= {kind},
        )
        for each in (found or [])[:1]:
            await sdk.ok(f"get_policy of {kind}", each["id"], expect={"id": each["id"]})
            rules = await sdk.ok(f"list_policy_rules of {kind}", each["id"])
            for rule in (rules or [])[:1]:
                await sdk.ok(f"get_policy_rule of {kind}", each["id"], rule["id"])
    await sdk.ok(
        "list_policies active",
        "OKTA_SIGN_ON",
        status="ACTIVE",
        expect=lambda found: {each["status"] for each in found} == {"ACTIVE"},
    )
    await sdk.ok("list_policies inactive", "PASSWORD", status="INACTIVE")
    await sdk.ok("list_policies q", "ACCESS_POLICY", q="Any", limit="20")
    await sdk.ok("list_policies with rules", "PASSWORD", expand="rules")
    await sdk.ok("list_policies sorted", "PASSWORD", sort_by="name", limit="20")
    await sdk.refused("list_policies no type", 400, "E0000002", "NO_SUCH_TYPE")
    await sdk.ok("list_policies limit", "ACCESS_POLICY", limit="2")


async def refusals(sdk: Sdk, people: dict) -> None:
    await sdk.refused("get_policy nothing", 404, "E0000007", NO_POLICY)
    await sdk.refused("list_policy_rules nothing", 404, "E0000007", NO_POLICY)
    await sdk.refused("delete_policy nothing", 404, "E0000007", NO_POLICY)
    await sdk.refused("activate_policy nothing", 404, "E0000007", NO_POLICY)
    default = next(
        each
        for each in await sdk.ok("list_policies for the default", "OKTA_SIGN_ON")
        if each["system"]
    )
    await sdk.refused("get_policy_rule nothing", 404, "E0000007", default["id"], NO_RULE)
    await sdk.refused("delete_policy default", 403, "E0000111", default["id"])
    await sdk.refused("deactivate_policy default", 403, "E0000111", default["id"])
    twice = {"type": "OKTA_SIGN_ON", "name": default["name"], "conditions": people}
    await sdk.refused("create_policy same name", 400, "E0000001", twice)
    nobody = {"people": {"groups": {"include": [NO_GROUP]}}}
    await sdk.refused(
        "create_policy of no group",
        400,
        "E0000001",
        {"type": "OKTA_SIGN_ON", "name": f"For nobody {sdk.kind}", "conditions": nobody},
    )
