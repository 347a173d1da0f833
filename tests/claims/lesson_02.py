"""What the sentences of lesson 02, *Choose a baseline*, rely on."""

import pandas as pd

from claims import claim
from takeaways import load, pick
from takeaways.analysis import newest_month_errors
from takeaways.explore import baseline

# The claim


@claim("the-claim", '"are likely to formalize soon"', rewrite="the first paragraph: quote the words that the table has")
def the_author_is_quoted(lesson):
    words = load("essay_claims").set_index("claim_id")["author_words"]
    text = ["are likely to formalize soon", "will likely be", "could take the form of", "We can assume that", "We can assume that"]
    assert words[["C18", "C19", "C24", "C28", "C29"]].tolist() == text


@claim("the-claim", "presented a joint statement in Mexico City", rewrite="the last paragraph", after="forms-chart")
def the_statement_has_its_date_and_form(lesson):
    assert f"{lesson.agreements.loc['A10', 'date']:%Y-%m-%d}" == "2025-09-03"
    assert "joint statement" in lesson.agreements.loc["A10", "legal_form"]


@claim("forecasts", "the others in part", rewrite="the sentence, and the paragraph after it")
def the_other_forecasts_are_partly_met(lesson):
    assert set(lesson.forecasts["record"]) == {"forecast came true", "partly"}


@claim("claim-read", "None failed", rewrite="the paragraph")
def two_forecasts_are_met_in_part(lesson):
    assert lesson.forecasts.index[lesson.forecasts["record"] == "partly"].tolist() == ["C18", "C29"]
    assert lesson.forecasts.loc["C24", "record"] == "forecast came true"


@claim("claim-read", "The last two forecasts are one sentence of his: by the sentence, two of four came true whole.", rewrite="the parenthesis")
def the_last_two_forecasts_share_a_sentence(lesson):
    whole = (lesson.forecasts["record"] == "forecast came true").groupby(lesson.forecasts["sentence"]).all()
    assert len(whole) == 4 and whole.sum() == 2
    assert lesson.forecasts.index[-2:].tolist() == ["C28", "C29"] and lesson.forecasts["sentence"].iloc[-2:].nunique() == 1


@claim("claim-read", "one differs from the record, by a date; several hold in part", rewrite="the sentence on his other claims")
def one_claim_differs_and_it_is_a_date(lesson):
    assert lesson.claims.index[lesson.claims["record"] == "differs"].tolist() == ["C25"]
    assert "2022" in lesson.claims.loc["C25", "claim"]
    others = lesson.claims.drop(lesson.forecasts.index)
    assert (others["record"] == "partly").sum() >= 3


@claim("stop", "three of five forecasts came true, two in part; the statement of 2025 names no number", rewrite="the safe stop")
def what_has_been_found_by_the_stop(lesson):
    assert len(lesson.met) == 3 and len(lesson.forecasts) == 5
    assert not lesson.agreements.loc["A10", "has_metrics"]


# The form

@claim("form", "a selection of sixteen, from 1978 to June 2026; one, without Mexico, is there for contrast",
       rewrite="the paragraph on the table", after="forms-chart")
def the_table_holds_sixteen(lesson):
    dates = lesson.agreements["date"]
    assert len(dates) == 16 and dates.min().year == 1978 and f"{dates.max():%Y-%m}" == "2026-06"
    assert lesson.agreements["mexico_lead"].str.contains("not a member").sum() == 1


@claim("forms-chart", "the statement of 2025 does not", rewrite="the chart's title, and the paragraphs after it")
def the_statement_has_no_number(lesson):
    assert not lesson.agreements.loc["A10", "has_metrics"] and lesson.agreements["date"].is_monotonic_increasing


@claim("form-read", "other readings give five or six", rewrite="the paragraph and the card of `agreements`")
def the_count_by_other_readings(lesson):
    by_rule = set(lesson.agreements.index[lesson.agreements["has_metrics"]])
    assert by_rule == {"A03", "A06", "A09", "A11"}
    assert len(by_rule | {"A02", "A07"}) == 6 and len(by_rule - {"A03"} | {"A02", "A07"}) == 5


@claim("form-read", "Two of the four name money or guards, two what is to be done", rewrite="the paragraph")
def what_the_numbers_are(lesson):
    goals = lesson.agreements["goals_or_metrics"]
    for instrument, word in (("A03", "US$"), ("A09", "National Guard"), ("A06", "actions"), ("A11", "eTrace")):
        assert word in goals[instrument]


