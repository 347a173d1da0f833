"""Lesson 01: pick an event, a metric and a window, and see where its "effect" falls among all other dates."""

from functools import cache
from typing import NamedTuple

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from .. import analysis, tables
from ..charts import EXTRADITIONS, INTERDICTIONS, OVERDOSES, QUIET, direct_label
from ..errors import CourseError
from ..series import fentanyl
from .live import NAMED, WIDE, show_question


class Metric(NamedTuple):
    """A series that an event can be held against."""

    title: str
    table: str
    color: str
    period: str      # "month" or "year"
    windows: tuple   # lengths of the window on offer, in periods


METRICS = {
    "interdictions": Metric("fentanyl seized by Field Operations and Border Patrol, pounds a month", "seizures_monthly", INTERDICTIONS, "month", (3, 6, 8, 12, 18, 24)),
    "overdoses": Metric("fentanyl-type deaths (T40.4) of U.S. residents, a month", "overdose_monthly", OVERDOSES, "month", (3, 6, 8, 12, 18, 24)),
    "extraditions": Metric("extraditions to the United States, a year", "extraditions_by_year", EXTRADITIONS, "year", (1, 2, 3)),
}
DEFAULT = ("E025", "interdictions", 12)


@cache
def metric_series(name: str) -> pd.Series:
    """Return a metric as a series by month or year; only comparable counts, gaps left out.

    Raises CourseError with the names on offer when there is no such metric.
    """
    if name not in METRICS:
        raise CourseError(f"there is no metric {name!r}. Choose one of {', '.join(METRICS)}.")
    if name == "interdictions":
        return fentanyl()
    table = tables.load(METRICS[name].table)
    if name == "overdoses":
        return table.set_index("month")["deaths"].astype(float)
    comparable = table[table["comparable"]]
    return pd.Series(comparable["count"].astype(float).to_numpy(), index=pd.PeriodIndex(comparable["year"].astype(str), freq="Y"))


@cache
def dated_events() -> pd.DataFrame:
    """Return the events of the course that are dated to the day or the month, by event id, in date order."""
    events = tables.load("events").set_index("event_id")
    return events[events["date_precision"].isin(["day", "month"])].sort_values("date", kind="stable")


class Effect(NamedTuple):
    """An event's "effect" on a metric, among those of all other dates."""

    metric: Metric
    window: int
    date: pd.Period
    change: analysis.Change
    others: pd.Series
    rank: analysis.Rank


def effect_of(event: str, metric: str, window: int, clear: bool = False) -> Effect:
    """Measure the change of a metric around an event, and around every other date of the series.

    clear: compare only with dates that have no window with the event itself in it.

    Raises CourseError, in a sentence, for an unknown event or metric, a window that is empty or not whole.
    """
    events = dated_events()
    if event not in events.index:
        raise CourseError(f"there is no event {event!r} with a day or a month. Events look like {', '.join(events.index[:3])}.")
    series = metric_series(metric)
    date = pd.Period(events.loc[event, "date"], freq=series.index.freq)
    change = analysis.before_after(series, date, window)
    changes = analysis.placebo_changes(series, window)
    apart = window if clear else 0
    others = analysis.other_changes(changes, date, apart)
    return Effect(METRICS[metric], window, date, change, others, analysis.rank_among(changes, date, apart))


def finding(effect: Effect) -> str:
    """Return the finding of an effect in one sentence."""
    direction = "rise" if effect.rank.change >= 0 else "fall"
    return (f"{_name(effect.date)}: {effect.rank.change:+.0%}; {effect.rank.at_least} of {effect.rank.others} other "
            f"{effect.metric.period}s ({effect.rank.share:.0%}) {direction} at least as much")


def draw_effect(effect: Effect):
    """Return a figure of all placebo dates with the event's own change marked."""
    fig, ax = plt.subplots(figsize=(8, 3.6))
    others = effect.others * 100
    ax.hist(others, bins=_round_bins(others), color=QUIET, edgecolor="white", label=f"other {effect.metric.period}s")
    ax.axvline(effect.rank.change * 100, color=effect.metric.color, linewidth=3)
    direct_label(ax, effect.rank.change * 100, ax.get_ylim()[1] * 0.9, _name(effect.date), effect.metric.color)
    unit = f"{effect.window} {effect.metric.period}{'s' if effect.window > 1 else ''}"
    ax.set(xlabel=f"change, {unit} after against {unit} before, per cent", ylabel="number of dates")
    ax.yaxis.get_major_locator().set_params(integer=True)
    ax.set_title(finding(effect))
    return fig


def _name(date):
    """A month or a year in words: October 2020, or 2020."""
    return f"{date:%B %Y}" if date.freqstr.startswith("M") else str(date)


def _round_bins(values):
    """About twenty bins with round edges in per cent."""
    step = next((step for step in (1, 2, 5, 10, 20, 50, 100) if np.ptp(values) / step <= 24), 200)
    return np.arange(np.floor(values.min() / step) * step, values.max() + step + 0.5, step)


def placebo_question():
    """Show the question of lesson 01: which event, which metric, how long a window?"""
    show_question(controls(), draw_choice, "01_question", sources_of, mend_window)


def draw_choice(event: str, metric: str, window: int, clear: bool):
    """Return the figure for one choice of the controls."""
    return draw_effect(effect_of(event, metric, window, clear))


def sources_of(metric: str, **_) -> list:
    """Return the tables behind one choice: the metric's, and that of the events."""
    return [METRICS[metric].table, "events"]


def controls() -> dict:
    """Return the controls of the question, each with its name; only events that some monthly metric can be held against."""
    events = dated_events()
    choices = [(f"{row.date:%Y-%m-%d}  {row.event}"[:110], name) for name, row in events.iterrows() if _can_be_asked(row.date)]
    lengths = sorted({length for metric in METRICS.values() for length in metric.windows})
    event, metric, window = DEFAULT
    titles = [(about.title, name) for name, about in METRICS.items()]
    return {
        "event": widgets.Dropdown(options=choices, value=event, description="Event", layout=WIDE, style=NAMED),
        "metric": widgets.Dropdown(options=titles, value=metric, description="Metric", layout=WIDE, style=NAMED),
        "window": widgets.Dropdown(options=lengths, value=window, description="Window, months or years", style=NAMED),
        "clear": widgets.Dropdown(options=[("all other dates", False), ("only dates whose windows stay clear of the event", True)],
                                  value=False, description="Compare with", layout=WIDE, style=NAMED),
    }


def _can_be_asked(date):
    """True when a monthly metric has the shortest window whole on both sides of a date."""
    month = pd.Period(date, freq="M")
    monthly = [(metric_series(name).index, min(about.windows)) for name, about in METRICS.items() if about.period == "month"]
    return any(months[0] + shortest <= month <= months[-1] - shortest for months, shortest in monthly)


def mend_window(controls: dict):
    """Where months were chosen and the metric is yearly, or the reverse, take the nearest window on offer."""
    lengths = METRICS[controls["metric"].value].windows
    if controls["window"].value not in lengths:
        controls["window"].value = min(lengths, key=lambda length: abs(length - controls["window"].value))
