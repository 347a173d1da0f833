"""Publish a chart with its words, and say a sentence whose numbers come from the data."""

import base64
import html
import io
import os
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine, PlaceHolderLayoutEngine
from matplotlib.ticker import AutoLocator, ScalarFormatter
from PIL import Image

from . import tables
from .desk import OwnText
from .errors import CourseError
from .letters import canvas_of
from .prose import true_minus
from .reading import Panel, Series, read_figure
from .refusals import one_sentence, require_figure, require_labels, require_margin, require_places
from .wording import LONG, NOTHING, at, extremes_of, run_of

DPI = 144            # of the picture, and of the layout, so that no label loses a pixel between them
COLOURS, APART = 48, 12   # of a picture: how many colours at most, and how far apart at least (of 255)
LIMIT = 40 * 1024         # bytes of a picture
TITLE_WIDTH = 72     # characters of a title on one line, at 8 inches
SOURCE_WIDTH = 132   # characters of the source line
EDGE = 3             # pixels that stay free right of both: another matplotlib draws the same letters a little wider
TOLD, FEW = 4, 8     # series of a panel that an alternative text tells, and values that a sentence lists
OWN = "own inputs"              # publish(fig, name, OWN): a chart of what a learner typed, drawn from no table
INVENTED = "invented inputs"    # the same of numbers made up to show a method; both can stand in a list beside tables
NOT_FROM_A_TABLE = {OWN: "Your own inputs, from no table.", INVENTED: "Invented numbers, to show the method; no data."}

# JupyterLab shows the first line of a closed output. Let it not be the finding that a learner is asked to predict, nor
# markup: a blank shows as three dots, and `python3 figures` writes the sentence before what is stored closed.
GUARD = " \n"
CLOSED = "Predict first; then click here or press Shift+Enter.\n"

_PUBLISHED = {}   # the charts of this notebook so far, for a brief: name to HTML


def say(sentence: str):
    """Show a sentence with its Markdown; its numbers are computed in the cell that says it. A dollar is a dollar, not
    maths.

    What `recall` brought back is the learner's own text: it is shown as she wrote it (see show_text).
    """
    if isinstance(sentence, OwnText):
        show_text(sentence)
        return
    sentence = true_minus("\n".join(" ".join(line.split()) for line in sentence.strip().split("\n")))
    display({"text/markdown": re.sub(r"(?<!\\)\$", r"\\$", sentence), "text/plain": sentence}, raw=True)


def show_text(text: str):
    """Show a text as it was written: each line, list, star and dollar stays; nothing is read as
    Markdown, HTML or maths.
    """
    text = str(text).encode("utf-8", "replace").decode()
    # In <pre> no program that shows notebooks looks for maths.
    page = f'<pre style="white-space:pre-wrap;font-family:inherit;font-size:inherit">{html.escape(text)}</pre>'
    display({"text/html": page, "text/plain": text}, raw=True)


def publish(fig: Figure, name: str = "", source: pd.DataFrame | str | Sequence = (), note: str = ""):
    """Show a finished chart together with its words, and close it.

    fig: a matplotlib figure whose title says the finding and whose value axis names its unit.
    name: the figure's file name without an ending, such as "01_before_after".
    source: the table it was drawn from (a table, or its name), or a list of several; stands under the chart.
        "own inputs" where it was drawn from what a learner typed, "invented inputs" where numbers were made up to show
        a method; either may stand in the list beside tables.
    note: one sentence on how to read the chart; it stands under it, before the source.

    The output is one display in two forms: a picture with its alternative text and the plotted values as a table,
    and the same words and values as plain text. When `python3 figures` runs the lessons, PNG and SVG are written too.
    Raises CourseError when the chart has no name, no title, no unit, no source, or something that cannot be put into
    words.
    """
    require_figure(fig)
    require_labels(name, note)
    page, text = in_two_forms(fig, name, table_names(source), note)
    plt.close(fig)
    _PUBLISHED[name] = page
    display({"text/html": GUARD + page, "text/plain": text}, raw=True)


