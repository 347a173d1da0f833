"""Charts: their colours, their words read back off the figure, and how they are published."""

import base64
import re
import runpy
import types

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from launcher.environment import NOTEBOOKS, TOP
from takeaways import charts, publishing, wording
from takeaways.errors import CourseError
from takeaways.publishing import publish
from takeaways.reading import read_figure

MONTHS = pd.period_range("2020-01", periods=4, freq="M").to_timestamp()
SOURCE = "seizures_monthly"


@pytest.fixture(autouse=True)
def no_figure_left_open():
    yield
    plt.close("all")


@pytest.fixture
def shown(monkeypatch):
    """What publish would have displayed."""
    seen = []
    monkeypatch.setattr(publishing, "display", lambda bundle, raw: seen.append(bundle))
    monkeypatch.delenv("TAKEAWAYS_FIGURES", raising=False)
    return seen


def chart(draw=lambda ax: None, title="The finding", unit="pounds a month"):
    fig, ax = plt.subplots()
    draw(ax)
    ax.set_title(title)
    ax.set_ylabel(unit)
    return fig


def words(draw, **how):
    fig = chart(draw, **how)
    title, panels = read_figure(fig)
    plt.close(fig)
    return publishing.figure_text(title, panels, "")


def lightness(color):
    """CIE L* of a colour, 0 to 100: what is left of it in grey."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 116 * luminance ** (1 / 3) - 16, luminance


def test_a_yearly_count_stands_in_the_middle_of_its_year():
    assert list(charts.middle_of_year(pd.Series([2015, 2021]))) == [pd.Timestamp("2015-07-01"), pd.Timestamp("2021-07-01")]


def test_the_metrics_stay_apart_in_grey_and_readable_on_white():
    metrics = [charts.INTERDICTIONS, charts.OVERDOSES, charts.EXTRADITIONS]
    levels = sorted(lightness(color)[0] for color in (*metrics, charts.QUIET))
    assert min(b - a for a, b in zip(levels, levels[1:])) >= 8, levels
    for color in metrics:
        assert 1.05 / (lightness(color)[1] + 0.05) >= 4.5, color   # the contrast of words asked for by WCAG 2.2 AA


# Each kind of artist: drawn twice with one value, word or place changed, and the words must differ.
KINDS = {
    "line": lambda ax, v: ax.plot(MONTHS, [1, 2, v, 4], label="deaths"),
    "points": lambda ax, v: ax.plot(MONTHS, [1, 2, v, 4], "o"),
    "scatter": lambda ax, v: ax.scatter(MONTHS, [1, 2, v, 4]),
    "scatter sized by a value": lambda ax, v: ax.scatter([1, 2], [1, 2], c=[1, v]),
    "bars": lambda ax, v: ax.bar(MONTHS, [1, 2, v, 4], width=20),
    "bars of groups": lambda ax, v: ax.barh(["a", "b"], [1, v]),
    "stacked bars": lambda ax, v: charts.stacked_bars(ax, pd.DataFrame({"x": [1, v], "y": [2, 2]}, index=["a", "b"]), ["black", "white"]),
    "floating bars": lambda ax, v: ax.bar([1, 2], [5, 5], bottom=[1, v]),
    "histogram": lambda ax, v: ax.hist([1, 1, 2, v], bins=[0, 1.5, 3.5, 9]),
    "histogram edges": lambda ax, v: ax.hist([1, 1, 2], bins=[0, 1.5, 2.5, v + 9]),
    "level": lambda ax, v: ax.axhline(v),
    "level over months": lambda ax, v: ax.hlines(v, MONTHS[0], MONTHS[2]),
    "vertical line": lambda ax, v: (ax.plot(MONTHS, [1, 2, 3, 4]), ax.axvline(MONTHS[int(v) - 3])),
    "shaded span": lambda ax, v: ax.axvspan(1, v),
    "band": lambda ax, v: ax.fill_between([1, 2, 3], [0, 0, 0], [1, v, 1]),
    "error bars": lambda ax, v: ax.errorbar([1, 2], [1, 2], yerr=[0.5, v]),
    "direct label": lambda ax, v: charts.direct_label(ax, 1, 1, f"label {v}"),
    "place of a label": lambda ax, v: charts.direct_label(ax, 1, v, "label"),
    "mark of an event": lambda ax, v: charts.mark_event(ax, pd.Period("2020-02"), f"event {v}"),
    "text": lambda ax, v: ax.text(1, 1, f"text {v}"),
    "axis label": lambda ax, v: ax.set_xlabel(f"unit {v}"),
    "legend": lambda ax, v: (ax.plot([1, 2], label=f"name {v}"), ax.legend()),
    "named ticks": lambda ax, v: ax.set_xticks([0, 1], ["a", f"b{v}"]),
    "scale": lambda ax, v: ax.set_yscale("log" if v == 3 else "linear"),
    "hollow or solid": lambda ax, v: ax.scatter([1], [1], facecolor="white" if v == 3 else "black", edgecolor="black"),
    "coloured cells": lambda ax, v: ax.add_collection(matplotlib.collections.PolyCollection(
        [[(0, 0), (1, 0), (0, 1)], [(1, 0), (1, 1), (0, 1)]], array=np.array([1.0, v]))),
    "dashes of a level": lambda ax, v: ax.hlines(1, 0, 1, linestyle="--" if v == 3 else "-"),
    "names along an axis": lambda ax, v: (ax.barh(["a", "b"], [1, 2]), ax.set_yticks([0, 1], ["a", f"b{v}"])),
    "releases": lambda ax, v: charts.draw_releases(ax, pd.DataFrame(
        {"month_ending": pd.PeriodIndex(["2020-01"] * 2, freq="M"), "reported": [1, 2], "predicted": [2, v],
         "vintage": ["2020-05-01", "2020-06-01"]}), "red"),
    "shares of wholes": lambda ax, v: charts.draw_shares(ax, pd.Series({"a": 50, "b": v}), lighter=["b"]),
    "squares": lambda ax, v: charts.draw_squares(ax, pd.Series([2001, 2002]), pd.Series([True, v == 3]), "dark", {1: "this"}),
    "panels of change": lambda ax, v: charts.panels_of_change([ax], pd.DataFrame({"x": {"a": 0.1, "b": v / 10}}), "black", "per cent"),
    "counts by year": lambda ax, v: charts.draw_counts(ax, pd.DataFrame(
        {"year": [2020, 2021], "count": [1, v], "comparable": [True, False]}), "black"),
    "events": lambda ax, v: charts.draw_events(ax, pd.DataFrame(
        {"date": MONTHS[:2], "category": ["law", "case"], "effect": [1, -1 if v == 3 else 0]}), ["case", "law"]),
    "events along a line": lambda ax, v: charts.draw_both_ways(ax, pd.DataFrame(
        {"event_id": ["A", "B"], "date": MONTHS[:2], "effect": [1, -1 if v == 3 else 0]}), {"A": "named"}),
    "names of events along a line": lambda ax, v: charts.draw_both_ways(ax, pd.DataFrame(
        {"event_id": ["A", "B"], "date": MONTHS[:2], "effect": [1, -1]}), {"A": f"name {v}"}, period="Q"),
    "signs": lambda ax, v: charts.draw_signs(ax, pd.DataFrame(
        {"date": MONTHS[:2], "category": ["statement", "poll_us"], "direction": ["lowers" if v == 3 else "raises", "level"]})),
    "bars of change": lambda ax, v: charts.bars_of_change(ax, pd.Series({"a": 0.1, "b": v / 10}), "black"),
    "weightings": lambda ax, v: charts.draw_weightings(ax, pd.DataFrame(
        {"a": [0, 0.2], "b": [1, 0.6], "c": [0, v / 10]}, index=[2024, 2025]), 2025, 2024),
    "weightings without a figure": lambda ax, v: charts.draw_weightings(ax, pd.DataFrame(
        {"a": [0, v / 10], "b": [1, 0.6], "c": [0, None]}, index=[2024, 2025]), 2025, 2024, key=True),
    "people": lambda ax, v: charts.draw_people(ax, pd.Series({"a": 2, "b": v}), ["black", "white"]),
    "level of a total": lambda ax, v: charts.draw_level(ax, "2020-01", "2020-12", 100 * v, "black"),
    "12-month values": lambda ax, v: charts.draw_totals(
        ax, pd.Series([1.0, v], index=pd.period_range("2020-01", periods=2, freq="M")), "black", ["2020-02"]),
    "path through years": lambda ax, v: charts.draw_path(ax, pd.Series([1, v], index=[2020, 2021]), pd.Series([2, 1], index=[2020, 2021])),
    "tornado": lambda ax, v: charts.tornado(ax, pd.DataFrame({"at_least": [-1, 0], "at_most": [2, v]}, index=["a", "b"]), 1),
    "where a conclusion turns": lambda ax, v: charts.tornado(ax, pd.DataFrame({"at_least": [-1], "at_most": [2]}, index=["a"]), 1, v),
    "path of odds": lambda ax, v: charts.draw_odds(ax, pd.DataFrame({"a": [0.1, v / 50], "b": [0.1, 0.1]}, index=["x", "y"])),
    "scores of forecasts": lambda ax, v: charts.draw_brier(ax, pd.Series({"a": v / 10})),
    "axis of odds": lambda ax, v: (ax.plot([0, 1], [0.1, v / 50]), charts._odds_axis(ax)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_one_changed_value_changes_the_words(kind):
    first, same, other = (words(lambda ax: KINDS[kind](ax, value)) for value in (3, 3, 4))
    assert first == same
    assert first != other


def test_title_and_unit_are_in_the_words():
    assert words(lambda ax: None, title="A") != words(lambda ax: None, title="B")
    assert words(lambda ax: None, unit="pounds") != words(lambda ax: None, unit="kilograms")


def test_what_cannot_be_seen_is_not_told():
    def hidden(ax):
        ax.plot([1, 2], [77, 77], label="hidden")[0].set_visible(False)
    assert "hidden" not in words(hidden) and "| 77" not in words(hidden)


def test_no_bars_at_all_and_colours_as_arrays_are_no_fault():
    assert "| 77" not in words(lambda ax: ax.bar(["a"], [77])[0].set_visible(False))
    assert "bars" not in words(lambda ax: ax.bar([], []))
    assert "#ff0000" in words(lambda ax: ax.plot([1, 2], "o-", color=np.array([1.0, 0, 0]), markevery=np.array([True, False])))


def test_months_and_names_are_told_in_the_exact_words():
    told = words(lambda ax: ax.bar(MONTHS, [1, 2, 3, 4], width=20))
    assert "2020-03 | 3" in told
    assert "b | 2" in words(lambda ax: ax.barh(["a", "b"], [1, 2]))


def scene(ax):
    """A chart with something of everything, to be falsified."""
    shown = pd.Series([100.0, 400, 250, 300], MONTHS)
    bars = ax.bar(MONTHS, shown, width=25, color=charts.pick_out(MONTHS, [MONTHS[1]], charts.INTERDICTIONS), label="months")
    ax.bar_label(bars, fmt="%.0f")
    ax.plot(MONTHS, [120, 140, 160, 180], "o-", color=charts.OVERDOSES, label="deaths")
    ax.plot(MONTHS, [20, 40, 60, 80], color=charts.EXTRADITIONS, drawstyle="steps-post", label="people")
    ax.scatter(MONTHS[:2], [50, 60], edgecolor=charts.EXTRADITIONS, **charts.HOLLOW, label="others")
    ax.axvspan(MONTHS[2], MONTHS[3], color="#ECEEF0", zorder=0, label="_gap")
    ax.axhline(200, color=charts.INK, linewidth=1)
    charts.mark_event(ax, "2020-02", "the law")
    charts.direct_label(ax, MONTHS[3], 180, "deaths")
    ax.annotate("", (MONTHS[3], 300), (MONTHS[1], 400), arrowprops={"arrowstyle": "-|>"})
    ax.fill_between(MONTHS, [10, 10, 10, 10], [30, 30, 30, 30], color="#DDDDDD", label="range")
    ax.legend()
    charts.from_zero(ax)


def relabel(ax, **how):
    ax.legend([ax.lines[1], ax.lines[0]], ["deaths", "people"], **how)


def legend_of_the_figure(ax):
    ax.figure.legend(["months"])


# What a careless or a sly hand can do to a finished chart. Each must change its words, on any machine, or be refused.
FALSIFIED = {
    "value of a line": lambda ax: ax.lines[0].set_ydata([120, 140, 160, 181]),
    "value of a bar": lambda ax: ax.patches[2].set_height(251),
    "metric colours exchanged": lambda ax: (ax.lines[0].set_color(charts.EXTRADITIONS), ax.lines[1].set_color(charts.OVERDOSES)),
    "highlight inverted": lambda ax: [bar.set_facecolor(charts.INTERDICTIONS if n != 1 else charts.QUIET) for n, bar in enumerate(ax.patches[:4])],
    "highlight moved": lambda ax: (ax.patches[1].set_facecolor(charts.QUIET), ax.patches[2].set_facecolor(charts.INTERDICTIONS)),
    "axis begins at 60 per cent": lambda ax: ax.set_ylim(0.6 * 400, 448),
    "axis cut above": lambda ax: ax.set_ylim(0, 300),
    "axis reversed": lambda ax: ax.invert_yaxis(),
    "months reversed": lambda ax: ax.invert_xaxis(),
    "months cut off": lambda ax: ax.set_xlim(MONTHS[1], MONTHS[3]),
    "log scale": lambda ax: ax.set_yscale("log"),
    "symlog scale": lambda ax: ax.set_yscale("symlog"),
    "hidden series": lambda ax: ax.lines[1].set_visible(False),
    "removed series": lambda ax: ax.lines[1].remove(),
    "marker changed": lambda ax: ax.lines[0].set_marker("^"),
    "hollow to solid": lambda ax: ax.collections[0].set_facecolor(charts.EXTRADITIONS),
    "solid to hollow": lambda ax: ax.lines[0].set_markerfacecolor("white"),
    "steps to slopes": lambda ax: ax.lines[1].set_drawstyle("default"),
    "steps before to after": lambda ax: ax.lines[1].set_drawstyle("steps-pre"),
    "dashed": lambda ax: ax.lines[0].set_linestyle("--"),
    "thin line": lambda ax: ax.lines[0].set_linewidth(0.1),
    "larger points": lambda ax: ax.collections[0].set_sizes([400]),
    "tick of another name": lambda ax: ax.set_yticks([0, 200, 400], ["0", "300", "400"]),
    "ticks written wrongly": lambda ax: ax.yaxis.set_major_formatter("{x:.0f}0"),
    "label moved": lambda ax: setattr(ax.texts[-2], "xy", (MONTHS[2], 180)),
    "label pushed to another point": lambda ax: setattr(ax.texts[-2], "xyann", (-120, 4)),
    "label reworded": lambda ax: ax.texts[-2].set_text("births"),
    "number at a bar": lambda ax: ax.texts[0].set_text("900"),
    "colour of a label": lambda ax: ax.texts[-2].set_color(charts.EXTRADITIONS),
    "event moved": lambda ax: ax.lines[3].set_xdata([MONTHS[2]] * 2),
    "name of an event": lambda ax: ax.texts[4].set_text("the arrest"),
    "level moved": lambda ax: ax.lines[2].set_ydata([210, 210]),
    "level shortened": lambda ax: ax.lines[2].set_xdata([0, 0.5]),
    "title": lambda ax: ax.set_title("Another finding"),
    "unit": lambda ax: ax.set_ylabel("kilograms a month"),
    "gap not shaded": lambda ax: ax.patches[4].remove(),
    "gap shaded elsewhere": lambda ax: ax.patches[4].set_x(ax.patches[4].get_x() + 31),
    "bars wider": lambda ax: [bar.set_width(60) for bar in ax.patches[:4]],
    "bars moved by half a month": lambda ax: [bar.set_x(bar.get_x() + 12.5) for bar in ax.patches[:4]],
    "hatched bar": lambda ax: ax.patches[0].set_hatch("//"),
    "range wider": lambda ax: ax.fill_between(MONTHS, 0, 35),
    "colour of the range": lambda ax: ax.collections[1].set_facecolor("#A8281C"),
    "legend exchanged": relabel,
    "legend removed": lambda ax: ax.get_legend().remove(),
    "legend of one": lambda ax: ax.legend([ax.lines[0]], ["people"]),
    "end of an arrow": lambda ax: setattr(ax.texts[-1], "xy", (MONTHS[3], 100)),
    "beginning of an arrow": lambda ax: setattr(ax.texts[-1], "xyann", (MONTHS[0], 100)),
    "an arrow more": lambda ax: ax.annotate("", (MONTHS[0], 100), (MONTHS[3], 100), arrowprops={"arrowstyle": "->"}),
    "transparent": lambda ax: ax.collections[0].set_facecolor((0.3, 0.1, 0.4, 0.2)),
    "transparent line": lambda ax: ax.lines[0].set_alpha(0.05),
    "transparent label": lambda ax: ax.texts[-2].set_alpha(0.05),
    "label turned": lambda ax: ax.texts[-2].set_rotation(90),
    "label in a box": lambda ax: ax.texts[-2].set_bbox({"facecolor": "black"}),
    "labels exchanged": lambda ax: exchange(ax.texts[4], ax.texts[-2]),
    "bar taken out": lambda ax: ax.patches[1].remove(),
    "bar hidden": lambda ax: ax.patches[1].set_visible(False),
    "every second mark": lambda ax: ax.lines[0].set_markevery(2),
    "edge of the marks": lambda ax: ax.lines[0].set_markeredgecolor("black"),
    "marks half filled": lambda ax: ax.lines[0].set_fillstyle("left"),
    "points hatched": lambda ax: ax.collections[0].set_hatch("//"),
    "edges of points dashed": lambda ax: ax.collections[0].set_linestyle(":"),
    "range hatched": lambda ax: ax.collections[1].set_hatch("//"),
    "title on the right": lambda ax: ax.set_title("of 2024", loc="right"),
    "label of the whole figure": lambda ax: ax.figure.supylabel("thousands"),
}


def exchange(one, other):
    here, there = one.get_text(), other.get_text()
    one.set_text(there)
    other.set_text(here)
REFUSED = {
    "inset": lambda ax: ax.inset_axes([0.5, 0.5, 0.4, 0.4]).plot([1, 2]),
    "second axis": lambda ax: ax.secondary_yaxis("right", functions=(lambda v: v / 2, lambda v: 2 * v)),
    "twin axes": lambda ax: ax.twinx().plot(MONTHS, [1, 2, 3, 4]),
    "table": lambda ax: ax.table([["1"]]),
    "anchored text": lambda ax: ax.add_artist(matplotlib.offsetbox.AnchoredText("up", "upper left")),
    "box at a place": lambda ax: ax.add_artist(matplotlib.offsetbox.AnnotationBbox(matplotlib.offsetbox.TextArea("up"), (0.5, 0.5), xycoords="axes fraction")),
    "second legend": lambda ax: ax.add_artist(ax.legend(["x"])),
    "legend of the figure": legend_of_the_figure,
    "arrow": lambda ax: ax.arrow(0, 0, 1, 1),
    "fancy arrow": lambda ax: ax.add_patch(matplotlib.patches.FancyArrowPatch((0, 0), (1, 1))),
    "quiver": lambda ax: ax.quiver([1], [1], [1], [1]),
    "slanted level": lambda ax: ax.axhline(1).set_ydata([1, 2]),
    "slanted vertical line": lambda ax: ax.axvline(1).set_xdata([1, 2]),
    "level with marks": lambda ax: ax.axhline(1, marker="o"),
    "slanted bar": lambda ax: ax.bar([1, 2], [1, 2])[0].set_angle(20),
    "line without ends": lambda ax: ax.axline((0, 0), slope=1),
    "slope in parts of the axes": lambda ax: ax.plot([0, 1], [0, 1], transform=ax.transAxes),
    "points in parts of the axes": lambda ax: ax.scatter([0.5], [0.5], transform=ax.transAxes),
    "box in parts of the axes": lambda ax: ax.add_patch(matplotlib.patches.Rectangle((0, 0), 1, 1, transform=ax.transAxes)),
    "pie": lambda ax: ax.pie([1, 2]),
    "polygon": lambda ax: ax.fill([0, 1, 1], [0, 0, 1]),
    "stairs": lambda ax: ax.stairs([1, 2, 3]),
    "picture": lambda ax: ax.imshow([[1, 2]]),
    "contours": lambda ax: ax.contour([[1, 2], [3, 4]]),
    "hexagons": lambda ax: ax.hexbin([1, 2], [1, 2]),
    "mesh": lambda ax: ax.pcolormesh([[1, 2]]),
    "axes switched off": lambda ax: ax.set_axis_off(),
    "label by pixels": lambda ax: ax.annotate("here", (10, 10), xycoords="figure pixels"),
    "line over the figure": lambda ax: ax.figure.add_artist(matplotlib.lines.Line2D([0, 1], [0, 1])),
    "picture on the figure": lambda ax: ax.figure.figimage([[1, 2]]),
}


@pytest.fixture(scope="module")
def told_scene():
    return words(scene)


@pytest.mark.parametrize("what", FALSIFIED)
def test_a_falsified_chart_has_other_words(what, told_scene):
    def falsified(ax):
        scene(ax)
        FALSIFIED[what](ax)

    fig = chart(falsified)
    if what in ("title", "unit"):       # chart() sets both
        FALSIFIED[what](fig.axes[0])
    title, panels = read_figure(fig)
    assert publishing.figure_text(title, panels, "") != told_scene


def test_the_same_chart_has_the_same_words(told_scene):
    assert words(scene) == told_scene


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_told_is_refused_with_a_sentence(what):
    with pytest.raises(CourseError, match="^a chart with .* cannot be put into words yet"):
        words(REFUSED[what])


def test_a_helper_that_is_falsified_changes_the_words(monkeypatch, told_scene):
    """The three of the review: two colours exchanged, pick_out inverted, from_zero begun at 60 per cent of the highest."""
    def inverted(index, chosen, color):
        return [charts.QUIET if entry in chosen else color for entry in index]

    def cut(ax):
        ax.set_ylim(0.6 * ax.dataLim.ymax, 1.12 * ax.dataLim.ymax)

    for name, wrong in (("INTERDICTIONS", charts.OVERDOSES), ("OVERDOSES", charts.INTERDICTIONS), ("pick_out", inverted), ("from_zero", cut),
                        ("HOLLOW", {"facecolor": "black"})):
        with monkeypatch.context() as patched:
            patched.setattr(charts, name, wrong)
            assert words(scene) != told_scene, name


def test_colours_are_told_by_what_they_mean_in_the_course():
    for color, name in ((charts.INTERDICTIONS, "interdiction-blue"), (charts.OVERDOSES, "overdose-red"), (charts.EXTRADITIONS, "extradition-purple"),
                        (charts.QUIET, "quiet grey"), (charts.INK, "dark"), ("white", "white"), ("#C0392B", "red"), ("#DDDDDD", "very light grey")):
        assert wording.colour(color) == name
    assert "Bars (interdiction-blue: February 2020; the rest quiet grey), months" in words(scene)


def alt(draw, **how):
    fig = chart(draw, **how)
    publishing.finish_layout(fig, [], "")
    title, panels = read_figure(fig)
    return publishing.alt_text(title, panels)


@pytest.mark.parametrize("letters", ["W", "WHO ", "i ", "Cause of Death "])
def test_title_and_source_stay_within_the_picture_however_wide_their_letters(shown, letters):
    fig, ax = plt.subplots()
    ax.plot(MONTHS, [1, 2, 3, 4])
    ax.set(ylabel="pounds")
    ax.set_title(letters * (150 // len(letters)))
    publish(fig, "wide", SOURCE, note=letters * (200 // len(letters)) + ".")       # what runs over the edge is refused
    assert len(shown) == 1 and [len(text.get_text().splitlines()) > 1 for text in fig.texts] == [True, True]


def test_the_alternative_text_says_how_a_series_runs():
    months = pd.period_range("2022-01", "2025-08", freq="M")
    values = pd.Series(np.interp(np.arange(44), [0, 17, 43], [70_000, 77_695, 40_384]), months)
    told = alt(lambda ax: charts.draw_totals(ax, values, charts.OVERDOSES, named=["2023-06"]), unit="deaths")
    assert told == ("The finding. Vertical axis: deaths. The vertical axis does not begin at zero: it goes from 38,518 to 79,561. Overdose-red line: "
                    "rises from 70,000 in January 2022 to 77,695 in June 2023, then falls to 40,384 in August 2025.")


@pytest.mark.parametrize("values, run", [
    ([1, 2, 3, 4, 5], "rises from 1 at a to 5 at e"),
    ([5, 4, 3, 2, 1], "falls from 5 at a to 1 at e"),
    ([1, 9, 2, 8, 9], "rises from 1 at a to 9 at b, then falls to 2 at c, then rises to 9 at e"),
    ([5, 0, 10, 9.5, 9.4], "falls from 5 at a to 0 at b, then rises to 10 at c, then ends at 9.4 at e"),
    ([5, 4.9, 10, 9, 0], "rises from 5 at a to 10 at c, then falls to 0 at e"),
    ([3, 3, 3, 3, 3], "3 throughout"),
])
def test_turns_are_told_and_wiggles_are_not(values, run):
    assert wording.run_of("abcde", values, [f"{value:g}" for value in values]) == run


def test_a_series_with_many_turns_tells_the_greater_ones():
    values = [10 + 3 * (-1) ** i + (40 if 20 < i < 30 else 0) for i in range(60)]
    points = wording.turns(values)
    assert len(points) <= 6 and points[0] == 0 and points[-1] == 59 and any(20 < point < 30 for point in points)


def page_of(draw, shown, **how):
    publish(chart(draw, **how), "x", SOURCE)
    return shown[-1]["text/html"]


def test_long_series_stand_closed_under_a_sentence(shown):
    page = page_of(lambda ax: ax.plot(pd.date_range("2020-01", periods=20, freq="MS"), range(20), label="deaths"), shown)
    assert "<details><summary>All 20 rows</summary><table>" in page and page.count("<td>") == 40
    assert ", deaths: rises from 0 in January 2020 to 19 in August 2021.</p>" in page


def test_numbers_for_people_are_rounded_as_on_the_chart(shown):
    page = page_of(lambda ax: ax.bar_label(ax.bar(["a", "b"], [2803.6, 1211.52]), fmt="{:,.0f}"), shown)
    assert "<td>2,804</td>" in page and "2803.6" not in page and "2803.6" in shown[-1]["text/plain"]
    page = page_of(lambda ax: ax.plot([2019, 2020, 2021], [58.0, np.nan, 60]), shown)
    assert "<td>58</td>" in page and "<td>\N{EM DASH}</td>" in page and "nan" not in page.lower().split("<details>")[1]


def test_a_label_that_is_not_the_value_of_its_bar_is_told_beside_it(shown):
    page = page_of(lambda ax: ax.bar_label(ax.bar(["a", "b"], [78.55, 12.1]), ["+79%", "99"]), shown)
    assert "<td>+79%</td>" in page and "<td>12.1</td><td>99</td>" in page


def test_bars_that_begin_with_their_month_are_told_with_it(shown):
    page = page_of(lambda ax: ax.bar(MONTHS, [1, 2, 3, 4], width=25, align="edge"), shown)
    assert "<td>January 2020</td>" in page and "2020-01 | 1" in shown[-1]["text/plain"] and "-13" not in shown[-1]["text/plain"]


def test_marks_placed_by_drawing_are_told_by_name(shown):
    events = pd.DataFrame({"event_id": ["A", "B"], "date": MONTHS[:2], "date_precision": ["month", "day"], "effect": [1, 1],
                           "event": ["A treaty", "A law"], "category": ["law", "law"]})
    page = page_of(lambda ax: charts.draw_both_ways(ax, events, {"A": "named"}), shown)
    assert "<td>January 2020</td><td>A treaty</td>" in page and "<td>1 February 2020</td><td>A law</td>" in page
    page = page_of(lambda ax: charts.draw_events(ax, events, ["law"]), shown)
    assert "<td>January 2020</td><td>law</td><td>A treaty</td>" in page and "0.24" not in page
    page = page_of(lambda ax: charts.draw_people(ax, pd.Series({"convicted": 10, "pending": 13}), ["black", "white"]), shown)
    assert "<td>convicted</td><td>10</td>" in page and page.count("<tr>") == 4
    page = page_of(lambda ax: charts.draw_squares(ax, pd.Series([1978, 2025]), pd.Series([True, False]), "dark", titles=["Treaty", "Statement"]), shown)
    assert "<td>1978</td><td>Treaty</td>" in page
    page = page_of(lambda ax: charts.draw_odds(ax, pd.DataFrame({"a": [1 / 50, 2]}, index=["no sign\nyet", "ships"])), shown)
    assert "<td>no sign yet</td><td>1 to 50</td>" in page and "2 to 1" in page


def test_places_along_an_axis_without_ticks_are_no_values(shown):
    page = page_of(lambda ax: (ax.scatter([-14.5], [0], label="headline"), ax.set(yticks=[])), shown)
    assert ", headline: \N{MINUS SIGN}14.5.</p>" in page and "<td>0</td>" not in page


def test_shaded_years_are_one_sentence_and_a_frame_is_none(shown):
    page = page_of(lambda ax: (ax.scatter([1995, 1998], [1, 2]), charts.shade_gaps(ax, [1996, 1997])), shown)
    assert "<li>Shaded years (very light grey): 1996, 1997.</li>" in page
    page = page_of(lambda ax: charts.draw_weightings(ax, pd.DataFrame({"a": [0, 0.2], "b": [1, 0.6], "c": [0, 0.3]}, index=[2024, 2025]), 2025, 2024), shown)
    assert page.count("<table>") == 2 and "2025 ahead: a corner at a 100%, b 0%, c 0%; " in page


def test_as_many_names_as_marks():
    with pytest.raises(CourseError, match="a series of 2 marks has 1 names"):
        words(lambda ax: charts.name_marks(ax.scatter([1, 2], [1, 2]), ("a",), [("x",)]))


def test_a_chart_is_laid_out_and_drawn_once(shown, monkeypatch):
    counted = {"draw": 0, "layout": 0}
    canvas, engine = matplotlib.backends.backend_agg.FigureCanvasAgg, matplotlib.layout_engine.ConstrainedLayoutEngine
    for name, owner, method in (("draw", canvas, "draw"), ("layout", engine, "execute")):
        def count(self, *rest, name=name, real=getattr(owner, method)):
            counted[name] += 1
            return real(self, *rest)
        monkeypatch.setattr(owner, method, count)
    with plt.rc_context(charts.STYLE):
        publish(chart(scene), "x", SOURCE)
    assert counted == {"draw": 1, "layout": 1}


def test_a_picture_has_few_colours_and_its_main_ones_are_exact():
    pixels = np.full((300, 400, 4), 255, dtype=np.uint8)
    pixels[50:100, :, :3] = 0x23, 0x77, 0xBD
    pixels[120:150, :, :3] = 0xA8, 0x28, 0x1C
    pixels[200, :, :3] = np.linspace(0, 255, 400).astype(np.uint8)[:, None]     # the shades at the edges of letters
    image = publishing.few_colours(pixels)
    drawn = np.asarray(image.convert("RGB")).astype(int)
    assert image.mode == "P" and len(image.getcolors()) <= publishing.COLOURS
    assert tuple(drawn[0, 0]) == (255, 255, 255) and tuple(drawn[60, 9]) == (0x23, 0x77, 0xBD) and tuple(drawn[130, 9]) == (0xA8, 0x28, 0x1C)
    assert np.abs(drawn - pixels[..., :3]).max() <= publishing.APART


@pytest.mark.parametrize("figure", sorted((TOP / "figures").glob("*.png")), ids=lambda path: path.stem)
def test_a_picture_is_small(figure):
    assert figure.stat().st_size <= 40 * 1024, "run: python3 figures"


@pytest.mark.parametrize("lesson", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_lesson_with_its_pictures_is_small(lesson):
    assert lesson.stat().st_size <= 450 * 1024


def test_a_falsified_picture_fails_the_strict_run(monkeypatch, pytestconfig):
    """Where pictures can be compared they are: nbval sees a sign of each, and another picture has another sign."""
    seen = runpy.run_path(str(NOTEBOOKS / "conftest.py"), run_name="conftest")
    pages = [f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}">' for picture in (b"one", b"one", b"another")]
    first, same, other = (seen["PICTURE"].sub(seen["sign_of_picture"], page) for page in pages)
    assert first == same != other and first.startswith('<img src="picture ') and len(first) < 40
    import nbval.plugin

    class Cell:
        def sanitize(self, text):
            return re.sub("data:image/.*", "DATA-URI", text)

    monkeypatch.setattr(nbval.plugin, "IPyNbCell", Cell)
    seen["pytest_configure"](pytestconfig)
    first, same, other = map(Cell().sanitize, pages)
    assert first == same and (first != other) == seen["draws_alike"]()


def test_a_falsified_file_in_figures_fails_the_strict_run(tmp_path, monkeypatch):
    seen = runpy.run_path(str(NOTEBOOKS / "conftest.py"), run_name="conftest")
    check = seen["falsified_figures"]
    kept, drawn = tmp_path / "figures", tmp_path / "drawn"
    monkeypatch.setitem(check.__globals__, "FIGURES", kept)
    for folder, number in ((kept, 30), (drawn, 10)):
        folder.mkdir()
        (folder / "04_officials.svg").write_text(f"<text>{number} were convicted</text>")
        (folder / "04_states.svg").write_text("<text>the same</text>")
    lesson = types.SimpleNamespace(drawn_in=drawn)
    assert check(lesson) == ["figures/04_officials.svg is not what this cell draws. Run: python3 figures"]
    assert check(lesson) == [] == check(types.SimpleNamespace()), "told once, and nothing where nothing is compared"


def test_publish_shows_one_display_with_picture_words_and_values(shown):
    publish(chart(lambda ax: ax.plot(MONTHS, [1, 2, 3, 4.25], label="deaths")), "x", SOURCE, note="How to read it.")
    (bundle,) = shown
    assert set(bundle) == {"text/html", "text/plain"}
    page, text = bundle["text/html"], bundle["text/plain"]
    for part in ("The finding", "4.25", "Customs and Border Protection", "How to read it.", "pounds a month", "rises from 1.00 in January 2020"):
        assert part in page and part in text, part
    assert "2020-04 | 4.25" in text and "<td>April 2020</td>" in page
    assert '<img alt="The finding.' in page and "<td>4.25</td>" in page and 'scope="col"' in page
    assert not plt.get_fignums()


def test_words_from_outside_are_escaped(shown):
    publish(chart(lambda ax: ax.plot([1], [1]), title='A "quoted" <b>title</b>'), "x", SOURCE)
    assert "<b>title" not in shown[0]["text/html"] and 'alt="A &quot;quoted&quot;' in shown[0]["text/html"]


def test_a_chart_without_title_unit_or_source_is_refused(shown):
    for fig, source, says in ((chart(title=""), SOURCE, "no title"), (chart(lambda ax: ax.plot([1, 2]), unit=""), SOURCE, "no unit"),
                              (chart(), pd.DataFrame(), "needs the source"), (chart(), "seizure_monthly", "there is no table")):
        with pytest.raises(CourseError, match=says):
            publish(fig, "x", source)
        plt.close(fig)
    assert not shown


def test_files_are_written_only_when_the_figures_are_made(shown, tmp_path, monkeypatch):
    publish(chart(), "one", SOURCE)
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("TAKEAWAYS_FIGURES", str(tmp_path))
    publish(chart(), "one", SOURCE)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    publish(chart(), "one", SOURCE)
    assert set(first) == {"one.png", "one.svg"} and first == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_long_titles_are_wrapped_and_told_on_one_line(shown):
    title = "A finding that is so long that it would run over the right edge of any slide in any room"
    publish(chart(title=title), "x", SOURCE)
    assert f"Chart: {title}\n" in shown[0]["text/plain"]


def test_a_chart_of_what_a_learner_typed_says_so(shown):
    publish(chart(), "x", publishing.OWN)
    assert all("Your own inputs, from no table." in part and "Source:" not in part for part in shown[0].values())


def test_invented_numbers_are_marked_beside_a_source(shown):
    publish(chart(), "x", [SOURCE, publishing.INVENTED])
    assert all("Invented numbers, to show the method; no data." in part for part in shown[0].values())
    assert "Source: U.S. Customs and Border Protection" in shown[0]["text/plain"]


def test_a_minus_is_a_minus_in_sentences_and_on_charts(shown):
    publishing.say(f"Seizures **{-0.55:+.0%}** in 2013-2018, `-1` in code")
    assert shown[0]["text/plain"] == "Seizures **\N{MINUS SIGN}55%** in 2013-2018, `-1` in code"
    publish(chart(title=f"A fall of {-0.55:+.0%}"), "x", SOURCE)
    assert "A fall of \N{MINUS SIGN}55%" in shown[1]["text/plain"]


def test_the_picture_shown_is_the_picture_written(shown, tmp_path, monkeypatch):
    """The layout is settled once: drawn again, the figure gives the same picture, byte for byte."""
    monkeypatch.setenv("TAKEAWAYS_FIGURES", str(tmp_path))
    publish(chart(), "one", SOURCE)
    embedded = base64.b64decode(re.search("base64,([^\"]+)", shown[0]["text/html"])[1])
    assert embedded == (tmp_path / "one.png").read_bytes()


def test_several_sources_stand_under_the_chart_once(shown):
    publish(chart(), "x", [SOURCE, "overdose_12_months", SOURCE])
    assert shown[0]["text/plain"].count("Customs and Border Protection") == 1 and "CDC/NCHS" in shown[0]["text/plain"]


def test_say_shows_markdown_and_plain_text_alike(shown):
    publishing.say("**1,234**   pounds\n and more")
    assert shown == [{"text/markdown": "**1,234** pounds\nand more", "text/plain": "**1,234** pounds\nand more"}]
