"""Read a finished matplotlib figure back: its words, and every value that it draws.

What a chart says to a screen reader, to a curious student and to a regression test is read off the figure itself,
never off a table passed by hand that may drift from the picture. An artist that cannot be read is an error, not a silence.
"""

from dataclasses import dataclass, field

import matplotlib.dates as mdates
import numpy as np
from matplotlib.category import StrCategoryConverter
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.container import BarContainer
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, ScalarFormatter

from .errors import CourseError


@dataclass
class Series:
    """Values drawn together: `rows` are tuples of text, the first of each being the position."""

    label: str
    kind: str
    columns: tuple
    rows: list


@dataclass
class Panel:
    """One pair of axes: its words, its series, and the single marks on it."""

    title: str
    x: str
    y: str
    ticks: list = field(default_factory=list)    # words on the axes: names, groups, legend entries
    series: list = field(default_factory=list)
    marks: list = field(default_factory=list)    # sentences: lines, shaded spans, labels


def read_figure(fig) -> tuple[str, list[Panel]]:
    """Return the title of a figure (its finding) and what each of its panels draws.

    The title is the figure's suptitle or, where there is none, the title of the first panel.
    Raises CourseError for an artist of a kind that cannot be read.
    """
    panels = [read_panel(ax) for ax in fig.axes if ax.get_visible()]
    title = fig.get_suptitle() or next((panel.title for panel in panels), "")
    if len(panels) == 1 and not fig.get_suptitle():
        panels[0].title = ""
    for text in fig.texts:
        if text.get_visible() and text not in (fig._suptitle, fig._supxlabel, fig._supylabel) and text.get_text():
            panels[-1].marks.append(f'written: "{_one_line(text.get_text())}"')
    return _one_line(title), panels


def read_panel(ax) -> Panel:
    """Return what one pair of axes draws."""
    panel = Panel(*(_one_line(text) for text in (ax.get_title(loc="left") or ax.get_title(), ax.get_xlabel(), ax.get_ylabel())))
    panel.ticks = _axis_words(ax)
    in_bars, tops = set(), {}
    for bars in ax.containers:
        if isinstance(bars, BarContainer):
            panel.series.append(_read_bars(ax, bars, tops))
            in_bars.update(map(id, bars.patches))
    for artist in (*ax.lines, *ax.collections, *ax.patches, *ax.images):
        if artist.get_visible() and id(artist) not in in_bars:
            _read_artist(ax, artist, panel)
    for text in ax.texts:
        if text.get_visible() and text.get_text().strip():
            panel.marks.append(f'written at {_spot(ax, text)}: "{_one_line(text.get_text())}"')
    return panel


def _read_artist(ax, artist, panel):
    if artist in ax.lines:
        _read_line(ax, artist, panel)
    elif isinstance(artist, PathCollection):
        panel.series.append(_read_points(ax, artist))
    elif isinstance(artist, LineCollection):
        _read_segments(ax, artist, panel)
    elif isinstance(artist, PolyCollection):
        _read_areas(ax, artist, panel)
    elif isinstance(artist, Rectangle):
        _read_span(ax, artist, panel)
    else:
        raise CourseError(f"a chart with a {type(artist).__name__} cannot be put into words yet. "
                          "Draw it with lines, bars, points, levels or filled areas, or teach takeaways/reading.py to read it.")


def _read_line(ax, line, panel):
    xs, ys = line.get_xdata(orig=False), line.get_ydata(orig=False)
    if line.get_transform() == ax.get_xaxis_transform(which="grid"):
        panel.marks.append(f"vertical line at {_say(ax.xaxis, xs[0])}")
    elif line.get_transform() == ax.get_yaxis_transform(which="grid"):
        panel.marks.append(f"level at {_say(ax.yaxis, ys[0])}")
    else:
        kind = "line" if line.get_linestyle() not in ("None", "", " ") else _dots(line.get_markerfacecolor())
        rows = [(_say(ax.xaxis, x), _say(ax.yaxis, y)) for x, y in zip(xs, ys)]
        panel.series.append(Series(_name(line), kind, (_x_name(ax), _y_name(ax)), rows))


def _read_points(ax, points):
    faces = points.get_facecolor()
    kind = _dots(faces[0] if len(faces) else "none")
    columns, extra = (_x_name(ax), _y_name(ax)), ()
    if points.get_array() is not None:
        columns, extra = (*columns, "value"), points.get_array()
    rows = [(_say(ax.xaxis, x), _say(ax.yaxis, y), *( [_number(extra[i])] if len(extra) else [] ))
            for i, (x, y) in enumerate(np.ma.filled(points.get_offsets(), np.nan))]
    return Series(_name(points), kind, columns, rows)


def _read_bars(ax, bars, tops):
    """Bars as position and length; stacked ones too (each begins where the one before ended), floating ones from and to."""
    upright = bars.orientation != "horizontal"
    along, across = (ax.xaxis, ax.yaxis) if upright else (ax.yaxis, ax.xaxis)
    boxes = [(b.get_x(), b.get_width(), b.get_y(), b.get_height()) if upright
             else (b.get_y(), b.get_height(), b.get_x(), b.get_width()) for b in bars.patches]
    touching = len(boxes) > 1 and _is_number(along) and all(
        abs(a[0] + a[1] - b[0]) < 1e-9 * max(1, abs(b[0])) for a, b in zip(boxes, boxes[1:]))
    floating = any(abs(start - tops.get(place, 0)) > 1e-9 for place, _, start, _ in boxes)
    tops.update({place: start + length for place, _, start, length in boxes})
    rows = []
    for place, width, start, length in boxes:
        where = f"{_say(along, place)} to {_say(along, place + width)}" if touching else _say(along, place + width / 2)
        rows.append((where, *((_say(across, start), _say(across, start + length)) if floating else (_say(across, length),))))
    position, value = (_x_name(ax), _y_name(ax)) if upright else (_y_name(ax), _x_name(ax))
    columns = (position, f"{value}: from", "to") if floating else (position, value)
    return Series(_name(bars), "bars", columns, rows)


