"""What the sentences of lesson 01, *Look for a rupture in the numbers*, rely on."""

import pandas as pd
from takeaways import load, pick
from takeaways.analysis import before_after, by_calendar_year, by_fiscal_year, other_changes, rank_among

from claims import claim

ARREST, LAW = pd.Period("2020-10"), pd.Period("2020-12")


def words_of(claim_id):
    return load("essay_claims").set_index("claim_id")["author_words"][claim_id]


# the claim

@claim("the-claim", '"with the consent if not assistance" of Mexican public officials', rewrite="the quotations of the author, from the column author_words")
def the_author_is_quoted_as_he_wrote(lesson):
    for claim_id, quoted in {"C16": "will remain a key player", "C09": "with the consent if not assistance", "C10": "remains a matter of debate",
                             "C07": "resent its unwillingness to communicate and coordinate", "C11": "was exacerbated",
                             "C17": "would be wise not to forget"}.items():
        assert words_of(claim_id) == quoted


@claim("the-claim", "Whether distrust *shows in the numbers* is our question, not his claim", rewrite="the sentence on whose question this is")
def no_claim_of_the_first_takeaway_names_a_metric(lesson):
    of_first = pick(load("essay_claims"), takeaway="1")["claim"].str.lower()
    assert not of_first.str.contains("seizure|overdose|extradition|interdiction").any()


# events

@claim("timeline", "from the founding of the DEA in July 1973 on", rewrite="the first sentence on the table of events")
def the_list_begins_in_july_1973(lesson):
    events = load("events")
    assert events["date"].min() == pd.Timestamp("1973-07-01")
    assert "Drug Enforcement Administration" in events.loc[events["date"].idxmin(), "event"]


@claim("timeline", "a regular meeting alone; and whatever traffickers, courts, the press or single legislators do", rewrite="the rule, as the card of the events has it", after="events")
def regular_meetings_and_traffickers_are_zero(lesson):
    effect = lesson.events.set_index("event_id")["effect"]
    assert (effect[["E004", "E014", "E021", "E023", "E039", "E083"]] == 0).all()


@claim("timeline-chart", "Up to 2024 more steps widen than narrow; since 2025 more narrow", rewrite="the title of the chart, and the sentences on the second coder")
def more_widen_before_and_more_narrow_since(lesson):
    assert (lesson.tally[1] > lesson.tally[-1]).tolist() == [True, False]


@claim("events", "the chart below will name these", rewrite="the names written in the chart")
def the_named_events_are_those_of_the_chart(lesson):
    dates = lesson.events.set_index("event_id")["date"]
    assert [dates[name].year for name in lesson.names] == [1990, 1998, 2007, 2020, 2025] and dates["E061"].month == 9
    effect = lesson.events.set_index("event_id")["effect"]
    assert effect[list(lesson.names)].tolist() == [-1, -1, 1, -1, 1]
    assert pick(lesson.events, event_id=["E025", "E027"])["date"].dt.year.tolist() == [2020, 2020]   # arrest, then a law


@claim("timeline-read", "may remember the last months best", rewrite="the sentence on what the list remembers")
def more_than_half_of_the_list_is_recent(lesson):
    assert lesson.recent.mean() > 0.5 and lesson.events["date"].max().year == 2026


@claim("exercise-1-1", "many long requested, are handed over", rewrite="the comments of the exercise")
def the_six_events_are_what_their_comments_say(lesson):
    events = lesson.events.set_index("event_id")
    months = {"E004": "1985-02", "E012": "1998-05", "E027": "2020-12", "E030": "2021-10", "E039": "2023-10", "E049": "2025-02"}
    assert [f"{events['date'][name]:%Y-%m}" for name in months] == list(months.values())
    assert (events.loc[list(months), "effect"] == events.loc[list(months), "effect_second_coder"]).all()
    assert "29 prisoners" in events["event"]["E049"] and "extradition requests pending" in load("transfers")["note"][0]


@claim("second-coder-read", "Up to 2024 both coders see more widening than narrowing", rewrite="the paragraph on the second coder")
def both_coders_see_more_widening_up_to_2024(lesson):
    for coder in ("effect", "effect_second_coder"):
        counts = lesson.events.loc[~lesson.recent, coder].value_counts()
        assert counts[1] > 1.4 * counts[-1]


