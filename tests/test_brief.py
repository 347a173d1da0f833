"""The brief: what code can see in it, and the one file it is exported to."""

import random
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from takeaways import brief, desk, publishing
from takeaways.brief import export, fact, file_name, findings, page, review, sign
from takeaways.errors import CourseError
from takeaways.metrics import METRICS
from takeaways.tables import load

FACTS = {
    "fall": fact(-0.555, "{:+.1%}", "fentanyl seized, fiscal year 2025 against 2023", "seizures_monthly"),
    "deaths": fact(40384, "{:,.0f}", "T40.4 deaths, reported, 12 months ending August 2025", load("overdose_12_months")),
}
MEMO = {"claim": "Seizures changed by {fall}.", "evidence": "There were {deaths} deaths in the 12 months ending August 2025.",
        "uncertainty": "Reported counts are a floor.", "other_side": "The ministry says otherwise.", "change_my_mind": "A rise in 2027."}
FALL = "\N{MINUS SIGN}55.5%"


@pytest.fixture(scope="module", autouse=True)
def charts():
    """Three charts published in this notebook."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(publishing, "display", lambda *_, **__: None)
        patched.setattr(publishing, "_PUBLISHED", {})
        for name in ("a", "b", "c"):
            fig, ax = plt.subplots(figsize=(6, 3))
            ax.set_title(f"Finding {name}")
            publishing.publish(fig, name, "seizures_monthly")
        yield ["a", "b", "c"]


@pytest.fixture
def table(tmp_path, monkeypatch):
    """An empty desk, with this test at it."""
    monkeypatch.setattr(desk, "DESK", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def failing(memo=MEMO, facts=FACTS, charts=()):
    return [line for passed, line in findings(memo, facts, charts) if not passed]


def told_by_both(capsys, table, memo=MEMO, facts=FACTS, charts=("a", "b", "c")):
    """What review and export print; that both tell of the fault, and that nothing was written."""
    capsys.readouterr()
    review(memo, facts, list(charts) if isinstance(charts, tuple) else charts)
    reviewed = capsys.readouterr().out
    export("t", memo, facts, list(charts) if isinstance(charts, tuple) else charts)
    exported = capsys.readouterr().out
    assert "NOT YET" in reviewed and exported.startswith("Not exported: ") and not list(table.iterdir()), (reviewed, exported)
    return reviewed, exported


def test_a_good_brief_passes_everything(charts):
    assert failing(charts=charts) == []


LINES = ["Every section is written", "No number is typed: each is a fact that the text calls by name", "Every name in braces is one of your facts", "Every fact is used",
         f"At least two of the {brief.NUMBER_WORDS[len(METRICS)]} metrics speak (now: 2)", "No fact mixes reported and predicted counts", "Transfers and extraditions are kept apart",
         "3 charts or more, published in this notebook", "It fits on a page: 28 words of 550"]


def test_every_line_of_a_review(charts, capsys):
    assert findings(MEMO, FACTS, charts) == [(True, line) for line in LINES]
    review(MEMO, FACTS, charts)
    assert capsys.readouterr().out.splitlines() == [*("yes     " + line for line in LINES), "", "And what only a reader can tell:", *("   ?    " + line for line in brief.FOR_A_READER)]
    review(MEMO, FACTS, ["a"])
    assert "NOT YET 3 charts or more, published in this notebook\n" in capsys.readouterr().out


def test_the_brief_of_a_colleague_in_a_hurry():
    memo, facts = brief.hurried_brief()
    assert facts["seized"].text == "+7%" and facts["handed"].text == str(facts["handed"].value) and facts["handed"].value > load("transfers")["people"].sum()
    assert findings(memo, facts, []) == [
        (False, "Every section is written; missing: How sure we are"), (False, LINES[1] + "; typed: 7"), (False, LINES[2] + "; unknown: died"), (False, "Every fact is used; unused: seized"),
        (True, LINES[4]), (True, LINES[5]), (False, LINES[6] + "; look at: handed"), (False, LINES[7]), (True, "It fits on a page: 27 words of 550")]


@pytest.mark.parametrize("years, says", [
    ((2025, 2024), "2025 against 2024: **+25** points of 100."), ((2024, 2025), "2024 against 2025: **-25** points of 100."), ((2025, 2025), "2025 against 2025: **+0** points of 100."),
    ((2025, 2023), "2023 has no score: a metric with weight"), ((2023, 2025), "2023 has no score: a metric with weight"),
])
def test_two_years_are_compared_in_points(years, says):
    assert brief.compare_years(pd.Series({2022: 10.0, 2023: np.nan, 2024: 50.0, 2025: 75.0}), *years).startswith(says)


@pytest.mark.parametrize("years", [(2021, 2022), (2022, 2021)])
def test_a_year_that_the_scorecard_lacks_is_told(years):
    with pytest.raises(CourseError, match="the scorecard has no year 2021; it has 2022 to 2025."):
        brief.compare_years(pd.Series({2022: 10.0, 2023: np.nan, 2024: 50.0, 2025: 75.0}), *years)


@pytest.mark.parametrize("what, source", [
    ("people extradited in the year 2025", "extraditions_by_year"), ("people handed over in a year", "transfers"), ("predicted deaths of one month", "overdose_12_months"), ("Reported deaths of one month", "overdose_12_months"),
])
def test_what_is_kept_apart_passes(charts, what, source):
    assert failing(facts=FACTS | {"deaths": fact(1, "{}", what, source), "fall": fact(2, "{}", "pounds seized in one month, overdose deaths beside", ["seizures_monthly", "overdose_12_months"])}, charts=charts) == []


def test_all_that_is_wrong_is_told_at_once(charts, capsys, table):
    export("t", MEMO | {"claim": "{rise} {", "summary": "x"}, FACTS, charts)
    assert re.fullmatch(r"Not exported: the text calls rise, and there is no fact of that name\. Braces that call no fact: \{\. A fact .* write \{\{ or \}\}\. "
                        r'"summary" is none of the five sections\. Move .*\.\n', capsys.readouterr().out)


@pytest.mark.parametrize("words, fits", [(550, True), (551, False)])
def test_a_page_has_550_words(charts, words, fits):
    assert (f"It fits on a page: {words} words of 550" in failing({"claim": "word " * words}, charts=charts)) != fits


@pytest.mark.parametrize("change, says", [
    (dict(memo=MEMO | {"claim": "Seizures fell by 55.5 per cent, {fall}."}), "typed: 55.5"),
    (dict(memo=MEMO | {"claim": "Seizures fell by `55` and {{56}} and [at 57](58), {fall}."}), "typed: 55, 56, 57, 58"),
    *((dict(memo=MEMO | {"evidence": blank}), "missing: The evidence") for blank in ("...", "\u2026", f"{...}", ..., None, " ")),
    (dict(memo=MEMO | {"claim": "5{fall}6`7"}), "typed: 5, 6, 7"), (dict(memo=MEMO | {"claim": "{rate}"}, facts=FACTS | {"RATE": FACTS["fall"]}), "unknown: rate (did you mean RATE?)"), (dict(memo=MEMO | {"claim": "It changed by {rise} and {fall}."}), "unknown: rise"),
    (dict(memo=MEMO | {"claim": "It changed by {Fal} and {fall}."}), "unknown: Fal (did you mean fall?)"),
    (dict(memo=MEMO | {"claim": "It changed."}), "unused: fall"),
    (dict(facts={"fall": FACTS["fall"]}, memo=MEMO | {"evidence": "x"}), "now: 1"),
    (dict(facts=FACTS | {"deaths": fact(1, "{}", "reported minus predicted deaths of one month", "overdose_12_months")}), "look at: deaths"),
    (dict(facts=FACTS | {"deaths": fact(1, "{}", "people handed over in a year", ["transfers", "extraditions_by_year"])}), "look at: deaths"),
    (dict(facts=FACTS | {"deaths": fact(1, "{}", "people extradited in the year 2025", "transfers")}), "look at: deaths"),
    (dict(charts=["a", "b", "z"]), "run their cells: z"),
    (dict(charts=["a", "b"]), "charts or more"), (dict(charts=["a", "b", "b"]), "charts or more"),
    (dict(charts=["a", "a", "a"]), "charts or more"),
    (dict(memo=MEMO | {"claim": "{fall} " + "word " * 600}), "words of 550"),
])
def test_each_fault_is_seen(charts, change, says):
    found = failing(**({"charts": charts} | change))
    assert any(says in line for line in found), found


# --- what stands in braces ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("written", ["{fall}", "{ fall }", "{fall:+.0%}", "{fall:.1%}", "{fall!s}", "{fall!r:>8}", "{fall.text}", '{facts["fall"]}',
                                     "{facts['fall'].text}", "{facts[fall]:+.0%}", "{fall:}", "{fall: +.1%}"])
def test_a_fact_prints_as_its_fact_in_every_form(charts, written):
    memo = MEMO | {"claim": f"It was {written}."}
    assert failing(memo, charts=charts) == []
    assert f"It was {FALL}." in page("t", memo, FACTS, [], {}) and "{" not in page("t", memo, FACTS, [], {}).split("</style>")[1]


@pytest.mark.parametrize("written", ["{fall-2:+.0%}", "{fall-2 :+.0%}", "{facts['fall-2']}", "{fall-2.text !s}"])
def test_a_name_of_any_signs_takes_a_form_too(written):
    assert brief._fill(written, {"fall-2": FACTS["fall"]})[:2] == (FALL, {"fall-2"})


def test_a_fact_prints_in_a_text_with_f_before_it():
    fall = FACTS["fall"]
    assert f"{fall} {fall:+.0%} {fall.text}" == " ".join([FALL] * 3) and str(fall) == FALL


@pytest.mark.parametrize("name", ["my fall", "caída", "fall-2", "a:b"])
def test_a_fact_may_have_any_name(charts, name):
    memo, facts = MEMO | {"claim": f"It was {{{name}}}, {{ {name} }}."}, {name: FACTS["fall"], "deaths": FACTS["deaths"]}
    assert failing(memo, facts, charts) == [] and f"It was {FALL}, {FALL}." in page("t", memo, facts, [], {})


@pytest.mark.parametrize("written, says", [
    ("{rise}", "rise"), ("{}", "{}"), ("{0}", "0"), ("{", "{"), ("}", "}"), ("{fall", "{"), ("fall}", "}"), ("{fall}}", "}"), ("{{fall}", "}"),
    ("{fall:banana}", "{fall:banana}"), ("{the ministry}", "the ministry"), ("{...}", "{...}"), ("{a, b}", "{a, b}"),
    (r"$\frac{1}{2}$", "{{ or }}"), (r"$x_{t}$", "{{ or }}"), (r"\text{x_{t}}", "{{ or }}"), ("{Fall}", "did you mean fall?"), ("{FALL}", "did you mean fall?"), ("{deaths.txt}", "{deaths.txt}"), ("{fall :banana}", "{fall :banana}"),
])
def test_what_would_print_raw_is_told_by_both(charts, capsys, table, written, says):
    for found in told_by_both(capsys, table, MEMO | {"claim": f"A {written} and {{fall}}."}):
        assert says in found, found


def test_a_brace_of_a_formula_is_no_name():
    assert brief._fill(r"\frac{x}{y} x_{t}", FACTS)[2:] == (set(), ["{x}", "{y}", "{t}"])
    assert brief._fill("about {x} and{fall} {", FACTS) == (f"about {{x}} and{FALL} {{", {"fall"}, {"x"}, ["{"])


def test_only_what_is_near_is_suggested():
    assert any(line.endswith("unknown: died") for line in failing(*brief.hurried_brief(), []))


def test_a_brace_in_a_title_is_told_too(charts, capsys, table):
    export("Deaths {rise}", MEMO, FACTS, charts)
    assert "calls rise" in capsys.readouterr().out
    export("Deaths {fall:+.0%}", MEMO, FACTS, charts)
    text = (table / "my_brief.html").read_text(encoding="utf-8")
    assert f"<title>Deaths {FALL}</title>" in text and f"<h1>Deaths {FALL}</h1>" in text


def test_a_brace_itself_has_an_escape(charts):
    memo = MEMO | {"claim": r"A set {{a, b}} of {fall}, and \frac{{1}}{{2}}, {{fall}}."}
    assert failing(memo | {"claim": "A set {{a, b}} of {fall}, {{fall}}."}, charts=charts) == []
    assert rf"A set {{a, b}} of {FALL}, and \frac{{1}}{{2}}, {{fall}}." in page("t", memo, FACTS, [], {})


# --- sections -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("key, meant", [("otherside", "other_side"), ("Claim", "claim"), ("claims", "claim"), ("OTHER SIDE", "other_side"), ("c___l___a___i___m", "claim"), ("the claim", "claim"), ("change my mind", "change_my_mind"), ("evidenc", "evidence"),
                                        ("How sure we are", "uncertainty"), ("What we found", "claim"), ("summary", None), ("z", None), (7, None)])
def test_a_section_by_another_name_is_named_and_not_dropped(charts, capsys, table, key, meant):
    memo = MEMO | {key: "A paragraph of mine."}
    for told in told_by_both(capsys, table, memo):
        assert f'"{key}" is none of the five sections.' in told
        assert (f'Did you mean "{meant}"?' if meant else "Move its text to one of them: claim, ") in told
    assert "A paragraph of mine." in page("t", memo, FACTS, [], {})
    assert failing(MEMO | {key: "..."}, charts=charts) == []


# --- what is no memo, no fact ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("change, says", [
    (dict(memo=["a", "b"]), "The memo is a dictionary"), (dict(memo="text"), "The memo is a dictionary"), (dict(memo=None), "The memo is a dictionary"),
    (dict(memo=...), "The memo is a dictionary"), (dict(memo={}.keys()), "The memo is a dictionary"),
    (dict(memo=MEMO | {"claim": ("text",)}), 'section "claim" is not a text'), (dict(memo=MEMO | {"claim": 3}), 'section "claim" is not a text'),
    (dict(memo=MEMO | {"claim": FACTS["fall"]}), 'section "claim" is not a text'),
    (dict(facts={"fall": -0.55}), '"fall" is not a fact yet'), (dict(facts=FACTS | {"x": "text"}), '"x" is not a fact yet'), (dict(facts=FACTS | {"x": ...}), '"x" is not'),
    (dict(facts=list(FACTS.values())), "Facts have names"), (dict(facts=FACTS["fall"]), "Facts have names"), (dict(facts=None), "Facts have names"),
    (dict(facts={1: FACTS["fall"]}), "The name of a fact is a text, and 1 is none."),
    (dict(charts="a"), "Charts are a list of names"), (dict(charts=None), "Charts are a list"), (dict(charts=[1]), "Charts are a list"), (dict(charts={"a": 1}), "Charts are a list"),
])
def test_what_is_no_brief_gets_a_sentence(charts, capsys, table, change, says):
    for told in told_by_both(capsys, table, **change):
        assert says in told and "Error" not in told


@pytest.mark.parametrize("change, says", [
    (dict(appendix={"x": 3}), '"x" in the appendix is not a text'), (dict(appendix={3: "x"}), '"3" in the appendix'), (dict(appendix="x"), "The appendix is a dictionary"),
    (dict(appendix=["x"]), "The appendix is a dictionary"), (dict(title=MEMO), "needs a title"), (dict(title=" "), "needs a title"), (dict(title=...), "needs a title"),
    (dict(name="../x"), "As for the name of its file: a name is one short word"), (dict(name=3), "As for the name"), (dict(name="con"), "As for the name"),
])
def test_what_cannot_be_exported_gets_a_sentence(charts, capsys, table, change, says):
    export(**({"title": "t", "memo": MEMO, "facts": FACTS, "charts": charts} | change))
    assert says in capsys.readouterr().out and not list(table.iterdir())


def test_an_appendix_is_printed_as_it_stands(charts, capsys, table):
    export("t", MEMO, FACTS, charts, {"Test": "- $40 of $60\n  - {fall} **x**\n\nend", "None": None, "Dots": ..., "Blank": "..."})
    assert "The appendix is printed as it stands, braces too: fall." in capsys.readouterr().out
    text = (table / "my_brief.html").read_text(encoding="utf-8")
    assert '<p class="own">- $40 of $60\n  - {fall} **x**</p><p class="own">end</p>' in text and "Dots" not in text and "Blank" not in text


def test_a_chart_that_is_not_there_is_told(charts, capsys, table):
    export("t", MEMO, FACTS, ["a", "z", "a"])
    assert (table / "my_brief.html").read_text(encoding="utf-8").count("<strong>Finding a</strong>") == 1
    assert "Without z: run the cell of each chart" in capsys.readouterr().out and (table / "my_brief.html").exists()


# --- facts ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("arguments, says", [
    ((1, "{:.0f}", "deaths", "overdose_12_months"), "say what the number is"),
    ((1, "{:.0f}", None, "overdose_12_months"), "say what the number is"), ((1, "{:.0f}", "deaths a year", "overdose_12_months"), "say what the number is"),
    ((1, "{:.0q}", "deaths of people in a year", "overdose_12_months"), "cannot be printed"),
    ((1, ".0q", "deaths of people in a year", "overdose_12_months"), "cannot be printed"),
    ((1, "about", "deaths of people in a year", "overdose_12_months"), "cannot be printed"),
    ((1, "{}{}", "deaths of people in a year", "overdose_12_months"), "cannot be printed"),
    ((1, "{x}", "deaths of people in a year", "overdose_12_months"), "cannot be printed"),
    ((1, "{{}}", "deaths of people in a year", "overdose_12_months"), "cannot be printed"),
    ((1, "{:.0f", "deaths of people in a year", "overdose_12_months"), "cannot be printed"),
    ((1, "{0.x}", "deaths of people in a year", "overdose_12_months"), "cannot be printed"),
    ((1, 3, "deaths of people in a year", "overdose_12_months"), "cannot be printed"),
    ((1, None, "deaths of people in a year", "overdose_12_months"), "cannot be printed"),
    ((float("nan"), "{:.0f}", "deaths of people in a year", "overdose_12_months"), "is missing"),
    ((pd.NA, "{}", "deaths of people in a year", "overdose_12_months"), "is missing"),
    ((None, "{}", "deaths of people in a year", "overdose_12_months"), "is missing"),
    ((np.float64("inf"), "{}", "deaths of people in a year", "overdose_12_months"), "is missing"),
    ((pd.Series([1, 2]), "{}", "deaths of people in a year", "overdose_12_months"), "holds one number"),
    ((pd.DataFrame({"a": [1]}), "{}", "deaths of people in a year", "overdose_12_months"), "holds one number"),
    (([1], "{}", "deaths of people in a year", "overdose_12_months"), "holds one number"),
    ((True, "{}", "deaths of people in a year", "overdose_12_months"), "holds one number"),
    ((..., "{}", "deaths of people in a year", "overdose_12_months"), "holds one number"),
    ((len, "{}", "deaths of people in a year", "overdose_12_months"), "holds one number"),
    ((FACTS["fall"], "{}", "deaths of people in a year", "overdose_12_months"), "holds one number"),
    (("-55%", "{}", "deaths of people in a year", "overdose_12_months"), "is a typed number"),
    ((1, "{:.0f}", "deaths of people in a year", "overdoses"), "there is no table"),
    ((1, "{:.0f}", "deaths of people in a year", None), "a fact needs the source"),
    ((1, "{:.0f}", "deaths of people in a year", []), "a fact needs the source"),
    ((1, "{:.0f}", "deaths of people in a year", pd.Series([1])), "a fact needs the source"),
    ((1, "{:.0f}", "deaths of people in a year", [3]), "a fact needs the source"),
])
def test_a_fact_without_its_words_is_refused(arguments, says):
    with pytest.raises(CourseError, match=says):
        fact(*arguments)


@pytest.mark.parametrize("value, form, text", [
    (-.5, "+.0%", "\N{MINUS SIGN}50%"), (-.5, "{:+.0%}", "\N{MINUS SIGN}50%"), (40384.4, ",.0f", "40,384"), (3, "d", "3"), (3, "", "3"), (3, " {:>5} ", "3"),
    (np.float64(.25), ".0%", "25%"), (np.int64(3), "{}", "3"), (pd.Series([3.0]), "{:.0f}", "3"), ("Heroin", "{}", "Heroin"), (1e6, "${:,.0f}", "$1,000,000"),
    (pd.Period("2025-09", "M"), "{:%B %Y}", "September 2025"), (3, "{0:.0f} in finance", "3 in finance"),
])
def test_a_form_with_or_without_its_braces(value, form, text):
    assert fact(value, form, "deaths of people in a year", "overdose_12_months").text == text


def test_a_fact_knows_its_tables_and_its_words():
    one = fact(np.int64(1), "{}", "deaths in a year", [load("overdose_12_months"), "seizures_monthly"])
    assert one == brief.Fact("1", "deaths in a year", ("overdose_12_months", "seizures_monthly"), 1) and type(one.value) is int
    assert fact(1, "{}", "deaths in a year", ("seizures_monthly",)).tables == fact(1, "{}", "deaths in a year", load("seizures_monthly")).tables == ("seizures_monthly",)


def test_a_fact_from_no_table_says_so():
    one = fact(3, "{}", "made up to show a method", ["invented inputs", "seizures_monthly"])
    assert "Invented numbers, to show the method; no data.; " in page("t", MEMO, {"one": one}, [], {})


# --- the page -------------------------------------------------------------------------------------------------------

def test_the_page_holds_everything_and_needs_nothing(charts):
    text = page("Title & <more>", MEMO, FACTS, charts, {"My test": "Fewer {deaths} <soon>", "Empty": " "})
    for part in ("Title &amp; &lt;more&gt;", f"Seizures changed by {FALL}.", "40,384", "Finding b", load("seizures_monthly").attrs["as_of"], "@page", "Fewer {deaths} &lt;soon&gt;"):
        assert part in text, part
    assert "{fall}" not in text and "Empty" not in text and "<script" not in text and "src=\"http" not in text and "<link" not in text
    assert f'<p class="small">Written on {brief.date.today():%d %B %Y} with the course ' in text and '<meta name="author" content=""><meta name="class" content="">' in text
    assert "edition 0.2.0, tables as of 26 November 2026" in text and " by " not in text.split("</style>")[1].split("</p>")[0]


def test_the_memo_keeps_its_lines_and_signs():
    claim = "First:\n- $40 of the $60 million\n  - a < b & c\n\n1. **bold** and *light*, 2*3*4 and {fall}\n> quote"
    text = page("t", MEMO | {"claim": claim}, FACTS, [], {})
    assert '<p class="own">First:\n- $40 of the $60 million\n  - a &lt; b &amp; c</p>' in text
    assert f'<p class="own">1. <strong>bold</strong> and <em>light</em>, 2*3*4 and {FALL}\n&gt; quote</p>' in text and ".own { white-space: pre-wrap; }" in text


def test_nothing_is_exported_before_a_word_is_written(capsys, table):
    for blank in (dict.fromkeys(brief.SECTIONS, "\n...\n"), {}, dict.fromkeys(brief.SECTIONS, ...), {"claim": None}):
        export("t", blank, {}, [])
        review(blank, {}, [])
    told = capsys.readouterr().out
    assert told.count("Write the sections of the memo") == told.count("\n") == 8 and not list(table.iterdir())


def test_an_older_draft_stays_beside_the_new_one(charts, capsys, table):
    for claim in ("One {fall}.", "One {fall}.", "Two {fall}.", "Three {fall}."):
        export("t", MEMO | {"claim": claim}, FACTS, charts)
    drafts = {path.name: path.read_text(encoding="utf-8") for path in table.iterdir()}
    assert sorted(drafts) == ["my_brief.html", "my_brief_draft_1.html", "my_brief_draft_2.html"]
    assert f"Three {FALL}" in drafts["my_brief.html"] and f"One {FALL}" in drafts["my_brief_draft_1.html"]


def test_a_draft_in_another_encoding_or_a_folder_in_the_way(charts, capsys, table):
    (table / "my_brief.html").write_bytes("año".encode("utf-16"))
    export("t", MEMO | {"claim": "Half a \ud800 character, {fall}."}, FACTS, charts)
    assert (table / "my_brief_draft_1.html").read_bytes() == "año".encode("utf-16") and "&#55296;" in (table / "my_brief.html").read_text(encoding="utf-8")
    (table / "mine.html").mkdir()
    export("t", MEMO, FACTS, charts, name="mine")
    assert "your text is safe in this notebook" in capsys.readouterr().out


@pytest.mark.parametrize("fault, says", [(PermissionError(13, "Permission denied"), "(Permission denied)"), (OSError("no room"), "(no room)")])
def test_the_fault_of_a_desk_is_told_in_its_own_words(charts, capsys, table, monkeypatch, fault, says):
    def fail(*_):
        raise fault
    monkeypatch.setattr(brief.Path, "write_bytes", fail)
    export("t", MEMO, FACTS, charts)
    assert f"It could not be written {says}: your text is safe" in capsys.readouterr().out


def test_a_desk_that_is_not_there_yet_is_made(charts, capsys, table, monkeypatch):
    monkeypatch.setattr(desk, "DESK", table / "my_work")
    export("t", MEMO, FACTS, charts)
    assert (table / "my_work" / "my_brief.html").exists()


def test_three_metrics_speak():
    facts = {name: fact(1, "{}", "a number of some kind", name) for name in ("seizures_monthly", "overdose_12_months", "extraditions_by_year", "transfers")}
    assert [brief._metrics({name: facts[name] for name in list(facts)[:k]}) for k in range(5)] == [0, 1, 2, 3, 3]
    assert [brief._metrics({name: one}) for name, one in facts.items()] == [1, 1, 1, 0]


def test_an_unknown_name_stops_the_export(charts, capsys, table):
    export("t", MEMO | {"claim": "{rise}"}, FACTS, charts)
    assert "calls rise" in capsys.readouterr().out and not list(table.iterdir())


# --- who writes it --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name, class_, file", [
    ("Ana Díaz", "5B", "my_brief_5B_Ana_Díaz.html"), ("Ana", "", "my_brief_Ana.html"), ("Ana", ..., "my_brief_Ana.html"), (" José / M. <x> ", 5, "my_brief_5_José_M_x.html"),
    ("../../x", "..", "my_brief_x.html"), ("!!!", "?", "my_brief.html"), ("李明", "二", "my_brief_二_李明.html"), ("n" * 99, "c" * 99, f"my_brief_{'c' * 30}_{'n' * 30}.html"),
    ("An\na", "5\tB", "my_brief_5_B_An_a.html"), ("Nin\N{COMBINING TILDE}o", "a", "my_brief_a_Niño.html"),
])
def test_name_and_class_are_asked_once_and_stand_in_the_brief(charts, capsys, table, name, class_, file):
    sign("...", "...")
    assert capsys.readouterr().out.startswith("Not signed yet.")
    sign(name, class_)
    assert f"my_work/{file}" in capsys.readouterr().out
    sign("...", "...")
    assert f"my_work/{file}" in capsys.readouterr().out and file_name() == file
    export("t", MEMO, FACTS, charts)
    assert f"Written to my_work/{file}." in capsys.readouterr().out
    text = (table / file).read_text(encoding="utf-8")
    who, group = map(publishing.html.escape, brief.signed())
    assert f" by {who}" in text and (f", class {group} with the course" in text) == bool(group) and f'<meta name="author" content="{who}">' in text


def test_each_line_that_sign_prints(capsys, table):
    for name, class_, says in (("...", "...", "Not signed yet. Write your name, and your class if you have one, in place of the dots."), ("...", 5, "Not signed yet. Write your name, and your class"),
                               ("Ana", "...", "Signed: Ana, class 5. Your brief will be my_work/my_brief_5_Ana.html."), (" Ana  B\n ", ..., "Signed: Ana B, class 5. Your brief"),
                               ("n" * 99, None, f"Signed: {'n' * 80}, class 5. Your brief"), ("Ana", "\u2026", "Signed: Ana, class 5."), ("\u2026", "", "Signed: Ana, class 5."),
                               ("Ellipsis", "None", "Signed: Ana, class None."), ("", " . ", "Signed: Ana, class None."), (None, "5B", "Signed: Ana, class 5B.")):
        sign(name, class_)
        told = capsys.readouterr().out
        assert told.startswith(says) and told.count("\n") == 1, told
    sign()
    assert capsys.readouterr().out == "Signed: Ana, class 5B. Your brief will be my_work/my_brief_5B_Ana.html.\n"


def test_a_name_that_cannot_be_kept_is_told(capsys, table, monkeypatch):
    (table / "my_name.md").mkdir()
    sign("Ana", "5B")
    assert "could not be kept" in capsys.readouterr().out
    monkeypatch.chdir("/")
    sign("Ana", "5B")
    assert "Not kept: in a test" in capsys.readouterr().out and not (table / "my_class.md").exists()
    sign(["Ana"], "5B")
    sign("Ana", MEMO)
    assert capsys.readouterr().out.count("Not signed: name and class are texts") == 2


def test_the_name_can_be_kept_like_any_text(table, capsys):
    desk.keep("my_name", "Ana\n")
    assert file_name() == "my_brief_Ana.html" and brief.signed() == ("Ana", "")


def test_the_rubric_adds_up():
    assert brief.rubric().data == brief.RUBRIC
    rows = [line for line in brief.RUBRIC.splitlines() if line.startswith("| **")]
    assert f"Add the eight rows: {4 * len(rows)} points" in brief.RUBRIC and len(rows) == 8


# --- anything at all ------------------------------------------------------------------------------------------------

PIECES = ["{fall}", "{deaths}", "{fall:+.0%}", "{{", "}}", "{", "}", "{rise}", "{}", "word", "\n\n", "- i\n", "\\frac", "*", "**", "<b>", "&", "$", "`", " ", "5", ":", "_"]


def test_fuzz_of_braces(charts):
    """Python's own str.format is the judge: what it fills is filled alike, what it refuses is told by both."""
    chance = random.Random(20261126)
    filled = 0
    for _ in range(1500):
        text = "".join(chance.choices(PIECES, k=chance.randint(1, 7)))
        found, _, unknown, odd = brief._fill(text, FACTS)
        told = [line for line in failing({"claim": text}, charts=charts) if "unknown: " in line or "Braces that call no fact" in line]
        stops = brief._unprintable("t", {"claim": text}, FACTS)
        try:
            assert text.format(**FACTS) == found and not unknown and not odd and not told and not stops
            filled += 1
        except (ValueError, LookupError):
            assert (unknown or odd) and (told and stops or not text.strip()), text
    assert 300 < filled < 1200


def test_fuzz_of_shapes(charts, capsys, table):
    chance = random.Random(3)
    things = [None, ..., 3, -.5, "text", "", "{fall}", "{x}", [], ["a"], {}, {"a": 3}, {"claim": "x {fall}"}, {"claim": ["x"]}, {3: "x"}, MEMO, FACTS, FACTS["fall"], {"fall": 3},
              pd.Series([1]), ("a", "b"), {"x": None}, object(), load, float("nan"), {"x": "y"}]
    for _ in range(200):
        title, memo, facts, shown, appendix = chance.choices(things, k=5)
        review(memo, facts, shown)
        export(chance.choice([title, "t"]), chance.choice([memo, MEMO]), chance.choice([facts, FACTS]), chance.choice([shown, charts]), chance.choice([appendix, {}]))
    told = capsys.readouterr().out
    assert "Error" not in told and "Written to" in told and "Not exported" in told
    for path in table.glob("*.html"):
        body = re.sub(r"<style>.*?</style>|<section.*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert "{" not in body and "Ellipsis" not in body
    for one in things:
        sign(one, one)
    assert brief.signed() == ("{x}", "{x}")     # the last of the texts among them
