"""Lesson 02: pick a metric, a kind of count and a baseline, and read the headline, the full sentence and its range."""

import textwrap
from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import matplotlib.figure
import pandas as pd

from .. import analysis, tables
from ..charts import INK, direct_label
from ..errors import CourseError
from ..metrics import METRICS, fentanyl, newest_editions
from .live import NAMED, WIDE, Dropdown, offer, show_question
from .quick import panels

END = pd.Period("2026-04")    # where lesson 02 ends its windows; seizures and deaths reach it both


BASELINES = {   # each is 12 months, named by the month in which they end; the peak is looked up
    "eve": ("the 12 months just before the statement, ending August 2025", pd.Period("2025-08")),
    "year": ("the 12 months a year before, ending April 2025", pd.Period("2025-04")),
    "fiscal": ("fiscal year 2024, the last closed before the statement", pd.Period("2024-09")),
    "calendar": ("calendar year 2024, the last closed before the statement", pd.Period("2024-12")),
    "peak": ("its highest 12 months", None),
    "2019": ("calendar year 2019", pd.Period("2019-12")),
}
PEAK = pd.Period("2023-06")   # of seizures and of deaths: a series that begins later holds no peak
REASONS = {
    "the release begins later": "the newest release does not reach back so far, and predicted counts of two releases "
                                "are not compared",
    "none were made": "there were no such transfers in those 12 months, and nothing can be told in per cent of zero",
}
DEFAULT = ("overdoses", "T40.4 reported", "eve")


class Totals(NamedTuple):
    """12-month totals by the month in which they end, and by which fraction earlier counts
    like the newest one missed.
    """

    series: pd.Series
    errors: list


def _pounds(**only):
    monthly = fentanyl(**only)
    series = analysis.rolling_12_months(monthly).dropna()
    # Closed months do not move any more; the newest may, as single months did after they were first announced.
    first = tables.load("seizures_published").query("check == 'months' and area == 'Nationwide' and component == 'All'")
    first = first[first["month_start"] == first["month_end"]]
    errors = first["published_pounds"] / first["file_pounds"] - 1
    weight = monthly[END] / series[END]
    return Totals(series, [error * weight for error in errors])


def _deaths(drug_class, column):
    """One release where it reaches; of T40.4 the newest release gives only the last months, and older ones
    complete the reported count.
    """
    rows = tables.pick(tables.load("overdose_12_months"), drug_class=drug_class)
    # like with like, as in the change
    errors = analysis.newest_month_errors(rows, against=column)[f"{column}_error"].dropna()
    counts = newest_editions(drug_class)
    if column == "predicted":   # predicted counts of different releases are not joined
        counts = counts[counts["vintage"] == rows["vintage"].max()]
    return Totals(counts[column].dropna().astype(float), errors.tolist())


def _transfers():
    rows = tables.load("transfers")
    people = rows.groupby(rows["date"].dt.to_period("M"))["people"].sum()
    every_month = pd.period_range("2018-11", END, freq="M")
    return Totals(analysis.rolling_12_months(people.reindex(every_month, fill_value=0).astype(float)).dropna(), [])


def _no_extraditions():
    years = tables.load("extraditions_by_year").query("comparable")["year"]
    formal = tables.load("extraditions_periods").set_index("period_id").loc["P33"]
    raise CourseError(
        f"of extraditions under the treaty no comparable count is known after {years.max()}. The newest figure is "
        f"{formal['count']} people, from federal prisons only, {formal['period_start']:%B %Y} to "
        f"{formal['period_end']:%B %Y}: "
        "neither 12 months nor all of them. A success figure would be invented. The nearest that has one: transfers "
        "outside the treaty")


class Kind(NamedTuple):
    """A kind of count: `words` as they stand in a sentence, `unit` as on an axis, `headline` as
    a newspaper shortens it.
    """

    metric: str
    words: str
    unit: str
    headline: str
    sources: list       # the tables behind it
    totals: Callable    # returns Totals, or raises CourseError with the reason why there are none


def _seized(words, **only):
    # By Field Operations and Border Patrol: Air and Marine Operations publishes no months.
    return Kind("interdictions", f"pounds of fentanyl seized by {words}", "pounds in 12 months", "Fentanyl seizures",
                ["seizures_monthly", "seizures_published"], partial(_pounds, **only))


def _died(words, column, drug_class, of, headline):
    return Kind("overdoses", f"{words}, {column}", f"{of} in 12 months", headline, ["overdose_12_months"],
                partial(_deaths, drug_class, column))


