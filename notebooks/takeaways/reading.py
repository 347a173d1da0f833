"""Read a finished matplotlib figure back: its words, every value that it draws, and how it draws them.

What a chart says to a screen reader, to a curious student and to a regression test is read off the figure itself,
never off a table passed by hand that may drift from the picture. What cannot be read is an error, not a silence.
A helper that draws by position (a lane, a row of squares) may give its marks their names: see `charts.name_marks`.
"""

import re
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgba
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import AxLine
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator, NullLocator

from . import wording
from .errors import CourseError
from .refusals import PANELS, cannot, floats
from .wording import exact, for_people, one_line

AREAS = ("PolyCollection", "FillBetweenPolyCollection")    # what fill_between draws: before matplotlib 3.10, and since


@dataclass
class Series:
    """Values drawn together, in exact words and in words for people; a row of either is a tuple of
    text, its position first.
    """

    label: str
    kind: str               # line, points, hollow points, bars, band, cells
    look: str               # colours by their meaning, marks, stroke
    detail: str             # the same as numbers: colours as #rrggbb, widths, sizes
    columns: tuple
    rows: list
    people: list = None     # the same rows for people; their columns are `heads`
    heads: tuple = None
    spots: list = field(default_factory=list)      # where each row is drawn: (x, y)
    heights: list = field(default_factory=list)    # the value of each row, or nothing where it has no single one
    ordered: bool = False                          # does it run along an axis of dates or numbers?
    written: dict = field(default_factory=dict)    # number of a row: what is written beside it
    patches: list = field(default_factory=list)    # the bars themselves, one a row


@dataclass
class Panel:
    """One pair of axes: its words, its series, and the single marks on it."""

    title: str
    x: str
    y: str
    axes: list = field(default_factory=list)     # how far each axis goes, its scale, its tick labels
    ticks: list = field(default_factory=list)    # names on the axes and in the legend
    series: list = field(default_factory=list)
    marks: list = field(default_factory=list)    # sentences in exact words: lines, shaded spans, labels, arrows
    people: list = field(default_factory=list)   # the same for people, without what the table says already
    # what a reader must know: an axis that does not begin at zero, a scale of factors
    notes: list = field(default_factory=list)


def read_figure(fig: Figure) -> tuple[str, list[Panel]]:
    """Return the title of a figure (its finding) and what each of its panels draws.

    The title is the figure's suptitle or, where there is none, the title of the first panel.
    Raises CourseError for an artist of a kind that cannot be read.
    """
    for what, some in (("a legend of the whole figure", fig.legends), ("a picture", fig.images),
                       ("a shape outside its axes", fig.patches),
                       ("a line outside its axes", fig.lines), ("a box outside its axes", fig.artists),
                       ("figures within it", fig.subfigs)):
        if any(artist.get_visible() for artist in some):
            raise cannot(what)
    panels = [read_panel(ax) for ax in fig.axes if ax.get_visible()]
    title = fig.get_suptitle() or next((panel.title for panel in panels), "")
    if len(panels) == 1 and not fig.get_suptitle():
        panels[0].title = ""
    for text in fig.texts:
        # The titles of a figure as objects are private to matplotlib; the lock pins them, tests/test_charts.py tells.
        if text.get_visible() and text not in (fig._suptitle, fig._supxlabel) and text.get_text():
            panels[-1].marks.append(f'written: "{one_line(text.get_text())}"')
            panels[-1].people.append(f'Written: "{one_line(text.get_text())}"')
    return one_line(title), panels


def read_panel(ax: Axes) -> Panel:
    """Return what one pair of axes draws."""
    _refuse(ax)
    panel = Panel(*(one_line(text) for text in (ax.get_title(loc="left") or ax.get_title(), ax.get_xlabel(),
                                                ax.get_ylabel())))
    for other in {ax.get_title(loc=where) for where in ("center", "right")} - {"", ax.get_title(loc="left")}:
        if one_line(other) != panel.title:
            _tell(panel, f'second title: "{one_line(other)}"', f'A second title: "{one_line(other)}"')
    in_bars, tops = set(), {}
    caps = {id(cap) for bars in ax.containers if isinstance(bars, ErrorbarContainer) for cap in bars.lines[1]}
    for bars in ax.containers:
        if isinstance(bars, BarContainer):
            in_bars.update(map(id, bars.patches))
            if shown := [bar for bar in bars.patches if bar.axes and bar.get_visible()]:
                panel.series.append(_read_bars(ax, bars, shown, tops))
    for artist in (*ax.lines, *ax.collections, *ax.patches, *ax.images):
        if artist.get_visible() and id(artist) not in in_bars:
            _read_artist(ax, artist, panel)
            if id(artist) in caps:
                panel.series[-1].people, panel.series[-1].ordered = [], False   # ends of error bars, told with them
    for text in ax.texts:
        if text.get_visible() and not _is_cut(ax, text):
            _read_text(ax, text, panel)
    _read_axes(ax, panel)
    if not any(series.rows for series in panel.series) and not panel.marks:
        panel.notes.append("Nothing is drawn here.")
    panel.people = _together(panel.people)
    return panel


