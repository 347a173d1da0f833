"""What the sentences of the lessons rely on: each claim belongs to a sentence that is there, and one that fails says so."""
import contextlib
import json
import re
import sys
import types

import claims
import lesson_runner
import pandas as pd
import pytest

from takeaways import tables

LESSONS = lesson_runner.LESSONS
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
FIRST_EDITION = 56      # lines with an assertion that learners had to read past


def plain(text):
    """A text in one line, without the line ends and quotes of a sentence that code writes."""
    return " ".join(re.sub(r'"\s*\n\s*f?"', "", text).split())


def cells_of(lesson):
    return json.loads(lesson.read_text(encoding="utf-8"))["cells"]


@every_lesson
def test_a_claim_belongs_to_a_sentence_of_its_cell(lesson):
    sources = {cell["id"]: plain("".join(cell["source"])) for cell in cells_of(lesson)}
    for one in claims.of_lesson(lesson.name[:2]):
        assert one.cell in sources, f"{one.holds.__name__}: there is no cell {one.cell}"
        assert plain(one.sentence) in sources[one.cell], f"{one.holds.__name__}: {one.cell} no longer says {one.sentence!r}"
        assert len(one.rewrite.split()) > 1, f"{one.holds.__name__} does not say what to rewrite"


@every_lesson
def test_a_claim_is_run_at_or_after_its_cell(lesson):
    order = [cell["id"] for cell in cells_of(lesson)]
    code = {cell["id"] for cell in cells_of(lesson) if cell["cell_type"] == "code"}
    for one in claims.of_lesson(lesson.name[:2]):
        if one.after:
            assert one.after in code and order.index(one.after) >= order.index(one.cell), one.holds.__name__


@every_lesson
def test_each_claim_is_run_once(lesson):
    found = claims.of_lesson(lesson.name[:2])
    due = claims.by_cell(lesson.name[:2], [(cell["id"], cell["cell_type"] == "code") for cell in cells_of(lesson)])
    assert None not in due and sorted(one.holds.__name__ for some in due.values() for one in some) == sorted(
        {one.holds.__name__ for one in found}), "two claims of one name, or a claim that runs nowhere"


@every_lesson
def test_a_learner_reads_no_assertion(lesson):
    code = {cell["id"]: "".join(cell["source"]) for cell in cells_of(lesson) if cell["cell_type"] == "code"}
    assert [name for name, text in code.items() if re.search(r"^\s*assert\b", text, re.MULTILINE)] == []


def test_no_assertion_of_the_first_edition_was_lost():
    assert sum(len(claims.of_lesson(lesson.name[:2])) for lesson in LESSONS) > FIRST_EDITION


def test_a_claim_that_fails_names_lesson_cell_sentence_values_and_what_to_rewrite(monkeypatch):
    def seizures_fell(lesson):
        assert lesson.change < 0

    one = claims.Claim("99", "the-cell", "Seizures fell", "the title of the chart", None, seizures_fell)
    monkeypatch.setitem(claims.CLAIMS, "99", [one])
    monkeypatch.setattr(claims, "FOLDER", claims.Path(__file__).parent)
    assert claims.failures("99", ["seizures_fell"], {"change": -0.1}) == []
    [told] = claims.failures("99", ["seizures_fell"], {"change": 0.25})
    for words in ("Lesson 99", '"the-cell"', '"Seizures fell"', "the title of the chart", "change = 0.25", "lesson.change < 0"):
        assert words in told
    [told] = claims.failures("99", ["seizures_fell"], {})
    assert "AttributeError" in told


def test_claims_of_text_are_run_after_the_code_above_them(monkeypatch):
    def make(cell, after=None):
        return claims.Claim("99", cell, "", "", after, lambda lesson: None)

    found = [make("opening"), make("code-1"), make("text"), make("early", after="code-2")]
    monkeypatch.setitem(claims.CLAIMS, "99", found)
    order = [("opening", False), ("code-1", True), ("early", False), ("text", False), ("code-2", True)]
    due = claims.by_cell("99", order)
    assert {cell: [one.cell for one in some] for cell, some in due.items()} == {
        "code-1": ["opening", "code-1", "text"], "code-2": ["early"]}


