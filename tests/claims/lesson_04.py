"""What the sentences of lesson 04, *Weigh the results*, rely on."""

import pandas as pd

from takeaways.analysis import scores, share_ahead
from takeaways.tables import load, pick

from . import claim


def event(name):
    return load("events").set_index("event_id").loc[name]


@claim("the-claim", '"This could very well mean that", he writes', rewrite="the author's words, from the table essay_claims")
def the_hedge_is_his(lesson):
    claims = load("essay_claims").set_index("claim_id")
    assert (claims.loc[["C50", "C51"], "author_words"] == "This could very well mean that").all()
    assert "intolerable alliance" in claims.loc["C48", "claim"] and "1 February 2025" in claims.loc["C48", "evidence"]


@claim("year-after", "We take monthly seizures and deaths by 12 months to April 2026", rewrite="the first paragraph and every window of the section",
       after="deaths-chart")
def each_metric_reaches_april(lesson):
    assert str(lesson.april) == "2026-04" and {lesson.april} <= set(lesson.monthly.index) & set(lesson.totals.dropna().index)


@claim("year-after", "another file adds seizures to August 2026, as one total", rewrite="the first paragraph; a whole year may need other months",
       after="newest")
def the_newer_file_covers_eleven_months(lesson):
    assert set(pick(lesson.newest, fiscal_year=2026)["months_covered"]) == {11}


@claim("year-after", "since the statement was issued on 3 September", rewrite="the date, and every window after it")
def the_day_of_the_statement(lesson):
    assert str(event("E061")["date"])[:10] == "2025-09-03" and "joint statement" in event("E061")["event"]


@claim("year-after", "Field Operations and Border Patrol, all that the file holds", rewrite="what the file holds", after="monthly")
def the_file_holds_two_components(lesson):
    assert set(lesson.seizures["component"]) == {"Field Operations", "Border Patrol"}


@claim("year-after", "First the eight months from September 2025 to April 2026", rewrite="the two windows",
       after="monthly")
def each_window_has_eight_months(lesson):
    windows = [lesson.monthly["2025-09":"2026-04"], lesson.monthly["2025-01":"2025-08"], lesson.monthly["2024-09":"2025-04"]]
    assert [len(window) for window in windows] == [8, 8, 8]


@claim("placebo-text", "Both numbers are true, and a spokesman can pick either", rewrite="the paragraph: the two no longer differ in sign")
def the_two_comparisons_differ_in_sign(lesson):
    assert lesson.on_before > 0 > lesson.on_year


@claim("placebo-text", "the second reaches back to months when seizures were still higher", rewrite="what is wrong with the second comparison")
def the_earlier_months_were_higher(lesson):
    assert lesson.monthly["2024-09":"2024-12"].min() > lesson.monthly["2025-01":"2025-08"].mean()


@claim("fiscal-text", "The full year settles it: a fall", rewrite="the title of 04_seizures, the safe stop and the last paragraph of the lesson")
def the_full_year_fell(lesson):
    assert -0.25 < lesson.fall < -0.15


@claim("exercise-4-1-text", "More than a quarter of the earlier dates show such a fall", rewrite="the paragraph, the safe stop and cannot-tell")
def many_dates_fell_as_much(lesson):
    fell = lesson.changes[lesson.changes <= lesson.fall]
    assert fell.index.min() == pd.Period("2023-05")                                # all of them since May 2023
    assert lesson.changes.index.max() + 12 > pd.Period("2025-08")                  # the newest reach past the statement
    assert 0.25 < (lesson.changes <= lesson.fall).mean() < 0.34 and lesson.changes.index.max() < pd.Period("2025-08")


@claim("exercise-4-1", "answer_4_1 = ...   # per cent, minus for a fall", rewrite="the `why` of exercise 4.1 (exercises/lesson_04.py)")
def what_the_answer_to_4_1_says(lesson):
    fiscal = lesson.so_far / lesson.monthly["2024-10":"2025-08"].sum() - 1
    assert 1.8 < lesson.fall / fiscal < 2.4                                        # twice as large
    assert lesson.monthly["2024-09":"2025-08"].idxmax() == pd.Period("2024-09")    # one month
    winter, summer = lesson.monthly["2025-10":"2026-04"].sum(), lesson.monthly["2025-05":"2025-08"].sum()
    assert winter / lesson.monthly["2024-10":"2025-04"].sum() - 1 < -0.1
    assert abs((lesson.so_far - winter) / summer - 1) < 0.03                       # nearly as a year before


