"""Every solution is right, every slip gets its own words, and nothing a learner types raises."""

import itertools

import numpy as np
import pandas as pd
import pytest

from takeaways.exercises import asking, check, hint, solution
from takeaways.exercises.questions import is_blank, plain, read_answer, same

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


@pytest.mark.parametrize("number", ASKED)
def test_the_code_that_the_solution_shows_gives_the_answer(number):
    question = QUESTIONS[number]
    code = asking.solution_code(question)
    if not code:   # a letter needs none
        assert question.kind == "choice"
        return
    names = {}
    exec("import pandas as pd\nfrom takeaways import *\nfrom takeaways.analysis import *\nfrom takeaways.brief import *\n" + code, names)
    assert same(question, read_answer(question, names["answer"]), read_answer(question, question.answer()))


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
    forms = [right, np.float64(right), np.array(right), pd.Series([right]), f" {right:,.3f} ", f"{right:.3f} {QUESTIONS[number].unit.split()[0]}"]
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
    for ask in (lambda: check("9.9", 1), lambda: hint("9.9"), lambda: solution("9.9"), lambda: check(None, 1)):
        ask()
        assert "There is no exercise" in capsys.readouterr().out


def test_hints_are_graded(capsys):
    hint("0.2")
    assert capsys.readouterr().out.startswith("Hint 1 of 3: ")
    hint("0.2", 3)
    assert 'solution("0.2")' in capsys.readouterr().out
    hint("0.2", 99)
    assert capsys.readouterr().out.startswith("Hint 1 of 3: ")


def test_a_wrong_sign_is_told():
    assert "sign is the other way round" in asking.verdict("0.3", 70)


def test_plain_and_blank():
    assert plain("  Juício, ") == "juicio,"
    assert is_blank("\u2026") and not is_blank(0) and not is_blank(False)
