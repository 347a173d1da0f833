"""What lesson 03 says of the data in prose, in its titles and in its exercises."""
import pandas as pd
from claims import claim

from takeaways import load, pick
from takeaways.analysis import brier_score, rule_of_succession


def event(event_id):
    return load("events").set_index("event_id").loc[event_id]


def sign(measure_id):
    return load("signs_of_risk").set_index("measure_id").loc[measure_id]


def ledger(claim_id):
    return load("essay_claims").set_index("claim_id").loc[claim_id]


@claim("the-claim", 'yet it *"has probably never been as high as now"*', rewrite="the author's words in the first paragraph, and those of the discussion")
def the_author_is_quoted_with_his_hedges(lesson):
    words = load("essay_claims").set_index("claim_id")["author_words"]
    assert words["C39"] == "is low" and words["C40"] == "has probably never been as high as now"
    assert words["C41"] == "might serve" and words["C43"] == "Nevertheless, I believe, it would be"
    assert words["C45"] == "might just be enough to deter"


@claim("the-claim", "The newest report on Mexico by the Congressional Research Service (CRS) in our tables has that date.",
       rewrite="the question, its date and its answer")
def the_question_closes_with_the_newest_report_on_mexico(lesson):
    reports = load("sources")
    on_mexico = reports[(reports["publisher"] == "Congressional Research Service") & reports["title"].str.contains("Mexico")]
    assert on_mexico["published"].max() == "2026-09-23"


@claim("none-counts", "By the words of the question, none.", rewrite="the paragraph on the five events")
def none_of_the_five_counts(lesson):
    told = lesson.events["event"]
    assert "international Pacific waters" in told["E064"] and "Caracas" in told["E068"]
    assert "Mexican forces" in told["E074"] and "without US troops" in told["E074"]
    assert "state-led" in told["E077"] and "Mexico and the CIA deny it" in told["E082"]


@claim("calendar", "But for one bill, listed signs of more risk begin in January 2025", rewrite="the title of the chart")
def all_but_one_bill_begin_in_january_2025(lesson):
    raising = lesson.acts[lesson.acts["direction"] == "raises"].sort_values("date")
    assert raising["category"].iloc[0] == "bill_or_vote" and raising["date"].iloc[0] < pd.Timestamp("2024-01-01")
    assert f"{raising['date'].iloc[1]:%B %Y}" == "January 2025"


@claim("worse", "The first of 2025 is the order of 20 January, which opened the way to naming cartels terrorist organizations.",
       rewrite="what is said of the order", after="calendar")
def the_first_sign_of_2025_is_the_order(lesson):
    first = lesson.acts[lesson.acts["date"] >= "2025"].sort_values("date").iloc[0]
    assert first["measure_id"] == "R049" and first["date"] == pd.Timestamp("2025-01-20")
    assert first["measure"] == "Executive Order 14157 opens the process of designation"


@claim("calendar-read", "Two of the marks that point to less are votes that failed.", rewrite="the caution under the chart")
def two_votes_failed(lesson):
    votes = pick(lesson.acts, direction="lowers", category="bill_or_vote")
    assert votes["detail"].str.startswith("Failed").sum() == 2


@claim("fall", "before the order of", rewrite="the title, and the paragraph after the chart", after="fall-words")
def deaths_fell_before_the_order_and_the_statement(lesson):
    assert lesson.fall[lesson.statement] < lesson.fall[lesson.order] < 0
    assert pd.Timestamp("2025-01-20") > lesson.order.end_time and pd.Timestamp("2025-09-03") > lesson.statement.end_time
    assert lesson.deaths.index[-1] > lesson.statement


@claim("fall-words", "showed {known:+.0%} from the peak", rewrite="the sentence on the edition of July 2025")
def the_edition_of_july_2025_has_the_same_peak(lesson):
    peak = lesson.deaths.idxmax()
    assert lesson.july.idxmax() == peak and lesson.july[peak] == lesson.deaths[peak]
    assert lesson.july.index[-1] == pd.Period("2025-02")


@claim("calendar-words", "So the one clear series does not support the story.", rewrite="the paragraph, the safe stop and what one may write at the end")
def the_metrics_did_not_worsen_before_the_threats(lesson):
    assert lesson.two_years < 0 and lesson.seized < 0


