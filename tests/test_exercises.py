"""Every solution is right, every slip gets its own words, and nothing a learner types raises."""

import itertools
import timeit

import numpy as np
import pandas as pd
import pytest

from takeaways import tables
from takeaways.exercises import asking, check, hint, solution
from takeaways.exercises.questions import Question, is_blank, plain, read_answer, same

QUESTIONS = asking.questions()
ASKED = [number for number, question in QUESTIONS.items() if question.kind not in ("guess", "vote")]
NUMERIC = [number for number in ASKED if QUESTIONS[number].kind in ("number", "per cent")]
BLANKS = [..., None, "", "  ", "...", [], {}, {"C06": ...}]
NONSENSE = [True, float("nan"), float("inf"), 1j, object(), len, b"x", pd.DataFrame({"a": [1, 2]}), [1, 2, 3], "about ten",
            {"Z": "?"}, {1: 2}, set(), np.array([]), pd.NA, pd.NaT, "1,2", "--3", -1e300]


@pytest.mark.parametrize("number", ASKED)
def test_the_solution_is_right(number):
    question = QUESTIONS[number]
    assert asking.verdict(number, question.answer()) == f"{number}: right. {question.why}"
    assert question.why and question.hints


@pytest.mark.parametrize("number", ASKED)
def test_each_slip_is_recognised_with_its_own_words(number):
    for slip in QUESTIONS[number].slips:
        assert asking.verdict(number, slip.answer()) == f"{number}: not yet. {slip.says}"


@pytest.mark.parametrize("number", ASKED)
def test_each_question_knows_usual_slips(number):
    assert len(QUESTIONS[number].slips) >= 3


@pytest.mark.parametrize("number", ASKED)
def test_no_two_answers_are_alike(number):
    question = QUESTIONS[number]
    answers = [read_answer(question, give()) for give in (question.answer, *(slip.answer for slip in question.slips))]
    for one, other in itertools.combinations(answers, 2):
        assert not same(question, one, other) and not same(question, other, one)


@pytest.mark.parametrize("number", QUESTIONS)
def test_blanks_and_nonsense_get_a_friendly_line(number, capsys):
    for answer in BLANKS:
        check(number, answer)
        assert capsys.readouterr().out == f"{number}: not answered yet. Replace the three dots, then run the cell again.\n"
    for answer in NONSENSE:
        check(number, answer)
        line = capsys.readouterr().out
        assert line.count("\n") == 1 and "right" not in line.split(".")[2] and "Traceback" not in line


@pytest.mark.parametrize("number", NUMERIC)
def test_a_number_is_understood_in_many_forms(number):
    right = float(QUESTIONS[number].answer())
    forms = [right, np.float64(right), np.array(right), pd.Series([right]), f" {right:,.4f} ", f"{right:.4f} {QUESTIONS[number].unit}"]
    if QUESTIONS[number].kind == "per cent":
        forms += [right / 100, f"{right:.2f}%", f"{right:.2f} %"]
    if right == round(right):
        forms += [int(right), np.int64(right), pd.Series([int(right)], dtype="Int64")[0]]
    for form in forms:
        assert " right. " in asking.verdict(number, form), form


def test_labels_in_any_order_case_and_type():
    codes = QUESTIONS["1.1"].answer()
    for form in (dict(reversed(codes.items())), pd.Series(codes), {key.lower(): int(value) for key, value in codes.items()},
                 {key: float(value) for key, value in codes.items()}):
        assert " right. " in asking.verdict("1.1", form)
    sorting = {key: f" {value.upper()}. " for key, value in QUESTIONS["0.1"].answer().items()}
    assert " right. " in asking.verdict("0.1", sorting)
    sorting.pop("C11")
    assert "No word yet for C11" in asking.verdict("0.1", sorting)


def test_partly_right_labels_say_how_many_agree():
    sorting = QUESTIONS["0.1"].answer() | {"C11": "fact", "C47": "fact"}
    assert "agree on 8 of 10. You differ on C11, C47" in asking.verdict("0.1", sorting)


def test_letters_with_spaces_and_capitals():
    assert " right. " in asking.verdict("1.5", " B. ")
    assert "none of the answers" in asking.verdict("1.5", "e")


def test_guesses_and_votes_are_noted():
    assert asking.verdict("1.0", 40) == "1.0: your guess is +40 per cent. Read on and compare."
    assert asking.verdict("0.0", "Success").startswith("0.0: you voted success.")


def test_unknown_exercise_gives_the_nearest_numbers(capsys):
    for ask in (lambda: check("9.9", 1), lambda: hint("9.9"), lambda: solution("9.9")):
        ask()
        assert "There is no exercise '9.9'. Did you mean" in capsys.readouterr().out