@claim("deaths-text", "even the one to April 2026 holds four months from before the statement", rewrite="the paragraph",
       after="deaths-chart")
def the_total_to_april_begins_before_the_statement(lesson):
    assert lesson.april in lesson.t404.index and (lesson.statement - (lesson.april - 11)).n == 4


@claim("deaths-chart", "April 2026 had **{to_march - to_april:,.0f}** deaths fewer than April 2025", rewrite="the sentence: the two totals are of two releases, or rose")
def the_difference_is_of_one_release(lesson):
    assert lesson.t404.loc["2026-03", "vintage"] == lesson.t404.loc["2026-04", "vintage"] and lesson.to_march > lesson.to_april
    table = load("overdose_month_on_year").set_index("month")
    assert table.loc["2026-04", "difference_predicted"] == lesson.to_april - lesson.to_march


@claim("deaths-publish", "the yearly fall slowed from", rewrite="the title of 04_deaths, deaths-read and cannot-tell")
def the_yearly_fall_slowed(lesson):
    assert lesson.by_month.index[-1] == lesson.yearly.index[-1]         # the newest months of the title are of one month
    assert lesson.yearly[lesson.eve] < -22 < lesson.yearly[lesson.april] < -18
    last_two = lesson.by_month[lesson.april - 1:lesson.april].max()
    assert last_two < lesson.yearly[lesson.april] and last_two < -25


@claim("deaths-read", "the fall has slowed since early 2025, before the statement and after it", rewrite="the paragraph")
def the_yearly_fall_was_fastest_early_in_2025(lesson):
    assert lesson.yearly.idxmin() == pd.Period("2025-02")
    assert lesson.yearly["2025-02"] < lesson.yearly["2025-08"] < lesson.yearly[lesson.april]


@claim("deaths-read", "slow from July to November 2025, faster in the five months after, fastest in the last two of these", rewrite="the paragraph")
def the_months_in_their_order(lesson):
    slow, since = lesson.by_month["2025-07":"2025-11"], lesson.by_month["2025-12":lesson.april]
    assert slow.min() > since.max() and set(since.nsmallest(2).index) == {pd.Period("2026-03"), pd.Period("2026-04")}


@claim("deaths-read", "from the June to the September release every difference that both hold became smaller", rewrite="how the newest months will move")
def every_common_difference_shrank(lesson):
    steps = {}
    for vintage in ("2026-06-27", "2026-09-16"):
        rows = pick(load("overdose_12_months"), drug_class="synthetic opioids (T40.4)", vintage=vintage).set_index("month_ending")
        steps[vintage] = rows[["reported", "predicted"]].astype(float).sort_index().diff().dropna()
    june, september = steps["2026-06-27"], steps["2026-09-16"]
    both = june.index.intersection(september.index)
    assert len(both) >= 11 and (september.loc[both] > june.loc[both]).all(axis=None) and (june.loc[both] < 0).all(axis=None)


@claim("deaths-read", "the month a year before is counted by residence, and for 2026 it is itself worked out", rewrite="the limits of the bars")
def the_base_of_2026_is_chained(lesson):
    base = load("overdose_month_on_year").set_index("month")["base"]
    assert set(base["2026-01":]) == {"chained"} and set(base[:"2025-12"]) == {"final, residents"}


@claim("deaths-read", "The third metric has no comparable total after the statement", rewrite="the paragraph and the scorecard", after="handovers")
def no_comparable_count_after_2021(lesson):
    assert lesson.clean.index.max() == 2021


@claim("exercise-4-2-text", "in the **last three comparable years** together", rewrite="the exercise: the three are no longer one run")
def the_last_three_comparable_years_follow_each_other(lesson):
    assert list(lesson.clean.index[-3:]) == [2019, 2020, 2021]


@claim("exercise-4-3-text", "Deaths rose in two border states and fell in two", rewrite="the paragraph")
def two_worse_two_better(lesson):
    assert (lesson.change > 0).to_dict() == {"NM": True, "AZ": True, "TX": False, "CA": False, "US": False}


