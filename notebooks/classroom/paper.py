"""The exercises on paper: the question as the lesson asks it, without its code, and the rows that one needs."""

import re
from functools import cache

import pandas as pd

from takeaways.analysis import odds, placebo_changes, rank_among, rule_of_succession
from takeaways.exercises.asking import questions
from takeaways.explore.weights import scorecard
from takeaways.prose import true_minus
from takeaways.metrics import fentanyl, newest_editions
from takeaways.tables import load, pick

from . import lessons

CODE = re.compile(r"`[^`]*[()\[\]=.][^`]*`|One line, |in a cell|next cell|holds fractions|holds both|holds them")
IN_OTHER_WORDS = (
    ("The last two rows come", "Both rows come"),
    (" in monthly,", ","),
    ("An event that widened cooperation: in **October", "In **October"),  # its sign is the answer of exercise 1.1
    ("starts from prior", "starts from the first probability"),
)
FRAMEWORK = pd.Period("2021-10")  # the start of the Bicentennial Framework, for exercise 1.2
LETTERS = re.compile(r'`"([a-z]+)"`')


def question(lesson, number: str) -> str:
    """The question of an exercise in Markdown, without the sentences that speak of code."""
    text = next(text for cell in lesson.cells.values() if (text := _asked(cell, number)))
    text = LETTERS.sub(lambda letter: f"**{letter[1]}**", text)
    kept = [sentence for sentence in re.split(r"(?<=[.?!*])\s+(?=[A-Z`\"*])", text) if not CODE.search(sentence)]
    text = re.sub(r"`([^`]*)`", r"\1", " ".join(kept)).strip()
    for in_lesson, on_paper in IN_OTHER_WORDS:
        text = text.replace(in_lesson, on_paper)
    return text


def before(lesson, number: str) -> str:
    """What an exercise on paper needs to have read: the rule to code by, or the sentence to judge.

    Markdown, often empty.
    """
    if number == "1.1":
        return lessons.source(lesson.cells["timeline"]).split("\n\n", 1)[1]
    return f"A newspaper writes: {lesson.said('exercise-2-2').splitlines()[0]}" if number == "2.2" else ""


def _asked(cell, number):
    found = re.search(
        rf"\*\*(?:At home\. )?Exercise {re.escape(number)}\.(?: [^*]+)?\*\*.*", lessons.source(cell), re.DOTALL
    )
    return found[0].replace("At home. ", "") if found and cell["cell_type"] == "markdown" else ""


@cache
def answer(number: str) -> str:
    """The answer of an exercise, as one would say it."""
    asked = questions()[number]
    value = asked.answer()
    if asked.kind == "labels":
        return "; ".join(f"{key} {word}" for key, word in value.items())
    if asked.kind == "choice":
        return str(value)
    digits = 0 if float(value).is_integer() or asked.tolerance >= 1 else 1 if asked.tolerance >= 0.05 else 3
    said = true_minus(f"{float(value):,.{digits}f} {asked.unit.split(',')[0].removeprefix('as ')}")
    return f"{WHOLE[number]()} = {said}" if number in WHOLE else said


@cache
def slips(number: str) -> list[tuple[str, str]]:
    """The usual slips of an exercise: (what they lead to, what `check` says)."""
    asked = questions()[number]
    found = []
    for slip in asked.slips:
        value = slip.answer()
        word = (
            value
            if isinstance(value, str)
            else ""
            if isinstance(value, dict)
            else true_minus(f"{float(value):,.4g}" if abs(float(value)) < 1000 else f"{float(value):,.0f}")
        )
        found.append((word, slip.says))
    return found


def rows(number: str) -> tuple[list, list]:
    """What an exercise needs on paper: (column heads, rows); both empty where its text is enough."""
    return ROWS[number]() if number in ROWS else ([], [])


def sheet_of(number: str) -> int:
    """The sheet on which an exercise stands."""
    return 1 if number in ON_SHEET_1 else 2


def _months(first, last, head="pounds of fentanyl"):
    series = fentanyl()[first:last]
    return ["month", head], [[f"{month:%b %Y}", f"{value:,.0f}"] for month, value in series.items()]


def _claims():
    claims = load("essay_claims").set_index("claim_id")
    ids = questions()["0.1"].answer()
    return ["claim", "fact, forecast or judgement?"], [[f"{one}: {claims.loc[one, 'claim']}", ""] for one in ids]


def _all_drugs():
    newest = newest_editions("all drugs").loc[["2024-07", "2024-08", "2025-07", "2025-08"]]
    return (
        ["12 months ending", "reported", "predicted"],
        [[f"{month:%B %Y}", f"{row['reported']:,}", f"{row['predicted']:,}"] for month, row in newest.iterrows()],
    )


def _without_persons(event):
    """An event without the half-sentence that points at a person who was handed over."""
    return event.split(", among them")[0].rstrip(".") + "."


def _events():
    events = load("events").set_index("event_id")
    return ["event", "1, \N{MINUS SIGN}1 or 0?"], [
        [f"{one} ({events.loc[one, 'date']:%B %Y}): {_without_persons(events.loc[one, 'event'])}", ""]
        for one in questions()["1.1"].answer()
    ]


def _clean_share():
    rank = rank_among(placebo_changes(fentanyl(), 12), FRAMEWORK, 12)
    return f"{rank.at_least} of {rank.others}"


