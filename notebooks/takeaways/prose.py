"""The numbers of a text: find those that stand loose in it, and write a minus as a minus."""

import re

MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
ALLOWED = [
    rf"\d{{1,2}} (?:and \d{{1,2}} )?{MONTH}(?: \d{{4}})?", rf"{MONTH}(?: to {MONTH})? \d{{4}}",   # dates
    r"\b(?:19|20)\d\d(?:-(?:19|20)?\d\d)?\b", r"\bFY(?:19|20)\d\d\b",   # years, and spans of years
    r"\bT\d\d\.\d\b", r"\bR\d{5}\b", r"\b[ACE]\d\d\d?\b",          # codes of deaths, reports, agreements, claims, events
    r"\b12[ -]months?\b", r"\b12 meses\b",                         # the name of a kind of count
    r"[Ll]essons? \d\d(?: (?:to|and) \d\d)?\b", r"\b0\d_\w+", r"[Ee]xercises? \d\.\d(?:(?:, | to | and )\d\.\d)*",   # places in the course
]


def true_minus(text: str) -> str:
    """Return the text with a minus sign before negative numbers ("-55%" with U+2212), where Python writes a hyphen.

    A hyphen inside a span or a word (2013-2018, 12-month) and code in backticks stay as they are.
    """
    return re.sub(r"(?<![\w.,`'\"-])-(?=[$.]?\d)", "\N{MINUS SIGN}", text)


def loose_numbers(text: str) -> list[str]:
    """Return the numbers of a text that are neither in code or braces, nor an address, a date, a code or a place in the course."""
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|\{[^}]*\}", " ", text)
    for pattern in ALLOWED:
        text = re.sub(pattern, " ", text)
    return re.findall(r"\d[\d,.]*", text)
