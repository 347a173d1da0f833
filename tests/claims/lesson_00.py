"""What the sentences of lesson 00, *Decide what you would measure*, rely on."""

from takeaways.tables import load, pick

from . import claim


@claim("the-week", "there was no agreement with the DEA, only a workshop in Texas that some Mexican police attended", after="ten-claims",
       rewrite="the story of the week, both sides of it")
def both_sides_of_the_week_stand_in_the_ledger(lesson):
    evidence, note = lesson.claims.loc["C01", "evidence"], lesson.claims.loc["C01", "note"]
    assert "no agreement with the DEA" in evidence and "workshop in Texas" in evidence
    assert "the DEA insisted that the project existed as announced" in note
    assert "overlooked" in lesson.claims.loc["C52", "claim"]


@claim("four-takeaways", 'the DEA "will remain a key player"', after="ten-claims", rewrite="the table of the four takeaways")
def the_words_in_quotation_marks_are_his(lesson):
    words = lesson.claims["author_words"]
    assert words["C16"] == "will remain a key player" and words["C18"] == "are likely to formalize soon"
    assert words["C39"] == "is low" and words["C40"] == "has probably never been as high as now"
    assert "could very well mean that" in words["C51"] and "could very well mean that" in words["C50"]


@claim("four-takeaways", "The agreement is a means, not an end.", after="ten-claims", rewrite="the table of the four takeaways")
def the_takeaways_are_restated_from_his_claims(lesson):
    claim_of = lesson.claims["claim"]
    assert "not be an end but a means" in claim_of["C47"] and "intolerable alliance with Mexico's government" in claim_of["C48"]
    assert "would likely be the lead agencies" in claim_of["C19"] and "big fish" in claim_of["C51"]
    assert lesson.claims.loc[["C16", "C18", "C39", "C40", "C51"], "takeaway"].tolist() == ["1", "2", "3", "3", "4"]


@claim("four-takeaways", "Mexico's president has called the charge in the fourth slander", after="ten-claims", rewrite="the bracket on the charge of an alliance")
def mexico_rejects_the_charge(lesson):
    events = load("events").set_index("event_id")
    assert "intolerable alliance" in events.loc["E044", "event"] and "Sheinbaum calls it slander" in events.loc["E044", "rationale"]


@claim("four-takeaways", "*drug interdictions, fentanyl overdoses and extraditions*", after="ten-claims", rewrite="the three metrics, in every lesson")
def the_three_metrics_are_named_in_one_claim(lesson):
    text = lesson.claims.loc["C49", "claim"]
    assert all(metric in text for metric in ("drug interdiction", "fentanyl overdoses", "extraditions"))


@claim("fact-or", "`NaN` marks an empty field", after="ten-claims", rewrite="the sentence on NaN, or the choice of ten claims")
def one_of_the_ten_has_no_words(lesson):
    assert lesson.claims.loc[lesson.ten, "author_words"].isna().any()


@claim("fact-or", "We divided the essay into single claims", after="ten-claims", rewrite="the choice of ten claims, and exercise 0.1")
def the_ten_are_of_three_kinds_and_of_ten_sentences(lesson):
    ten = lesson.claims.loc[lesson.ten]
    assert ten["claim_type"].value_counts().to_dict() == {"fact": 3, "forecast": 3, "judgement": 4}
    assert ten["sentence"].is_unique


@claim("sort-them", "A wrong date is still a claim of fact.", rewrite="exercise 0.1 and what its solution says of C33")
def one_fact_of_the_ten_differs(lesson):
    ten = lesson.claims.loc[lesson.ten]
    assert ten.index[(ten["claim_type"] == "fact") & (ten["record"] == "differs")].tolist() == ["C33"]


@claim("ledger-before", "up to September 2026", rewrite="the date of the record")
def the_record_goes_to_september_2026(lesson):
    assert "record to September 2026" in lesson.claims.attrs["as_of"]
    assert lesson.claims["source_id"].notna().all()


@claim("ledger-before", "Of judgements the record says only where the evidence leans", rewrite="how judgements are recorded")
def no_judgement_is_verified(lesson):
    judged = set(lesson.claims["record"][lesson.claims["claim_type"] == "judgement"])
    assert judged <= {"leans for", "leans against", "partly", "open"}


@claim("ledger-before", "of which kind are most claims still *open*", after="ledger", rewrite="the prediction: it needs one answer")
def most_open_claims_are_judgements(lesson):
    undecided = lesson.count["open"]
    assert undecided.idxmax() == "judgement" and undecided["judgement"] > undecided.drop("judgement").sum()


@claim("ledger", "No claim of fact is open", rewrite="the title of the ledger")
def no_fact_is_open(lesson):
    assert lesson.count.loc["fact", "open"] == 0 and lesson.undecided > 0