@claim("calendar-words", "Extraditions cannot say: no year after 2021 is comparable.", rewrite="the sentence on extraditions")
def no_extraditions_to_compare(lesson):
    years = load("extraditions_by_year").set_index("year")
    assert years["comparable"][2021] and not years.loc[2022:, "comparable"].any()


@claim("calendar-words", "the bill of January 2023 came while deaths and pounds still rose", rewrite="the sentence on the bill")
def deaths_and_pounds_rose_when_the_bill_was_filed(lesson):
    twelve = lesson.pounds.rolling(12).sum()
    for series in (lesson.deaths, twelve):
        assert series["2022-10"] < series["2022-12"] < series["2023-02"] < series["2023-04"]
    assert sign("R001")["date"].strftime("%Y-%m") == "2023-01"


@claim("calendar-words", "Deaths are still in the tens of thousands a year.", rewrite="the reading, and the discussion of force")
def tens_of_thousands(lesson):
    assert 20_000 < lesson.deaths.iloc[-1] < 100_000


@claim("calendar-words", "In February 2025 the White House alleged an *intolerable alliance* of Mexico's government with traffickers; "
       "President Sheinbaum called that slander.", rewrite="the reading on who governs")
def the_alliance_and_the_reply(lesson):
    row = event("E044")
    assert f"{row['date']:%B %Y}" == "February 2025" and "intolerable alliance" in row["event"] and "slander" in row["rationale"]


@claim("calendar-words", "pressure on trade turned into security steps on both sides", rewrite="the reading on bargaining")
def pressure_on_trade(lesson):
    row = event("E045")
    assert f"{row['date']:%B %Y}" == "February 2025" and row["rationale"] == "Pressure on trade turns into security steps on both sides."


@claim("exercise-3-1-text", "in the 12 months ending December 2024, the last before the order", rewrite="exercise 3.1")
def december_is_the_last_before_the_order(lesson):
    assert lesson.order == pd.Period("2024-12") and sign("R049")["date"] == pd.Timestamp("2025-01-20")


@claim("evidence", "In autumn 2025 pollsters put five questions on force against traffickers to Americans within a few weeks.",
       rewrite="the prediction, and the title of the chart", after="polls-chart")
def five_questions_within_four_weeks(lesson):
    assert len(lesson.polls) == 5 and lesson.days < 28 and (lesson.polls["category"] == "poll_us").all()


@claim("polls-read", "In Mexico each side had a majority", rewrite="the sentence on the two polls in Mexico")
def each_side_had_a_majority(lesson):
    assert min(lesson.value["R071"], lesson.value["R073"]) > 50
    assert "against" in sign("R071")["measure"] and "Favour" in sign("R073")["measure"]


@claim("exercise-3-2-text", "The same firm with nearly the same words does compare.", rewrite="exercise 3.2")
def one_firm_twice(lesson):
    assert sign("R067")["detail"].startswith("El Financiero") and "El Financiero" in sign("R071")["detail"]


@claim("prices-chart", "Within a week four pages quoted one contract at prices from", rewrite="the title of the chart")
def four_pages_in_a_week(lesson):
    days = lesson.strike["date"]
    assert len(lesson.strike) == 4 == lesson.pages.nunique() and (days.max() - days.min()).days < 7
    assert days.is_monotonic_increasing and set(days.dt.strftime("%Y-%m")) == {"2026-01"}
    assert (lesson.strike["date_precision"] == "approx").all()   # all days inferred


@claim("prices-read", "The first is what a price for *No* leaves over, the second a user's post; the third says *at most*.",
       rewrite="what is said of the four pages")
def what_the_notes_say_of_the_pages(lesson):
    notes = lesson.strike["note"].tolist()
    assert "complement" in notes[0] and "user's post" in notes[1] and "at most" in notes[2]


@claim("prices-read", "at least 211 people dead or presumed dead by June 2026, two more in a strike of 21 June", rewrite="the count of the boat strikes")
def the_dead_at_sea(lesson):
    dead = lesson.signs[(lesson.signs["category"] == "boat_strikes_cumulative") & (lesson.signs["unit"] == "people")]
    assert dead["value"].max() == 211 and f"{dead['date'].max():%B %Y}" == "June 2026"
    later = pick(lesson.signs, category="boat_strike_single")
    assert later["value"].tolist() == [2] and later["date"].tolist() == [pd.Timestamp("2026-06-21")]


