"""The learner's brief: facts that know their source, a memo that calls them by name, a review, and one file to print.

A memo never holds a typed number. It says {fall}, and the fact of that name brings the number, what it is, from which
table and as of when. So code can review what code can see; what only a reader can see is put as a question. For a brace
itself one writes {{ or }}.
"""

import difflib
import html
import json
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Formatter

import pandas as pd
from IPython.display import Markdown

from . import desk, tables
from .errors import CourseError
from .metrics import METRICS
from .prose import loose_numbers, true_minus
from .publishing import NOT_FROM_A_TABLE, published, table_names

SECTIONS = {
    "claim": "What we found",
    "evidence": "The evidence",
    "uncertainty": "How sure we are",
    "other_side": "The best argument on the other side",
    "change_my_mind": "What would change our mind",
}
BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
HOW_BRACES = "A fact is called by its name, such as {seized}; for a brace itself write {{ or }}."
ONE_PAGE = 550   # words that fit on a page beside nothing else
CHARTS = 3
NUMBER_WORDS = dict(enumerate("no one two three four five six seven eight nine".split()))

FOR_A_READER = (
    "Does the first sentence say what was found, so that a minister could stop there?",
    "Is every 'because' earned, or does it say 'at the same time as'?",
    "Would the other side agree that its best argument is stated fairly, and by whom is it held?",
    "Which number would you drop if you had room for one fewer?",
    "Could what would change your mind really happen, and would you notice?",
)

RUBRIC = """
| | 4: excellent | 3: good | 2: begun | 1: missing |
| --- | --- | --- | --- | --- |
| **Claim** | one sentence, testable, answers the question | testable, but long or vague | a topic, not a claim | none |
| **Evidence** | all three metrics; each number with unit, source and as-of date; compared with what is said | two metrics, or a comparison left unsaid | numbers without source or comparison | none |
| **Uncertainty** | says what is provisional, partial or not comparable, and what follows from it | names it, draws no consequence | a general caution | none |
| **The other side** | its best argument, attributed, answered or granted | an argument, but not its best | a straw man | none |
| **What would change your mind** | a metric, a value, a date | a metric without value or date | a wish | none |
| **Test and scorecard** | a test kept as written; a reason for each weight, sign and baseline | one reason or the test is missing | weights without reasons | none |
| **Charts** | each has one finding in its title, unit, source, and is needed | one of these is lacking | decoration | none |
| **Words** | plain, exact, one page; causes claimed only where shown | plain, but over a page or loose | hard to follow | unfinished |

Add the eight rows: 32 points at most. 27 and more: ready to send. 19 to 26: one more draft. Below: begin with the claim.
"""     # noqa: E501   (rows of a table)


@dataclass(frozen=True)
class Fact:
    """A number of a brief: as it is printed, what it is, the tables it comes from, and its value."""

    text: str
    what: str
    tables: tuple
    value: object = None

    def __format__(self, form):     # in an f-string, with a form or without
        return self.text

    def __str__(self):
        return self.text


def fact(value: object, form: str, what: str, source: pd.DataFrame | str | Sequence) -> Fact:
    """Return a fact for a brief.

    value, form: the number and how it is printed, such as "{:+.0%}" or "{:,.0f}"; the braces may be left out.
    what: what it counts, in which unit, of which period and compared with what: at least four words.
    source: the table it was computed from (a table, or its name), or a list of several.
    Raises CourseError when one of these is missing, or is not what it should be.
    """
    if not isinstance(what, str) or len(what.split()) < 4:
        raise CourseError("say what the number is: what is counted, its unit, the period, and compared with what.")
    value = _one_value(value)
    return Fact(true_minus(_printed(value, form)), what, _sources(source), value)


def sign(name: str = "...", class_: str = "..."):
    """Keep on the desk, once, who writes the brief: it then stands in the brief and in its file name.

    Dots leave what is kept as it is. Prints one line; never raises.
    """
    class_ = str(class_) if isinstance(class_, int) else class_
    if not _is_text(name) or not _is_text(class_):
        print('Not signed: name and class are texts, such as sign("Ana", "5B").')
        return
    for kept_as, text in (("my_name", name), ("my_class", class_)):
        told = desk.put(kept_as, " ".join(str(text).split())[:80]) if _is_written(text) else "Kept"
        if not told.startswith(("Kept", "Already kept", "Nothing written")):
            print(told)
            return
    print(f"Signed: {_who(*signed())}. Your brief will be my_work/{file_name()}." if signed()[0] else
          "Not signed yet. Write your name, and your class if you have one, in place of the dots.")


