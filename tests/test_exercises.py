"""Every solution is right, every slip gets its own words, and nothing a learner types raises."""

import functools
import itertools
import timeit

import numpy as np
import pandas as pd
import pytest

from takeaways import tables
from takeaways.exercises import asking, check, hint, solution
from takeaways.exercises.questions import Question, Slip, is_blank, plain, read_answer, same

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
    sorting = {f" {key.lower()} ": f" {value.upper()}. " for key, value in QUESTIONS["0.1"].answer().items()}
    assert " right. " in asking.verdict("0.1", sorting)
    sorting.pop(" c11 ")
    assert asking.verdict("0.1", sorting) == "0.1: not yet. No word yet for C11."


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



@pytest.fixture
def only(monkeypatch):
    """Let the course have one exercise, 0.2, and catch what it displays."""
    def let(asked):
        shown = {}
        monkeypatch.setattr(asking, "questions", lambda: {"0.2": asked})
        monkeypatch.setattr(asking, "display", lambda bundle, raw: shown.update(bundle, raw=raw))
        return shown
    return let


@pytest.mark.parametrize("hints, level, says", [
    (2, 1, 'Hint 1 of 2: a\n  For the next: hint("0.2", 2)\n'), (2, "2", 'Hint 2 of 2: b\n  Still stuck? solution("0.2")\n'), (2, 2.0, 'Hint 2 of 2: b\n  Still stuck? solution("0.2")\n'),
    (2, 3, 'Exercise 0.2 has 2 hints; this is the last.\nHint 2 of 2: b\n  Still stuck? solution("0.2")\n'),
    (1, 2, 'Exercise 0.2 has 1 hint; this is the last.\nHint 1 of 1: a\n  Still stuck? solution("0.2")\n'),
    *((2, level, 'Exercise 0.2 has 2 hints; this is the first.\nHint 1 of 2: a\n  For the next: hint("0.2", 2)\n')
      for level in (0, -1, "two", None, ..., float("nan"), -float("inf"), float("inf"), "\u00b2", [2], pd.NA)),
])
def test_a_hint_of_every_level(only, capsys, hints, level, says):
    only(question(5, hints=("a", "b")[:hints]))
    hint(0.2, level)
    assert capsys.readouterr().out == says


@pytest.mark.parametrize("asked, says", [
    (dict(expected=np.float64(-19.64)), "answer_0_2 = -19.64\n```\n\nThe answer: **-19.6 per cent**. why"), (dict(expected=25.0), "answer_0_2 = 25.0\n```\n\nThe answer: **25 per cent**. why"),
    (dict(expected=21076.4, kind="number", unit="pounds", tolerance=1), "answer_0_2 = 21076.4\n```\n\nThe answer: **21,076 pounds**. why"),
    (dict(expected=3.14159, kind="number", unit="x", tolerance=0.99), "answer_0_2 = 3.14159\n```\n\nThe answer: **3.1 x**. why"),
    (dict(expected=3.14159, kind="number", unit="x", tolerance=0.05), "answer_0_2 = 3.14159\n```\n\nThe answer: **3.1 x**. why"),
    (dict(expected=3.14159, kind="number", unit="x", tolerance=0.04), "answer_0_2 = 3.14159\n```\n\nThe answer: **3.142 x**. why"),
    (dict(expected="b", kind="choice"), "answer_0_2 = 'b'\n```\n\nThe answer: **b**. why"), (dict(expected={"C06": "fact"}, kind="labels", assigns="mine"), "mine = {'C06': 'fact'}\n```\n\nwhy"),
    (dict(expected=5.0, hints=("`answer_0_2 = 1`", "`old = 2; answer_0_2 = old + 3`")), "old = 2\nanswer_0_2 = old + 3\n```\n\nThe answer: **5 per cent**. why"),
    (dict(expected=5.0, hints=(" `answer_0_2 = 2 +\n3` ",)), "answer_0_2 = 2 +\n3\n```\n\nThe answer: **5 per cent**. why"),
    (dict(expected=5.0, hints=("`my_answer_0_2 = 2`",)), "answer_0_2 = 5.0\n```\n\nThe answer: **5 per cent**. why"),
    (dict(expected=5.0, hints=("See `answer_0_2 = 2`",)), "answer_0_2 = 5.0\n```\n\nThe answer: **5 per cent**. why"),
])
def test_a_solution_shows_code_answer_and_reason(only, asked, says):
    shown = only(question(**asked))
    solution(" 0,2 ")
    assert shown == {"text/markdown": "```python\n" + says, "text/plain": "```python\n" + says, "raw": True}