# --- what is refused -----------------------------------------------------------------------------------------------

def _refuse(ax):
    """What would be drawn and not told: better an error."""
    twins = [other for other in ax.figure.axes if other is not ax and other.get_visible() and (
        ax in other.get_shared_x_axes().get_siblings(other) or ax in other.get_shared_y_axes().get_siblings(other))
        and np.allclose(other.get_position(original=True).bounds, ax.get_position(original=True).bounds)]
    for what, instead, found in (
            ("an inset or a second axis", PANELS, ax.child_axes), ("two axes over one another", PANELS, twins),
            ("a table in it", "Show the table in a cell of its own.", ax.tables),
            ("a box of text fixed to its frame, or a second legend", "Write with ax.annotate.", ax.artists)):
        if found:
            raise cannot(what, instead)
    if ax.name != "rectilinear":
        raise cannot(f"{ax.name} axes", "Draw on plain axes: fig, ax = plt.subplots().")
    if not ax.axison:
        raise cannot("its axes switched off", 'Leave them on; hide lines with ax.spines["left"].set_visible(False).')


def _in_data(ax, artist):
    """Is an artist placed by the values of both axes? (The very transform: one that is equal now need not stay so.)"""
    return _transform(artist) is ax.transData


def _transform(artist):
    return artist.get_data_transform() if isinstance(artist, Rectangle) else artist.get_transform()


# --- lines, points, bars, areas --------------------------------------------------------------------------------------

def _read_artist(ax, artist, panel):
    if isinstance(artist, AxLine):
        raise cannot("a line without ends (axline)", "Give it two ends: ax.plot([x0, x1], [y0, y1]).")
    if artist in ax.lines:
        _read_line(ax, artist, panel)
    elif type(artist) is PathCollection:
        panel.series.append(_read_points(ax, artist))
    elif type(artist) is LineCollection and _in_data(ax, artist):
        _read_segments(ax, artist, panel)
    elif type(artist).__name__ in AREAS and _in_data(ax, artist) and len(artist.get_offsets()) < 2:
        _read_areas(ax, artist, panel)
    elif isinstance(artist, Rectangle) and not artist.get_angle():
        _read_span(ax, artist, panel)
    elif type(artist) is Polygon and _is_old_span(ax, artist):
        _read_span(ax, _box_of(artist), panel)
    else:
        raise cannot(type(artist).__name__)


def _read_line(ax, line, panel):
    xs, ys = map(floats, line.get_data(orig=False))
    tone = wording.colour(to_rgba(line.get_color(), line.get_alpha()))
    stroke = f"{_seen(line, line.get_color())}, {line.get_linestyle()}, width {line.get_linewidth():g}"
    if _in_data(ax, line):
        if _is_box(line, xs, ys):
            raise cannot("a box plot", "Draw the points themselves, or ax.hist(values), or the median as a bar.")
        panel.series.append(_line_series(ax, line, xs, ys, tone, stroke))
    elif line.get_marker() not in wording.NO_MARK:
        raise cannot("marks on a level or on a vertical line")
    elif line.get_transform() is ax.get_xaxis_transform(which="grid") and xs[0] == xs[-1]:
        part = "" if tuple(ys) == (0, 1) else f" from {ys[0]:g} to {ys[-1]:g} of the height"
        _tell(panel, f"vertical line at {exact(ax.xaxis, xs[0])}{part} ({stroke})",
              _at_line(ax.xaxis, xs[0], "A vertical line"), tone)
    elif line.get_transform() is ax.get_yaxis_transform(which="grid") and ys[0] == ys[-1]:
        part = "" if tuple(xs) == (0, 1) else f" from {xs[0]:g} to {xs[-1]:g} of the width"
        _tell(panel, f"level at {exact(ax.yaxis, ys[0])}{part} ({stroke})", _at_line(ax.yaxis, ys[0], "A level line"),
              tone)
    else:
        raise cannot("a line that is not placed by its values")


