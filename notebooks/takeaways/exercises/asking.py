"""`check`, `hint` and `solution`: one deterministic line each way, and never a traceback."""

import difflib
import importlib
import math
import re
from functools import cache
from pathlib import Path

from IPython.display import display

from .. import desk, tables
from ..errors import CourseError
from .questions import Quantity, Question, Unreadable, is_blank, read_answer, same


def check(number: str | float | None = None, answer: object = ..., *more: object):
    """Say whether an answer is right and why that matters or, for a usual slip, what went wrong. Never raises."""
    if more:
        print('One answer at a time: check("0.2", answer_0_2).')
        return
    line = verdict(number, answer)
    print(line)
    if line.startswith(f"{_plain(number)}: right.") and (fault := desk.note_done(_plain(number))):
        print(fault)


def hint(number: str | float | None = None, level: int = 1):
    """Show the first hint of a question, or a later one: hint("0.2", 2)."""
    question = find(number)
    if question is None:
        print(_unknown(number, "hint"))
        return
    hints, number = question.hints, _plain(number)
    try:
        asked = int(level)
    except (ValueError, TypeError, OverflowError):
        asked = 0
    if not 1 <= asked <= len(hints):
        print(f"Exercise {number} has {len(hints)} hint{'s' if len(hints) > 1 else ''}; this is the "
              f"{'last' if asked > len(hints) else 'first'}.")
    level = min(max(asked, 1), len(hints))
    more = (f'  For the next: hint("{number}", {level + 1})' if level < len(hints)
            else f'  Still stuck? solution("{number}")')
    print(f"Hint {level} of {len(hints)}: {hints[level - 1]}\n{more}")


def solution(number: str | float | None = None):
    """Show the code that answers a question, the answer, and why it matters."""
    question = find(number)
    if question is None:
        print(_unknown(number, "solution"))
        return
    if question.kind in ("guess", "vote"):
        print(f"{_plain(number)} asks for your {question.kind}: there is no right answer to look up. Read on and "
              "compare.")
        return
    text = f"```python\n{solution_code(_plain(number))}\n```\n\n" + _shown(question) + question.why
    display({"text/markdown": text, "text/plain": text}, raw=True)


def where_was_i():
    """Say which exercises are done on this desk, lesson by lesson, and which comes next."""
    if not desk.on_desk():
        print("In your own copy this line tells which exercises you have done, and where to go on.")
        return
    desk.tell_newer_editions()
    asked = [number for number, question in questions().items() if question.kind not in ("guess", "vote")]
    right = [number for number in asked if number in desk.done()]
    for lesson in dict.fromkeys(number.split(".")[0] for number in asked):
        of_it = [number for number in asked if number.split(".")[0] == lesson]
        print(f"Lesson 0{lesson}: {sum(number in right for number in of_it)} of {len(of_it)} exercises right.")
    left = [number for number in asked if number not in right]
    print(f"Next: exercise {left[0]}." if left else "All exercises are done. Write your brief.")


def verdict(number: str | float | None, answer: object = ...) -> str:
    """Return the line that `check` prints."""
    question = find(number)
    if question is None:
        return _unknown(number, "check", answer)
    number = _plain(number)
    try:
        if is_blank(answer):
            return f"{number}: not answered yet. Replace the three dots, then run the cell again."
        given = read_answer(question, answer)
    except Unreadable as fault:
        return f"{number}: not yet: {fault}."
    except Exception:   # an answer of a kind nobody foresaw must not stop a learner
        return f"{number}: not yet: this answer could not be read; it should be {question.unit}."
    try:
        return f"{number}: {_judge(question, given)}"
    except CourseError as fault:    # a table is damaged or missing: it says so itself
        return f"{number}: your answer cannot be judged: {fault}"
    except Exception as fault:      # a fault of the course, not of the learner
        return f"{number}: your answer cannot be judged here ({type(fault).__name__}: {str(fault)[:80]})."


def find(number: str | float | None) -> Question | None:
    """Return the question with this number, or None."""
    return questions().get(_plain(number))


@cache
def questions() -> dict:
    """Return all questions of the course by number, such as "1.2"."""
    lessons = sorted(path.stem for path in Path(__file__).parent.glob("lesson_*.py"))
    found = {}
    for lesson in lessons:
        found.update(importlib.import_module(f"{__package__}.{lesson}").QUESTIONS)
    return found


def answer_name(number: str) -> str:
    """Return the name that the answer cell of an exercise checks, such as answer_0_2."""
    return questions()[number].assigns or "answer_" + number.replace(".", "_")


def solution_code(number: str) -> str:
    """Return the code that answers an exercise in its cell, in the lesson's own names.

    It is the last hint where that is code that assigns the answer, and the answer itself where no code is needed.
    """
    question, name = questions()[number], answer_name(number)
    last = re.fullmatch(r"`(.+)`", question.hints[-1].strip(), re.DOTALL)
    if last and re.search(rf"(^|; ){name} = ", last[1]):
        return last[1].replace("; ", "\n")
    value = question.answer()
    return f"{name} = {value.item() if hasattr(value, 'item') else value!r}"


def _judge(question, given):
    if question.kind == "guess":
        return f"your guess is {given:+g} {question.unit}. Read on and compare."
    if question.kind == "vote":
        return f"you voted {given}. {question.why}"
    expected, slips = _values(question)
    if same(question, given, expected):
        return f"right. {question.why}"
    known = [*zip(slips, (slip.says for slip in question.slips)), *_slips_of_a_change(question, expected)]
    near = [(_off(given, value), says) for value, says in known if same(question, given, value)]
    return f"not yet. {min(near, key=lambda pair: pair[0])[1] if near else _distance(question, given, expected)}"


