"""Who may say yes at this machine: whoever knows the approval passphrase, and no client. What policy
denies nobody may; what was changed can be looked at before and taken back after.

Usage: approve.py legacy|2026-07-28
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import terminal
from checks import BINARY, Checks, Home
from clients import VERSION, accept, connected, read_only

PASSPHRASE = "correct horse battery staple"
NEW = "another horse battery staple"
TO_APPROVE = "Approval passphrase, to approve this: "
TO_DECLINE = "Approval passphrase, to decline this: "


class Machine:
    """A state folder, and a person at its terminal."""

    def __init__(self, checks: Checks, home: Home) -> None:
        self.checks = checks
        self.home = home

    def type(self, *arguments: str, answers: list[tuple[str, str]]) -> terminal.Ended:
        environment = self.home.environment(HOME=str(self.home.path))
        ended = terminal.run([str(BINARY), "approvals", *arguments], answers, environment)
        for _, typed in answers:
            self.checks.that(typed not in ended.shown, "what is typed is not shown", ended.shown)
        return ended

    def piped(self, *arguments: str) -> subprocess.CompletedProcess:
        """A command without a terminal."""
        return subprocess.run(
            [str(BINARY), "approvals", *arguments],
            env=self.home.environment(HOME=str(self.home.path)),
            input=f"{PASSPHRASE}\n",
            start_new_session=True,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def set_up(self) -> None:
        answers = [("new passphrase: ", PASSPHRASE), ("same again: ", PASSPHRASE)]
        ended = self.type("setup", answers=answers)
        self.checks.equal(ended.code, 0, f"the passphrase is set: {ended.shown}")

    def approve(self, approval: str) -> terminal.Ended:
        ended = self.type("approve", approval, answers=[(TO_APPROVE, PASSPHRASE)])
        self.checks.equal(ended.code, 0, f"approved: {ended.shown}")
        return ended

    def rows(self, kind: str, **wanted: object) -> list[dict]:
        """The rows of the trail of that kind with these values."""
        return [
            row
            for row in self.home.trail()
            if row["kind"] == kind and all(row.get(key) == value for key, value in wanted.items())
        ]

    def intents(self, tool: str) -> int:
        """How many calls of a tool had an intent to change something."""
        calls = tuple(f"{row['seq']}-{row['hash'][:16]}" for row in self.rows("call", tool=tool))
        return sum(row["call"].startswith(calls) for row in self.rows("intent"))


async def group(face, name: str = "E2E", description: str = "stays") -> str:
    made = await face.call("create_group", profile={"name": name, "description": description})
    assert not made.is_error, made.text
    return made.value["id"]


async def there(face, group_id: str) -> bool:
    return not (await face.call("get_group", group_id=group_id)).is_error


async def waiting(checks: Checks, face, tool: str, /, **arguments) -> dict:
    """What a call that must wait for a person answers."""
    answer = await face.call(tool, **arguments)
    waits = answer.value.get("approval_required")
    if not checks.that(waits and not answer.is_error, f"{tool} waits for a person", answer.text):
        raise RuntimeError(f"{tool} does not wait")
    checks.equal(waits["status"], "pending", f"{tool}: its status")
    return waits


async def passphrase(checks: Checks, home: Home, mode: str) -> None:
    """It is set at a terminal, once, and changed by whoever knows it."""
    del mode
    machine = Machine(checks, home)
    ended = machine.piped("setup")
    checks.that(ended.returncode != 0 and "terminal" in ended.stderr, "not without a terminal", ended.stderr)
    ended = machine.type("setup", answers=[("new passphrase: ", "too short")])
    checks.that(ended.code != 0 and "12" in ended.shown, "not a short one", ended.shown)
    ended = machine.type("setup", answers=[("new passphrase: ", PASSPHRASE), ("same again: ", NEW)])
    checks.that(ended.code != 0 and "not the same" in ended.shown, "not with a slip in it", ended.shown)
    machine.set_up()
    ended = machine.type("setup", answers=[("set now: ", NEW)])
    checks.that(ended.code != 0 and "4 more tries" in ended.shown, "not by others", ended.shown)
    answers = [("set now: ", PASSPHRASE), ("new passphrase: ", NEW), ("same again: ", NEW)]
    ended = machine.type("setup", answers=answers)
    checks.equal(ended.code, 0, f"changed by whoever knows it: {ended.shown}")
    checks.equal([row["changed"] for row in machine.rows("approval.passphrase_set")], [False, True], "rows")
    checks.that(PASSPHRASE not in json.dumps(home.trail()), "no passphrase is in the trail")
    store = b"".join(file.read_bytes() for file in home.state.iterdir() if file.is_file())
    checks.that(PASSPHRASE.encode() not in store and NEW.encode() not in store, "none is kept as it is")


async def approved(checks: Checks, home: Home, mode: str) -> None:
    """A yes of the client does not suffice; one at the terminal does, once."""
    machine = Machine(checks, home)
    machine.set_up()
    async with connected(home, mode, accept()) as face:
        target = await group(face)
        waits = await waiting(checks, face, "delete_group", group_id=target)
        approval = waits["approval_id"]
        checks.equal(waits["level"], "desktop", "the level")
        checks.that(f"okta-mcp approvals approve {approval}" in waits["where"], "the command", waits)
        checks.that("http://127.0.0.1:" in waits["where"], "the page", waits)
        again = await waiting(checks, face, "delete_group", group_id=target)
        checks.equal(again["approval_id"], approval, "the same call waits for the same decision")
        status = await face.call("get_approval_status", approval_id=approval)
        checks.equal(status.value["status"], "pending", "get_approval_status")
        early = await face.call("run_approved", approval_id=approval)
        checks.equal(early.kind, "refused", "run_approved before a decision")
        checks.that(await there(face, target), "nothing is done")

        listed = json.loads(machine.piped("list", "--json").stdout)["approvals"]
        checks.equal([each["id"] for each in listed], [approval], "it is listed")
        shown = machine.piped("show", approval).stdout
        checks.that('Delete group "E2E"?' in shown, "it is shown", shown)
        blind = machine.piped("approve", approval)
        checks.that(blind.returncode != 0 and "terminal" in blind.stderr, "not without a terminal", blind.stderr)
        wrong = machine.type("approve", approval, answers=[(TO_APPROVE, NEW)])
        checks.that(wrong.code != 0 and "4 more tries" in wrong.shown, "a wrong passphrase", wrong.shown)
        checks.that(await there(face, target), "nothing is done")
        told = machine.approve(approval)
        checks.that('Delete group "E2E"?' in told.shown, "the person is shown what it is", told.shown)
        status = await face.call("get_approval_status", approval_id=approval)
        checks.equal(status.value["status"], "approved", "it is approved")

        other = await group(face, "E2E other")
        await waiting(checks, face, "delete_group", group_id=other)
        checks.that(await there(face, other), "a yes holds for no other group")
        done = await face.call("delete_group", group_id=target)
        checks.that(not done.is_error and "approval_required" not in done.value, "the same call", done.text)
        checks.equal(await there(face, target), False, "the group is gone")
        late = await face.call("run_approved", approval_id=approval)
        checks.equal(late.kind, "refused", "a yes is used once")
        checks.equal(face.questions, [], "the client is not asked")
        intents = machine.rows("intent", approval=approval)
        checks.equal([row["confirmed"] for row in intents], ["desktop"], "one intent, at its level")
        decided = machine.rows("approval.decided", approval=approval)
        checks.equal([(row["by"], row["result"]) for row in decided], [("terminal", "approved")], "its row")


async def refused(checks: Checks, home: Home, mode: str) -> None:
    """A decline holds, and a yes only for what was shown."""
    machine = Machine(checks, home)
    machine.set_up()
    async with connected(home, mode) as face:
        target = await group(face)
        waits = await waiting(checks, face, "delete_group", group_id=target)
        ended = machine.type("deny", waits["approval_id"], answers=[(TO_DECLINE, PASSPHRASE)])
        checks.equal(ended.code, 0, f"declined: {ended.shown}")
        for tool, arguments in (
            ("delete_group", {"group_id": target}),
            ("run_approved", {"approval_id": waits["approval_id"]}),
        ):
            checks.equal((await face.call(tool, **arguments)).kind, "not_confirmed", f"declined: {tool}")
        checks.that(await there(face, target), "the group is there")
        ended = machine.type("approve", waits["approval_id"], answers=[(TO_APPROVE, PASSPHRASE)])
        checks.that(ended.code != 0 and "declined already" in ended.shown, "a no stays one", ended.shown)

        changing = await group(face, "E2E changes")
        waits = await waiting(checks, face, "delete_group", group_id=changing)
        machine.approve(waits["approval_id"])
        user = (await face.call("get_user", user_id="daniel.okafor@acme.example")).value["id"]
        joined = await face.call("add_user_to_group", group_id=changing, user_id=user)
        checks.that(not joined.is_error, "somebody joins meanwhile", joined.text)
        anew = await waiting(checks, face, "run_approved", approval_id=waits["approval_id"])
        checks.that(anew["approval_id"] != waits["approval_id"], "with a member it is asked anew", anew)
        shown = machine.piped("show", anew["approval_id"]).stdout
        checks.that("1 member" in shown, "and the member is shown", shown)
        checks.that(await there(face, changing), "the group is there")
        machine.approve(anew["approval_id"])
        run = await face.call("run_approved", approval_id=anew["approval_id"])
        checks.that(not run.is_error, "run_approved", run.text)
        checks.equal(await there(face, changing), False, "the group is gone")


async def previewed(checks: Checks, home: Home, mode: str) -> None:
    """A preview shows what a change would send, and sends nothing."""
    machine = Machine(checks, home)
    machine.set_up()
    async with connected(home, mode) as face:
        target = await group(face)
        intents = len(machine.rows("intent"))

        async def preview(tool: str, **arguments):
            return await face.call("preview_change", tool=tool, arguments=arguments)

        seen = (await preview("delete_group", group_id=target)).value
        checks.equal(seen["would"], 'Delete group "E2E"', "what would be done")
        checks.equal(seen["effect"], "destructive", "its effect")
        checks.equal(seen["requests"], [{"send": f"DELETE /api/v1/groups/{target}"}], "what would be sent")
        checks.that("It has no members." in seen["loss"], "what would be lost", seen)
        checks.that("confirm" in json.dumps(seen["decision"]), "what policy says", seen["decision"])
        seen = (await preview("update_group", group_id=target, profile={"description": "new"})).value
        wanted = [{"field": "profile.description", "before": "stays", "after": "new"}]
        checks.equal(seen["changes"], wanted, "what would differ")
        checks.equal(seen["can_be_undone"], True, "whether it can be taken back")
        checks.equal((await preview("list_groups")).kind, "bad_argument", "what reads has no preview")
        checks.equal((await preview("no_such_tool")).kind, "bad_argument", "no such tool")
        checks.equal((await preview("run_approved", approval_id="x")).kind, "bad_argument", "no call within a call")
        missing = await preview("delete_group", group_id="00gnone")
        checks.equal(missing.kind, "not_found", "a group that is not there")
        read = await face.call("get_group", group_id=target)
        checks.equal(read.value["profile"]["description"], "stays", "nothing is changed")
        checks.equal(len(machine.rows("intent")), intents, "no intent is in the trail")
        checks.equal(machine.rows("approval.requested"), [], "nobody is asked")


async def taken_back(checks: Checks, home: Home, mode: str) -> None:
    """A change is taken back, once, while the object is as it left it, and by the same rules."""
    machine = Machine(checks, home)
    machine.set_up()
    async with connected(home, mode) as face:
        target = await group(face)

        async def described() -> str:
            read = await face.call("get_group", group_id=target)
            return read.value["profile"]["description"]

        async def describe(words: str) -> str:
            done = await face.call("update_group", group_id=target, profile={"description": words})
            return done.value["_undo"]

        first = await describe("first")
        back = await face.call("undo_change", undo_id=first)
        checks.that(not back.is_error and await described() == "stays", "it is as it was", back.text)
        checks.equal((await face.call("undo_change", undo_id=first)).kind, "refused", "once")
        second = await describe("second")
        await describe("third")
        answer = await face.call("undo_change", undo_id=second)
        checks.equal(answer.kind, "refused", "not over a later change")
        checks.equal(await described(), "third", "the later one stays")
        checks.equal((await face.call("undo_change", undo_id="none")).kind, "refused", "no such change")

        user = (await face.call("get_user", user_id="daniel.okafor@acme.example")).value["id"]
        member = {"group_id": target, "user_id": user}

        async def members() -> int:
            return (await face.call("list_group_users", group_id=target)).value["total_fetched"]

        await face.call("add_user_to_group", **member)
        waits = await waiting(checks, face, "remove_user_from_group", **member)
        machine.approve(waits["approval_id"])
        removed = await face.call("run_approved", approval_id=waits["approval_id"])
        checks.equal(await members(), 0, "the member is removed")
        # Taking back what took a yes takes one.
        waits = await waiting(checks, face, "undo_change", undo_id=removed.value["_undo"])
        checks.equal(await members(), 0, "not back yet")
        shown = machine.piped("show", waits["approval_id"]).stdout
        checks.that("Take back" in shown, "the person is told", shown)
        machine.approve(waits["approval_id"])
        run = await face.call("run_approved", approval_id=waits["approval_id"])
        checks.that(not run.is_error and await members() == 1, "the member is back", run.text)


READ_ONLY = "[profiles.default]\nread_only = true\n"
RULES = """
[[profiles.default.rules]]
name = "groups stay"
tools = ["delete_group"]
decision = "deny"

