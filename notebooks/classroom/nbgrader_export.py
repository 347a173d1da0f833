"""Writes the exercises as an assignment for nbgrader, for classes that already mark with it.

    python3 notebooks/classroom --nbgrader DIR      a course folder: nbgrader_config.py and source/four_takeaways/

In DIR then: nbgrader generate_assignment four_takeaways, and autograde and generate_feedback as usual. Each exercise is
an answer cell, which keeps its three dots, and a locked cell of one point: what a learner sees there is `check`; hidden
below it stands an assertion, so that a wrong or missing answer earns nothing. Predictions and votes have no points.
The package and the tables travel inside the assignment: no server needs anything else than pandas, matplotlib and
ipywidgets.

Marks made this way are made in the learner's own kernel: who wants to cheat can. Use them for learning, not for grades.
"""
import ast
import copy
import json
import shutil
from pathlib import Path

from takeaways.exercises.asking import questions

NOTEBOOKS = Path(__file__).resolve().parents[1]
TOP = NOTEBOOKS.parent
ASSIGNMENT = "four_takeaways"
COURSE = "course"           # the folder of the assignment in which the package and the tables travel

CONFIG = '''"""For nbgrader: an answer keeps its three dots, and what a lesson printed for its author is left out."""
c = get_config()
c.CourseDirectory.course_id = "four_takeaways"
c.IncludeHeaderFooter.header = ""
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.ExecutePreprocessor.timeout = 120
'''
FIND = f'''import sys
sys.path.insert(0, "{COURSE}/notebooks")   # the package of the course travels with the assignment'''


def export(folder: Path):
    """Write the assignment into a folder that is new or empty; raises FileExistsError where it holds anything."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} holds other things. Name an empty folder, or a new one.")
    place = folder / "source" / ASSIGNMENT
    course = place / COURSE
    for package in ("takeaways", "datapackage"):
        shutil.copytree(NOTEBOOKS / package, course / "notebooks" / package,
                        ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(TOP / "data", course / "data", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for path in sorted(NOTEBOOKS.glob("0*.ipynb")):
        notebook = assignment(json.loads(path.read_text(encoding="utf-8")))
        (place / path.name).write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def assignment(notebook: dict) -> dict:
    """Return a lesson as nbgrader wants it: without outputs, each exercise as an answer cell
    and a cell of one point.
    """
    cells = [_cell("find-the-course", FIND)]
    for cell in copy.deepcopy(notebook["cells"]):
        cells += _exercise(cell) if cell["cell_type"] == "code" else [cell]
    return {**notebook, "cells": cells}


def _exercise(cell):
    """A code cell, without its outputs; one that checks an exercise becomes its answer, its check, and what follows."""
    cell |= {"outputs": [], "execution_count": None}
    cell["metadata"].pop("jupyter", None)       # nothing is closed where nothing is stored
    source = "".join(cell["source"])
    found = _check_in(source)
    if not found:
        return [cell]
    number, name, first, last = found
    lines = source.splitlines()
    answer, line, rest = ("\n".join(lines[:first]).rstrip(), "\n".join(lines[first:last]),
                          "\n".join(lines[last:]).strip())
    key = number.replace(".", "_")
    parts = [_cell(cell["id"], answer, _marks(f"answer_{key}", solution=True)),
             _cell(f"{cell['id']}-check", _checked(number, name, line), _marks(f"check_{key}", points=1))]
    return parts + ([_cell(f"{cell['id']}-rest", rest)] if rest else [])


def _check_in(source):
    """Number, checked name, and first and last line of the check of an exercise that has a right
    answer; None without one.
    """
    for statement in ast.parse(source).body:
        call = getattr(statement, "value", None)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "check":
            number, name = call.args[0].value, call.args[1].id
            if questions()[number].kind not in ("guess", "vote"):
                return number, name, statement.lineno - 1, statement.end_lineno
    return None


def _checked(number, name, line):
    return (f"{line}\n### BEGIN HIDDEN TESTS\nfrom takeaways.exercises.asking import verdict\n"
            f'assert verdict("{number}", {name}).startswith("{number}: right."), verdict("{number}", {name})\n'
            "### END HIDDEN TESTS")


def _cell(cell_id, source, marks=None):
    return {"cell_type": "code", "id": cell_id, "metadata": {"nbgrader": marks} if marks else {}, "source": source,
            "outputs": [], "execution_count": None}


def _marks(grade_id, solution=False, points=0):
    marks = {"schema_version": 3, "grade_id": grade_id, "solution": solution, "grade": bool(points),
             "locked": bool(points),
             "task": False, "cell_type": "code"}
    return marks | ({"points": points} if points else {})
