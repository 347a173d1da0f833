"""What the sentences of the lessons rely on: each claim belongs to a sentence that is there, and one that fails says so."""
import json
import re

import claims
import pytest

from launcher.environment import NOTEBOOKS

LESSONS = sorted(NOTEBOOKS.glob("0*.ipynb"))
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