@claim("ledger", 'pd.crosstab(claims["claim_type"], claims["record"])[records]', rewrite="the list of records in the cell of the ledger")
def no_claim_is_left_out(lesson):
    assert lesson.count.sum().sum() == len(lesson.claims)


@claim("ledger-after", "a sentence of his can hold several claims", rewrite="what the ledger says of sentences")
def sentences_hold_several_claims(lesson):
    assert lesson.claims["sentence"].nunique() < len(lesson.claims)


@claim("ledger-after", "The facts that differ are slips in a name, a date or a label", rewrite="what is said of the facts that differ")
def the_facts_that_differ_are_those_we_know(lesson):
    assert sorted(lesson.claims.index[lesson.claims["record"] == "differs"]) == ["C03", "C12", "C25", "C33"]


@claim("headline", "In two years, seizures of fentanyl fell by more than half.", after="fiscal-years", rewrite="the headline, and the vote on it")
def seizures_fell_by_more_than_half(lesson):
    assert lesson.fall > 0.5


@claim("fiscal-years", "in two years; in the four before they had grown", rewrite="the title of the chart of fiscal years")
def they_rose_to_2023_and_fell(lesson):
    assert lesson.closed.idxmax() == 2023 and lesson.growth > 1
    assert list(lesson.closed.index) == list(range(2019, 2026))


@claim("select-and-add", "Each row is one drug, found by one of two offices (`component`), in one region, in one month.", rewrite="what a row is")
def what_a_row_of_the_seizures_is(lesson):
    assert sorted(lesson.seizures["component"].unique()) == ["Border Patrol", "Field Operations"]
    assert not lesson.seizures.duplicated(["month", "drug", "component", "region"]).any()


@claim("select-and-add", "keep the years from 2019 to 2025, both included: whole years only", rewrite="the years that are kept")
def the_years_that_are_kept_are_whole(lesson):
    assert (lesson.seizures.groupby("fiscal_year")["month"].nunique().loc[2019:2025] == 12).all()


@claim("two-readings", "Fewer people died of fentanyl in the same years", after="overdose-chart", rewrite="the case for success")
def fewer_died_in_the_same_years(lesson):
    assert lesson.t404.loc["2025-09", "reported"] < lesson.t404.loc["2023-09", "reported"]


@claim("product", "They did not all fall, so less effort all round cannot be the whole explanation", rewrite="the answer to the case for failure")
def some_drugs_rose(lesson):
    assert lesson.change["Fentanyl"] == lesson.change.min() and lesson.change["Methamphetamine"] > 0 and lesson.change["Marijuana"] > 0
    assert sorted(lesson.change.index) == ["Cocaine", "Fentanyl", "Heroin", "Marijuana", "Methamphetamine"]


@claim("scope", "Of fentanyl our file holds by far the most, of cocaine the smaller part.", rewrite="the reason for naming the scope, and the key point")
def the_file_holds_most_fentanyl_and_little_cocaine(lesson):
    assert lesson.in_file["Fentanyl"] > 5 * lesson.beside["Fentanyl"] and lesson.in_file["Cocaine"] < lesson.beside["Cocaine"]
    assert (pick(lesson.air_marine, fiscal_year=2025)["months_covered"] == 12).all()


@claim("scope", "the monthly charts stop just before it, in August 2025", after="one-clock-chart", rewrite="the rule, and where the charts end")
def both_monthly_series_stop_before_the_statement(lesson):
    assert lesson.monthly.index[-1] == lesson.deaths.index[-1] == lesson.every.index[-1] == lesson.eve


@claim("monthly-chart", "ylim=(0, 3_800)", rewrite="the upper end of the axis")
def the_months_fit_into_the_chart(lesson):
    assert lesson.monthly.max() < 3_600


@claim("two-years", "**Fiscal year** 2024 ran from October 2023 to September 2024.", rewrite="the fiscal year")
def fiscal_year_2024_has_these_months(lesson):
    months = pick(lesson.seizures, fiscal_year=2024)["month"]
    assert (str(months.min()), str(months.max())) == ("2023-10", "2024-09")


@claim("fiscal-2024", "pounds of fentanyl in {len(months)} months", rewrite="the slice of fiscal year 2024")
def twelve_months_make_the_fiscal_year(lesson):
    assert len(lesson.months) == 12 and abs(lesson.months.sum() - lesson.closed[2024]) < 0.01


@claim("bio-overdoses", "**reported** counts what has arrived, **predicted** adds an estimate of what is late", after="overdose-look",
       rewrite="reported and predicted")
def predicted_is_never_below_reported(lesson):
    recent = lesson.newest.dropna(subset="predicted").tail(12)
    assert len(recent) == 12 and (recent["predicted"] >= recent["reported"]).all()