@claim("form-read", "a group that met four times in little more than nine months", rewrite="the paragraph, and the first discussion")
def the_group_met_four_times(lesson):
    met = lesson.agreements.loc[["A11", "A12", "A14", "A16"], "date"]
    assert (met.max() - met.min()).days < 9 * 30
    assert 270 < (met.max() - lesson.agreements.loc["A10", "date"]).days < 290


# Arms

@claim("brings", "Shares from a third to nine tenths are quoted", rewrite="the paragraph", after="firearms-chart")
def the_shares_differ_widely(lesson):
    assert 30 < lesson.share.min() < 40 and 85 < lesson.share.max() < 92


@claim("firearms-words", "ATF could not tell", rewrite="the sentence")
def the_share_is_that_of_its_counts(lesson):
    guns = lesson.guns.loc["F24"]
    assert abs(guns["us_sourced_count"] / guns["value"] - guns["us_sourced_pct"] / 100) < 0.001
    assert "could not tell" in guns["note"] and "by way of the US" in guns["note"]


@claim("firearms-read", "two guns in three are of U.S. origin", rewrite="Mexico's best reading")
def two_traced_guns_in_three(lesson):
    assert all(64 < lesson.guns.loc[row, "us_sourced_pct"] < 72 for row in ("F24", "F23"))


@claim("firearms-read", "little more than one traced gun in three was followed to a U.S. buyer, and traced guns are no sample",
       rewrite="the critics' best reading, and the reply")
def one_traced_gun_in_three(lesson):
    assert 100 / 3 < lesson.guns.loc["F40", "value"] < 38
    assert "missing by the thousand" in lesson.guns.loc["F20", "note"]   # GAO, of guns held by Mexico's states
    assert "age, missing records or a removed number" in lesson.guns.loc["F40", "note"]


@claim("firearms-read", "that is disputed", rewrite="the sentence on the light bars")
def the_rung_before_2010_is_disputed(lesson):
    assert "disputed" in lesson.guns.loc["F19", "note"]
    assert "not the share of Mexican guns" in lesson.guns.loc["F39", "note"]


# People

@claim("people", "Years without a mark have no count; after 2021 none compares", rewrite="the paragraph and the chart's title", after="people-chart")
def no_comparable_count_after_2021(lesson):
    assert lesson.north[lesson.north["comparable"]]["year"].max() == 2021
    south = load("extraditions_to_mexico")
    assert south[south["full_year"] & (south["scope"] == "us_to_mx")]["year"].max() < 2025


@claim("people", "The last two marks are of eleven months", rewrite="the paragraph and the chart's axis", after="people-chart")
def the_last_marks_are_of_eleven_months(lesson):
    formal = load("extraditions_periods").set_index("period_id").loc["P33"]
    assert (f"{formal['period_start']:%Y-%m}", f"{formal['period_end']:%Y-%m}") == ("2024-10", "2025-08") and "federal prisons" in formal["note"]
    dates = lesson.transfers[lesson.transfers["date"] <= "2025-08-31"]["date"]
    assert len(dates) == 2 and dates.min() >= pd.Timestamp("2024-10-01")


@claim("people-read", "there is a rise against every comparable year since 2013; take extraditions alone, and there is a fall",
       rewrite="the paragraph")
def the_sum_rises_and_extraditions_fall(lesson):
    solid = lesson.north[lesson.north["comparable"] & (lesson.north["year"] >= 2013)]["count"]
    assert lesson.formal < solid.min() <= solid.max() < lesson.formal + lesson.flown


@claim("people-read", "two whole years compare, 25 people in 2006 and 32 in 2008", rewrite="the sentence")
def the_other_direction(lesson):
    south = load("extraditions_to_mexico")
    whole = south[south["full_year"] & (south["scope"] == "us_to_mx")].set_index("year")["count"]
    assert whole.to_dict() == {2006: 25, 2008: 32}


@claim("people-read", "for one surrender, of June 2022, is documented", rewrite="the last sentence")
def the_claim_of_nobody_and_the_one_surrender(lesson):
    south = load("extraditions_to_mexico").set_index("row_id")
    assert south.loc["U07", "value_type"] == "claim" and south.loc["U07", "count"] == 0
    assert f"{south.loc['U06', 'period_start']:%Y-%m}" == "2022-06"


# Money

@claim("assistance-read", "The sign turns with the base", rewrite="the paragraph")
def the_sign_turns_with_the_base(lesson):
    assert lesson.aid[lesson.last] > lesson.aid[2008] and lesson.aid[lesson.last] < lesson.by_act[2008]


