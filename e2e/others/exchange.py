"""One HTTP request of the other program and the sandbox's answer, and what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from ledger import difference, without


@dataclass
class Exchange:
    """As it went over the wire; bodies are JSON where they can be read as JSON."""

    method: str
    url: str
    sent: object
    status: int
    got: object

    @property
    def line(self) -> str:
        return f"{self.method} {urlsplit(self.url).path} {self.status}"

    @property
    def code(self) -> str | None:
        """Okta's code of an error, or the one of OAuth."""
        if not isinstance(self.got, dict):
            return None
        return self.got.get("errorCode") or self.got.get("error")

    def fault(self, unechoed: tuple[str, ...] = ()) -> str | None:
        """What Okta would not have answered: anything but 2xx, and an object that is not the one
        sent. `unechoed` are dotted paths that Okta keeps to itself."""
        if not 200 <= self.status <= 299:
            return f"{self.line}: {json.dumps(self.got)[:600]}"
        if self.method in ("POST", "PUT") and isinstance(self.sent, dict) and self.got:
            found = difference(without(self.sent, unechoed), self.got)
            if found is not None:
                return f"{self.line}: the answer is not what was sent: {found}"
        return None


def read(body: object) -> object:
    """A body as JSON, or as its text."""
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except ValueError:
        return body