@claim("bio-overdoses", "the same month differs from one to the next", after="overdose-look", rewrite="what a vintage is")
def editions_differ(lesson):
    several = lesson.all_drugs.groupby("month_ending")["reported"].nunique()
    assert (several > 1).any()
    assert (lesson.all_drugs.groupby("month_ending")["vintage"].max() == lesson.newest["vintage"]).all()


@claim("overdose-chart", "Fentanyl-type (T40.4) to 2024: release of", rewrite="the note under the chart of deaths, and the bracket before the last chart is read")
def the_deaths_to_2024_are_of_one_release(lesson):
    vintage = lesson.t404["vintage"]
    assert set(vintage[:"2024-12"]) == {str(lesson.edition)} and len(set(vintage["2025-01":lesson.eve])) == 1


@claim("overdose-chart", "Fentanyl-type deaths fell by", rewrite="the title of the chart of deaths")
def fentanyl_type_deaths_fell(lesson):
    assert lesson.deaths[lesson.eve] < lesson.deaths.max() and lesson.every.max() < 120_000


@claim("safe-stop", "by August 2025 both had fallen from a peak in 2023", rewrite="the safe stop")
def both_had_fallen_from_2023(lesson):
    for series in (lesson.monthly, lesson.deaths):
        assert series.idxmax().year == 2023 and series[lesson.eve] < series.max()


@claim("bio-extraditions", "true only for a full calendar year, to the United States, people of all nationalities", after="extraditions-chart",
       rewrite="what comparable means")
def what_comparable_means(lesson):
    solid = lesson.solid
    assert set(solid["scope"]) == {"to_us_all_nationalities"}
    assert (solid["period_start"].dt.strftime("%m-%d") == "01-01").all() and (solid["period_end"].dt.strftime("%m-%d") == "12-31").all()


@claim("bio-extraditions", "(2015: at least so many)", after="extraditions-chart", rewrite="the bracket on 2015, here and in lesson 01")
def the_count_of_2015_is_a_lower_bound(lesson):
    assert set(lesson.solid["year"][lesson.solid["value_type"] == "lower_bound"]) == {2015}


@claim("predict-extraditions", "In how many of the 32 years from 1995 to 2026, the last not yet over", after="extraditions-chart", rewrite="the prediction and the chart of extraditions")
def the_table_begins_in_1995(lesson):
    assert lesson.extraditions["year"].min() == 1995 and lesson.extraditions["year"].is_unique
    assert lesson.extraditions["year"].max() == 2026 and len(lesson.extraditions) == 32
    assert lesson.people.max() < 125


@claim("exercise-0-5-text", "which headline about 2022 does the hollow dot suggest", rewrite="the second half of exercise 0.5")
def the_hollow_dot_of_2022_looks_like_a_jump(lesson):
    assert not pick(lesson.extraditions, year=2022)["comparable"].any() and lesson.people[2022] > lesson.people.loc[2013:2021].max()
    assert (lesson.people[2021], lesson.people[2022]) == (43, 78)     # what the solution says of the two
    assert set(pick(lesson.extraditions, year=2022)["scope"]) == {"to_us_mexican_nationals_only"}
    others = pick(load("extraditions_sources"), year=2022, scope="all_destinations")
    assert 54 in others["count"].tolist()


@claim("one-clock-chart", "Two metrics reach {eve:%B %Y}, comparable extraditions", rewrite="the title of the last chart, and the paragraph after it")
def extraditions_end_first(lesson):
    assert lesson.recent["year"].max() < lesson.eve.year
    assert lesson.monthly.index[-1] == lesson.deaths.index[-1] == lesson.eve


@claim("clock-after", "The other two were falling **before** there was an agreement.", rewrite="the paragraph after the last chart")
def both_were_falling_before_the_agreement(lesson):
    assert lesson.seized < 0 and lesson.died < 0
    statement = load("agreements").set_index("instrument_id").loc["A10", "date"]
    assert lesson.eve.end_time < statement and f"{statement:%Y-%m-%d}" == "2025-09-03"


@claim("clock-after", "Each figure of deaths is from the newest release that holds its month", rewrite="the bracket on the two releases")
def the_two_figures_are_the_newest_of_their_month(lesson):
    for month in ("2025-08", "2024-08"):
        held = pick(lesson.overdose, drug_class="synthetic opioids (T40.4)", month_ending=month)["vintage"]
        assert lesson.t404.loc[month, "vintage"] == held.max()


@claim("clock-after", "the metric of which we know least", rewrite="what is said of extraditions")
def of_extraditions_we_know_least(lesson):
    assert lesson.recent["year"].max() < lesson.eve.year and len(lesson.recent) < len(lesson.closed)
