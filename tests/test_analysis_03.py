"""The pure functions of lesson 03, against small examples that can be worked by hand."""

import pytest

from takeaways import analysis
from takeaways.errors import CourseError


@pytest.mark.parametrize("happened, periods, probability", [(0, 0, 1 / 2), (0, 52, 1 / 54), (3, 3, 4 / 5), (1, 8, 0.2)])
def test_rule_of_succession(happened, periods, probability):
    assert analysis.rule_of_succession(happened, periods) == pytest.approx(probability)


@pytest.mark.parametrize("happened, periods", [(2, 1), (-1, 3), (0, -1)])
def test_rule_of_succession_refuses_impossible_counts(happened, periods):
    with pytest.raises(CourseError, match="cannot happen more often"):
        analysis.rule_of_succession(happened, periods)


def test_quiet_periods_needed_is_the_first_number_that_reaches_the_ratio():
    assert analysis.quiet_periods_needed(0, 0.5, ratio=8) == 3
    needed = analysis.quiet_periods_needed(0.02, 0.25)
    assert (0.98 / 0.75) ** needed >= 20 > (0.98 / 0.75) ** (needed - 1)
    for low, high in ((0.3, 0.3), (0.4, 0.3), (0.1, 1), (-0.1, 0.5)):
        with pytest.raises(CourseError, match="must be the lower of two"):
            analysis.quiet_periods_needed(low, high)
