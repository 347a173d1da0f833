"""The look of the course's charts, and helpers for what would hide the idea of a cell.

A helper stands here for one of two reasons. It recurs: a label beside a point, an event line, a level, bars of change,
a gap. Or its drawing is longer than a cell may be (lanes, squares, a path, a triangle, the fan of releases), and nobody
learns pandas from it. What a cell can show in a few lines of matplotlib, it shows.

One colour a metric, everything that is not the point in quiet grey. The three colours differ in lightness too,
so they stay apart in grey print and for colour-blind readers. A helper draws with plain matplotlib and returns nothing.
"""

from collections.abc import Container, Iterable, Mapping, Sequence

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patheffects import withStroke

from . import analysis
from .metrics import METRICS

INTERDICTIONS, OVERDOSES, EXTRADITIONS = (METRICS[name].color for name in ("interdictions", "overdoses",
                                                                           "extraditions"))
QUIET = "#8C939B"           # what is not the point; it still stands out from white 3:1
INK = "#333333"             # words and axes
HOLLOW = {"facecolor": "white", "linewidth": 1.8}   # scatter(..., **HOLLOW): counts that do not compare

STYLE = {
    "figure.figsize": (8, 4.4), "figure.dpi": 100, "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.1,     # air above the title and below the source, in inches
    "savefig.facecolor": "white", "font.family": "DejaVu Sans", "font.size": 11,
    "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.titlelocation": "left", "axes.titlesize": 13, "axes.titleweight": "bold", "axes.titlepad": 12,
    "figure.labelsize": 8, "legend.fontsize": 10,
    "figure.titlesize": 13, "figure.titleweight": "bold",
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": "#8A8F94",
    "axes.grid": True, "axes.grid.axis": "y", "axes.axisbelow": True, "grid.color": "#E4E6E8",
    "lines.linewidth": 2.2, "lines.markersize": 7, "legend.frameon": False,
    "date.converter": "concise", "svg.hashsalt": "four-takeaways", "svg.fonttype": "none",
    "timezone": "UTC",
}


def use_style():
    """Make the course's style the default of this notebook's charts, and let tables show their text whole."""
    plt.rcdefaults()    # whatever a matplotlibrc says
    plt.rcParams.update(STYLE)
    pd.set_option("display.max_colwidth", None)
    pd.plotting.plot_params["x_compat"] = True  # table.plot() counts days as matplotlib does: marks find their months


def halo(width: float) -> list:
    """Return a white edge of `width` points for what is drawn over bars: it stands out from them in any shade."""
    return [withStroke(linewidth=width, foreground="white")]


def direct_label(ax: Axes, x: object, y: float, text: str, color: str = INK, **how: object):
    """Write `text` beside the point (x, y), a little above and to the right unless told where (`xytext`, `ha`)."""
    how = {"xytext": (6, 4), "textcoords": "offset points", "color": color, "weight": "bold",
           "annotation_clip": False, "path_effects": halo(3)} | how
    ax.annotate(text, (_on_axis(x), y), **how)


