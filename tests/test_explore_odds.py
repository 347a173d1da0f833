"""The interactive question of lesson 03, over its whole grid: every choice has an answer that holds together."""

import itertools
import math

import pytest

from takeaways import analysis
from takeaways.errors import CourseError
from takeaways.explore import live, odds
from takeaways.publishing import OWN


def ranges(options):
    """Every pair of ends of a range, the lesser first."""
    places = list(options.values())
    return [(least, most) for i, least in enumerate(places) for most in places[i:]]


BELIEFS = list(itertools.product(ranges(odds.PRIORS), ranges(odds.RAISING), ranges(odds.LOWERING)))
STAKES = list(itertools.product(odds.COSTS, odds.LOSSES))


def test_the_grid_is_whole_and_in_order():
    assert len(BELIEFS) == 21 * 15 * 10 and len(STAKES) == 10 * 5
    for options in (odds.PRIORS, odds.RAISING, odds.LOWERING):
        assert list(options.values()) == sorted(options.values())
    assert (odds.DEFAULT["prior"], odds.DEFAULT["raising"], odds.DEFAULT["lowering"]) in BELIEFS
    assert (odds.DEFAULT["cost"], odds.DEFAULT["loss"]) in STAKES


@pytest.mark.parametrize("least, most", ranges(odds.PRIORS))
def test_every_choice_has_an_answer_that_holds_together(least, most):
    for _, raising, lowering in (one for one in BELIEFS if one[0] == (least, most)):
        first = odds.answer_for((least, most), raising, lowering, *STAKES[0])
        low, high = first.together
        assert 0 < low <= first.posterior + 1e-12 and first.posterior <= high + 1e-12 and high < 1
        assert low == pytest.approx(analysis.update(least, raising[0], lowering[0]))
        assert high == pytest.approx(analysis.update(most, raising[1], lowering[1]))
        assert all(low - 1e-12 <= start <= end <= high + 1e-12 for start, end in first.swings.values())
        for cost, loss in STAKES:
            answer = odds.answer_for((least, most), raising, lowering, cost, loss)
            assert answer.threshold == cost / loss
            assert (answer.posterior, answer.swings, answer.together) == (first.posterior, first.swings, first.together)
            assert answer.hinges == [name for name, (start, end) in first.swings.items() if start < answer.threshold < end]
            said = odds.finding(answer)
            assert ("it cannot pay" in said) == (answer.threshold >= 1)
            assert answer.threshold >= 1 or ("no input alone" in said) == (not answer.hinges)


def test_a_point_instead_of_a_range_is_plain_bayes():
    answer = odds.answer_for((0.2, 0.2), (2, 2), (1, 1), 50, 100)
    assert answer.posterior == pytest.approx(1 / 3) == answer.together[0] and answer.hinges == []
    assert "no input alone turns that" in odds.finding(answer)


def test_the_middle_of_a_range_is_the_middle_of_odds():
    answer = odds.answer_for((0.02, 0.1), (1, 1), (1, 1), 10, 100)
    assert analysis.odds(answer.posterior) == pytest.approx(math.sqrt(analysis.odds(0.02) * analysis.odds(0.1)))


def test_the_order_of_the_inputs_does_not_matter_to_the_default():
    answer = odds.answer_for(**odds.DEFAULT)
    assert odds.finding(answer) == ("Probability 7% (1% to 36%). Preparing pays above 10%, and this hinges on the "
                                    "first probability and the signs that point to force")


@pytest.mark.parametrize("change, says", [
    ({"prior": (0, 0.1)}, "no sign can move"), ({"prior": (0.1, 1)}, "no sign can move"),
    ({"prior": (0.4, 0.1)}, "its least, 40%, is above its most, 10%"), ({"prior": (0.5, 0.1)}, "its least, 50%, is above"),
    ({"raising": (20, 5)}, "signs that point to force is turned round: its least, 20, is above its most, 5"),
    ({"raising": (0, 2)}, "signs that point to force"), ({"lowering": (1, 0.5)}, "its least, 1, is above its most, 1/2"),
    ({"cost": 0}, "nothing to decide"), ({"loss": -1}, "nothing to decide")])
def test_impossible_inputs_are_told(change, says):
    with pytest.raises(CourseError, match=says):
        odds.answer_for(**odds.DEFAULT | change)
    assert "No answer for this choice" in live.answer(odds.draw_choice, [], **odds.DEFAULT | change).page


@pytest.mark.parametrize("stakes", [(10, 500), (10, 100), (100, 100)])
@pytest.mark.parametrize("belief", [BELIEFS[0], BELIEFS[1234], BELIEFS[-1]])
def test_choices_are_drawn_and_told(belief, stakes):
    page = live.answer(odds.draw_choice, OWN, **dict(zip(odds.DEFAULT, (*belief, *stakes)))).page
    assert page.startswith("<figure") and "all three at once" in page and "Your own inputs" in page and "vertical line at" in page


@pytest.fixture
def shown(show_question):
    return show_question(odds.odds_question)


def test_readers_see_the_default_and_the_answer_follows_the_controls(shown):
    least, most, *_, cost, loss, said, reply = shown["widgets"]
    assert "Probability 7%" in shown["text/plain"] and reply.value == shown["text/html"]
    least.value, most.value = 0.1, 0.4
    assert "Probability 30%" in reply.value and "<p>" not in said.value
    cost.value = 100
    assert "cannot pay" in reply.value and "cannot pay" in said.value


def test_a_range_cannot_be_turned_round(shown):
    least, most, more_least, more_most, *_, said, reply = shown["widgets"]
    least.value = 0.2
    assert most.value == 0.2 and "For the first probability the most is now 20% too." in said.value
    most.value = 0.05
    assert least.value == 0.05 and "the least is now 5% too" in said.value
    more_least.value = 20
    assert more_most.value == 20 and "signs that point to force the most is now 20 too" in said.value
    assert reply.value.startswith("<figure") and "5%" in reply.value


def test_every_control_has_a_visible_name():
    names = [control.description for control in odds.controls().values()]
    assert len(set(names)) == len(names) == 8 and "First probability, least" in names and "Cost of preparing" in names