def _off(given, value):
    """How far an answer is from the value of a slip, as the number or as the fraction that it
    may be; of words, nothing.
    """
    return min(abs(given - value), abs(100 * given - value)) if isinstance(value, float) else 0


# id of a question: the state of the tables, its values, and the question, which keeps the id its own
_COMPUTED = {}


def _values(question):
    """The right answer and that of each slip; computed again only when a table has changed."""
    state = tables.state()
    kept = _COMPUTED.get(id(question))
    if kept is None or kept[0] != state:
        answers = [read_answer(question, give()) for give in (question.answer,
                                                              *(slip.answer for slip in question.slips))]
        kept = _COMPUTED[id(question)] = (state, (answers[0], answers[1:]), question)
    return kept[1]


def _distance(question, given, expected):
    """What can be said of a wrong answer that is no slip of its question's own."""
    if question.kind == "labels":
        return _labels(given, expected)
    if question.kind == "choice":
        return "Read the question once more, and look at the chart beside it."
    return (_turned(question, given, expected) or _of_a_change(question, given, expected)
            or _fraction(question, given, expected) or _rounded(question, given, expected)
            or "Ask for a hint when you have looked at the unit, the period and the place.")


def _labels(given, expected):
    missing, extra = sorted(expected.keys() - given.keys()), sorted(given.keys() - expected.keys())
    if missing:
        return f"No word yet for {', '.join(missing)}." + (f" {', '.join(extra)} is not asked for." if extra else "")
    differ = [key for key in expected if given[key] != expected[key]]
    if not differ:
        return f"All {len(expected)} are right, but {', '.join(extra)} is not asked for: take it out."
    return (f"You and the table agree on {len(expected) - len(differ)} of {len(expected)}. You differ on "
            f"{', '.join(differ)}: look again, and at its reason.")


def _turned(question, given, expected):
    turned = Quantity(-given)
    turned.unit = given.unit
    if same(question, turned, expected):
        return (f"The size is right, the sign is the other way round: the number is "
                f"{'negative' if expected < 0 else 'positive'}.")
    return ""


def _slips_of_a_change(question, expected):
    """The usual slips of every change in per cent, worked back from the change itself: (value, what is said)."""
    if not question.change:
        return []
    ratio = 1 + expected / 100
    slips = [(100 * ratio,
              "This is the new value in per cent of the old one. The change is the difference from one hundred.")]
    if ratio > 0:
        slips += [(100 * (1 / ratio - 1), "You measured backwards, from the later value to the earlier one. The base "
                                          "of a change is the earlier value."),
                  (100 * (1 - 1 / ratio), "You divided by the later value. The base of a change is the earlier one.")]
    return slips


def _of_a_change(question, given, expected):
    """The same slips with their sign turned."""
    return next((says for value, says in _slips_of_a_change(question, expected) if same(question, given, -value)), "")


def _fraction(question, given, expected):
    if abs(100 * given - expected) <= question.tolerance:
        if given.unit == "per cent":
            return ("With the sign % this is a hundredth of what you mean: write the fraction without the sign, or "
                    "multiply it by 100.")
        return f"This looks like a fraction; the answer is in {question.unit}: multiply it by 100."
    return ""


def _rounded(question, given, expected):
    """Say so where an answer is the expected one, rounded or cut off more than the question allows."""
    for digits in range(2, -7, -1):
        step = 10.0 ** -digits
        coarse = step / 2 > question.tolerance and step / 2 <= 0.1 * abs(expected)
        is_round = abs(given / step - round(given / step)) < 1e-6
        cut_off = abs(given) < abs(expected) and step <= 0.1 * abs(expected)
        if coarse and is_round and abs(given - expected) < step and (abs(given - expected) <= step / 2 or cut_off):
            return f"Near: this looks rounded. Give it {_precision(question.tolerance)}."
    return ""


def _precision(tolerance):
    decimals = max(0, math.ceil(-math.log10(2 * tolerance) - 1e-9))
    return "to the nearest whole number" if not decimals else f"with {decimals} decimal{'s' if decimals > 1 else ''}"


def _shown(question):
    if question.kind in ("number", "per cent"):
        digits = (0 if float(question.answer()).is_integer() or question.tolerance >= 1 else 1
                  if question.tolerance >= 0.05 else 3)
        return f"The answer: **{float(question.answer()):,.{digits}f} {question.unit}**. "
    if question.kind == "choice":
        return f"The answer: **{question.answer()}**. "
    return ""


def _plain(number):
    """The number of an exercise, however it is written: 0.2, "0,2", "Exercise 0.2"; empty where it is none."""
    if isinstance(number, (int, float)) and not isinstance(number, bool):
        # 0.25 is no exercise, nor its neighbour
        number = f"{number:.1f}" if abs(number) < 10 and round(number, 1) == number else ""
    if not isinstance(number, str) or len(number) > 40:
        return ""
    found = re.fullmatch(r"\W*(?:exercise|ex|question|ejercicio)?[ .:]*(\d)\s*[.,_-]\s*(\d)\W*", number, re.IGNORECASE)
    return f"{found[1]}.{found[2]}" if found else number.strip()


def _unknown(number, command, answer=...):
    example = f'{command}("0.2"{", answer_0_2" if command == "check" else ""})'
    swapped = isinstance(answer, str) or isinstance(answer, float) and not isinstance(number, str)
    if swapped and _plain(answer) in questions():
        return f'The number of the exercise comes first: check("{_plain(answer)}", your answer).'
    if not _plain(number):
        return f"Say which exercise you mean: {example}."
    near = difflib.get_close_matches(_plain(number), questions(), n=3, cutoff=0.3) or list(questions())[:3]
    return f"There is no exercise {_plain(number)[:20]!r}. Did you mean {' or '.join(near)}?"
