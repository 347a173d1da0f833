"""The pure functions, against small examples that can be worked by hand."""

import pandas as pd
import pytest

from takeaways import analysis
from takeaways.errors import CourseError


def months(values, first="2020-01"):
    return pd.Series(values, index=pd.period_range(first, periods=len(values), freq="M"), dtype=float)


@pytest.mark.parametrize("month, year", [("2020-09", 2020), ("2020-10", 2021), ("2020-12", 2021), ("2021-01", 2021)])
def test_fiscal_year_begins_in_october(month, year):
    assert analysis.fiscal_year(pd.Period(month)) == year


def test_years_are_summed_only_when_whole():
    series = months(range(1, 31))   # January 2020 to June 2022
    assert analysis.by_calendar_year(series).to_dict() == pytest.approx({2020: 78, 2021: 222, 2022: float("nan")}, nan_ok=True)
    assert analysis.by_fiscal_year(series)[2021] == sum(range(10, 22))
    assert pd.isna(analysis.by_fiscal_year(series)[2020])


def test_rolling_12_months_needs_twelve():
    rolled = analysis.rolling_12_months(months([1] * 14))
    assert rolled.isna().sum() == 11 and rolled.iloc[-1] == 12


def test_rate_per_100k():
    assert analysis.rate_per_100k(pd.Series([50]), pd.Series([1_000_000])).iloc[0] == 5


def test_before_after_leaves_the_month_of_the_event_out():
    change = analysis.before_after(months([1, 1, 99, 2, 2]), pd.Period("2020-03"), 2)
    assert change == (1, 2, 1)


@pytest.mark.parametrize("window", [0, -3])
def test_an_empty_or_reversed_window_is_told(window):
    with pytest.raises(CourseError, match="empty or reversed"):
        analysis.before_after(months([1, 2, 3]), pd.Period("2020-02"), window)


def test_a_gap_is_never_averaged_over():
    series = months([1, 2, 3, 4, 5]).drop(pd.Period("2020-04"))
    with pytest.raises(CourseError, match="no comparable figure for 2020-04"):
        analysis.before_after(series, pd.Period("2020-03"), 1)
    with pytest.raises(CourseError, match="2020-06, 2020-07"):
        analysis.before_after(months([1, 2, 3, 4, 5]), pd.Period("2020-04"), 3)


def test_no_change_in_per_cent_from_zero():
    with pytest.raises(CourseError, match="zero before"):
        analysis.before_after(months([0, 0, 1]), pd.Period("2020-02"), 1)


def test_placebo_changes_cover_every_date_with_whole_windows():
    changes = analysis.placebo_changes(months([1, 2, 4, 8]), 1)
    assert changes.round(6).to_dict() == {pd.Period("2020-02"): 3, pd.Period("2020-03"): 3}


def test_placebo_changes_are_the_before_and_after_of_each_date():
    series = months([5, 3, 8, 1, 9, 2, 7, 4, 6]).drop(pd.Period("2020-08"))
    changes = analysis.placebo_changes(series, 2)
    assert list(changes.index) == [pd.Period("2020-03"), pd.Period("2020-04"), pd.Period("2020-05")]
    for date, change in changes.items():
        assert change == pytest.approx(analysis.before_after(series, date, 2).change)


def test_rank_reads_a_fall_among_falls():
    changes = pd.Series([0.5, -0.2, -0.4, 0.1, -0.2], index=pd.period_range("2020-01", periods=5, freq="M"))
    up, down = analysis.rank_among(changes, pd.Period("2020-04")), analysis.rank_among(changes, pd.Period("2020-02"))
    assert (up.others, up.at_least, up.share) == (4, 1, 0.25)
    assert (down.others, down.at_least, down.share) == (4, 2, 0.5)


def test_dates_that_are_too_near_can_be_left_out():
    changes = months([0.1, 0.2, 0.3, 0.4, 0.5])
    assert analysis.rank_among(changes, pd.Period("2020-02"), apart=1)[1:] == (2, 2)
    assert list(analysis.other_changes(changes, pd.Period("2020-02"), apart=2).index) == [pd.Period("2020-05")]
    with pytest.raises(CourseError, match="no other date"):
        analysis.rank_among(changes, pd.Period("2020-02"), apart=9)


def test_rank_of_a_date_without_windows_is_told():
    with pytest.raises(CourseError, match="no whole window"):
        analysis.rank_among(months([1, 2]), pd.Period("1999-01"))
    with pytest.raises(CourseError, match="no other date"):
        analysis.rank_among(months([1]), pd.Period("2020-01"))


def test_odds_and_bayes():
    assert analysis.odds(0.2) == pytest.approx(0.25)
    assert analysis.probability(analysis.odds(0.3)) == pytest.approx(0.3)
    assert analysis.update(0.5, 3) == pytest.approx(0.75)
    assert analysis.update(0.1, 2, 2) == pytest.approx(4 / 13)
    for wrong in (lambda: analysis.odds(1), lambda: analysis.odds(-0.1), lambda: analysis.probability(-1)):
        with pytest.raises(CourseError):
            wrong()


def test_brier_score():
    assert analysis.brier_score([0, 1, 0.5], [0, 1, 1]) == pytest.approx(0.25 / 3)
    with pytest.raises(CourseError):
        analysis.brier_score([], [])


def test_rescale_keeps_gaps():
    assert analysis.rescale(pd.Series([2, None, 6])).fillna(-1).tolist() == [0, -1, 1]
    with pytest.raises(CourseError):
        analysis.rescale(pd.Series([3, 3]))
