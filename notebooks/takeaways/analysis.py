"""Pure functions of the course: no display, no chart, no widget.

A monthly series is a pandas Series with a monthly PeriodIndex without gaps; a change is a fraction
(0.25 is +25 per cent); a share is between 0 and 1.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from .errors import CourseError


class Change(NamedTuple):
    """The mean of a series before and after a date, and the change from one to the other (a fraction)."""

    before: float
    after: float
    change: float


class Rank(NamedTuple):
    """Where one date's change falls among those of all other dates."""

    change: float
    others: int       # how many other dates could be compared
    at_least: int     # how many of them changed at least as much in the same direction

    @property
    def share(self) -> float:
        return self.at_least / self.others


def fiscal_year(month: pd.Period) -> int:
    """Return the U.S. fiscal year of a month: October to September, named for the year in which it ends."""
    return month.year + (month.month >= 10)


def by_fiscal_year(monthly: pd.Series) -> pd.Series:
    """Sum a monthly series by U.S. fiscal year; a year with fewer than twelve months is missing, not small."""
    return _yearly(monthly, [fiscal_year(month) for month in monthly.index], "fiscal_year")


def by_calendar_year(monthly: pd.Series) -> pd.Series:
    """Sum a monthly series by calendar year; a year with fewer than twelve months is missing, not small."""
    return _yearly(monthly, monthly.index.year, "year")


def _yearly(monthly, years, name):
    groups = monthly.groupby(pd.Index(years, name=name))
    return groups.sum().where(groups.count() == 12)


def rolling_12_months(monthly: pd.Series) -> pd.Series:
    """Sum the twelve months ending in each month; the first eleven are missing."""
    return monthly.rolling(12).sum()


def rate_per_100k(deaths: pd.Series, persons: pd.Series) -> pd.Series:
    """Return crude deaths per 100,000 residents, aligned on the index (not age-adjusted)."""
    return deaths / persons * 100_000


def before_after(series: pd.Series, date: pd.Period, window: int) -> Change:
    """Compare the mean of the `window` periods before a date with that of the `window` periods after it.

    The period of the event itself belongs to neither side. Raises CourseError when a side is not whole:
    a mean over a gap would be an invented figure.
    """
    _require_window(window)
    before = _whole(series, date - window, date - 1).mean()
    after = _whole(series, date + 1, date + window).mean()
    if not before:
        raise CourseError(f"the series is zero before {date}: a change in per cent has no meaning there.")
    return Change(float(before), float(after), float(after / before - 1))


def _require_window(window):
    if window < 1:
        raise CourseError(f"a window of {window} is empty or reversed. Choose 1 or more.")


def _whole(series, first, last):
    part = series.loc[first:last].dropna()
    if len(part) == (last - first).n + 1 and part.index.is_unique:
        return part
    wanted = pd.period_range(first, last, freq=series.index.freq)
    missing = [str(period) for period in wanted.difference(part.index)]
    if missing:
        shown = ", ".join(missing[:4]) + (" and others" if len(missing) > 4 else "")
        raise CourseError(f"no comparable figure for {shown}. Choose a shorter window or another date.")
    return part


def placebo_changes(series: pd.Series, window: int) -> pd.Series:
    """Return the before-and-after change at every date that has a whole window on either side."""
    _require_window(window)
    every_date = pd.period_range(series.index.min(), series.index.max(), freq=series.index.freq)
    means = series.reindex(every_date).astype(float).rolling(window).mean()
    before, after = means.shift(1), means.shift(-window)
    return (after / before.where(before > 0) - 1).dropna().rename("change")


def other_changes(changes: pd.Series, date: pd.Period, apart: int = 0) -> pd.Series:
    """Return the changes at all dates but one, or only at those more than `apart` periods away from it.

    With the length of the window for `apart`, none of the dates that remain has the one in a window of its own.
    """
    others = changes.drop(date, errors="ignore")
    return others[abs(others.index.astype("int64") - date.ordinal) > apart]


def rank_among(changes: pd.Series, date: pd.Period, apart: int = 0) -> Rank:
    """Return how the change at one date compares with the changes at the other dates (see `other_changes`).

    "At least as much" is read in the direction of the change itself: a rise is compared with rises,
    a fall with falls. Neighbouring windows share most of their months, so the share is no p-value.
    """
    if date not in changes.index:
        raise CourseError(f"{date} has no whole window on either side in this series.")
    others = other_changes(changes, date, apart)
    if others.empty:
        raise CourseError("there is no other date to compare with. Choose a shorter window.")
    actual = changes[date]
    at_least = (others >= actual) if actual >= 0 else (others <= actual)
    return Rank(float(actual), len(others), int(at_least.sum()))


