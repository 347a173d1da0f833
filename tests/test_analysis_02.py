"""The pure functions of lesson 02: forms, the errors of first counts, a change with its range."""

import pandas as pd
import pytest

from takeaways import analysis
from takeaways.errors import CourseError
from takeaways.exercises import lesson_02
from takeaways.tables import load


def test_every_legal_form_has_its_family():
    forms = load("agreements").set_index("instrument_id")["legal_form"].map(lesson_02.family_of_form)
    assert forms[["A01", "A02", "A03", "A06", "A09", "A10", "A11", "A15"]].tolist() == [
        "treaty", "announcement", "statement", "plan", "announcement", "statement", "meeting", "announcement"]
    assert set(forms) == set(lesson_02.FAMILIES.values())


def test_an_unknown_form_is_told():
    with pytest.raises(CourseError, match="'memorandum' has no family"):
        lesson_02.family_of_form("memorandum")


def releases(**changes):
    rows = pd.DataFrame({
        "month_ending": pd.PeriodIndex(["2020-01", "2020-02", "2020-01", "2020-02", "2020-03"], freq="M"),
        "reported": [100, 90, 100, 100, 80], "predicted": [101, 102, 101, 101, 82],
        "vintage": ["a", "a", "b", "b", "b"]})
    return rows.assign(**changes)


def test_the_newest_month_of_a_release_is_compared_with_today():
    found = analysis.newest_month_errors(releases().sample(frac=1, random_state=1))
    assert found.index.tolist() == ["a"]   # the newest release has nothing to be compared with
    assert found.loc["a", ["reported", "predicted", "today"]].tolist() == [90, 102, 100]
    assert found.loc["a", ["reported_error", "predicted_error"]].tolist() == pytest.approx([-0.1, 0.02])


def test_predicted_can_be_compared_with_what_is_predicted_today():
    found = analysis.newest_month_errors(releases(), against="predicted")
    assert found.loc["a", "today"] == 101 and found.loc["a", "predicted_error"] == pytest.approx(1 / 101)


def test_a_release_without_a_predicted_count_has_no_error_of_it():
    found = analysis.newest_month_errors(releases(predicted=pd.array([None] * 5, dtype="Int64")))
    assert pd.isna(found.loc["a", "predicted_error"]) and found.loc["a", "reported_error"] == pytest.approx(-0.1)


@pytest.mark.parametrize("errors, wanted", [
    ((), (-0.2, -0.2, -0.2)),
    ([-0.2], (-0.2, 0.0, 0.0)),               # counts that came a fifth too low: 80 becomes 100
    ([-0.2, 0.6], (-0.2, -0.5, 0.0)),
])
def test_a_change_and_its_range(errors, wanted):
    assert analysis.change_with_range(100, 80, errors) == pytest.approx(wanted)


def test_no_change_in_per_cent_from_zero():
    with pytest.raises(CourseError, match="is zero"):
        analysis.change_with_range(0, 80)


def test_every_release_but_the_newest_has_its_error():
    three = pd.concat([releases(), releases().tail(1).assign(vintage="c", month_ending=pd.PeriodIndex(["2020-04"], freq="M"))])
    assert list(analysis.newest_month_errors(three).index) == ["a", "b"] and list(analysis.newest_month_errors(releases()).index) == ["a"]
