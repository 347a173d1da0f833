"""Every solution, pasted where a learner would paste it, is right, and the lesson still runs to its end; every hint's code runs."""
import ast
import re

import lesson_runner
import pytest

from takeaways.exercises import asking

QUESTIONS = asking.questions()
ASKED = [number for number, one in QUESTIONS.items() if one.kind not in ("guess", "vote")]
every_lesson = pytest.mark.parametrize("lesson", lesson_runner.LESSONS, ids=lambda lesson: lesson.stem)


def asked_in(source):
    """The number of the exercise that a cell checks, or None."""
    found = re.search(r"^check\([\"'](\d\.\d)[\"'], *(\w+)\)", source, re.MULTILINE)
    return (found[1], found[2]) if found and found[1] in ASKED else (None, None)


def solved(source):
    """A cell with the solution in the place of its dots."""
    number, checked = asked_in(source)
    if number is None:
        return source
    [dots] = [node for node in ast.parse(source).body if isinstance(node, ast.Assign) and node.targets[0].id == checked]
    lines = source.splitlines()
    return "\n".join([*lines[:dots.lineno - 1], asking.solution_code(number), *lines[dots.end_lineno:]])


def names_bound(code):
    """The names that a piece of code assigns."""
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


@every_lesson
def test_a_lesson_with_all_its_solutions_runs_to_its_end_and_each_is_right(lesson, monkeypatch):
    numbers = [asked_in(source)[0] for _, source in lesson_runner.code_cells(lesson) if asked_in(source)[0]]
    assert numbers == sorted(number for number in ASKED if number.startswith(lesson.name[1]))
    _, said = lesson_runner.run(lesson, monkeypatch, change=lambda name, source: solved(source))
    told = {number: f"{number}: right. " in said for number in numbers}
    assert all(told.values()), told


@every_lesson
def test_a_solution_assigns_the_name_that_is_checked_and_no_other_of_the_lesson_and_the_code_of_every_hint_runs(lesson, monkeypatch):
    """A hint shows code in backticks, or begins with an assignment; three dots stand for what is left to the learner."""
    known, wrong, unfit = set(), {}, {}

    def look(name, source):
        number, checked = asked_in(source)
        if number:
            bound = names_bound(solved(source))
            if checked not in bound or (bound - {checked}) & known:
                wrong[number] = (checked, sorted(bound & known))
        return source

    def try_hints(name, names):
        known.update(names)
        number = numbers.get(name)
        for text in QUESTIONS[number].hints if number else ():
            for code in re.findall(r"`([^`]+)`", text):
                if re.search(r"[(\[=]", code):
                    try:
                        exec(compile(code, "hint", "exec"), dict(names))
                    except Exception as fault:
                        unfit[f"{number}: {code}"] = repr(fault)

    numbers = {name: asked_in(source)[0] for name, source in lesson_runner.code_cells(lesson)}
    lesson_runner.run(lesson, monkeypatch, change=look, after=try_hints)
    assert wrong == {}
    assert unfit == {}


def test_code_in_a_hint_stands_in_backticks():
    bare = [(number, text) for number, question in QUESTIONS.items() for text in question.hints
            if re.search(r"\w\.\w+\(|\w\[[\"'\d]|\w = \w", re.sub(r"`[^`]+`", "", text))]
    assert bare == []
