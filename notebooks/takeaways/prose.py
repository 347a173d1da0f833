"""The numbers of a text: find those that stand loose in it, and write a minus as a minus."""

import re

# What a number counts: where one of these follows, the number is a figure, whatever stands before it.
COUNTED = (
    "people|persons?|prisoners?|men|women|deaths?|pounds?|lbs?|kilos?|kilograms?|kg|tons?|tonnes?|grams?"
    "|seizures?|transfers?"
    "|extraditions?|cases?|officials?|judges?|labs?|laboratories|firearms?|guns?|weapons?|days?|weeks?|months?"
    "|years|hours?|times"
    "|states|points?|dollars?|pesos?|thousand|million|billion|percent|per cent|of (?:them|the|every)|an? "
    "(?:day|week|month|year)"
    "|personas?|presos|hombres|mujeres|muertes?|muertos|defunciones|libras?|toneladas?|gramos|decomisos?"
    "|aseguramientos?|traslados"
    "|extradiciones|extraditad[oa]s|casos?|funcionarios|jueces|laboratorios|armas?|días?|semanas?|meses"
    "|años|horas?|veces|estados"
    "|puntos?|dólares|mil|millones|por ciento|(?:al|por) (?:día|semana|mes|año)")
BEGIN = r"(?<![\w$€+.,\u2212])(?<![$€] )"
END = rf"(?![\w%])(?![.,]\d)(?! ?%)(?! (?:{COUNTED})\b)"
TO = r"(?: ?[-\u2013/] ?| and | to | or | through | y | e | a | al | o )"

MONTH = (
    r"(?:(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|[Ee]nero|[Ff]ebrero|[Mm]arzo|[Aa]bril|[Mm]ayo|[Jj]unio|[Jj]ulio|[Aa]gosto"
    r"|[Ss]ep?tiembre|[Oo]ctubre|[Nn]oviembre|[Dd]iciembre)\b"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[Ee]ne|feb|[Aa]br|jun|jul|[Aa]go|sept?|oct|nov|[Dd]ic)\b\.?)")
WEEKDAY = "(?i:(?:mon|tues|wednes|thurs|fri|satur|sun)day|lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th|\.?[º°]|ro|er|o)?"
YEAR = r"(?:18|19|20)\d\d"
OF_A_YEAR = rf"(?:,|,? (?:of|del?))? {YEAR}(?![\w%])"
DATES = [
    # 3 September 2025, 3 y 4 de septiembre
    rf"{BEGIN}{DAY}(?:, {DAY})*(?:{TO}{DAY})?(?: (?:of|de))? {MONTH}(?:{OF_A_YEAR})?",
    rf"\b{MONTH} {DAY}(?:{TO}{DAY})?(?:{OF_A_YEAR}|{END})", rf"\b{WEEKDAY} {DAY}{END}",  # September 3, 2025
    rf"\b{MONTH}(?:{TO}{MONTH})?{OF_A_YEAR}",                              # September 2025, septiembre de 2025
    rf"{BEGIN}\d{{1,2}}-{MONTH}-(?:{YEAR}|\d\d)\b",                                      # 3-sep-2025
    rf"{BEGIN}\d{{1,2}}([-/.])\d{{1,2}}\1(?:{YEAR}|\d\d){END}",                          # 3/9/2025
    rf"{BEGIN}{YEAR}([-/])\d\d\1\d\d(?!\d)",                                             # 2025-09-03
    rf"{BEGIN}{YEAR}[-/\u2013](?:{YEAR}|\d\d){END}",                                     # 2013-2018, 2025-09
    rf"(?i:\b(?:in|since|by|until|year|fy|en|desde|hasta|del|año|fiscal)) {YEAR}(?![\w%])(?![.,]\d)(?! ?%)",
    rf"{BEGIN}{YEAR}s?{END}", rf"['\u2019]\d\d(?:s\b|(?!['\u2019]){END})",               # 2025, 1990s, '90s
    r"T?(?<!\d)\d{1,2}:\d\d(?!\d)", r"\b\d{1,2} ?[ap]\.? ?m\b",                          # 10:30, 9 a.m.
    r"\b12[ \u2011-]months?\b", r"\b12 meses\b",                                         # the name of a kind of count
]

