"""The picture of a live answer: one figure, drawn once an answer in the frame that its first layout has found.

Solving the layout and packing the picture small are most of what `publish` takes, making axes much of the rest. A
control that answers at once does none of it: the axes are wiped, keep their places, and make room only for longer
words. What looks as in an earlier answer, the axes with their numbers and the source, is not drawn again either.

Three names here are private to matplotlib, which hands out the words of these titles but not their places: `_suptitle`,
`_supxlabel` and `_left_title`. The lock pins them, and tests/test_explore_quick.py tells when one is gone.
"""

import io
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.category import UnitData
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter, StrMethodFormatter

from ..letters import canvas_of
from ..publishing import DPI, few_colours

KEPT_AXES = 8   # pictures of axes that a question keeps, 3 MB each
AXIS_LAYER = 0.5   # matplotlib draws axes at this height (axes.axisbelow), before lines, bars and words
RIGHT = 0.02    # of the width: half of a number that may stand under the right end of an axis
_SOURCES = {}   # the strip under a picture, by what is written in it: its small print takes a fifth of the time to draw


class Frame(NamedTuple):
    """Where the parts of a figure stand (fractions of it), and how much room their words take (pixels)."""

    places: list        # (left, bottom, right, top) of each axes
    title_at: float     # upper edge of the title
    source_at: float    # lower edge of the source
    words: tuple        # room for the values at the left, for the source below, for the titles above
    axes: dict          # pictures of the axes alone, by what they show


def panels(on: Figure | None, rows: int = 1, columns: int = 1, **how: object):
    """Return a figure and its axes as `plt.subplots` does: a new one, or `on`, an earlier one
    of the same shape, wiped.
    """
    if on is None:
        return plt.subplots(rows, columns, **how)
    on.suptitle("")
    for ax in on.axes:
        _wipe(ax)
    return on, on.axes[0] if len(on.axes) == 1 else on.axes


def _wipe(ax):
    """Take all that was drawn off a pair of axes, with what it left behind: limits, names of categories, thousands."""
    legend = [ax.get_legend()] if ax.get_legend() else []
    for drawn in (*ax.containers, *legend):
        drawn.remove()
    for drawn in (*ax.lines, *ax.collections, *ax.patches, *ax.texts):
        drawn.remove()
    ax.set_title("")
    for axis in (ax.xaxis, ax.yaxis):
        if isinstance(axis.units, UnitData):
            axis.set_units(UnitData())
        if isinstance(axis.get_major_formatter(), StrMethodFormatter):
            axis.set_major_formatter(ScalarFormatter())
    ax.set(xlim=(0, 1), ylim=(0, 1), autoscale_on=True)
    ax.relim()


def keep(fig: Figure):
    """Close a figure, so that no cell shows it by itself, and make it one that can be drawn on again."""
    plt.close(fig)
    canvas_of(fig)


def frame_of(fig: Figure) -> Frame:
    """Return the frame of a figure whose layout is settled."""
    return Frame([ax.get_position().extents for ax in fig.axes], fig._suptitle.get_position()[1],
                 fig._supxlabel.get_position()[1], _room_for_words(fig), {})


def quick_picture(fig: Figure, frame: Frame) -> bytes:
    """Put a finished figure into a frame, draw it once, and return it as a PNG."""
    fig.set_layout_engine("none")
    fig.set_dpi(DPI)
    _put_into(fig, frame)
    small = io.BytesIO()
    few_colours(_drawn(fig, frame)).save(small, "PNG", compress_level=1)
    return small.getvalue()


def _put_into(fig, frame):
    """Move the axes, all by one rule: what the words at an edge need more than in the frame, the axes give."""
    for ax, (left, bottom, right, top) in zip(fig.axes, frame.places):
        ax.set_position([left, bottom, right - left, top - bottom])   # which values an axis names depends on its length
    wide, high = fig.get_size_inches() * DPI
    values, below, above = (now - then for now, then in zip(_room_for_words(fig), frame.words))
    lefts, bottoms, rights, tops = zip(*frame.places)
    across = _squeezed(min(lefts), max(rights), values / wide, RIGHT)
    upwards = _squeezed(min(bottoms), max(tops), below / high, above / high)
    for ax, (left, bottom, right, top) in zip(fig.axes, frame.places):
        left, right, bottom, top = across(left), across(right), upwards(bottom), upwards(top)
        ax.set_position([left, bottom, right - left, top - bottom])
    fig._suptitle.set_y(frame.title_at)
    fig._supxlabel.set_y(frame.source_at)


def _squeezed(first, last, before, after):
    """The rule that moves all places between `first` and `last`: so much is given up at either end."""
    share = 1 - (before + after) / (last - first)
    return lambda place: first + before + (place - first) * share


def _room_for_words(fig):
    paint, first = fig.canvas.get_renderer(), fig.axes[0]
    least, most = sorted(first.get_ylim())
    values = max((label.get_window_extent(paint).width for place,
                  label in zip(first.get_yticks(), first.get_yticklabels())
                  if least <= place <= most), default=0)
    names = max(ax._left_title.get_window_extent(paint).height for ax in fig.axes)
    return values, fig._supxlabel.get_window_extent(paint).height, fig._suptitle.get_window_extent(paint).height + names


def _drawn(fig, frame):
    """The pixels of a figure: height, width, 4 bytes."""
    source = fig._supxlabel
    strip = _SOURCES.get(source.get_text())
    source.set_visible(strip is None)
    _draw(fig, frame)
    source.set_visible(True)
    pixels = np.asarray(fig.canvas.buffer_rgba())
    if strip is None:
        top = int(len(pixels) - source.get_window_extent().y1) - 1
        _SOURCES[source.get_text()] = pixels[top:].copy()
    else:
        pixels[-len(strip):] = strip
    return pixels


def _draw(fig, frame):
    """Draw a figure upon the picture of its axes, which is drawn anew only where they show something else."""
    axes = [part for ax in fig.axes for part in (ax.patch, ax.xaxis, ax.yaxis)]
    drawn = [part for ax in fig.axes for part in ax.get_children() if part is not ax.patch]
    if any(part.get_zorder() < AXIS_LAYER for part in drawn):
        fig.canvas.draw()   # something lies below the axes: in their turn
        return
    paint, looks = fig.canvas.get_renderer(), _looks_of_axes(fig)
    if looks not in frame.axes:
        paint.clear()
        for part in (fig.patch, *axes):
            part.draw(paint)
        if len(frame.axes) == KEPT_AXES:
            frame.axes.clear()
        frame.axes[looks] = fig.canvas.copy_from_bbox(fig.bbox)
    fig.canvas.restore_region(frame.axes[looks])
    for part in (fig.patch, *axes):
        part.set_visible(False)
    fig.draw(paint)
    for part in (fig.patch, *axes):
        part.set_visible(True)


def _looks_of_axes(fig):
    """All that decides how the axes of a question look: answers with equal looks have the same picture of axes."""
    looks = []
    for ax in fig.axes:
        ax.apply_aspect()
        looks.append(ax.get_position().bounds)
        for axis in (ax.xaxis, ax.yaxis):
            places, form = axis.get_majorticklocs(), axis.get_major_formatter()
            looks.append((*axis.get_view_interval(), *places, *form.format_ticks(places), form.get_offset(),
                          axis.label.get_text(), axis.get_scale(), axis.get_inverted(),
                          axis.get_tick_params().get("gridOn")))
    return tuple(looks)
