"""The negotiation *One page by Thursday*: what an agreement is worth to each side, and whether it can be played.

Points, red lines and the value of no deal are invented and stand in negotiation.csv; the words of the sheets stand in
negotiation.md. A package is one option for each of the five issues.
"""

import csv
import itertools
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
SMALL = ("sre", "state", "congress", "society")  # a smaller class: SSPC sits with SRE, the DEA with State
AMENDMENTS = 12  # that fit into two rounds of twenty and ten minutes


@dataclass
class Side:
    """One side: points by issue and option, options that it must not sign, and what no deal is worth to it."""

    name: str
    points: dict = field(default_factory=dict)
    red_lines: set = field(default_factory=set)
    no_deal: int = 0

    def value(self, package) -> int:
        """The points of a package, a dictionary of issue to option."""
        return sum(self.points[issue][option] for issue, option in package.items())

    def shortfall(self, package) -> int:
        """How far a package is from being better than no deal; a red line counts as far away. Zero: it would sign."""
        crossed = sum(20 for issue, option in package.items() if (issue, option) in self.red_lines)
        return max(0, self.no_deal + 1 - self.value(package)) + crossed


def sides() -> dict[str, Side]:
    """Read the six sides."""
    found = {}
    with (HERE / "negotiation.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            side = found.setdefault(row["role"], Side(row["role"]))
            if row["issue"] == "no deal":
                side.no_deal = int(row["points"])
                continue
            side.points.setdefault(row["issue"], {})[row["option"]] = int(row["points"])
            if row["red_line"] == "yes":
                side.red_lines.add((row["issue"], row["option"]))
    return found


def packages(table) -> list[dict]:
    """Every package that can be put on the table."""
    issues = next(iter(table)).points
    return [dict(zip(issues, choice)) for choice in itertools.product(*issues.values())]


def agreements(table) -> list[dict]:
    """The packages that are better than no deal for every side of a table and cross no red line."""
    return [package for package in packages(table) if not any(side.shortfall(package) for side in table)]


def play(table, opening: dict) -> tuple[dict, list[str]]:
    """Play one table by the rules of the sheets, from the chair's opening text; return the last text and what was said.

    The side that is furthest from signing moves one change of one issue; each other side says yes if it could sign
    the new text
    or comes nearer to signing. The change with most hands is taken. No text comes back twice.
    """
    text, seen, said = dict(opening), [dict(opening)], []
    for _ in range(AMENDMENTS):
        unhappy = sorted((side for side in table if side.shortfall(text)), key=lambda side: -side.shortfall(text))
        if not unhappy:
            return text, [*said, "signed"]
        moved = next((move for side in unhappy if (move := _move(side, table, text, seen))), None)
        if moved is None:
            return text, [*said, "refused"]
        who, issue, option = moved
        text = text | {issue: option}
        seen.append(text)
        said.append(f"{who}: {issue} becomes {option}")
    return text, [*said, "signed" if not any(side.shortfall(text) for side in table) else "refused"]


def _move(side, table, text, seen):
    """The change that a side moves: it brings the side nearer, and has most hands, then most points for the side."""
    changes = [
        (issue, option)
        for issue, options in side.points.items()
        for option in options
        if text | {issue: option} not in seen and side.shortfall(text | {issue: option}) < side.shortfall(text)
    ]
    if not changes:
        return None
    issue, option = max(
        changes, key=lambda change: (_hands(table, text, text | dict([change])), side.value(text | dict([change])))
    )
    return side.name, issue, option


def _hands(table, text, new):
    return sum(not side.shortfall(new) or side.shortfall(new) < side.shortfall(text) for side in table)


def best(side: Side) -> dict:
    """What a side would write if it were alone."""
    return {
        issue: max((option for option in options if (issue, option) not in side.red_lines), key=options.get)
        for issue, options in side.points.items()
    }
