"""Drives okta-sdk-python and Okta's own MCP server against `okta-mcp sandbox --https`.

Usage: run.py [sdk] [server] [AREA…]; without words everything. It starts itself anew in the
environment that e2e/official installs, and is skipped where there is no Python 3.13 for that.

Each line is a case: what was called, and what came of it. A case passes when the sandbox answered
what was asked and the other program understood it, or refused as Okta would. What the other program
gets wrong itself is in faults.py, and must go wrong in just that way. The exit code is 1 if
anything else went wrong.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

E2E = Path(__file__).resolve().parent.parent
PYTHON = E2E.parent / "target" / "e2e" / "official" / "bin" / "python"
# What e2e/official answers where it finds no Python that the server runs on.
NO_PYTHON = 3


def in_its_environment() -> None:
    """Goes on in the environment of the two programs, or says why not and ends."""
    if Path(sys.prefix).resolve() == PYTHON.parent.parent.resolve():
        return
    code = subprocess.run([E2E / "official"], check=False).returncode
    if code == NO_PYTHON:
        print("skipped: okta-sdk-python and okta-mcp-server need Python 3.13")
        sys.exit(0)
    if code:
        sys.exit(code)
    os.execv(PYTHON, [str(PYTHON), *sys.argv])


def main(words: list[str]) -> int:
    from org import Org

    with Org() as org:
        # Whom to trust is read when the programs are imported, and settings of whoever runs this:
        # none of those shall count. The sandbox is on this machine, where no proxy leads.
        for name in [*os.environ]:
            if name.upper().endswith("_PROXY") or name.startswith("OKTA_"):
                del os.environ[name]
        os.environ["SSL_CERT_FILE"] = org.env["SSL_CERT_FILE"]
        os.environ["HOME"] = str(org.home)
        os.chdir(org.home)
        import everything

        return everything.run(org, words)


if __name__ == "__main__":
    in_its_environment()
    sys.path.append(str(E2E))
    sys.exit(main(sys.argv[1:]))