def mark_event(ax: Axes, month: str | pd.Period, text: str, side: str = "right"):
    """Draw a thin vertical line at a month and write what happened beside its top, on the right or the left."""
    place = _on_axis(pd.Period(month))
    ax.axvline(place, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    away = 6 if side == "right" else -6
    ax.annotate(text, (place, 1), xycoords=ax.get_xaxis_transform(), xytext=(away, -2), textcoords="offset points",
                ha="left" if away > 0 else "right", va="top", fontsize=10)


def draw_mean(ax: Axes, window: pd.Series, color: str, **how: object):
    """Draw the mean of a stretch of a monthly series as a level over its months, with the number above it."""
    first, last = _on_axis(window.index[0]), _on_axis(window.index[-1])
    ax.hlines(window.mean(), first, last, color=color, linewidth=4, path_effects=halo(7))
    how = {"xytext": (0, 7), "ha": "center"} | how
    direct_label(ax, window.index[len(window) // 2], window.mean(), f"{window.mean():,.0f}", color, **how)


def draw_level(ax: Axes, first: str, last: str, total: float, color: str, at: float = 0.5):
    """Draw a total as a level, a month's share of it, from one month to the end of another ("2024-09", "2025-08").

    The total is written above the level, in its middle or at another part of its length (at=0.8).
    """
    months = (pd.Period(last) - pd.Period(first)).n + 1
    value = total / months
    start, end = (mdates.date2num(pd.Period(first).to_timestamp()),
                  mdates.date2num(pd.Period(last).to_timestamp(how="end")))
    ax.hlines(value, start, end, color=color, linewidth=4, path_effects=halo(7))
    direct_label(ax, start + at * (end - start), value, f"{total:,.0f}\nin {months} months", color, xytext=(0, 8),
                 ha="center")


def draw_totals(ax: Axes, totals: pd.Series, color: str, named: Iterable[str] = (), form: str = "{:,.0f}",
                **how: object):
    """Draw values that look back on 12 months, each at the END of its month; a dot and the value at each named month.

    totals: a monthly series. named: months such as "2025-08". form: how a value is written. how: where, if not below.
    """
    ends = totals.index.to_timestamp(how="end")
    ax.plot(ends, totals, color=color, path_effects=halo(5))
    for month in named:
        end, value = pd.Period(month).to_timestamp(how="end"), totals[month]
        ax.plot([end], [value], "o", color=color)
        place = {"xytext": (0, -10), "ha": "center", "va": "top"} | how
        direct_label(ax, end, value, form.format(value), color, **place)


def draw_path(ax: Axes, across: pd.Series, up: pd.Series, color: str = INK):
    """Draw two yearly series against each other as a path through the years, each year beside its
    dot, an arrow on each step.
    """
    ax.plot(across, up, "o", color=color)
    points = list(zip(across.index, across, up))
    for (_, x0, y0), (_, x1, y1) in zip(points, points[1:]):
        ax.annotate("", (x1, y1), (x0, y0),
                    arrowprops={"arrowstyle": "-|>", "color": "#7C8288", "shrinkA": 7, "shrinkB": 7, "linewidth": 1.4})
    for year, x, y in points:
        direct_label(ax, x, y, str(year), color, xytext=(-4, 7), ha="right")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.set(xlim=(0, 1.08 * across.max()), ylim=(0, 1.12 * up.max()))


def shade_fiscal_years(ax: Axes, years: Iterable[int]):
    """Shade every second U.S. fiscal year (October to September) behind a chart of months, and
    name each below the top.
    """
    for year in years:
        first, after = _on_axis(pd.Period(f"{year - 1}-10")), _on_axis(pd.Period(f"{year}-10"))
        if year % 2:
            ax.axvspan(first, after, color="#F1F3F5", zorder=0)
        ax.annotate(f"FY{year}", ((first + after) / 2, 0.99), xycoords=ax.get_xaxis_transform(),
                    ha="center", va="top", fontsize=9, color="#6B7075", annotation_clip=True)


def name_marks(artist: Artist, columns: tuple[str, ...], rows: list[tuple] | None = None):
    """Give the marks of a series their names, for the chart in words; the picture stays as it is.

    For marks whose place is a matter of drawing (a lane, a row of squares). columns: what the words are. rows: a tuple
    of words for each mark, in order; or nothing where the marks of the series are counted, one a person, and only their
    number is told; or an empty list for a frame, of which there is nothing to tell.
    """
    artist.named_marks = columns, rows


def from_zero(ax: Axes):
    """Begin the value axis at zero and leave some room above the highest mark."""
    ax.set_ylim(0, 1.12 * ax.dataLim.ymax)


def pick_out(index: Iterable, chosen: Container, color: str) -> list[str]:
    """Return one colour for each entry of an index: the given one for those chosen, quiet grey for the rest."""
    return [color if entry in chosen else QUIET for entry in index]


def _on_axis(when):
    """A month or a day as matplotlib counts days (a month stands at its first); a number as it is."""
    if isinstance(when, pd.Period):
        when = when.to_timestamp()
    return mdates.date2num(when) if isinstance(when, pd.Timestamp) else when


def stacked_bars(ax: Axes, counts: pd.DataFrame, colors: Sequence[str] = ("#3D4348", "#A9AFB5", "#DDE1E4", "#FFFFFF")):
    """Draw a table of counts as stacked horizontal bars, one bar a row, one colour a column, each part labelled."""
    left = 0 * counts.iloc[:, 0]
    for column, color in zip(counts, colors):
        bars = ax.barh(counts.index, counts[column], left=left, color=color, edgecolor=INK, linewidth=0.8, label=column)
        dark = sum(to_rgb(color)) < 1.6
        ax.bar_label(bars, [f"{n} {column}" if n else "" for n in counts[column]], label_type="center",
                     fontsize=9.5, color="white" if dark else INK)
        left = left + counts[column]
    ax.invert_yaxis()   # the first row on top, as in the table
    ax.grid(False)


# Mexican presidencies and their first full calendar years; each begins in December, from 2024 on in October, before.
TERMS = {"Fox": 2001, "Calderón": 2007, "Peña Nieto": 2013, "López Obrador": 2019, "Sheinbaum": 2025}


def name_terms(ax: Axes, last: int = 2029):
    """Part the Mexican presidencies on an axis of calendar years by thin lines, and name each at the top."""
    years = [*TERMS.values(), last]
    for number, (name, first) in enumerate(TERMS.items()):
        ax.axvline(first - 0.5, color=QUIET, linewidth=0.8, zorder=0)
        ax.annotate(name, ((first + years[number + 1] - 1) / 2, 0.99), xycoords=ax.get_xaxis_transform(),
                    ha="center", va="top", fontsize=9, color="#6B7075")


def shade_gaps(ax: Axes, years: Iterable[int]):
    """Shade the years for which there is no figure: a gap is shown, not left to be overlooked."""
    for year in years:
        ax.axvspan(year - 0.5, year + 0.5, color="#ECEEF0", zorder=0)


EFFECTS = {1: ("^", INK, "widens cooperation"), -1: ("v", "white", "narrows it"), 0: ("o", QUIET, "mixed")}
SIGNS = {1: ("^", INK, "points to more risk"), -1: ("v", "white", "points to less")}


def draw_events(ax: Axes, events: pd.DataFrame, kinds: Sequence[str],
                effects: dict[int, tuple[str, str, str]] = EFFECTS):
    """Draw dated events as marks, one lane for each of the `kinds`: up widens cooperation, down narrows it, round is
    mixed.

    The three effects stand a little apart, so that events of one month do not hide one another.
    effects: the marks, where they mean something else (see draw_signs).
    """
    lanes = {kind: place for place, kind in enumerate(kinds)}
    for effect, (marker, color, name) in effects.items():
        some = events[events["effect"] == effect]
        marks = ax.scatter(some["date"], some["category"].map(lanes) + 0.24 * effect, marker=marker, facecolor=color,
                           edgecolor=INK,
                           s=52, label=name)
        name_marks(marks, ("date", "kind", "what"), list(zip(_when(some), some["category"], _what(some))))
    ax.set_yticks(list(lanes.values()), list(lanes))
    ax.xaxis.set_major_locator(mdates.AutoDateLocator(maxticks=6))
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ax.xaxis.get_major_locator(), show_offset=False))


def draw_both_ways(ax: Axes, events: pd.DataFrame, names: Mapping[str, str], period: str = "Y"):
    """Draw dated events along a line: those that widen cooperation above it, those that narrow it below, mixed ones on
    it.

    events: event_id, date, effect. Marks of one period ("Y" a year, "Q" a quarter) stand on one another; the mixed at
        their day.
    names: what to write beyond the marks of some events, by event_id.
    """
    events = events.sort_values("date")
    first_day = events["date"].dt.to_period(period).dt.start_time
    ax.axhline(0, color=INK, linewidth=1)
    for effect, (marker, color, name) in EFFECTS.items():
        some, when = events[events["effect"] == effect], first_day[events["effect"] == effect]
        place = effect * (when.groupby(when).cumcount() + 1)
        marks = ax.scatter(when if effect else some["date"], place, marker=marker, facecolor=color, edgecolor=INK,
                           s=64 if effect else 26, zorder=3, label=name)
        name_marks(marks, ("date", "event"), list(zip(_when(some), _what(some))))
        for event in some.index[some["event_id"].isin(names)]:
            day, last = _on_axis(when[event]), place[when == when[event]].iloc[-1]
            ax.annotate(names[some["event_id"][event]], (day, last), xytext=(day, effect * 5.2), ha="center",
                        fontsize=9.5,
                        va="bottom" if effect > 0 else "top",
                        arrowprops={"arrowstyle": "-", "color": "#8A8F94", "shrinkB": 5})
    if period == "Q":
        ax.xaxis.set_major_locator(mdates.MonthLocator((1, 7)))
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%b %Y"))
    ax.set(yticks=[], ylim=(-7.6, 7.2))
    ax.grid(False)
    ax.spines[["left", "bottom"]].set_visible(False)


def _when(events):
    """The dates of events in words, each as precisely as it is known."""
    forms = {"year": "{0:%Y}", "month": "{0:%B %Y}"}
    precision = events.get("date_precision", pd.Series("day", events.index))
    return [forms.get(known, "{0.day} {0:%B %Y}").format(date) for date, known in zip(events["date"], precision)]


def _what(events):
    """What the events are, from the column that says it."""
    column = next((name for name in ("event", "measure", "event_id", "category") if name in events), None)
    return events[column].astype(str)


SIGN_LANES = {"statement": "statement", "deployment": "deployment", "designation_or_order": "law or order",
              "bill_or_vote": "Congress"}


def draw_signs(ax: Axes, signs: pd.DataFrame):
    """Draw acts and words of the table `signs_of_risk`, one lane a kind: a mark up points to more risk, down to less.

    Rows of other kinds (polls, prices, counts of strikes) are readings, with charts of their own: they are left out.
    """
    kinds = signs["category"].map(SIGN_LANES)
    shown = signs.assign(category=kinds, effect=signs["direction"].map({"raises": 1, "lowers": -1}))[kinds.notna()]
    draw_events(ax, shown, list(SIGN_LANES.values()), SIGNS)
    ax.xaxis.set_major_locator(mdates.MonthLocator([1, 7]))
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%b %Y"))
    ax.set(xlabel="date", ylim=(-0.6, len(SIGN_LANES) + 0.1))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, columnspacing=1.2, borderaxespad=0, handletextpad=0.2)


