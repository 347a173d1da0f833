"""Read a number and its unit as people write them: English and Spanish separators, any dash for a minus, scales, units
in words.

What is certain is read; what can be read in two ways is asked back, never guessed.
"""

import math
import re
import unicodedata
from functools import cache


class Unreadable(ValueError):
    """An answer that is not of the kind the question asks for; its text is a friendly sentence."""


class Quantity(float):
    """A number, and the unit that was written beside it (None where none was)."""

    unit = None


UNITS = {
    "pounds": ("pound", "pounds", "lb", "lbs", "libra", "libras"),
    "kilograms": ("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes", "kilogramo",
                  "kilogramos"),
    "grams": ("g", "gram", "grams", "gramme", "grammes", "gramo", "gramos"),
    "ounces": ("oz", "ounce", "ounces", "onza", "onzas"),
    "tons": ("t", "ton", "tons", "tonne", "tonnes", "metric tons", "short tons", "tonelada", "toneladas"),
    "deaths": ("death", "deaths", "dead", "muerte", "muertes", "muertos", "defuncion", "defunciones", "fallecimientos"),
    "people": ("person", "persons", "people", "persona", "personas", "extraditions", "extradiciones"),
    "per cent": ("%", "percent", "per cent", "pct", "por ciento", "porciento"),
    "points": ("percentage points", "percentage point", "points", "point", "pts", "pp", "p p", "puntos porcentuales",
               "punto porcentual",
               "puntos", "punto"),
    "dollars": ("$", "us$", "usd", "dollar", "dollars", "dolar", "dolares"),
    "pesos": ("mxn", "peso", "pesos"),
    "doses": ("dose", "doses", "dosis"),
    "years": ("year", "years", "ano", "anos"),
    "months": ("month", "months", "mes", "meses"),
    "days": ("day", "days", "dia", "dias"),
    "times": ("x", "times", "fold", "veces"),
    "instruments": ("instrument", "instruments", "instrumento", "instrumentos"),
    "forecasts": ("forecast", "forecasts", "pronostico", "pronosticos"),
    "events": ("event", "events", "evento", "eventos"),
    "lines": ("line", "lines", "linea", "lineas"),
}
SMALL = {"per cent", "points", "times", None}    # nobody answers in thousands of these
SAME = {("people", "deaths")}    # who died is a person: no other unit
SCALES = {"thousand": 1e3, "thousands": 1e3, "k": 1e3, "mil": 1e3, "million": 1e6, "millions": 1e6, "mn": 1e6,
          "millon": 1e6,
          "millones": 1e6, "billion": 1e9, "billions": 1e9, "bn": 1e9}
FILLERS = {"of", "de", "fentanyl", "fentanilo", "cocaine", "the", "fewer", "less", "more", "the odds"}
MINUS = {"minus", "menos", "negative"}
ABOUT = {"about", "around", "approximately", "approx", "roughly", "circa", "ca", "unos", "unas", "cerca de",
         "alrededor de"}
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u02d7\ufe63\uff0d\u207b"), "-")

PHRASES = {phrase: ("unit", unit) for unit, phrases in UNITS.items() for phrase in phrases}
PHRASES |= {phrase: ("scale", factor) for phrase,
            factor in SCALES.items()} | {phrase: (None, None) for phrase in FILLERS}

RAISED = re.compile("[\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]")     # ten cubed is not 103
NUMBER = re.compile(r"(?P<before>(?:[^\d.,+-]|(?<=[a-z])\.(?= "
                    r"))*)(?P<sign>[+-]?)\s*(?P<currency>(?:us)?\$)?\s*(?P<digits>(?:\d[\d.,_'\u2019 "
                    r"]*\d|\d)[.,]?|[.,]\d+)"
                    r"(?P<power>e[+-]?\d+)?(?P<after>.*)", re.IGNORECASE)


def minus_signs(text: str) -> str:
    """Return a text with one kind of minus and of space, whatever a word processor or a phone made of them."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).translate(DASHES)).strip()


@cache
def unit_of(words: str) -> str | None:
    """Return the unit that a question's words name ("per cent of the other months" is per cent), or None."""
    text = f" {_bare(words)} "
    found = [(text.index(f" {phrase} "), unit) for phrase,
             (kind, unit) in PHRASES.items() if kind == "unit" and f" {phrase} " in text]
    return min(found)[1] if found else None