@claim("exercise-4-3-text", "New Mexico's rise, from 485 to 722, is more than six times that, Arizona's about one and a half times", rewrite="the paragraph")
def new_mexico_is_beyond_chance(lesson):
    old, new = lesson.deaths.loc["NM", "2025-04"], lesson.deaths.loc["NM", "2026-04"]
    assert (old, new) == (485, 722)
    before, now = lesson.deaths.loc["AZ", "2025-04"], lesson.deaths.loc["AZ", "2026-04"]
    assert 1.4 < (now - before) / (before + now) ** 0.5 < 1.6
    assert 6 < (new - old) / (old + new) ** 0.5 < 7 and 3 < lesson.rate["NM"] / lesson.rate["US"] < 3.5


@claim("two-lines-chart", "More fentanyl seized went with more deaths, less with fewer", rewrite="the title of 04_two_lines and two-lines-read")
def both_moved_the_same_way_each_year(lesson):
    steps = lesson.numbers.diff().dropna()
    assert ((steps["interdictions"] > 0) == (steps["overdoses"] > 0)).all()
    assert min(lesson.numbers.drop(year).corr().iloc[0, 1] for year in lesson.numbers.index) > 0   # whichever year is left out


@claim("two-lines-read", "This is one rise and one fall, nearly a single observation", rewrite="the paragraph")
def one_rise_and_one_fall(lesson):
    for metric in lesson.numbers:
        assert lesson.numbers[metric].idxmax() == 2023
        assert lesson.numbers[metric].loc[:2023].is_monotonic_increasing and lesson.numbers[metric].loc[2023:].is_monotonic_decreasing


@claim("mexico", "The Security Cabinet adds up arrests, firearms, drugs and laboratories since October 2024", rewrite="what Mexico counts",
       after="mexico-counts")
def the_tallies_begin_in_october_2024(lesson):
    tallies = lesson.mexico[lesson.mexico["series"].str.startswith("security cabinet tally")]
    assert set(tallies["period_start"]) == {"2024-10-01"}
    for kind in ("people detained", "firearms", "all drugs", "laboratories"):
        assert f"security cabinet tally, {kind}" in set(tallies["series"])


@claim("mexico-read", "The two offices differ by some 2,000 to 4,000 a year", rewrite="the paragraph")
def two_counts_of_homicides(lesson):
    years = [str(year) for year in range(2019, 2025)]
    gaps = [lesson.by_series["homicides, death certificates (INEGI)"][year] - lesson.by_series["homicides, prosecutors' files (SESNSP)"][year]
            for year in years]
    assert min(gaps) > 1900 and max(gaps) < 4000


@claim("mexico-read", "The fall by half, as officials state it, is preliminary and measured from one month, the last before the present government", rewrite="the paragraph")
def the_base_of_the_official_fall(lesson):
    row = pick(lesson.mexico, series="homicides a day, prosecutors' files (SESNSP)", period_start="2024-09").iloc[0]
    assert "month before the government took office" in row["note"] and 0.45 < lesson.day["2026-08"] / row["value"] < 0.5


@claim("mexico-read", "of the pills about 4 million are one seizure by weight, converted", rewrite="the paragraph")
def a_seizure_by_weight_is_in_the_pills(lesson):
    pills = pick(lesson.tally, series="security cabinet tally, fentanyl pills").iloc[0]
    assert "About 4 million of these are one seizure" in pills["note"] and "converted" in pills["note"]


@claim("scorecard", "its transfers all came before", rewrite="what the scorecard judges")
def the_transfers_of_2025_came_before_the_statement(lesson):
    of_2025 = lesson.transfers[lesson.transfers["date"].dt.year == 2025]
    assert (of_2025["date"] < "2025-09-03").all()


@claim("thirds-read", "For 2022 to 2024 the first two mix nationals, all countries and parts of years", rewrite="what the columns mix")
def the_years_before_2025_are_mixed(lesson):
    mixed = lesson.extraditions.loc[2022:2024]
    assert not mixed["comparable"].any() and (lesson.thirds.loc[2022:2024, "transfers"] == lesson.thirds.loc[2022:2024, "any count"]).all()
    assert mixed["scope"].tolist() == ["to_us_mexican_nationals_only", "to_us_all_nationalities", "all_destinations"]
    assert list(mixed["period_end"].astype(str).str[5:10]) == ["12-31", "12-20", "10-10"]


@claim("thirds-read", "`any count` eleven months of federal prisons", rewrite="what stands in for 2025")
def eleven_months_of_federal_prisons(lesson):
    row = lesson.periods.loc["P33"]
    assert (pd.Period(row["period_end"], "M") - pd.Period(row["period_start"], "M")).n == 10 and "federal prisons" in row["note"]


