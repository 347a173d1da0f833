"""The weights of lesson 04: every choice has a verdict, or a sentence that says why there is none."""

import itertools
from functools import cache

import numpy as np
import pytest

from takeaways import analysis
from takeaways.errors import CourseError
from takeaways.explore import live, weights

CONTROLS = weights.controls()
SIGNS, THIRDS = list(weights.SEIZED), list(weights.THIRDS)
RIVALS = list(CONTROLS["rival"].options)


def test_the_scorecard_is_the_one_that_the_tables_give():
    numbers = weights.two_metrics().assign(third=weights.third_metric("transfers"))
    assert list(numbers.index) == list(range(2019, 2026)) and numbers.notna().all(axis=None)
    assert numbers["interdictions"].round().tolist() == [2804, 4791, 11201, 14700, 27023, 21889, 12027]
    assert numbers["overdoses"].tolist()[:-1] == [34057, 53243, 67716, 72843, 77201, 55391]
    assert 40_000 < numbers["overdoses"][2025] < 41_000     # late certificates still raise it
    assert numbers["third"].tolist() == [58, 60, 43, 78, 70, 63, 55]
    assert weights.third_metric("any count")[2025] == 20   # in place of the transfers, never added to them
    assert weights.third_metric("comparable").dropna().to_dict() == {2019: 58, 2020: 60, 2021: 43}


@pytest.mark.parametrize("third", THIRDS)
@pytest.mark.parametrize("seized", SIGNS)
def test_every_weighting_has_scores_and_a_verdict_that_fits_them(third, seized):
    """All points from 0 to 10; the sentence is read against one rival after the other."""
    scale = weights.scorecard(third, seized)
    found = analysis.share_ahead(scale, 2025)
    points = [some for some in itertools.product(range(11), repeat=3) if sum(some)]
    for some, rival in zip(points, itertools.cycle(RIVALS)):
        scored = analysis.scores(scale, some)
        missing = third == "comparable" and some[2] > 0
        there = scored.to_numpy()[~np.isnan(scored.to_numpy())]
        assert np.isnan(scored[2025]) == missing and ((there >= -1e-9) & (there <= 1 + 1e-9)).all()
        said = weights.finding(scored, found[rival], rival)
        if missing:
            assert said.startswith(f"No verdict on 2025 against {rival}: with any weight on the third metric there is no figure")
        else:
            gap = round(scored[2025] - scored[rival], 8)
            verdict = "is ahead of" if gap > 0 else "is behind" if gap < 0 else "is level with"
            assert said.startswith(f"2025 {verdict} {rival}, ")


@pytest.mark.parametrize("third, seized, rival", list(itertools.product(THIRDS[:2], SIGNS, RIVALS)))
def test_inside_the_dark_part_2025_is_ahead_and_outside_it_is_not(third, seized, rival):
    """Every weighting in steps of five per cent, held against the corners of the part."""
    scale = weights.scorecard(third, seized)
    part = analysis.ahead_region(scale.loc[2025] - scale.loc[rival])
    for (first, second), scored in every_weighting(third, seized).items():
        if abs(scored[2025] - scored[rival]) > 1e-9:
            assert (scored[2025] > scored[rival]) == is_inside(part, first, second)


@cache
def every_weighting(third, seized):
    """The scores by year under each weighting in steps of five per cent, by the weights of the first two metrics."""
    scale = weights.scorecard(third, seized)
    return {(first, second): analysis.scores(scale, [first, second, 100 - first - second]).to_dict()
            for first, second in itertools.product(range(0, 101, 5), repeat=2) if first + second <= 100}