@claim("prices-read", 'A newspaper writes: *"The markets give 35% to a U.S. strike."*', rewrite="exercise 3.3 and its answer")
def two_contracts_at_35(lesson):
    assert lesson.value[["R056", "R059"]].tolist() == [35, 35] and sign("R056")["measure"] != sign("R059")["measure"]


@claim("base", "Our ledger says that nobody has tested such action in Mexico", rewrite="the beginning of the section")
def nobody_has_tested_it(lesson):
    assert ledger("C42")["evidence"].startswith("Nobody has tested it in Mexico") and "In other times US troops did enter Mexico" in ledger("C40")["note"]


@claim("vote-1990", "*Yes:* it was force on Mexican soil, without consent", rewrite="the vote on 1990")
def the_case_of_1990(lesson):
    first, ruling = lesson.events["event"]["E005"], lesson.events["event"]["E006"]
    assert "by force in Guadalajara" in first and "whom the DEA pays" in first and "Supreme Court upholds jurisdiction" in ruling
    assert "without consent" in lesson.events["rationale"]["E005"] and lesson.events["source_id"]["E005"] == "aba-journal"


@claim("vote-1990", "the same rule gives `12 / (months + 12 + 1)`", rewrite="the formula, and the two bars that use it")
def the_formula_is_the_rule_month_by_month(lesson):
    for months in (7, 31):
        none = 1.0
        for quiet in range(months, months + 12):
            none *= 1 - rule_of_succession(0, quiet)
        assert abs(1 - none - 12 / (months + 12 + 1)) < 1e-12


@claim("base-chart", "31 quiet months", rewrite="the four counts in the chart")
def the_counts_of_quiet_time(lesson):
    eve = pd.Period("2025-08")
    assert (eve - sign("R049")["date"].to_period("M")).n == 7 and (eve - sign("R001")["date"].to_period("M")).n == 31
    assert event("E001")["date"] == pd.Timestamp("1973-07-01")
    assert (pd.Period("2025-06") - pd.Period("1973-06")).n == 12 * 52


@claim("base-read", "One case, if you count it, doubles the lowest rate.", rewrite="the sentence under the chart")
def one_case_doubles_the_lowest_rate(lesson):
    none, one = sorted(lesson.rates)[:2]
    assert abs(one / none - 2) < 1e-9 and abs(one - 100 * rule_of_succession(1, 52)) < 1e-9


@claim("base-read", "We go on with no case in the 52 years to June 2025.", rewrite="the first probability and what follows from it", after="bayes-1")
def the_first_probability_is_the_lowest(lesson):
    assert abs(100 * lesson.prior - min(lesson.rates)) < 1e-9


@claim("safe-stop", "deaths were falling before the threats of 2025 rose", rewrite="the safe stop")
def deaths_were_falling_before(lesson):
    assert lesson.fall["2024-01"] > lesson.fall["2024-06"] > lesson.fall["2024-12"]


@claim("readers-text", "four real signs that one could know in August 2025", rewrite="the four signs")
def the_four_signs_were_known(lesson):
    assert max(sign(one)["date"] for one in ("R049", "R051", "R052", "R047")) < pd.Timestamp("2025-09-01")


@claim("readers-read", "`2` to the designation of February, which carried that order out", rewrite="exercise 3.4")
def the_designation_followed_the_order(lesson):
    assert f"{sign('R050')['date']:%B %Y}" == "February 2025" and "opens the process of designation" in sign("R049")["measure"]


@claim("exercise-3-5-text", "One page had the contract at 35% before the presidents' call of 12 January 2026", rewrite="exercise 3.5")
def before_the_call(lesson):
    call = sign("R087")
    assert call["date"] == pd.Timestamp("2026-01-12") and "call" in call["measure"]
    assert sign("R056")["date"] < call["date"] < sign("R057")["date"] and lesson.value["R056"] == 35


@claim("exercise-3-5-text", 'another at 25% *at most* after it (`value["R057"]`: use 25)', rewrite="exercise 3.5")
def after_the_call(lesson):
    assert lesson.value["R057"] == 25 and "at most 25" in sign("R057")["note"]


@claim("never-read", "So reader A finds August 2025 likelier than 1983, and reader B does not.", rewrite="the paragraph on both halves of the claim")
def reader_a_finds_it_likelier_and_reader_b_does_not(lesson):
    assert lesson.product["reader A"] > lesson.needed > lesson.product["reader B"]