def _line_series(ax, line, xs, ys, tone, stroke):
    drawn, marker = line.get_linestyle() not in ("None", "", " ") and line.get_linewidth() > 0, line.get_marker()
    marked = marker not in wording.NO_MARK
    look = (f"{tone} {wording.STYLES.get(line.get_linestyle(), '')}line" if drawn
            else f"{tone} {wording.marks(marker, line.get_markerfacecolor())}" if marked else "invisible line")
    if line.get_drawstyle() != "default":
        look += " in steps"
    if drawn and marked:
        look += f" with {wording.marks(marker, line.get_markerfacecolor())}"
    detail = f"{stroke}, {line.get_drawstyle()}"
    if marked:
        detail += f", marker {marker} {line.get_markersize():g}, fill {wording.hex_of(line.get_markerfacecolor())}"
        detail += _unusual(edge=(wording.hex_of(line.get_markeredgecolor()), wording.hex_of(line.get_color())),
                           filled=(line.get_fillstyle(), "full"), every=(str(line.get_markevery()), "None"))
    hollow = "hollow points" if marked and wording.is_hollow(line.get_markerfacecolor()) else "points"
    series = Series(_name(line), "line" if drawn else hollow, look, detail, (x_name(ax), y_name(ax)),
                    [(exact(ax.xaxis, x), exact(ax.yaxis, y)) for x, y in zip(xs, ys)], spots=list(zip(xs, ys)),
                    heights=list(ys))
    return _for_people(ax, line, series, xs, ys)


def _is_box(line, xs, ys):
    """Is it the box of a box plot: four level and upright sides?"""
    sides = np.column_stack([np.diff(xs), np.diff(ys)])
    return len(xs) == 5 and (xs[0], ys[0]) == (xs[-1], ys[-1]) and ((sides == 0).sum(axis=1) == 1).all()


def _seen(artist, color):
    """A colour as #rrggbb, with the opacity of what is drawn in it."""
    return wording.hex_of(to_rgba(color, artist.get_alpha()))


def _unusual(**looks):
    """Looks that are told only where they are not the usual one: name=(as it is, as usual)."""
    return "".join(f", {name} {look}" for name, (look, usual) in looks.items() if look != usual)


def _texture(drawn):
    """How a collection is hatched and dashed, where it is."""
    dashed = [pattern for _, pattern in drawn.get_linestyle() if pattern]
    return _unusual(hatch=(drawn.get_hatch(), None), dashes=(dashed, []))


def _for_people(ax, artist, series, xs, ys):
    """The rows of a series of points in words for people: with the names of its marks, or their
    number, where they have some.
    """
    columns, names = getattr(artist, "named_marks", (None, None))
    series.ordered = (wording.runs_in_order(ax.xaxis) and columns is None and len(set(xs)) == len(xs)
                      and all(np.diff(xs) > 0))
    if columns is None and _unmarked(ax.yaxis):     # the height is a matter of drawing
        say_x = for_people(ax.xaxis, xs)
        series.heads, series.people = series.columns[:1], [(say_x(x),) for x in xs]
    elif columns is None:
        say_x, say_y = for_people(ax.xaxis, xs), for_people(ax.yaxis, ys)
        series.heads, series.people = series.columns[:2], [(say_x(x), say_y(y)) for x, y in zip(xs, ys)]
    elif names is None:
        series.heads, series.people = columns, [(series.label, f"{len(xs)}")]
    elif len(names) not in (0, len(xs)):
        raise CourseError(f"a series of {len(xs)} marks has {len(names)} names.")
    else:
        series.heads, series.people = tuple(columns), [tuple(map(one_line, row)) for row in names]
    return series


def _unmarked(axis):
    """Is this an axis without any tick? Places along it are no values."""
    return isinstance(axis.get_major_locator(), (FixedLocator, NullLocator)) and not len(axis.get_majorticklocs())


def _read_points(ax, points):
    if points.get_offset_transform() is not ax.transData:
        raise cannot("points that are not placed by their values")
    spots = floats(points.get_offsets())
    faces, edges, sizes = points.get_facecolor(), points.get_edgecolor(), np.unique(points.get_sizes())
    face = faces[0] if len(faces) else "none"
    shape = _shape(points)
    columns, extra = (x_name(ax), y_name(ax)), points.get_array()
    rows = [(exact(ax.xaxis, x), exact(ax.yaxis, y)) for x, y in spots]
    if extra is not None:
        columns, rows = (*columns, "value"), [(*row, wording.exact_number(value)) for row, value in zip(rows, extra)]
    solid = face if not wording.is_hollow(face) else edges[0] if len(edges) else "none"
    look = f"{wording.colour(solid)} {'hollow ' if wording.is_hollow(face) else ''}{shape}"
    if extra is not None:
        look = f"{shape} coloured by their value"
    elif len(faces) == len(spots) > 1:
        say = for_people(ax.xaxis, spots[:, 0])
        look = f"{shape} ({wording.by_colour([say(x) for x, _ in spots], map(wording.colour, faces))})"
    if len(sizes) > 1:
        look += ", of several sizes"
    detail = (f"fill {_several(faces)}, edge {_several(edges)}, size "
              f"{', '.join(f'{size:g}' for size in points.get_sizes()[:40])}, {shape}{_texture(points)}")
    kind = "hollow points" if wording.is_hollow(face) else "points"
    series = Series(_name(points), kind, look, detail, columns, rows, spots=[tuple(spot) for spot in spots],
                    heights=[y for _, y in spots])
    series = _for_people(ax, points, series, spots[:, 0], spots[:, 1])
    if extra is not None:
        series.heads = (*series.heads, "value")
        series.people = [(*row, wording.say_numbers(extra)(value)) for row, value in zip(series.people, extra)]
    return series


