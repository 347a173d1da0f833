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
    ("21.076,4", "pounds", 21076.4), ("1,234,567.8", "pounds", 1234567.8), ("21,076.4", "pounds", 21076.4), ("1.234.567", "pounds", 1234567), ("21,076", "pounds", 21076),
    ("-55,492", "per cent", -55.492), ("0,305", "as a score from 0 to 1", 0.305), ("0.305", "pounds", 0.305),
    ("55,5", "per cent", 55.5), (",5", "per cent", 0.5), ("21 mil", "people", 21000), ("13,6 millones", "people", 13.6e6), ("21.076 million", "pounds", 21.076e6),
    ("2.1e4", "pounds", 21000), ("\uff12\uff11", "people", 21), ("2.1E4", "pounds", 21000), ("0.305.", "pounds", 0.305), ("5 ..", "pounds", 5), ("21_076", "pounds", 21076), ("1.234.567.", "pounds", 1234567),
    ("21.076,", "pounds", 21076), ("21 076,5", "pounds", 21076.5), ("1.500", "per cent", 1.5), ("-1.234", "percentage points", -1.234), ("1.234", "times the odds", 1.234),
    (",500", "pounds", .5), ("1,076", "pounds", 1076), ("2107.625", "pounds", 2107.625), ("2107,625", "pounds", 2107.625), ("1.5000", "pounds", 1.5), ("1.50", "pounds", 1.5),
    ("-$5", "dollars", -5), ("US$ 5 million", "dollars", 5e6), ("$-5", "dollars", -5), ("-us$5", "dollars", -5), ("+5", "pounds", 5),
    *((f"3 {scale}", "people", 3 * factor) for factor, scales in ((1e3, "thousand thousands k mil"), (1e6, "million millions mn millon mill\u00f3n millones"), (1e9, "billion billions bn"))
      for scale in scales.split()), ("3 mil millones", "people", 3e9), ("3 million thousand", "people", 3e9),
    *((f"{sign}5", "pounds", -5) for sign in ("minus ", "menos ", "Negative ", *"-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u02d7\ufe63\uff0d\u207b")),
    *((f"{word} 5", "pounds", 5) for word in ("about", "around", "approximately", "approx.", "roughly", "circa", "ca.", "unos", "unas", "cerca de", "alrededor de", "~", "\u2248",
                                              "=", "pounds", "lb", "fentanyl:")),
    *((f"5 {words}", "pounds", 5) for words in ("lb pounds", "pounds of fentanyl", "libras de fentanilo", "pounds of cocaine", "of the pounds", "pounds(fentanyl)", "pounds fewer", "pounds less", "pounds more")),
    ("5 times the odds", "times", 5), ("5 people", "deaths", 5), ("5 fewer people", "people", 5), ("3%of", "per cent", 3),
])
def test_separators_of_two_languages(text, asked, value):
    assert read_quantity(text, asked) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("text, asked, unit", [
    ("5", "per cent", None), ("5%", "per cent", "per cent"), ("%5", "per cent", "per cent"), ("pct 5", "per cent", "per cent"), ("5 per cent of the others", "per cent of the others", "per cent"),
    ("5 pounds of fentanyl", "pounds", "pounds"), ("about 5 lb", "pounds", "pounds"), ("lb 5", "pounds", "pounds"), ("$5", "dollars", "dollars"), ("-$5", "dollars", "dollars"),
    ("5 thousand", "pounds", None), ("5 from 0 to 1", "from 0 to 1", None), ("5 people", "deaths", "people"),
])
def test_the_unit_beside_a_number_is_known(text, asked, unit):
    assert read_quantity(text, asked).unit == unit


