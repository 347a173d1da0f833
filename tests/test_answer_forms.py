"""Answers in the many forms in which people write them: a right one is right, a wrong unit or sign is never praised."""
import random

import numpy as np
import pandas as pd
import pytest

from takeaways.exercises import asking
from takeaways.exercises.quantities import ABOUT, UNITS, Unreadable, read_quantity, unit_of

QUESTIONS = asking.questions()
NUMERIC = [number for number, one in QUESTIONS.items() if one.kind in ("number", "per cent")]
WORDED = [number for number, one in QUESTIONS.items() if one.kind in ("choice", "labels")]
MINUSES = ("-", "\N{MINUS SIGN}", "\N{EN DASH}", "\N{EM DASH}", "\N{NON-BREAKING HYPHEN}", "minus ", "menos ", "- ")
THOUSANDS = (",", " ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{THIN SPACE}", "'", "_")


def written(value, decimals):
    """A number as a string in all the ways in which one writes it: signs, separators of two languages, spaces."""
    plain = f"{abs(value):.{decimals}f}"
    whole, _, rest = plain.partition(".")
    forms = {plain, f"{abs(value):.8e}"}
    if rest:
        forms |= {f"{whole},{rest}"} if len(rest) != 3 or abs(value) >= 1000 else set()
    if abs(value) >= 1000:
        forms |= {f"{int(whole):,}".replace(",", sign) + (f".{rest}" if rest else "") for sign in THOUSANDS}
        forms |= {f"{int(whole):,}".replace(",", ".") + f",{rest or '0'}"}
    signs = MINUSES if value < 0 else ("", "+", " ")
    return {sign + form for form in forms for sign in signs}


def decimals_of(question, value):
    """Decimals with which the value stays right: two are always enough, three where the question is fine."""
    return {0, 1, 2} if value == round(value) else {2, 4} if question.tolerance >= 0.05 else {4, 5}


def right_forms(question):
    value = float(question.answer())
    forms = [value, np.float64(value), np.array(value), np.array([[value]]), [value], (value,), {value}, [[value]], pd.Series([value]),
             pd.Index([value]), pd.DataFrame({"a": [value]}), pd.Series([value], index=["x"])]
    texts = {text for decimals in decimals_of(question, value) for text in written(value, decimals)}
    unit = unit_of(question.unit)
    phrases = UNITS.get(unit, ())
    forms += sorted(texts)
    forms += [f"{text} {phrase}" for text in sorted(texts)[:12] for phrase in phrases]
    forms += [f"{sorted(texts)[0]}{phrase}" for phrase in phrases if phrase in ("%", "lb", "kg")]
    forms += [f"{word} {value:.{digits}f}" for word in sorted(ABOUT) for digits in (4, 5, 6)]
    forms += [f"about {value:.4f}", f"~{value:.4f}", [f"{value:.4f}"], pd.Series([f"{value:.4f}"]), f"  {value:.4f}. "]
    if question.kind == "per cent" and abs(value) < 300:
        forms += [value / 100, f"{value / 100:.5f}", np.float64(value / 100), [value / 100]]
    return forms


def wrong_forms(question):
    value, unit = float(question.answer()), unit_of(question.unit)
    others = [phrase for other, phrases in UNITS.items() for phrase in phrases
              if other != unit and (other, unit) != ("people", "deaths")]
    forms = [f"{value:.4f} {phrase}" for phrase in others]
    forms += [f"{value:.4f} {scale}" for scale in ("thousand", "million", "mil", "millones", "billion", "k")]
    forms += [1000 * value + 3000, value / 1000 if question.kind != "per cent" else value / 7, f"{value:.4f} stones", f"{value:.4f} to {value + 1:.4f}",
              f"{value:.4f} {value:.4f}", f"--{abs(value):.2f}", "", "...", "?", True, None, float("nan"), [value, value], {"a": value}, sum, [].append]
    if value and 2 * abs(value) > question.tolerance:
        forms += [text for text in written(-value, 2)] + [-value]
    if question.kind == "per cent" and abs(value) > 2 * question.tolerance:
        forms += [f"{value / 100:.5f}%", f"{value / 100:.5f} percent", f"{value / 100:.5f} por ciento"]
    if unit == "points":
        forms += [f"{value:.4f}%", f"{value:.4f} per cent"]
    return forms


