"""Lists and calls every tool through the Python client, on an org in memory.

Usage: every_tool.py legacy|2026-07-28
"""

from __future__ import annotations

import asyncio
import csv
import json
import stat
import sys
import tomllib
from datetime import datetime, timedelta, timezone
from pathlib import Path

from checks import Checks, Home, Sandbox
from clients import VERSION, accept, connected, input_schema, read_only
from people import Visitor

EXAMPLES = Path(__file__).resolve().parent.parent / "xtask"


def days_ago(days: int) -> str:
    moment = datetime.now(timezone.utc) - timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Run:
    def __init__(
        self,
        face,
        checks: Checks,
        home: Home,
        admin: Run | None = None,
        employee: Run | None = None,
    ) -> None:
        self.face = face
        # The same as an admin, and as an employee who signs in, on the same org.
        self.admin = admin
        self.employee = employee
        self.checks = checks
        self.home = home

    async def ok(self, name: str, progress=None, /, **arguments):
        """Calls a tool that must succeed, and gives its answer."""
        answer = await self.face.call(name, progress, **arguments)
        if not self.checks.that(not answer.is_error, f"{name} {arguments}", answer.text):
            raise RuntimeError(f"{name} failed")
        return answer.value

    async def error(self, kind: str, name: str, /, **arguments):
        """Calls a tool that must fail in that way."""
        answer = await self.face.call(name, **arguments)
        self.checks.equal(answer.kind, kind, f"{name} {arguments} fails")
        return answer.value

    async def asked(self, words: list[str], name: str, /, **arguments):
        """Calls a tool that must ask a person first, in these words."""
        before = len(self.face.questions)
        value = await self.ok(name, **arguments)
        asked = self.face.questions[before:]
        self.checks.equal(len(asked), 1, f"{name} asks once")
        for word in words:
            self.checks.that(asked and word in asked[0], f"{name} shows {word!r}", asked)
        return value

    async def quiet(self, name: str, /, **arguments):
        """Calls a tool that must not ask."""
        before = len(self.face.questions)
        value = await self.ok(name, **arguments)
        self.checks.equal(self.face.questions[before:], [], f"{name} does not ask")
        return value


async def users(run: Run) -> None:
    checks = run.checks
    locked = await run.ok("list_users", search='status eq "LOCKED_OUT"')
    checks.that(locked["items"], "somebody is locked out", locked)
    checks.that(
        all(user["status"] == "LOCKED_OUT" for user in locked["items"]), "and nobody else", locked
    )
    checks.that("_links" not in json.dumps(locked), "no links unless asked for")

    first = await run.ok("list_users", limit=7, fields="id,profile.login", search="id pr")
    checks.equal((len(first["items"]), first["has_more"]), (7, True), "a page of seven")
    checks.equal(sorted(first["items"][0]), ["id", "profile"], "only the fields asked for")
    second = await run.ok(
        "list_users", limit=7, fields="id", search="id pr", after=first["next_cursor"]
    )
    ids = {user["id"] for user in first["items"]} & {user["id"] for user in second["items"]}
    checks.equal(ids, set(), "the next page holds others")

    reported = []

    async def progress(done, total, message):
        reported.append(done)

    whole = await run.ok(
        "list_users", progress, fetch_all=True, limit=50, fields="id", search="id pr"
    )
    checks.equal(whole["complete"], True, "fetch_all is complete")
    checks.that(whole["total_fetched"] > 200, "and long", whole["total_fetched"])
    checks.equal(len({user["id"] for user in whole["items"]}), whole["total_fetched"], "each once")
    await asyncio.sleep(0.2)
    checks.that(len(reported) >= 2, "fetch_all tells its progress", reported)
    checks.equal(reported, sorted(set(reported)), "progress only grows")

    attributes = await run.ok("get_user_profile_attributes")
    checks.that(
        any(each["name"] == "login" and each["required"] for each in attributes["attributes"]),
        "login is a required attribute",
        attributes,
    )

    made = await run.quiet(
        "create_user",
        profile={
            "firstName": "Eda",
            "lastName": "O'Brien",
            "email": "eda+e2e@example.com",
            "login": "eda+e2e@example.com",
            "title": "=SUM(A1)",
        },
        activate=False,
    )
    checks.equal(made["status"], "STAGED", "a user who is not activated")
    user = made["id"]
    changed = await run.quiet("update_user", user_id=user, profile={"department": "IT"})
    checks.equal(
        changed["_changed"], [{"field": "profile.department", "after": "IT"}], "what changed"
    )
    read = await run.ok("get_user", user_id="eda+e2e@example.com")
    checks.equal((read["id"], read["profile"]["department"]), (user, "IT"), "read by login")
    groups = await run.ok("list_user_groups", user_id=user)
    checks.equal([group["profile"]["name"] for group in groups["items"]], ["Everyone"], "groups")

    steps = []

    async def told(done, total, message):
        steps.append(done)

    export = await run.ok("export_users_csv", told, output_path="people.csv")
    checks.that(export["complete"] and export["total_users"] > 200, "the export is complete", export)
    await asyncio.sleep(0.2)
    checks.that(steps, "the export tells its progress", steps)
    file = run.home.exports / "people.csv"
    with file.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    checks.equal(len(rows), export["total_users"], "a row for each user")
    mine = next(row for row in rows if "eda+e2e@example.com" in row.values())
    checks.that("'=SUM(A1)" in mine.values(), "formulas are neutralised", mine)
    await run.error("file", "export_users_csv", output_path="../outside.csv")
    checks.that(not (run.home.path / "outside.csv").exists(), "nothing outside the folder")

    await run.error("refused", "delete_deactivated_user", user_id=user)
    await run.asked(["Eda O'Brien"], "deactivate_user", user_id=user)
    read = await run.ok("get_user", user_id=user)
    checks.equal(read["status"], "DEPROVISIONED", "the user is deactivated")
    await run.asked(["Eda O'Brien"], "delete_deactivated_user", user_id=user)
    gone = await run.error("not_found", "get_user", user_id=user)
    checks.equal(gone["error"]["okta"]["code"], "E0000007", "Okta's code")
    await run.error("bad_argument", "list_users", search="profile.login zz 3")