def test_an_answer_is_computed_once_for_each_state_of_the_tables(only, monkeypatch):
    computed = []
    only(question(5, slips=(Slip(lambda: computed.append("slip") or 7, "A slip."),), answer=lambda: computed.append("answer") or 5))
    assert [asking.verdict("0.2", one) for one in (7, 5, 9)] == ["0.2: not yet. A slip.", "0.2: right. why", "0.2: not yet. Ask for a hint when you have looked at the unit, the period and the place."]
    assert computed == ["answer", "slip"]
    monkeypatch.setattr(tables, "state", lambda: "another")
    assert asking.verdict("0.2", 5) == "0.2: right. why" and len(computed) == 4


class Odd(dict):
    """An answer that cannot even be looked at."""

    def __len__(self):
        raise RuntimeError


def test_what_nobody_foresaw_stops_no_learner(only):
    def broken():
        raise KeyError("x" * 99)
    only(question(5, answer=broken))
    assert asking.verdict("0.2", Odd()) == "0.2: not yet: this answer could not be read; it should be per cent."
    assert asking.verdict("0.2", 5) == f"0.2: your answer cannot be judged here (KeyError: '{'x' * 79})."


@pytest.mark.parametrize("number, found", [
    *((number, "0.2") for number in (0.2, np.float64(0.2), "0.2", "0,2", "0-2", "0_2", " 0 . 2 ", "Exercise 0.2", "ex. 0.2", "EX:0.2", "Question 0.2?", "ejercicio 0,2", "(0.2)")), (1, "1.0"), (1.0, "1.0"),
    (0.25, ""), (12.34, ""), (True, ""), (None, ""), (float("nan"), ""), (float("inf"), ""), (10**400, ""), (10, ""), (9.9, "9.9"), (["0.2"], ""), ("x" * 40, "x" * 40), ("x" * 41, ""), (" lesson 1 ", "lesson 1"), (21076, ""),
])
def test_the_number_of_an_exercise_is_read_in_every_form(number, found):
    assert asking._plain(number) == found


@pytest.mark.parametrize("call, says", [
    (("0.9",), "There is no exercise '0.9'. Did you mean 0.5 or 0.4 or 0.3?"), (("zzz", "b"), "There is no exercise 'zzz'. Did you mean 0.0 or 0.1 or 0.2?"),
    (("y" * 40,), f"There is no exercise '{'y' * 20}'. Did you mean 0.0 or 0.1 or 0.2?"), (("", 5), 'Say which exercise you mean: check("0.2", answer_0_2).'),
    (("b", "1.5"), 'The number of the exercise comes first: check("1.5", your answer).'), ((5, 0.2), 'The number of the exercise comes first: check("0.2", your answer).'),
    (("x", 0.2), "There is no exercise 'x'. Did you mean 0.0 or 0.1 or 0.2?"), ((9.9, 1), "There is no exercise '9.9'. Did you mean 5.4 or 5.3 or 5.2?"), ((None, "b"), "Say which exercise you mean"),
])
def test_a_number_that_is_none_gets_the_nearest(call, says):
    assert asking.verdict(*call).startswith(says)


@pytest.mark.parametrize("call, says", [
    (lambda: check("0.2", 1, 2), 'One answer at a time: check("0.2", answer_0_2).\n'), (lambda: hint("9.9"), "There is no exercise '9.9'. Did you mean 5.4 or 5.3 or 5.2?\n"),
    (lambda: solution("1.0"), "1.0 asks for your guess: there is no right answer to look up. Read on and compare.\n"),
])
def test_one_line_and_no_more(call, says, capsys):
    call()
    assert capsys.readouterr().out == says


@pytest.mark.parametrize("command, says", [(hint, 'Say which exercise you mean: hint("0.2").\n'), (solution, 'Say which exercise you mean: solution("0.2").\n'),
                                           (check, 'Say which exercise you mean: check("0.2", answer_0_2).\n')])