def signed() -> tuple[str, str]:
    """Return the name and the class that are kept on the desk; empty where there are none."""
    return " ".join(desk.kept("my_name").split()), " ".join(desk.kept("my_class").split())


def file_name(name: str = "my_brief") -> str:
    """Return the name of the file of a brief: with class and name where they are known, in characters
    that every system allows.
    """
    parts = [re.sub(r"[^\w-]+", "_", unicodedata.normalize("NFC", part)).strip("_")[:30] for part in reversed(signed())]
    return "_".join(filter(None, [name, *parts])) + ".html"


def compare_years(scores: pd.Series, year: int, baseline: int) -> str:
    """Return a sentence on how many points one year of a scorecard is ahead of another, or on why that cannot be said.

    scores: points from 0 to 100 by year; a year that lacks a metric which counts has none.
    Raises CourseError for a year that the scorecard does not have.
    """
    for one in (year, baseline):
        if one not in scores.index:
            raise CourseError(f"the scorecard has no year {one}; it has {scores.index[0]} to {scores.index[-1]}.")
        if pd.isna(scores[one]):
            return (f"{one} has no score: a metric with weight has no figure in it. Give that metric the weight 0, or "
                    "choose another year.")
    lead = scores[year] - scores[baseline]
    return f"{year} against {baseline}: **{lead:+.0f}** points of 100."


def hurried_brief() -> tuple[dict, dict]:
    """Return the memo and the facts of a colleague in a hurry, with faults to find."""
    handed = (tables.load("transfers")["people"].sum()
              + tables.load("extraditions_periods").set_index("period_id").loc["P33", "count"])
    memo = {
        "claim": "Since the agreement seizures of fentanyl rose by 7 per cent.",
        "evidence": "{handed} people were handed over, and deaths fell by {died}.",
        "uncertainty": "...",
        "other_side": "Critics will say anything.",
        "change_my_mind": "Nothing, really.",
    }
    facts = {
        "handed": fact(handed, "{:.0f}", "people handed over, October 2024 to January 2026",
                       ["transfers", "extraditions_periods"]),
        "seized": fact(0.072, "{:+.0%}", "pounds of fentanyl, eight months after against eight before",
                       "seizures_monthly"),
    }
    return memo, facts


def rubric() -> Markdown:
    """Return the table by which a brief can be marked: eight rows of four levels."""
    return Markdown(RUBRIC)


def review(memo: dict, facts: dict, charts: list):
    """Print what code can see in a brief, a line each, and then the questions that only a reader can answer."""
    if not _misshapen(memo, facts, charts) and not any(_written(memo).values()):
        print("Nothing to review yet. Write the sections of the memo, then run this cell again.")
        return
    for passed, line in findings(memo, facts, charts):
        print(f"{'yes' if passed else 'NOT YET':8}{line}")
    print("\nAnd what only a reader can tell:")
    for question in FOR_A_READER:
        print(f"   ?    {question}")


def findings(memo: dict, facts: dict, charts: list) -> list[tuple[bool, str]]:
    """Return what code can see in a brief: (in order, what it is) pairs."""
    if faults := _misshapen(memo, facts, charts):
        return [(False, fault) for fault in faults]
    written = _written(memo)
    text = "\n".join(written.values())
    _, called, unknown, odd = _fill(text, facts)
    loose, words = loose_numbers(_without_braces(text)), len(text.split())
    blank = [SECTIONS[section] for section in SECTIONS if not written[section]]
    both = [name for name, one in facts.items() if "reported" in one.what and "predicted" in one.what]
    mixed = [name for name, one in facts.items() if "transfers" in one.tables and
             (not set(one.tables).isdisjoint(METRICS["extraditions"].tables) or "extradit" in one.what.lower())]
    not_here = [name for name in charts if name not in published()]
    return [
        (not blank, "Every section is written" + _list(blank, "; missing: ")),
        (not loose, "No number is typed: each is a fact that the text calls by name" + _list(loose, "; typed: ")),
        (not unknown,
         "Every name in braces is one of your facts" + _list(_with_nearest(unknown, facts), "; unknown: ")),
        (bool(facts) and facts.keys() <= called,
         "Every fact is used" + _list(sorted(facts.keys() - called), "; unused: ")),
        (_metrics(facts) >= 2,
         f"At least two of the {NUMBER_WORDS[len(METRICS)]} metrics speak (now: {_metrics(facts)})"),
        (not both, "No fact mixes reported and predicted counts" + _list(both, "; look at: ")),
        (not mixed, "Transfers and extraditions are kept apart" + _list(mixed, "; look at: ")),
        (len(set(charts)) >= CHARTS and not not_here,
         f"{CHARTS} charts or more, published in this notebook" + _list(not_here, "; run their cells: ")),
        (words <= ONE_PAGE, f"It fits on a page: {words} words of {ONE_PAGE}"),
        *((False, fault) for fault in [*_strays(memo), *_odd_braces(odd)]),
    ]