def odds(probability: float) -> float:
    """Turn a probability into odds for: 0.2 is 0.25, that is 1 to 4."""
    if not 0 <= probability < 1:
        raise CourseError(f"{probability} is not a probability below 1.")
    return probability / (1 - probability)


def probability(odds_for: float) -> float:
    """Turn odds for into a probability: 0.25, that is 1 to 4, is 0.2."""
    if odds_for < 0:
        raise CourseError(f"odds cannot be negative ({odds_for}).")
    return odds_for / (1 + odds_for)


def update(prior: float, *likelihood_ratios: float) -> float:
    """Return the probability after signs that are independent of one another (Bayes in odds form)."""
    posterior = odds(prior)
    for ratio in likelihood_ratios:
        posterior *= ratio
    return probability(posterior)


def brier_score(forecasts: Iterable[float], outcomes: Iterable[int]) -> float:
    """Return the mean squared distance between forecasts (0 to 1) and outcomes (0 or 1); 0 is perfect."""
    pairs = list(zip(forecasts, outcomes, strict=True))
    if not pairs:
        raise CourseError("there is no forecast to score.")
    return sum((forecast - outcome) ** 2 for forecast, outcome in pairs) / len(pairs)


def rescale(values: pd.Series) -> pd.Series:
    """Put a metric on a scale from 0 (its least value) to 1 (its largest); gaps stay gaps."""
    spread = values.max() - values.min()
    if not spread > 0:
        raise CourseError("a metric that never changes cannot be put on a scale.")
    return (values - values.min()) / spread


def one_scale(numbers: pd.DataFrame, less_is_better: Iterable[str] = ()) -> pd.DataFrame:
    """Put each metric (a column) on a scale from 0, the worst of the years shown, to 1, the best; gaps stay gaps.

    numbers: one row a year. less_is_better: the metrics of which a smaller value is the better one.
    """
    scale = numbers.astype(float).apply(rescale)
    for metric in less_is_better:
        scale[metric] = 1 - scale[metric]
    return scale


def scores(scale: pd.DataFrame, weights: Mapping[str, float] | Sequence[float]) -> pd.Series:
    """Return the weighted mean of the metrics for each year, 0 to 1; weights are divided by their sum.

    weights: a number for each metric by name ({"overdoses": 1, ...}), or one for each column in order.
    A metric without weight does not count. A year that lacks a metric which counts has no score: nothing is filled in.
    Raises CourseError when a name is not a metric or a metric has no weight, when a weight is negative or all are zero.
    """
    if isinstance(weights, dict):
        unknown = [name for name in weights if name not in scale]
        missing = [name for name in scale if name not in weights]
        if unknown or missing:
            raise CourseError(f"the weights name {', '.join(map(str, weights))}; the metrics are "
                              f"{', '.join(scale.columns)}: "
                              "give each of these one weight, and 0 to one that should not count.")
    weights = pd.Series(weights, index=scale.columns, dtype=float)
    given, total = weights.to_numpy(), weights.sum()
    if (given < 0).any() or not total > 0:
        raise CourseError("weights cannot be negative, and at least one must be above zero.")
    columns = scale.to_numpy(dtype=float, na_value=math.nan).T
    weighted = sum(column * (weight / total) for column, weight in zip(columns, given) if weight > 0)
    return pd.Series(weighted, index=scale.index)


def ahead_region(gap: Iterable[float]) -> list[tuple[float, float]]:
    """Return the corners of the part of all weightings of three metrics under which one year is ahead of another.

    gap: by how much the year is ahead in each metric (scale.loc[2025] - scale.loc[2024]).
    A corner is (weight of the first metric, weight of the second), in per cent; the third metric has the rest. All
    weightings fill a triangle and the lead turns along one straight line, so the part is exact. It is empty where the
    year is never ahead. Raises CourseError where a metric has no figure in one of the two years.
    """
    gap = [float(one) for one in gap]
    if any(map(math.isnan, gap)):
        raise CourseError("a metric has no figure in one of the two years: only weightings without it can be compared.")
    corners = list(zip([(100.0, 0.0), (0.0, 100.0), (0.0, 0.0)], gap))
    part = []
    for (place, lead), (following, next_lead) in zip(corners, corners[1:] + corners[:1]):
        if lead > 0 or lead == 0 < max(gap):
            part.append(place)
        if lead * next_lead < 0:   # the lead turns on this side of the triangle
            way = lead / (lead - next_lead)
            part.append(tuple(one + way * (other - one) for one, other in zip(place, following)))
    return part


