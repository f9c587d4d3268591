"""The org: `okta-mcp sandbox --https`, until the `with` block ends."""

from __future__ import annotations

import json
import ssl
import urllib.request
from pathlib import Path

from checks import Sandbox


class Org(Sandbox):
    """An org that listens, and how to connect to it."""

    def __enter__(self) -> Org:
        # RSA, since neither of the two signs with another key; without rate limits, since both
        # would wait a minute for a bucket to fill again.
        self.flags = ["--https", "--rsa", "--no-rate-limits", "--ca-file", self.home / "ca.pem"]
        super().__enter__()
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