def export(title: str, memo: dict, facts: dict, charts: list, appendix: dict | None = None, name: str = "my_brief"):
    """Write the brief to one HTML file on the desk, ready to print, and say where. An older file stays beside it.

    appendix: heading to text, for what stands behind the brief, such as the test and the scorecard; printed as it
        stands.
    The file holds everything: no network, no other file is needed. Its name has class and name, if they were given to
    `sign`. What could not be printed as it is meant is told, and nothing is written. Prints one line; raises nothing.
    """
    faults = _misshapen(memo, facts, charts, appendix, title, name)
    if not faults and not any(_written(memo).values()):
        print("Nothing to export yet. Write the sections of the memo, then run this cell again.")
        return
    if faults := faults or _unprintable(title, memo, facts):
        print("Not exported: " + " ".join(faults))
        return
    text = page(title, memo, facts, charts, appendix or {}, signed())
    print(" ".join([_keep_file(file_name(name), text), *_left_out(charts, facts, appendix or {})]))


def page(title: str, memo: dict, facts: dict, charts: list, appendix: dict, who: tuple = ("", "")) -> str:
    """Return the brief as one HTML page that needs nothing else and prints on A4 and Letter.

    who: the name and the class of the one who signs it.
    """
    title = html.escape(_fill(title, facts)[0])
    sections = "".join(f"<h2>{html.escape(SECTIONS.get(section, str(section)))}</h2>"
                       f"{_paragraphs(_fill(text, facts)[0], _emphasis)}"
                       for section, text in _written(memo).items() if text)
    behind = "".join(f"<h2>{html.escape(heading)}</h2>{_paragraphs(text)}" for heading,
                     text in appendix.items() if _is_written(text))
    pictures = "".join(published()[chart] for chart in dict.fromkeys(charts) if chart in published())
    rows = "".join(f"<tr><td>{html.escape(one.text)}</td><td>{html.escape(one.what)}</td>"
                   f"<td>{html.escape(_source(one))}</td></tr>"
                   for one in facts.values())
    by = f" by {html.escape(_who(*who))}" if who[0] else ""
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="author" content="{html.escape(who[0])}"><meta name="class" content="{html.escape(who[1])}">'
            f'<meta name="edition" content="{_edition()}"><style>{STYLE}</style></head>'
            f"<body><main><h1>{title}</h1><p class=\"small\">Written on {date.today():%d %B %Y}{by} with the course "
            f"<em>Four Takeaways</em>, edition {_edition()}. To the foreign ministries of Mexico and the United "
            f"States.</p>{sections}"
            f'<h2>The numbers of this brief</h2><table><thead><tr><th scope="col">number</th><th scope="col">what it '
            'is</th>'
            f'<th scope="col">source, as of</th></tr></thead><tbody>{rows}</tbody></table>'
            f'<section class="charts"><h2>Charts</h2>{pictures}</section>{behind}</main></body></html>\n')


STYLE = """
@page { margin: 18mm; }
body { font: 11pt/1.45 Georgia, "Times New Roman", serif; color: #222; background: white; margin: 0; }
main { max-width: 46em; margin: 2em auto; padding: 0 1.5em; }
h1 { font-size: 19pt; line-height: 1.2; margin: 0 0 .3em; } h2 { font-size: 12.5pt; margin: 1.1em 0 .3em; }
p { margin: 0 0 .6em; } .own { white-space: pre-wrap; } .small, figcaption, summary { font-size: 9pt; color: #555; }
figure { margin: 0 0 1.2em !important; break-inside: avoid; } img { width: 100%; max-width: 16cm; height: auto; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; } tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #ccc; padding: .25em .6em .25em 0; }
@media print { main { margin: 0; padding: 0; max-width: none; } .charts { break-before: page; } h2 { break-after: avoid; }
  img { max-width: 10.5cm !important; } figure { margin-bottom: .5em !important; } details { display: none; } a { color: inherit; text-decoration: none; } }
"""     # noqa: E501


def _is_written(text):
    """Whether a text was written; a placeholder that was not filled in, nothing and three dots are not."""
    # the last is f"{...}"
    return text is not None and str(text).strip() not in ("", "...", "\N{HORIZONTAL ELLIPSIS}", "Ellipsis")