@claim("assistance-read", "most of what an act of June 2009 gave Mexico was recorded a year later", rewrite="the sentences on the peak")
def the_peak_is_partly_bookkeeping(lesson):
    act = load("assistance_by_act").set_index("fiscal_year")
    assert lesson.aid.idxmax() == 2010 and lesson.by_act.idxmax() == 2009
    assert act.loc[2010, "moved_out_usd_m"] == act.loc[2009, "moved_in_usd_m"] > 420 / 2 and "the 420 of the act" in act.loc[2009, "how"]
    assert "inferred" in act.loc[2009, "certainty"]


@claim("assistance-read", "In February 2025 a U.S. freeze of foreign aid suspended anti-narcotics programmes in Mexico", rewrite="the last sentence")
def the_freeze_is_an_event(lesson):
    freeze = load("events").set_index("event_id").loc["E043"]
    assert f"{freeze['date']:%Y-%m}" == "2025-02" and "freeze" in freeze["event"]


# Deaths, then and now

@claim("known", "The last release before that day, of August 2025, we do not hold; the one before, of 16 July 2025, ends in February",
       rewrite="the paragraph on the releases", after="fan-chart")
def the_newest_release_of_the_eve(lesson):
    vintages = lesson.deaths["vintage"]
    assert vintages[vintages < "2025-09-03"].max() == "2025-07-16"
    assert pick(lesson.deaths, vintage="2025-07-16")["month_ending"].max() == pd.Period("2025-02")


@claim("fan-chart", "Fentanyl-type deaths were first reported", rewrite="the chart's title")
def newest_months_began_too_low(lesson):
    assert (lesson.misses < 0).all() and len(lesson.misses) > 1


@claim("fan-read", "Later releases raise the floor; the estimate may miss on either side", rewrite="the first paragraph")
def the_floor_rose_and_the_estimate_was_too_high(lesson):
    assert lesson.first["reported"] < lesson.today["reported"] < lesson.first["predicted"]
    errors = newest_month_errors(lesson.deaths)["predicted_error"]
    assert errors.min() < 0 < errors.max()


@claim("fan-read", "*reported against reported* makes a fall look larger than it will be", rewrite="the second paragraph")
def reported_inflates_a_fall(lesson):
    change = lesson.now.loc["2026-04"][["reported", "predicted"]] / lesson.now.loc["2025-04"][["reported", "predicted"]] - 1
    assert change["reported"] < change["predicted"] < 0


@claim("errors-read", "Each release, a handful, made *reported* deaths look better than they turned out", rewrite="the first paragraph")
def reported_was_too_low_each_time(lesson):
    assert len(lesson.errors) >= 5 and (lesson.errors["reported_error"] < 0).all()


@claim("errors-read", "Predicted mostly came nearer, here always on the high side", rewrite="the first paragraph")
def predicted_mostly_came_nearer(lesson):
    both = lesson.errors.dropna()
    assert both["predicted_error"].min() > 0
    assert sum(both["predicted_error"] < -both["reported_error"]) > len(both) / 2


@claim("errors-read", "the release of June 2026 predicted a little too few", rewrite="the first paragraph")
def of_fentanyl_type_deaths_june_was_too_low(lesson):
    newest = newest_month_errors(lesson.deaths)["predicted_error"]
    [june] = [error for release, error in newest.items() if release.startswith("2026-06")]
    assert -0.01 < june < 0


@claim("errors-read", "of June 2025 first 742 pounds of fentanyl were announced, and 844 stand in the file, the largest change of a single month that we hold",
       rewrite="the second paragraph")
def the_first_announcement_of_june_2025(lesson):
    months = pick(load("seizures_published"), check="months").set_index("label")
    single = months[months["month_start"] == months["month_end"]]
    assert (round(single.loc["Jun 2025", "published_pounds"]), round(single.loc["Jun 2025", "file_pounds"])) == (742, 844)
    assert (single["file_pounds"] - single["published_pounds"]).abs().idxmax() == "Jun 2025"


@claim("errors-read", "The closed fiscal years did not move between the two newest editions of the file", rewrite="the second paragraph")
def between_two_files_the_closed_years_stood_still(lesson):
    moved = pick(load("seizures_revisions"), drug="Fentanyl", component="All")
    newest = moved[moved["period_end"] == moved["period_end"].max()]
    assert (newest["rows_pounds_changed"] == 0).all() and (newest["rows"] > 100).all()


