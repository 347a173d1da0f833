"""Publish a chart with its words, and say a sentence whose numbers come from the data."""

import base64
import html
import io
import os
import re
import textwrap
from pathlib import Path

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.text import Text
from matplotlib.ticker import AutoLocator, ScalarFormatter
from PIL import Image

from . import tables
from .desk import OwnText
from .errors import CourseError
from .prose import true_minus
from .reading import read_figure

DPI = 144            # of the picture, and of the layout, so that no label loses a pixel between them
TITLE_WIDTH = 72     # characters of a title on one line, at 8 inches
SOURCE_WIDTH = 132   # characters of the source line
OWN = "own inputs"              # publish(fig, name, OWN): a chart of what a learner typed, drawn from no table
INVENTED = "invented inputs"    # the same of numbers made up to show a method; both can stand in a list beside tables
NOT_FROM_A_TABLE = {OWN: "Your own inputs, from no table.", INVENTED: "Invented numbers, to show the method; no data."}

# JupyterLab shows the first line of a closed output. Let it not be the finding that a learner is asked to predict, nor markup:
# a blank shows as three dots, and `python3 figures` writes the sentence before what is stored closed.
GUARD = " \n"
CLOSED = "Predict first; then click here or press Shift+Enter.\n"

_PUBLISHED = {}   # the charts of this notebook so far, for a brief: name to HTML


def say(sentence: str):
    """Show a sentence with its Markdown; its numbers are computed in the cell that says it. A dollar is a dollar, not maths.

    What `recall` brought back is the learner's own text: it is shown as she wrote it (see show_text).
    """
    if isinstance(sentence, OwnText):
        show_text(sentence)
        return
    sentence = true_minus("\n".join(" ".join(line.split()) for line in sentence.strip().split("\n")))
    display({"text/markdown": re.sub(r"(?<!\\)\$", r"\\$", sentence), "text/plain": sentence}, raw=True)


def show_text(text: str):
    """Show a text as it was written: each line, list, star and dollar stays; nothing is read as Markdown, HTML or maths."""
    text = str(text).encode("utf-8", "replace").decode()
    # In <pre> no program that shows notebooks looks for maths.
    page = f'<pre style="white-space:pre-wrap;font-family:inherit;font-size:inherit">{html.escape(text)}</pre>'
    display({"text/html": page, "text/plain": text}, raw=True)


def publish(fig, name: str, source, note: str = ""):
    """Show a finished chart together with its words, and close it.

    fig: a matplotlib figure whose title says the finding and whose value axis names its unit.
    name: the figure's file name without an ending, such as "01_before_after".
    source: the table it was drawn from (a table, or its name), or a list of several; stands under the chart.
        "own inputs" where it was drawn from what a learner typed, "invented inputs" where numbers were made up to show a
        method; either may stand in the list beside tables.
    note: one sentence on how to read the chart; it stands under it, before the source.

    The output is one display in two forms: a picture with its alternative text and the plotted values as a table,
    and the same words and values as plain text. When `python3 figures` runs the lessons, PNG and SVG are written too.
    Raises CourseError when the chart has no title, no unit, no source, or something that cannot be put into words.
    """
    sources = table_names(source)
    finish_layout(fig, sources, note)
    title, panels = read_figure(fig)
    _require_words(title, panels)
    settle_layout(fig)
    png = picture(fig)
    page = figure_html(png, title, panels, caption_html(sources), note)
    text = figure_text(title, panels, " ".join(filter(None, (note, source_words(sources)))))
    write_figure(fig, name, png)
    plt.close(fig)
    _PUBLISHED[name] = page
    display({"text/html": GUARD + page, "text/plain": text}, raw=True)


def settle_layout(fig):
    """Let the layout find its place, then keep it: whatever is drawn of this figure from now on is one picture."""
    places = None
    fig.set_dpi(DPI)
    for _ in range(6):
        fig.draw_without_rendering()
        now = [tuple(ax.get_position().bounds) for ax in fig.axes]
        if places and all(abs(a - b) < 1e-4 for old, new in zip(places, now) for a, b in zip(old, new)):
            break
        places = now
    fig.set_layout_engine("none")