def _written(memo):
    """The texts of a memo by section, the five first; a section by another name follows where it was written."""
    others = [section for section in memo if section not in SECTIONS and _is_written(memo[section])]
    return {section: str(memo[section]).strip() if _is_written(memo.get(section)) else "" for section in [*SECTIONS,
                                                                                                          *others]}


def _fill(text, facts):
    """A text with its facts in place; the names it calls, the names that are no facts, and other braces."""
    called, unknown, odd = set(), set(), []

    def one(found):
        if found[0] in ("{{", "}}"):
            return found[0][0]
        name, form = _call(found[1], facts)
        if name in facts and _can_print(facts[name], form):
            called.add(name)
            return facts[name].text
        before = text[found.start() - 1:found.start()]
        if name is None or name in facts or before.isalpha() or before and before in "_^}":    # as in \frac{a}{b}
            odd.append(found[0])
        else:
            unknown.add(name)
        return found[0]

    return BRACES.sub(one, text), called, unknown, odd


def _call(inside, facts):
    """The name and the form of what stands between braces: died, died:+.0%, facts["died"].text;
    None for what is no name.
    """
    inside = (inside or "").strip()
    if inside in facts:
        return inside, ""
    name, _, form = inside.partition(":")
    name = re.sub(r"(\.text)?\s*(![rsa])?$", "", name)
    name = re.sub(r"^facts\[\s*[\"']?(.+?)[\"']?\s*\]$", r"\1", name)
    return (name if name in facts or re.fullmatch(r"\w[\w ]*", name) else None), form.strip()


def _can_print(one, form):
    """Whether a form in braces is one; the fact is printed in its own form all the same."""
    try:
        format(one.value, form)
    except (ValueError, TypeError):
        return False
    return True


def _without_braces(text):
    """A memo as loose_numbers should see it: nothing in it is code."""
    return BRACES.sub(" ", text).replace("`", " ").replace("](", "] (")


def _paragraphs(text, marks=lambda line: line):
    """A text as paragraphs of HTML that keep its lines."""
    parts = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")) if part.strip()]
    return "".join(f'<p class="own">{marks(html.escape(part))}</p>' for part in parts)


def _emphasis(line):
    """Stars around words as Markdown has them."""
    line = re.sub(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*", r"<strong>\1</strong>", line)
    return re.sub(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])", r"<em>\1</em>", line)


def _misshapen(memo, facts, charts, appendix=None, title="A brief", name="my_brief"):
    """What is not what it should be, a sentence each."""
    told = [*_memo_faults(memo), *_facts_faults(facts), *_appendix_faults({} if appendix is None else appendix)]
    if not isinstance(charts, (list, tuple)) or not all(isinstance(chart, str) for chart in charts):
        told.append('Charts are a list of names, such as ["05_my_interdictions", "05_my_overdoses"].')
    if not isinstance(title, str) or not title.strip():
        told.append("A brief needs a title: a text, the first in the call.")
    if desk.plain(name) is None:
        told.append(f"As for the name of its file: {desk.A_NAME_IS}")
    return told


def _memo_faults(memo):
    if not isinstance(memo, dict):
        return ['The memo is a dictionary of five texts: memo = {"claim": "...", "evidence": "...", and so on}.']
    return [f'The section "{section}" is not a text: write it between quotes.' for section in memo
            if not _is_text(memo[section])]


def _facts_faults(facts):
    if not isinstance(facts, dict):
        return ['Facts have names: facts = {"seized": fact(...)}.']
    return [*(f"The name of a fact is a text, and {name!r} is none." for name in facts if not isinstance(name, str)),
            *(f'"{name}" is not a fact yet: make it with fact(value, form, what, source).'
              for name, one in facts.items() if not isinstance(one, Fact))]


def _appendix_faults(appendix):
    if not isinstance(appendix, dict):
        return ['The appendix is a dictionary: {"heading": "text"}.']
    return [f'"{heading}" in the appendix is not a text under a heading: write both between quotes.'
            for heading, text in appendix.items() if not isinstance(heading, str) or not _is_text(text)]


def _is_text(text):
    return text is None or text is ... or isinstance(text, str)


def _unprintable(title, memo, facts):
    """What in a brief would not be printed as it is meant, a sentence each."""
    _, _, unknown, odd = _fill("\n".join([title, *_written(memo).values()]), facts)
    names = _list(_with_nearest(unknown, facts), "the text calls ")
    return [*([f"{names}, and there is no fact of that name."] if names else []), *_odd_braces(odd), *_strays(memo)]


