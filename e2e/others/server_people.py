"""Users, groups and the System Log through the tools of Okta's own server."""

from __future__ import annotations

import csv

from sdk_devices import days_ago
from sdk_people import NO_GROUP, NOBODY
from server import Server

LOGIN = "ines.server@acme.example"
PROFILE = {
    "firstName": "Inês",
    "lastName": "Ünal",
    "email": LOGIN,
    "login": LOGIN,
    "department": "Research",
}


async def run(server: Server) -> None:
    await server.itself("get_scope_status", "All tools are active")
    user = await a_user(server)
    await lists_of_users(server)
    await a_group(server, user)
    await lists_of_groups(server)
    await the_end_of_a_user(server, user)
    await the_log(server)


async def a_user(server: Server) -> str:
    made = await server.ok(
        "create_user",
        profile=PROFILE,
        activate=False,
        wire={"profile": PROFILE},
        expect={"status": "STAGED", "profile": PROFILE},
    )
    user = made["id"]
    await server.ok("get_user", user_id=user, expect={"id": user, "profile": PROFILE})
    await server.ok("get_user by login", user_id=LOGIN, expect={"id": user})
    await server.refused("create_user same login", 400, "E0000001", profile=PROFILE)
    await server.refused("get_user nobody", 404, "E0000007", user_id=NOBODY)
    await server.ok(
        "update_user",
        user_id=user,
        profile={"department": "Finance"},
        wire={"profile": {"department": "Finance"}},
        expect={"profile": {**PROFILE, "department": "Finance"}},
    )
    await server.ok(
        "update_user empty string",
        user_id=user,
        profile={"department": "", "title": "CFO"},
        wire={"profile": {"department": "", "title": "CFO"}},
    )
    await server.refused(
        "update_user nobody", 404, "E0000007", user_id=NOBODY, profile={"title": "None"}
    )
    await server.ok(
        "list_user_groups",
        user_id=user,
        expect={"profile": {"name": "Everyone"}},
    )
    await server.refused("list_user_groups nobody", 404, "E0000007", user_id=NOBODY)
    return user


async def lists_of_users(server: Server) -> None:
    page = await server.ok(
        "list_users", limit=20, expect=lambda page: page["has_more"] and page["total_fetched"] == 20
    )
    assert len(page) == 20
    await server.ok(
        "list_users fetch_all",
        fetch_all=True,
        expect=lambda page: page["total_fetched"] > 200 and not page["has_more"],
    )
    await server.ok(
        "list_users search",
        search='profile.lastName sw "S"',
        expect=lambda page: page["total_fetched"] > 0,
    )
    await server.ok("list_users filter", filter='status eq "DEPROVISIONED"')
    await server.ok("list_users q", q="an")
    await server.ok("list_users nobody", search='profile.lastName eq "Nobody"')
    await server.refused("list_users bad search", 400, "E0000031", search="nonsense ~ 1")
    await server.ok("get_user_profile_attributes", expect=lambda found: found["email"])
    path = server.log.parent / "users.csv"
    await server.ok(
        "export_users_csv", output_path=str(path), expect={"stopped_early": False}
    )
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wrong = None if len(rows) > 200 and all(row["login"] for row in rows) else "rows are missing"
    server.ledger.case("server", "the CSV file", wrong, f"{len(rows)} rows")