def read_quantity(text: str, asked: str) -> Quantity:
    """Read a number that a learner wrote in a string.

    asked: what the question counts in, in words, such as "pounds"; decides between "21.076" as a decimal and as
    thousands. Raises Unreadable, with a sentence, for what is no number, two numbers, another unit, or a number that
    can be read in two ways.
    """
    shown, found = text.strip()[:40], NUMBER.fullmatch(minus_signs(text).rstrip("."))
    if not found or RAISED.search(text):
        raise Unreadable(f'"{shown}" cannot be read as a number ({asked}); write it like -12.5, with a point for the '
                         'decimals')
    sign, words = _sign(found["before"], found["sign"], shown, asked)
    unit, scale = _unit_and_scale(f"{words} {found['currency'] or ''} {found['after']}", shown, asked)
    wanted = unit_of(asked) if scale == 1 else None      # 21.076 million: nobody writes thousands of millions so
    value = sign * _digits(found["digits"], wanted, shown) * float("1" + (found["power"] or ""))
    _require_unit(unit, asked)
    quantity = Quantity(value * scale)
    if not math.isfinite(quantity):
        raise Unreadable(f'"{shown}" is too large a number; the answer is in {asked}')
    quantity.unit = unit
    return quantity


def _sign(before, sign, shown, asked):
    """The sign of a number, and the words before it that say what it counts."""
    phrase = _bare(before)
    if phrase in MINUS and not sign:
        return -1, ""
    if phrase and phrase not in ABOUT and PHRASES.get(phrase, ("scale",))[0] == "scale":     # "million 5" is no number
        raise Unreadable(f'"{shown}" cannot be read as a number ({asked}); write the number alone, like -12.5')
    return -1 if sign == "-" else 1, "" if phrase in ABOUT else phrase


def _digits(digits, unit, shown):
    """The value of the digits and separators of a number."""
    compact = digits.replace("_", "")
    if re.search(r"[ '\u2019]", compact):
        if not re.fullmatch(r"\d{1,3}(?:[ '\u2019]\d{3})+(?:[.,]\d*)?", compact):
            raise Unreadable(f'"{shown}" holds more than one number, or groups of digits that are no thousands; give '
                             'one number')
        compact = re.sub(r"[ '\u2019]", "", compact)
        return float(compact.replace(",", "."))
    separators = re.sub(r"\d", "", compact)
    if len(set(separators)) == 2:      # 21,076.5 or 21.076,5: the last one is that of the decimals
        thousands, decimal = separators[0], separators[-1]
        if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+{re.escape(decimal)}\d*", compact):
            return float(compact.replace(thousands, "").replace(decimal, "."))
    elif len(separators) > 1:          # 1,234,567
        [thousands] = set(separators)
        if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+", compact):
            return float(compact.replace(thousands, ""))
    else:
        return _one_separator(compact, separators, unit, shown)
    raise Unreadable(f'"{shown}" cannot be read: its commas and points do not part thousands; write it like 12345.6')


def _one_separator(compact, separator, unit, shown):
    left, _, right = compact.partition(separator or ".")
    as_decimal = float(f"{left}.{right}")
    if len(right) != 3 or not 1 <= len(left) <= 3 or left.startswith("0") or unit in SMALL:
        return as_decimal
    if separator == ",":
        return float(left + right)
    raise Unreadable(f'"{shown}" can be read in two ways: as {left},{right} or as a number with three decimals; '
                     f"write {left + right} or {as_decimal:g}")


def _unit_and_scale(words, shown, asked):
    rest, units, scale = _bare(words), set(), 1.0
    if rest == _bare(asked):       # the question's own words
        return unit_of(asked), scale
    while rest:
        phrase = next((phrase for phrase in sorted(PHRASES, key=len, reverse=True) if rest == phrase
                       or rest.startswith(phrase + " ")), None)
        if phrase is None:
            raise Unreadable(f'"{shown}" has something beside the number that cannot be read; write the number and '
                             f'nothing else, in {asked}')
        kind, meaning = PHRASES[phrase]
        units |= {meaning} if kind == "unit" else set()
        scale *= meaning if kind == "scale" else 1.0
        rest = rest[len(phrase):].strip()
    if len(units) > 1:
        raise Unreadable(f'"{shown}" names two units; the answer is in {asked}')
    return (units.pop() if units else None), scale


def _require_unit(given, asked):
    wanted = unit_of(asked)
    if given in (None, wanted) or (given, wanted) in SAME:
        return
    if {given, wanted} == {"per cent", "points"}:
        raise Unreadable("a change in per cent and a difference in percentage points are two things; the answer is in "
                         + asked)
    raise Unreadable(f"you wrote {given}; the answer is "
                     f"{'in ' + asked if wanted else 'a number without that unit (' + asked + ')'}")


def _bare(text):
    """Lower case, without accents or signs that part words; the signs of units stay."""
    plain = unicodedata.normalize("NFKD", minus_signs(text).replace("%", " % ")).encode("ascii",
                                                                                        "ignore").decode().lower()
    return " ".join(re.sub(r"[^\w%$ ]", " ", plain).split())
