"""The org: `okta-mcp sandbox --https`, until the `with` block ends."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from checks import BINARY


class Org:
    """An org that listens, and how to connect to it."""

    def __enter__(self) -> Org:
        self.home = Path(tempfile.mkdtemp(prefix="okta-others-"))
        # RSA, since neither of the two signs with another key; without rate limits, since both
        # would wait a minute for a bucket to fill again.
        command = [BINARY, "sandbox", "--https", "--rsa", "--json", "--no-rate-limits"]
        command += ["--key-file", self.home / "key.pem", "--ca-file", self.home / "ca.pem"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        told = json.loads(self.process.stdout.readline())
        self.env: dict[str, str] = told["env"]
        self.api_token: str = told["api_token"]
        self.url = self.env["OKTA_ORG_URL"]
        self.key = Path(self.env["OKTA_PRIVATE_KEY"]).read_text()
        self.scopes = self.env["OKTA_SCOPES"].split()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
