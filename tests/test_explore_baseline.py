"""The question of lesson 02: every metric, kind of count and baseline has a figure or a sentence."""

import pytest

from takeaways.errors import CourseError
from takeaways.explore import baseline
from takeaways.tables import load

DOMAIN = [(metric, kind, against) for metric in baseline.OFFERED for _, kind in baseline.kinds_of(metric) for against in baseline.BASELINES]


@pytest.fixture
def shown(show_question):
    return show_question(baseline.baseline_question)


@pytest.fixture(scope="module")
def answers():
    """Every choice on offer: a Figure, or the sentence that says why there is none."""
    found = {}
    for choice in DOMAIN:
        try:
            found[choice] = baseline.success_figure(*choice)
        except CourseError as fault:
            found[choice] = str(fault)
    return found


def newest_t404():
    """The newest release of fentanyl-type deaths, by month."""
    rows = load("overdose_12_months").query("drug_class == 'synthetic opioids (T40.4)'")
    return rows[rows["vintage"] == rows["vintage"].max()].set_index("month_ending")


def test_the_whole_domain_has_an_answer_or_a_sentence(answers):
    assert len(answers) == len(baseline.KINDS) * len(baseline.BASELINES) == 60
    figures = {choice: answer for choice, answer in answers.items() if not isinstance(answer, str)}
    first = newest_t404().index.min()
    unreached = sum((month or baseline.PEAK) < first for _, month in baseline.BASELINES.values())
    assert len(figures) == 60 - 6 - 3 - unreached   # the treaty; transfers before 2025; predicted T40.4 before the newest release
    for figure in figures.values():
        change, low, high = figure.success
        assert change == pytest.approx(figure.totals[baseline.END] / figure.totals[figure.month] - 1)
        assert low <= high
    for sentence in (answer for answer in answers.values() if isinstance(answer, str)):
        assert sentence.startswith(("of extraditions under the treaty no comparable", "there were no such transfers",
                                    "the newest release does not reach back")), sentence


def test_every_choice_is_drawn_and_told_and_one_without_a_figure_is_named_beforehand(shown, answers):
    metric, kind, against, said, reply = shown["widgets"]
    for choice in DOMAIN:
        metric.value, kind.value, against.value = choice
        named = f"{kind.label} {against.label}".replace("\u200b", "")
        if isinstance(answers[choice], str):
            assert reply.value.startswith("<p>No answer for this choice: ") and "The nearest that has one: " in reply.value, choice
            assert ": no figure, " in named and "nearest: " in named and "No answer" in said.value, choice
        else:
            assert reply.value.startswith("<figure") and "In full: " in said.value and "no figure" not in named, choice


def test_the_numbers_of_the_tables_stand_behind_the_figures(answers):
    pounds = load("seizures_monthly").query("drug == 'Fentanyl'").groupby("month")["pounds"].sum()
    figure = answers["interdictions", "nationwide", "eve"]
    assert figure.totals[baseline.END] == pytest.approx(pounds["2025-05":"2026-04"].sum())
    assert figure.totals[figure.month] == pytest.approx(pounds["2024-09":"2025-08"].sum())
    assert answers["interdictions", "nationwide", "fiscal"].totals["2024-09"] == pytest.approx(pounds["2023-10":"2024-09"].sum())
    parts = [answers["interdictions", kind, "eve"].totals[baseline.END] for kind in ("ports", "patrol")]
    assert sum(parts) == pytest.approx(figure.totals[baseline.END])
    newest = newest_t404()
    for column in ("reported", "predicted"):
        deaths = answers["overdoses", f"T40.4 {column}", "year"]
        assert deaths.success.change == pytest.approx(newest.loc["2026-04", column] / newest.loc["2025-04", column] - 1)