def bars_of_change(ax: Axes, changes: pd.Series, color: str, chosen: Container[str] | None = None):
    """Draw changes in per cent as horizontal bars from zero, the first at the top, each labelled with its value.

    changes: fractions by name. chosen: the names in colour (all, unless told).
    """
    changes = changes[::-1]
    bars = ax.barh(changes.index, 100 * changes,
                   color=pick_out(changes.index, changes.index if chosen is None else chosen, color))
    ax.bar_label(bars, [f"{change:+.0%}" for change in changes], padding=4)
    ax.axvline(0, color=INK, linewidth=1)
    ax.grid(False)
    ax.margins(x=0.3)


def panels_of_change(axes: Sequence[Axes], changes: pd.DataFrame, color: str, unit: str,
                     chosen: Container[str] | None = None):
    """Draw a table of changes (fractions) as one panel of bars a column, side by side, each named for its column.

    unit: the words on the value axis of each panel. The panels share their axes; `chosen` names the rows in colour.
    """
    for ax, name in zip(axes, changes):
        bars_of_change(ax, changes[name], color, chosen)
        ax.set(title=name, xlabel=unit)
    reach = 100 * changes.to_numpy(dtype=float)
    axes[0].set_xlim(min(0, reach.min()) - 0.5 * (reach.max() - reach.min()),
                     max(0, reach.max()) + 0.5 * (reach.max() - reach.min()))