async def groups(run: Run) -> None:
    checks = run.checks
    found = await run.ok("list_groups", q="Every")
    everyone = found["items"][0]["id"]
    made = await run.quiet("create_group", profile={"name": "E2E", "description": "for a test"})
    group = made["id"]
    await run.quiet("update_group", group_id=group, profile={"description": "changed"})
    read = await run.ok("get_group", group_id=group)
    checks.equal(read["profile"], {"name": "E2E", "description": "changed"}, "merged, not replaced")
    checks.that(read["id"] != everyone, "a group of its own")

    admin = await run.ok("get_user", user_id="morgan.hale@acme.example")
    await run.error("protected", "add_user_to_group", group_id=group, user_id=admin["id"])
    user = await run.ok("get_user", user_id="daniel.okafor@acme.example")
    await run.quiet("add_user_to_group", group_id=group, user_id=user["id"])
    members = await run.ok("list_group_users", group_id=group, fields="id")
    checks.equal(members["items"], [{"id": user["id"]}], "the member")
    await run.asked(["E2E"], "remove_user_from_group", group_id=group, user_id=user["id"])
    members = await run.ok("list_group_users", group_id=group)
    checks.equal(members["items"], [], "no member any more")
    apps = await run.ok("list_group_apps", group_id=everyone, fields="label")
    checks.that(apps["items"], "everyone has an application", apps)
    await run.asked(["E2E", "no members"], "delete_group", group_id=group)
    await run.error("not_found", "get_group", group_id=group)
    answer = await run.face.call("delete_group", group_id=everyone)
    checks.that(answer.is_error, "Everyone cannot be deleted", answer.text)