def published() -> dict:
    """Return the charts published in this notebook so far: name to HTML."""
    return _PUBLISHED


def picture(fig) -> bytes:
    """Return a figure as a PNG with a palette: a quarter of the size, the same to the eye."""
    full, small = io.BytesIO(), io.BytesIO()
    fig.savefig(full, format="png", dpi=DPI, metadata={"Software": None})
    few_colours = Image.open(full).convert("RGB").quantize(96, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few_colours.save(small, "PNG", optimize=True)
    return small.getvalue()


def figure_html(png: bytes, title: str, panels, caption: str, note: str = "") -> str:
    """Return the HTML of a published chart: picture, caption, and the plotted values to open."""
    data = base64.b64encode(png).decode()
    alt = html.escape(f"{title}. {'; '.join(_axes_words(panel) for panel in panels)}. {note}".strip(), quote=True)
    values = "".join(_panel_html(panel) for panel in panels)
    return (f'<figure style="margin:0"><img alt="{alt}" width="760" style="max-width:100%" src="data:image/png;base64,{data}">'
            f'<figcaption style="font-size:smaller;opacity:0.8">{caption}</figcaption>'
            f'<details><summary style="font-size:smaller">The chart in words and numbers</summary>'
            f'<p><strong>{html.escape(title)}</strong></p>{values}</details></figure>')


def figure_text(title: str, panels, after: str) -> str:
    """Return the words and values of a published chart as plain text."""
    lines = [f"Chart: {title}"]
    for panel in panels:
        lines += [f"[{_axes_words(panel)}]", *panel.ticks]
        for columns, rows in _tables(panel):
            lines += [" | ".join(columns), *(" | ".join(row) for row in rows)]
        lines += panel.marks
    return "\n".join([*lines, after])


def caption_html(sources) -> str:
    """Return the line under a chart: its publishers, with their addresses."""
    links = [f'<a href="{html.escape(address)}">{html.escape(title)}</a>' if address else html.escape(title)
             for title, address in _publishers(sources)]
    words = [f"Data: {'; '.join(links)}."] if links else []
    return " ".join(words + [NOT_FROM_A_TABLE[one] for one in sources if one in NOT_FROM_A_TABLE])


def source_words(sources) -> str:
    """Return the source line of a chart: publishers and as-of dates, each once."""
    names, dates = [one for one in sources if one not in NOT_FROM_A_TABLE], {}
    for name in names:
        of_this = dates.setdefault(tables.source_line(name), [])
        if (date := tables.describe(name)["asOfText"]) not in of_this:
            of_this.append(date)
    words = "; ".join(f"{publisher} ({', '.join(of_this)})" for publisher, of_this in dates.items())
    return " ".join(([f"Source: {words}."] if words else []) + [NOT_FROM_A_TABLE[one] for one in sources if one in NOT_FROM_A_TABLE])


def _publishers(sources):
    of_tables = [name for name in sources if name not in NOT_FROM_A_TABLE]
    return list(dict.fromkeys(link for name in of_tables for link in tables.source_links(name)))


def table_names(source) -> list[str]:
    """Return the names of the tables behind a chart or a fact; own and invented inputs keep their words."""
    several = source if isinstance(source, (list, tuple)) else [source]
    found = []
    for one in several:
        name = one if isinstance(one, str) else getattr(one, "attrs", {}).get("table")
        if name is None:
            raise CourseError("publish needs the source of the chart: a table that load() gave, or its name.")
        found.append(name if name in NOT_FROM_A_TABLE else tables.describe(name)["name"])
    return list(dict.fromkeys(found))


def finish_layout(fig, sources, note: str = ""):
    """Wrap a long title, write large values with thousands separators, put note and source under the chart."""
    for ax in fig.axes:
        if isinstance(ax.yaxis.get_major_formatter(), ScalarFormatter) and max(map(abs, ax.get_ylim())) >= 1000:
            ax.yaxis.set_major_formatter("{x:,.0f}")
        if isinstance(ax.xaxis.get_major_locator(), AutoLocator) and 1900 < min(ax.get_xlim()) < max(ax.get_xlim()) < 2100:
            ax.xaxis.get_major_locator().set_params(integer=True)   # years have no halves
    for text in fig.findobj(Text):
        text.set_text(true_minus(text.get_text()))
    scale = fig.get_figwidth() / 8
    title = fig.get_suptitle()
    for number, ax in enumerate(fig.axes):
        name = ax.get_title(loc="left")
        if number == 0 and not title:   # the finding: it begins at the left edge of the picture, like the source
            title, name = name, ""
        ax.set_title(name, fontsize=11, fontweight="normal", pad=6)   # of panels: names, not findings
    fig.suptitle(textwrap.fill(" ".join(true_minus(title).split()), int(TITLE_WIDTH * scale)), x=0.01, ha="left")
    below = textwrap.fill(f"{note} {source_words(sources)}".strip(), int(SOURCE_WIDTH * scale))
    fig.supxlabel(below, x=0.01, ha="left", fontsize=8, color="#5A5F64")


def _require_words(title, panels):
    if not title:
        raise CourseError("the chart has no title. Say its finding in a sentence: ax.set_title(...).")
    for panel in panels:
        if not (panel.y or panel.x) and panel.series:
            raise CourseError(f"the chart {title!r} names no unit. Label its value axis: ax.set_ylabel(...).")


def _axes_words(panel):
    words = [panel.title] if panel.title else []
    if panel.y:
        words.append(f"up: {panel.y}")
    if panel.x:
        words.append(f"across: {panel.x}")
    return ", ".join(words) or "axes without names"


def _tables(panel):
    """The series of a panel as tables of text; neighbours with the same positions share one table."""
    groups = []
    for series in panel.series:
        places = [row[0] for row in series.rows]
        unique = len(set(places)) == len(places)
        if groups and unique and groups[-1][0] == places:
            groups[-1][1].append(series)
        else:
            groups.append((places if unique else None, [series]))
    return [_join(group) for _, group in groups]


def _join(group):
    columns = [group[0].columns[0]]
    for series in group:
        values = [f"{series.label} ({series.kind})" if series.label else f"{column} ({series.kind})"
                  for column in series.columns[1:]]
        if len(values) > 1 and series.label:
            values = [f"{series.label}: {column}" for column in series.columns[1:]]
        columns += values
    rows = [[part for i, series in enumerate(group) for part in series.rows[r][0 if i == 0 else 1:]]
            for r in range(len(group[0].rows))]
    return columns, rows


def _panel_html(panel):
    parts = [f"<p>{html.escape(_axes_words(panel))}</p>"]
    for columns, rows in _tables(panel):
        head = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in columns)
        body = "\n".join("<tr>" + "".join(f"<td>{html.escape(value)}</td>" for value in row) + "</tr>" for row in rows)
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>")
    if words := panel.ticks + panel.marks:
        parts.append("<ul>" + "".join(f"<li>{html.escape(word)}</li>" for word in words) + "</ul>")
    return "".join(parts)


def write_figure(fig, name: str, png: bytes):
    """Write a figure as PNG (the picture of the notebook) and SVG where the variable TAKEAWAYS_FIGURES names a folder, and nowhere else."""
    if not os.environ.get("TAKEAWAYS_FIGURES"):
        return
    folder = Path(os.environ["TAKEAWAYS_FIGURES"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.png").write_bytes(png)
    (folder / f"{name}.svg").write_text(_drawing(fig), encoding="utf-8", newline="\n")


def _drawing(fig):
    """A figure as SVG whose names inside are numbered in order: matplotlib's own can differ from run to run."""
    text = io.StringIO()
    fig.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    numbers = {}
    return re.sub(r"\b[mp][0-9a-f]{10}\b", lambda found: f"n{numbers.setdefault(found[0], len(numbers))}", text.getvalue())
