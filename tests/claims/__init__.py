"""What the sentences of the lessons rely on, so that a learner never reads past an assertion.

A sentence of prose may say what the data show ("the step came four months before the arrest"). What it relies on stands here,
one small function a sentence, in a file a lesson:

    @claim("clean-read", "it came four months before the arrest", rewrite="the paragraph, and the first key point")
    def the_largest_step_is_june(lesson):
        assert lesson.step == lesson.event - 4

The first argument is the id of the cell that holds the sentence (text or code), the second the sentence's own words, as they
stand in that cell. The function is run in the lesson's kernel under nbval (see notebooks/conftest.py), right after that cell
or, for a cell of text, after the code above it; `after` names a later cell where the names it needs are made further down.
`lesson` holds the names of the lesson at that point. A claim that fails says lesson, cell, sentence and what to rewrite.
"""

import importlib
import re
import traceback
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

FOLDER = Path(__file__).parent
CLAIMS = {}     # lesson number, such as "01": its claims


@dataclass
class Claim:
    """One sentence of a lesson and the function that it relies on."""

    lesson: str
    cell: str
    sentence: str
    rewrite: str
    after: str | None
    holds: Callable


def claim(cell: str, sentence: str, rewrite: str, after: str | None = None):
    """Register the decorated function as what a sentence relies on; it gets the lesson's names and asserts."""
    def register(function):
        number = function.__module__.rpartition("_")[2]
        CLAIMS.setdefault(number, []).append(Claim(number, cell, sentence, rewrite, after, function))
        return function
    return register


def of_lesson(number: str) -> list[Claim]:
    """Return the claims of a lesson, such as "01"; an empty list where it has none."""
    if number not in CLAIMS and (FOLDER / f"lesson_{number}.py").exists():
        importlib.import_module(f"claims.lesson_{number}")
    return CLAIMS.get(number, [])


def by_cell(number: str, cells: list) -> dict:
    """Return the claims of a lesson by the id of the code cell after which they are run.

    cells: the lesson's cells as (id, whether it is code), in order.
    """
    due, code = {}, None
    first = next((name for name, is_code in cells if is_code), None)
    runs_after = {}
    for name, is_code in cells:
        code = name if is_code else code
        runs_after[name] = code or first
    for one in of_lesson(number):
        due.setdefault(runs_after.get(one.after or one.cell), []).append(one)
    return due


def names_by_cell(number: str, cells: list) -> dict[str, list[str]]:
    """Return the names of the functions that `by_cell` returns: what a kernel can answer in a text."""
    return {cell: [one.holds.__name__ for one in due] for cell, due in by_cell(number, cells).items()}


def failures(number: str, functions: list[str], names: dict) -> list[str]:
    """Run some claims of a lesson, given by the names of their functions, on the lesson's names; return what failed."""
    lesson = types.SimpleNamespace(**names)
    told = []
    for one in of_lesson(number):
        if one.holds.__name__ in functions:
            try:
                one.holds(lesson)
            except Exception as fault:      # whatever goes wrong here, a person must look at the sentence
                told.append(_in_words(one, fault, lesson))
    return told


def _in_words(one, fault, lesson):
    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if Path(frame.filename).parent == FOLDER]
    place = frames[-1]
    why = "" if isinstance(fault, AssertionError) and not str(fault) else f"\n    {type(fault).__name__}: {fault}"
    used = dict.fromkeys(re.findall(r"lesson\.(\w+)", place.line))
    values = "".join(f"\n    {name} = {_short(getattr(lesson, name))}" for name in used if hasattr(lesson, name))
    return (f'Lesson {one.lesson}, cell "{one.cell}": the data no longer bear the sentence\n'
            f'    "{one.sentence}"\n'
            f"What to rewrite: {one.rewrite}.\n"
            f"It relies on {one.holds.__name__} (tests/claims/lesson_{one.lesson}.py, line {place.lineno}): {place.line}{why}{values}")


def _short(value, room=300):
    text = " ".join(repr(value).split())
    return text if len(text) <= room else text[:room] + " ..."