@claim("second-coder-read", "sixteen against eleven; the second sees eleven against ten", rewrite="the paragraph on the second coder, and the safe stop")
def the_balance_since_2025_by_each_coder(lesson):
    counts = [lesson.events.loc[lesson.recent, coder].value_counts() for coder in ("effect", "effect_second_coder")]
    assert [(one[-1], one[1]) for one in counts] == [(16, 11), (11, 10)]


@claim("second-coder-read", "by the second coder its other half rests on one event. Before the rule, they agreed on 60 of 89.",
       rewrite="the end of the paragraph on the second coder; the 60 of 89 are in the card of the events")
def by_the_second_coder_one_event_decides(lesson):
    from pathlib import Path
    counts = lesson.events.loc[lesson.recent, "effect_second_coder"].value_counts()
    assert counts[-1] - counts[1] == 1
    card = Path(__file__).resolve().parents[2] / "data" / "cards" / "events.md"
    assert "before the rule, 60 of 89" in card.read_text(encoding="utf-8")


@claim("safe-stop", "two coders agree on most events, and by one of them the balance since 2025 is almost even", rewrite="the safe stop")
def two_coders_agree_on_most(lesson):
    assert lesson.same.mean() > 0.8
    assert not (lesson.events["effect"] * lesson.events["effect_second_coder"] == -1).any()   # nowhere 1 against -1


# interdictions

@claim("interdictions", "he was never tried or convicted (status of January 2021; check before teaching)", rewrite="the paragraph on the general's case")
def the_status_of_the_general(lesson):
    case = load("officials_cases").query("name.str.contains('Cienfuegos')", engine="python")
    assert f"{pd.to_datetime(case['status_as_of']).max():%Y-%m}" == "2021-01" and case["current_status"].str.contains("never tried").all()
    assert case["event_type"].tolist() == ["arrest", "dismissal", "no prosecution"]


@claim("interdictions", "In April Mexico closed a police unit that the DEA had vetted", rewrite="the sentences on the closed unit")
def one_of_two_units_was_closed_in_april_2021(lesson):
    events = load("events").set_index("event_id")
    assert f"{events['date']['E029']:%Y-%m}" == "2021-04" and "two vetted" in events["event"]["E029"]


@claim("interdictions", "Mexico and CBP's own Air and Marine Operations included", rewrite="what is missing from the seizures")
def the_file_holds_field_operations_and_border_patrol(lesson):
    assert set(load("seizures_monthly")["component"]) == {"Border Patrol", "Field Operations"}


@claim("complicate", "Seizures were rising before the arrest, and went on rising until 2023", rewrite="the two sentences on the climb")
def seizures_climbed_from_before_the_arrest_to_2023(lesson):
    fiscal, calendar = by_fiscal_year(lesson.monthly), by_calendar_year(lesson.monthly).dropna()
    assert fiscal[2020] > fiscal[2019]     # fiscal year 2020 ended before the arrest
    assert lesson.change > 0 and calendar.loc[2019:2023].is_monotonic_increasing and calendar.idxmax() == 2023


@claim("placebo-chart", "other months rise at least as much", rewrite="the title of the chart and the edges of its bars")
def no_month_is_left_out_of_the_chart(lesson):
    assert lesson.changes.between(-0.6, 3).all() and lesson.rank.change > 0
    assert lesson.event == ARREST


@claim("clean-read", "Some of those months have the arrest in a window of their own", rewrite="the paragraph on clean placebo dates", after="clean")
def ten_of_the_months_have_the_arrest_in_a_window(lesson):
    assert lesson.rank.at_least - rank_among(lesson.changes, ARREST, apart=12).at_least == 10


@claim("clean-runs", "Ten months lead up to the arrest", rewrite="the paragraph on the two runs")
def the_first_run_is_the_ten_months_before_the_arrest(lesson):
    first = lesson.changes[lesson.changes > lesson.rank.change].index[:10]
    assert list(first) == list(pd.period_range(ARREST - 10, ARREST - 1, freq="M"))


