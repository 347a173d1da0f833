"""The scorecard, against small examples that can be worked by hand."""

import numpy as np
import pandas as pd
import pytest

from takeaways import analysis
from takeaways.errors import CourseError

NUMBERS = pd.DataFrame({"a": [0, 5, 10], "b": [30, 10, 20], "c": [1, None, 3]}, index=[2001, 2002, 2003])


def test_one_scale_runs_from_the_worst_year_to_the_best_and_keeps_gaps():
    scale = analysis.one_scale(NUMBERS, less_is_better=["b"])
    assert scale["a"].tolist() == [0, 0.5, 1]
    assert scale["b"].tolist() == [0, 1, 0.5]
    assert scale["c"].isna().tolist() == [False, True, False]
    assert NUMBERS["b"].tolist() == [30, 10, 20]   # the table given is left as it was


def test_scores_divide_by_the_sum_of_the_weights():
    scale = analysis.one_scale(NUMBERS, less_is_better=["b"])
    assert analysis.scores(scale, [1, 1, 0]).tolist() == [0, 0.75, 0.75]
    assert analysis.scores(scale, {"a": 30, "b": 10, "c": 0}).tolist() == analysis.scores(scale, [3, 1, 0]).tolist()


def test_a_gap_has_no_score_unless_it_does_not_count():
    scale = analysis.one_scale(NUMBERS)
    assert analysis.scores(scale, [1, 1, 1]).isna().tolist() == [False, True, False]
    assert analysis.scores(scale, [1, 1, 0]).notna().all()


@pytest.mark.parametrize("weights", [[0, 0, 0], [1, -1, 1], [float("nan")] * 3])
def test_weights_that_weigh_nothing_are_told(weights):
    with pytest.raises(CourseError, match="at least one must be above zero"):
        analysis.scores(analysis.one_scale(NUMBERS), weights)


GAPS = [(0.4, -0.1, -0.2), (-0.4, 0.36, -0.23), (0.4, 0.36, -0.23), (0.1, 0.2, 0.3), (-1, -2, -3), (0, 0, 0), (1, 0, -1), (0, -1, 1), (0, 0, 1)]


@pytest.mark.parametrize("gap", GAPS)
def test_the_share_of_all_weightings_is_the_area_that_a_fine_grid_comes_to(gap):
    """Counted at the middle of half a million small triangles."""
    step = 1 / 700
    first, second = np.meshgrid(np.arange(0, 1, step) + step / 3, np.arange(0, 1, step) + step / 3)
    inside = first + second < 1
    lead = gap[0] * first + gap[1] * second + gap[2] * (1 - first - second)
    scale = pd.DataFrame([gap, (0, 0, 0)], index=[2025, 2024], columns=list("abc"))
    assert analysis.share_ahead(scale, 2025)[2024] == pytest.approx((lead > 1e-12)[inside].mean(), abs=0.002)


def test_the_share_where_one_metric_alone_is_ahead_has_a_known_formula():
    gap = (-0.4, 0.36, -0.23)   # one of three ahead: its square over the product of its distances to the others
    scale = pd.DataFrame([gap, (0, 0, 0)], index=[2025, 2024], columns=list("abc"))
    assert analysis.share_ahead(scale, 2025)[2024] == pytest.approx(0.36**2 / ((0.36 + 0.4) * (0.36 + 0.23)))


def test_the_part_where_a_year_is_ahead_ends_where_the_scores_are_level():
    scale = analysis.one_scale(NUMBERS.fillna(2), less_is_better=["b"])
    gap = scale.loc[2003] - scale.loc[2002]
    corners = analysis.ahead_region(gap)
    assert len(corners) >= 3
    for first, second in corners:
        assert 0 <= first <= 100 and 0 <= second <= 100 - first + 1e-9
        scored = analysis.scores(scale, [first, second, max(0, 100 - first - second)])
        assert scored[2003] >= scored[2002] - 1e-9
    assert analysis.ahead_region([-1, -1, -2]) == []


def test_the_two_years_share_all_weightings_between_them():
    scale = analysis.one_scale(NUMBERS.fillna(2), less_is_better=["b"])
    assert analysis.share_ahead(scale, 2003)[2002] + analysis.share_ahead(scale, 2002)[2003] == pytest.approx(1)


def test_a_gap_has_no_share():
    scale = analysis.one_scale(NUMBERS)
    assert analysis.share_ahead(scale, 2003).isna().to_dict() == {2001: False, 2002: True}
    with pytest.raises(CourseError, match="no figure in one of the two years"):
        analysis.ahead_region(scale.loc[2003] - scale.loc[2002])


def test_a_year_outside_the_scorecard_is_told():
    with pytest.raises(CourseError, match="no year 1999; it has 2001 to 2003"):
        analysis.share_ahead(analysis.one_scale(NUMBERS), 1999)
