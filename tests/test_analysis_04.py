"""The scorecard, against small examples that can be worked by hand."""

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


@pytest.mark.parametrize("step, ways", [(50, 6), (10, 66), (5, 231)])
def test_weightings_are_all_ways_to_share_one_hundred(step, ways):
    found = analysis.weightings(["a", "b", "c"], step)
    assert len(found) == ways == len(found.drop_duplicates())
    assert (found.sum(axis=1) == 100).all() and (found >= 0).all(axis=None)


def test_leads_are_the_differences_of_the_scores():
    scale = analysis.one_scale(NUMBERS.fillna(2), less_is_better=["b"])
    found = analysis.leads(scale, 2003, 2002)
    for _, row in found.iterrows():
        scored = analysis.scores(scale, row[["a", "b", "c"]])
        assert row["lead"] == pytest.approx(scored[2003] - scored[2002])


def test_a_lead_over_a_gap_is_missing_unless_the_gap_does_not_count():
    found = analysis.leads(analysis.one_scale(NUMBERS), 2003, 2002)
    assert (found["lead"].isna() == (found["c"] > 0)).all()


def test_a_year_outside_the_scorecard_is_told():
    with pytest.raises(CourseError, match="no year 1999; it has 2001 to 2003"):
        analysis.leads(analysis.one_scale(NUMBERS), 2003, 1999)


def test_the_share_of_weightings_under_which_a_year_is_ahead():
    scale = pd.DataFrame({"a": [1, 0], "b": [0, 1], "c": [0, 0]}, index=[2001, 2002])
    shares = analysis.share_ahead(scale, 2001, step=50)   # (100,0,0) and (50,0,50); (50,50,0) and (0,0,100) are level
    assert shares.to_dict() == {2002: 2 / 6}
    assert analysis.share_ahead(scale.assign(c=[None, 0]), 2001, step=50)[2002] == 1 / 6   # no figure is not ahead


def test_mean_gap_of_every_two_values():
    assert analysis.mean_gap([0, 3, 9]) == pytest.approx((3 + 9 + 6) / 3)
    with pytest.raises(CourseError):
        analysis.mean_gap([4])
