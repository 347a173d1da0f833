"""What lesson 05 says of the data in prose."""
from claims import claim

from takeaways import load, pick


@claim("reading-code", "extraditions have no comparable count after 2021", rewrite="the sentence on the gaps")
def no_comparable_extraditions_after_2021(lesson):
    assert lesson.comparable.last_valid_index() == 2021


@claim("reading-code", "in the 12 months that end with it", rewrite="the sentence on the three columns")
def deaths_are_those_of_each_september(lesson):
    assert lesson.deaths[2025] == lesson.t404["2025-09"]
    assert lesson.numbers.index.tolist() == list(range(2019, 2026))


@claim("exercise-5-3-text", "Three groups of prisoners were handed to the United States outside the extradition treaty",
       rewrite="the sentence, and the count of transfers")
def three_transfers(lesson):
    assert len(load("transfers")) == 3


@claim("exercise-5-3-text", "most still had extradition proceedings open", rewrite="answer c of exercise 5.3")
def most_of_those_traced_had_a_case_open(lesson):
    assert "of the 27 people it found, 21 still had" in load("transfers")["note"][0]


@claim("charts-home", "a fall looks larger than it is, and a rise smaller", rewrite="the sentence on reported counts")
def reported_counts_rose_later(lesson):
    rows = load("overdose_12_months").dropna(subset=["reported", "predicted"])
    assert (rows["reported"] <= rows["predicted"]).mean() > 0.9


@claim("chart-1-drawn", "in the eight months from the joint statement", rewrite="the title of the pattern for interdictions")
def eight_months_each(lesson):
    assert len(lesson.after) == len(lesson.before) == 8 and lesson.monthly.index[-1] >= lesson.after.index[-1]


@claim("chart-3-text", "Only about half of the years have a figure that compares", rewrite="the sentence on the gaps", after="chart-3")
def about_half_of_the_years_compare(lesson):
    assert 0.45 < lesson.solid.notna().sum() / len(lesson.solid) < 0.6


@claim("discussion", "the joint statement of September 2025 carries no metric", rewrite="the first question")
def the_joint_statement_has_no_metric(lesson):
    statement = pick(load("agreements"), instrument_id="A10").iloc[0]
    assert f"{statement['date']:%Y-%m}" == "2025-09" and not statement["has_metrics"] and "oint" in statement["legal_form"]


@claim("discussion", "aid to Mexico since 2008 could not be shown to have reached its goals", rewrite="the first question")
def the_auditor_said_so(lesson):
    finding = pick(load("events"), event_id="E038").iloc[0]
    assert finding["source_id"] == "gao-23-103795" and "cannot be shown to have reached its goals" in finding["event"]