def _strays(memo):
    """The sections that are none of the five, a sentence each: their text would not find its place."""
    names = {_key(words): section for section, heading in SECTIONS.items() for words in (section, heading)}
    told = []
    for section in [section for section in _written(memo) if section not in SECTIONS]:
        near = difflib.get_close_matches(_key(section), names, n=1, cutoff=0.6)
        told.append(f'"{section}" is none of the five sections. ' +
                    (f'Did you mean "{names[near[0]]}"?' if near
                     else f"Move its text to one of them: {', '.join(SECTIONS)}."))
    return told


def _key(words):
    return re.sub(r"\W|_", "", str(words).lower())


def _odd_braces(odd):
    return [f"Braces that call no fact: {', '.join(dict.fromkeys(odd))}. {HOW_BRACES}"] if odd else []


def _with_nearest(names, facts):
    """Names that are no facts, each with the fact it is nearly the name of."""
    lower = {name.lower(): name for name in facts}
    near = {name: difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.7) for name in sorted(names)}
    return [f"{name} (did you mean {lower[found[0]]}?)" if found else name for name, found in near.items()]


def _left_out(charts, facts, appendix):
    """What the exported file lacks or prints as it stands, a sentence each."""
    missing = [chart for chart in charts if chart not in published()]
    raw = [name for name in facts
           if any(f"{{{name}}}" in (text or "") for text in appendix.values() if text is not ...)]
    return [*([f"Without {', '.join(missing)}: run the cell of each chart, then export again."] if missing else []),
            *([f"The appendix is printed as it stands, braces too: {', '.join(raw)}."] if raw else [])]


def _one_value(value):
    """The number, date or name that a fact prints; a series of one is read as its value."""
    try:
        value = value.item() if hasattr(value, "item") else value
    except ValueError:
        pass
    if not pd.api.types.is_scalar(value) or isinstance(value, bool):
        raise CourseError("a fact holds one number. Take one value of your result, such as pounds[2025].")
    if isinstance(value, str) and loose_numbers(value):
        raise CourseError(f"{value!r} is a typed number. Compute it from a table, and give the number itself.")
    if pd.isna(value) or isinstance(value, float) and math.isinf(value):
        raise CourseError("this number is missing: there is a gap in the data it was computed from, or a division by "
                          "zero.")
    return value


def _printed(value, form):
    """A value in its form; a form without braces, such as "+.0%", gets them."""
    form = f"{{:{form}}}" if isinstance(form, str) and "{" not in form else form
    try:
        fields = [name for _, name, _, _ in Formatter().parse(form) if name is not None]
        text = form.format(value).strip() if fields else ""
    except (ValueError, TypeError, LookupError, AttributeError):
        text = ""
    if not text:
        raise CourseError(f'{value!r} cannot be printed as {form!r}. Try "{{:,.0f}}" for a count, "{{:+.0%}}" for a '
                          'change.')
    return text


def _sources(source):
    several = list(source) if isinstance(source, (list, tuple)) else [source]
    if not several or not all(isinstance(one, str) or getattr(one, "attrs", {}).get("table") for one in several):
        raise CourseError("a fact needs the source of its number: a table that load() gave, or its name.")
    return tuple(table_names(several))


def _who(name, class_):
    return f"{name}, class {class_}" if class_ else name


def _edition():
    """The edition of the tables, and as of when."""
    package = json.loads((tables.DATA / "datapackage.json").read_text(encoding="utf-8"))
    return f"{package['version']}, tables as of {date.fromisoformat(package['created'][:10]):%d %B %Y}"


def _source(one):
    return "; ".join(NOT_FROM_A_TABLE.get(name) or f"{tables.source_line(name)} ({tables.describe(name)['asOfText']})"
                     for name in one.tables)


def _metrics(facts):
    """How many of the metrics the facts speak of."""
    names = {name for one in facts.values() for name in one.tables}
    return sum(not names.isdisjoint(metric.tables) for metric in METRICS.values())


def _list(names, before):
    return before + ", ".join(names) if names else ""


def _keep_file(name, text):
    """Write a file on the desk; one that is there with other words is kept under a number."""
    path, data = desk.DESK / name, text.encode("utf-8", "xmlcharrefreplace")
    try:
        desk.DESK.mkdir(exist_ok=True)
        if path.exists() and path.read_bytes() != data:
            path.rename(_next_free(path))
        path.write_bytes(data)
    except OSError as fault:
        return (f"It could not be written ({fault.strerror or fault}): your text is safe in this notebook; "
                f"{desk.save_it()}.")
    return f"Written to my_work/{path.name}. Open it in a browser to read or print it; earlier drafts lie beside it."


def _next_free(path: Path) -> Path:
    number = 1
    while (older := path.with_name(f"{path.stem}_draft_{number}.html")).exists():
        number += 1
    return older
