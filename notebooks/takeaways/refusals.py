"""What a chart may not be, each in one sentence that says what to do instead. Used by reading.py and publishing.py."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .errors import CourseError

LARGEST = 24    # inches of a side; a picture is shown 8 wide, and one of 500 would take all memory

PANELS = "Give each a panel of its own: fig, (above, below) = plt.subplots(2)."
BARS = "Draw the values as bars: ax.barh(names, values)."
ARROW = 'Draw it from a label to a value: ax.annotate(text, (x, y), xytext=..., arrowprops={"arrowstyle": "->"}).'
# What matplotlib calls it: what a person calls it, and what to draw instead.
INSTEAD = {
    "Wedge": ("a pie", BARS),
    "AxesImage": ("an image", BARS),
    "QuadMesh": ("a grid of coloured cells or a colour bar", "Write the values into a table, or draw them as bars."),
    "PolyQuadMesh": ("a grid of coloured cells", "Write the values into a table, or draw them as bars."),
    "QuadContourSet": ("contours", "Draw a few of them as lines."),
    "Polygon": ("a free shape (a Polygon: fill, or a histogram as an outline)", "Draw bars: ax.hist(values)."),
    "StepPatch": ("stairs", 'Draw steps as a line: ax.step(x, y).'),
    "PathPatch": ("a free shape or a box plot", "Draw the points themselves, or hist for a distribution."),
    "FancyArrow": ("an arrow of its own", ARROW),
    "FancyArrowPatch": ("an arrow of its own", ARROW),
    "Quiver": ("a field of arrows", ARROW),
    "EventCollection": ("an event plot", "Draw points: ax.scatter(dates, lanes)."),
}
TAUGHT = "Lines, bars, points, levels and filled areas can be read."


def cannot(what: str, instead: str = TAUGHT) -> CourseError:
    """Return the refusal of what cannot be read; `what` may be the name of a class of matplotlib."""
    what, instead = INSTEAD.get(what, (f"what matplotlib calls {what}" if what[:1].isupper() else what, instead))
    return CourseError(f"a chart with {what} cannot be put into words yet. {instead} "
                       "To look at it without its words: plt.show().")


def require_figure(fig: object):
    """Raise CourseError for what is no figure, has no axes, or is too large to be drawn."""
    if not isinstance(fig, Figure):
        raise CourseError(f"publish needs a whole figure, and got {type(fig).__name__}. "
                          "fig, ax = plt.subplots() gives one; so does ax.figure.")
    if not fig.axes:
        raise CourseError("this figure is empty. Draw first: fig, ax = plt.subplots(), then ax.plot(...).")
    if max(fig.get_size_inches()) > LARGEST:
        wide, high = fig.get_size_inches()
        raise _not_drawn(fig, f"a figure of {wide:g} by {high:g} inches is too large. Make no side longer than "
                              f"{LARGEST}: plt.subplots(figsize=(8, 4.4)).")


def require_labels(name: object, note: object):
    """Raise CourseError for a name that no file can have everywhere, and for a note that is no sentence."""
    if not (isinstance(name, str) and re.fullmatch(r"\w[\w-]*", name)):
        raise CourseError("publish needs a name for the chart, of letters, digits, _ and -: "
                          'publish(fig, "my_chart", "seizures_monthly").')
    if not isinstance(note, str):
        raise CourseError(f"the note of a chart is a sentence in quotation marks, not {type(note).__name__}.")


def require_places(fig: Figure):
    """Raise CourseError where an axis has no place for some values drawn on it: the picture would lack them."""
    for ax in fig.axes:
        if getattr(ax, "freq", None) is not None:
            raise CourseError("pandas counts the periods of this axis in a way of its own. Draw with "
                              "plot(x_compat=True), or ax.plot(table.index.to_timestamp(), table).")
        for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
            if (scale := axis.get_scale()) not in ("log", "logit"):
                continue
            values = np.concatenate([[], *_along(ax, name)])
            values = values[np.isfinite(values)]
            outside = (values <= 0) | ((values >= 1) if scale == "logit" else False)
            if outside.any():
                what = ("a logarithmic axis has no place for zero and less" if scale == "log"
                        else "a logit axis has places between 0 and 1 only")
                raise _not_drawn(fig, f"{what}: {outside.sum()} of {len(values)} values would be missing from the "
                                      f'picture. Leave the axis as it is, or use ax.set_{name}scale("symlog").')


def _along(ax, name):
    """The values drawn along one axis of a pair of axes: arrays of floats. Of a bar its middle and its end."""
    column = "xy".index(name)
    for line in ax.lines:
        if line.get_visible() and line.get_transform().contains_branch_seperately(ax.transData)[column]:
            yield floats(line.get_data(orig=False)[column])
    for points in ax.collections:
        if points.get_visible() and points.get_offset_transform() is ax.transData:
            yield floats(points.get_offsets()[:, column])
    for bars in ax.containers:
        if isinstance(bars, BarContainer):
            lying = bars.orientation == "horizontal"
            shown = [bar for bar in bars if bar.get_visible() and (bar.get_width() if lying else bar.get_height())]
            yield floats([_end_of(bar, lying, name) for bar in shown])     # a bar of zero has nothing to lack


def _end_of(bar, lying, name):
    if name == "x":
        return bar.get_x() + bar.get_width() * (1 if lying else 0.5)
    return bar.get_y() + bar.get_height() * (0.5 if lying else 1)


def floats(values: ArrayLike) -> np.ndarray:
    """Return what is drawn along an axis as floats, in the same shape; what is masked is NaN."""
    return np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)


@contextmanager
def one_sentence(fig: Figure) -> Iterator[None]:
    """Within: what matplotlib cannot lay out or draw is raised as CourseError, in one sentence."""
    with warnings.catch_warnings():
        for words in ("Glyph", "constrained_layout not applied"):
            warnings.filterwarnings("error", message=words)
        try:
            yield
        except CourseError:
            raise
        except Exception as fault:
            raise _not_drawn(fig, _sentence(str(fault))) from fault


def _not_drawn(fig, sentence):
    """The refusal of a figure that is closed with it: open, a notebook would draw it after its cell all the same."""
    plt.close(fig)
    return CourseError(sentence)


def _sentence(said):
    if found := re.match(r"Glyph (\d+)", said):
        return (f"the letters of the chart have no {chr(int(found[1]))}: an empty box would stand there. Write it in "
                "other words.")
    if "constrained_layout" in said:
        return ("no room is left for the axes. Shorten or wrap long labels, move what stands far outside, or make the "
                "figure larger: plt.subplots(figsize=(8, 4.4)).")
    return (f"matplotlib cannot draw this chart ({' '.join(said.split()) or 'it does not say why'}). Check the values, "
            "the scales of the axes and their labels; leave out what was added last.")


def require_margin(pixels: np.ndarray):
    """Raise CourseError where something runs over the edge of a picture (height, width, 4): it would be cut there."""
    edges = (pixels[:2], pixels[-2:], pixels[:, :2], pixels[:, -2:])
    if any((edge != pixels[0, 0]).any() for edge in edges):
        raise CourseError("something runs over the edge of the picture and would be cut. Shorten or wrap the words "
                          "there, move them, or make the figure larger: plt.subplots(figsize=(8, 4.4)).")