def _several(colours):
    return ", ".join(map(wording.hex_of, colours[:60])) or "none"


def _shape(points):
    """The mark of a scatter by the corners of its path."""
    corners = points.get_paths()[0].vertices if points.get_paths() else []
    if len(corners) > 20:
        return "dots"
    if len(corners) == 4:
        heights = corners[:3, 1]
        return "triangles up" if (heights > heights.mean()).sum() == 1 else "triangles down"
    return {5: "squares", 2: "dashes", 11: "stars"}.get(len(corners), f"marks of {len(corners)} corners")


def _read_bars(ax, bars, patches, tops):
    """Bars as position and length; stacked ones too (each begins where the one before ended),
    floating ones from and to.
    """
    upright = bars.orientation != "horizontal"
    if any(bar.get_angle() for bar in patches):
        raise cannot("a slanted bar")
    along, across = (ax.xaxis, ax.yaxis) if upright else (ax.yaxis, ax.xaxis)
    boxes = [(b.get_x(), b.get_width(), b.get_y(), b.get_height()) if upright
             else (b.get_y(), b.get_height(), b.get_x(), b.get_width()) for b in patches]
    touching = len(boxes) > 1 and not wording.is_names(along) and not wording.is_dates(along) and all(
        abs(a[0] + a[1] - b[0]) < 1e-9 * max(1, abs(b[0])) for a, b in zip(boxes, boxes[1:]))
    floating = any(abs(start - tops.get(place, 0)) > 1e-9 for place, _, start, _ in boxes)
    tops.update({place: start + length for place, _, start, length in boxes})
    places = [_place(along, place, width) for place, width, *_ in boxes]
    ends = [(start, start + length) if floating else (length,) for _, _, start, length in boxes]
    series = _bar_series(ax, bars, patches, along, floating, touching)
    series.rows = [(f"{exact(along, box[0])} to {exact(along, box[0] + box[1])}" if touching else exact(along, place),
                    *(exact(across, end) for end in some)) for box, place, some in zip(boxes, places, ends)]
    say_along = for_people(along, [box[0] for box in boxes]) if touching else wording.beside(along, places)
    say_across = for_people(across, [end for some in ends for end in some])
    series.people = [(f"{say_along(box[0])} to {say_along(box[0] + box[1])}" if touching else say_along(place),
                      *(say_across(end) for end in some)) for box, place, some in zip(boxes, places, ends)]
    tips = [(place, start + length) for place, (_, _, start, length) in zip(places, boxes)]
    series.spots = tips if upright else [(y, x) for x, y in tips]
    series.heights, series.patches = [length for *_, length in boxes], patches
    series.ordered = not touching and wording.runs_in_order(along) and upright and all(np.diff(places) > 0)
    tones, say = [_tone_of_bar(bar) for bar in patches], [row[0] for row in series.people]
    told = wording.by_colour(say, tones)
    series.look = f"{told} bars" if len(set(tones)) == 1 else f"bars ({told})"
    if not upright and not along.get_inverted():    # told from the top
        for some in (series.rows, series.people, series.spots, series.heights, series.patches):
            some.reverse()
    return series


def _tone_of_bar(bar):
    """The colour of a bar; of a hollow one that of its edge."""
    face, edge = wording.colour(bar.get_facecolor()), wording.colour(bar.get_edgecolor())
    return f"hollow {edge}" if (face, bool(bar.get_linewidth())) == ("invisible", True) != (edge, True) else face


def _bar_series(ax, bars, patches, along, floating, touching):
    upright = along is ax.xaxis
    position, value = (x_name(ax), y_name(ax)) if upright else (y_name(ax), x_name(ax))
    columns = (position, f"{value}: from", "to") if floating else (position, value)
    widths = sorted({f"{bar.get_width() if upright else bar.get_height():.4g}" for bar in patches})
    sides = sorted({"edge" if _place(along, *_side(bar, upright)) == _side(bar, upright)[0] else "middle"
                    for bar in patches})
    detail = (f"{_runs([wording.hex_of(bar.get_facecolor()) for bar in patches])}; edge "
              f"{_runs([wording.hex_of(bar.get_edgecolor()) + f' {bar.get_linewidth():g}' for bar in patches])}; "
              f"width {', '.join(widths)}, {'touching' if touching else ', '.join(sides)}"
              + "".join({f", hatch {bar.get_hatch()}" for bar in patches if bar.get_hatch()}))
    return Series(_name(bars), "bars", "", detail, columns, [], heads=columns)