T404 = ("synthetic opioids (T40.4)", "T40.4 deaths", "Fentanyl deaths")
ALL_DRUGS = ("all drugs", "overdose deaths", "Overdose deaths")
KINDS = {
    "nationwide": _seized("Field Operations and Border Patrol, all regions"),
    "southwest": _seized("Field Operations and Border Patrol, southwest border region", region="Southwest Border"),
    "ports": _seized("Field Operations, all regions", component="Field Operations"),
    "patrol": _seized("Border Patrol, all regions", component="Border Patrol"),
    "T40.4 reported": _died("fentanyl-type deaths (T40.4)", "reported", *T404),
    "T40.4 predicted": _died("fentanyl-type deaths (T40.4)", "predicted", *T404),
    "all reported": _died("overdose deaths, all drugs", "reported", *ALL_DRUGS),
    "all predicted": _died("overdose deaths, all drugs", "predicted", *ALL_DRUGS),
    "treaty": Kind("extraditions", "people extradited to the United States under the treaty", "people in 12 months",
                   "Extraditions",
                   ["transfers"], _no_extraditions),
    "transfers": Kind("extraditions", "people transferred to the United States outside the treaty",
                      "people transferred in 12 months",
                      "Prisoner transfers", ["transfers"], _transfers),
}
OFFERED = [name for name in METRICS if any(kind.metric == name for kind in KINDS.values())]


@cache
def totals(kind: str) -> Totals:
    """Return the 12-month totals of a kind of count.

    Raises CourseError with the kinds on offer when there is no such kind, or with the reason when it has no such
    totals.
    """
    if kind not in KINDS:
        raise CourseError(f"there is no kind of count {kind!r}. Choose one of {', '.join(KINDS)}.")
    return KINDS[kind].totals()


class Figure(NamedTuple):
    """A success figure: what is compared with what, and by how much it changed."""

    kind: Kind
    totals: pd.Series
    baseline: str
    month: pd.Period
    success: analysis.Success


def success_figure(metric: str, kind: str, baseline: str) -> Figure:
    """Compare the 12 months ending April 2026 with a baseline.

    Raises CourseError, in a sentence, for an unknown choice and for one that the data cannot answer.
    """
    if metric not in OFFERED or baseline not in BASELINES:
        raise CourseError(f"there is no {metric!r} with {baseline!r}. Metrics: {', '.join(OFFERED)}; baselines: "
                          f"{', '.join(BASELINES)}.")
    series, errors = totals(kind)
    if KINDS[kind].metric != metric:
        raise CourseError(f"{KINDS[kind].words}: this is no count of {metric}. Choose another kind of count.")
    words, month = BASELINES[baseline]
    if fault := why_not(kind, baseline):
        raise CourseError(f"{REASONS[fault]}. The nearest that has one: "
                          f"{BASELINES[nearest_baseline(kind, baseline)][0]}")
    if month is None:
        month = series.idxmax()
        words = f"{words}, ending {month:%B %Y}"
    return Figure(KINDS[kind], series, words, month, analysis.change_with_range(series[month], series[END], errors))


def why_not(kind: str, baseline: str) -> str:
    """Return why a kind of count has no figure against a baseline, in a few words (a key of
    REASONS); empty where it has one.
    """
    series, month = totals(kind).series, BASELINES[baseline][1]
    if series.index[0] > (month or PEAK):
        return "the release begins later"
    return "" if month is None or series[month] else "none were made"


def nearest_baseline(kind: str, baseline: str) -> str:
    """Return the baseline nearest in time to one without a figure that has one."""
    wanted = BASELINES[baseline][1] or PEAK
    answered = [name for name, (_, month) in BASELINES.items() if month is not None and not why_not(kind, name)]
    return min(answered, key=lambda name: abs((BASELINES[name][1] - wanted).n))


def headline(figure: Figure) -> str:
    """Return what a newspaper would make of it: short, and silent about the baseline."""
    change = figure.success.change
    if round(100 * change) == 0:
        return f"{figure.kind.headline} unchanged"
    return f"{figure.kind.headline} {'up' if change > 0 else 'down'} {abs(change):.0%}"


def in_full(figure: Figure) -> str:
    """Return the same finding with what it was compared with, counted how, and its range."""
    change, low, high = figure.success
    sentence = f"In full: {figure.kind.words}, 12 months ending {END:%B %Y}, against {figure.baseline}: {change:+.1%}. "
    shared = 12 - (END - figure.month).n
    if shared > 0:
        sentence += f"The two totals share {shared} months. "
    if low == high:
        return sentence + "No revision is known: both governments give the same counts."
    sentence += f"If the newest count is off as earlier ones were: {low:+.1%} to {high:+.1%}."
    if not low <= change <= high:   # every earlier newest count missed on the same side
        side = "low" if change < low else "high"
        sentence += f" Each earlier one had come in too {side}, so the headline lies outside."
    return sentence


