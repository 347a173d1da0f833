"""What a person wrote for the kit: read, filled with numbers, and tied to the cells that it speaks of.

A hand-written file is Markdown. A line "Cells: a, b" under a heading names the cells of the lesson that the part speaks
of; looked_at.csv keeps a hash of each as it was when a person last looked. A number is never typed, but called:

    {title 01_placebo 1}    the first number in the title of a chart, as printed
    {said clean 2}          the second number in what a cell of the lesson said
    {fact seized_after}     a fact of the kit (see facts.py)
"""

import csv
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from . import lessons

HERE = Path(__file__).resolve().parent
LOOKED_AT = HERE / "looked_at.csv"
KEYS = (
    "Cells",
    "Minutes",
    "Question",
    "Draw",
    "Say",
    "Classes say",
    "Rescue",
    "Cannot tell",
    "Also",
    "Notes",
    "Before",
    "After",
    "Whose",
)
CALL = re.compile(r"\{(title|said|fact) ([^{}]+)\}")


@dataclass
class Part:
    """One part of a plan: its heading, its text, the cells it speaks of, and what it says under each key."""

    heading: str
    text: str
    cells: list
    keys: dict
    parts: dict = field(default_factory=dict)


def read(path: Path) -> dict[str, Part]:
    """Read a hand-written file: heading of a part to the part; the parts of a part stand in its `parts`."""
    return _split(path.read_text(encoding="utf-8"), "## ")


def plan_of(lesson) -> dict[str, Part]:
    """Return the plan of a lesson."""
    return read(HERE / f"plan_{lesson.number}.md")


def text_of(plan: dict, heading: str, lesson, facts) -> str:
    """The text of a part that a plan may have or not, with its numbers; empty where it has none."""
    return fill(plan[heading].text, lesson, facts) if heading in plan else ""


def _split(text, mark):
    found = {}
    for piece in re.split(rf"(?m)^{mark}(?=\S)", text)[1:]:
        heading, _, body = piece.partition("\n")
        own, *_ = re.split(r"(?m)^### (?=\S)", body)
        keys = {key: value.strip() for key, value in re.findall(rf"(?m)^({'|'.join(KEYS)}): (.+)$", own)}
        rest = re.sub(rf"(?m)^(?:{'|'.join(KEYS)}): .+$\n?", "", own).strip()
        cells = [cell.strip() for cell in keys.pop("Cells", "").split(",") if cell.strip()]
        found[heading.strip()] = Part(heading.strip(), rest, cells, keys, _split(body, "### ") if mark == "## " else {})
    return found


def fill(text: str, lesson=None, facts=None) -> str:
    """Put the numbers that a text calls in their places. Raises ValueError for one that is not there."""

    def one(call):
        kind, what = call[1], call[2].split()
        try:
            if kind == "fact":
                return facts[what[0]].text
            numbers = lesson.charts[what[0]].numbers if kind == "title" else lessons.numbers(lesson.said(what[0]))
            found = numbers[int(what[1]) - 1]
            return found.lstrip("+") if call.string[: call.start()].endswith("by ") else found  # rose by 25%
        except (KeyError, IndexError, TypeError, AttributeError):
            raise ValueError(f"{call[0]}: there is no such number") from None

    return CALL.sub(one, text)


# --- the cells that a person has looked at --------------------------------------------------------------------------


def cell_hash(cell) -> str:
    """A short hash of what stands in a cell; outputs do not count, since the numbers follow by themselves."""
    return hashlib.sha256(lessons.source(cell).encode()).hexdigest()[:12]


def spoken_of(lesson) -> dict[str, list[str]]:
    """The cells that the plan of a lesson speaks of, each with the parts that do."""
    found = {}
    for part in plan_of(lesson).values():
        for one in (part, *part.parts.values()):
            for cell in one.cells:
                found.setdefault(cell, []).append(one.heading)
    return found


def looked_at() -> dict[tuple[str, str], str]:
    """(lesson, cell) to the hash of the cell when a person last looked."""
    with LOOKED_AT.open(encoding="utf-8", newline="") as file:
        return {(row["lesson"], row["cell"]): row["hash"] for row in csv.DictReader(file)}


def changed(lesson) -> list[tuple[str, list[str]]]:
    """The cells that are not as they were when a person last looked: (cell, parts of the plan to read again)."""
    seen = looked_at() if LOOKED_AT.exists() else {}
    return [
        (cell, parts)
        for cell, parts in spoken_of(lesson).items()
        if cell not in lesson.cells or seen.get((lesson.number, cell)) != cell_hash(lesson.cells[cell])
    ]


def look(found=None, ask=input) -> int:
    """Show each changed cell with the parts of the plan that speak of it, and ask; keep what a person has read.

    Returns how many are left.
    """
    found = lessons.all_lessons() if found is None else found
    seen, left = looked_at() if LOOKED_AT.exists() else {}, 0
    spoken = {(lesson.number, cell) for lesson in found for cell in spoken_of(lesson)}
    seen = {key: value for key, value in seen.items() if key in spoken}
    for lesson in found:
        for cell, parts in changed(lesson):
            if cell not in lesson.cells:
                print(f"plan_{lesson.number}.md names the cell {cell} ({', '.join(parts)}), which is not there.")
                left += 1
                continue
            print(
                f"\n--- plan_{lesson.number}.md, read again: {', '.join(parts)}. The cell {cell} is now:\n"
                f"{lessons.source(lesson.cells[cell])}\n"
            )
            if ask("Is the plan still right? y/n ").strip().lower() in ("y", "yes"):
                seen[lesson.number, cell] = cell_hash(lesson.cells[cell])
            else:
                left += 1
    with LOOKED_AT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["lesson", "cell", "hash"])
        writer.writerows([*key, value] for key, value in sorted(seen.items()))
    print(f"{left} cells are left to look at." if left else "Every cell that a plan speaks of has been looked at.")
    return left