def in_two_forms(fig: Figure, name: str, sources: list[str], note: str = "") -> tuple[str, str]:
    """Lay a figure out, read it, draw it once and write its files; return its page and its words and values as plain
    text.

    sources: names as `table_names` gives them. Raises CourseError as `publish` does.
    """
    require_places(fig)
    with one_sentence(fig):
        finish_layout(fig, sources, note)
        settle_layout(fig)      # before it is read: the ticks are those of the picture
        title, panels = read_figure(fig)
        _require_words(title, panels)
        png = picture(fig)
        write_figure(fig, name, png)
    page = figure_html(png, title, panels, caption_html(sources), note)
    return page, figure_text(title, panels, " ".join(filter(None, (note, source_words(sources)))))


def settle_layout(fig: Figure):
    """Let the layout of a finished figure find its place, then keep it: whatever is drawn of it from now on is one
    picture.
    """
    if not isinstance(fig.get_layout_engine(), (ConstrainedLayoutEngine, PlaceHolderLayoutEngine)):
        fig.set_layout_engine("constrained")    # whatever was chosen: only this makes room for title and source
    fig.get_layout_engine().execute(fig)        # which goes round twice by itself
    fig.set_layout_engine("none")


def published() -> dict:
    """Return the charts published in this notebook so far: name to HTML."""
    return _PUBLISHED


def picture(fig: Figure) -> bytes:
    """Draw a figure once and return it as a PNG with a palette: a quarter of the size, the same to the eye."""
    fig.set_dpi(DPI)
    canvas = canvas_of(fig)
    canvas.draw()
    require_margin(np.asarray(canvas.buffer_rgba()))
    image = few_colours(np.asarray(canvas.buffer_rgba()))
    small = _as_png(image, 6)
    # level 9 takes ten times as long, for a tenth of the size
    return small if len(small) <= LIMIT else _as_png(image, 9)


def _as_png(image, level):
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=level)
    return file.getvalue()


def few_colours(pixels: np.ndarray) -> Image.Image:
    """Return pixels (height, width, 4; bytes, as matplotlib draws them) as a picture of few colours, its main ones
    exact.

    A chart has few colours, and their mixtures with white at the edges of letters. The palette takes the most frequent
    first and leaves out what is nearer than APART to one it has; each pixel gets the nearest of the palette.
    """
    # a pixel as one number: red is its lowest byte
    whole = np.ascontiguousarray(pixels).view("<u4")[..., 0].ravel()
    exact, often = np.unique(whole[::17], return_counts=True)
    exact = exact[np.argsort(-often, kind="stable")]
    drawn = np.flatnonzero(whole != exact[0])       # most of a chart is paper: only the rest is looked at
    boxes = _boxes(whole[drawn])
    seen = np.zeros(1 << 18, dtype=bool)
    seen[boxes] = True
    used = np.flatnonzero(seen)
    centres = 4 * _parts(used, (0, 6, 12), 63) + 2
    palette = _spread(np.concatenate([_parts(exact, (0, 8, 16), 255), centres]))
    index = np.zeros(1 << 18, dtype=np.uint8)
    index[used] = ((centres[:, None] - palette) ** 2).sum(axis=2).argmin(axis=1)
    indexed = np.zeros(len(whole), dtype=np.uint8)
    indexed[drawn] = index[boxes]
    image = Image.fromarray(indexed.reshape(pixels.shape[:2]))
    image.putpalette(palette.astype(np.uint8).tobytes())
    return image


def _boxes(whole):
    """For each pixel the number of its box of colours, 64 steps of each part.

    Written in place: memory is what takes time here.
    """
    boxes, part = whole >> 2, whole >> 4
    boxes &= 0x3F
    part &= 0xFC0
    boxes |= part
    np.right_shift(whole, 6, out=part)
    part &= 0x3F000
    boxes |= part
    return boxes.astype(np.intp)


def _parts(numbers, shifts, mask):
    """Red, green and blue of colours that are one number each: rows of three."""
    return np.stack([(numbers >> shift) & mask for shift in shifts], axis=1).astype(int)


def _spread(colours):
    """The first colours of a list (rows of red, green, blue) that are APART from all those before them."""
    chosen, free = [], np.ones(len(colours), dtype=bool)
    while free.any() and len(chosen) < COLOURS:
        chosen.append(colours[free.argmax()])
        free &= np.abs(colours - chosen[-1]).max(axis=1) >= APART
    return np.array(chosen)


