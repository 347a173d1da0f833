"""Charts: their colours, their words read back off the figure, and how they are published."""

import base64
import re

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from takeaways import charts, publishing
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
    "axis of odds": lambda ax, v: (ax.plot([0, 1], [0.1, v / 50]), charts.odds_axis(ax)),
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
        ax.plot([1, 2], [77, 77])[0].set_visible(False)
    assert "77" not in words(hidden)


def test_months_and_names_are_told_as_such():
    told = words(lambda ax: ax.bar(MONTHS, [1, 2, 3, 4], width=20))
    assert "2020-03 | 3" in told
    assert "b | 2" in words(lambda ax: ax.barh(["a", "b"], [1, 2]))


def test_an_artist_that_cannot_be_read_is_an_error():
    with pytest.raises(CourseError, match="Wedge"):
        words(lambda ax: ax.pie([1, 2]))


def test_publish_shows_one_display_with_picture_words_and_values(shown):
    publish(chart(lambda ax: ax.plot(MONTHS, [1, 2, 3, 4.25], label="deaths")), "x", SOURCE, note="How to read it.")
    (bundle,) = shown
    assert set(bundle) == {"text/html", "text/plain"}
    page, text = bundle["text/html"], bundle["text/plain"]
    for part in ("The finding", "2020-04", "4.25", "Customs and Border Protection", "How to read it.", "pounds a month"):
        assert part in page and part in text, part
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