async def applications(run: Run) -> None:
    checks = run.checks
    active = await run.ok(
        "list_applications", filter='status eq "ACTIVE"', fetch_all=True, fields="id,label,status"
    )
    checks.equal({app["status"] for app in active["items"]}, {"ACTIVE"}, "only active ones")
    with_people = 0
    for app in active["items"][:12]:
        people = await run.ok("list_application_users", app_id=app["id"], limit=5, fields="id,scope")
        assigned = await run.ok("list_application_groups", app_id=app["id"], fields="id")
        with_people += bool(people["items"]) and bool(assigned["items"])
    checks.that(with_people, "an application has people through groups")

    config = {
        "name": "bookmark",
        "label": "E2E link",
        "signOnMode": "BOOKMARK",
        "settings": {"app": {"url": "https://example.com", "requestIntegration": False}},
    }
    made = await run.ok("create_application", app_config=config, activate=False)
    app = made["id"]
    checks.equal((made["status"], made["label"]), ("INACTIVE", "E2E link"), "not activated")
    await run.ok("update_application", app_id=app, app_config={"label": "E2E site"})
    read = await run.ok("get_application", app_id=app)
    checks.equal(
        (read["label"], read["settings"]["app"]["url"]),
        ("E2E site", "https://example.com"),
        "merged, not replaced",
    )
    await run.ok("activate_application", app_id=app)
    checks.equal((await run.ok("get_application", app_id=app))["status"], "ACTIVE", "active")
    answer = await run.face.call("delete_application", app_id=app)
    checks.that(answer.is_error, "an active application cannot be deleted", answer.text)
    await run.asked(["E2E site"], "deactivate_application", app_id=app)
    checks.equal((await run.ok("get_application", app_id=app))["status"], "INACTIVE", "inactive")
    await run.asked(["E2E site"], "delete_application", app_id=app)
    await run.error("not_found", "get_application", app_id=app)

    oauth = {
        "client_uri": "https://example.com",
        "redirect_uris": ["https://example.com/cb"],
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
        "application_type": "web",
    }
    config = {
        "name": "oidc_client",
        "label": "E2E OIDC",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
        "settings": {"oauthClient": oauth},
    }
    made = await run.ok("create_application", app_config=config, secret_file="oidc.json")
    checks.equal(
        made["credentials"]["oauthClient"]["client_secret"], "[redacted]", "the secret is out"
    )
    file = run.home.exports / "oidc.json"
    checks.equal(stat.S_IMODE(file.stat().st_mode), 0o600, "the secret's file is private")
    secret = next(value for key, value in json.loads(file.read_text()).items() if key != "id")
    checks.that(len(secret) > 20 and secret not in json.dumps(made), "the secret is in the file")
    checks.that(secret not in json.dumps(run.home.trail()), "the secret is not in the trail")
    # A marker in what is written means: unchanged.
    await run.ok(
        "update_application",
        app_id=made["id"],
        app_config={
            "label": "E2E OIDC 2",
            "credentials": {"oauthClient": {"client_secret": "[redacted]"}},
        },
    )


async def catalog(run: Run) -> None:
    checks = run.checks
    found = await run.ok("list_catalog_apps", q="salesforce")
    names = [app["name"] for app in found["items"]]
    checks.that("salesforce" in names, "the catalog knows Salesforce", names)
    entry = await run.ok("get_catalog_app", app_name="salesforce")
    checks.equal(entry["name"], "salesforce", "its entry")
    made = await run.ok(
        "install_oin_app",
        name="salesforce",
        label="E2E Salesforce",
        sign_on_mode="SAML_2_0",
        settings={"app": {"instanceType": "PRODUCTION", "integrationType": "STANDARD"}},
        activate=False,
    )
    checks.equal(
        (made["name"], made["label"], made["signOnMode"], made["status"]),
        ("salesforce", "E2E Salesforce", "SAML_2_0", "INACTIVE"),
        "installed as asked",
    )
    await run.asked(["E2E Salesforce"], "delete_application", app_id=made["id"])