def figure_html(png: bytes, title: str, panels: list[Panel], caption: str, note: str = "") -> str:
    """Return the HTML of a published chart: picture, caption, and the chart in words and numbers to open."""
    data = base64.b64encode(png).decode()
    alt = html.escape(alt_text(title, panels, note), quote=True)
    values = "".join(_panel_html(panel) for panel in panels)
    return (f'<figure style="margin:0"><img alt="{alt}" width="760" style="max-width:100%" '
            f'src="data:image/png;base64,{data}">'
            f'<figcaption style="font-size:smaller;opacity:0.8">{caption}</figcaption>'
            f'<details><summary style="font-size:smaller">The chart in words and numbers</summary>'
            f'<p><strong>{html.escape(title)}</strong></p>{values}</details></figure>')


def alt_text(title: str, panels: list[Panel], note: str = "") -> str:
    """Return what a screen reader says of a chart: its finding, its axes, how each series runs,
    what a reader must know.
    """
    words = [_ended(title)]
    for panel in panels:
        words += [_ended(axes_words(panel)), *panel.notes]
        told = [series_words(series) for series in panel.series if series.people and not _is_mark_on_another(panel,
                                                                                                             series)]
        words += told[:TOLD] + [f"And {len(told) - TOLD} more, in the table below."] * (len(told) > TOLD)
    return " ".join([*words, note]).strip()


def figure_text(title: str, panels: list[Panel], after: str) -> str:
    """Return the words of a published chart as plain text, with every value, colour and axis in exact
    words: a test compares it.
    """
    lines = [f"Chart: {title}"]
    for panel in panels:
        lines += [f"[{axes_words(panel)}]", *panel.axes, *panel.notes, *panel.ticks]
        for group in _groups(panel, "columns", "rows"):
            lines += [f"{series_words(series)} ({series.detail})" for series in group]
            columns, rows = _join([_exact_columns(series) for series in group], [series.rows for series in group])
            lines += [" | ".join(columns), *(" | ".join(row) for row in rows)]
        lines += panel.marks
    return "\n".join([*lines, after])


def axes_words(panel: Panel) -> str:
    """Return the title of a panel and what stands at its axes."""
    words = [panel.title] if panel.title else []
    words += [f"{name} axis: {label}" for name, label in (("Vertical", panel.y), ("Horizontal", panel.x)) if label]
    return " ".join([*map(_ended, words[:-1]), *words[-1:]]) or "Axes without names"


def _ended(words):
    return words if words.endswith((".", "?", "!")) else f"{words}."


def series_words(series: Series) -> str:
    """Return a sentence on one series: what is drawn, and how it runs or what its values are."""
    name = f"{series.look[:1].upper()}{series.look[1:]}" + (f", {series.label}" if series.label else "")
    rows, named = series.people or [], series.heads != series.columns
    if named and len(rows) == 1 and len(rows[0]) == 2 and rows[0][0] == series.label:
        return f"{name}: {rows[0][1]}."     # marks that are counted
    if series.heights and series.ordered and not named and len(series.heads) == 2:
        there = [i for i, value in enumerate(series.heights) if np.isfinite(value)]
        places, written = [rows[i][0] for i in there], [rows[i][1] for i in there]
        values = [float(series.heights[i]) for i in there]
        if not values:
            return f"{name}: no value at any of its places."
        return f"{name}: {run_of(places, values, written)}{_gaps(len(rows) - len(there))}."
    if len(rows) <= FEW and rows:
        return f"{name}: {'; '.join(_row_words(series, number) for number in range(len(rows)))}."
    if series.kind == "bars" and len(series.heads) == 2:
        return (f"{name}, {len(rows):,} of them: "
                f"{extremes_of([row[0] for row in rows], series.heights, [row[1] for row in rows])}.")
    if not rows:
        return f"{name}."
    places = [x for x, _ in series.spots] if len(series.spots) == len(rows) and not named else range(len(rows))
    first, *_, last = np.argsort(places, kind="stable")
    return f"{name}: {len(rows):,} in all, from {rows[first][0]} to {rows[last][0]}."


def _gaps(number):
    return f"; no value at {number:,} place{'s' if number > 1 else ''}" if number else ""


def _row_words(series, number):
    """One row of a short series: "New Mexico +49%", "reader A: 0.07 (0.0707 at 26.6)"."""
    row, label = series.people[number], series.written.get(number, "")
    if series.kind == "band" and series.heads != series.columns:
        return "a corner at " + ", ".join(f"{head} {value}" for head, value in zip(series.heads, row))
    if series.heads != series.columns:
        return ", ".join(filter(None, row))
    if set(row) == {NOTHING}:
        return "a gap"
    words = f"{row[1]} {at(row[0])}" if series.kind.endswith("points") else f"{row[0]} {' to '.join(row[1:])}"
    return f"{label} ({words})" if label else words


