"""Gathers what a class handed in: one page a learner, a table for a spreadsheet, and a list of every file.

    python3 notebooks/classroom collect FOLDER          writes into "FOLDER collected", beside it
    python3 notebooks/classroom collect FOLDER OUT      writes into OUT

FOLDER holds what thirty people sent, as it came: ZIPs, folders, notebooks, briefs and notes, under any names. All of it
is read as text; nothing is run, unpacked to the disk, changed or sent. There is no mark in what comes out: checks are
for learning, and `solution` prints the answers. Marks rest on the brief, the position memo and what is said in class.
"""
import csv
import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from takeaways.exercises.asking import questions

from . import handins, work
from .learners import DIRECTIONS, learners

MARKER = "files.csv"        # what tells a folder of ours from another
TEMPLATES = Path(__file__).parent / "templates"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass
class Collected:
    """What a folder held. learners: as learners.Learner; read: path to learner; unread: (path, why) pairs."""

    learners: list
    read: dict = field(default_factory=dict)
    unread: list = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit code: 0, or 2 where the folder or the place for the pages will not do."""
    if not 1 <= len(arguments) <= 2 or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    folder = Path(arguments[0]).expanduser().absolute()
    out = (Path(arguments[1]).expanduser().absolute() if len(arguments) > 1
           else folder.with_name(f"{folder.name} collected"))
    if fault := _fault(folder, out):
        print(fault, file=sys.stderr)
        return 2
    found = collect(folder)
    try:
        write(found, out)
    except OSError as fault:
        print(f"The pages cannot be written to {out} ({fault.strerror}). Name another folder: collect FOLDER OUT",
              file=sys.stderr)
        return 2
    print(f"Learners: {len(found.learners)}. Files read: {len(found.read)}. Files that could not be used: "
          f"{len(found.unread)} (files.csv says why).")
    print(f"Open {out / 'index.html'}")
    return 0


def _fault(folder, out):
    """Why it cannot begin, a sentence; None where it can."""
    if not folder.is_dir():
        return f"There is no folder {folder}. Put what was handed in into one folder, ZIPs as they came, and name it."
    if out == folder or folder in out.parents:
        return "The pages would lie among what was handed in, and be collected next time. Name a folder elsewhere."
    if out.exists() and (not out.is_dir() or any(out.iterdir()) and not (out / MARKER).exists()):
        return f"{out} holds other things. Name an empty folder, or a new one: collect FOLDER OUT"
    return None


def collect(folder: Path) -> Collected:
    """Return what a folder holds, learner by learner. Runs nothing and raises nothing: what cannot be read is said."""
    pairs, unread = [], []
    for one in handins.files(folder):
        if isinstance(one, handins.Unread):
            unread.append((one.path, one.why))
            continue
        try:
            pairs.append((one.path, work.read(one)))
        except work.Unreadable as fault:
            unread.append((one.path, str(fault)))
        except Exception as fault:      # a file of a kind nobody foresaw must not hide the other twenty-nine
            unread.append((one.path, f"It could not be read ({type(fault).__name__}). Look at it by hand."))
    found = learners(pairs)
    return Collected(found, {path: learner for learner in found for path, _ in learner.works}, unread)


def write(found: Collected, out: Path):
    """Write the pages and tables into a folder; pages of an earlier collection there are replaced."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("learner_*.html"):
        old.unlink()
    numbers = [number for number, question in questions().items() if question.kind not in ("guess", "vote")]
    rows = [_row(learner, number, numbers) for number, learner in enumerate(found.learners, 1)]
    page = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True).get_template
    for row, learner in zip(rows, found.learners):
        (out / row["page"]).write_text(page("learner.html.j2").render(row=row, learner=learner, numbers=numbers),
                                       encoding="utf-8")
    counts = Counter(number for learner in found.learners
                     for number, state in learner.exercises().items() if state == "right")
    tried = Counter(number for learner in found.learners for number in learner.exercises())
    (out / "index.html").write_text(page("collected.html.j2").render(
        rows=rows, unread=found.unread, numbers=numbers, right=counts, tried=tried, folder=out.name), encoding="utf-8")
    _write_table(out / "class.csv", [{name: value for name, value in row.items() if name != "page"} for row in rows])
    _write_table(out / MARKER, _file_rows(found))


def _row(learner, number, numbers):
    """A learner in the table of the class."""
    states = learner.exercises()
    briefs = [one.brief for _, one in learner.works if one.kind == "brief"]
    brief, review = _newest_brief(briefs), next((one.review for _, one in reversed(learner.works) if one.review), [])
    test, forecast = learner.texts("my_test"), learner.texts("my_forecast")
    row = {"name": learner.name, "class": learner.class_, "signed": _yes(learner.signed), "files": len(learner.works),
           "lessons": " ".join(sorted({one.lesson for _, one in learner.works if one.lesson}))}
    for lesson in sorted({one.split(".")[0] for one in numbers}):
        of_it = [one for one in numbers if one.split(".")[0] == lesson]
        row[f"0{lesson} tried of {len(of_it)}"] = sum(one in states for one in of_it)
        row[f"0{lesson} right"] = sum(states.get(one) == "right" for one in of_it)
    row |= {"test kept": _yes(test), "test first written": next((when for when, _ in test if when), ""),
            "versions of the test": len(test),
            "forecast kept": _yes(forecast), "brief": brief.get("title", ""), "brief written": brief.get("written", ""),
            "briefs": len(briefs), "words": brief.get("words", ""), "numbers": brief.get("numbers", ""),
            "charts": brief.get("charts", ""),
            "review in order": sum(passed for passed, _ in review) if review else "",
            "review not yet": sum(not passed for passed, _ in review) if review else "",
            "remarks": " ".join([*learner.remarks, *(remark for _, one in learner.works for remark in one.remarks)])}
    return row | {"page": f"learner_{number:03}_{_file_name(learner.name)}.html"}


def _newest_brief(briefs):
    """The brief that was written last; where dates do not tell, the longest."""
    return max(briefs, key=lambda brief: (_day(brief["written"]), brief["words"]), default={})


def _day(written):
    """A date such as "26 November 2026" as something that sorts; an empty one first."""
    months = "January February March April May June July August September October November December".split()
    day, month, year = (written.split() + ["0", "", "0"])[:3]
    return int(year), months.index(month) + 1 if month in months else 0, int(day)


def _file_rows(found):
    for path, learner in sorted(found.read.items()):
        kinds = {at: one.kind for at, one in learner.works}
        yield {"file": path, "read as": kinds[path], "put to": learner.name, "why not read": ""}
    for path, why in found.unread:
        yield {"file": path, "read as": "", "put to": "", "why not read": why}


def _write_table(path, rows):
    """Write rows as CSV that a spreadsheet opens with its accents, and in which nothing is a formula."""
    rows = list(rows)
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]) if rows else ["nothing was found"])
        table.writeheader()
        table.writerows({name: plain_cell(value) for name, value in row.items()} for row in rows)


def plain_cell(value):
    """Return a value as a cell that no spreadsheet takes for a formula: one line, an apostrophe before = + - @."""
    if not isinstance(value, str):
        return value
    value = DIRECTIONS.sub("", value)
    text = " ".join(re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", " ", value.lstrip()).split())
    return f"'{text}" if value.startswith(FORMULA) or text.startswith(FORMULA) else text


def _file_name(name):
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"\W+", "_", bare).strip("_")[:40] or "no_name"


def _yes(value):
    return "yes" if value else "no"