async def policies(run: Run) -> None:
    checks = run.checks
    everyone = (await run.ok("list_groups", q="Everyone"))["items"][0]["id"]
    data = {
        "type": "OKTA_SIGN_ON",
        "name": "E2E policy",
        "description": "for a test",
        "conditions": {"people": {"groups": {"include": [everyone]}}},
    }
    made = await run.asked(["E2E policy"], "create_policy", policy_data=data, activate=False)
    policy = made["id"]
    listed = await run.ok("list_policies", type="OKTA_SIGN_ON", fields="id,name,status")
    checks.that(
        {"id": policy, "name": "E2E policy", "status": "INACTIVE"} in listed["items"],
        "the policy is listed",
        listed,
    )
    await run.asked(
        ["for a test", "changed"],
        "update_policy",
        policy_id=policy,
        policy_data={"description": "changed"},
    )
    read = await run.ok("get_policy", policy_id=policy)
    checks.equal(
        (read["description"], read["conditions"]["people"]["groups"]["include"]),
        ("changed", [everyone]),
        "merged, not replaced",
    )
    await run.asked(["E2E policy"], "activate_policy", policy_id=policy)
    checks.equal((await run.ok("get_policy", policy_id=policy))["status"], "ACTIVE", "active")

    session = {"usePersistentCookie": False, "maxSessionIdleMinutes": 60}
    rule_data = {
        "type": "SIGN_ON",
        "name": "E2E rule",
        "actions": {"signon": {"access": "DENY", "requireFactor": False, "session": session}},
    }
    rule = await run.ok("create_policy_rule", policy_id=policy, rule_data=rule_data)
    at = {"policy_id": policy, "rule_id": rule["id"]}
    rules = await run.ok("list_policy_rules", policy_id=policy, fields="id,name")
    checks.that({"id": rule["id"], "name": "E2E rule"} in rules["items"], "listed", rules)
    await run.asked(["E2E rule", "E2E rule 2"], "update_policy_rule", rule_data={"name": "E2E rule 2"}, **at)
    read = await run.ok("get_policy_rule", **at)
    checks.equal(
        (read["name"], read["actions"]["signon"]["access"]), ("E2E rule 2", "DENY"), "merged"
    )
    await run.asked(["E2E rule 2"], "deactivate_policy_rule", **at)
    checks.equal((await run.ok("get_policy_rule", **at))["status"], "INACTIVE", "inactive")
    await run.asked(["E2E rule 2"], "activate_policy_rule", **at)
    checks.equal((await run.ok("get_policy_rule", **at))["status"], "ACTIVE", "active")
    await run.asked(["E2E rule 2"], "delete_policy_rule", **at)
    await run.error("not_found", "get_policy_rule", **at)
    await run.asked(["E2E policy"], "deactivate_policy", policy_id=policy)
    checks.equal((await run.ok("get_policy", policy_id=policy))["status"], "INACTIVE", "inactive")
    await run.asked(["E2E policy"], "delete_policy", policy_id=policy)
    await run.error("not_found", "get_policy", policy_id=policy)


async def device_assurance(run: Run) -> None:
    checks = run.checks
    data = {
        "name": "E2E Mac",
        "platform": "MACOS",
        "osVersion": {"minimum": "14.1.0"},
        "diskEncryptionType": {"include": ["ALL_INTERNAL_VOLUMES"]},
    }
    made = await run.ok(
        "create_device_assurance_policy", policy_data=data, user_stated_os_version="14.1.0"
    )
    at = {"device_assurance_id": made["id"]}
    listed = await run.ok("list_device_assurance_policies", version_threshold="14.2.0")
    checks.that(made["id"] in json.dumps(listed), "the policy is listed", listed)
    await run.asked(
        ["14.1.0", "14.3.0"],
        "replace_device_assurance_policy",
        policy_data={"osVersion": {"minimum": "14.3.0"}},
        user_stated_os_version="14.3.0",
        **at,
    )
    read = await run.ok("get_device_assurance_policy", **at)
    checks.equal(
        (read["osVersion"], read["diskEncryptionType"]),
        ({"minimum": "14.3.0"}, {"include": ["ALL_INTERNAL_VOLUMES"]}),
        "merged, not replaced",
    )
    answer = await run.face.call(
        "create_device_assurance_policy",
        policy_data={**data, "name": "E2E other"},
        user_stated_os_version="15.0",
    )
    checks.that(answer.is_error, "another version than the user said is refused", answer.text)
    await run.asked(["E2E Mac"], "delete_device_assurance_policy", **at)
    await run.error("not_found", "get_device_assurance_policy", **at)


