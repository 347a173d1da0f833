"""Lesson 04: weigh three metrics, choose the sign of seizures, the rival year and the third metric: is 2025 ahead?"""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from .. import analysis, tables
from ..charts import INK, QUIET, draw_weightings
from ..errors import CourseError
from ..metrics import fentanyl, newest_editions
from .live import NAMED, WIDE, Dropdown, offer, show_question
from .quick import panels

YEARS = range(2019, 2026)
YEAR = 2025
SOURCES = ["seizures_monthly", "overdose_12_months", "extraditions_by_year"]
# what fills the gap of 2025
OTHER = {"transfers": ["transfers"], "any count": ["extraditions_periods"], "comparable": []}
SEIZED = {"more": "good news: more is found, more is better", "less": "bad news: less is sent, less is better"}
THIRDS = {
    "transfers": "any count of extraditions; for 2025, instead, the people transferred outside the treaty",
    "any count": "any count of extraditions; for 2025 those from federal prisons, October 2024 to August 2025",
    "comparable": "comparable extraditions only: 2019 to 2021, and no later year: a verdict only with 0 points for it",
}
SHORT = {"transfers": "in 2025 transfers", "any count": "any count", "comparable": "comparable only"}
POINTS = [(str(number), number) for number in range(11)]
DEFAULT = {"third": "transfers", "seized": "more", "rival": 2024, "interdictions": 1, "overdoses": 1, "points": 1}


@cache
def two_metrics() -> pd.DataFrame:
    """Return fentanyl seized (fiscal year, pounds) and T40.4 deaths (12 months ending September,
    reported), 2019 to 2025.
    """
    pounds, deaths = analysis.by_fiscal_year(fentanyl()), newest_editions()["reported"]
    return pd.DataFrame({"interdictions": [pounds[year] for year in YEARS],
                         "overdoses": [deaths[pd.Period(f"{year}-09")] for year in YEARS]}, index=list(YEARS),
                         dtype=float)


@cache
def third_metric(name: str) -> pd.Series:
    """Return what stands for the third metric, people by year 2019 to 2025; a year without such a figure is missing.

    Raises CourseError with the names on offer when there is no such choice.
    """
    if name not in THIRDS:
        raise CourseError(f"there is no third metric {name!r}. Choose one of {', '.join(THIRDS)}.")
    table = tables.load("extraditions_by_year").set_index("year").loc[2019:2025]
    counts = table["count"].astype(float)
    if name == "comparable":
        return counts.where(table["comparable"].astype(bool))
    if name == "any count":
        periods = tables.load("extraditions_periods").set_index("period_id")
        return counts.fillna({YEAR: float(periods.loc["P33", "count"])})
    moved = tables.load("transfers")
    # in place of, not added
    return counts.fillna({YEAR: float(moved.loc[moved["date"].dt.year == YEAR, "people"].sum())})


@cache
def scorecard(third: str, seized: str) -> pd.DataFrame:
    """Return the three metrics by year on one scale, 0 the worst of the seven years and 1 the best."""
    if seized not in SEIZED:
        raise CourseError(f"there is no sign {seized!r}. Choose one of {', '.join(SEIZED)}.")
    falling = ["overdoses"] if seized == "more" else ["overdoses", "interdictions"]
    return analysis.one_scale(two_metrics().assign(third=third_metric(third)), falling)


def weigh(third: str, seized: str, rival: int, interdictions: int, overdoses: int, points: int):
    """Return the scores of all years for one weighting (0 to 1), and the share of all weightings
    under which 2025 is ahead.
    """
    scale = scorecard(third, seized)
    if not interdictions + overdoses + points:
        raise CourseError("all three metrics have no points, so nothing is weighed. Give points to at least one.")
    scored = analysis.scores(scale, [interdictions, overdoses, points])
    if rival not in scale.index:
        raise CourseError(f"the scorecard has no year {rival}; it has {scale.index[0]} to {scale.index[-1]}.")
    return scored, analysis.share_ahead(scale, YEAR)[rival]


