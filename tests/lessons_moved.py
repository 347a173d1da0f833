"""What new tables move in the lessons, told for a person, in Markdown; `python3 data` runs it in a copy of the repository.

    python tests/lessons_moved.py OLD       OLD: the data folder from which the stored outputs were made

It runs each lesson on the tables beside it, without touching a notebook, and tells which sentences no longer hold, which
titles and sentences by code are other ones than those stored, which answers and slips moved, and which texts still name the
old as-of dates. Exit code 4 when a lesson stops or a sentence no longer holds, else 0.
"""
import contextlib
import itertools
import json
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP / "notebooks"), str(TOP / "tests")]
import answers  # noqa: E402
import claims  # noqa: E402
import lesson_runner  # noqa: E402
import matplotlib.pyplot as plt  # noqa: E402
import pytest  # noqa: E402
from datapackage import read_package  # noqa: E402
from launcher.environment import NOTEBOOKS  # noqa: E402

from takeaways import publishing  # noqa: E402
from takeaways.prose import true_minus  # noqa: E402
from takeaways.reading import read_figure  # noqa: E402

A_PERSON_IS_NEEDED = 4
MONTHS = "January February March April May June July August September October November December".split()
AROUND = 60     # characters of a text on each side of a date


# ---- one lesson --------------------------------------------------------------------------------

class Run:
    """A lesson run on the new tables: where it stopped, which claims failed, and what its code said, cell by cell."""

    def __init__(self, lesson):
        self.lesson, self.number, self.cell = lesson, lesson.name[:2], None
        self.stops, self.failed, self.said = [], [], {}
        cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
        self.due = claims.by_cell(self.number, [(cell["id"], cell["cell_type"] == "code") for cell in cells])
        self.stored = {cell["id"]: stored_words(cell["outputs"]) for cell in cells if cell["cell_type"] == "code"}

    def go(self):
        """Run all cells; after one that stops the rest is tried, for what it may still tell."""
        names = {"__name__": "__main__"}
        with pytest.MonkeyPatch.context() as patch, contextlib.chdir(NOTEBOOKS):
            patch.setattr(publishing, "display", lambda bundle, raw: self.hear(bundle["text/plain"]))
            with lesson_runner.nothing_is_drawn(patch, self.publish, publishing.say, self.question):
                for self.cell, source in lesson_runner.code_cells(self.lesson):
                    self.run_cell(source, names)
        return self

    def run_cell(self, source, names):
        try:
            exec(compile(source, f"{self.lesson.stem}:{self.cell}", "exec"), names)
        except Exception as fault:
            self.stops.append(f'cell "{self.cell}" stops: {type(fault).__name__}: {fault}')
        functions = [one.holds.__name__ for one in self.due.get(self.cell, [])]
        self.failed += claims.failures(self.number, functions, names)
        plt.close("all")

    def hear(self, words):
        self.said.setdefault(self.cell, []).append(words)

    def publish(self, fig, name, source, note=""):
        self.hear(f"Chart: {true_minus(read_figure(fig)[0])}")
        if note:
            self.hear(f"Under the chart: {note}")

    def question(self, controls, draw, *_, **__):
        fig = draw(**{name: control.value for name, control in controls.items()})
        self.hear(f"Chart: {true_minus(read_figure(fig)[0])}")

    def changed(self):
        """[(cell, old, new)] of the titles and sentences by code that are other ones than those stored."""
        return [(cell, old, new) for cell, stored in self.stored.items() if cell in self.said
                for old, new in itertools.zip_longest(stored, self.said[cell], fillvalue="(none)") if old != new]


def stored_words(outputs):
    """The titles of charts, the notes under them and the sentences that a cell said, as stored."""
    words = []
    for output in outputs:
        data = output.get("data", {})
        text = "".join(data.get("text/plain", ""))
        if text.startswith("Chart: "):
            words.append(true_minus(text.splitlines()[0]))
            note = re.split(r" ?(?:Source: |Sources: |Your own inputs, |Invented numbers, )", text.splitlines()[-1])[0]
            words += [f"Under the chart: {note}"] if note else []
        elif "text/markdown" in data:
            words.append(text)
    return words


# ---- answers and texts -------------------------------------------------------------------------

def answers_moved():
    """{lesson: sentences} of the answers and slips that the new tables move."""
    told = {}
    for row, new, data_moved in answers.moved():
        why = "" if data_moved else " (its tables did NOT change: the code or the key is wrong)"
        told.setdefault(f"{int(row['number'].split('.')[0]):02}", []).append(
            f"{row['number']} {row['part']} ({row['how']}): {short(row['value'])} → {short(new)}{why}")
    return told