async def changes(run: Run) -> None:
    checks = run.checks
    group = (await run.quiet("create_group", profile={"name": "E2E changes", "description": "old"}))["id"]
    change = {"group_id": group, "profile": {"description": "new"}}
    seen = await run.quiet("preview_change", tool="update_group", arguments=change)
    wanted = [{"field": "profile.description", "before": "old", "after": "new"}]
    checks.equal(seen["changes"], wanted, "what would change")
    read = await run.ok("get_group", group_id=group)
    checks.equal(read["profile"]["description"], "old", "a preview changes nothing")
    done = await run.quiet("update_group", **change)
    taken = await run.quiet("undo_change", undo_id=done["_undo"])
    back = [{"field": "profile.description", "before": "new", "after": "old"}]
    checks.equal(taken["_changed"], back, "what was taken back")
    read = await run.ok("get_group", group_id=group)
    checks.equal(read["profile"]["description"], "old", "it is as it was")
    await run.error("refused", "undo_change", undo_id=done["_undo"])
    await run.error("bad_argument", "preview_change", tool="list_groups", arguments={})
    # Here the client asks, so there is no approval to look at; e2e/approve.py has some.
    await run.error("refused", "get_approval_status", approval_id="none")
    await run.error("refused", "run_approved", approval_id="none")


async def logs(run: Run) -> None:
    checks = run.checks
    locks = await run.ok("get_logs", filter='eventType eq "user.account.lock"', since=days_ago(30))
    checks.equal({event["eventType"] for event in locks["items"]}, {"user.account.lock"}, "locks")
    # What this very run did stands in the System Log.
    done = await run.ok("get_logs", filter='eventType eq "group.lifecycle.delete"', sort_order="DESCENDING", limit=1)
    checks.that(
        done["items"] and "E2E" in json.dumps(done["items"][0]["target"]), "our own doing", done
    )
    failures = await run.ok("get_login_failures", fields="eventType,outcome,actor.alternateId")
    checks.equal(failures["complete"], True, "the failures are complete")
    checks.that(
        "ana.silva@acme.example" in json.dumps(failures["failures"]), "Ana's failures", failures
    )
    await run.error("bad_argument", "get_logs", filter="eventType is broken")


async def scope_status(run: Run) -> None:
    status = await run.ok("get_scope_status")
    run.checks.that("okta.users.manage" in status["granted_scopes"], "the granted scopes", status)


async def end_user(run: Run, people: dict) -> None:
    """Signs an employee in, with the link that the first call answers with."""
    checks = run.checks
    names = [tool.name for tool in await run.face.tools()]
    mine = ["get_my_user_profile", "list_assigned_applications", "get_application_sso_link"]
    checks.equal(names[-3:], mine, "what is a person's own")
    # And what asks nothing of Okta.
    checks.equal(len(names), 8, "nothing else but what needs no scope")
    first = await run.error("sign_in_needed", "get_my_user_profile")
    visitor = Visitor(people["employee"], people["password"])
    page = await asyncio.to_thread(visitor.activate, first["error"]["sign_in"]["url"])
    checks.that("activated" in page, "the last page says so", page)
    for _ in range(60):
        answer = await run.face.call("get_my_user_profile")
        if answer.kind != "sign_in_needed":
            break
        await asyncio.sleep(0.5)
    checks.equal(answer.value["profile"]["login"], people["employee"], "who signed in")

    apps = (await run.ok("list_assigned_applications"))["items"]
    order = [app["sortOrder"] for app in apps]
    checks.that(len(apps) > 5 and order == sorted(order), "as on the dashboard", order)
    for name in ("ZOOM", "zo om", "zooom"):
        found = await run.ok("get_application_sso_link", name=name)
        checks.that(found in apps and found["label"] == "Zoom", f"{name!r} is Zoom", found)
    several = await run.ok("get_application_sso_link", name="work")
    checks.that(len(several["candidates"]) > 1, "several that fit are told", several)
    none = await run.ok("get_application_sso_link", name="Zoom Phone")
    checks.that("Zoom" in none["nearest"] and "http" not in str(none), "the nearest is told", none)