def _is_mark_on_another(panel, series):
    """Is it a single dot on a line that is told already?"""
    return len(series.rows) == 1 and any(series.spots[0] in other.spots for other in panel.series
                                         if len(other.rows) > 1 and series.spots)


def caption_html(sources: list[str]) -> str:
    """Return the line under a chart: its publishers, with their addresses."""
    links = [f'<a href="{html.escape(address)}">{html.escape(title)}</a>' if address else html.escape(title)
             for title, address in _publishers(sources)]
    words = [f"Data: {'; '.join(links)}."] if links else []
    return " ".join(words + [NOT_FROM_A_TABLE[one] for one in sources if one in NOT_FROM_A_TABLE])


def source_words(sources: list[str]) -> str:
    """Return the source line of a chart: publishers and as-of dates, each once."""
    names, dates = [one for one in sources if one not in NOT_FROM_A_TABLE], {}
    for name in names:
        of_this = dates.setdefault(tables.source_line(name), [])
        if (date := tables.describe(name)["asOfText"]) not in of_this:
            of_this.append(date)
    words = "; ".join(f"{publisher} ({', '.join(of_this)})" for publisher, of_this in dates.items())
    return " ".join(([f"Source: {words}."] if words else [])
                    + [NOT_FROM_A_TABLE[one] for one in sources if one in NOT_FROM_A_TABLE])


def _publishers(sources):
    of_tables = [name for name in sources if name not in NOT_FROM_A_TABLE]
    return list(dict.fromkeys(link for name in of_tables for link in tables.source_links(name)))


def table_names(source: pd.DataFrame | str | Sequence) -> list[str]:
    """Return the names of the tables behind a chart or a fact; own and invented inputs keep their words."""
    several = source if isinstance(source, (list, tuple)) and source else [source]
    found = []
    for one in several:
        name = one if isinstance(one, str) else getattr(one, "attrs", {}).get("table")
        if name is None:
            raise CourseError("publish needs the source of the chart: a table that load() gave, or its name.")
        found.append(name if name in NOT_FROM_A_TABLE else tables.describe(name)["name"])
    return list(dict.fromkeys(found))


def finish_layout(fig: Figure, sources: list[str], note: str = ""):
    """Wrap a long title, write large values with thousands separators, put note and source under the chart."""
    for ax in fig.axes:
        if isinstance(ax.yaxis.get_major_formatter(), ScalarFormatter) and max(map(abs, ax.get_ylim())) >= 1000:
            ax.yaxis.set_major_formatter("{x:,.0f}")
        has_years = 1900 < min(ax.get_xlim()) < max(ax.get_xlim()) < 2100
        if isinstance(ax.xaxis.get_major_locator(), AutoLocator) and has_years:
            ax.xaxis.get_major_locator().set_params(integer=True)   # years have no halves
    for text in _words_drawn(fig):
        text.set_text(true_minus(text.get_text()))
        text.set_parse_math(False)      # a dollar is a dollar
    scale = fig.get_figwidth() / 8
    title = fig.get_suptitle()
    for number, ax in enumerate(fig.axes):
        name = ax.get_title(loc="left")
        if number == 0 and not title:   # the finding: it begins at the left edge of the picture, like the source
            title, name = name, ""
        # Of panels: names, not findings. At a fixed height, or each draw would measure the axes once more for it.
        ax.set_title(name, fontsize=11, fontweight="normal", pad=6, y=1)
    fig.set_dpi(DPI)    # words and layout are measured as they will be drawn
    canvas_of(fig)
    above = fig.suptitle("", x=0.01, ha="left", parse_math=False)
    _write_lines(above, " ".join(true_minus(title).split()), int(TITLE_WIDTH * scale))
    below = fig.supxlabel("", x=0.01, ha="left", fontsize=8, color="#5A5F64", parse_math=False)
    _write_lines(below, f"{note} {source_words(sources)}".strip(), int(SOURCE_WIDTH * scale))


