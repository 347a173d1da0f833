"""What a learner may draw with the course's `publish`: right words, or one sentence that says what to do."""
import base64
import re
import warnings

import matplotlib
import numpy as np
import pandas as pd
import pytest

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from takeaways import charts, publishing  # noqa: E402
from takeaways.errors import CourseError  # noqa: E402
from takeaways.tables import load  # noqa: E402

MONTHS = pd.date_range("2020-01", periods=4, freq="MS")
STEPS = pd.Series([1, 2, 8, 4], pd.period_range("2020-01", periods=4, freq="M"))
LONG = "a label that goes on and on " * 9


@pytest.fixture
def published(monkeypatch):
    """Draws on new axes in the course's style and publishes; gives the alternative text, and the page."""
    seen = []
    monkeypatch.setattr(publishing, "display", lambda bundle, raw: seen.append(bundle))
    monkeypatch.delenv("TAKEAWAYS_FIGURES", raising=False)

    def draw_and_publish(draw, title="The finding", unit="pounds", **how):
        with matplotlib.rc_context():
            charts.use_style()
            fig, ax = plt.subplots(**how)
            draw(ax)
            ax.set(title=title, ylabel=unit)
            with warnings.catch_warnings():
                warnings.simplefilter("error")      # a warning stands red under a learner's cell
                publishing.publish(fig, "x", "seizures_monthly")
        return re.search('alt="([^"]*)"', seen[-1]["text/html"])[1], seen[-1]["text/html"]
    yield draw_and_publish
    plt.close("all")


def officials(ax):
    charts.draw_people(ax, load("officials_cases")["outcome"].value_counts(), ["black", "grey", "white", "white", "white"])


def grouped(ax):
    for place, values in ((-0.2, [1, 2]), (0.2, [3, 1])):
        ax.bar(np.arange(2) + place, values, 0.4)
    ax.set_xticks(range(2), ["north", "south"])


# What is drawn, and words that must stand in what is told of it.
TOLD = {
    "bars on a log axis": (lambda ax: (ax.bar(list("ab"), [1, 300]), ax.set_yscale("log")), "equal steps are equal factors. Blue bars: a 1; b 300."),
    "small and large on a log axis": (lambda ax: (ax.plot([1, 2], [0.004, 5000]), ax.set_yscale("log")), "rises from 0.004 at 1 to 5,000 at 2"),
    "an empty bin on a log axis": (lambda ax: (ax.hist([1, 1, 3], bins=[1, 2, 3, 4]), ax.set_yscale("log")), "1 to 2 2; 2 to 3 0; 3 to 4 1"),
    "officials on a log axis": (lambda ax: (officials(ax), ax.set_xscale("log")), "The horizontal axis has a logarithmic scale"),
    "symlog": (lambda ax: (ax.plot([1, 2], [-1, 500]), ax.set_yscale("symlog")), "symmetrical logarithmic scale"),
    "a scale of its own": (lambda ax: (ax.plot([1, 2], [1, 500]), ax.set_yscale("asinh")), "equal steps are not equal amounts"),
    "one category": (lambda ax: ax.bar(["only"], [3]), "Blue bars: only 3."),
    "months reversed": (lambda ax: (ax.bar(MONTHS, [1, 2, 3, 4], 20), ax.invert_xaxis()), "is at the left, "),
    "upside down": (lambda ax: (ax.plot(MONTHS, [0, 2, 3, 5]), ax.set_ylim(5, 0)), "axis runs backwards: 5 is at the bottom, 0 at the top. Blue"),
    "months by pandas": (lambda ax: (STEPS.plot(ax=ax), charts.mark_event(ax, "2020-02", "law")), "from 1 in January 2020 to 8 in March 2020"),
    "hours": (lambda ax: ax.plot(pd.date_range("2020-01-01", periods=3, freq="h"), [1, 2, 3]), "1 January 2020, 02:00"),
    "names in groups": (grouped, "Blue bars: north 1; south 2. Orange bars: north 3; south 1."),
    "a line along names": (lambda ax: ax.plot([0, 1], [1, 2]) and ax.set_xticks([0, 1], ["a", "b"]), "Blue line: a 1; b 2."),
    "a line along years": (lambda ax: ax.plot([0, 1], [1, 2]) and ax.set_xticks([0, 1], ["2019", "2020"]), "rises from 1 in 2019"),
    "error bars": (lambda ax: ax.errorbar(list("ab"), [1, 2], yerr=0.5, capsize=3), "Blue line: 1 at a; 2 at b.|Blue line: a 1; b 2."),
    "nothing but gaps": (lambda ax: ax.plot([1, 2], [np.nan] * 2), "no value at any of its places"),
    "one gap": (lambda ax: ax.plot([1, 2, 3], [1, np.nan, 3]), "no value at 1 place."),
    "a band with a gap": (lambda ax: ax.broken_barh([(1, 2), (5, 1)], (0, 1)), "3 0 to 1; a gap; 5 0 to 1"),
    "nothing at all": (lambda ax: None, "Nothing is drawn here."),
    "tiny values": (lambda ax: ax.plot([1, 2], [2e-7, 4e-7]), "rises from 0.0000002 at 1 to 0.0000004 at 2"),
    "ten thousand points": (lambda ax: ax.scatter(np.arange(1e4)[::-1], np.arange(1e4) % 7), "10,000 in all, from 0 to 9,999"),
    "dots by value": (lambda ax: ax.scatter([1, 2], [1, 2], c=[5, 6]), "Dots coloured by their value: 1 at 1; 2 at 2."),
    "an invisible line": (lambda ax: ax.plot([1, 2], alpha=0), "Invisible line"),
    "a line without width": (lambda ax: ax.plot([1, 2], linewidth=0), "Invisible line"),
    "hollow bars": (lambda ax: ax.bar(list("ab"), [1, 2], facecolor="none", edgecolor="black"), "Hollow black bars"),
    "faint bars": (lambda ax: ax.bar(list("ab"), [1, 2], alpha=0.2), "Faint blue bars"),
    "a formatter for ticks alone": (lambda ax: (ax.plot([1, 2]), ax.yaxis.set_major_formatter(lambda value, tick: "abcdefghijklm"[tick])), "from 1 at 0 to 2 at 1"),
}


