"""The questions that a static chart cannot answer: thin skins of controls over `analysis` and `charts`.

A control computes nothing itself. In a notebook that has not been run it is the chart of the default question;
once run, it is live. Every control has a visible name and works from the keyboard alone.
"""

import html
from functools import cache
from typing import NamedTuple

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display

from . import analysis, tables
from .charts import EXTRADITIONS, INTERDICTIONS, OVERDOSES, QUIET, direct_label
from .errors import CourseError
from .publishing import caption_html, figure_html, figure_text, picture, source_words, write_figure
from .reading import read_figure


class Metric(NamedTuple):
    """A series that an event can be held against."""

    title: str
    table: str
    color: str
    period: str      # "month" or "year"
    windows: tuple   # lengths of the window on offer, in periods


METRICS = {
    "interdictions": Metric("fentanyl seized by CBP, pounds a month", "seizures_monthly", INTERDICTIONS, "month", (3, 6, 8, 12, 18, 24)),
    "overdoses": Metric("deaths involving synthetic opioids (T40.4), a month", "overdose_monthly", OVERDOSES, "month", (3, 6, 8, 12, 18, 24)),
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
    table = tables.load(METRICS[name].table)
    if name == "interdictions":
        return table[table["drug"] == "Fentanyl"].groupby("month")["pounds"].sum()
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

    event: pd.Series
    metric: Metric
    window: int
    date: pd.Period
    change: analysis.Change
    changes: pd.Series
    rank: analysis.Rank


def effect_of(event: str, metric: str, window: int) -> Effect:
    """Measure the change of a metric around an event, and around every other date of the series.

    Raises CourseError, in a sentence, for an unknown event or metric, a window that is empty or not whole.
    """
    events = dated_events()
    if event not in events.index:
        raise CourseError(f"there is no event {event!r} with a day or a month. Events look like {', '.join(events.index[:3])}.")
    series = metric_series(metric)
    date = pd.Period(events.loc[event, "date"], freq=series.index.freq)
    change = analysis.before_after(series, date, window)
    changes = analysis.placebo_changes(series, window)
    return Effect(events.loc[event], METRICS[metric], window, date, change, changes, analysis.rank_among(changes, date))


def finding(effect: Effect) -> str:
    """Return the finding of an effect in one sentence."""
    direction = "rise" if effect.rank.change >= 0 else "fall"
    return (f"{effect.date}: {effect.rank.change:+.0%}; {effect.rank.at_least} of {effect.rank.others} other "
            f"{effect.metric.period}s ({effect.rank.share:.0%}) {direction} at least as much")


def draw_effect(effect: Effect):
    """Return a figure of all placebo dates with the event's own change marked."""
    fig, ax = plt.subplots(figsize=(8, 3.6))
    others = effect.changes.drop(effect.date) * 100
    ax.hist(others, bins=_round_bins(others), color=QUIET, edgecolor="white", label=f"other {effect.metric.period}s")
    ax.axvline(effect.rank.change * 100, color=effect.metric.color, linewidth=3)
    direct_label(ax, effect.rank.change * 100, ax.get_ylim()[1] * 0.9, str(effect.date), effect.metric.color)
    unit = f"{effect.window} {effect.metric.period}{'s' if effect.window > 1 else ''}"
    ax.set(xlabel=f"change, {unit} after against {unit} before, per cent", ylabel="number of dates")
    ax.set_title(finding(effect))
    return fig


def _round_bins(values):
    """About twenty bins with round edges in per cent."""
    step = next((step for step in (1, 2, 5, 10, 20, 50, 100) if np.ptp(values) / step <= 24), 200)
    return np.arange(np.floor(values.min() / step) * step, values.max() + step + 0.5, step)


def placebo_question():
    """Pick an event, a metric and a window; see where its "effect" falls among all other dates."""
    event, metric, window = DEFAULT
    controls, answer = _controls(), widgets.HTML()

    def update(_=None):
        chosen = METRICS[controls["metric"].value]
        if controls["window"].value not in chosen.windows:   # months were chosen and the metric is yearly, or the reverse
            controls["window"].value = min(chosen.windows, key=lambda length: abs(length - controls["window"].value))
        answer.value = answer_html(controls["event"].value, controls["metric"].value, controls["window"].value)

    for control in controls.values():
        control.observe(update, names="value")
    update()
    box = widgets.VBox([*controls.values(), answer])
    fig = draw_effect(effect_of(event, metric, window))
    _show(box, fig, "01_question", [METRICS[metric].table, "events"])


def answer_html(event: str, metric: str, window: int) -> str:
    """Return the chart and its words for one choice, or a sentence on why that choice has no answer."""
    try:
        fig = draw_effect(effect_of(event, metric, window))
    except CourseError as fault:
        return f'<p role="status">No answer for this choice: {html.escape(str(fault))}</p>'
    page = _page(fig, [METRICS[metric].table, "events"])
    plt.close(fig)
    return page


def _controls():
    wide = widgets.Layout(width="95%", max_width="760px")
    named = {"description_width": "70px"}
    events = dated_events()
    choices = [(f"{row.date:%Y-%m-%d}  {row.event}"[:110], name) for name, row in events.iterrows() if row.date.year >= 1999]
    lengths = sorted({length for metric in METRICS.values() for length in metric.windows})
    event, metric, window = DEFAULT
    return {
        "event": widgets.Dropdown(options=choices, value=event, description="Event", layout=wide, style=named),
        "metric": widgets.Dropdown(options=[(m.title, name) for name, m in METRICS.items()], value=metric, description="Metric", layout=wide, style=named),
        "window": widgets.Dropdown(options=lengths, value=window, description="Window", style=named),
    }


def _page(fig, sources):
    title, panels = read_figure(fig)
    return figure_html(picture(fig), title, panels, caption_html(sources))


def _show(box, fig, name, sources):
    """One display with three forms: the live control once run, the chart for readers, its words for tests."""
    title, panels = read_figure(fig)
    page, words = _page(fig, sources), figure_text(title, panels, source_words(sources))
    write_figure(fig, name)
    plt.close(fig)
    display({**box._repr_mimebundle_(), "text/html": page, "text/plain": words}, raw=True)