PAPER = "#E4E6E8"   # the other part of a whole: light enough to carry words


def draw_weightings(ax: Axes, scale: pd.DataFrame, year: int, rival: int, key: bool = False):
    """Draw all weightings of three metrics as a triangle: its dark part is where `year` is ahead of `rival`, the light
    one the rest.

    scale: the metrics by year on one scale. The first is weighed to the right, the second upwards, the third has the
        rest. Where the
    third has no figure only its edge can be drawn: the weightings that leave it out. key: name the parts beside the
    triangle, not in it.
    """
    first, second, third = scale.columns
    gap = scale.loc[year] - scale.loc[rival]
    if gap.isna()[third]:
        _draw_edge(ax, gap[first], gap[second], year)
        parts = []
    else:
        parts = [(rival, analysis.ahead_region(-gap), PAPER, INK), (year, analysis.ahead_region(gap), INK, "white")]
        edge, = ax.plot([0, 100, 0, 0], [0, 0, 100, 0], color="#8A8F94", linewidth=1)
        name_marks(edge, ("edge",), [])
    for name, corners, color, ink in parts:
        if len(corners) > 2:
            places, low, high = _upright(corners)
            area = ax.fill_between(places, low, high, color=color, linewidth=0, label=f"{name} ahead")
            name_marks(area, (first, second, third),
                       [(f"{x:.0f}%", f"{y:.0f}%", f"{abs(100 - x - y):.0f}%") for x, y in corners])
            if not key and np.trapezoid(np.subtract(high, low), places) > 900:   # room for the words
                x, y = _middle(corners)
                ax.annotate(f"{name}\nahead", (x, y), ha="center", va="center", color=ink, weight="bold")
    ax.set(xlabel=f"weight of {first}, per cent", ylabel=f"weight of {second}, per cent", aspect="equal",
           xlim=(-3, 103), ylim=(-3, 103), xticks=range(0, 101, 20), yticks=range(0, 101, 20))
    ax.grid(False)
    ax.annotate(f"the rest goes to\nthe {third} metric", (103, 66 if key else 100), ha="right", va="top", fontsize=9,
                color="#5A5F64")
    if key:
        ax.legend(loc="upper right", borderpad=0, handletextpad=0.4)