# One drug, five headlines

@claim("headlines", "We take eight months from the statement on, September 2025 to April 2026", rewrite="the paragraph", after="since")
def eight_months_since_the_statement(lesson):
    assert len(lesson.since) == 8 and (str(lesson.since.index[0]), str(lesson.since.index[-1])) == ("2025-09", "2026-04")


@claim("where", "A third part of CBP, Air and Marine Operations, is not in the file", rewrite="the paragraph")
def the_file_holds_two_parts(lesson):
    assert set(lesson.seizures["component"]) == {"Field Operations", "Border Patrol"}


@claim("headlines-chart", "highest 12 months, to June 2023", rewrite="the first baseline")
def the_highest_twelve_months(lesson):
    assert lesson.monthly.rolling(12).sum().idxmax() == pd.Period("2023-06")


@claim("headlines-chart", "One drug, five headlines", rewrite="the title of the chart and of the section")
def there_are_five_headlines(lesson):
    assert len(lesson.bases) == 5 and (lesson.changes < 0).all()


@claim("headlines-read", "All six are true, one has the other sign", rewrite="the paragraph and its list")
def the_sixth_has_the_other_sign(lesson):
    assert len(lesson.just_before) == 8 and (lesson.changes < 0).all() and lesson.flip > 0


@claim("exercise-2-5-text", "finds a great fall", rewrite="the exercise")
def part_of_a_year_against_a_whole_one(lesson):
    assert lesson.monthly["2025-10":"2026-04"].sum() < 0.6 * lesson.monthly["2024-10":"2025-09"].sum()


@claim("where", "For how many of five drugs", rewrite="the prediction", after="scopes")
def there_are_five_drugs(lesson):
    assert len(lesson.scopes) == 5 and lesson.scopes.notna().all().all()


@claim("drugs-chart", "fentanyl fell in each", rewrite="the chart's title")
def two_drugs_turn_and_fentanyl_falls(lesson):
    assert sorted(lesson.turned) == ["Cocaine", "Marijuana"]
    assert (lesson.scopes.loc["Fentanyl"] < -0.5).all()


@claim("drugs-read", "Cocaine rose at the southwest border, fell in the whole file and, with Air and Marine, hardly changed", rewrite="the paragraph")
def cocaine_by_scope(lesson):
    southwest, file, both = lesson.scopes.loc["Cocaine"]
    assert southwest > 0.3 and file < -0.1 and abs(both) < 0.02


@claim("drugs-read", "marijuana fell, rose and doubled", rewrite="the paragraph")
def marijuana_by_scope(lesson):
    southwest, file, both = lesson.scopes.loc["Marijuana"]
    assert southwest < 0 < file and 0.95 < both < 1.05


@claim("drugs-read", "Fentanyl fell by more than half in each scope", rewrite="the paragraph")
def fentanyl_by_scope(lesson):
    assert (lesson.scopes.loc["Fentanyl"] < -0.5).all()


@claim("drugs-read", "heroin by less; methamphetamine rose in each", rewrite="the paragraph")
def some_drugs_rose_in_each_scope(lesson):
    assert (lesson.scopes.loc["Methamphetamine"] > 0).all()
    assert (lesson.scopes.loc["Heroin"] < 0).all() and (lesson.scopes.loc["Heroin"] > lesson.scopes.loc["Fentanyl"]).all()


@claim("doses", "of *pure* ", rewrite="the sentence")
def the_claimed_doses_are_of_the_mixture(lesson):
    assert 50 < lesson.mixture < 60   # milligrams of the mixture, far above the two of the pure drug


# A baseline of your own

@claim("own", "the 12 months ending April 2026", rewrite="the paragraph")
def the_question_ends_in_april_2026(lesson):
    assert baseline.END == pd.Period("2026-04")


@claim("own-after", "Take *predicted* deaths instead of *reported*", rewrite="the questions after the chart")
def reported_lies_outside_its_range_and_predicted_inside(lesson):
    reported = baseline.success_figure("overdoses", "T40.4 reported", "eve").success
    predicted = baseline.success_figure("overdoses", "T40.4 predicted", "eve").success
    assert reported.change < reported.low and predicted.low <= predicted.change <= predicted.high


@claim("discussion", "it names no number", rewrite="the argument against")
def the_statement_still_has_no_number(lesson):
    assert not lesson.agreements.loc["A10", "has_metrics"]
