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
FIRST, ALL = ("deaths", "handed", "arms"), ("sign", "notice", "deaths", "handed", "arms")
ROUNDS = (FIRST, ALL, ALL)  # the issues that are open in each round
COUNTRY = {"sre": "Mexico", "security": "Mexico", "state": "U.S.", "dea": "U.S.", "congress": "U.S."}  # society: both


@dataclass
class Side:
    """One side: points by issue and option, options that it must not sign, and what no deal is worth to it."""

    name: str
    points: dict = field(default_factory=dict)
    red_lines: set = field(default_factory=set)
    no_deal: int = 0
    _far: dict = field(default_factory=dict, repr=False, compare=False)  # by package: a play asks many times for one

    def value(self, package) -> int:
        """The points of a package, a dictionary of issue to option."""
        return sum(self.points[issue][option] for issue, option in package.items())

    def shortfall(self, package) -> int:
        """How far a package is from being better than no deal; a red line counts as far away. Zero: it would sign."""
        choice = tuple(map(package.get, self.points))
        if choice not in self._far:
            crossed = len(self.red_lines & package.items())
            self._far[choice] = max(0, self.no_deal + 1 - self.value(package)) + 20 * crossed
        return self._far[choice]


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


def hands(table, text: dict, new: dict) -> list[Side]:
    """The sides that show a hand for a new text: those that could sign it, or come nearer to signing."""
    return [side for side in table if not (far := side.shortfall(new)) or far < side.shortfall(text)]


def is_taken(table, text: dict, new: dict) -> bool:
    """Whether a change goes into the text: more than half of the hands, one of each country among them."""
    return are_enough(hands(table, text, new), table)


def are_enough(shown: list[Side], table) -> bool:
    """Whether the hands shown are more than half of a table, one of each country among them."""
    return 2 * len(shown) > len(table) and {"Mexico", "U.S."} <= {COUNTRY.get(side.name) for side in shown}


def play(table, opening: dict) -> tuple[dict, list[str]]:
    """Play one table by the rules of the sheets, from the chair's opening text; return the last text and what was said.

    In each round each side may move once, the one furthest from signing first. A change touches one open issue or
    two; a text that has been changed does not come back.
    """
    text, seen, said = dict(opening), [dict(opening)], []
    for issues in ROUNDS:
        waiting = list(table)
        while found := _next(table, waiting, text, seen, issues):
            side, new = found
            waiting.remove(side)
            changed = [f"{one} becomes {new[one]}" for one in new if new[one] != text[one]]
            said.append(f"{side.name}: {', '.join(changed)}")
            text = new
            seen.append(text)
    return text, [*said, "refused" if any(side.shortfall(text) for side in table) else "signed"]


def _next(table, waiting, text, seen, issues):
    """The next side that moves a change which is taken, and the new text; None if there is none."""
    unhappy = [(side, far) for side in waiting if (far := side.shortfall(text))]
    for side, far in sorted(unhappy, key=lambda one: -one[1]):
        moves = [
            (new, shown)
            for new in changes(side, text, issues)
            if side.shortfall(new) < far and new not in seen and are_enough(shown := hands(table, text, new), table)
        ]
        if moves:
            return side, max(moves, key=lambda move: (len(move[1]), side.value(move[0])))[0]
    return None


def changes(side: Side, text: dict, issues) -> list[dict]:
    """The texts that differ from a text in one or two of these issues."""
    single = [(one, option) for one in issues for option in side.points[one] if option != text[one]]
    pairs = [pair for pair in itertools.combinations(single, 2) if pair[0][0] != pair[1][0]]
    return [text | dict(change) for change in [*((one,) for one in single), *pairs]]


def best(side: Side) -> dict:
    """What a side would write if it were alone."""
    return {
        issue: max((option for option in options if (issue, option) not in side.red_lines), key=options.get)
        for issue, options in side.points.items()
    }
