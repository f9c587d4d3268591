"""Users and groups through the SDK: whole lives, paging, search, refusals."""

from __future__ import annotations

from sdk import Sdk

NOBODY = "00unobody00000000000"
NO_GROUP = "00gnothing0000000000"
NO_APP = "0oanothing0000000000"


async def run(sdk: Sdk) -> None:
    user = await a_user(sdk)
    await lists_of_users(sdk)
    await a_group(sdk, user)
    await lists_of_groups(sdk)
    await the_end_of_a_user(sdk, user)


async def a_user(sdk: Sdk) -> str:
    login = f"ines.{sdk.kind}@acme.example"
    profile = {
        "firstName": "Inês",
        "lastName": "Ünal-O'Brien",
        "email": login,
        "login": login,
        "department": "Research",
        "title": "Engineer",
        "mobilePhone": "+1 415 555 0134",
    }
    made = await sdk.ok(
        "create_user", {"profile": profile}, activate=False, expect={"status": "STAGED"}
    )
    key = made["id"]
    await sdk.ok("get_user", key, expect={"id": key, "profile": profile})
    bound = " with a bound token" if sdk.kind == "dpop" else ""
    await sdk.ok(f"get_user by login{bound}", login, expect={"id": key})
    await changes(sdk, key, profile)
    await refusals(sdk, profile)
    await passwords(sdk, profile)
    return key


async def refusals(sdk: Sdk, profile: dict) -> None:
    await sdk.refused("get_user nobody", 404, "E0000007", NOBODY)
    await sdk.refused(
        "create_user same login", 400, "E0000001", {"profile": profile}, activate=False
    )
    await sdk.refused(
        "create_user no email",
        400,
        "E0000001",
        {"profile": {"firstName": "A", "lastName": "B", "login": f"ab.{sdk.kind}@acme.example"}},
    )
    await sdk.refused(
        "update_user nobody", 404, "E0000007", NOBODY, {"profile": {"title": "None"}}
    )


async def changes(sdk: Sdk, key: str, profile: dict) -> None:
    await sdk.ok("get_user blocks", key, expand="blocks", expect={"id": key})
    changed = {"department": "Finance", "title": "Controller"}
    await sdk.ok(
        "update_user", key, {"profile": changed}, expect={"profile": profile | changed, "id": key}
    )
    await sdk.ok(
        "update_user strict", key, {"profile": {"title": "CFO"}}, strict=True, expect={"id": key}
    )
    await sdk.ok("update_user empty string", key, {"profile": {"department": ""}})
    await sdk.refused(
        "update_user if-match", 412, "E0000231", key, {"profile": changed}, if_match="W/\"other\""
    )


async def passwords(sdk: Sdk, profile: dict) -> None:
    """A person with a password is active at once, or changes it first."""
    login = profile["login"]
    expired = {
        "profile": {**profile, "email": f"x.{login}", "login": f"x.{login}"},
        "credentials": {"password": {"value": "Correct-Horse-7"}},
    }
    made = await sdk.ok(
        "create_user to change password",
        expired,
        activate=True,
        next_login="changePassword",
        unechoed=("credentials.password.value",),
        expect={"status": "PASSWORD_EXPIRED"},
    )
    await sdk.ok("delete_user only deactivates", made["id"])
    await sdk.ok("get_user only deactivated", made["id"], expect={"status": "DEPROVISIONED"})
    await sdk.ok("delete_user twice", made["id"])
    whole = {
        "profile": {**profile, "email": f"p.{login}", "login": f"p.{login}"},
        "credentials": {"password": {"value": "Correct-Horse-7"}},
    }
    other = await sdk.ok(
        "create_user with password",
        whole,
        activate=True,
        unechoed=("credentials.password.value",),
        expect={"status": "ACTIVE"},
    )
    await sdk.ok("deactivate_user active", other["id"], prefer="respond-async")
    await sdk.ok("delete_user deactivated", other["id"])


async def lists_of_users(sdk: Sdk) -> None:
    everybody = await sdk.pages("list_users pages", size=50, least=5)
    sdk.check("list_users everybody", len(everybody) >= 200, f"{len(everybody)} people")
    await sdk.ok("list_users", limit=5, expect=lambda found: len(found) == 5)
    await sdk.ok(
        "list_users search",
        search='profile.lastName sw "S"',
        limit=20,
        expect=lambda found: found and all(each["profile"]["lastName"][0] == "S" for each in found),
    )
    await sdk.ok(
        "list_users search status",
        search='status eq "LOCKED_OUT" or status eq "SUSPENDED"',
        expect=lambda found: found
        and {each["status"] for each in found} <= {"LOCKED_OUT", "SUSPENDED"},
    )
    await sdk.ok(
        "list_users sorted",
        search="profile.lastName pr",
        sort_by="profile.lastName",
        sort_order="desc",
        limit=30,
        expect=descending,
    )
    await sdk.ok(
        "list_users filter",
        filter='status eq "DEPROVISIONED"',
        expect=lambda found: {each["status"] for each in found} == {"DEPROVISIONED"},
    )
    await sdk.ok("list_users q", q="an", limit=10, expect=lambda found: 0 < len(found) <= 10)
    await sdk.ok(
        "list_users without credentials",
        content_type="application/json; okta-response=omitCredentials,omitCredentialsLinks",
        limit=3,
    )
    await sdk.refused("list_users bad search", 400, "E0000031", search="nonsense ~ 1")
    await sdk.refused(
        "list_users search and filter",
        400,
        "E0000033",
        search='status eq "ACTIVE"',
        filter='status eq "ACTIVE"',
    )