def _draw_edge(ax, first, second, year):
    """The edge without the third metric: heavy where the year is ahead, thin where the rival is;
    the inside has no figure.
    """
    ax.plot([0, 100], [100, 0], color="#8A8F94", linewidth=1)
    turn = 100 * second / (second - first) if first * second < 0 else 0 if first > 0 else 100
    ahead = ([turn, 100] if first > second else [0, turn]) if first * second < 0 else [0, 100] if first > 0 else []
    if ahead:
        ax.plot(ahead, [100 - x for x in ahead], color=INK, linewidth=6, label=f"{year} ahead")
    ax.annotate("no figure for\nany weighting here", (30, 13), ha="center", va="center", fontsize=9, color="#5A5F64")


def _upright(corners):
    """A convex part of the triangle as heights: its lowest and highest point at each corner's place."""
    places = sorted({x for x, _ in corners})
    sides = list(zip(corners, corners[1:] + corners[:1]))
    heights = [[y0 + (x - x0) / (x1 - x0) * (y1 - y0) for (x0, y0),
                (x1, y1) in sides if x0 != x1 and min(x0, x1) <= x <= max(x0, x1)]
               + [y for at, y in corners if at == x] for x in places]
    return places, [min(some) for some in heights], [max(some) for some in heights]


def _middle(corners):
    """The centre of a convex part: the mean of its triangles, each with the weight of its area."""
    (x0, y0), total, at = corners[0], 0, [0, 0]
    for (x1, y1), (x2, y2) in zip(corners[1:], corners[2:]):
        area = abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0))
        total, at = total + area, [at[0] + area * (x0 + x1 + x2) / 3, at[1] + area * (y0 + y1 + y2) / 3]
    return at[0] / total, at[1] / total


def draw_people(ax: Axes, counts: pd.Series, colors: Sequence[str]):
    """Draw counts of people as rows of squares, one square a person, the first row on top; the number stands at its
    end.

    counts: people by name of the row. colors: one filling a row; white is an empty square.
    """
    for row, ((name, count), color) in enumerate(zip(counts.items(), colors)):
        people = ax.scatter(range(1, count + 1), [row] * count, marker="s", s=300, facecolor=color, edgecolor=INK,
                            linewidth=1.4, label=name)
        name_marks(people, ("row", "people, one square each"))
        direct_label(ax, count, row, str(count), xytext=(16, 0), va="center")
    ax.set_yticks(range(len(counts)), counts.index)
    ax.set(ylim=(len(counts) - 0.4, -0.6), xlim=(0.3, counts.max() + 2), xticks=[])
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.grid(False)


