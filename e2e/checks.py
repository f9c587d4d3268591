"""What the end-to-end tests share: counting checks, and the server that they start."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("OKTA_MCP_BINARY", ROOT / "target" / "debug" / "okta-mcp")).resolve()


class Checks:
    """Counts what held and what did not; the last line says both."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.passed = 0
        self.failed = 0
        print(f"== {title}", flush=True)

    def that(self, holds: object, what: str, seen: object = None) -> bool:
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            text = seen if isinstance(seen, str) else json.dumps(seen, default=str)
            print(f"FAILED: {what}\n  seen: {text[:1500]}", flush=True)
        return bool(holds)

    def equal(self, seen: object, wanted: object, what: str) -> bool:
        return self.that(seen == wanted, f"{what} (wanted {wanted!r})", seen)

    def broke(self, what: str, error: BaseException) -> None:
        self.that(False, f"{what}: {type(error).__name__}", "; ".join(causes(error)))

    def end(self) -> None:
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)


def causes(error: BaseException) -> list[str]:
    """The messages of an error, groups opened."""
    if isinstance(error, BaseExceptionGroup):
        return [text for inner in error.exceptions for text in causes(inner)]
    return [f"{type(error).__name__}: {error}"]


class Home:
    """Folders of their own for one test: nothing is written to the user's."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="okta-mcp-e2e-"))
        self.exports = self.path / "exports"
        self.state = self.path / "state"

    def environment(self, **more: str) -> dict[str, str]:
        """An environment for the server: these folders, and nothing of ours that steers it."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("OKTA_")}
        return {
            **kept,
            "OKTA_MCP_STATE_DIR": str(self.state),
            "OKTA_MCP_EXPORT_DIR": str(self.exports),
            # Not that of whoever runs this.
            "OKTA_MCP_KEYRING": "off",
            **more,
        }

    def trail(self) -> list[dict]:
        """The rows of the audit trail."""
        rows = []
        for file in sorted(self.state.rglob("*.jsonl")):
            rows += [json.loads(line) for line in file.read_text().splitlines()]
        return rows

    def __enter__(self) -> Home:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


class Sandbox:
    """`okta-mcp sandbox`, until the `with` block ends."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="okta-mcp-sandbox-"))
        self.flags: list[object] = []

    def __enter__(self):
        command = [BINARY, "sandbox", "--json", "--key-file", self.home / "key.pem", *self.flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        told = json.loads(self.process.stdout.readline())
        # How the service app signs in.
        self.env: dict[str, str] = told["env"]
        self.api_token: str = told["api_token"]
        # How people sign in: the apps, an employee's login, the password of everybody.
        self.people: dict = told["sign_in"]
        self.url = self.env["OKTA_ORG_URL"]
        return self

    def admin(self) -> dict[str, str]:
        """How an admin signs in, for all that the service app may do."""
        kept = {name: self.env[name] for name in ("OKTA_ORG_URL", "OKTA_SCOPES")}
        return {**kept, "OKTA_API_TOKEN": self.api_token}

    def employee(self) -> dict[str, str]:
        """How an employee signs in, for what is their own. No browser is opened here."""
        return {
            "OKTA_ORG_URL": self.url,
            "OKTA_CLIENT_ID": self.people["native"]["client_id"],
            "OKTA_SCOPES": "openid profile okta.users.read.self",
            "CI": "true",
        }

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