def test_a_reported_headline_lies_outside_its_range_and_a_predicted_one_inside(answers):
    for against in ("eve", "year"):
        reported, predicted = answers["overdoses", "T40.4 reported", against].success, answers["overdoses", "T40.4 predicted", against].success
        assert reported.change < reported.low < reported.high
        assert predicted.low <= predicted.change <= predicted.high


def test_the_sentence_in_full_says_why_a_headline_is_outside_and_which_months_both_totals_hold(answers):
    told = {kind: baseline.in_full(answers["overdoses", f"T40.4 {kind}", "eve"]) for kind in ("reported", "predicted")}
    assert told["reported"].endswith("Each earlier one had come in too low, so the headline lies outside.")
    assert "outside" not in told["predicted"] and "share 4 months" in told["predicted"]
    assert "share" not in baseline.in_full(answers["overdoses", "T40.4 reported", "year"])


def test_the_scope_of_the_seizures_is_said(answers):
    told = baseline.in_full(answers["interdictions", "nationwide", "year"])
    assert "Field Operations and Border Patrol" in told and "CBP" not in told and "nationwide" not in told


def test_transfers_are_never_added_to_extraditions(answers):
    people = load("transfers").set_index("date")["people"]
    figure = answers["extraditions", "transfers", "year"]
    assert figure.totals[baseline.END] == people["2025-05":"2026-04"].sum() and figure.totals[figure.month] == people["2024-05":"2025-04"].sum()
    assert "transferred" in baseline.in_full(figure) and "extradited" not in baseline.in_full(figure)
    with pytest.raises(CourseError) as told:
        baseline.totals("treaty")
    assert {answer for choice, answer in answers.items() if choice[1] == "treaty"} == {str(told.value)}


def test_the_peak_is_the_highest_of_the_series(answers):
    for kind in ("nationwide", "T40.4 reported", "all reported"):
        figure = answers[baseline.KINDS[kind].metric, kind, "peak"]
        assert figure.totals.max() == figure.totals[figure.month] and str(figure.month) == "2023-06"


def test_the_headline_says_up_down_or_unchanged(answers):
    figure = answers["interdictions", "nationwide", "2019"]
    assert " up " in baseline.headline(figure) and " down " in baseline.headline(answers[baseline.DEFAULT])
    still = figure._replace(success=figure.success._replace(change=0.001))
    assert "unchanged" in baseline.headline(still)


@pytest.mark.parametrize("choice, says", [
    (("homicides", "nationwide", "eve"), "there is no 'homicides'"),
    (("overdoses", "T40.4 reported", "yesterday"), "with 'yesterday'"),
    (("overdoses", "murders", "eve"), "there is no kind of count"),
    (("overdoses", "nationwide", "eve"), "no count of overdoses"),
])
def test_unknown_choices_are_told(choice, says):
    with pytest.raises(CourseError, match=says):
        baseline.success_figure(*choice)


def test_readers_and_tests_see_the_default_question(shown):
    counts = newest_t404()["reported"]
    fall = 1 - counts[baseline.END] / counts["2025-08"]
    assert shown["text/html"].startswith("<figure") and f"Fentanyl deaths down {fall:.0%}" in shown["text/plain"]


def test_the_kinds_follow_the_metric_and_the_answer_follows_both(shown):
    metric, kind, against, said, reply = shown["widgets"]
    assert reply.value == shown["text/html"]
    metric.value = "extraditions"
    assert "The kind is now: people extradited" in said.value
    assert [(words.replace("\u200b", ""), value) for words, value in kind.options] == baseline.kinds_of("extraditions")
    assert "A success figure would be invented" in reply.value
    kind.value = "transfers"
    assert "Prisoner transfers" in reply.value
    against.value = "fiscal"
    assert "per cent of zero" in reply.value
    metric.value = "interdictions"
    assert "Fentanyl seizures down" in reply.value


def test_every_control_has_a_visible_name():
    assert [control.description for control in baseline.controls().values()] == ["Metric", "Kind of count", "Against"]