def draw_figure(figure: Figure, on: matplotlib.figure.Figure | None = None) -> matplotlib.figure.Figure:
    """Return a figure: the 12-month totals with the two that are compared, and below them the change with its range."""
    color, base, success = METRICS[figure.kind.metric].color, figure.totals[figure.month], figure.success
    fig, (above, below) = panels(on, 2, 1, figsize=(8, 5.2), height_ratios=[4, 1])
    shown = figure.totals.loc[min(pd.Period("2019-12"), figure.month):END]
    # at the end of its last month
    above.plot(shown.index.to_timestamp(how="end"), shown, color="#8A9096", label="12 months ending")
    above.plot([month.to_timestamp(how="end") for month in (figure.month, END)], [base, figure.totals[END]], "o",
               color=color,
               label="compared")
    for month, place in ((figure.month, {"ha": "center", "xytext": (0, 9)}),
                         (END, {"ha": "right", "va": "top", "xytext": (-2, -9)})):
        direct_label(above, month.to_timestamp(how="end"), figure.totals[month], f"{figure.totals[month]:,.0f}", color,
                     **place)
    above.set(ylabel=figure.kind.unit, ylim=(0, 1.18 * shown.max()))
    above.set_title(textwrap.fill(in_full(figure), 84))
    below.hlines(0, 100 * success.low, 100 * success.high, color=color, linewidth=9, label="range")
    below.plot([100 * success.change], [0], "o", color=color, markerfacecolor="white", markeredgewidth=1.8,
               label="headline")
    below.axvline(0, color=INK, linewidth=1)
    direct_label(below, 100 * success.change, 0, "headline", color, ha="center", xytext=(0, 9))
    if success.low < success.high:
        direct_label(below, 50 * (success.low + success.high), 0, "its range", color, ha="center", va="top",
                     xytext=(0, -8))
    below.set(xlabel="change, per cent", ylim=(-2.9, 2.3), yticks=[])
    reach = 1.15 * max(10, *(abs(100 * value) for value in success))
    below.set_xlim((-reach, reach) if success.low < 0 < success.high else (-reach, 2) if success.high <= 0 else (-2,
                                                                                                                 reach))
    fig.suptitle(f'Headline: "{headline(figure)}"')
    return fig


def draw_choice(metric: str, kind: str, baseline: str,
                on: matplotlib.figure.Figure | None = None) -> matplotlib.figure.Figure:
    """Return the figure for one choice of the controls."""
    return draw_figure(success_figure(metric, kind, baseline), on)


def sources_of(kind: str, **_: object) -> list:
    """Return the tables behind one choice."""
    return KINDS[kind].sources


def kinds_of(metric: str) -> list:
    """Return the kinds of count of one metric, as (words, name) pairs; one that has no figure says so."""
    return [(kind.words + (": no figure, nearest: transfers" if name == "treaty" else ""), name)
            for name, kind in KINDS.items() if kind.metric == metric]


def baselines_of(kind: str) -> list:
    """Return the baselines, as (words, name) pairs; one against which a kind of count has no figure says
    why, and names the nearest.
    """
    def words(name):
        fault = kind != "treaty" and why_not(kind, name)   # the kind itself says that it has no figure
        return BASELINES[name][0] + (f": no figure, {fault}; nearest: "
                                     f"{BASELINES[nearest_baseline(kind, name)][1]:%B %Y}" if fault else "")
    return [(words(name), name) for name in BASELINES]


def controls() -> dict:
    """Return the controls of the question, each with its name."""
    metric, kind, baseline = DEFAULT
    return {
        "metric": Dropdown(options=OFFERED, value=metric, description="Metric", layout=WIDE, style=NAMED),
        "kind": Dropdown(options=kinds_of(metric), value=kind, description="Kind of count", layout=WIDE, style=NAMED),
        "baseline": Dropdown(options=baselines_of(kind), value=baseline, description="Against", layout=WIDE,
                             style=NAMED),
    }


def mend(controls: dict, changed: str) -> str:
    """Offer the kinds of count of the metric, and the baselines of the kind; returns a sentence
    where the kind had to change.
    """
    kinds, kind = kinds_of(controls["metric"].value), controls["kind"].value
    note = ""
    if kind not in dict(kinds).values():
        words, kind = kinds[0]
        note = f"Each metric has its own kinds of count. The kind is now: {words}."
    offer(controls["kind"], kinds, kind)
    offer(controls["baseline"], baselines_of(kind), controls["baseline"].value)
    return note


def baseline_question():
    """Show the question of lesson 02: which metric, which kind of count, against what?"""
    show_question(controls(), draw_choice, "02_question", sources_of, mend)
