"""The org: `okta-mcp sandbox --https`, until the `with` block ends."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import tempfile
import urllib.request
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

    def demand_dpop(self, on: bool) -> None:
        """Whether the service app gets tokens only that are bound to a key (DPoP)."""
        path = f"/api/v1/apps/{self.env['OKTA_CLIENT_ID']}"
        app = self._call("GET", path)
        app["settings"]["oauthClient"]["dpop_bound_access_tokens"] = on
        self._call("PUT", path, app)

    def _call(self, method: str, path: str, body: object = None) -> dict:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"SSWS {self.api_token}",
                "Content-Type": "application/json",
            },
        )
        context = ssl.create_default_context(cafile=self.env["SSL_CERT_FILE"])
        with urllib.request.urlopen(request, context=context) as response:
            return json.load(response)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