@pytest.mark.parametrize("text, asked, says", [
    ("21.076", "pounds", "can be read in two ways"), ("1,2,3", "pounds", "do not part thousands"), ("21.076", "deaths", "write 21076 or 21.076"),
    ("21 076 5", "pounds", "more than one number"), ("5 kg", "pounds", "you wrote kilograms; the answer is in pounds"), ("5 lb kg", "pounds", "two units"), ("5 lbkg", "pounds", "something beside the number"),
    ("30%", "percentage points", "two things"), ("5 points", "per cent", "two things"), ("5 apples", "pounds", "cannot be read"),
    ("$5", "pounds", "you wrote dollars"), ("0.25%", "as a score from 0 to 1", "without that unit"), ("ten", "people", "cannot be read as a number"),
    ("1.076", "pounds", "as 1,076 or as a number with three decimals; write 1076 or 1.076$"), ("210.076", "pounds", "two ways"), ("1.234.56", "pounds", "do not part thousands"),
    ("1,2.3,4", "pounds", "do not part thousands"), ("1,234.567,8", "pounds", "do not part thousands"), ("1 2345", "pounds", "more than one number"),
    ("million 5", "pounds", "cannot be read as a number"), ("mil 5", "people", "cannot be read as a number"), ("minus -5", "pounds", "write the number alone"),
    ("kg 5", "pounds", "you wrote kilograms; the answer is in pounds"), ("lb 5 kg", "pounds", "two units"), ("$5 kg", "kilograms", "two units"), ("- $5", "pounds", "you wrote dollars"),
    ("5\u00b2", "pounds", "cannot be read as a number"), ("10\u00b3", "pounds", "cannot be read as a number"), ("1e400", "pounds", "too large a number; the answer is in pounds"),
    ("5 deaths", "people", "you wrote deaths; the answer is in people"), ("5 people", "pounds", "you wrote people; the answer is in pounds"), ("5%", "points of 100", "in points of 100$"),
    ("9" * 60 + "q", "pounds", "^\"9{40}\" has something"), ("x" * 60, "pounds", "^\"x{40}\" cannot"), (" x ", "pounds", "^\"x\" cannot"),
])
def test_what_is_not_certain_is_asked_back(text, asked, says):
    with pytest.raises(Unreadable, match=says):
        read_quantity(text, asked)


@pytest.mark.parametrize("unit, words", [line.split(": ") for line in """
pounds: pound, Pounds, lb, lbs., libra, libras
kilograms: kg, kgs, kilo, kilos, kilogram, kilograms, kilogramme, kilogrammes, kilogramo, kilogramos
grams: g, gram, grams, gramme, grammes, gramo, gramos
ounces: oz, ounce, ounces, onza, onzas
tons: t, ton, tons, tonne, tonnes, metric tons, short tons, tonelada, toneladas
deaths: death, deaths, dead, muerte, muertes, muertos, defunci\u00f3n, defunciones, fallecimientos
people: person, persons, people, persona, personas, extraditions, extradiciones
per cent: %, percent, per cent, pct, por ciento, porciento
points: percentage points, percentage point, points, point, pts, pp, p.p., puntos porcentuales, punto porcentual, puntos, punto
dollars: $, US$, USD, dollar, dollars, d\u00f3lar, d\u00f3lares
pesos: MXN, peso, pesos
doses: dose, doses, dosis
years: year, years, a\u00f1o, a\u00f1os
months: month, months, mes, meses
days: day, days, d\u00eda, d\u00edas
times: x, times, fold, veces
instruments: instrument, instruments, instrumento, instrumentos
forecasts: forecast, forecasts, pron\u00f3stico, pron\u00f3sticos
events: event, events, evento, eventos
lines: line, lines, l\u00ednea, l\u00edneas""".strip().splitlines()])
def test_a_unit_is_known_by_all_its_words(unit, words):
    assert {word: unit_of(word) for word in words.split(", ")} == dict.fromkeys(words.split(", "), unit)


def test_the_words_of_a_question_name_its_unit():
    assert unit_of("thousand pounds") == "pounds" and unit_of("repeat") is None and unit_of("months and days") == "months" and unit_of("Days per month") == "days"
    assert unit_of("per cent of the other months") == "per cent" and unit_of("points of 100") == "points"
    assert unit_of("percentage points") == "points" and unit_of("as a score from 0 to 1") is None and unit_of("times the odds") == "times"