@claim("never-read", "so our ledger leaves the claim open", rewrite="the sentence on the ledger")
def the_ledger_leaves_it_open(lesson):
    assert ledger("C40")["record"] == ledger("C39")["record"] == "open"


@claim("never-read", "a question that is still ahead", rewrite="the question, with a new date")
def the_new_question_is_ahead(lesson):
    assert pd.Timestamp("2026-11-26") > max(lesson.events["date"].max(), lesson.signs["date"].max())


@claim("brier-chart", "Invented readers: B scores better without a strike, A with one", rewrite="the title, and what follows it")
def b_scores_better_without_a_strike(lesson):
    assert lesson.b ** 2 < lesson.a ** 2 and (1 - lesson.a) ** 2 < (1 - lesson.b) ** 2


@claim("score-how", "The open ones cannot be scored, and `C49` is a concession, no forecast.", rewrite="how the forecasts are scored", after="scores")
def which_forecasts_are_scored(lesson):
    records = lesson.forecasts["record"]
    assert (records == "open").sum() == 2 and set(records) == {"open", "partly", "forecast came true"}
    assert len(lesson.due) == len(records) - 3 and "this part is neither hit nor miss" in ledger("C49")["note"]


@claim("score-read", "as true, the author does far better than a coin; as failed, worse", rewrite="the paragraph under the scores")
def all_hangs_on_partly(lesson):
    true, strict = lesson.true, lesson.strict
    assert true["the author, at 0.8"] < true["a coin"] / 2 and strict["the author, at 0.8"] > strict["a coin"]
    outcomes = lesson.whole.astype(int)
    assert abs(strict["the author, at 0.8"] - brier_score([0.8] * len(outcomes), outcomes)) < 1e-9


@claim("score-read", "With seven sentences nobody can tell.", rewrite="the sentence on calibration")
def seven_sentences(lesson):
    assert len(lesson.whole) == 7 and lesson.whole.sum() < 7


@claim("score-read", "intelligence and support do not count", rewrite="the paragraph on the market contracts")
def the_rules_of_the_contracts(lesson):
    ground, soil = sign("R098")["detail"], sign("R099")["detail"]
    assert "take a direct part on the ground" in ground and "intelligence" in ground and "do not count" in ground
    assert "on foreign soil" in soil and "kinetic strike at a cartel" in soil and "support does not count" in soil


@claim("score-read", "Our table holds one resolution, a ground operation before May 2025: *No*.", rewrite="the sentence on what was resolved")
def one_resolution(lesson):
    markets = pick(load("signs_of_risk"), category="forecast_market")
    resolved = markets[markets["measure"].str.contains("resolved")]
    assert resolved["measure_id"].tolist() == ["R097"] and resolved["value"].tolist() == [0]


@claim("score-read", "Three prices were `0.05` (foreign soil, by September 2025), `0.185` and `0.35` (ground operation, by March and by June 2026).", rewrite="exercise 3.6")
def three_prices_whose_deadline_has_passed(lesson):
    rows = [sign(one) for one in ("R054", "R060", "R059")]
    assert [row["value"] for row in rows] == [5, 18.5, 35]
    assert [row["measure"].split(":")[0] for row in rows] == ["By 30 September 2025", "By 31 March 2026", "By 30 June 2026"]
    assert "foreign soil" in rows[0]["measure"] and all("ground operation" in row["measure"] for row in rows[1:])
    from takeaways.exercises.lesson_03 import QUESTIONS
    assert str([float(row["value"]) / 100 for row in rows]) in QUESTIONS["3.6"].hints[-1]


@claim("discussion", "Threats went on, as on 8 January 2026", rewrite="the discussion of deterrence")
def threats_went_on(lesson):
    row = sign("R086")
    assert row["date"] == pd.Timestamp("2026-01-08") and row["direction"] == "raises"


@claim("discussion", "less than a third of Americans backed drones or air strikes that Mexico has not permitted", rewrite="the discussion of force")
def polls_in_the_discussion(lesson):
    assert lesson.value["R078"] < 100 / 3 and lesson.value["R093"] > 50
    assert '"inability and negligible willingness"' in sign("R002")["detail"] and "As an operation the Caracas raid" in ledger("C42")["evidence"]