[[profiles.default.rules]]
name = "names are shown to somebody"
tools = ["update_group"]
decision = "confirm"
level = "desktop"

[[profiles.default.rules]]
name = "members come and go"
tools = ["remove_user_from_group"]
decision = "allow"

[[profiles.default.rules]]
name = "the client's word is enough"
tools = ["deactivate_user"]
decision = "confirm"
level = "client"

[profiles.default.protect]
groups = ["Break Glass"]
"""


async def policy(checks: Checks, home: Home, mode: str) -> None:
    """The file of the policy holds, whoever asks."""
    reads = home.path / "reads.toml"
    reads.write_text(READ_ONLY)
    for args in (("--sandbox", "--config", str(reads)), ("--sandbox", "--read-only")):
        async with connected(home, mode, accept(), args) as face:
            tools = await face.tools()
            checks.equal([tool.name for tool in tools if not read_only(tool)], [], f"{args[1]}: only reads")
            checks.that(len(tools) > 20, f"{args[1]}: they are there", len(tools))
            answer = await face.call("create_group", profile={"name": "E2E"})
            checks.equal(answer.kind, "denied", f"{args[1]}: a write")
            read = await face.call("list_groups", q="E2E")
            checks.equal(read.value["items"], [], f"{args[1]}: nothing is done")

    rules = home.path / "rules.toml"
    rules.write_text(RULES)
    machine = Machine(checks, home)
    async with connected(home, mode, accept(), ("--sandbox", "--config", str(rules))) as face:
        target = await group(face)
        answer = await face.call("delete_group", group_id=target)
        checks.equal(answer.kind, "denied", "what is denied")
        checks.that("groups stay" in answer.text, "by which rule", answer.text)
        checks.that(await there(face, target), "the group is there")
        change = {"group_id": target, "profile": {"description": "new"}}
        answer = await face.call("update_group", **change)
        checks.equal(answer.kind, "confirmation_unavailable", "a level that is not set up")
        checks.that("approvals setup" in answer.text, "it says how to set it up", answer.text)
        machine.set_up()
        waits = await waiting(checks, face, "update_group", **change)
        machine.approve(waits["approval_id"])
        done = await face.call("update_group", **change)
        checks.that(not done.is_error and "_undo" in done.value, "set up while the server runs", done.text)
        user = (await face.call("get_user", user_id="daniel.okafor@acme.example")).value["id"]
        member = {"group_id": target, "user_id": user}
        await face.call("add_user_to_group", **member)
        done = await face.call("remove_user_from_group", **member)
        checks.that(not done.is_error and "approval_required" not in done.value, "what is allowed", done.text)
        glass = await group(face, "Break Glass")
        answer = await face.call("update_group", group_id=glass, profile={"description": "x"})
        checks.equal(answer.kind, "protected", "what is protected")
        checks.equal(face.questions, [], "the client is not asked")
        done = await face.call("deactivate_user", user_id=user)
        checks.that(not done.is_error and "approval_required" not in done.value, "left to the client", done.text)
        checks.equal(len(face.questions), 1, "which is asked then")
        checks.equal(machine.intents("delete_group"), 0, "no deletion in the trail")
        checks.equal(machine.intents("deactivate_user"), 1, "one deactivation is")

    wrong = home.path / "wrong.toml"
    wrong.write_text("[profiles.default]\nread_onyl = true\n")
    ended = subprocess.run(
        [str(BINARY), "--sandbox", "--config", str(wrong)],
        env=home.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    checks.equal(ended.returncode, 2, "a slip in the file stops the start")
    checks.that("read_onyl" in ended.stderr and "read_only" in ended.stderr, "and is named", ended.stderr)
    checks.equal(ended.stdout, "", "standard output is MCP only")


async def main(mode: str) -> None:
    checks = Checks(f"approval at this machine: Python mcp {VERSION}, {mode}")
    for part in (passphrase, approved, refused, previewed, taken_back, policy):
        try:
            with Home() as home:
                await part(checks, home, mode)
        except Exception as error:  # noqa: BLE001: the other parts still run
            checks.broke(part.__name__, error)
    checks.end()


asyncio.run(main(sys.argv[1]))