def tornado(ax: Axes, swings: pd.DataFrame, base: float, turns_at: float = 0, form: str = "{:.0f}"):
    """Draw how far a result moves when each input alone goes to the ends of its range: one bar an input, the first row
    lowest.

    swings: the result at the two ends of each input (`at_least`, `at_most`), written at the ends of the bars as `form`
        says.
    base: the result as it stands (dashed). turns_at: where the conclusion turns (heavy).
    """
    low, high = swings.min(axis=1), swings.max(axis=1)
    ax.barh(swings.index, high - low, left=low, height=0.6, color=QUIET)
    for row, ends in enumerate(zip(low, high)):
        # one label where both are one
        for end, away, side in list(zip(ends, (-4, 4), ("right", "left")))[ends[0] == ends[1]:]:
            gap, room = (turns_at - end) * np.sign(away), 0.14 * (high.max() - low.min())
            beside = turns_at if 0 <= gap < room else end   # a label that would stand on the heavy line goes beyond it
            direct_label(ax, beside, row, form.format(end), xytext=(away, 0), ha=side, va="center", weight="normal")
    ax.axvline(base, color=INK, linewidth=1, linestyle=(0, (4, 3)), zorder=1.5)
    ax.axvline(turns_at, color=INK, linewidth=3)
    ax.use_sticky_edges = False
    ax.grid(False)
    ax.margins(x=0.12, y=0.05)


