"""A program on a terminal of its own, with a person's answers typed in: what asks for a passphrase
takes it from a terminal only.

Standard input: {"command": [...], "answers": [[prompt, typed], ...]}. Each answer is typed once its
prompt stands there and the terminal no longer shows what is typed. Standard output: what the
terminal showed. The exit code is the program's.
"""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass

SECONDS = 60


@dataclass
class Ended:
    code: int
    shown: str


def run(command: Sequence[str], answers: Sequence[tuple[str, str]], environment: dict) -> Ended:
    """Runs a command on a terminal. A process of its own forks: a caller may have threads."""
    ended = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps({"command": list(command), "answers": list(answers)}),
        env=environment,
        capture_output=True,
        text=True,
        timeout=2 * SECONDS,
    )
    return Ended(ended.returncode, ended.stdout + ended.stderr)


class Terminal:
    def __init__(self, command: list[str]) -> None:
        self.shown = b""
        self.until = time.monotonic() + SECONDS
        self.pid, self.side = pty.fork()
        if self.pid == 0:
            os.execv(command[0], command)

    def read(self, seconds: float) -> bool:
        """Takes what is there; false where nothing will come any more."""
        if not select.select([self.side], [], [], seconds)[0]:
            if time.monotonic() > self.until:
                raise TimeoutError(self.shown.decode(errors="replace"))
            return True
        try:
            more = os.read(self.side, 65536)
        except OSError:  # Linux: the other side is closed.
            more = b""
        self.shown += more
        return bool(more)

    def answer(self, prompt: str, typed: str) -> bool:
        """False where the program ended without asking for it."""
        begun = len(self.shown)
        while prompt.encode() not in self.shown[begun:]:
            if not self.read(1):
                return False
        while termios.tcgetattr(self.side)[3] & termios.ECHO:
            if not self.read(0.01):
                return False
        os.write(self.side, f"{typed}\n".encode())
        return True

    def end(self) -> int:
        while self.read(1):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def main() -> None:
    task = json.load(sys.stdin)
    terminal = Terminal(task["command"])
    for prompt, typed in task["answers"]:
        if not terminal.answer(prompt, typed):
            break
    code = terminal.end()
    sys.stdout.write(terminal.shown.decode(errors="replace"))
    sys.exit(code)


if __name__ == "__main__":
    main()