def _side(bar, upright):
    return (bar.get_x(), bar.get_width()) if upright else (bar.get_y(), bar.get_height())


def _place(axis, start, width):
    """The place of a bar: its middle; on an axis of dates its left edge, where that and not the middle
    is the first of a month.
    """
    if wording.is_dates(axis) and _is_first(start) and not _is_first(start + width / 2):
        return start
    return start + width / 2


def _is_first(value):
    return (wording.day_of(float(value)).day, float(value) % 1) == (1, 0)


def _runs(words):
    """Words in a row, each run of equal ones once with its length: "#8C939B x 20, #333333"."""
    runs = []
    for word in words:
        if runs and runs[-1][0] == word:
            runs[-1][1] += 1
        else:
            runs.append([word, 1])
    return ", ".join(word if number == 1 else f"{word} x {number}" for word, number in runs)


def _read_segments(ax, lines, panel):
    """hlines and vlines (levels with a beginning and an end), and the error bars of a chart."""
    tone, widths = wording.colour(lines.get_colors()[0]), ", ".join(f"{width:g}" for width in lines.get_linewidths())
    for segment in lines.get_segments():
        (x0, y0), (x1, y1) = segment[0], segment[-1]
        name = _name(lines) or "segment"
        say_x, say_y = for_people(ax.xaxis, [x0, x1]), for_people(ax.yaxis, [y0, y1])
        height = "" if _unmarked(ax.yaxis) else f"{say_y(y0)} "
        people = (f"{height}from {say_x(x0)} to {say_x(x1)}" if y0 == y1
                  else f"{say_x(x0)}: from {say_y(y0)} to {say_y(y1)}")
        _tell(panel, f"{name} from ({exact(ax.xaxis, x0)}, {exact(ax.yaxis, y0)}) to ({exact(ax.xaxis, x1)}, "
                     f"{exact(ax.yaxis, y1)}) "
              f"({_several(lines.get_colors())}, width {widths}{_texture(lines)})",
              f"{_name(lines).capitalize() or 'A level'}{' at ' if not people.startswith('from') else ' '}{people}",
              tone)


def _read_areas(ax, areas, panel):
    """fill_between (one polygon: a band) and cells coloured by a value (one polygon a value)."""
    detail = f"fill {_several(areas.get_facecolor())}, edge {_several(areas.get_edgecolor())}{_texture(areas)}"
    names = (x_name(ax), y_name(ax))
    lying = getattr(areas, "t_direction", "x") == "y"       # fill_betweenx, violinplot
    if areas.get_array() is None and (lying or not all(map(_is_upright, areas.get_paths()))):
        raise cannot("an area that is no band between a lower and an upper line",
                     "Draw ax.fill_between(x, lower, upper) without step=, or ax.hist(values) for a distribution.")
    if areas.get_array() is not None:
        spots = [(path.vertices[:-1, 0].mean(), path.vertices[:-1, 1].mean()) for path in areas.get_paths()]
        rows = [(exact(ax.xaxis, x), exact(ax.yaxis, y), wording.exact_number(value)) for (x, y),
                value in zip(spots, areas.get_array())]
        panel.series.append(Series(_name(areas), "cells", "cells coloured by their value", detail, (*names, "value"),
                                   rows))
    else:
        columns = (names[0], f"{names[1]}: from", "to")
        edges = [edge for path in areas.get_paths() for edge in (GAP, *_edges(path))][1:]
        rows = [(exact(ax.xaxis, x), exact(ax.yaxis, low), exact(ax.yaxis, high)) for x, low, high in edges]
        say_x = for_people(ax.xaxis, [x for x, *_ in edges])
        say_y = for_people(ax.yaxis, [y for _, *some in edges for y in some])
        people = [(say_x(x), say_y(low), say_y(high)) for x, low, high in edges]
        panel.series.append(Series(_name(areas), "band", f"{wording.colour(areas.get_facecolor()[0])} area", detail,
                                   columns, rows, people=people))
    series = panel.series[-1]
    series.heads, series.people = series.columns, series.people or series.rows
    if named := getattr(areas, "named_marks", None):
        series.heads, series.people = tuple(named[0]), [tuple(map(one_line, row)) for row in named[1]]


def _is_upright(path):
    """Does an area go forwards along its one side and back along the other, at most two heights at each place?"""
    corners = path.vertices[np.isfinite(path.vertices).all(axis=1)]
    ways = np.sign(np.diff(corners[:, 0]))
    turned = np.count_nonzero(np.diff(ways[ways != 0]))
    return turned <= 2 and all(len(np.unique(corners[corners[:, 0] == x, 1])) <= 2 for x in np.unique(corners[:, 0]))


GAP = (np.nan, np.nan, np.nan)      # between two parts of an area