@claim("clean-runs", "The other four, April to July 2022, share most of their months", rewrite="the paragraph on the two runs")
def the_clean_months_that_remain_are_one_run(lesson):
    found = other_changes(lesson.changes, ARREST, 12)
    found = found[found >= lesson.rank.change]
    assert list(found.index.astype(str)) == ["2022-04", "2022-05", "2022-06", "2022-07"]


@claim("clean-runs", "Farther away none rises as much, but all those months lie after October 2022, and most show a fall",
       rewrite="the sentence on months that share no window")
def months_that_share_nothing_come_late(lesson):
    far = other_changes(lesson.changes, ARREST, 24)
    assert far.index.min() == pd.Period("2022-11") and not (far >= lesson.rank.change).any() and (far < 0).mean() > 0.8


@claim("clean-runs", "it holds only three or four comparisons of this length that do not overlap", rewrite="the sentence on the length of the series")
def the_series_has_room_for_few(lesson):
    assert len(lesson.monthly) // (12 + 1 + 12) in (3, 4)


@claim("steps-chart", "of the rise came before the arrest; a second step came in its month", rewrite="the title of the chart, and the safe stop")
def the_title_of_the_steps_holds(lesson):
    assert lesson.spring.mean() < lesson.summer.mean() < lesson.after.mean() and lesson.steps[ARREST] > 0
    assert (lesson.spring.index[0], lesson.summer.index[-1], lesson.after.index[0]) == (ARREST - 12, ARREST - 1, ARREST + 1)


@claim("placebo-read", "The largest step of 2020, in pounds and in per cent, came in June, four months *before* the arrest", rewrite="the paragraph on the steps of 2020")
def the_largest_step_of_2020_is_june(lesson):
    assert str(lesson.steps.idxmax()) == str(lesson.monthly.pct_change()["2020-01":"2020-12"].idxmax()) == "2020-06"
    assert lesson.steps.idxmax() == ARREST - 4


@claim("placebo-read", "The second came in October, the month of the arrest", rewrite="the paragraph on the steps of 2020")
def the_second_step_is_the_month_of_the_arrest(lesson):
    assert lesson.steps.nlargest(3).index.astype(str).tolist() == ["2020-06", "2020-10", "2020-12"]


@claim("placebo-read", "(December gives back most of what November lost.)", rewrite="the remark on December")
def december_gives_back_what_november_lost(lesson):
    assert lesson.steps["2020-11"] < 0 and 0.5 < -lesson.steps["2020-12"] / lesson.steps["2020-11"] < 1


@claim("placebo-cautions", "fentanyl rose and heroin fell in each of the three years", rewrite="the sentence on fentanyl and heroin")
def fentanyl_rose_while_heroin_fell(lesson):
    assert lesson.swing["Fentanyl"] > 0 > lesson.swing["Heroin"]
    three = lesson.both.loc[2019:2022].diff().dropna()
    assert len(three) == 3 and (three["Fentanyl"] > 0).all() and (three["Heroin"] < 0).all()


@claim("placebo-cautions", "this series holds one great rise and one great fall", rewrite="the third caution")
def one_rise_and_one_fall(lesson):
    years = by_calendar_year(lesson.monthly).dropna()
    assert years.loc[2019:2023].is_monotonic_increasing and years.loc[2023:].is_monotonic_decreasing


@claim("exercise-1-2-text", "clean dates only (more than twelve months from October 2021)", rewrite="the exercise, and what its feedback says of the clean months")
def the_clean_months_of_the_framework(lesson):
    start = pd.Period("2021-10")
    clean, far = (other_changes(lesson.changes, start, apart) for apart in (12, 24))
    as_much = clean[clean >= lesson.changes[start]].index
    assert 0.2 < len(as_much) / len(clean) < 0.4 and not (far >= lesson.changes[start]).any()
    assert all(month < start or month >= pd.Period("2022-11") for month in as_much)


@claim("safe-stop", "about three quarters of the rise in seizures came before the arrest", rewrite="the safe stop")
def three_quarters_of_the_rise_came_before(lesson):
    assert 0.7 < lesson.early < 0.8


# overdoses