def _clean_changes():
    """The change around each clean month, in per cent; the framework's own first."""
    changes, date = placebo_changes(fentanyl(), 12), FRAMEWORK
    clean = changes[[abs((month - date).n) > 12 for month in changes.index]]
    assert len(clean) == rank_among(changes, date, 12).others
    return (
        ["month", "change, per cent"],
        [
            ["October 2021 itself", _signed(changes[date])],
            *([f"{month:%b %Y}", _signed(value)] for month, value in clean.items()),
        ],
    )


def _signed(change):
    return true_minus(f"{100 * change:+.0f}")


def _periods():
    periods = load("extraditions_periods").set_index("period_id").loc[["P22", "P31"]]
    return (
        ["period", "from", "to", "people"],
        [
            [row["label"], f"{row['period_start']:%d %b %Y}", f"{row['period_end']:%d %b %Y}", f"{row['count']}"]
            for _, row in periods.iterrows()
        ],
    )


def _transfers():
    moved = load("transfers")
    return (
        ["date", "people", "Mexico's word", "Washington's word"],
        [
            [f"{row['date']:%d %b %Y}", f"{row['people']}", row["word_used_by_mexico"], row["word_used_by_us"]]
            for _, row in moved.iterrows()
        ],
    )


def _predicted(months, columns=("reported", "predicted")):
    deaths = pick(load("overdose_12_months"), drug_class="synthetic opioids (T40.4)")
    now = deaths[deaths["vintage"] == deaths["vintage"].max()].set_index("month_ending")
    return (
        ["fentanyl-type deaths, 12 months ending", *columns],
        [[f"{month:%B %Y}", *(f"{now.loc[month, column]:,}" for column in columns)] for month in now.loc[months].index],
    )


def _two_stretches():
    heads, after = _months("2025-10", "2026-04")
    whole = fentanyl()["2024-10":"2025-09"]
    return heads, [
        *_months("2024-10", "2025-04")[1],
        *([f"{month:%b %Y}", f"{value:,.0f}"] for month, value in whole["2025-05":].items()),
        *after,
    ]


def _reported(*months):
    newest = newest_editions()
    return (
        ["fentanyl-type deaths, 12 months ending", "reported"],
        [[f"{month:%B %Y}", f"{newest.loc[month, 'reported']:,}"] for month in newest.loc[list(months)].index],
    )


def _first_odds():
    prior = rule_of_succession(0, 52)
    return ["first probability", "as odds"], [[f"{prior:.1%}", f"1 to {1 / odds(prior):.0f}"]]


def _so_far():
    total = pick(load("seizures_fiscal_year_newest"), drug="Fentanyl", fiscal_year=2026)["pounds"].sum()
    heads, months = _months("2024-10", "2025-09")
    return heads, [*months, ["October 2025 to August 2026, as one sum", f"{total:,.0f}"]]


def _scale():
    scale = scorecard("transfers", "less")
    return ["fiscal year", *scale.columns[:-1], "third metric"], [
        [str(year), *(f"{value:.2f}" for value in row)] for year, row in scale.loc[2023:].iterrows()
    ]


ON_PAPER = {
    "00": ("0.1", "0.2", "0.4"),
    "01": ("1.1", "1.2", "1.4", "1.5"),
    "02": ("2.2", "2.4", "2.5"),
    "03": ("3.1", "3.3", "3.4"),
    "04": ("4.1", "4.4", "4.6"),
    "05": ("5.1", "5.2", "5.3"),
}
WHOLE = {"1.2": _clean_share}  # the counts that a share of an answer comes from
ROWS = {
    "0.1": _claims,
    "0.2": lambda: _months("2023-10", "2024-12"),
    "0.4": _all_drugs,
    "1.1": _events,
    "1.2": _clean_changes,
    "1.4": _periods,
    "1.5": _transfers,
    "2.2": lambda: _predicted(["2025-03", "2025-04", "2026-03", "2026-04"], ("predicted",)),
    "2.4": lambda: _predicted(["2025-04", "2026-03", "2026-04"]),
    "2.5": _two_stretches,
    "3.1": lambda: _reported("2023-12", "2024-06", "2024-12"),
    "3.4": _first_odds,
    "4.1": _so_far,
    "4.4": _scale,
}

# The order in class. An exercise on sheet 1 may be seen before every vote. BEFORE and AFTER move the slide of an
# exercise to a chart: before it where the chart shows its answer, after it where its sheet would answer the vote.
ON_SHEET_1 = ("0.1", "1.1", "2.2")
BEFORE = {"1.1": "01_timeline"}
AFTER = {"0.2": "00_overdose_12_months", "4.1": "04_two_lines"}
ALOUD = ("4.6",)  # its text answers a vote that comes after sheet 2 is in the hands of the class
GIVES_AWAY = {
    "0.2": ("00_fiscal_years", "00_seizures_monthly"),
    "0.4": ("00_overdose_12_months",),
    "1.2": ("01_before_after", "01_placebo", "01_steps"),
    "1.4": (),
    "1.5": (),
    "2.4": ("02_fan",),
    "2.5": ("02_headlines",),
    "3.1": ("03_fall",),
    "3.4": ("03_base_rates",),
    "4.1": ("04_seizures",),
    "4.4": ("04_seizures", "04_deaths", "04_two_lines"),
    "4.6": ("04_officials",),
}  # the votes that the rows or the words of an exercise answer in part or whole, as a person judged
