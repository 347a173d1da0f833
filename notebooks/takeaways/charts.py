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
    "date.converter": "concise", "svg.hashsalt": "four-takeaways", "svg.fonttype": "none",
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


def stacked_bars(ax, counts, colors=("#3D4348", "#A9AFB5", "#DDE1E4", "#FFFFFF")):
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


def name_terms(ax, last=2029):
    """Part the Mexican presidencies on an axis of calendar years by thin lines, and name each at the top."""
    years = [*TERMS.values(), last]
    for number, (name, first) in enumerate(TERMS.items()):
        ax.axvline(first - 0.5, color="#D9DCDF", linewidth=1, zorder=0)
        ax.annotate(name, ((first + years[number + 1] - 1) / 2, 0.99), xycoords=ax.get_xaxis_transform(),
                    ha="center", va="top", fontsize=9, color="#6B7075")


def shade_gaps(ax, years):
    """Shade the years for which there is no figure: a gap is shown, not left to be overlooked."""
    for year in years:
        ax.axvspan(year - 0.5, year + 0.5, color="#ECEEF0", zorder=0)


EFFECTS = {1: ("^", INK, "widens cooperation"), -1: ("v", "white", "narrows it"), 0: ("o", QUIET, "mixed")}
SIGNS = {1: ("^", INK, "points to more risk"), -1: ("v", "white", "to less"), 0: ("o", QUIET, "a reading of opinion or prices")}


def draw_events(ax, events, kinds, effects=EFFECTS):
    """Draw dated events as marks, one lane for each of the `kinds`: up widens cooperation, down narrows it, round is mixed.

    The three effects stand a little apart, so that events of one month do not hide one another.
    effects: the marks, where they mean something else (see draw_signs).
    """
    lanes = {kind: place for place, kind in enumerate(kinds)}
    for effect, (marker, color, name) in effects.items():
        some = events[events["effect"] == effect]
        ax.scatter(some["date"], some["category"].map(lanes) + 0.24 * effect, marker=marker, facecolor=color, edgecolor=INK,
                   s=52, label=name)
    ax.set_yticks(list(lanes.values()), list(lanes))
    ax.xaxis.set_major_locator(mdates.AutoDateLocator(maxticks=6))
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ax.xaxis.get_major_locator(), show_offset=False))


SIGN_LANES = {"forecast_market": "market price", "poll_mx": "poll, Mexico", "poll_us": "poll, U.S.",
              "boat_strikes_cumulative": "count of boat strikes", "statement": "statement", "deployment": "deployment",
              "designation_or_order": "order", "bill_or_vote": "bill or vote"}


def draw_signs(ax, signs):
    """Draw the table `signs_of_risk` as marks, one lane a kind: up points to more risk, down to less, round is a mere reading."""
    kinds = signs["category"].map(SIGN_LANES)
    shown = signs.assign(category=kinds, effect=signs["direction"].map({"raises": 1, "lowers": -1, "level": 0}))[kinds.notna()]
    draw_events(ax, shown, list(SIGN_LANES.values()), SIGNS)
    ax.xaxis.set_major_locator(mdates.MonthLocator([1, 7]))
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ax.xaxis.get_major_locator(), show_offset=False))
    ax.set_ylabel("kind of sign")
    ax.legend(loc="lower center", bbox_to_anchor=(0.35, 1), ncols=3, columnspacing=1)


def bars_of_change(ax, changes, color, chosen=None):
    """Draw changes in per cent as horizontal bars from zero, the first at the top, each labelled with its value.

    changes: fractions by name. chosen: the names in colour (all, unless told).
    """
    changes = changes[::-1]
    bars = ax.barh(changes.index, 100 * changes, color=pick_out(changes.index, changes.index if chosen is None else chosen, color))
    ax.bar_label(bars, [f"{change:+.0%}" for change in changes], padding=4)
    ax.axvline(0, color=INK, linewidth=1)
    ax.grid(False)
    ax.margins(x=0.3)


AHEAD = {"facecolor": INK, "edgecolor": INK}
BEHIND = {"facecolor": "white", "edgecolor": "#8A8F94"}


def draw_weightings(ax, found, year, rival, size=150):
    """Draw every weighting of three metrics as a square: dark where `year` is ahead, white where the rival is, a cross for none.

    found: the table of `analysis.leads`. Its first metric is weighed to the right, its second upwards, the third has the rest.
    """
    first, second, third = found.columns[:3]
    lead = found["lead"]
    groups = [(f"{year} ahead", lead > 0, AHEAD | {"marker": "s"}), (f"{rival} ahead", lead < 0, BEHIND | {"marker": "s"}),
              ("level", lead == 0, {"color": QUIET, "marker": "s"}), ("no figure", lead.isna(), {"color": "#8A8F94", "marker": "x"})]
    for name, rows, look in groups:
        if rows.any():
            ax.scatter(found.loc[rows, first], found.loc[rows, second], s=size if look["marker"] == "s" else size / 3, label=name, **look)
    ax.set(xlabel=f"weight of {first}, per cent", ylabel=f"weight of {second}, per cent", aspect="equal",
           xlim=(-8, 108), ylim=(-8, 108), xticks=range(0, 101, 20), yticks=range(0, 101, 20))
    ax.grid(False)
    ax.legend(loc="upper right", borderpad=0, handletextpad=0.2)
    ax.annotate(f"the rest goes to\nthe {third} metric", (100, 62), ha="right", va="top", fontsize=9, color="#6B7075")


