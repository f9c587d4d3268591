"""Cases, how each ended, and the sum."""

from __future__ import annotations

import json

from faults import FAULTS


class Wrong(Exception):
    """A case did not go as it should; the text says how."""


class Ledger:
    """Prints a line per case and counts."""

    def __init__(self) -> None:
        self.passed = 0
        self.expected: dict[tuple[str, str], int] = {}
        self.mismatches: list[str] = []
        self.names: set[tuple[str, str]] = set()

    def case(self, program: str, name: str, wrong: str | None, note: str) -> None:
        """A case has ended: well where `wrong` is none, else so."""
        fault = FAULTS.get((program, name))
        wrong = wrong if wrong is None else " ".join(wrong.split())
        self.names.add((program, name))
        if wrong is None and fault is None:
            self.passed += 1
            print(f"ok        {program:6} {name}: {note}", flush=True)
        elif wrong is not None and fault is not None and fault.how in wrong:
            key = (program, name)
            self.expected[key] = self.expected.get(key, 0) + 1
            print(f"expected  {program:6} {name}: {note}: {short(wrong, 160)}", flush=True)
        else:
            if wrong is None:
                wrong = f"is listed as a fault ({fault.how!r}), but it went well: strike it out"
            elif fault is not None:
                wrong = f"is listed as a fault ({fault.how!r}), but went wrong otherwise: {wrong}"
            self.mismatches.append(f"{program} {name}")
            print(f"MISMATCH  {program:6} {name}: {note}: {short(wrong, 1500)}", flush=True)

    def stale(self, programs: set[str]) -> None:
        """Faults of cases that no longer exist."""
        for program, name in FAULTS:
            if program in programs and (program, name) not in self.names:
                self.case(program, name, "is listed as a fault, but there is no such case", "-")

    def end(self) -> int:
        """Prints what was expected to fail, with the reasons, and the sum; gives the exit code."""
        self._tell()
        print()
        expected = sum(self.expected.values())
        cases = self.passed + expected + len(self.mismatches)
        for each in self.mismatches:
            print(f"MISMATCH  {each}")
        print(
            f"{cases} cases, {self.passed} passed, {expected} expected failures, "
            f"{len(self.mismatches)} mismatches"
        )
        return 1 if self.mismatches or not self.passed else 0

    def _tell(self) -> None:
        """The faults that were seen, one reason after the other, each with its cases."""
        reasons: dict[tuple[str, str], list[str]] = {}
        for program, case in self.expected:
            reasons.setdefault((program, FAULTS[program, case].reason), []).append(case)
        if reasons:
            print("\nTheir own faults, each seen in this run:")
        for (program, reason), cases in reasons.items():
            print(f"  {program}: {reason}\n      {', '.join(cases)}")


def short(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"


def difference(wanted: object, seen: object, path: str = "") -> str | None:
    """The first place where `seen` has not what `wanted` has. More in objects is no difference; a
    function among what is wanted judges itself."""
    at = path or "the whole"
    if isinstance(wanted, dict):
        if not isinstance(seen, dict):
            return f"{at}: no object but {text(seen)}"
        for key, value in wanted.items():
            inner = f"{path}.{key}" if path else str(key)
            if key not in seen:
                return f"{inner} is not there, wanted {text(value)}"
            if (found := difference(value, seen[key], inner)) is not None:
                return found
        return None
    if isinstance(wanted, list):
        if not isinstance(seen, list) or len(seen) != len(wanted):
            return f"{at} is {text(seen)}, wanted {text(wanted)}"
        for index, (one, other) in enumerate(zip(wanted, seen)):
            if (found := difference(one, other, f"{path}[{index}]")) is not None:
                return found
        return None
    if callable(wanted):
        return None if wanted(seen) else f"{at} is {text(seen)}"
    if wanted != seen:
        return f"{at} is {text(seen)}, wanted {text(wanted)}"
    return None


def without(value: object, paths: tuple[str, ...]) -> object:
    """A copy of an object without what lies at these dotted paths."""
    copy = json.loads(json.dumps(value))
    for path in paths:
        *way, last = path.split(".")
        place = copy
        for key in way:
            place = place.get(key, {}) if isinstance(place, dict) else {}
        if isinstance(place, dict):
            place.pop(last, None)
    return copy


def text(value: object) -> str:
    return json.dumps(value, default=str)[:300]
