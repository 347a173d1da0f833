"""The interactive questions: every choice a learner can make has an answer or a sentence."""

import itertools

import pytest

from takeaways.errors import CourseError
from takeaways.explore import live, placebo
from takeaways.tables import load

METRICS = placebo.METRICS
EVENTS = sorted({event for metric in METRICS for event in placebo.events_of(metric)})


@pytest.fixture(scope="module")
def answers():
    """Every choice on offer: an Effect, or the sentence that says why there is none."""
    found = {}
    for metric, about in METRICS.items():
        for event, window, clear in itertools.product(EVENTS, placebo.WINDOWS[about.period], (False, True)):
            try:
                found[event, metric, window, clear] = placebo.effect_of(event, metric, window, clear)
            except CourseError as fault:
                found[event, metric, window, clear] = str(fault)
    return found


def test_the_whole_domain_has_an_answer_or_a_sentence(answers):
    assert len(answers) == 2 * len(EVENTS) * sum(len(placebo.WINDOWS[about.period]) for about in METRICS.values())
    effects = [answer for answer in answers.values() if not isinstance(answer, str)]
    assert len(effects) > 300 and {effect.metric for effect in effects} == set(METRICS.values())
    for effect in effects:
        assert effect.rank.change == pytest.approx(effect.change.after / effect.change.before - 1)
        assert 0 <= effect.rank.at_least <= effect.rank.others == len(effect.others)
    for sentence in (answer for answer in answers.values() if isinstance(answer, str)):
        assert sentence.startswith(("no comparable figure for", "there is no other date")), sentence


def test_on_offer_is_exactly_what_has_an_answer(answers):
    """Each event of a metric, each window around it and each comparison; and nothing that has an answer is left out."""
    offered = {(event, metric, window, clear) for metric in METRICS for event in placebo.events_of(metric)
               for window in placebo.windows_around(metric, event) for _, clear in placebo._comparisons(event, metric, window)}
    assert offered == {choice for choice, answer in answers.items() if not isinstance(answer, str)}


def test_the_default_is_the_lesson_s_own_example(answers):
    months = load("seizures_monthly")["month"].nunique() - 24     # that have a year on both sides, October 2020 among them
    assert placebo.finding(answers[(*placebo.DEFAULT, False)]).startswith(f"October 2020: +130%; 14 of {months - 1}")
    assert placebo.finding(answers[(*placebo.DEFAULT, True)]).startswith(f"October 2020: +130%; 4 of {months - 25}")


def answer(event, metric, window, clear=False):
    return live.answer(placebo.draw_choice, placebo.sources_of, event=event, metric=metric, window=window, clear=clear).page


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


def test_the_answer_follows_the_controls(shown):
    metric, event, window, clear, said, reply = shown["widgets"]
    assert reply.value == shown["text/html"]
    event.value, metric.value = "E027", "overdoses"
    assert "December 2020: +28%" in reply.value and "CDC WONDER" in reply.value and "Border Protection" not in reply.value
    assert "December 2020: +28%" in said.value and "<p>" not in said.value   # heard; nothing was changed by itself
    event.value, metric.value = "E025", "interdictions"
    assert reply.value == shown["text/html"]   # kept, not drawn again


def test_a_choice_that_is_no_longer_on_offer_becomes_the_nearest_and_says_so(shown):
    metric, event, window, clear, said, reply = shown["widgets"]
    metric.value = "extraditions"
    assert window.label == "1 year" and "A window of 12 months does not fit here. It is now 1 year." in said.value
    assert reply.value.startswith("<figure")
    metric.value, event.value = "interdictions", placebo.events_of("interdictions")[-1]
    last = event.value
    assert [value for _, value in window.options] == placebo.windows_around("interdictions", last)
    metric.value = "overdoses"
    assert event.value != last and "has no whole window around the event of" in said.value and reply.value.startswith("<figure")


def test_a_comparison_without_any_date_is_not_on_offer(shown):
    metric, event, window, clear, said, reply = shown["widgets"]
    metric.value, event.value = "interdictions", "E025"
    clear.value, window.value = True, 24
    assert clear.value and len(clear.options) == 2   # still some dates
    for choice in ((m, e, w) for m in METRICS for e in placebo.events_of(m) for w in placebo.windows_around(m, e)):
        if not placebo._has_answer(choice[1], choice[0], choice[2], True):
            break
    metric.value, event.value, window.value = choice
    assert not clear.value and [words for words, _ in clear.options] == ["all other dates"]


def test_a_choice_that_comes_when_the_list_has_become_shorter_is_answered_with_what_is_chosen(shown, monkeypatch):
    """A browser that gets no answer to it would show an empty control from then on."""
    metric, event, window, *_, reply = shown["widgets"]
    metric.value = "extraditions"
    before, sent = (event.index, window.index, reply.value), []
    for control in (event, window):
        monkeypatch.setattr(control, "send_state", lambda key=None, one=control: sent.append((one, key)))
        control.set_state({"index": len(control.options)})
    assert (event.index, window.index, reply.value) == before and sent == [(event, "index"), (window, "index")]
    event.set_state({"index": 0})
    assert event.index == 0


def test_one_change_draws_once(shown, monkeypatch):
    metric, event, window, *_ = shown["widgets"]
    drawn = []
    monkeypatch.setattr(live, "quick_picture", lambda fig, frame: drawn.append(fig) or b"")
    metric.value = "extraditions"   # the window has to change too
    assert len(drawn) == 1
    event.value = placebo.events_of("extraditions")[0]
    assert len(drawn) == 2 and drawn[0] is drawn[1]   # on one figure


def test_every_event_is_named_whole_with_no_day_where_none_is_known(shown):
    """What is denied, and by whom, often stands at the end of a sentence."""
    metric, event, *_ = shown["widgets"]
    events = placebo.dated_events()
    for metric.value in METRICS:
        assert all(" \u200b" in words for words, _ in event.options if len(words) > 100), "a long one may break"
        named = {value: words.replace("\u200b", "") for words, value in event.options}
        assert len(set(named.values())) == len(named)
        for one, words in named.items():
            day = "%Y-%m-%d" if events.loc[one, "date_precision"] == "day" else "%Y-%m"
            assert words == f"{events.loc[one, 'date']:{day}}  {events.loc[one, 'event']}"


def test_every_control_has_a_visible_name():
    assert [control.description for control in placebo.controls().values()] == ["Metric", "Event", "Window", "Compare with"]