@pytest.mark.parametrize("number", NUMERIC)
def test_a_right_number_is_right_in_every_form(number):
    forms = right_forms(QUESTIONS[number])
    wrong = [(form, asking.verdict(number, form)) for form in forms if " right. " not in asking.verdict(number, form)]
    print(f"{number}: {len(forms)} right forms")
    assert wrong == [] and len(forms) >= 60


@pytest.mark.parametrize("number", NUMERIC)
def test_a_wrong_form_is_never_praised(number):
    forms = wrong_forms(QUESTIONS[number])
    told = [(form, asking.verdict(number, form)) for form in forms]
    print(f"{number}: {len(forms)} wrong forms")
    assert [pair for pair in told if ": right" in pair[1]] == [] and len(forms) >= 60
    assert all("\n" not in line and len(line) < 500 and "Traceback" not in line for _, line in told)


@pytest.mark.parametrize("number", WORDED)
def test_words_are_read_whatever_their_dress(number):
    question, chance = QUESTIONS[number], random.Random(number)
    answer = question.answer()

    def dressed(word):
        word = chance.choice([word, *question.words.get(word, ())])
        word = chance.choice([str.upper, str.lower, str.title, str])(word)
        word = word.replace("-", chance.choice(MINUSES[:5])) if word.startswith("-") else word
        return chance.choice(["{}", " {} ", "{}.", "'{}'", "\N{NO-BREAK SPACE}{}", "({})"]).format(word)

    for _ in range(80):
        if question.kind == "choice":
            form = dressed(answer)
            form = chance.choice([form, [form], (form,), {form}, np.array(form), pd.Index([form]), pd.Series([form])])
        else:
            keys = chance.sample(sorted(answer), len(answer))
            form = {chance.choice([str.lower, str.upper])(key): dressed(answer[key]) for key in keys}
            form = chance.choice([form, pd.Series(form)])
        assert " right. " in asking.verdict(number, form), form


@pytest.mark.parametrize("text, asked, value", [
    ("21.076,4", "pounds", 21076.4), ("21,076.4", "pounds", 21076.4), ("1.234.567", "pounds", 1234567), ("21,076", "pounds", 21076),
    ("-55,492", "per cent", -55.492), ("0,305", "as a score from 0 to 1", 0.305), ("0.305", "pounds", 0.305),
    ("55,5", "per cent", 55.5), (",5", "per cent", 0.5), ("21 mil", "people", 21000), ("13,6 millones", "people", 13.6e6),
    ("2.1e4", "pounds", 21000), ("\uff12\uff11", "people", 21),
])
def test_separators_of_two_languages(text, asked, value):
    assert read_quantity(text, asked) == pytest.approx(value)


@pytest.mark.parametrize("text, asked, says", [
    ("21.076", "pounds", "can be read in two ways"), ("1,2,3", "pounds", "do not part thousands"), ("21.076", "deaths", "write 21076 or 21.076"),
    ("21 076 5", "pounds", "more than one number"), ("5 kg", "pounds", "you wrote kilograms; the answer is in pounds"), ("5 lb kg", "pounds", "two units"),
    ("30%", "percentage points", "two things"), ("5 points", "per cent", "two things"), ("5 apples", "pounds", "cannot be read"),
    ("$5", "pounds", "you wrote dollars"), ("0.25%", "as a score from 0 to 1", "without that unit"), ("ten", "people", "cannot be read as a number"),
])
def test_what_is_not_certain_is_asked_back(text, asked, says):
    with pytest.raises(Unreadable, match=says):
        read_quantity(text, asked)


def test_the_words_of_a_question_name_its_unit():
    assert unit_of("per cent of the other months") == "per cent" and unit_of("points of 100") == "points"
    assert unit_of("percentage points") == "points" and unit_of("as a score from 0 to 1") is None and unit_of("times the odds") == "times"