def draw_releases(ax: Axes, rows: pd.DataFrame, color: str, older: str = "#8A9096"):
    """Draw what several releases reported of the same months, the newest in `color`, each total at the end of its last
    month.

    rows: 12-month counts of one drug class (month_ending, reported, predicted, vintage). At the end of a line stands by
    how much the newest month of that release missed what is reported of it today; a ring is what the release predicted
    for that month. The value axis does not begin at zero, and says so.
    """
    missed = analysis.newest_month_errors(rows)["reported_error"]
    for vintage, release in rows.groupby("vintage"):
        newest = vintage == rows["vintage"].max()
        tone, last, name = color if newest else older, release.iloc[-1], f"{pd.Timestamp(vintage):%B %Y}"
        ends = release["month_ending"].dt.to_timestamp(how="end")
        ax.plot(ends, release["reported"].astype(float), color=tone, label=f"release of {name}")
        ax.plot(ends.iloc[-1:], [last["reported"]], "o", color=tone, label="reported")
        ax.plot(ends.iloc[-1:], [last["predicted"]], "o", color=tone, markerfacecolor="white", markersize=8,
                markeredgewidth=1.8,
                label="predicted")
        told = "" if newest else f"{abs(missed[vintage]):.1%} too {'low' if missed[vintage] < 0 else 'high'}"
        direct_label(ax, ends.iloc[-1], last["reported"], name if newest else f"{name}: {told}",
                     color if newest else "#5A5F64", ha="right", va="top",
                     xytext=(-5, -5))
    low = 2000 * (0.9 * rows["reported"].min() // 2000)
    ax.set_ylim(low, 1.03 * rows["reported"].max())
    ax.margins(x=0.1)   # room for the first label
    ax.annotate(f"The axis begins at {low:,.0f}.", (0, 0), xycoords="axes fraction", xytext=(6, 5),
                textcoords="offset points",
                fontsize=9, color="#5A5F64")
    ax.xaxis.set_major_locator(mdates.MonthLocator((3, 6, 9, 12), bymonthday=-1))
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%b %Y"))


def draw_shares(ax: Axes, shares: pd.Series, lighter: Container[str] = ()):
    """Draw shares in per cent as bars with their values, the first at the top; those named in
    `lighter` have another whole.
    """
    shares = shares[::-1]
    colors = [QUIET if name in lighter else "#3D4348" for name in shares.index]
    bars = ax.barh(shares.index, shares, height=0.62, color=colors)
    ax.bar_label(bars, [f"{share:g}%" for share in shares], padding=5, weight="bold")
    ax.set_xlim(0, 100)
    ax.tick_params(axis="y", length=0)
    ax.grid(False)


def draw_squares(ax: Axes, words: pd.Series, filled: pd.Series, means: str, named: Mapping | tuple = (),
                 titles: pd.Series | None = None):
    """Draw one square for each entry in a row, with its word in it, dark where `filled` is true; some are named below.

    words, filled: Series with one index. means: what a dark square means. named: a text for some entries of that index.
    titles: a Series of their full names, for the chart in words.
    """
    dark = filled.to_numpy(dtype=bool)
    places = np.arange(len(words))
    for mark, color, label in ((dark, INK, means), (~dark, "white", "the others")):
        squares = ax.scatter(places[mark], 0 * places[mark], marker="s", s=760, facecolor=color, edgecolor=INK,
                             linewidth=1.2, label=label)
        full = [titles[entry] if titles is not None else named[entry] if entry in named else str(entry)
                for entry in words.index[mark]]
        name_marks(squares, ("written", "what"), list(zip(words[mark].astype(str), full)))
    for place, (entry, word) in enumerate(words.items()):
        ax.annotate(str(word), (place, 0), ha="center", va="center", fontsize=9.5,
                    color="white" if dark[place] else INK)
        if entry in named:
            ax.annotate(named[entry], (place, 0), xytext=(0, -20), textcoords="offset points", ha="center", va="top",
                        fontsize=9.5)
    ax.set(xlim=(-0.8, len(words) - 0.2), ylim=(-1.9, 0.8), yticks=[])
    ax.set_xticks(places, [str(word) for word in words])   # for the chart in words
    ax.tick_params(labelbottom=False, length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.grid(False)


def draw_counts(ax: Axes, rows: pd.DataFrame, color: str):
    """Draw yearly counts: a solid dot where a year compares (column `comparable`), a ring where it does not."""
    solid, rest = rows[rows["comparable"]], rows[~rows["comparable"]]
    ax.scatter(solid["year"], solid["count"], color=color, label="comparable")
    ax.scatter(rest["year"], rest["count"], edgecolor=color, **HOLLOW, label="not comparable")


def middle_of_year(years: Iterable[int]) -> pd.DatetimeIndex:
    """Return the first of July of each year: where a yearly count stands on an axis of dates."""
    return pd.to_datetime([f"{year}-07-01" for year in years])


def _odds_axis(ax):
    """Give the value axis a scale of ratios: equal steps up are equal factors on the odds,
    which are named `1 to 50`.
    """
    ax.set_yscale("log")
    against = [100, 50, 20, 10, 5, 2, 1]
    ax.set_yticks([1 / n for n in against])
    ax.yaxis.set_major_formatter(lambda odds, _: f"1 to {1 / odds:.3g}" if odds <= 1 else f"{odds:.3g} to 1")
    ax.set_yticks([], minor=True)


def draw_odds(ax: Axes, path: pd.DataFrame):
    """Draw how odds go from sign to sign: one line a column, with the probability that it ends at; equal steps are
    equal factors.

    path: odds for the event (above zero), one row a sign, the first row before any sign.
    """
    for (name, odds), look in zip(path.items(), ("o-", "s--", "^:")):
        ax.plot(path.index, odds, look, color=INK, label=name)
        direct_label(ax, len(path) - 1, odds.iloc[-1], f"{name}: {analysis.probability(odds.iloc[-1]):.0%}",
                     xytext=(10, -4))
    _odds_axis(ax)
    ax.set(ylabel="odds for the event", xlim=(-0.3, len(path) + 0.3))


def draw_brier(ax: Axes, forecasts: pd.Series):
    """Draw what every forecast from 0 to 100 per cent scores, if the event does not happen and if it does, and mark
    some of them.

    forecasts: probabilities by name (fractions).
    """
    said = np.linspace(0, 1, 101)
    for score, look, fill, words, place in (
            (lambda p: p ** 2, "-", INK, "it does not happen", 0.8),
            (lambda p: (1 - p) ** 2, "--", "white", "it happens", 0.2)):
        ax.plot(100 * said, [score(p) for p in said], look, color="#8A8F94", label=words)
        direct_label(ax, 100 * place, score(place), words, "#5A5F64", xytext=(-10 if place > 0.5 else 10, 4),
                     weight="normal",
                     ha="right" if place > 0.5 else "left")
        ax.plot(100 * forecasts, [score(p) for p in forecasts], "o", color=INK, markerfacecolor=fill, label=words)
        for name, p in forecasts.items():
            direct_label(ax, 100 * p, score(p), f"{name}: {score(p):.{2 if score(p) >= 0.005 else 4}f}",
                         xytext=(9, 2) if fill == "white" else (8, -13) if p > 0.1 else (8, 14))
    ax.set(xlabel="probability stated, per cent", ylabel="Brier score (0 is perfect)", xlim=(-2, 102),
           ylim=(-0.03, 1.06))
