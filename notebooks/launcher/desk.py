"""The learner's desk, `my_work/`: her own copies of the lessons.

A copy that lies there is hers and is never written again. When the course brings a newer edition of a lesson,
that edition is laid beside her copy once, under a name with the date. Which edition was laid last stands in
`.editions.json`; where that note was lost, the lesson as it is now counts as laid, so that nothing old is called new.
"""
import datetime
import hashlib
import json
import sys

from launcher.environment import NOTEBOOKS, TOP

DESK = TOP / "my_work"


def lay(desk=DESK, lessons=NOTEBOOKS, today=None):
    """Lay every lesson that is missing or newer on the desk. Returns the names of the newer ones it laid beside."""
    try:
        return lay_lessons(desk, lessons, today or datetime.date.today())
    except OSError as error:
        sys.exit(f"Your own copies of the lessons cannot be written to {desk} ({error.strerror}). "
                 "Move the course to a folder of your own, such as Documents, and start it again from there.")


def lay_lessons(desk, lessons, today):
    desk.mkdir(exist_ok=True)
    laid_before = read_editions(desk)
    laid, beside = {}, []
    for lesson in sorted(lessons.glob("*.ipynb")):
        laid[lesson.name] = edition(lesson)
        copy = desk / lesson.name
        if not copy.exists():
            write_new(copy, lesson)
        elif laid_before.get(lesson.name, laid[lesson.name]) != laid[lesson.name] != edition(copy):
            newer = free_name(desk, f"{lesson.stem} (edition of {today})")
            write_new(newer, lesson)
            beside.append(newer.name)
    if laid != laid_before:
        (desk / ".editions.json").write_text(json.dumps(laid, indent=1) + "\n", encoding="utf-8")
    return beside


def edition(notebook):
    """A name for what the authors wrote in a notebook: its text and code, without the outputs.

    None if the file is not a notebook, or no longer one.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        written = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    except (ValueError, KeyError, TypeError):
        return None
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


def read_editions(desk):
    """Which edition of each lesson was laid last; nothing if that note was lost."""
    try:
        noted = dict(json.loads((desk / ".editions.json").read_text(encoding="utf-8")))
        return {name: one for name, one in noted.items() if isinstance(one, str)}
    except (OSError, ValueError, TypeError):
        return {}


def write_new(path, lesson):
    with open(path, "xb") as file:      # x: an existing file is never opened
        file.write(lesson.read_bytes())


def free_name(desk, stem):
    path, number = desk / f"{stem}.ipynb", 2
    while path.exists():
        path, number = desk / f"{stem} {number}.ipynb", number + 1
    return path
