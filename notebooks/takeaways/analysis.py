"""Pure functions of the course: no display, no chart, no widget.

A monthly series is a pandas Series with a monthly PeriodIndex without gaps; a change is a fraction
(0.25 is +25 per cent); a share is between 0 and 1.
"""

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
    if window < 1:
        raise CourseError(f"a window of {window} is empty or reversed. Choose 1 or more.")
    before = _whole(series, date - window, date - 1)
    after = _whole(series, date + 1, date + window)
    if not before.mean():
        raise CourseError(f"the series is zero before {date}: a change in per cent has no meaning there.")
    return Change(float(before.mean()), float(after.mean()), float(after.mean() / before.mean() - 1))


def _whole(series, first, last):
    part = series.loc[first:last].dropna()
    wanted = pd.period_range(first, last, freq=series.index.freq)
    missing = [str(period) for period in wanted.difference(part.index)]
    if missing:
        shown = ", ".join(missing[:4]) + (" and others" if len(missing) > 4 else "")
        raise CourseError(f"no comparable figure for {shown}. Choose a shorter window or another date.")
    return part


def placebo_changes(series: pd.Series, window: int) -> pd.Series:
    """Return the before-and-after change at every date that has a whole window on either side."""
    if window < 1:
        raise CourseError(f"a window of {window} is empty or reversed. Choose 1 or more.")
    every_date = pd.period_range(series.index.min(), series.index.max(), freq=series.index.freq)
    means = series.reindex(every_date).astype(float).rolling(window).mean()
    before, after = means.shift(1), means.shift(-window)
    return (after / before.where(before > 0) - 1).dropna().rename("change")


def rank_among(changes: pd.Series, date: pd.Period) -> Rank:
    """Return how the change at one date compares with the changes at all other dates.

    "At least as much" is read in the direction of the change itself: a rise is compared with rises,
    a fall with falls. Neighbouring windows share most of their months, so the share is no p-value.
    """
    if date not in changes.index:
        raise CourseError(f"{date} has no whole window on either side in this series.")
    others = changes.drop(date)
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


def brier_score(forecasts, outcomes) -> float:
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