def descending(found: list) -> bool:
    names = [each["profile"]["lastName"] for each in found]
    return names == sorted(names, reverse=True)


async def a_group(sdk: Sdk, user: str) -> None:
    name = f"Night shift ({sdk.kind})"
    profile = {"name": name, "description": "Who is on call at night."}
    made = await sdk.ok("add_group", {"profile": profile}, expect={"type": "OKTA_GROUP"})
    group = made["id"]
    await sdk.ok("get_group", group, expect={"id": group, "profile": profile})
    await sdk.refused("add_group same name", 400, "E0000001", {"profile": profile})
    await sdk.refused("get_group nothing", 404, "E0000007", NO_GROUP)
    changed = {"name": f"{name} 2", "description": "Renamed."}
    await sdk.ok("replace_group", group, {"profile": changed})
    await sdk.ok("get_group replaced", group, expect={"profile": changed})
    await sdk.refused("replace_group nothing", 404, "E0000007", NO_GROUP, {"profile": changed})
    await sdk.ok("assign_user_to_group", group, user)
    await sdk.ok(
        "list_group_users",
        group,
        limit=20,
        expect=lambda found: [each["id"] for each in found] == [user],
    )
    await sdk.ok(
        "list_user_groups",
        user,
        expect=lambda found: group in [each["id"] for each in found],
    )
    await sdk.refused("assign_user_to_group nobody", 404, "E0000007", group, NOBODY)
    await sdk.refused("list_user_groups nobody", 404, "E0000007", NOBODY)
    await sdk.refused("list_group_users nothing", 404, "E0000007", NO_GROUP)
    await sdk.ok("list_assigned_applications_for_group", group, expect=lambda found: found == [])
    await sdk.ok("unassign_user_from_group", group, user)
    await sdk.ok("list_group_users none", group, expect=lambda found: found == [])
    await sdk.ok("delete_group", group)
    await sdk.refused("get_group deleted", 404, "E0000007", group)
    await sdk.refused("delete_group deleted", 404, "E0000007", group)


async def lists_of_groups(sdk: Sdk) -> None:
    await sdk.pages("list_groups pages", size=5, least=3)
    await sdk.ok(
        "list_groups search",
        search='profile.name sw "E"',
        expect=lambda found: found and all(each["profile"]["name"][0] == "E" for each in found),
    )
    found = await sdk.ok(
        "list_groups filter",
        filter='type eq "BUILT_IN"',
        expect=lambda found: {each["type"] for each in found} == {"BUILT_IN"},
    )
    everyone = next(each["id"] for each in found if each["profile"]["name"] == "Everyone")
    await sdk.ok("list_groups stats", limit=5, expand="stats")
    await sdk.ok(
        "list_groups sorted",
        search='type eq "OKTA_GROUP"',
        sort_by="profile.name",
        sort_order="asc",
        expect=lambda found: len(found) > 2,
    )
    await sdk.ok("list_groups q", q="Sal", expect=lambda found: len(found) >= 1)
    await sdk.refused("list_groups bad filter", 400, "E0000031", filter="nonsense")
    await sdk.pages("list_group_users pages", everyone, size=60, least=4)
    await sdk.refused("delete_group everyone", 403, "E0000038", everyone)
    sales = await sdk.ok("list_groups sales", q="Sales", expect=lambda found: len(found) >= 1)
    apps = await sdk.ok(
        "list_assigned_applications_for_group of sales", sales[0]["id"], limit=20
    )
    sdk.check("apps of a group", isinstance(apps, list) and apps, f"{len(apps)} apps of Sales")


async def the_end_of_a_user(sdk: Sdk, user: str) -> None:
    await sdk.ok("deactivate_user", user, send_email=False)
    await sdk.ok("get_user deactivated", user, expect={"status": "DEPROVISIONED"})
    await sdk.ok("delete_user", user, send_email=False)
    await sdk.refused("get_user deleted", 404, "E0000007", user)
    await sdk.refused("delete_user deleted", 404, "E0000007", user)
    await sdk.refused("deactivate_user deleted", 404, "E0000007", user)
