"""The real nbgrader generates, marks and returns the assignment that the teacher's kit writes for it.

    python3 tests --nbgrader    installs nbgrader in an environment of its own, .venv-nbgrader, and runs this
"""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from classroom import nbgrader_export
from takeaways.exercises.asking import answer_name, questions, solution_code

LESSON = "04_results"
ASKED = [number for number, question in questions().items() if number.startswith("4.") and question.kind not in ("guess", "vote")]


def run(course, *arguments):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])      # nbgrader calls alembic by its name
    done = subprocess.run([sys.executable, "-m", "nbgrader", *arguments], cwd=course, capture_output=True, text=True,
                          env={**os.environ, "PATH": path})
    assert done.returncode == 0, done.stderr[-3000:]
    return done


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course folder in which nbgrader has made the assignment, with a hand-in of each kind."""
    course = tmp_path_factory.mktemp("nbgrader") / "course"
    nbgrader_export.export(course)
    for path in (course / "source" / "four_takeaways").glob("0*.ipynb"):
        if path.stem != LESSON:
            path.unlink()       # one lesson is marked here; that all six are well formed is tested below
    run(course, "generate_assignment", "four_takeaways")
    release = course / "release" / "four_takeaways"
    for learner, answers in HAND_INS.items():
        place = course / "submitted" / learner / "four_takeaways"
        place.parent.mkdir(parents=True)
        shutil.copytree(release, place)
        fill(place / f"{LESSON}.ipynb", answers)
    run(course, "autograde", "four_takeaways")
    run(course, "generate_feedback", "four_takeaways")
    return course


# Equal to everything, and neither more nor less than anything.
SAME = """class Same(float):
    __hash__ = None
    def same(self, *other): return True
    __eq__ = __le__ = __ge__ = __bool__ = same
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
{name} = Same(123456789)"""


def with_unit(number):
    """A right answer as somebody writes it who copies the unit with the number; choices and labels have none."""
    question = questions()[number]
    if question.kind in ("labels", "choice"):
        return solution_code(number)
    return f'{answer_name(number)} = "{float(question.answer()):.6g} {question.unit.split(",")[0].removeprefix("as ")}"'


HAND_INS = {"right": {number: solution_code(number) for number in ASKED},
            "wrong": {number: f"{answer_name(number)} = 123456789" for number in ASKED},
            "blank": {},
            "equal to all": {number: SAME.format(name=answer_name(number)) for number in ASKED},
            "prints only": {number: f'print("{number}: right.")' for number in ASKED},
            "with units": {number: with_unit(number) for number in ASKED}}


def fill(path, answers):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        number = grade_id.removeprefix("answer_").replace("_", ".")
        if grade_id.startswith("answer_") and number in answers:
            cell["source"] = answers[number]
    path.write_text(json.dumps(notebook), encoding="utf-8")


def marks(course):
    """Points by learner, as nbgrader's own database has them."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return {one.student.id: (one.score, one.max_score) for one in book.find_assignment("four_takeaways").submissions}


def test_what_is_released_keeps_its_dots_and_hides_its_assertions(course):
    text = (course / "release" / "four_takeaways" / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    assert "HIDDEN TESTS" not in text and "verdict(" not in text and "NotImplementedError" not in text
    for number in ASKED:
        assert re.search(rf'"{answer_name(number)} = \.\.\.', text), number


def test_right_wrong_and_blank_are_marked_as_they_should_be(course):
    most = float(len(ASKED))
    assert {who: marks(course)[who] for who in ("right", "wrong", "blank")} == {
        "right": (most, most), "wrong": (0.0, most), "blank": (0.0, most)}


def test_tricks_win_nothing_and_a_unit_costs_nothing(course):
    most = float(len(ASKED))
    assert {who: marks(course)[who] for who in ("equal to all", "prints only", "with units")} == {
        "equal to all": (0.0, most), "prints only": (0.0, most), "with units": (most, most)}


def test_each_learner_gets_feedback_that_says_what_check_says(course):
    for learner, words in {"right": "right.", "wrong": "not yet.", "blank": "not answered yet"}.items():
        page = (course / "feedback" / learner / "four_takeaways" / f"{LESSON}.html").read_text(encoding="utf-8")
        assert f"{ASKED[0]}: {words}" in page


def test_a_renamed_file_is_refused_by_name_and_not_marked(course):
    """nbgrader knows a notebook by its name: it stops at the learner, names her, and gives no mark."""
    place = course / "submitted" / "renamed" / "four_takeaways"
    shutil.copytree(course / "release" / "four_takeaways", place)
    (place / f"{LESSON}.ipynb").rename(place / f"{LESSON} final (1).ipynb")
    before = marks(course)
    with pytest.raises(AssertionError, match="for student 'renamed'"):
        run(course, "autograde", "four_takeaways", "--student", "renamed")
    assert {who: mark for who, mark in marks(course).items() if who != "renamed"} == before