@claim("overdoses", "It falls at the end of a year, so calendar years will do at first", rewrite="the sentence on the date of the law", after="deaths")
def the_law_is_of_december_2020(lesson):
    assert lesson.events.set_index("event_id")["date"]["E027"] == pd.Timestamp("2020-12-18")
    assert (~lesson.deaths.isna()).all() and lesson.deaths.index[-1] == pd.Period("2024-12")


@claim("growth-read", "Deaths rose in both years, and in the second the percentage was less than half as large", rewrite="the paragraph under the chart")
def the_second_percentage_is_less_than_half(lesson):
    assert 0 < lesson.growth[2021] < lesson.growth[2020] / 2


@claim("growth-read", "A percentage can halve while the number of people does not", rewrite="the sentence on percentages and people", after="in-people")
def the_number_of_people_does_not_halve(lesson):
    assert lesson.more[2021] > lesson.more[2020] / 2


@claim("placebo-deaths-text", "its average is lower than that of 2020, so the change is larger", rewrite="the sentence on the two windows before the law", after="placebo-deaths")
def the_window_before_the_law_is_lower(lesson):
    around = before_after(lesson.deaths.astype(float), LAW, 12)
    assert around.before == lesson.deaths["2019-12":"2020-11"].mean() < lesson.deaths["2020"].mean()
    assert lesson.found.change == around.change > lesson.growth[2021]


@claim("reference-class", "The same rise looks rarer or more common", rewrite="the paragraph on the reference class")
def the_reference_class_changes_the_share(lesson):
    from takeaways.analysis import placebo_changes
    shares = [rank_among(placebo_changes(lesson.deaths.loc[first:], 12), LAW, apart=12).share for first in ("1999-01", "2013-01")]
    assert shares[1] > shares[0] + 0.1 and lesson.deaths.index[0] == pd.Period("1999-01")


# extraditions

@claim("extraditions-chart", "One turn stands out, from 2012 to 2013; after 2021 nothing compares", rewrite="the title of the chart and what is read from it")
def the_turn_of_2013_stands_out(lesson):
    assert lesson.comparable.diff().idxmin() == 2013 and lesson.comparable.last_valid_index() == 2021
    assert lesson.comparable.diff().abs().nlargest(2).iloc[1] < lesson.comparable.diff().abs().max() / 2


@claim("extraditions", "a whole year; for 2015 at least so many", after="extraditions-chart", rewrite="the bracket on the solid dots, here and in lesson 00")
def of_the_comparable_counts_only_2015_is_a_lower_bound(lesson):
    solid = lesson.extraditions[lesson.extraditions["comparable"]]
    assert solid.index[solid["value_type"] == "lower_bound"].tolist() == [2015]


@claim("extraditions-read", "the table begins in 1995", rewrite="the point on 1990")
def the_table_begins_in_1995(lesson):
    assert lesson.extraditions.index.min() == 1995


@claim("extraditions-read", "But a source that counts all countries shows the same step", rewrite="the point on 2012 and 2013")
def another_source_shows_the_step(lesson):
    counts = pick(load("extraditions_sources"), year=[2012, 2013], scope="all_destinations").set_index("year")
    assert counts["source_id"].nunique() == 1 and counts["count"][2013] < counts["count"][2012] / 2
    assert load("events").set_index("event_id")["date"]["E022"].year == 2013     # the single door


@claim("extraditions-read", "two sums for 2010 and 2011 together, 187 and 193 people, make more than ninety a year", rewrite="the point on 2012 and 2013")
def the_sums_for_2010_and_2011(lesson):
    sums = pick(load("extraditions_periods"), period_id=["P17", "P18"])
    assert sums["count"].tolist() == [187, 193] and (sums["count"] / 2 > 90).all()
    assert "115 (2012)" in sums["derivation"].iloc[0] and "2012" not in sums["derivation"].iloc[1]     # the bracket on the first
    assert (sums["period_start"].dt.year == 2010).all() and (sums["period_end"].dt.year == 2011).all()


@claim("extraditions-read", "is the lowest comparable one since 2005", rewrite="the point on the years after 2018")
def the_count_of_2021_is_the_lowest_since_2005(lesson):
    assert lesson.comparable.loc[2006:2020].min() > lesson.comparable[2021] > lesson.comparable[2005]


