"""The learner's brief: facts that know their source, a memo that calls them by name, a review, and one file to print.

A memo never holds a typed number. It says {fall}, and the fact of that name brings the number, what it is, from which
table and as of when. So code can review what code can see; what only a reader can see is put as a question.
"""

import html
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Formatter

import pandas as pd
from IPython.display import Markdown

from . import desk, tables
from .errors import CourseError
from .prose import loose_numbers, true_minus
from .publishing import published, table_names

SECTIONS = {
    "claim": "What we found",
    "evidence": "The evidence",
    "uncertainty": "How sure we are",
    "other_side": "The best argument on the other side",
    "change_my_mind": "What would change our mind",
}
ONE_PAGE = 550   # words that fit on a page beside nothing else
CHARTS = 3

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
"""


@dataclass(frozen=True)
class Fact:
    """A number of a brief: as it is printed, what it is, and the tables it comes from."""

    text: str
    what: str
    tables: tuple


def fact(value, form: str, what: str, source) -> Fact:
    """Return a fact for a brief.

    value, form: the number and how it is printed, such as "{:+.0%}" or "{:,.0f}".
    what: what it counts, in which unit, of which period and compared with what: at least four words.
    source: the table it was computed from (a table, or its name), or a list of several.
    Raises CourseError when one of these is missing.
    """
    if len(what.split()) < 4:
        raise CourseError("say what the number is: what is counted, its unit, the period, and compared with what.")
    try:
        text = form.format(value)
    except (ValueError, TypeError, IndexError, KeyError):
        raise CourseError(f'{value!r} cannot be printed as {form!r}. Try "{{:,.0f}}" for a count, "{{:+.0%}}" for a change.') from None
    if "nan" in text.lower():
        raise CourseError("this number is missing: there is a gap in the data it was computed from.")
    return Fact(true_minus(text), what, tuple(table_names(source)))


def compare_years(scores: pd.Series, year: int, baseline: int) -> str:
    """Return a sentence on how many points one year of a scorecard is ahead of another, or on why that cannot be said.

    scores: points from 0 to 100 by year; a year that lacks a metric which counts has none.
    Raises CourseError for a year that the scorecard does not have.
    """
    for one in (year, baseline):
        if one not in scores.index:
            raise CourseError(f"the scorecard has no year {one}; it has {scores.index[0]} to {scores.index[-1]}.")
        if pd.isna(scores[one]):
            return f"{one} has no score: a metric with weight has no figure in it. Give that metric the weight 0, or choose another year."
    lead = scores[year] - scores[baseline]
    return f"{year} against {baseline}: **{lead:+.0f}** points of 100."


def hurried_brief() -> tuple[dict, dict]:
    """Return the memo and the facts of a colleague in a hurry, with faults to find."""
    handed = tables.load("transfers")["people"].sum() + tables.load("extraditions_periods").set_index("period_id").loc["P33", "count"]
    memo = {
        "claim": "Since the agreement seizures of fentanyl rose by 7 per cent.",
        "evidence": "{handed} people were handed over, and deaths fell by {died}.",
        "uncertainty": "...",
        "other_side": "Critics will say anything.",
        "change_my_mind": "Nothing, really.",
    }
    facts = {
        "handed": fact(handed, "{:.0f}", "people handed over, October 2024 to January 2026", ["transfers", "extraditions_periods"]),
        "seized": fact(0.072, "{:+.0%}", "pounds of fentanyl, eight months after against eight before", "seizures_monthly"),
    }
    return memo, facts


def rubric() -> Markdown:
    """Return the table by which a brief can be marked: eight rows of four levels."""
    return Markdown(RUBRIC)


def review(memo: dict, facts: dict, charts: list):
    """Print what code can see in a brief, a line each, and then the questions that only a reader can answer."""
    if not any(_written(memo).values()):
        print("Nothing to review yet. Write the sections of the memo, then run this cell again.")
        return
    for passed, line in findings(memo, facts, charts):
        print(f"{'yes' if passed else 'NOT YET':8}{line}")
    print("\nAnd what only a reader can tell:")
    for question in FOR_A_READER:
        print(f"   ?    {question}")


def findings(memo: dict, facts: dict, charts: list) -> list[tuple[bool, str]]:
    """Return what code can see in a brief: (in order, what it is) pairs."""
    written = _written(memo)
    text = " ".join(written.values())
    called, loose, words = _names_in(text), loose_numbers(text), len(text.split())
    blank = [SECTIONS[section] for section in SECTIONS if not written[section]]
    both = [name for name, one in facts.items() if "reported" in one.what and "predicted" in one.what]
    mixed = [name for name, one in facts.items() if "transfers" in one.tables and
             (any("extraditions" in table for table in one.tables) or "extradit" in one.what.lower())]
    not_here = [name for name in charts if name not in published()]
    return [
        (not blank, "Every section is written" + _list(blank, "; missing: ")),
        (not loose, "No number is typed: each is a fact that the text calls by name" + _list(loose, "; typed: ")),
        (called <= facts.keys(), "Every name in braces is one of your facts" + _list(sorted(called - facts.keys()), "; unknown: ")),
        (bool(facts) and facts.keys() <= called, "Every fact is used" + _list(sorted(facts.keys() - called), "; unused: ")),
        (_metrics(facts) >= 2, f"At least two of the three metrics speak (now: {_metrics(facts)})"),
        (not both, "No fact mixes reported and predicted counts" + _list(both, "; look at: ")),
        (not mixed, "Transfers and extraditions are kept apart" + _list(mixed, "; look at: ")),
        (len(charts) >= CHARTS and not not_here, f"{CHARTS} charts or more, published in this notebook" + _list(not_here, "; run their cells: ")),
        (words <= ONE_PAGE, f"It fits on a page: {words} words of {ONE_PAGE}"),
    ]


def export(title: str, memo: dict, facts: dict, charts: list, appendix: dict | None = None, name: str = "my_brief"):
    """Write the brief to one HTML file on the desk, ready to print, and say where. An older file stays beside it.

    appendix: heading to text, for what stands behind the brief, such as the test and the scorecard.
    The file holds everything: no network, no other file is needed. Prints one line; raises nothing for a brief that is not written.
    """
    if not any(_written(memo).values()):
        print("Nothing to export yet. Write the sections of the memo, then run this cell again.")
        return
    unknown = _names_in(" ".join(_written(memo).values())) - facts.keys()
    if unknown:
        print(f"Not exported: the text calls {', '.join(sorted(unknown))}, and there is no fact of that name.")
        return
    print(_keep_file(name, page(title, memo, facts, charts, appendix or {})))


def page(title: str, memo: dict, facts: dict, charts: list, appendix: dict) -> str:
    """Return the brief as one HTML page that needs nothing else and prints on A4 and Letter."""
    sections = "".join(f"<h2>{html.escape(SECTIONS[section])}</h2>{_paragraphs(text, facts)}"
                       for section, text in _written(memo).items() if text)
    behind = "".join(f"<h2>{html.escape(heading)}</h2>{_paragraphs(text, {})}" for heading, text in appendix.items() if text.strip())
    pictures = "".join(published()[chart] for chart in charts if chart in published())
    rows = "".join(f"<tr><td>{html.escape(one.text)}</td><td>{html.escape(one.what)}</td><td>{html.escape(_source(one))}</td></tr>"
                   for one in facts.values())
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style></head>'
            f"<body><main><h1>{html.escape(title)}</h1><p class=\"small\">Written on {date.today():%d %B %Y} with the course "
            f"<em>Four Takeaways</em>. To the foreign ministries of Mexico and the United States.</p>{sections}"
            f'<h2>The numbers of this brief</h2><table><thead><tr><th scope="col">number</th><th scope="col">what it is</th>'
            f'<th scope="col">source, as of</th></tr></thead><tbody>{rows}</tbody></table>'
            f'<section class="charts"><h2>Charts</h2>{pictures}</section>{behind}</main></body></html>\n')


STYLE = """
@page { margin: 18mm; }
body { font: 11pt/1.45 Georgia, "Times New Roman", serif; color: #222; background: white; margin: 0; }
main { max-width: 46em; margin: 2em auto; padding: 0 1.5em; }
h1 { font-size: 19pt; line-height: 1.2; margin: 0 0 .3em; } h2 { font-size: 12.5pt; margin: 1.1em 0 .3em; }
p { margin: 0 0 .6em; } .small, figcaption, summary { font-size: 9pt; color: #555; }
figure { margin: 0 0 1.2em !important; break-inside: avoid; } img { width: 100%; max-width: 16cm; height: auto; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; } tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #ccc; padding: .25em .6em .25em 0; }
@media print { main { margin: 0; padding: 0; max-width: none; } .charts { break-before: page; } h2 { break-after: avoid; }
  img { max-width: 10.5cm !important; } figure { margin-bottom: .5em !important; } details { display: none; } a { color: inherit; text-decoration: none; } }
"""


def _written(memo):
    """The sections of a memo as text; a placeholder that was not filled in is empty."""
    return {section: "" if (text := str(memo.get(section, "")).strip()) in ("...", "\u2026", "Ellipsis") else text for section in SECTIONS}


def _names_in(text):
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:   # a single brace
        return set(re.findall(r"\{(\w+)\}", text))


def _paragraphs(text, facts):
    filled = re.sub(r"\{(\w+)\}", lambda found: facts[found[1]].text if found[1] in facts else found[0], text)
    return "".join(f"<p>{html.escape(part.strip())}</p>" for part in re.split(r"\n\s*\n", filled) if part.strip())


def _source(one):
    return "; ".join(f"{tables.source_line(name)} ({tables.describe(name)['asOfText']})" for name in one.tables)


def _metrics(facts):
    """How many of the three metrics the facts speak of."""
    names = " ".join(name for one in facts.values() for name in one.tables)
    return sum(word in names for word in ("seizures", "overdose", "extraditions"))


def _list(names, before):
    return before + ", ".join(names) if names else ""


def _keep_file(name, text):
    """Write a file on the desk; one that is there with other words is kept under a number."""
    path = desk.DESK / f"{name}.html"
    try:
        desk.DESK.mkdir(exist_ok=True)
        if path.exists() and path.read_text(encoding="utf-8") != text:
            path.rename(_next_free(path))
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        return f"It could not be written ({fault.strerror}): your text is safe in this notebook; save it."
    return f"Written to my_work/{path.name}. Open it in a browser to read or print it; earlier drafts lie beside it."


def _next_free(path: Path) -> Path:
    number = 1
    while (older := path.with_name(f"{path.stem}_draft_{number}.html")).exists():
        number += 1
    return older
