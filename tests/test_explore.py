"""The interactive questions: every choice a learner can make has an answer or a sentence."""

import pytest

from takeaways import explore
from takeaways.errors import CourseError

EVENTS = [value for _, value in explore._controls()["event"].options]
METRICS = explore.METRICS


@pytest.fixture(scope="module")
def answers():
    """Every event, metric and window on offer: an Effect, or the sentence that says why there is none."""
    found = {}
    for metric, about in METRICS.items():
        for window in about.windows:
            for event in EVENTS:
                try:
                    found[event, metric, window] = explore.effect_of(event, metric, window)
                except CourseError as fault:
                    found[event, metric, window] = str(fault)
    return found


def test_the_whole_domain_has_an_answer_or_a_sentence(answers):
    assert len(answers) == len(EVENTS) * sum(len(about.windows) for about in METRICS.values())
    effects = [answer for answer in answers.values() if not isinstance(answer, str)]
    assert len(effects) > 300 and {effect.metric for effect in effects} == set(METRICS.values())
    for effect in effects:
        assert effect.rank.change == pytest.approx(effect.change.after / effect.change.before - 1)
        assert 0 <= effect.rank.at_least <= effect.rank.others == len(effect.changes) - 1
    for sentence in (answer for answer in answers.values() if isinstance(answer, str)):
        assert sentence.startswith(("no comparable figure for", "there is no other date")), sentence


def test_the_default_is_the_lesson_s_own_example(answers):
    effect = answers[explore.DEFAULT]
    assert explore.finding(effect).startswith("2020-10: +130%")


def test_each_metric_is_drawn_and_told(answers):
    drawn = {answer.metric: key for key, answer in answers.items() if not isinstance(answer, str)}
    for event, metric, window in drawn.values():
        page = explore.answer_html(event, metric, window)
        assert page.startswith("<figure") and "per cent" in page and "number of dates" in page


def test_a_choice_without_an_answer_says_why():
    assert "no comparable figure for" in explore.answer_html("E004", "interdictions", 12)
    assert "empty or reversed" in explore.answer_html("E025", "interdictions", 0)


@pytest.mark.parametrize("event, metric, says", [("E999", "overdoses", "there is no event"), ("E025", "homicides", "there is no metric")])
def test_unknown_choices_are_told(event, metric, says):
    with pytest.raises(CourseError, match=says):
        explore.effect_of(event, metric, 12)


def test_the_control_follows_a_choice_and_mends_an_impossible_window(monkeypatch):
    seen = []
    monkeypatch.setattr(explore, "display", lambda bundle, raw: seen.append(bundle))
    boxes = []
    monkeypatch.setattr(explore.widgets, "VBox", lambda children: boxes.append(children) or _Plain())
    explore.placebo_question()
    event, metric, window, answer = boxes[0]
    assert seen[0]["text/html"].startswith("<figure") and "2020-10: +130%" in seen[0]["text/plain"]
    metric.value = "extraditions"
    assert window.value in METRICS["extraditions"].windows
    assert "No answer for this choice" in answer.value or answer.value.startswith("<figure")
    metric.value, window.value = "overdoses", 12
    assert "synthetic opioids" in answer.value or "+30%" in answer.value


class _Plain:
    def _repr_mimebundle_(self):
        return {}


def test_every_control_has_a_visible_name():
    assert [control.description for control in explore._controls().values()] == ["Event", "Metric", "Window"]