@pytest.mark.parametrize("what", TOLD)
def test_what_is_drawn_is_told(published, what):
    draw, words = TOLD[what]
    told, _ = published(draw)
    assert any(some in told for some in words.split("|")), told


SENTENCE = re.compile(r"[^\n]{40,330}\.")      # one paragraph, short
REFUSED = {
    "officials, rows on a log axis": (lambda ax: (officials(ax), ax.set_yscale("log")), "no place for zero"),
    "zero on a log axis": (lambda ax: (ax.plot([1, 2], [0, 5]), ax.set_yscale("log")), r"1 of 2 values .*ax\.set_yscale\(.symlog"),
    "a level on a log axis": (lambda ax: (ax.plot([1, 2], [1, 5]), ax.axhline(-1), ax.set_yscale("log")), "2 of 4 values"),
    "names on a log axis": (lambda ax: (ax.barh(list("ab"), [1, 5]), ax.set_yscale("log")), "1 of 2 values"),
    "pounds on a logit axis": (lambda ax: (ax.plot([1, 2], [0.5, 5]), ax.set_yscale("logit")), "between 0 and 1"),
    "months by pandas in its own way": (lambda ax: STEPS.plot(ax=ax, x_compat=False), "x_compat=True"),
    "twin axes": (lambda ax: (ax.plot([1, 2]), ax.twinx().plot([2, 1])), "a panel of its own"),
    "a pie": (lambda ax: ax.pie([1, 2]), "a pie .* as bars"),
    "an image": (lambda ax: ax.imshow([[1, 2]]), "an image .* as bars"),
    "a box plot": (lambda ax: ax.boxplot([1, 2, 9]), r"a box plot .* ax\.hist"),
    "violins": (lambda ax: ax.violinplot([1, 2, 9]), r"no band .* ax\.hist"),
    "an area in steps": (lambda ax: ax.fill_between([1, 2, 3], [1, 2, 3], step="post"), "without step="),
    "a circle": (lambda ax: ax.add_patch(plt.Circle((0, 0), 1)), "what matplotlib calls Circle"),
    "letters that are not there": (lambda ax: ax.text(0, 0, "\N{PARTY POPPER}"), r"have no \N{PARTY POPPER}: an empty box"),
    "labels as long as the picture": (lambda ax: ax.barh([LONG, LONG + "b"], [1, 2]), "Shorten or wrap"),
    "a legend over the edge": (lambda ax: (ax.plot([1, 2], label="x" * 200), ax.legend(loc="center")), "Shorten or wrap"),
    "a note over the edge": (lambda ax: (ax.plot([1, 2]), ax.figure.text(0.5, 0.5, "x" * 200)), "over the edge"),
    "a place that is no number": (lambda ax: (ax.plot(MONTHS, [1, 2, 3, 4]), ax.annotate("x", ("2020-02-01", 2))), "matplotlib cannot draw"),
    "a formatter that fails": (lambda ax: ax.yaxis.set_major_formatter(lambda value: "x"), "matplotlib cannot draw"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_told_or_drawn_is_one_sentence(published, what):
    draw, words = REFUSED[what]
    with pytest.raises(CourseError) as refusal:
        published(draw)
    assert re.search(words, str(refusal.value)) and SENTENCE.fullmatch(str(refusal.value)), refusal.value


@pytest.mark.parametrize("size", [(500, 500), (0.5, 0.5)])
def test_a_figure_of_no_use_is_refused_and_closed(published, size):
    """Left open, a notebook would draw it after the cell: one of 500 inches takes all memory."""
    with pytest.raises(CourseError, match=r"plt\.subplots\(figsize=\(8, 4\.4\)\)"):
        published(lambda ax: ax.plot([1, 2]), figsize=size)
    assert not plt.get_fignums()


def test_what_can_be_drawn_but_not_told_stays_open_to_be_seen(published):
    with pytest.raises(CourseError, match="a pie"):
        published(lambda ax: ax.pie([1, 2]))
    assert plt.get_fignums()


def test_what_is_no_figure_is_told():
    fig, ax = plt.subplots()
    for thing, words in ((ax, "got Axes"), (None, "got NoneType"), (plt, "got module"), (plt.figure(), "is empty")):
        with pytest.raises(CourseError, match=words):
            publishing.publish(thing, "x", "seizures_monthly")
    plt.close("all")


@pytest.mark.parametrize("more, words", [
    ((), "needs a name for the chart"), (("", "seizures_monthly"), "needs a name"), ((None, "seizures_monthly"), "needs a name"),
    (("../x", "seizures_monthly"), "needs a name"), (("a/b", "seizures_monthly"), "needs a name"), ((3, "seizures_monthly"), "needs a name"),
    (("x",), "needs the source"), (("x", []), "needs the source"), (("x", None), "needs the source"), (("x", ()), "needs the source"),
    (("x", ""), "there is no table"), (("x", "seizures_monthly", 3), "the note of a chart is a sentence in quotation marks, not int"),
    (("x", "seizures_monthly", None), "not NoneType")], ids=str)
def test_a_name_and_a_source_that_lack_or_will_not_do_are_told(more, words):
    fig, ax = plt.subplots()
    ax.plot([1, 2])
    with pytest.raises(CourseError, match=words) as refusal:
        publishing.publish(fig, *more)
    assert SENTENCE.fullmatch(str(refusal.value)), refusal.value
    plt.close("all")


def test_a_dollar_is_a_dollar(published):
    """As in `say`: between two of them matplotlib would write mathematics, without the dollars."""
    def drawn(text):
        return published(lambda ax: ax.annotate(text, (0.5, 0.5)), title=text, unit=text)[1]

    def picture(page):
        return base64.b64decode(re.search('base64,([^"]+)', page)[1])
    assert picture(drawn("$5 to $6")) != picture(drawn("5to6"))
    assert "A $" in drawn(r"A $\frac{1}{$ of it")


def test_a_label_that_matplotlib_leaves_out_is_not_told(published):
    def draw(ax):
        ax.plot([1, 2])
        ax.annotate("left out", (9, 9))
        ax.annotate("shown", (9, 9), annotation_clip=False, xytext=(0.5, 1.5), textcoords="data")
        ax.set(xlim=(0, 1), ylim=(1, 2))
    page = published(draw)[1]
    assert "left out" not in page and "shown" in page


@pytest.mark.parametrize("layout", ["none", "tight", "compressed", None])
def test_whatever_layout_was_chosen_title_and_source_have_room(published, layout):
    _, page = published(lambda ax: ax.plot([1, 2]), layout=layout)
    assert page == published(lambda ax: ax.plot([1, 2]))[1]
