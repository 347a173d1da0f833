"""What a question is made of, and how answers of many kinds are read and compared."""

import math
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Number

import numpy as np
import pandas as pd

from .quantities import Quantity, Unreadable, minus_signs, read_quantity


@dataclass(frozen=True)
class Slip:
    """A usual mistake: `answer()` computes what it leads to, `says` is what a learner is told."""

    answer: Callable
    says: str


@dataclass(frozen=True)
class Question:
    """One exercise.

    kind: "number", "per cent", "choice" (a letter or word), "labels" (a word for each key);
        "guess" (any number) and "vote" (any of the words) have no right answer, they are noted.
    unit: what the answer is counted in, as told to a learner.
    answer: computes the right answer. `why`: why it matters, told when the answer is right.
    hints: from a nudge to the code itself; code stands in backticks, and the last hint is what `solution` shows.
    tolerance: the distance from the right number that still counts as right, in the unit.
    """

    unit: str
    answer: Callable
    why: str
    hints: tuple
    slips: tuple = ()
    kind: str = "number"
    tolerance: float = 0.5
    trains: str = ""   # the skill, for the revision page
    change: bool = False   # a change in per cent: what is left, a wrong base and swapped ends are known slips of it
    assigns: str = ""      # the name that the answer cell checks, where it is not answer_0_2
    words: dict = field(default_factory=dict)   # choices or labels allowed, with other spellings: {"forecast": ("f",)}


def is_blank(answer: object) -> bool:
    """True for a placeholder that was not filled in."""
    if answer is None or answer is Ellipsis:
        return True
    if isinstance(answer, str):
        return answer.strip(" .\u2026") == ""
    if isinstance(answer, Mapping):
        return len(answer) == 0 or any(value is Ellipsis or value is None for value in answer.values())
    if isinstance(answer, (list, tuple, pd.Series, pd.DataFrame)):
        return len(answer) == 0 or any(value is Ellipsis for value in answer)
    return False


def read_answer(question: Question, answer: object):
    """Return an answer in the form in which the question compares it; raises Unreadable with a sentence."""
    if question.kind in ("number", "per cent", "guess"):
        return read_number(answer, question.unit)
    if question.kind in ("choice", "vote"):
        return read_word(answer, question.words)
    return read_labels(answer, question.words)


def same(question: Question, given: Quantity | str | dict, expected: float | str | dict) -> bool:
    """True when an answer, as read, is the expected one within the tolerance of the question."""
    if question.kind in ("choice", "labels"):
        return given == expected
    return abs(given - expected) <= question.tolerance or is_fraction_of(question, given, expected)


def is_fraction_of(question: Question, given: Quantity, expected: float) -> bool:
    """True for 0.125 where 12.5 per cent is meant: a bare fraction, which no sign for per cent contradicts."""
    return (question.kind == "per cent" and given.unit is None and abs(given) <= 3
            and abs(100 * given - expected) <= question.tolerance)


def single(answer: object, unit: str):
    """Return the one value in a list, set, Series, Index, array or table of one; anything else as it is."""
    if isinstance(answer, (set, frozenset)):
        answer = list(answer)
    while isinstance(answer, (pd.Series, pd.DataFrame, pd.Index, np.ndarray, list, tuple)):
        values = np.asarray(answer, dtype=object).ravel()
        if len(values) != 1:
            raise Unreadable(f"this holds {len(values)} values; the answer is one: {unit}")
        [answer] = values
    return answer


def read_number(answer: object, unit: str) -> Quantity:
    """Read an int, a float, a numpy or pandas number, a container of one value, or a number with or
    without its unit in a string.
    """
    answer = single(answer, unit)
    if isinstance(answer, str):
        return read_quantity(answer, unit)
    if not _is_number(answer):
        raise Unreadable(_not_run(answer) or f"this is {_kind_of(answer)}; the answer is a number ({unit})")
    if not math.isfinite(answer):
        raise Unreadable(f"this is not a number one can compare: perhaps a gap in the months you used; the answer is a "
                         f"number ({unit})")
    return Quantity(answer)


def read_word(answer: object, words: Mapping) -> str:
    """Read one of the allowed words, whatever its capitals, accents, spaces, full stops or kind of dash."""
    allowed = ", ".join(f'"{word}"' for word in words)
    answer = single(answer, f"one of {allowed}")
    if _is_number(answer) and float(answer).is_integer():
        answer = str(int(answer))
    if not isinstance(answer, str):
        raise Unreadable(_not_run(answer) or f"this is {_kind_of(answer)}; answer with one of {allowed}")
    spellings = {plain(spelling): word for word, others in words.items() for spelling in (word, *others)}
    if plain(answer) not in spellings:
        raise Unreadable(f'"{answer.strip()[:40]}" is none of the answers; they are {allowed}')
    return spellings[plain(answer)]


def read_labels(answer: object, words: Mapping) -> dict:
    """Read a dictionary or Series that gives one allowed word to each key, in any order."""
    if isinstance(answer, pd.Series):
        answer = answer.to_dict()
    if not isinstance(answer, Mapping):
        raise Unreadable(_not_run(answer) or f'this is {_kind_of(answer)}; the answer is a dictionary such as '
                                             f'{{"C06": "{next(iter(words))}"}}')
    return {str(key).strip().upper(): read_word(value, words) for key, value in answer.items()}


def plain(text: str) -> str:
    """Text without accents, capitals, spaces at the ends or a closing full stop."""
    bare = unicodedata.normalize("NFKD", minus_signs(text)).encode("ascii", "ignore").decode()
    return " ".join(bare.casefold().split()).strip(" .\"'()")


def _is_number(answer):
    return isinstance(answer, Number) and not isinstance(answer, (bool, complex))


def _not_run(answer):
    """A sentence on a method or function without its brackets; empty for anything else."""
    if not callable(answer) or isinstance(answer, type):
        return ""
    name = getattr(answer, "__name__", "it")
    return f"this is the method {name} itself, not its result: add brackets, as in {name}()"


def _kind_of(answer):
    if isinstance(answer, (bool, np.bool_)):
        return "true or false"
    if isinstance(answer, Mapping):
        return "a dictionary"
    if isinstance(answer, (pd.DataFrame, pd.Series, list, tuple, set, np.ndarray)):
        return "a collection of values"
    if _is_number(answer):
        return "a number"
    return "text" if isinstance(answer, str) else f"of another kind ({type(answer).__name__})"