def test_a_call_without_a_number_shows_how(command, says, capsys):
    command()
    assert capsys.readouterr().out == says


def test_hints_are_graded(capsys):
    hint("0.2")
    assert capsys.readouterr().out.startswith("Hint 1 of 3: ")
    hint("0.2", 3)
    assert 'solution("0.2")' in capsys.readouterr().out


def question(expected, kind="per cent", unit="per cent", tolerance=0.1, **more):
    return Question(**(dict(unit=unit, answer=lambda: expected, why="why", hints=("hint",), kind=kind, tolerance=tolerance) | more))


@pytest.mark.parametrize("asked, answer, says", [
    (question(-19.6, change=True), 19.6, "sign is the other way round: the number is negative"),
    (question(7.2, change=True), -0.072, "sign is the other way round: the number is positive"),
    (question(-19.6, change=True), 80.4, "the new value in per cent of the old one"),
    (question(-19.6, change=True), 0.804, "the new value in per cent of the old one"),
    (question(-19.6, change=True), 24.4, "backwards"), (question(-19.6, change=True), -24.4, "divided by the later value"),
    (question(25, change=True), 125, "the new value in per cent"), (question(25, change=True), -20, "backwards"),
    (question(-19.6, change=True), 33, "Ask for a hint"),
    (question(-12.47, tolerance=0.4, change=True, slips=(Slip(lambda: 14.42, "another period"),)), 14.25, "backwards"),
    (question(-12.47, tolerance=0.4, change=True, slips=(Slip(lambda: 14.42, "another period"),)), 14.4, "another period"), (question(-19.6, change=True), "-0.196%", "With the sign % this is a hundredth"),
    (question(-30.5, "number", "percentage points"), -0.305, "looks like a fraction"),
    (question(-30.5, "number", "percentage points"), "-30.5%", "two things"),
    (question(-19.64), -20, "looks rounded. Give it with 1 decimal"), (question(-34.4, tolerance=0.05), -34, "looks rounded. Give it with 1 decimal."), (question(1234.6, "number", "x", 0.5), 1230, "to the nearest whole number."),
    (question(0.0527, "number", "as a score from 0 to 1", 0.001), 0.05, "looks rounded. Give it with 3 decimals"),
    (question(21076.4, "number", "pounds", 1.5), 21000, "looks rounded. Give it to the nearest whole number"),
    (question(21076.4, "number", "pounds", 1.5), 20000, "Ask for a hint"),
    (question("b", "choice", words={"a": (), "b": ()}), "a", "0.2: not yet. Read the question once more, and look at the chart beside it."),
    (question(0.5, tolerance=0.01), -0.5, "the number is positive"), (question(-0.5, tolerance=0.01), 0.5, "the number is negative"), (question(10.45, tolerance=0.4), 10, "looks rounded. Give it with 1 decimal."),
    (question(9.6), 9, "Ask for a hint"), (question(100.0), 90, "Ask for a hint"), (question(12.5), 13, "looks rounded"),
    (question(21076.4, "number", "pounds", 6), 21100, "Give it to the nearest whole number"),
    (question(-100, change=True), 50, "Ask for a hint"), (question(-150, change=True), 50, "the new value"), (question(-150, change=True), 33, "Ask for a hint"),
    (question(25, change=True), -125, "the new value"), (question(25, change=True), 20, "divided by the later value"), (question(60, change=True), 37.5, "divided by"), (question(60, change=True), -37.5, "backwards"),
    (question(-50, change=True), 100, "backwards"), (question(-50, change=True), -100, "divided by"), (question(25), 125, "Ask for a hint"), (question(0.0), 5, "Ask for a hint"),
    (question(-19.6), "19.6%", "sign is the other way round"), (question(-19.6), "0.196%", "Ask for a hint"), (question(-19.6), 0.196, "sign is the other way round"),
    (question(-19.6), 19.75, "Ask for a hint"), (question(12.5, tolerance=0.5), -13, "sign is the other way round: the number is positive"),
    (question(-19.6), "-0.196%", "With the sign % this is a hundredth of what you mean"), (question(10, "number", "points of 100", 0.5), 0.105, "looks like a fraction; the answer is in points of 100"),
    (question(21076.4, "number", "pounds", 1.5), 21080, "Give it to the nearest whole number"), (question(21076.4, "number", "pounds", 1.5), 21070, "looks rounded"),
    (question(21076.4, "number", "pounds", 1.5), 21090, "Ask for a hint"), (question(21076.4, "number", "pounds", 1.5), 22000, "Ask for a hint"),
    (question(21076.4, "number", "pounds", 1.5), 21050, "Ask for a hint"), (question(-19.64), -19, "looks rounded"), (question(-19.64), -21, "Ask for a hint"), (question(10.7, tolerance=0.5), 10, "Ask for a hint"),
    (question(13.6e6, "number", "people", 1000), 14e6, "looks rounded"), (question(48), 50, "Ask for a hint"), (question(52), 50, "looks rounded"), (question(5.4, "number", tolerance=0.01), 5.4321, "Ask for a hint"),
    (question(19.5), 19, "looks rounded"), (question(0.1239, "number", tolerance=0.001), 0.12, "Give it with 3 decimals"), (question(5.678, "number", tolerance=0.02), 5.6, "Give it with 2 decimals"),
    (question(10, "number", tolerance=0), 10.2, "Ask for a hint"), (question(19.96, tolerance=0.01), 20, "looks rounded"),
    (question(400), 4, "looks like a fraction"), (question(300), 3, "right."), (question(300), -3, "sign is the other way round"), (question(12.5), 12.625, "not yet."),
    (question(10, tolerance=0.5), 10.5, "right."), (question(10, tolerance=0.5), 0.105, "right."), (question(10, "number", tolerance=0.5), 0.1, "looks like a fraction"),
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


@pytest.mark.parametrize("number, answer, says", [
    *(("0.2", answer, f"0.2: not yet: this is {kind}; the answer is a number (pounds).") for answer, kind in (
        (True, "true or false"), (np.True_, "true or false"), (1j, "of another kind (complex)"), ({"a": 1}, "a dictionary"), (object(), "of another kind (object)"), (int, "of another kind (type)"),
        (b"x", "of another kind (bytes)"))),
    ("0.2", functools.partial(sum, [1]), "this is the method it itself, not its result: add brackets, as in it()"), ("0.2", len, "0.2: not yet: this is the method len itself, not its result: add brackets, as in len()."), ("1.5", len, "add brackets, as in len()"), ("0.1", len, "add brackets, as in len()"),
    ("0.2", [1, 2], "0.2: not yet: this holds 2 values; the answer is one: pounds."), ("1.5", ["a", "b"], "this holds 2 values; the answer is one: one of \"a\""), ("0.2", float("inf"), "perhaps a gap"),
    *(("1.5", answer, f"1.5: not yet: this is {kind}; answer with one of \"a\", \"b\", \"c\", \"d\".") for answer, kind in (
        (2.5, "a number"), (float("nan"), "a number"), (True, "true or false"), (1j, "of another kind (complex)"), ({"a": 1}, "a dictionary"), (b"a", "of another kind (bytes)"))),
    ("1.5", 2.0, '"2" is none of the answers; they are "a"'), ("1.5", "x" * 60, f'"{"x" * 40}" is none'), ("1.5", " x ", '"x" is none'),
    *(("0.1", answer, f'0.1: not yet: this is {kind}; the answer is a dictionary such as {{"C06": "fact"}}.') for answer, kind in (
        (3, "a number"), ("fact", "text"), (True, "true or false"), (("x", "y"), "a collection of values"), (["x"], "a collection of values"), ({"x"}, "a collection of values"),
        (np.array(["x"]), "a collection of values"), (pd.DataFrame({"a": [1]}), "a collection of values"), (1j, "of another kind (complex)"))),
    ("0.1", {"C11": 3}, '"3" is none of the answers; they are "fact"'),
])
def test_what_cannot_be_read_is_named(number, answer, says):
    assert says in asking.verdict(number, answer)


def test_plain_and_blank():
    assert plain("A \n b.") == "a b" and plain("  Juício, ") == "juicio,"
    assert is_blank("\u2026") and not is_blank(0) and not is_blank(False) and not is_blank([1]) and not is_blank({"C06": "fact"})
    for blank in ([...], [1, ...], (..., 1), pd.Series([1, ...]), {"C06": None}, {"C06": ..., "C07": "fact"}, pd.Series(dtype=float), pd.DataFrame(), ()):
        assert is_blank(blank)