LAW = (
    "articles?|artículos?|arts?\\.?|sections?|secs?\\.|secci(?:ón|ones)|titles?|títulos?|chapters?"
    "|capítulos?|paragraphs?|párrafos?"
    "|numeral|inciso|apartado|transitorio|public law|p\\.l\\.|pub\\. l\\.|ley|h\\.r\\.|h\\.res\\.|unscr|executive "
    "orders?|e\\.o\\."
    "|resolutions?|resoluci(?:ón|ones)|annex|anexo|footnote|nos?\\.|núms?\\.|n\\.?º|pages?|páginas?|pp?\\.|págs?\\."
    "|lessons?|lecci(?:ón|ones)|exercises?|ejercicios?|takeaways?")
PART = "(?:Table|Tabla|Cuadro|Figure|Figura|Chart|Gráfica|Part|Parte|Phase|Fase|Group|Grupo|Note|Nota|Barrio|FY|AF)s?"
PLACE = r"\d+(?:o\b\.?)?(?:\.\d+)*(?:[-\u2013]\d+)*(?:\(\w+\))*(?: bis)?"
NAMES = [
    rf"\b\d+ (?:U\.?S\.?C\.?|C\.?F\.?R\.?|Stat\.)(?: §+)?(?: {PLACE})?", r"(?<!U\.)\bS\. \d{3,4}\b",    # 22 U.S.C. 2291
    # Sections 301 and 302
    rf"(?:\b(?i:{LAW})|§+|\b{PART})(?: §+)? ?{PLACE}{END}(?:(?:, {PLACE}{END})*,?{TO}{PLACE}{END})?",
    r"\b(?!(?:USD?|MXN?|EUR)\d)[A-ZÁÉÍÓÚÑ][^\W\d_]*[-\u2011]?\d\w*(?:[-.]\d+)*(?![\w%])",   # COVID-19, T40.4, Q3
    r"(?i:\bcovid[- ]?19\b)", rf"\b{YEAR}[QT]\d\b",
    r"\b\d(?:[AC-JLN-Z]|[QHST]\d\d)\b",       # 5G, 4T, 3T25; not 5M, a sum
    r"\b\d+(?:st|nd|rd|th)\b", r"\b\d+\.?[ºª]", r"\b\d+(?:er|ro|ra|do|da|to|ta|a)\b",         # 119th, 3.ª, 2do
    r"\b9/11\b", r"\b24/7\b", r"\[\d+\]",
    r"(?m)^[ \t]*\d{1,2}[.)](?=[ \t])",                 # a note, the numbers of a list
    r"\b0\d_\w+", r"https?://\S+",                                                            # a chart, an address
]
ALLOWED = [re.compile(pattern) for pattern in DATES + NAMES]


def true_minus(text: str) -> str:
    """Return the text with a minus sign before negative numbers ("-55%" with U+2212), where Python writes a hyphen.

    A hyphen inside a span or a word (2013-2018, 12-month) and code in backticks stay as they are.
    """
    return re.sub(r"(?<![\w.,`'\"-])-(?=[$.]?\d)", "\N{MINUS SIGN}", text)


def loose_numbers(text: str) -> list[str]:
    """Return the numbers of a text that are figures: neither in code or braces, nor an address, a date, or part of a
    name.

    Dates and names are known in English and Spanish: 3 de septiembre de 2025, article 89, Section 301, COVID-19, Q3
    2025.
    """
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|\{[^}]*\}", " ", text)
    for pattern in ALLOWED:
        text = pattern.sub(" ", text)
    return [number.rstrip(".,") for number in re.findall(r"\d[\d,.]*", text)]