# ---- one value of a table changed: the sentence that relies on it is named

CHANGES = [     # lesson, table, column, the row by its values, the new value (or a factor of the old one), the claim that must fail
    ("00", "seizures_monthly", "pounds", {"drug": "Fentanyl", "fiscal_year": 2025}, 3.0, "seizures_fell_by_more_than_half"),
    ("01", "seizures_monthly", "pounds", {"drug": "Fentanyl", "month": "2020-06"}, 0.34, "the_largest_step_of_2020_is_june"),
    ("01", "events", "effect_second_coder", {"event_id": "E030"}, 0, "the_six_events_are_what_their_comments_say"),
    ("02", "agreements", "has_metrics", {"instrument_id": "A10"}, True, "the_statement_has_no_number"),
    ("02", "assistance_by_act", "by_act_total_usd_m", {"fiscal_year": 2009}, 0.4, "the_peak_is_partly_bookkeeping"),
    ("02", "seizures_air_and_marine", "pounds", {"drug": "Cocaine", "fiscal_year": 2025}, 0.3, "cocaine_by_scope"),
    ("03", "essay_claims", "author_words", {"claim_id": "C39"}, "is zero", "the_author_is_quoted_with_his_hedges"),
    ("03", "signs_of_risk", "value", {"measure_id": "R078"}, 3.0, "polls_in_the_discussion"),
    ("04", "seizures_fiscal_year_newest", "pounds", {"drug": "Fentanyl", "fiscal_year": 2026}, 1.4, "the_full_year_fell"),
    ("04", "officials_cases", "outcome", {"case_id": "O32"}, "convicted", "two_cases_of_each_kind"),
    ("05", "agreements", "has_metrics", {"instrument_id": "A10"}, True, "the_joint_statement_has_no_metric"),
]


def changed(table, column, row, value):
    """The table with one value changed, in the rows that hold these values."""
    chosen = pd.Series(True, index=table.index)
    for name, one in row.items():
        chosen &= table[name].astype(str) == str(one)
    assert chosen.any(), row
    new = table[column] * value if isinstance(value, float) else [value] * len(table)
    table[column] = [one if here else old for here, old, one in zip(chosen, table[column], new)]
    return table


class Enough(Exception):
    """The claim that was waited for has failed: the rest of the lesson need not be run."""


def failed_claims(number, monkeypatch, until=None):
    """The names of the claims that fail when a lesson is run in this process, up to the one named `until`."""
    lesson = next(lesson for lesson in LESSONS if lesson.name.startswith(number))
    due = claims.by_cell(number, [(cell["id"], cell["cell_type"] == "code") for cell in cells_of(lesson)])
    failed = []

    def look(name, names):
        failed.extend(one.holds.__name__ for one in due.get(name, []) if claims.failures(number, [one.holds.__name__], names))
        if until in failed:
            raise Enough
    with contextlib.suppress(Enough):
        lesson_runner.run(lesson, monkeypatch, after=look)
    return failed


@every_lesson
def test_with_the_tables_as_they_are_every_claim_holds(lesson, monkeypatch):
    assert failed_claims(lesson.name[:2], monkeypatch) == []


@pytest.mark.parametrize("number, name, column, row, value, claim", CHANGES, ids=[f"{one[0]}-{one[5]}" for one in CHANGES])
def test_a_changed_value_is_told_by_the_claim_that_relies_on_it(number, name, column, row, value, claim, monkeypatch):
    real = tables.load
    monkeypatch.setattr(tables, "_READ", {})
    for module in list(sys.modules.values()):
        if isinstance(module, types.ModuleType) and getattr(module, "load", None) is real:
            monkeypatch.setattr(module, "load", lambda wanted: changed(real(wanted), column, row, value) if wanted == name else real(wanted))
    assert claim in failed_claims(number, monkeypatch, until=claim)