@claim("thirds-read", "with it 2025 has no score at all", rewrite="the paragraph")
def the_clean_count_has_no_figure_for_2025(lesson):
    assert pd.isna(lesson.thirds.loc[2025, "comparable"]) and lesson.thirds.loc[2025, ["transfers", "any count"]].notna().all()


@claim("exercise-4-4-text", "By how many **points**, out of a hundred, is 2025 ahead of 2024?", rewrite="the exercise and its `why`")
def the_sign_moves_the_verdict_by_more_than_the_lead(lesson):
    lead = {sign: scores(lesson.scales[sign], [1, 1, 1]).diff()[2025] for sign in lesson.signs}
    more, less = lead["more seized is better"], lead["less seized is better"]
    assert more < 0 < less < less - more


@claim("safe-stop", "One sign turned a minority of the weightings into a large majority", rewrite="the safe stop")
def a_minority_and_a_large_majority(lesson):
    assert lesson.shares.loc[2024, "more seized is better"] < 0.35 and lesson.shares.loc[2024, "less seized is better"] > 0.8


@claim("safe-stop", "deaths in the nation fell in every month shown", rewrite="the safe stop")
def deaths_fell_in_every_month_shown(lesson):
    assert (lesson.by_month < 0).all() and (lesson.yearly < 0).all()


@claim("choices-read", "From none of the weightings to all of them, on the same facts", rewrite="the paragraph")
def from_none_to_all(lesson):
    assert (lesson.shares.min(axis=None), lesson.shares.max(axis=None)) == (0, 1)


@claim("choices-read", "zero is the worst of *these* seven years", rewrite="the paragraph")
def seven_years(lesson):
    assert list(lesson.numbers.index) == list(range(2019, 2026))


@claim("exercise-4-5", "answer_4_5 = ...   # per cent of all weightings", rewrite="the `why` of exercise 4.5 (exercises/lesson_04.py)")
def what_the_answer_to_4_5_says(lesson):
    from takeaways.explore.weights import scorecard
    share, with_transfers = (share_ahead(scorecard(third, "less"), 2025)[2020] for third in ("any count", "transfers"))
    assert abs(1 / share - 6) < 0.6 and abs(1 / with_transfers - 3) < 0.2 and 0.4 < share / with_transfers < 0.55


@claim("own-question-after", "Find a scorecard by which 2025 is the best year of all, then one by which it is among the worst", rewrite="the task")
def such_scorecards_exist(lesson):
    from takeaways.explore.weights import scorecard
    assert scores(scorecard("transfers", "more"), [3, 7, 0]).idxmax() == 2025
    assert scores(scorecard("any count", "more"), [0, 0, 1]).idxmin() == 2025


@claim("target", "On 23 January 2026 Washington gave thanks for the transfer of three days before", rewrite="the case of the transfers")
def thanks_three_days_later(lesson):
    thanks, transfer = event("E073"), event("E072")
    assert str(thanks["date"])[:10] == "2026-01-23" and str(transfer["date"])[:10] == "2026-01-20" and "thanks for the transfer" in thanks["event"]


@claim("target", "No later mass transfer was reported up to 9 October 2026", rewrite="the case of the transfers")
def no_later_transfer(lesson):
    assert str(lesson.transfers["date"].max())[:10] == "2026-01-20" and "9 October 2026" in lesson.transfers.attrs["as_of"]


@claim("target", "For fiscal year 2023 Homeland Security announced more than 43,000 pounds of fentanyl, investigators' seizures included; "
       "the file used here has 27,023", rewrite="the case of two totals")
def whose_total(lesson):
    wider = load("other_interdictions").set_index("source_id").loc["dhs-2023-12-22"]
    assert wider["value"] == 43000 and round(lesson.numbers.loc[2023, "interdictions"]) == 27023


@claim("target", "U.S. seizures of fentanyl were down 75%, because there are operations on the Mexican side", rewrite="the case of \"because\"")
def the_presidents_claim(lesson):
    said = event("E099")
    assert str(said["date"])[:10] == "2026-10-09" and "down 75 per cent because" in said["event"] and "operations in Mexico" in said["event"]


@claim("officials-chart", "cases have no result yet", rewrite="the rows of 04_officials and the words \"the first two rows\"")
def the_rows_of_the_officials(lesson):
    assert list(lesson.ends.index) == ["convicted", "ended without conviction", "pending", "sanction or visa measure only"]


