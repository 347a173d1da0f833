"""Lesson 01: pick an event, a metric and a window, and see where its "effect" falls among all other dates."""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from .. import analysis, tables
from ..charts import QUIET, direct_label
from ..errors import CourseError
from ..metrics import METRICS, Metric
from .live import NAMED, WIDE, Dropdown, offer, show_question
from .quick import panels


WINDOWS = {"month": (3, 6, 8, 12, 18, 24), "year": (1, 2, 3)}    # lengths, on offer where the figures reach so far
DEFAULT = ("E025", "interdictions", 12)


@cache
def metric_series(name: str) -> pd.Series:
    """Return a metric as a series by month or year; only comparable counts, gaps left out.

    Raises CourseError with the names on offer when there is no such metric.
    """
    if name not in METRICS:
        raise CourseError(f"there is no metric {name!r}. Choose one of {', '.join(METRICS)}.")
    return METRICS[name].series()


@cache
def changes_at_all_dates(metric: str, window: int) -> pd.Series:
    """Return the before-and-after change of a metric at every date that has a whole window on either side."""
    return analysis.placebo_changes(metric_series(metric), window)


@cache
def dated_events() -> pd.DataFrame:
    """Return the events of the course that are dated to the day or the month, by event id, in date order."""
    events = tables.load("events").set_index("event_id")
    return events[events["date_precision"].isin(["day", "month"])].sort_values("date", kind="stable")


@cache
def _periods(metric):
    """The month of each event by its id, or its year where the metric is counted by year."""
    return dict(dated_events()["date"].dt.to_period(metric_series(metric).index.freq))


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
        raise CourseError(f"there is no event {event!r} with a day or a month. Events look like "
                          f"{', '.join(events.index[:3])}.")
    series = metric_series(metric)
    date = _periods(metric)[event]
    change = analysis.before_after(series, date, window)
    changes = changes_at_all_dates(metric, window)
    apart = window if clear else 0
    others = analysis.other_changes(changes, date, apart)
    return Effect(METRICS[metric], window, date, change, others, analysis.rank_among(changes, date, apart))


def finding(effect: Effect) -> str:
    """Return the finding of an effect in one sentence."""
    direction = "rise" if effect.rank.change >= 0 else "fall"
    return (f"{_name(effect.date)}: {effect.rank.change:+.0%}; {effect.rank.at_least} of {effect.rank.others} other "
            f"{effect.metric.period}s ({effect.rank.share:.0%}) {direction} at least as much")


def draw_effect(effect: Effect, on: Figure | None = None) -> Figure:
    """Return a figure of all placebo dates with the event's own change marked."""
    fig, ax = panels(on, figsize=(8, 3.6))
    others = effect.others * 100
    ax.hist(others, bins=_round_bins(others), color=QUIET, edgecolor="white", label=f"other {effect.metric.period}s")
    ax.axvline(effect.rank.change * 100, color=effect.metric.color, linewidth=3)
    least, most = ax.get_xlim()
    at_the_right = effect.rank.change * 100 > least + 0.75 * (most - least)
    direct_label(ax, effect.rank.change * 100, ax.get_ylim()[1] * 0.9, _name(effect.date), effect.metric.color,
                 **({"xytext": (-6, 4), "ha": "right"} if at_the_right else {}))
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
    show_question(controls(), draw_choice, "01_question", sources_of, mend)


def draw_choice(event: str, metric: str, window: int, clear: bool, on: Figure | None = None) -> Figure:
    """Return the figure for one choice of the controls."""
    return draw_effect(effect_of(event, metric, window, clear), on)


def sources_of(metric: str, **_: object) -> list:
    """Return the tables behind one choice: the metric's, and that of the events."""
    return [METRICS[metric].table, "events"]


@cache
def windows_around(metric: str, event: str) -> list:
    """Return the windows for which an event has an answer: whole figures on both sides, and
    other dates to compare with.
    """
    date = _periods(metric)[event]
    return [window for window in WINDOWS[METRICS[metric].period]
            if date in (changes := changes_at_all_dates(metric, window)).index and len(changes) > 1]


@cache
def events_of(metric: str) -> list:
    """Return the ids of the events that a metric can be held against, in date order."""
    return [event for event in dated_events().index if windows_around(metric, event)]


def _has_answer(event, metric, window, clear=False):
    """Whether the change at an event can be compared: with any other date, or with one whose
    windows stay clear of it.
    """
    if not clear:
        return window in windows_around(metric, event)
    date, changes = _periods(metric)[event], changes_at_all_dates(metric, window)
    return date in changes.index and not analysis.other_changes(changes, date, window).empty


def controls() -> dict:
    """Return the controls of the question, each with its name; on offer are the choices that have an answer."""
    event, metric, window = DEFAULT
    titles = [(about.title, name) for name, about in METRICS.items()]
    return {
        "metric": Dropdown(options=titles, value=metric, description="Metric", layout=WIDE, style=NAMED),
        "event": Dropdown(options=_named_events(metric), value=event, description="Event", layout=WIDE, style=NAMED),
        "window": Dropdown(options=_named_windows(metric, event), value=window, description="Window",
                           layout=WIDE, style=NAMED),
        "clear": Dropdown(options=_comparisons(event, metric, window), value=False, description="Compare with",
                          layout=WIDE, style=NAMED),
    }


def _named_events(metric):
    """Each event with its day, or its month where no day is known, and its whole sentence: denials stand last."""
    form = {"day": "%Y-%m-%d", "month": "%Y-%m"}
    chosen = dated_events().loc[events_of(metric)]
    return [(f"{event.date:{form[event.date_precision]}}  {event.event}", event.Index)
            for event in chosen.itertuples()]


def _named_windows(metric, event):
    return [(_length(window, metric), window) for window in windows_around(metric, event)]


def _comparisons(event, metric, window):
    ways = [("all other dates", False), ("only dates whose windows stay clear of the event", True)]
    return [way for way in ways if _has_answer(event, metric, window, way[1])]


def _length(window, metric):
    return f"{window} {METRICS[metric].period}{'s' if window > 1 else ''}"


def mend(controls: dict, changed: str) -> str:
    """Offer the events of the metric, the windows that fit around the event, and the comparisons that are left.

    A choice that is no longer on offer becomes the nearest one that is; returns a sentence on each.
    """
    metric, old = controls["metric"].value, {name: control.value for name, control in controls.items()}
    old_length = controls["window"].label
    days = dated_events()["date"]
    event = _nearest(old["event"], events_of(metric), lambda one: abs((days[one] - days[old["event"]]).days))
    offer(controls["event"], _named_events(metric), event)
    window = _nearest(old["window"], windows_around(metric, event), lambda one: abs(one - old["window"]))
    offer(controls["window"], _named_windows(metric, event), window)
    comparisons = _comparisons(event, metric, window)
    clear = old["clear"] and any(value for _, value in comparisons)
    offer(controls["clear"], comparisons, clear)
    notes = []
    if event != old["event"]:
        notes.append(f"This metric has no whole window around the event of {days[old['event']]:%B %Y}. The event is "
                     "now the nearest "
                     f"that has one, of {days[event]:%B %Y}.")
    if window != old["window"]:
        notes.append(f"A window of {old_length} does not fit here. It is now {_length(window, metric)}.")
    if clear != old["clear"]:
        notes.append("No other date stays clear of this event, so it is compared with all other dates.")
    return " ".join(notes)


def _nearest(wanted, offered, distance):
    return wanted if wanted in offered else min(offered, key=distance)
