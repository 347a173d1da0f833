"""The look of the course's charts, and small helpers for what recurs on them.

One colour a metric, everything that is not the point in quiet grey. The three colours differ in lightness too,
so they stay apart in grey print and for colour-blind readers. A helper draws with plain matplotlib and returns nothing.
"""

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.patheffects import withStroke

INTERDICTIONS = "#2377BD"   # blue
OVERDOSES = "#A8281C"       # brick red
EXTRADITIONS = "#4B1D6E"    # deep purple
QUIET = "#B9BEC4"           # what is not the point
INK = "#333333"             # words and axes
HOLLOW = {"facecolor": "white", "linewidth": 1.8}   # scatter(..., **HOLLOW): counts that do not compare

STYLE = {
    "figure.figsize": (8, 4.4), "figure.dpi": 100, "figure.constrained_layout.use": True,
    "savefig.facecolor": "white", "font.family": "DejaVu Sans", "font.size": 11,
    "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.titlelocation": "left", "axes.titlesize": 13, "axes.titleweight": "bold", "axes.titlepad": 12,
    "figure.labelsize": 8, "legend.fontsize": 10,
    "figure.titlesize": 13, "figure.titleweight": "bold",
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": "#8A8F94",
    "axes.grid": True, "axes.grid.axis": "y", "axes.axisbelow": True, "grid.color": "#E4E6E8",
    "lines.linewidth": 2.2, "lines.markersize": 7, "legend.frameon": False,
    "svg.hashsalt": "four-takeaways", "svg.fonttype": "none",
}


def use_style():
    """Make the course's style the default of this notebook's charts, and let tables show their text whole."""
    plt.rcParams.update(STYLE)
    pd.set_option("display.max_colwidth", None)


def direct_label(ax, x, y, text, color=INK, **how):
    """Write `text` beside the point (x, y), a little above and to the right unless told where (`xytext`, `ha`)."""
    how = {"xytext": (6, 4), "textcoords": "offset points", "color": color, "weight": "bold",
           "annotation_clip": False, "path_effects": [withStroke(linewidth=3, foreground="white")]} | how
    ax.annotate(text, (_on_axis(x), y), **how)


def label_peak(ax, series, color=INK, **how):
    """Write the month and the value of the highest point of a monthly series above it."""
    peak = series.idxmax()
    how = {"xytext": (0, 6), "ha": "center"} | how
    direct_label(ax, peak, series[peak], f"{peak:%B %Y}: {series[peak]:,.0f}", color, **how)
    from_zero(ax)


def mark_event(ax, month, text, side="right"):
    """Draw a thin vertical line at a month and write what happened beside its top, on the right or the left."""
    place = _on_axis(pd.Period(month))
    ax.axvline(place, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    away = 6 if side == "right" else -6
    ax.annotate(text, (place, 1), xycoords=ax.get_xaxis_transform(), xytext=(away, -2), textcoords="offset points",
                ha="left" if away > 0 else "right", va="top", fontsize=10)


def draw_mean(ax, window, color, **how):
    """Draw the mean of a stretch of a monthly series as a level over its months, with the number above it."""
    first, last = _on_axis(window.index[0]), _on_axis(window.index[-1])
    ax.hlines(window.mean(), first, last, color=color, linewidth=4)
    how = {"xytext": (0, 7), "ha": "center"} | how
    direct_label(ax, window.index[len(window) // 2], window.mean(), f"{window.mean():,.0f}", color, **how)


def shade_fiscal_years(ax, years):
    """Shade every second U.S. fiscal year (October to September) behind a chart of months, and name each below the top."""
    for year in years:
        first, after = _on_axis(pd.Period(f"{year - 1}-10")), _on_axis(pd.Period(f"{year}-10"))
        if year % 2:
            ax.axvspan(first, after, color="#F1F3F5", zorder=0)
        ax.annotate(f"FY{year}", ((first + after) / 2, 0.99), xycoords=ax.get_xaxis_transform(),
                    ha="center", va="top", fontsize=9, color="#6B7075", annotation_clip=True)


def from_zero(ax):
    """Begin the value axis at zero and leave some room above the highest mark."""
    ax.set_ylim(0, 1.12 * ax.dataLim.ymax)


def pick_out(index, chosen, color):
    """Return one colour for each entry of an index: the given one for those chosen, quiet grey for the rest."""
    return [color if entry in chosen else QUIET for entry in index]


def _on_axis(when):
    """A month or a day as matplotlib counts days (a month stands at its first); a number as it is."""
    if isinstance(when, pd.Period):
        when = when.to_timestamp()
    return mdates.date2num(when) if isinstance(when, pd.Timestamp) else when


def stacked_bars(ax, counts, colors=("#3D4348", "#8A9096", "#D5D9DC", "#FFFFFF")):
    """Draw a table of counts as stacked horizontal bars, one bar a row, one colour a column, each part labelled."""
    left = 0 * counts.iloc[:, 0]
    for column, color in zip(counts, colors):
        bars = ax.barh(counts.index, counts[column], left=left, color=color, edgecolor=INK, linewidth=0.8, label=column)
        dark = sum(to_rgb(color)) < 1.6
        ax.bar_label(bars, [f"{n} {column}" if n else "" for n in counts[column]], label_type="center",
                     fontsize=9.5, color="white" if dark else INK)
        left = left + counts[column]
    ax.grid(False)


# Mexican presidencies and their first full calendar years; each begins in December, from 2024 on in October, before.
TERMS = {"Fox": 2001, "Calderón": 2007, "Peña Nieto": 2013, "López Obrador": 2019, "Sheinbaum": 2025}


def shade_terms(ax, last=2029):
    """Shade every second Mexican presidency on an axis of calendar years and name each at the top."""
    years = [*TERMS.values(), last]
    for number, (name, first) in enumerate(TERMS.items()):
        if number % 2 == 0:
            ax.axvspan(first - 0.5, years[number + 1] - 0.5, color="#F1F3F5", zorder=0)
        ax.annotate(name, ((first + years[number + 1] - 1) / 2, 0.99), xycoords=ax.get_xaxis_transform(),
                    ha="center", va="top", fontsize=9, color="#6B7075")


EFFECTS = {1: ("^", INK, "widens cooperation"), -1: ("v", "white", "narrows it"), 0: ("o", QUIET, "mixed")}


def draw_events(ax, events, kinds):
    """Draw dated events as marks, one lane for each of the `kinds`: up widens cooperation, down narrows it, round is mixed.

    The three effects stand a little apart, so that events of one month do not hide one another.
    """
    lanes = {kind: place for place, kind in enumerate(kinds)}
    for effect, (marker, color, name) in EFFECTS.items():
        some = events[events["effect"] == effect]
        ax.scatter(some["date"], some["category"].map(lanes) + 0.22 * effect, marker=marker, facecolor=color, edgecolor=INK,
                   s=46, label=name)
    ax.set_yticks(list(lanes.values()), list(lanes))
    ax.xaxis.set_major_locator(mdates.AutoDateLocator(maxticks=6))
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ax.xaxis.get_major_locator(), show_offset=False))
