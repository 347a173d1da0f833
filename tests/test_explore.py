"""The interactive questions: every choice a learner can make has an answer or a sentence."""

import itertools

import pytest

from takeaways.errors import CourseError
from takeaways.explore import live, placebo

EVENTS = [value for _, value in placebo.controls()["event"].options]
METRICS = placebo.METRICS


@pytest.fixture(scope="module")
def answers():
    """Every choice on offer: an Effect, or the sentence that says why there is none."""
    found = {}
    for metric, about in METRICS.items():
        for event, window, clear in itertools.product(EVENTS, about.windows, (False, True)):
            try:
                found[event, metric, window, clear] = placebo.effect_of(event, metric, window, clear)
            except CourseError as fault:
                found[event, metric, window, clear] = str(fault)
    return found


def test_the_whole_domain_has_an_answer_or_a_sentence(answers):
    assert len(answers) == 2 * len(EVENTS) * sum(len(about.windows) for about in METRICS.values())
    effects = [answer for answer in answers.values() if not isinstance(answer, str)]
    assert len(effects) > 300 and {effect.metric for effect in effects} == set(METRICS.values())
    for effect in effects:
        assert effect.rank.change == pytest.approx(effect.change.after / effect.change.before - 1)
        assert 0 <= effect.rank.at_least <= effect.rank.others == len(effect.others)
    for sentence in (answer for answer in answers.values() if isinstance(answer, str)):
        assert sentence.startswith(("no comparable figure for", "there is no other date")), sentence


def test_every_event_on_offer_has_an_answer(answers):
    assert {key[0] for key, answer in answers.items() if not isinstance(answer, str)} == set(EVENTS)


def test_the_default_is_the_lesson_s_own_example(answers):
    effect = answers[(*placebo.DEFAULT, False)]
    assert placebo.finding(effect).startswith("October 2020: +130%; 14 of 66")
    assert placebo.finding(answers[(*placebo.DEFAULT, True)]).startswith("October 2020: +130%; 4 of 42")


def answer(event, metric, window, clear=False):
    return live.answer_html(placebo.draw_choice, placebo.sources_of, event=event, metric=metric, window=window, clear=clear)


def test_each_metric_is_drawn_and_told(answers):
    drawn = {answer.metric: key for key, answer in answers.items() if not isinstance(answer, str)}
    for choice in drawn.values():
        page = answer(*choice)
        assert page.startswith("<figure") and "per cent" in page and "number of dates" in page


def test_a_choice_without_an_answer_says_why():
    assert "no comparable figure for" in answer("E004", "interdictions", 12)
    assert "empty or reversed" in answer("E025", "interdictions", 0)


@pytest.mark.parametrize("event, metric, says", [("E999", "overdoses", "there is no event"), ("E025", "homicides", "there is no metric")])
def test_unknown_choices_are_told(event, metric, says):
    with pytest.raises(CourseError, match=says):
        placebo.effect_of(event, metric, 12)


@pytest.fixture
def shown(show_question):
    return show_question(placebo.placebo_question)


def test_readers_and_tests_see_the_default_question(shown):
    assert shown["text/html"].startswith("<figure") and "October 2020: +130%" in shown["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in shown


def test_the_answer_follows_the_controls_and_an_impossible_window_is_mended(shown):
    event, metric, window, clear, reply = shown["widgets"]
    assert reply.value == shown["text/html"]
    metric.value = "extraditions"
    assert window.value in METRICS["extraditions"].windows and reply.value.startswith(("<figure", "<p role"))
    event.value, metric.value, window.value = "E027", "overdoses", 12
    assert "December 2020: +28%" in reply.value and "CDC WONDER" in reply.value and "Border Protection" not in reply.value
    event.value, metric.value = "E061", "interdictions"
    assert "No answer for this choice: no comparable figure for 2026-05" in reply.value


def test_every_control_has_a_visible_name():
    assert [control.description for control in placebo.controls().values()] == ["Event", "Metric", "Window, months or years", "Compare with"]