def _edges(path):
    """Where a band begins and ends at each of its places: (x, low, high)."""
    corners = path.vertices[np.isfinite(path.vertices).all(axis=1)]
    for x in dict.fromkeys(corners[:, 0]):
        heights = corners[corners[:, 0] == x, 1]
        yield x, heights.min(), heights.max()


def _read_span(ax, box, panel):
    (x0, y0), (x1, y1) = box.get_xy(), (box.get_x() + box.get_width(), box.get_y() + box.get_height())
    detail = (f"({wording.hex_of(box.get_facecolor())}, edge {wording.hex_of(box.get_edgecolor())} "
              f"{box.get_linewidth():g}, layer {box.get_zorder():g})")
    say_x, say_y = for_people(ax.xaxis, [x0, x1]), for_people(ax.yaxis, [y0, y1])
    tone = wording.colour(box.get_facecolor())
    if _transform(box) is ax.get_xaxis_transform(which="grid"):
        part = "" if (y0, y1) == (0, 1) else f", from {y0:g} to {y1:g} of the height"
        # from half a year before to half a year after
        years = wording.has_years(ax.xaxis) and (x0 % 1, x1 - x0) == (0.5, 1)
        people = f"The year {int(x1)} is shaded" if years else f"Shaded from {say_x(x0)} to {say_x(x1)}"
        _tell(panel, f"shaded from {exact(ax.xaxis, x0)} to {exact(ax.xaxis, x1)}{part} {detail}", people, tone)
    elif _transform(box) is ax.get_yaxis_transform(which="grid"):
        part = "" if (x0, x1) == (0, 1) else f", from {x0:g} to {x1:g} of the width"
        _tell(panel, f"shaded from {exact(ax.yaxis, y0)} to {exact(ax.yaxis, y1)} upwards{part} {detail}",
              f"Shaded from {say_y(y0)} to {say_y(y1)}, on the vertical axis", tone)
    elif _in_data(ax, box):
        _tell(panel, f"box from ({exact(ax.xaxis, x0)}, {exact(ax.yaxis, y0)}) to ({exact(ax.xaxis, x1)}, "
                     f"{exact(ax.yaxis, y1)}) {detail}",
              f"A box from {say_x(x0)} to {say_x(x1)}, {say_y(y0)} to {say_y(y1)}", tone)
    else:
        raise cannot("a box that is not placed by its values")


def _is_old_span(ax, shape):
    """Is it a shaded span as matplotlib drew it before 3.9: a polygon of four corners, upright, over one axis?"""
    across, up = ({float(place) for place in places} for places in shape.get_xy().T)
    grids = (ax.get_xaxis_transform(which="grid"), ax.get_yaxis_transform(which="grid"))
    return len(shape.get_xy()) == 5 and len(across) == len(up) == 2 and any(shape.get_data_transform() is grid
                                                                            for grid in grids)


def _box_of(shape):
    """The same span as the box that newer matplotlib draws."""
    (x0, y0), (x1, y1) = shape.get_xy().min(axis=0), shape.get_xy().max(axis=0)
    box = Rectangle((x0, y0), x1 - x0, y1 - y0)
    box.update_from(shape)
    box.set_zorder(shape.get_zorder())
    return box


def _together(sentences):
    """Shaded years, one sentence each, as one sentence."""
    years = [found for found in (re.fullmatch(r"The year (\d{4}) is shaded \((.+)\)\.",
                                              words) for words in sentences) if found]
    rest = [words for words in sentences if not any(words == found[0] for found in years)]
    return [f"Shaded years ({years[0][2]}): {', '.join(found[1] for found in years)}.", *rest] if years else rest


def _tell(panel, words, people, tone=""):
    panel.marks.append(words)
    panel.people.append(f"{people} ({tone})." if tone else f"{people}.")


def _at_line(axis, value, what):
    return f"{what} at {for_people(axis, [value])(value)}"


# --- labels and arrows -----------------------------------------------------------------------------------------------

def _read_text(ax, text, panel):
    """A label: beside a mark it is told with its row, elsewhere by itself; an arrow with both its ends."""
    words, arrow = one_line(text.get_text()), getattr(text, "arrowprops", None)
    if not words and not arrow:
        return
    spot, exact_spot, people_spot = _spot(ax, text)
    where = "" if not arrow else f"; {_arrow(arrow)} from {_tail(ax, text)} to {exact_spot}"
    if not words:
        _tell(panel, where[2:], f"An arrow to {people_spot}")
        return
    how = (f"{_seen(text, text.get_color())}{_offset(text)}, {text.get_ha()}"
           + _unusual(turned=(text.get_rotation(), 0), box=(bool(text.get_bbox_patch()), False)))
    panel.marks.append(f'written at {exact_spot}: "{words}" ({how}){where}')
    if (found := _row_at(panel, spot)) is None:
        panel.people.append(f'{people_spot or "Written"}: "{words}"')
        return
    series, row = found
    if series.heads != series.columns:      # its marks have names of their own, told in the table
        panel.people.append(f'Written: "{words}"')
    elif any(wording.says_value(words, end) for end in _ends(series, row)):
        series.people[row] = (*series.people[row][:-1],
                              words) if series.people and row < len(series.people) else series.people[row]
    elif not _is_part(words, series, row):
        series.written[row] = "; ".join(filter(None, (series.written.get(row), words)))