@pytest.mark.parametrize("call, says", [
    (lambda: check(), "Say which exercise you mean: check("), (lambda: hint(), "Say which exercise you mean: hint("),
    (lambda: solution(), "Say which exercise you mean: solution("), (lambda: check(None, 1), "Say which exercise"),
    (lambda: check(pd.Series(range(900)), "0.2"), "comes first"), (lambda: check(21076.0, 0.2), "comes first"),
    (lambda: check(pd.Series(range(900))), "Say which exercise"), (lambda: check("0.2", 1, 2), "One answer at a time"),
    (lambda: check("0,2", 1), "0.2: not yet"), (lambda: check("Exercise 0.2", 1), "0.2: not yet"), (lambda: check(0.2, 1), "0.2: not yet"),
    (lambda: check(" ejercicio 0.2. ", 1), "0.2: not yet"), (lambda: check("x" * 900, 1), "Say which exercise"),
    (lambda: hint("0.2", 4), "has 3 hints; this is the last"), (lambda: hint("0.2", 0), "this is the first"),
    (lambda: hint("0.2", "two"), "this is the first"), (lambda: hint("0.2", "2"), "Hint 2 of 3"),
    (lambda: solution("1.0"), "asks for your guess"), (lambda: solution("0.0"), "asks for your vote"),
])
def test_calls_of_every_kind_get_a_short_answer(call, says, capsys):
    call()
    told = capsys.readouterr().out
    assert says in told and len(told) < 400 and told.count("\n") <= 3


def test_a_damaged_table_is_told_in_its_own_words(monkeypatch, tmp_path):
    for file in tables.DATA.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(tables, "DATA", tmp_path)
    path = tmp_path / "seizures_monthly.csv"
    path.write_text(path.read_text().replace("266.162", "266.163"))
    assert "cannot be judged: data/seizures_monthly.csv" in asking.verdict("0.2", 5)
    path.unlink()
    assert "cannot be judged: data/seizures_monthly.csv is missing" in asking.verdict("0.2", 5)


def test_a_wrong_answer_is_judged_at_once():
    asking.verdict("0.2", 1)
    quickest = min(timeit.repeat(lambda: asking.verdict("0.2", 1), number=1, repeat=7))
    assert quickest < 0.03

def test_hints_are_graded(capsys):
    hint("0.2")
    assert capsys.readouterr().out.startswith("Hint 1 of 3: ")
    hint("0.2", 3)
    assert 'solution("0.2")' in capsys.readouterr().out


def question(expected, kind="per cent", unit="per cent", tolerance=0.1, **more):
    return Question(unit=unit, answer=lambda: expected, why="why", hints=("hint",), kind=kind, tolerance=tolerance, **more)


@pytest.mark.parametrize("asked, answer, says", [
    (question(-19.6, change=True), 19.6, "sign is the other way round: the number is negative"),
    (question(7.2, change=True), -0.072, "sign is the other way round: the number is positive"),
    (question(-19.6, change=True), 80.4, "the new value in per cent of the old one"),
    (question(-19.6, change=True), 0.804, "the new value in per cent of the old one"),
    (question(-19.6, change=True), 24.4, "backwards"), (question(-19.6, change=True), -24.4, "divided by the later value"),
    (question(25, change=True), 125, "the new value in per cent"), (question(25, change=True), -20, "backwards"),
    (question(-19.6, change=True), 33, "Ask for a hint"), (question(-19.6, change=True), "-0.196%", "With the sign % this is a hundredth"),
    (question(-30.5, "number", "percentage points"), -0.305, "looks like a fraction"),
    (question(-30.5, "number", "percentage points"), "-30.5%", "two things"),
    (question(-19.64), -20, "looks rounded. Give it with 1 decimal"), (question(-34.4, tolerance=0.05), -34, "looks rounded"),
    (question(0.0527, "number", "as a score from 0 to 1", 0.001), 0.05, "looks rounded. Give it with 3 decimals"),
    (question(21076.4, "number", "pounds", 1.5), 21000, "looks rounded. Give it to the nearest whole number"),
    (question(21076.4, "number", "pounds", 1.5), 20000, "Ask for a hint"),
])
def test_what_is_wrong_is_said_and_nothing_else(monkeypatch, asked, answer, says):
    monkeypatch.setattr(asking, "questions", lambda: {"0.2": asked})
    assert says in asking.verdict("0.2", answer)


def test_an_extra_key_is_named():
    codes = QUESTIONS["1.1"].answer()
    assert "E999 is not asked for: take it out" in asking.verdict("1.1", codes | {"E999": 1})
    assert "No word yet for E030. E999 is not asked for." in asking.verdict("1.1", {k: v for k, v in codes.items() if k != "E030"} | {"E999": 1})


def test_a_method_without_brackets_is_told():
    assert "add brackets, as in sum()" in asking.verdict("0.2", pd.Series([1, 2]).sum)


def test_plain_and_blank():
    assert plain("  Juício, ") == "juicio,"
    assert is_blank("\u2026") and not is_blank(0) and not is_blank(False)