def is_inside(part, x, y):
    """Whether a point lies in a convex part whose corners run counter-clockwise."""
    sides = list(zip(part, part[1:] + part[:1]))
    return len(part) > 2 and all((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > -1e-6 for (x0, y0), (x1, y1) in sides)


def answer(**choice):
    return live.answer(weights.draw_weights, weights.sources_of, **(weights.DEFAULT | choice)).page


@pytest.fixture(scope="module")
def figure():
    """The one on which each choice is drawn, as for a learner."""
    fig = weights.draw_weights(**weights.DEFAULT)
    live.keep(fig)
    return fig


@pytest.mark.parametrize("third, seized, rival", list(itertools.product(THIRDS, SIGNS, RIVALS)))
def test_each_choice_is_drawn_and_told(third, seized, rival, figure):
    fig = weights.draw_weights(**(weights.DEFAULT | {"third": third, "seized": seized, "rival": rival}), on=figure)
    title, panels = live.read_figure(fig)
    assert f"{rival}" in title and ("of all weightings 2025 is ahead" in title) == (third != "comparable")
    assert f"{seized} seized is better" == panels[0].title and panels[1].title.startswith("third metric: ")


def test_the_verdict_of_the_default():
    assert "2025 is behind 2024, 52.8 to 62.2 points, and number 4 of 7 years; under 28% of all weightings 2025 is ahead" in answer()


def test_the_sign_turns_the_verdict():
    assert "2025 is ahead of 2024" in answer(seized="less") and "under 86% of all weightings" in answer(seized="less")


def test_2025_can_be_made_the_best_year_of_all_and_the_worst():
    """The lesson sends learners to look for both."""
    for third, seized, points, place in (("transfers", "more", (3, 7, 0), 1), ("any count", "more", (0, 0, 1), 7)):
        scored = analysis.scores(weights.scorecard(third, seized), points)
        assert (scored > scored[2025]).sum() + 1 == place


def test_what_the_exercises_say_of_the_sign_holds():
    equal = {seized: analysis.scores(weights.scorecard("transfers", seized), [1, 1, 1]) for seized in SIGNS}
    lead = {seized: scored[2025] - scored[2024] for seized, scored in equal.items()}
    assert lead["more"] < 0 < lead["less"] < lead["less"] - lead["more"]   # 4.4
    share = {third: analysis.share_ahead(weights.scorecard(third, "less"), 2025)[2020] for third in THIRDS[:2]}
    assert 1 / 7 < share["any count"] < 1 / 6 and 0.3 < share["transfers"] < 0.36   # 4.5: one in six; a third; the half of it
    assert share["any count"] < 0.55 * share["transfers"]


def test_a_gap_is_told_and_never_filled():
    page = answer(third="comparable")
    assert "No verdict on 2025 against 2024" in page and "with any weight on the third metric there is no figure" in page


def test_no_points_at_all_are_told():
    assert "No answer for this choice: all three metrics have no points" in answer(interdictions=0, overdoses=0, points=0)


@pytest.mark.parametrize("choice, says", [({"third": "both"}, "there is no third metric"), ({"seized": "?"}, "there is no sign"),
                                          ({"rival": 1999}, "has no year 1999")])
def test_unknown_choices_are_told(choice, says):
    assert says in answer(**choice)
    with pytest.raises(CourseError, match=says):
        weights.draw_weights(**(weights.DEFAULT | choice))


@pytest.fixture
def shown(show_question):
    return show_question(weights.weights_question)


def test_readers_see_the_default_and_the_answer_follows_the_controls(shown):
    *controls, said, reply = shown["widgets"]
    named = dict(zip(weights.controls(), controls))
    assert shown["text/html"].startswith("<figure") and reply.value == shown["text/html"]
    assert "number 4 of 7 years" in shown["text/plain"]
    named["seized"].value = "less"
    assert "2025 is ahead of 2024" in reply.value
    named["rival"].value = 2019
    assert "under 0% of all weightings 2025 is ahead" in reply.value


def test_all_three_metrics_cannot_be_without_points(shown):
    named = dict(zip(weights.controls(), shown["widgets"]))
    named["interdictions"].value = named["overdoses"].value = 0
    assert [words for words, _ in named["points"].options][0] == "1" and named["points"].value == 1
    assert [words for words, _ in named["overdoses"].options][0] == "0"
    named["overdoses"].value = 2
    assert [words for words, _ in named["points"].options][0] == "0"


def test_a_third_metric_without_a_verdict_says_so_beforehand():
    assert "a verdict only with 0 points for it" in weights.THIRDS["comparable"]
    assert "2025 is behind 2024" in answer(third="comparable", points=0)


def test_every_control_has_a_visible_name_and_works_from_the_keyboard():
    for name, control in CONTROLS.items():
        assert control.description and isinstance(control, live.Dropdown), name