@claim("officials-read", "Courts in Mexico, the United States and Spain decided some cases", rewrite="the paragraph")
def who_decided(lesson):
    done = lesson.cases[lesson.cases["outcome"].isin(["convicted", "ended without conviction"])]
    assert {"Mexico", "United States", "Spain"} <= set(done["jurisdiction"])


@claim("officials-read", "The newer cases are mostly pending", rewrite="the paragraph")
def newer_cases_are_pending(lesson):
    first = lesson.cases.groupby("case_id")["event_date"].min()
    single = lesson.last[lesson.last["outcome"] != "group case"]
    new = single[first[single.index] >= "2020"]["outcome"].value_counts()
    old = single[first[single.index] < "2020"]["outcome"].value_counts()
    assert new["pending"] == lesson.ends["pending"] > new.sum() / 2 and "pending" not in old


@claim("officials-read", "two convicted, two whose case ended without conviction, two pending", rewrite="the choice of cases shown", after="named")
def two_cases_of_each_kind(lesson):
    assert lesson.last.loc[lesson.shown_cases, "outcome"].tolist() == ["convicted"] * 2 + ["ended without conviction"] * 2 + ["pending"] * 2


@claim("exercise-4-6-text", "Most of the big fish who are caught are convicted", rewrite="the exercise: by the first two rows they are no longer most")
def most_by_the_first_two_rows(lesson):
    assert lesson.of_two_rows > 0.5 > lesson.of_all


@claim("forecasts", "The sentence has three parts, `C49` to `C51` in our table of claims", rewrite="the paragraph", after="scoring")
def three_parts_of_one_sentence(lesson):
    parts = lesson.claims[lesson.claims["sentence"] == lesson.claims.loc["C50", "sentence"]]
    assert list(parts.index) == ["C49", "C50", "C51"]
    assert lesson.claims.loc["C50", "record"] == "forecast came true"
    assert lesson.claims.loc["C51", ["claim_type", "record"]].tolist() == ["judgement", "leans for"]


@claim("forecasts", "On 7 March 2026 Washington launched a military coalition without Mexico. On 29 April prosecutors in New York unsealed charges",
       rewrite="the dates")
def two_turns_of_2026(lesson):
    assert [str(event(name)["date"])[:10] for name in ("E076", "E078")] == ["2026-03-07", "2026-04-29"]
    assert "without Mexico" in event("E076")["event"] and "nine other officials" in event("E078")["event"] and "denies" in event("E078")["event"]


@claim("forecasts", "Mexico had extradited none of the ten; two had come into U.S. custody in May, one arrested there, one reported to have surrendered",
       rewrite="the statuses, with their dates", after="scoring")
def where_the_ten_stand(lesson):
    ten = lesson.cases[lesson.cases["case_id"].isin(["O30", "O31", "O32", "O33", "O34"])]
    assert (lesson.last.loc[["O30", "O31", "O32", "O33", "O34"], "outcome"] == "pending").all()
    assert all("not extradited" in status for status in lesson.last.loc[["O30", "O31", "O32"], "current_status"])
    assert lesson.last.loc["O32", "status_as_of"] == "2026-09-23"
    custody = ten[ten["event_type"].isin(["arrest", "surrender"])].set_index("case_id")
    assert sorted(custody.index) == ["O33", "O34"] and all(str(date).startswith("2026-05") for date in custody["event_date"])


@claim("cannot-tell", "the nation's fall of deaths slowed and, to April 2026, quickened again", rewrite="the narrow sentence and deaths-read")
def the_narrow_sentence(lesson):
    last_two = lesson.by_month[lesson.april - 1:lesson.april].max()
    assert lesson.yearly["2025-02"] < lesson.yearly[lesson.april] and last_two < lesson.by_month["2025-07":"2025-11"].min()


@claim("discussion", "in office until 27 November 2025", rewrite="who says that the law allows it")
def who_said_that_the_law_allows_it(lesson):
    assert "in office until 27 November 2025" in lesson.transfers["legal_basis"].iloc[0]


@claim("discussion", "for the second and third groups a pledge not to seek the death penalty came on the day", rewrite="the argument for transfers")
def the_pledge(lesson):
    assert ["announced the same day" in words for words in lesson.transfers["death_penalty"]] == [False, True, True]


@claim("discussion", "Most people of the first group whom *Reforma* could trace still had proceedings open (5 April 2025)", rewrite="the argument against")
def most_of_those_traced(lesson):
    assert "of the 27 people it found, 21 still" in lesson.transfers["note"].iloc[0]