async def a_group(server: Server, user: str) -> None:
    profile = {"name": "Night shift (server)", "description": "Who is on call at night."}
    made = await server.ok(
        "create_group", profile=profile, wire={"profile": profile}, expect={"profile": profile}
    )
    group = made["id"]
    await server.ok("get_group", group_id=group, expect={"id": group, "profile": profile})
    await server.refused("create_group same name", 400, "E0000001", profile=profile)
    await server.refused("get_group nothing", 404, "E0000007", group_id=NO_GROUP)
    changed = {"name": "Night shift 2 (server)", "description": "Renamed."}
    await server.ok("update_group", group_id=group, profile=changed, wire={"profile": changed})
    await server.ok("add_user_to_group", group_id=group, user_id=user)
    await server.itself(
        "add_user_to_group again", "already a member", requests=1, group_id=group, user_id=user
    )
    await server.ok(
        "list_group_users",
        group_id=group,
        expect={"items": lambda items: [each["id"] for each in items] == [user]},
    )
    await server.ok("list_group_apps none", group_id=group, expect={"total_fetched": 0})
    await server.refused(
        "add_user_to_group nothing", 404, "E0000007", group_id=NO_GROUP, user_id=user
    )
    await server.ok("remove_user_from_group", group_id=group, user_id=user)
    server.answer = "decline"
    await server.itself("delete_group declined", "cancelled", asks=1, group_id=group)
    server.answer = "accept"
    await server.ok("delete_group", group_id=group, asks=1)
    await server.refused("get_group deleted", 404, "E0000007", group_id=group)
    await server.refused("delete_group deleted", 404, "E0000007", asks=1, group_id=group)
    other = await server.ok("create_group to confirm", profile={"name": "Short-lived (server)"})
    await server.itself(
        "confirm_delete_group wrong word",
        "not provided correctly",
        group_id=other["id"],
        confirmation="YES",
    )
    await server.ok("confirm_delete_group", group_id=other["id"], confirmation="DELETE")


async def lists_of_groups(server: Server) -> None:
    found = await server.ok("list_groups", limit=20)
    sales = next(each["id"] for each in found if each["profile"]["name"] == "Sales")
    everyone = next(each["id"] for each in found if each["type"] == "BUILT_IN")
    await server.ok("list_groups fetch_all", fetch_all=True)
    await server.ok("list_groups search", search='profile.name sw "E"')
    await server.ok("list_groups filter", filter='type eq "BUILT_IN"')
    await server.ok("list_groups q", q="Sal")
    await server.refused("list_groups bad filter", 400, "E0000031", filter="nonsense")
    await server.ok(
        "list_group_users fetch_all",
        group_id=everyone,
        fetch_all=True,
        expect=lambda page: page["total_fetched"] > 200,
    )
    await server.ok(
        "list_group_apps", group_id=sales, expect=lambda page: page["total_fetched"] > 0
    )
    await server.refused("delete_group everyone", 403, "E0000038", asks=1, group_id=everyone)


async def the_end_of_a_user(server: Server, user: str) -> None:
    server.answer = "decline"
    await server.itself("deactivate_user declined", "cancelled", asks=1, user_id=user)
    server.answer = "accept"
    await server.ok("deactivate_user", user_id=user, asks=1)
    await server.ok("get_user deactivated", user_id=user, expect={"status": "DEPROVISIONED"})
    await server.ok("delete_deactivated_user", user_id=user, asks=1)
    await server.refused("get_user deleted", 404, "E0000007", user_id=user)
    await server.refused("delete_deactivated_user deleted", 404, "E0000007", asks=1, user_id=user)
    await server.refused("deactivate_user deleted", 404, "E0000007", asks=1, user_id=user)


async def the_log(server: Server) -> None:
    await server.ok("get_logs", limit=20, expect=lambda page: page["total_fetched"] == 20)
    await server.ok(
        "get_logs fetch_all",
        fetch_all=True,
        since=days_ago(5),
        until=days_ago(0),
        expect=lambda page: page["total_fetched"] > 100,
    )
    await server.ok(
        "get_logs filter",
        since=days_ago(7),
        filter='eventType eq "user.session.start" and outcome.result eq "FAILURE"',
        expect=lambda page: page["total_fetched"] > 0,
    )
    await server.ok("get_logs q", q="Salesforce", limit=20)
    await server.refused("get_logs bad filter", 400, "E0000053", filter="nonsense ~ 1")
    await server.ok(
        "get_login_failures",
        since=days_ago(7),
        until=days_ago(0),
        expect=lambda found: found["failures"]["total"] > 0,
    )
    await server.ok("get_login_failures default")