def _write_lines(text, words, characters):
    """Write words in lines of so many characters; of fewer where wide letters would run over the edge."""
    room = text.figure.bbox.width - EDGE
    while True:
        characters = max(1, characters)
        text.set_text(textwrap.fill(words, characters))
        end = text.get_window_extent().x1
        if end <= room or characters == 1:
            return
        characters = min(characters - 1, int(characters * room / end))


def _words_drawn(fig):
    """The texts of a figure but its tick labels, which matplotlib writes itself, with a true minus."""
    yield from fig.texts
    for ax in fig.axes:
        # Private to matplotlib, which hands out the middle title only; the lock pins it, tests/test_charts.py tells.
        yield from (*ax.texts, ax.title, ax._left_title, ax._right_title, ax.xaxis.label, ax.yaxis.label)
        if ax.get_legend() is not None:
            yield from ax.get_legend().get_texts()


def _require_words(title, panels):
    if not title:
        raise CourseError("the chart has no title. Say its finding in a sentence: ax.set_title(...).")
    for panel in panels:
        if not (panel.y or panel.x) and panel.series:
            raise CourseError(f"the chart {title!r} names no unit. Label its value axis: ax.set_ylabel(...).")


def _groups(panel, columns, rows):
    """Series of a panel that share a table: neighbours with the same positions, each position once."""
    groups, last = [], None
    for series in panel.series:
        places = [getattr(series, columns)[0], *(row[0] for row in getattr(series, rows))]
        if groups and places == last and len(set(places)) == len(places):
            groups[-1].append(series)
        else:
            groups.append([series])
        last = places
    return groups


def _exact_columns(series):
    if len(series.columns) == 2:
        return (series.columns[0], f"{series.label or series.columns[1]} ({series.kind})")
    return (series.columns[0], *(f"{series.label}: {column}" if series.label else f"{column} ({series.kind})"
                                 for column in series.columns[1:]))


def _join(columns, rows):
    """Tables that share their first column as one: its columns, its rows."""
    heads = [columns[0][0], *(column for some in columns for column in some[1:])]
    return heads, [[row[0][0], *(part for some in row for part in some[1:])] for row in zip(*rows)]


def _panel_html(panel):
    parts = [_paragraph(" ".join([_ended(axes_words(panel)), *panel.notes]))]
    alone = [series for series in panel.series if series.people and _is_mark_on_another(panel, series)]
    rest = Panel("", "", "", series=[series for series in panel.series if series.people
                                     and not any(series is one for one in alone)])
    for group in _groups(rest, "heads", "people"):
        parts += [_paragraph(series_words(series)) for series in group]
        parts.append(_table_html(group))
    marked = [f"{series.look}: {', '.join(filter(None, _with_label(series, 0)))}" for series in alone]
    if words := panel.ticks + ([f"Marked: {'; '.join(marked)}."] if marked else []) + panel.people:
        parts.append("<ul>" + "".join(f"<li>{html.escape(word)}</li>" for word in words) + "</ul>")
    return "".join(parts)


def _table_html(group):
    """The values of some series as a table; closed, where it is long."""
    heads = [(series.heads[0], *(_head(series, head) for head in series.heads[1:]),
              *(["written beside it"] if series.written else []))
             for series in group]
    rows = [[_with_label(series, number) if series.written else row for number,
             row in enumerate(series.people)] for series in group]
    columns, rows = _join(heads, rows)
    head = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in columns)
    body = "\n".join("<tr>" + "".join(f"<td>{html.escape(value)}</td>" for value in row) + "</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"
    return table if len(rows) <= LONG else f"<details><summary>All {len(rows):,} rows</summary>{table}</details>"


def _head(series, head):
    if not series.label or series.heads != series.columns:
        return head
    return series.label if len(series.heads) == 2 else f"{series.label}: {head}"


def _with_label(series, number):
    """A row for people, and what is written beside its mark."""
    return (*series.people[number], series.written.get(number, ""))


def _paragraph(words):
    return f"<p>{html.escape(words)}</p>"


def write_figure(fig: Figure, name: str, png: bytes):
    """Write a figure as PNG (the picture of the notebook) and SVG where the variable TAKEAWAYS_FIGURES names a
    folder, and nowhere else.
    """
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
    return re.sub(r"\b[mp][0-9a-f]{10}\b", lambda found: f"n{numbers.setdefault(found[0], len(numbers))}",
                  text.getvalue())