def tornado(ax, swings, base, turns_at=0):
    """Draw how far a result moves when each input alone goes to the ends of its range: one bar an input, the first row lowest.

    swings: the table of `analysis.vary`. base: the result as it stands (dashed). turns_at: where the conclusion turns (heavy).
    """
    low, high = swings.min(axis=1), swings.max(axis=1)
    ax.barh(swings.index, high - low, left=low, color=QUIET, edgecolor=INK, linewidth=0.8)
    ax.axvline(turns_at, color=INK, linewidth=3)
    ax.axvline(base, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    ax.use_sticky_edges = False
    ax.grid(False)
    ax.margins(x=0.12, y=0.05)


def draw_releases(ax, rows, color, older="#8A9096"):
    """Draw what several releases reported of the same months, the newest in `color`; a ring is what a release predicted last.

    rows: 12-month counts of one drug class (month_ending, reported, predicted, vintage).
    """
    for vintage, release in rows.groupby("vintage"):
        tone = color if vintage == rows["vintage"].max() else older
        months, last, name = release["month_ending"].dt.to_timestamp(), release.iloc[-1], f"{pd.Timestamp(vintage):%B %Y}"
        ax.plot(months, release["reported"].astype(float), color=tone, label=f"release of {name}")
        ax.plot(months.iloc[-1:], [last["reported"]], "o", color=tone, label="reported")
        ax.plot(months.iloc[-1:], [last["predicted"]], "o", color=tone, markerfacecolor="white", markersize=8, markeredgewidth=1.8,
                label="predicted")
        direct_label(ax, last["month_ending"], last["reported"], name, tone, ha="right", va="top", xytext=(-4, -5))
    ax.margins(y=0.12)
    ax.xaxis.set_major_locator(mdates.MonthLocator((1, 4, 7, 10)))
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%b %Y"))


def draw_shares(ax, shares, colors):
    """Draw shares of wholes that differ, in per cent: each whole is an empty bar, its share the filled part, the first at the top."""
    shares = shares[::-1]
    ax.barh(shares.index, 100, color="white", edgecolor=INK, linewidth=0.8, label="the whole")
    bars = ax.barh(shares.index, shares, color=colors[::-1], edgecolor=INK, linewidth=1.6, label="the share")
    ax.bar_label(bars, fmt="{:g}", padding=4, weight="bold")
    ax.tick_params(axis="y", length=0)
    ax.grid(False)


def draw_counts(ax, rows, color):
    """Draw yearly counts: a solid dot where a year compares (column `comparable`), a ring where it does not."""
    solid, rest = rows[rows["comparable"]], rows[~rows["comparable"]]
    ax.scatter(solid["year"], solid["count"], color=color, label="comparable")
    ax.scatter(rest["year"], rest["count"], edgecolor=color, **HOLLOW, label="not comparable")


def draw_pairs(ax, pairs, color):
    """Draw two values a row, joined by a grey line: the first column solid and pointing up, the second hollow and down."""
    (first, second), rows = pairs.columns, pairs.index.astype(str)
    ax.hlines(rows, pairs[first], pairs[second], color=QUIET, linewidth=3)
    ax.scatter(pairs[first], rows, marker="^", s=80, color=color, label=first, zorder=3)
    ax.scatter(pairs[second], rows, marker="v", s=80, edgecolor=color, label=second, zorder=3, **HOLLOW)
    ax.set_ylim(len(rows) - 0.5, -0.5)   # the first row on top


def odds_axis(ax):
    """Give the value axis a scale of ratios: equal steps up are equal factors on the odds, which are named `1 to 50`."""
    ax.set_yscale("log")
    against = [100, 50, 20, 10, 5, 2, 1]
    ax.set_yticks([1 / n for n in against], [f"1 to {n}" for n in against])
    ax.set_yticks([], minor=True)


def draw_errors(ax, errors, color):
    """Draw by how many per cent the newest month of each release missed today's count: reported solid, predicted hollow.

    errors: the table of `analysis.newest_month_errors`.
    """
    names = pd.Series([f"{month:%b %Y}" for month in errors["month_ending"]], index=errors.index)
    ax.scatter(names, 100 * errors["reported_error"].astype(float), color=color, s=60, label="reported")
    predicted = 100 * errors["predicted_error"].astype(float).dropna()
    ax.scatter(names[predicted.index], predicted, edgecolor=color, s=60, label="predicted", **HOLLOW)
    ax.axhline(0, color=INK, linewidth=1)
    ax.margins(x=0.08, y=0.25)
    ax.legend(loc="upper right", ncols=2)