def _is_cut(ax, text):
    """Does matplotlib leave a label out, as it points to a place outside the axes?"""
    if not isinstance(text, Annotation) or text.get_annotation_clip() is False:
        return False
    if text.xycoords != "data" and text.get_annotation_clip() is None:
        return False
    return not text._check_xy()


def _offset(text):
    """How far a label stands from its place."""
    if not isinstance(text, Annotation) or text.xyann == text.xy:
        return ""
    if not isinstance(text.anncoords, str) or text.anncoords == "data":
        return ""
    return f", {text.xyann[0]:g} {text.xyann[1]:g} {text.anncoords}"


def _ends(series, row):
    """The values that a label at the end of a row may write: its height; of a bar from one value
    to another, where it ends.
    """
    if len(series.heads) == 2:
        return series.heights[row:row + 1]
    return series.spots[row]


def _is_part(words, series, row):
    """Does a label in a stacked bar repeat its number and its name ("17 verified")?"""
    number, _, name = words.partition(" ")
    return bool(name) and name == series.label and wording.says_value(number, series.heights[row])


def _row_at(panel, spot):
    """The row that is drawn where a label points to, or whose bar it is in: (series, number of the row).

    Of several, the last drawn.
    """
    for series in reversed(panel.series):
        if isinstance(spot, Rectangle):
            if spot in series.patches:
                return series, series.patches.index(spot)
            continue
        if spot is None:
            return None
        if series.people is not None and len(series.people) == len(series.spots):
            for row, at in enumerate(series.spots):
                if np.isfinite(at).all() and np.allclose(at, spot, rtol=1e-9, atol=1e-9):
                    return series, row
    return None


def _spot(ax, text):
    """Where a label points to: its place in the data or nothing, in exact words, in words for people."""
    x, y = getattr(text, "xy", text.get_position())
    how = getattr(text, "xycoords", None) or text.get_transform()
    # bar_label: in the middle of a bar
    if callable(how) and isinstance((bar := (how.__defaults__ or (None,))[0]), Rectangle):
        return _spot_in_bar(ax, bar)
    if how == "data" or how is ax.transData:
        x, y = float(ax.convert_xunits(x)), float(ax.convert_yunits(y))
        named = [axis for axis in (ax.xaxis, ax.yaxis) if wording.is_dates(axis) or wording.is_names(axis)
                 or wording.has_years(axis)]
        along = named[0] if named else None
        value = x if along is ax.xaxis else y
        people = "" if along is None else f"At {for_people(along, [value])(value)}"
        return (x, y), f"({exact(ax.xaxis, x)}, {exact(ax.yaxis, y)})", people
    if how is ax.get_xaxis_transform():
        x = float(ax.convert_xunits(x))
        return None, f"{exact(ax.xaxis, x)}, {y:g} of the height", f"At {for_people(ax.xaxis, [x])(x)}"
    if how is ax.get_yaxis_transform():
        y = float(ax.convert_yunits(y))
        return None, f"{exact(ax.yaxis, y)}, {x:g} of the width", f"At {for_people(ax.yaxis, [y])(y)}"
    if how == "axes fraction" or how is ax.transAxes:
        return None, f"{x:g} of the width, {y:g} of the height", ""
    raise cannot("a label that is placed neither by its values nor by its axes",
                 "Give its place in the values of the axes: ax.annotate(text, (x, y)).")


def _spot_in_bar(ax, bar):
    bars = next(bars for bars in ax.containers if isinstance(bars, BarContainer) and bar in bars.patches)
    upright = bars.orientation != "horizontal"
    start, width = _side(bar, upright)
    place = _place(ax.xaxis if upright else ax.yaxis, start, width)
    tip = bar.get_y() + bar.get_height() if upright else bar.get_x() + bar.get_width()
    x, y = (place, tip) if upright else (tip, place)
    return bar, f"the bar to ({exact(ax.xaxis, x)}, {exact(ax.yaxis, y)})", "In a bar"


def _arrow(props):
    style = props.get("arrowstyle", "simple arrow") if isinstance(props, dict) else "arrow"
    return "thin line" if style == "-" else f"arrow {style}"