@claim("extraditions-read", "but in 2020 the count did not fall", rewrite="the sentence on the pandemic")
def the_count_of_2020_did_not_fall(lesson):
    assert lesson.comparable[2020] >= lesson.comparable[2019]


@claim("extraditions-read", "The first average below leaves out 2016, which has no comparable count", rewrite="the sentence on the hole", after="compare-terms")
def only_2016_is_missing(lesson):
    assert lesson.earlier.index[lesson.earlier.isna()].tolist() == [2016] and lesson.later.notna().all()


@claim("exercise-1-4-text", "in the six years of the Peña Nieto term, and in 2019-2021", rewrite="the exercise on the totals of one source")
def the_two_periods_of_one_source(lesson):
    totals = load("extraditions_periods").set_index("period_id").loc[["P22", "P31"]]
    assert totals["source_id"].nunique() == 1 and set(totals["scope"]) == {"to_us_all_nationalities"}
    assert [round((row.period_end - row.period_start).days / 365.25) for row in totals.itertuples()] == [6, 3]
    assert totals["count"].tolist() == [394, 161]
    by_totals, by_years = (161 / 3) / (394 / 6) - 1, lesson.later.mean() / lesson.earlier.mean() - 1
    assert 1.8 < by_totals / by_years < 2.2      # what the feedback calls about twice the fall


@claim("transfers-text", "For 2025 no yearly figure of extraditions was found", rewrite="the paragraph on the transfers")
def there_is_no_count_of_2025(lesson):
    assert pd.isna(lesson.extraditions.loc[2025, "count"])


@claim("transfers-text", "Reported were three **transfers** of prisoners outside the treaty", rewrite="the paragraph on the transfers", after="transfers")
def there_were_three_transfers(lesson):
    assert len(lesson.transfers) == 3


@claim("exercise-1-5-text", '"Mexico extradited 92 people in a year, twice as many as in 2021: trust is back."', rewrite="the headline of the exercise")
def the_transfers_are_92_people_in_a_year(lesson):
    assert lesson.transfers["people"].sum() == 92 and 92 > 2 * lesson.comparable[2021]
    assert (lesson.transfers["date"].max() - lesson.transfers["date"].min()).days < 366


# what mistrust touches, and what may be written

@claim("access-read", "Mexico's then president confirmed it in April 2022 and gave a reason, that criminals had infiltrated the unit",
       rewrite="both accounts of the closed unit")
def both_accounts_of_the_closed_unit_are_in_the_table(lesson):
    rows = lesson.events.set_index("event_id")
    assert f"{rows['date']['E094']:%Y-%m}" == "2022-04" and "infiltrated" in rows["event"]["E094"]
    assert "second vetted unit" in rows["event"]["E093"] and "Attorney General" in rows["event"]["E093"]
    assert rows["date"]["E091"].year == 2018 and "no contest (Chicago)" in rows["event"]["E091"]
    assert f"{rows['date']['E092']:%Y-%m}" == "2022-02" and "Brooklyn" in rows["event"]["E092"]


@claim("cannot-tell", "most of the rise came before the arrest, and a second step in its month", rewrite="what may be written about the seizures")
def most_of_the_rise_came_before(lesson):
    assert lesson.early > 0.5 and lesson.steps.nlargest(2).index[1] == ARREST


@claim("cannot-tell", "in deaths, many other dates show as large a rise", rewrite="what may be written about the deaths")
def many_dates_show_as_large_a_rise_in_deaths(lesson):
    assert lesson.found.share > 0.3


@claim("cannot-tell", "fewer people a year were sent in 2019-2021 than in the term before", rewrite="what may be written about the extraditions")
def fewer_a_year_by_years_and_by_totals(lesson):
    totals = lesson.periods["count"]
    assert lesson.later.mean() < lesson.earlier.mean() and totals["P31"] / 3 < totals["P22"] / 6


@claim("discussion", "by its account not accredited", rewrite="the first discussion, from the rows of the events")
def the_discussion_keeps_to_its_rows(lesson):
    rows = lesson.events.set_index("event_id")
    assert "not accredited" in rows["rationale"]["E077"] and "later identified as CIA" in rows["event"]["E077"]
    assert "Casablanca" in rows["event"]["E012"] and f"{rows['date']['E040']:%Y-%m}" == "2024-05"