def finding(scored: pd.Series, share: float, rival: int) -> str:
    """Return the verdict, the rank of 2025 and its share of all weightings, in one or two sentences."""
    everywhere = ("with any weight on the third metric there is no figure" if np.isnan(share)
                  else f"under {share:.0%} of all weightings 2025 is ahead")
    rounded = scored.round(9)
    ours, other = 100 * rounded[YEAR], 100 * rounded[rival]
    if np.isnan(ours) or np.isnan(other):
        return f"No verdict on 2025 against {rival}: {everywhere}"
    verdict = "is ahead of" if ours > other else "is behind" if ours < other else "is level with"
    place, known = int((rounded > rounded[YEAR]).sum()) + 1, int(rounded.notna().sum())
    return (f"2025 {verdict} {rival}, {ours:.1f} to {other:.1f} points, and number {place} of {known} years; "
            f"{everywhere}")


def draw_weights(third: str, seized: str, rival: int, interdictions: int, overdoses: int, points: int,
                 on: Figure | None = None) -> Figure:
    """Return a figure for one choice: all weightings with the chosen one marked, and the years by score."""
    scored, share = weigh(third, seized, rival, interdictions, overdoses, points)
    total = interdictions + overdoses + points
    fig, (left, right) = panels(on, 1, 2, figsize=(8, 4.6), width_ratios=[6, 5])
    left.scatter(100 * interdictions / total, 100 * overdoses / total, marker="*", s=260, facecolor="white",
                 edgecolor=INK,
                 linewidth=1.6, zorder=4, label="your weights")
    draw_weightings(left, scorecard(third, seized), YEAR, rival, key=True)
    left.set_title(f"{seized} seized is better")
    years = [str(year) for year in scored.index]
    colors = [INK if year == YEAR else "#7C8288" if year == rival else QUIET for year in scored.index]
    bars = right.barh(years, 100 * scored.fillna(0), color=colors)
    right.bar_label(bars, ["no figure" if np.isnan(score) else f"{100 * score:.1f}" for score in scored], padding=4)
    right.set(xlabel="score with your weights, 0 to 100", xlim=(0, 118), xticks=range(0, 101, 20),
              title=f"third metric: {SHORT[third]}")
    right.yaxis.set_inverted(True)
    right.grid(False)
    fig.suptitle(finding(scored, share, rival))
    return fig


def weights_question():
    """Show the question of lesson 04: which weights, which sign, which rival, what for the third metric?"""
    show_question(controls(), draw_weights, "04_question", sources_of, mend)


def sources_of(third: str, **_: object) -> list:
    """Return the tables behind one choice."""
    return SOURCES + OTHER[third]


def mend(controls: dict, changed: str) -> str:
    """Offer zero points to a metric only while another has some: without any point nothing is weighed."""
    points = {name: controls[name] for name in ("interdictions", "overdoses", "points")}
    for name, control in points.items():
        alone = not any(other.value for key, other in points.items() if key != name)
        offer(control, POINTS[1:] if alone else POINTS, control.value)
    return ""


def controls() -> dict:
    """Return the controls of the question, each with its name."""
    def choose(options, name, key, **how):
        return Dropdown(options=options, value=DEFAULT[key], description=name, style=NAMED, **how)

    return {
        "seized": choose([(words, name) for name, words in SEIZED.items()], "More seized is", "seized", layout=WIDE),
        "third": choose([(words, name) for name, words in THIRDS.items()], "The third metric is", "third", layout=WIDE),
        "rival": choose([year for year in YEARS if year != YEAR], "2025 against", "rival"),
        "interdictions": choose(POINTS, "Points for interdictions", "interdictions"),
        "overdoses": choose(POINTS, "Points for overdoses", "overdoses"),
        "points": choose(POINTS, "Points for the third metric", "points"),
    }