def short(value):
    try:
        return f"{float(value):,.6g}"
    except ValueError:
        return value if len(value) < 60 else value[:57] + "..."


def old_dates(old):
    """The as-of dates that moved, as texts write them: April 2026, 2026-04, 16 September 2026, 2026-09-16, names of files."""
    now = {resource["name"]: resource for resource in read_package(TOP / "data")["resources"]}
    found = set()
    for resource in read_package(old)["resources"]:
        if resource["asOf"] < now[resource["name"]]["asOf"]:
            found |= {resource["asOf"], month_in_words(resource["asOf"]), *re.findall(rf"\d+ (?:{'|'.join(MONTHS)}) \d{{4}}", resource["asOfText"])}
            found |= {one for one in re.findall(r"[\w-]+\.csv", resource["vintage"]) if one not in now[resource["name"]]["vintage"]}
    found |= {f"{one[-4:]}-{MONTHS.index(one.split()[-2]) + 1:02}-{int(one.split()[0]):02}" for one in found if re.match(r"\d+ ", one)}
    return sorted(found, key=len, reverse=True)


def month_in_words(date):
    """2026-04 -> April 2026; a year stays as it is."""
    return f"{MONTHS[int(date[5:7]) - 1]} {date[:4]}" if "-" in date else date


def texts():
    """(place, text) of everything that a person wrote: README, cards, package, the prose of the lessons and of the exercises."""
    for path in [TOP / "README.md", *sorted((TOP / "data/cards").glob("*.md"))]:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield f"{path.relative_to(TOP).as_posix()}, line {number}", line
    for resource in read_package(TOP / "data")["resources"]:
        for text in (resource["title"], resource["description"], *resource["gaps"]):
            yield f"data/datapackage.json, {resource['name']}", text
    for lesson in lesson_runner.LESSONS:
        for cell in json.loads(lesson.read_text("utf-8"))["cells"]:
            yield f'lesson {lesson.name[:2]}, cell "{cell["id"]}"', " ".join("".join(cell["source"]).split())
    for path in sorted((NOTEBOOKS / "takeaways/exercises").glob("lesson_*.py")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield f"notebooks/takeaways/exercises/{path.name}, line {number}", line


def still_dated(dates):
    """A sentence for each text that names one of the dates; in code only the date as people write it counts."""
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, dates))})(?![\w-])")
    for place, text in texts() if dates else ():
        found = [one for one in pattern.finditer(text) if not ("lesson" in place and re.match(r"\d{4}-\d\d$", one[0]))]
        if found:
            start, end = max(0, found[0].start() - AROUND), found[0].end() + AROUND
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            yield f"{place}: ...{text[start:end].strip()}...{more}"


# ---- the report --------------------------------------------------------------------------------

def tell(old):
    """(lines of Markdown, whether a person is needed)."""
    moved, lines, needed = answers_moved(), ["", "## The lessons, run on the new tables"], False
    for lesson in lesson_runner.LESSONS:
        run = Run(lesson).go()
        parts = {"Stops": run.stops[:1], "Sentences that no longer hold": run.failed,
                 "Titles and sentences by code that changed": [f'cell "{cell}":\n  - was: {before}\n  - now: {now}' for cell, before, now in run.changed()],
                 "Answers and slips that moved": moved.get(run.number, [])}
        needed = needed or bool(run.stops or run.failed)
        lines += ["", f"### {lesson.stem}: {summary(run, parts)}"]
        lines += [line for heading, told in parts.items() if told for line in ("", f"**{heading}**", "", *("- " + indented(one) for one in told))]
    dated = list(still_dated(old_dates(old)))
    lines += ["", f"## Texts that still name an old as-of date ({len(dated)})", "", *(f"- {one}" for one in dated)] if dated else []
    return lines, needed


def summary(run, parts):
    counts = {"sentence no longer holds": len(run.failed), "title or sentence by code changed": len(run.changed()),
              "answer or slip moved": len(parts["Answers and slips that moved"])}
    told = [f"{count} × {what}" for what, count in counts.items() if count]
    return ", ".join([*(["it stops"] if run.stops else []), *told]) or "nothing moved"


def indented(text):
    return text.replace("\n", "\n  ")


if __name__ == "__main__":
    lines, needed = tell(Path(sys.argv[1]))
    print("\n".join(lines))
    sys.exit(A_PERSON_IS_NEEDED if needed else 0)