async def examples(run: Run) -> None:
    """The calls that the reference shows. They reach the tools that no other part here calls."""
    steps = tomllib.loads((EXAMPLES / "examples.toml").read_text())["example"]
    kept = {"certificate": (EXAMPLES / "example-domain" / "certificate.pem").read_text()}

    def filled(value):
        if isinstance(value, dict):
            return {name: filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [filled(each) for each in value]
        name = value[1:-1] if isinstance(value, str) and value[:1] == "{" else None
        return kept.get(name, value)

    for step in steps:
        if step.get("approvals"):
            # From here on a person decides elsewhere; approve.py does that.
            break
        tool, arguments = step["tool"], filled(step.get("arguments", {}))
        caller = run
        if step.get("by") == "api_token":
            # Okta does it for a person, and a service app is none.
            told = await run.error("no_person", tool, **arguments)
            run.checks.that("OKTA_API_TOKEN" in told["error"]["next"], f"{tool}: what to do", told)
            caller = run.admin
        if step.get("by") == "person":
            # It is about the person who signs in, and a service app is none.
            told = await run.error("no_person", tool, **arguments)
            words = "okta.users.read.self" in told["error"]["next"]
            run.checks.that(words, f"{tool}: what to do", told)
            caller = run.employee
        answer = await caller.ok(tool, **arguments)
        for name, pointer in step.get("keep", {}).items():
            value = answer
            for part in pointer.split("/")[1:]:
                value = value[int(part) if isinstance(value, list) else part]
            kept[name] = value


def trail(checks: Checks, rows: list[dict]) -> None:
    """Every call has its outcome, and every change its intent before that."""
    ended = {row["call"] for row in rows if row["kind"] in ("outcome", "asked", "refusal", "refused")}
    ended = {call.split("-")[0] for call in ended}
    open_calls = [row for row in rows if row["kind"] == "call" and str(row["seq"]) not in ended]
    checks.equal(open_calls, [], "every call has its end in the trail")
    intents = [row for row in rows if row["kind"] == "intent"]
    outcomes = {row["call"]: row["seq"] for row in rows if row["kind"] == "outcome"}
    checks.that(len(intents) > 20, "changes have intents", len(intents))
    for row in intents:
        checks.that(outcomes.get(row["call"], 0) > row["seq"], "intent before outcome", row)
    changes = {row["seq"] for row in rows if row["kind"] == "call" and row["effect"] != "read"}
    intended = {int(row["call"].split("-")[0]) for row in intents}
    checks.that(intended <= changes, "only changes have intents")


async def main(mode: str) -> None:
    checks = Checks(f"every tool: Python mcp {VERSION}, {mode}")
    with Home() as home, Home() as admins, Home() as employees, Sandbox() as org:
        key = (EXAMPLES / "example-domain" / "key.pem").read_text()
        async with (
            connected(admins, mode, accept(), args=(), **org.admin()) as admin,
            connected(employees, mode, args=(), **org.employee()) as employee,
            connected(home, mode, accept(), args=(), **org.env, OKTA_MCP_DOMAIN_KEY=key) as face,
        ):
            wanted = "2026-07-28" if mode == "2026-07-28" else "2025-11-25"
            checks.equal(face.version, wanted, "the protocol version")
            tools = await face.tools()
            # All but the three that are for people only.
            checks.that(len(tools) >= 117, "117 tools or more are listed", len(tools))
            for tool in tools:
                checks.equal(input_schema(tool)["type"], "object", f"{tool.name} takes an object")
                checks.that(tool.title and tool.description, f"{tool.name} has title and words")
                checks.that(read_only(tool) is not None, f"{tool.name} has hints")
            person = Run(employee, checks, employees)
            run = Run(face, checks, home, admin=Run(admin, checks, admins), employee=person)
            try:
                await end_user(person, org.people)
            except Exception as error:  # noqa: BLE001: the other parts still run
                checks.broke("end_user", error)
            parts = (
                users,
                groups,
                applications,
                catalog,
                policies,
                device_assurance,
                changes,
                logs,
                scope_status,
                examples,
            )
            for part in parts:
                try:
                    await part(run)
                except Exception as error:  # noqa: BLE001: the other parts still run
                    checks.broke(part.__name__, error)
            listed = {tool.name for tool in tools}
            checks.equal(sorted(listed - face.called), [], "listed and never called")
            again = [tool.name for tool in await face.tools()]
            checks.equal(again, [tool.name for tool in tools], "the list stays as it was")
        trail(checks, home.trail())
        rows = [row for row in employees.trail() if row["kind"] == "call"]
        checks.equal(rows[-1]["principal"], org.people["employee"], "who it was stands in the trail")
    checks.end()


asyncio.run(main(sys.argv[1]))