def _tail(ax, text):
    """Where the arrow of a label begins: at the label."""
    (x, y), how = text.xyann, text.anncoords
    if how == "data":
        return f"({exact(ax.xaxis, ax.convert_xunits(x))}, {exact(ax.yaxis, ax.convert_yunits(y))})"
    if how == "offset points":
        return f"{x:g} {y:g} points away"
    raise cannot("an arrow that begins neither at a value nor beside its end",
                 "Give the place of its text as values, or as points away: textcoords='offset points'.")


# --- axes and legend ------------------------------------------------------------------------------------------------

def _read_axes(ax, panel):
    for name, axis in (("horizontal", ax.xaxis), ("vertical", ax.yaxis)):
        low, high = axis.get_view_interval()
        named = wording.named_ticks(axis)
        words = f"{name} axis from {exact(axis, low)} to {exact(axis, high)}"
        if axis.get_inverted():
            words += ", reversed"
        if axis.get_scale() != "linear":
            words += f", {axis.get_scale()} scale"
            panel.notes.append(f"The {name} axis {wording.SCALES.get(axis.get_scale(), wording.UNEVEN)}.")
        _note_on_zero(panel, name, axis)
        if named:
            panel.ticks.append(f"{name} axis: " + ", ".join(f"{text} at {exact(axis, place)}" for place,
                                                            text in named.items()))
        elif wording.is_names(axis):
            if (shown := wording.names_shown(axis)) != list(wording.categories(axis).values()):
                panel.ticks.append(f"{name} axis, as written: {', '.join(shown)}")
        else:
            places = [place for place in axis.get_majorticklocs() if min(low, high) <= place <= max(low, high)]
            words += "; ticks " + ", ".join(one_line(text) or '""'
                                            for text in axis.get_major_formatter().format_ticks(places))
        panel.axes.append(words)
    if (legend := ax.get_legend()) is not None and legend.get_visible():
        panel.ticks.append(_legend(legend))


def _note_on_zero(panel, name, axis):
    """Say where an axis of values leaves out zero or runs the wrong way: both change what a
    slope or a bar seems to say.
    """
    if wording.is_names(axis) or wording.named_ticks(axis):
        return
    low, high = sorted(axis.get_view_interval())
    say = for_people(axis, [low, high])
    if axis.get_inverted():
        least, most = ("right", "left") if name == "horizontal" else ("top", "bottom")
        panel.notes.append(f"The {name} axis runs backwards: {say(high)} is at the {most}, {say(low)} at the "
                           f"{least}.")
    if wording.is_dates(axis) or axis.get_scale() != "linear":
        return
    if not wording.has_years(axis) and (low > 0 or high < 0) and (name == "vertical" or _is_value(panel)):
        panel.notes.append(f"The {name} axis does not begin at zero: it goes from {say(low)} to {say(high)}.")


def _is_value(panel):
    return any(series.kind == "bars" and not series.ordered for series in panel.series)


def _legend(legend):
    entries = zip(legend.legend_handles, legend.get_texts())
    title = one_line(legend.get_title().get_text())
    return f"legend{f' {title}' if title else ''}: " + ", ".join(f"{one_line(text.get_text())} ({_handle(handle)})"
                                                                 for handle, text in entries)


def _handle(handle):
    """What stands before a name in a legend: its colour and mark."""
    if hasattr(handle, "get_offsets"):
        faces, edges = handle.get_facecolor(), handle.get_edgecolor()
        face = faces[0] if len(faces) else "none"
        if not isinstance(handle, PathCollection):
            return wording.colour(face)
        return (f"hollow {wording.colour(edges[0]) if len(edges) else ''}" if wording.is_hollow(face)
                else wording.colour(face)) + f" {_shape(handle)}"
    if isinstance(handle, Rectangle):
        return wording.colour(handle.get_facecolor())
    marker = handle.get_marker()
    has_marks = marker not in wording.NO_MARK
    marked = f" with {wording.marks(marker, handle.get_markerfacecolor())}" if has_marks else ""
    drawn = handle.get_linestyle() not in ("None", "", " ")
    line = f" {wording.STYLES.get(handle.get_linestyle(), '')}line" if drawn else ""
    return f"{wording.colour(handle.get_color())}{line}{marked}"


# --- names ----------------------------------------------------------------------------------------------------------

def _name(artist):
    label = str(artist.get_label())
    return "" if label.startswith("_") else one_line(label)


def x_name(ax: Axes) -> str:
    """Return what stands at the horizontal axis, or what its positions are."""
    return one_line(ax.get_xlabel()) or _kind(ax.xaxis, "horizontal axis")


def y_name(ax: Axes) -> str:
    """Return what stands at the vertical axis, or what its positions are."""
    return one_line(ax.get_ylabel()) or _kind(ax.yaxis, "vertical axis")


def _kind(axis, otherwise):
    return ("date" if wording.is_dates(axis) else "category" if wording.is_names(axis) else "year"
            if wording.has_years(axis) else otherwise)
