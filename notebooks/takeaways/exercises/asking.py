"""`check`, `hint` and `solution`: one deterministic line each way, and never a traceback."""

import difflib
import importlib
import inspect
import textwrap
from functools import cache
from pathlib import Path

from IPython.display import display

from .. import desk
from .questions import Unreadable, is_blank, read_answer, same

def check(number: str, answer=...):
    """Say whether an answer is right and why that matters or, for a usual slip, what went wrong. Never raises."""
    line = verdict(number, answer)
    if line.startswith(f"{_plain(number)}: right."):
        desk.note_done(_plain(number))
    print(line)


def hint(number: str, level: int = 1):
    """Show the first hint of a question, or a later one: hint("0.2", 2)."""
    question = find(number)
    if question is None:
        print(_unknown(number))
        return
    hints = question.hints
    level = level if isinstance(level, int) and 1 <= level <= len(hints) else 1
    more = f'  For the next: hint("{_plain(number)}", {level + 1})' if level < len(hints) else f'  Still stuck? solution("{_plain(number)}")'
    print(f"Hint {level} of {len(hints)}: {hints[level - 1]}\n{more}")


def solution(number: str):
    """Show the code that answers a question, the answer, and why it matters."""
    question = find(number)
    if question is None:
        print(_unknown(number))
        return
    code = solution_code(question)
    text = (f"```python\n{code}\n```\n\n" if code else "") + _shown(question) + question.why
    display({"text/markdown": text, "text/plain": text}, raw=True)


def where_was_i():
    """Say which exercises are done on this desk, lesson by lesson, and which comes next."""
    if not desk.on_desk():
        print("In your own copy this line tells which exercises you have done, and where to go on.")
        return
    asked = [number for number, question in questions().items() if question.kind not in ("guess", "vote")]
    right = [number for number in asked if number in desk.done()]
    for lesson in dict.fromkeys(number.split(".")[0] for number in asked):
        of_it = [number for number in asked if number.split(".")[0] == lesson]
        print(f"Lesson 0{lesson}: {sum(number in right for number in of_it)} of {len(of_it)} exercises right.")
    left = [number for number in asked if number not in right]
    print(f"Next: exercise {left[0]}." if left else "All exercises are done. Write your brief.")


def verdict(number: str, answer) -> str:
    """Return the line that `check` prints."""
    question = find(number)
    if question is None:
        return _unknown(number)
    number = _plain(number)
    try:
        if is_blank(answer):
            return f"{number}: not answered yet. Replace the three dots, then run the cell again."
        given = read_answer(question, answer)
        return f"{number}: {_judge(question, given)}"
    except Unreadable as fault:
        return f"{number}: not yet: {str(fault).rstrip('.')}."
    except Exception:   # an answer of a kind nobody foresaw must not stop a learner
        return f"{number}: not yet: this answer could not be read; it should be {question.unit}."


def find(number: str):
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


def solution_code(question) -> str:
    """Return the body of a question's solution as a learner would write it in a cell; empty where no code is needed."""
    if question.answer.__name__ == "<lambda>":
        return ""
    lines = textwrap.dedent(inspect.getsource(question.answer)).splitlines()
    body = textwrap.dedent("\n".join(lines[1:])).strip()
    return "\n".join("answer = " + line[len("return "):] if line.startswith("return ") else line for line in body.splitlines())


def _judge(question, given):
    if question.kind == "guess":
        return f"your guess is {given:+g} {question.unit}. Read on and compare."
    if question.kind == "vote":
        return f"you voted {given}. {question.why}"
    expected = read_answer(question, question.answer())
    if same(question, given, expected):
        return f"right. {question.why}"
    for slip in question.slips:
        if same(question, given, read_answer(question, slip.answer())):
            return f"not yet. {slip.says}"
    return f"not yet. {_distance(question, given, expected)}"


def _distance(question, given, expected):
    if question.kind == "labels":
        missing, agree = expected.keys() - given.keys(), [key for key in expected if given.get(key) == expected[key]]
        if missing:
            return f"No word yet for {', '.join(sorted(missing))}."
        differ = [key for key in expected if key not in agree]
        return f"You and the table agree on {len(agree)} of {len(expected)}. You differ on {', '.join(differ)}: look again, and at its reason."
    if question.kind == "choice":
        return "Read the question once more, and look at the chart beside it."
    if expected < 0 < given:
        return "The sign is the other way round: this fell, so the number is negative."
    return "Ask for a hint when you have looked at the unit, the period and the place."


def _shown(question):
    if question.kind in ("number", "per cent"):
        digits = 0 if float(question.answer()).is_integer() or question.tolerance >= 1 else 1 if question.tolerance >= 0.05 else 3
        return f"The answer: **{float(question.answer()):,.{digits}f} {question.unit}**. "
    if question.kind == "choice":
        return f"The answer: **{question.answer()}**. "
    return ""


def _plain(number):
    return str(number).strip()


def _unknown(number):
    near = difflib.get_close_matches(_plain(number), questions(), n=3, cutoff=0.3) or list(questions())[:3]
    return f"There is no exercise {_plain(number)!r}. Did you mean {' or '.join(near)}?"