def _read_segments(ax, lines, panel):
    """hlines and vlines (levels with a beginning and an end), and the error bars of a chart."""
    for segment in lines.get_segments():
        (x0, y0), (x1, y1) = segment[0], segment[-1]
        name = _name(lines) or "segment"
        panel.marks.append(f"{name} from ({_say(ax.xaxis, x0)}, {_say(ax.yaxis, y0)}) to ({_say(ax.xaxis, x1)}, {_say(ax.yaxis, y1)})")


def _read_areas(ax, areas, panel):
    """fill_between (one polygon: a band) and cells coloured by a value (one polygon a value)."""
    if areas.get_array() is not None:
        rows = [(_say(ax.xaxis, path.vertices[:-1, 0].mean()), _say(ax.yaxis, path.vertices[:-1, 1].mean()), _number(value))
                for path, value in zip(areas.get_paths(), areas.get_array())]
        panel.series.append(Series(_name(areas), "cells", (_x_name(ax), _y_name(ax), "value"), rows))
        return
    rows = []
    for path in areas.get_paths():
        corners = path.vertices[np.isfinite(path.vertices).all(axis=1)]
        for x in dict.fromkeys(corners[:, 0]):
            heights = corners[corners[:, 0] == x, 1]
            rows.append((_say(ax.xaxis, x), _say(ax.yaxis, heights.min()), _say(ax.yaxis, heights.max())))
    panel.series.append(Series(_name(areas), "band", (_x_name(ax), f"{_y_name(ax)}: from", "to"), rows))


def _read_span(ax, box, panel):
    left, right = _say(ax.xaxis, box.get_x()), _say(ax.xaxis, box.get_x() + box.get_width())
    if box.get_data_transform() == ax.get_xaxis_transform(which="grid"):
        panel.marks.append(f"shaded from {left} to {right}")
    else:
        low, high = _say(ax.yaxis, box.get_y()), _say(ax.yaxis, box.get_y() + box.get_height())
        panel.marks.append(f"box from ({left}, {low}) to ({right}, {high})")


def _dots(face):
    red, green, blue, opacity = to_rgba(face)
    return "hollow points" if opacity == 0 or red == green == blue == 1 else "points"


def _name(artist):
    label = str(artist.get_label())
    return "" if label.startswith("_") else _one_line(label)


def _x_name(ax):
    return _one_line(ax.get_xlabel()) or ("date" if not _is_number(ax.xaxis) else "x")


def _y_name(ax):
    return _one_line(ax.get_ylabel()) or "y"


def _axis_words(ax):
    """Names written on an axis, groups in a legend, and a scale that is not the plain one."""
    words = []
    for name, axis in (("across", ax.xaxis), ("up", ax.yaxis)):
        if axis.get_scale() != "linear":
            words.append(f"{name}: {axis.get_scale()} scale")
        if _fixed(axis):
            words.append(f"{name}: " + ", ".join(_fixed(axis).values()))
    legend = ax.get_legend()
    if legend is not None:
        words.append("legend: " + ", ".join(text.get_text() for text in legend.get_texts()))
    return words


def _fixed(axis):
    """Ticks that were given names by hand: position to name."""
    locator, formatter = axis.get_major_locator(), axis.get_major_formatter()
    if isinstance(locator, FixedLocator) and not isinstance(formatter, (ScalarFormatter, mdates.DateFormatter)):
        return {float(place): _one_line(name) for place, name in zip(locator.locs, formatter.format_ticks(locator.locs))}
    return {}


def _is_number(axis):
    return not isinstance(axis.get_converter(), (mdates.DateConverter, mdates._SwitchableDateConverter, StrCategoryConverter))


def _say(axis, value):
    """A position on an axis in words: a month, a day, a name or a number."""
    converter = axis.get_converter()
    if value is None or not np.isfinite(float(value)):
        return "no value"
    if isinstance(converter, (mdates.DateConverter, mdates._SwitchableDateConverter)):
        day = mdates.num2date(float(value))
        return f"{day:%Y-%m}" if day.day == 1 else f"{day:%Y-%m-%d}"
    if isinstance(converter, StrCategoryConverter):
        names = {place: name for name, place in axis.units._mapping.items()}
        return names.get(round(float(value)), _number(value))
    return _fixed(axis).get(float(value), _number(value))


def _number(value):
    value = float(value)
    if not np.isfinite(value):
        return "no value"
    if value == round(value) or abs(value) >= 1e6:
        return f"{value:.0f}"
    return f"{value:.6g}"


def _spot(ax, text):
    """Where a label points to, in the chart's own values where it is placed by them."""
    x, y = getattr(text, "xy", text.get_position())
    how = getattr(text, "xycoords", None) or text.get_transform()
    if how == "data" or how == ax.transData:
        return f"({_say(ax.xaxis, ax.convert_xunits(x))}, {_say(ax.yaxis, ax.convert_yunits(y))})"
    if how == ax.get_xaxis_transform():
        return _say(ax.xaxis, ax.convert_xunits(x))
    if how == ax.get_yaxis_transform():
        return _say(ax.yaxis, ax.convert_yunits(y))
    return "the margin"


def _one_line(text):
    return " ".join(str(text).split())
