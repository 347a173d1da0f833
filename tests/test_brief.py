"""The brief: what code can see in it, and the one file it is exported to."""

import matplotlib.pyplot as plt
import pytest

from takeaways import brief, desk, publishing
from takeaways.brief import export, fact, findings, page, review
from takeaways.errors import CourseError
from takeaways.tables import load

FACTS = {
    "fall": fact(-0.555, "{:+.1%}", "fentanyl seized, fiscal year 2025 against 2023", "seizures_monthly"),
    "deaths": fact(40384, "{:,.0f}", "T40.4 deaths, reported, 12 months ending August 2025", load("overdose_12_months")),
}
MEMO = {"claim": "Seizures changed by {fall}.", "evidence": "There were {deaths} deaths in the 12 months ending August 2025.",
        "uncertainty": "Reported counts are a floor.", "other_side": "The ministry says otherwise.", "change_my_mind": "A rise in 2027."}


@pytest.fixture
def charts(monkeypatch):
    """Three charts published in this notebook."""
    monkeypatch.setattr(publishing, "display", lambda *_, **__: None)
    for name in ("a", "b", "c"):
        fig, ax = plt.subplots()
        ax.set_title(f"Finding {name}")
        publishing.publish(fig, name, "seizures_monthly")
    return ["a", "b", "c"]


def failing(memo=MEMO, facts=FACTS, charts=()):
    return [line for passed, line in findings(memo, facts, charts) if not passed]


def test_a_good_brief_passes_everything(charts):
    assert failing(charts=charts) == []


@pytest.mark.parametrize("change, says", [
    (dict(memo=MEMO | {"claim": "Seizures fell by 55.5 per cent, {fall}."}), "typed: 55.5"),
    (dict(memo=MEMO | {"evidence": "..."}), "missing: The evidence"),
    (dict(memo=MEMO | {"claim": "It changed by {rise} and {fall}."}), "unknown: rise"),
    (dict(memo=MEMO | {"claim": "It changed."}), "unused: fall"),
    (dict(facts={"fall": FACTS["fall"]}, memo=MEMO | {"evidence": "x"}), "now: 1"),
    (dict(facts=FACTS | {"deaths": fact(1, "{}", "reported minus predicted deaths of one month", "overdose_12_months")}), "look at: deaths"),
    (dict(facts=FACTS | {"deaths": fact(1, "{}", "people handed over in a year", ["transfers", "extraditions_by_year"])}), "look at: deaths"),
    (dict(facts=FACTS | {"deaths": fact(1, "{}", "people extradited in the year 2025", "transfers")}), "look at: deaths"),
    (dict(charts=["a", "b", "z"]), "run their cells: z"),
    (dict(charts=["a"]), "charts or more"),
    (dict(memo=MEMO | {"claim": "{fall} " + "word " * 600}), "words of 550"),
])
def test_each_fault_is_seen(charts, change, says):
    found = failing(**({"charts": charts} | change))
    assert any(says in line for line in found), found


@pytest.mark.parametrize("arguments, says", [
    ((1, "{:.0f}", "deaths", "overdose_12_months"), "say what the number is"),
    ((1, "{:.0q}", "deaths of people in a year", "overdose_12_months"), "cannot be printed"),
    ((float("nan"), "{:.0f}", "deaths of people in a year", "overdose_12_months"), "is missing"),
    ((1, "{:.0f}", "deaths of people in a year", "overdoses"), "there is no table"),
    ((1, "{:.0f}", "deaths of people in a year", None), "needs the source"),
])
def test_a_fact_without_its_words_is_refused(arguments, says):
    with pytest.raises(CourseError, match=says):
        fact(*arguments)


def test_the_page_holds_everything_and_needs_nothing(charts):
    text = page("Title & <more>", MEMO, FACTS, charts, {"My test": "Fewer {deaths} <soon>", "Empty": " "})
    for part in ("Title &amp; &lt;more&gt;", "Seizures changed by \N{MINUS SIGN}55.5%.", "40,384", "Finding b", "through April 2026", "@page", "Fewer {deaths} &lt;soon&gt;"):
        assert part in text, part
    assert "{fall}" not in text and "Empty" not in text and "<script" not in text and "src=\"http" not in text and "<link" not in text


def test_nothing_is_exported_before_a_word_is_written(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "DESK", tmp_path)
    blank = dict.fromkeys(brief.SECTIONS, "\n...\n")
    export("t", blank, {}, [])
    review(blank, {}, [])
    assert capsys.readouterr().out.count("Write the sections of the memo") == 2 and not list(tmp_path.iterdir())


def test_an_older_draft_stays_beside_the_new_one(charts, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "DESK", tmp_path)
    for claim in ("One {fall}.", "One {fall}.", "Two {fall}.", "Three {fall}."):
        export("t", MEMO | {"claim": claim}, FACTS, charts)
    drafts = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert sorted(drafts) == ["my_brief.html", "my_brief_draft_1.html", "my_brief_draft_2.html"]
    assert "Three \N{MINUS SIGN}55.5%" in drafts["my_brief.html"] and "One \N{MINUS SIGN}55.5%" in drafts["my_brief_draft_1.html"]


def test_an_unknown_name_stops_the_export(charts, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "DESK", tmp_path)
    export("t", MEMO | {"claim": "{rise}"}, FACTS, charts)
    assert "calls rise" in capsys.readouterr().out and not list(tmp_path.iterdir())


def test_a_single_brace_is_no_trouble(charts):
    assert failing(MEMO | {"claim": "A brace { alone, and {fall}."}, charts=charts) == []


def test_the_rubric_adds_up():
    rows = [line for line in brief.RUBRIC.splitlines() if line.startswith("| **")]
    assert f"Add the eight rows: {4 * len(rows)} points" in brief.RUBRIC and len(rows) == 8