def share_ahead(scale: pd.DataFrame, year: int) -> pd.Series:
    """Return, for each other year, the share (0 to 1) of all weightings of the metrics under which `year` is ahead of
    it.

    scale: the metrics (columns) by year, as `one_scale` gives them. The share is computed exactly, and is missing where
    a metric has no figure in one of the two years. Raises CourseError when the scorecard has no such year.
    """
    if year not in scale.index:
        raise CourseError(f"the scorecard has no year {year}; it has {scale.index[0]} to {scale.index[-1]}.")
    gaps = scale.loc[year] - scale.drop(year)
    return pd.Series({rival: _share_above_zero(list(gap)) if gap.notna().all() else math.nan for rival,
                      gap in gaps.iterrows()}, dtype=float)


def _share_above_zero(gap):
    """The share of all weightings of these numbers whose mean is above zero.

    Between a number above zero and one below, the lead turns where their weights are as the one to the other: this
    parts the weightings in two, each of them like all weightings of one number fewer.
    """
    above, below = max(gap), min(gap)
    if above <= 0 or below >= 0:
        return float(above > 0)
    without_below, without_above = sorted(gap)[1:], sorted(gap)[:-1]
    return (above * _share_above_zero(without_below) - below * _share_above_zero(without_above)) / (above - below)


def newest_month_errors(rows: pd.DataFrame, against: str = "reported") -> pd.DataFrame:
    """Compare what each release said of its own newest month with what is reported of that month today.

    rows: 12-month counts of one drug class (month_ending, reported, predicted, vintage).
    against: "predicted" to compare with what is predicted of that month today.
    Returns one row a release, the newest left out: month_ending, reported, predicted, today, reported_error and
    predicted_error (fractions; -0.02 is two per cent too low). A release without a predicted count has no such error.
    """
    rows = rows.sort_values(["vintage", "month_ending"])
    today = rows.drop_duplicates("month_ending", keep="last").set_index("month_ending")[against]
    found = rows.drop_duplicates("vintage", keep="last").set_index("vintage")[["month_ending", "reported", "predicted"]]
    found["today"] = today.reindex(found["month_ending"]).to_numpy()
    errors = found[["reported", "predicted"]].astype(float).div(found["today"].astype(float), axis=0) - 1
    return found.join(errors.add_suffix("_error")).iloc[:-1]


class Success(NamedTuple):
    """A change (a fraction), and the least and the largest that it becomes if the newer count is
    off as earlier ones were.
    """

    change: float
    low: float
    high: float


def change_with_range(then: float, now: float, errors: Iterable[float] = ()) -> Success:
    """Return the change from one count to a newer one, with its range.

    errors: by which fraction earlier counts of this kind missed what stood later (-0.02 is two per cent too low).
    The range holds the true change only if the newer count misses as those did; where none is known it has no width.
    Raises CourseError when the earlier count is zero.
    """
    if not then:
        raise CourseError("the earlier count is zero: a change in per cent has no meaning there.")
    changes = [now / (1 + error) / then - 1 for error in errors]
    change = float(now / then - 1)
    return Success(change, float(min(changes, default=change)), float(max(changes, default=change)))


def rule_of_succession(happened: int, periods: int) -> float:
    """Return Laplace's probability that an event happens in the next period: (happened + 1) / (periods + 2).

    Raises CourseError when the event happened more often than there were periods, or when a count is negative.
    """
    if not 0 <= happened <= periods:
        raise CourseError(f"{happened} of {periods} periods: the event cannot happen more often than there are "
                          "periods.")
    return (happened + 1) / (periods + 2)


def quiet_periods_needed(low: float, high: float, ratio: float = 20) -> int:
    """Return how many independent periods without the event tell two forecasters apart.

    Each quiet period favours the one who said `low` over the one who said `high` by (1 - low) / (1 - high);
    returned is the number after which the product reaches `ratio` to one.
    """
    if not 0 <= low < high < 1:
        raise CourseError(f"the first probability must be the lower of two below 1, not {low} and {high}.")
    return math.ceil(math.log(ratio) / math.log((1 - low) / (1 - high)))
