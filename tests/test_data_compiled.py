"""The tables compiled by hand: they hang together, keep their tallies and name nobody who should not be named.

With TAKEAWAYS_SOURCES set to the folder of the evidence, every number is also held against it.
"""
import json
import os
import re
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

DATA = Path(__file__).parents[1] / "data"
EVIDENCE = os.environ.get("TAKEAWAYS_SOURCES")
with_evidence = pytest.mark.skipif(not EVIDENCE, reason="TAKEAWAYS_SOURCES is not set")

COMPILED = ["extraditions_sources", "extraditions_by_year", "extraditions_periods", "extraditions_to_mexico",
            "transfers", "officials_cases", "events", "agreements", "assistance", "assistance_figures",
            "assistance_by_act", "firearms", "mexico_indicators", "signs_of_risk", "essay_claims", "sources"]

# Officials of these kinds of events only stay without a name: no court has charged or heard them.
NOT_A_COURT_EVENT = {"sanction", "visa", "visa ban", "warrant", "red notice", "extradition request",
                     "amparo revoked", "amparo denied", "status"}


def table(name):
    """A table as text, blanks as empty strings."""
    return pd.read_csv(DATA / f"{name}.csv", dtype=str, keep_default_na=False)


def evidence(path):
    """A table of the evidence as text."""
    return pd.read_csv(Path(EVIDENCE) / path, dtype=str, keep_default_na=False)


def numbers(column):
    """A column of text as floats, blank as NaN."""
    return pd.to_numeric(column.replace("", None))


def plain(text):
    """Lower case, without accents and signs, one space between words."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def officials():
    """One row an official, without the group cases."""
    cases = table("officials_cases")
    return cases[cases["case_id"].str.startswith("O")].drop_duplicates("case_id")


# ---- the tables hang together

@pytest.mark.parametrize("name", COMPILED)
def test_text_is_clean(name):
    raw = (DATA / f"{name}.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf") and b"\r" not in raw and raw.endswith(b"\n")
    rows = table(name)
    assert not rows.duplicated().any()
    for column in rows:
        assert (rows[column] == rows[column].str.strip()).all(), column
        assert not rows[column].isin(["NA", "N/A", "nan", "None", "True", "False"]).any(), column


@pytest.mark.parametrize("name", COMPILED[:-1])
def test_every_source_is_known(name):
    known, rows = set(table("sources")["source_id"]), table(name)
    for column in [c for c in rows if c.endswith("source_id")]:
        assert set(rows[column]) - {""} <= known
    if "more_sources" in rows:
        more = {one for cell in rows["more_sources"] for one in cell.split("; ")} - {""}
        assert more <= known
        assert not any(row.source_id in row.more_sources.split("; ") for row in rows.itertuples())


def test_only_rows_without_a_figure_lack_a_source():
    years = table("extraditions_by_year")
    assert (years["source_id"].eq("") == years["count"].eq("")).all()
    aid = table("assistance")
    assert aid.loc[aid["source_id"].eq(""), "fiscal_year"].tolist() == ["2026"]
    for name in set(COMPILED) - {"extraditions_by_year", "assistance"}:
        assert table(name)["source_id"].ne("").all(), name


def test_sources_say_what_they_are():
    sources = table("sources")
    assert sources["source_id"].is_unique and sources["title"].ne("").all() and sources["publisher"].ne("").all()
    copies = sources[sources["read_in"].ne("") | sources["kind"].isin(["press citing official", "public copy of an official file"])]
    assert copies["second_hand"].eq("true").all()
    addressed = sources.loc[sources["url"].ne(""), "url"]
    assert addressed.str.match(r"https?://[^ ]+$").all()
    assert sources["url"].eq("").sum() <= 17             # pages that name somebody, or whose address does


def test_no_source_is_idle():
    used = {"mexico-brief-2025-08"}                      # the essay itself
    for path in DATA.glob("*.csv"):
        if path.stem != "sources":
            rows = table(path.stem)
            for column in [c for c in rows if c.endswith("source_id") or c == "more_sources"]:
                used |= {one for cell in rows[column] for one in cell.split("; ")}
    assert set(table("sources")["source_id"]) <= used


# ---- people

def test_officials_are_counted_by_outcome():
    assert officials()["outcome"].value_counts().to_dict() == {
        "pending": 13, "convicted": 10, "ended without conviction": 9, "sanction or visa measure only": 2}
    assert officials()["how_it_ended"].value_counts().to_dict() == {
        "pending": 13, "convicted": 10, "charges dropped or closed": 6, "acquitted": 2, "charges never tried": 1,
        "sanction or visa measure only": 2}
    cases = table("officials_cases")
    assert len(cases) == 128 and cases["case_id"].nunique() == 37
    for _, rows in cases.groupby("case_id"):
        assert rows["event_no"].astype(int).tolist() == list(range(1, len(rows) + 1))


def test_one_case_has_one_name_one_outcome_one_status():
    fixed = ["name", "office", "office_period", "current_status", "status_as_of", "outcome", "how_it_ended", "allegation_by"]
    assert table("officials_cases").groupby("case_id")[fixed].nunique().eq(1).all().all()


def test_names_only_with_a_court_event():
    cases = table("officials_cases")
    assert cases.loc[cases["outcome"].isin(["sanction or visa measure only", "group case"]), "name"].eq("").all()
    for case_id, rows in cases[cases["case_id"].str.startswith("O")].groupby("case_id"):
        in_court = set(rows["event_type"]) - NOT_A_COURT_EVENT
        if rows["name"].iloc[0]:
            assert in_court, f"{case_id} has a name but no court event"
        else:
            assert in_court <= {"arrest", "hearing"}, f"{case_id} has no name but {in_court}"
            hearings = rows.loc[rows["event_type"] == "hearing", "event"]      # not held, or not attended
            assert hearings.str.contains("hearing cancelled|not attend the hearing").all()
    assert officials()["name"].eq("").sum() == 5


def test_whoever_is_not_convicted_is_presumed_innocent():
    pending = officials()[lambda rows: rows["outcome"] == "pending"]
    assert pending["current_status"].str.contains("presumed innocent").all()
    events = table("officials_cases")[lambda rows: rows["status"].str.startswith(("pending", "charged;", "under investigation"))]
    assert len(events) > 25 and events["status"].str.contains("presumed innocent").all()
    convicted = officials()[lambda rows: rows["outcome"] == "convicted"]
    assert convicted["current_status"].str.startswith("convicted").all()
    besides = convicted[convicted["current_status"].str.contains(r"(?:case|charges|warrants) pending")]
    assert len(besides) == 4 and besides["current_status"].str.contains("presumed innocent of (?:it|those|both)").all()


def test_two_of_the_ten_accused_of_2026_are_in_custody():
    last = officials().set_index("case_id")["current_status"]
    accused = last[["O30", "O31", "O32", "O33", "O34"]]
    assert accused.str.contains("one of ten Mexican investigation files").all()
    assert accused.str.contains("not extradited").tolist() == [True, True, True, False, False]
    assert accused.str.contains("jailed there|surrendered there").tolist() == [False, False, False, True, True]
    card = (DATA / "cards" / "officials_cases.md").read_text("utf-8")
    assert "Two of the ten are in U.S. custody: O33" in card and "Check each one again before teaching" in card
    assert "on 11 May and ordered jailed on 15 May 2026" in card


def test_an_office_has_a_holder_and_a_date():
    """Statements of the Attorney General are those of a holder who has left: say which one."""
    for name in COMPILED[:6]:
        for row in table(name).to_dict("records"):
            for column in ("event", "note", "label", "legal_basis"):
                text = row.get(column, "")
                for found in re.finditer(r"(?<!State )Attorney General", text):
                    assert re.search(r"then $", text[:found.start()]), f"{name}: {text}"


def test_withheld_names_keep_only_the_month():
    cases = table("officials_cases")
    withheld = cases[cases["name"].eq("") & cases["case_id"].str.startswith("O")]
    assert withheld["event_date"].str.fullmatch(r"\d{4}-\d{2}").all()
    sources = table("sources").set_index("source_id").loc[withheld["source_id"].unique()]
    transcripts = sources.index.str.startswith("presidencia-")
    assert sources.loc[~transcripts, "url"].eq("").all()
    assert sources.loc[~transcripts, "title"].str.contains(r"\(described").all()


def whole_repository_text():
    """(file name, its text in plain letters) of every table, card and description."""
    for path in [*DATA.glob("*.csv"), *DATA.glob("cards/*.md"), *DATA.glob("*.json")]:
        yield path.name, f" {plain(path.read_text('utf-8'))} "


@with_evidence
def test_nobody_who_was_transferred_is_named():
    """Full names, first name with surname, and nicknames. There are no exceptions: the tables speak of
    'the main man convicted in the Camarena case'. A pair of surnames alone is not looked for, because a
    former governor with a court case (Hernandez Flores) shares one with a man of the third transfer."""
    people = evidence("extraditions/people_transferred.csv")
    looked_for = {plain(name) for name in people["name"]}
    looked_for |= {plain(alias) for cell in people["alias"] for alias in re.split("[;,/]", cell) if plain(alias)}
    looked_for |= {f"{words[0]} {words[-2]}" for words in map(str.split, looked_for) if len(words) >= 3}
    found = [(file, name) for file, text in whole_repository_text() for name in looked_for if f" {name} " in text]
    assert not found


@with_evidence
def test_no_withheld_name_can_be_read_anywhere():
    people = evidence("extraditions/big_fish.csv")
    people = people[~people["person_id"].str.startswith("group")]
    shown = {plain(name) for name in officials()["name"]}
    withheld = {plain(name) for name in people["name"]} - shown
    assert len(withheld) == 5
    ids = {person.replace("-", " ") for person, name in zip(people["person_id"], people["name"])
           if plain(name) in withheld}
    pieces = withheld | ids | {" ".join(name.split()[-2:]) for name in withheld}
    pieces -= {" ".join(name.split()[-2:]) for name in shown}     # brothers share their surnames
    found = [(file, piece) for file, text in whole_repository_text() for piece in pieces if f" {piece} " in text]
    assert not found


# ---- extraditions and transfers

def test_twenty_years_of_thirty_two_are_comparable():
    years = table("extraditions_by_year")
    assert years["year"].tolist() == [str(year) for year in range(1995, 2027)]
    good = years[years["comparable"] == "true"]
    assert len(good) == 20 and good["count"].ne("").all() and good["gap_reason"].eq("").all()
    assert good["scope"].eq("to_us_all_nationalities").all()
    assert years.loc[years["comparable"] == "false", "gap_reason"].ne("").all()
    assert good.set_index("year")["count"][["2000", "2009", "2012", "2013", "2021"]].tolist() == ["12", "107", "115", "54", "43"]
    assert good.loc[good["value_type"] != "exact", "year"].tolist() == ["2015"]


def test_by_year_is_made_of_the_preferred_rows():
    rows, years = table("extraditions_sources"), table("extraditions_by_year")
    preferred = rows[rows["preferred"] == "true"]
    assert preferred["year"].is_unique
    same = ["year", "count", "comparable", "value_type", "scope", "period_start", "period_end", "source_id"]
    assert preferred[same].values.tolist() == years.loc[years["count"].ne(""), same].values.tolist()


def test_comparable_means_whole_year_to_the_united_states():
    rows = table("extraditions_sources")
    rule = (rows["full_year"].eq("true") & rows["scope"].eq("to_us_all_nationalities") & rows["value_type"].ne("partial"))
    assert (rows["comparable"].eq("true") == rule).all()
    whole = rows["period_start"].str.endswith("-01-01") & rows["period_end"].str.endswith("-12-31")
    assert (rows["full_year"].eq("true") == whole).all()
    assert (rows["period_start"] <= rows["period_end"]).all()


def test_sums_of_periods_are_right():
    rows = table("extraditions_periods")
    for row in rows[rows["derived"] == "true"].itertuples():
        sum_ = re.sub(r"\((?:(?:19|20)\d\d(?:-(?:19|20)\d\d)?|[^()]*[a-z][^()]*)\)", "", row.derivation)   # years, or words
        assert re.fullmatch(r"[\d\s()+-]+", sum_) and eval(sum_) == int(row.count)
    assert (rows["derived"].eq("true") == rows["derivation"].ne("")).all()
    assert len(rows) == 40 and rows["derived"].eq("true").sum() == 5 and rows["period_id"].is_unique
    assert rows["period_start"].is_monotonic_increasing
    answer = rows.loc[rows["source_id"].eq("contralinea-2015") & rows["derived"].eq("false"), "count"]
    assert numbers(answer).sum() == 1068                  # the total that the answer itself gives


def test_transfers_add_up():
    transfers = table("transfers")
    assert numbers(transfers["people"]).sum() == 92
    assert numbers(transfers["people"]).cumsum().tolist() == numbers(transfers["cumulative_people"]).tolist() == [29, 55, 92]
    assert transfers["date"].tolist() == ["2025-02-27", "2025-08-12", "2026-01-20"]
    assert "name" not in " ".join(transfers.columns)
    first, _, third = transfers["note"]
    stages = ("of the 27 people it found, 21 still", "ten were at the first stage", "two had a judge's opinion", "nine were litigating")
    assert all(words in first for words in stages)
    assert all(f"{total} (" in third for total in ("92", "93", "94")) and '"92 or 94"' in third


# ---- events, claims, agreements, money, guns

def test_claims_are_tallied_by_type_and_record():
    tally = table("essay_claims").groupby(["claim_type", "record"]).size().to_dict()
    assert tally == {("fact", "verified"): 17, ("fact", "partly"): 5, ("fact", "differs"): 4,
                     ("judgement", "leans for"): 6, ("judgement", "partly"): 4, ("judgement", "open"): 7,
                     ("forecast", "forecast came true"): 4, ("forecast", "partly"): 5, ("forecast", "open"): 2}


def test_claims_keep_the_authors_hedge_and_a_sentence_counts_once():
    claims = table("essay_claims").set_index("claim_id")
    words = claims["author_words"]
    assert words.ne("").sum() == 37 and words.str.split().str.len().max() <= 8
    assert set(claims["sentence"].astype(int)) == set(range(1, 35))
    assert claims.loc[["C49", "C50", "C51"], "sentence"].nunique() == claims.loc[["C39", "C40"], "sentence"].nunique() == 1
    hedges = {"C18": "likely", "C19": "likely", "C24": "could", "C28": "assume", "C29": "assume", "C38": "all but", "C39": "low",
              "C40": "probably", "C41": "might", "C42": "might", "C45": "might just", "C46": "could", "C49": "Even if",
              "C50": "could very well", "C51": "could very well", "C52": "could"}
    lost = [claim for claim, hedge in hedges.items() if hedge not in claims.loc[claim, "claim"]]
    assert not lost                                       # a restatement is not surer than the author was


def test_events_are_tallied_by_effect():
    events = table("events")
    assert events["effect"].value_counts().to_dict() == {"-1": 28, "1": 30, "0": 41}
    assert events["date"].is_monotonic_increasing and events["event"].str.split().str.len().max() <= 25
    months, years = (events[events["date_precision"] == precision] for precision in ("month", "year"))
    assert months["date"].str.endswith("-01").all()
    assert years["date"].str.endswith("-01-01").all()


def test_second_coders_agree_as_the_cards_say():
    events, agreements = table("events"), table("agreements")
    first, second = events["effect"], events["effect_second_coder"]
    same = (first == second).mean()
    chance = sum((first == code).mean() * (second == code).mean() for code in ("-1", "0", "1"))
    assert (first == second).sum() == 85 and len(events) == 99 and round((same - chance) / (1 - chance), 2) == 0.78
    assert ((numbers(first) - numbers(second)).abs() <= 1).all()      # nowhere 1 against -1
    assert (agreements["has_metrics"] == agreements["has_metrics_second_coder"]).all()
    for name, words in (("events", "85 of 99 rows, kappa 0.78"), ("agreements", "16 of 16")):
        assert words in (DATA / "cards" / f"{name}.md").read_text("utf-8")


def test_few_agreements_have_metrics():
    agreements = table("agreements")
    assert len(agreements) == 16
    assert agreements.loc[agreements["has_metrics"] == "true", "instrument_id"].tolist() == ["A03", "A06", "A09", "A11"]
    assert agreements["has_published_goals"].eq("true").sum() == 15


def test_assistance_peaks_in_fiscal_year_2010():
    aid = numbers(table("assistance").set_index("fiscal_year")["appropriated_planned_usd_m"])
    assert aid.idxmax() == "2010" and round(aid.max(), 1) == 757.6 and round(aid["2023"], 1) == 104.7
    assert aid[["2024", "2025", "2026"]].isna().all()


def test_both_assistance_tables_agree():
    wide, long = table("assistance").set_index("fiscal_year"), table("assistance_figures")
    for column, series in {"appropriated_planned_usd_m": "appropriated_and_planned", "budget_request_usd_m": "presidents_budget_request",
                           "obligations_usd_m": "obligations", "disbursements_usd_m": "disbursements"}.items():
        figures = long[long["series"] == series].set_index("period")["value_usd_m"]
        shared = wide.loc[wide[column].ne(""), column]
        assert figures[shared.index].tolist() == shared.tolist()
    budget = long[long["series"] == "state_country_table"]
    total = budget["account"].eq("Total")
    parts = numbers(budget.loc[~total, "value_usd_m"]).groupby(budget.loc[~total, "period"]).sum()
    assert (parts - numbers(budget[total].set_index("period")["value_usd_m"])).abs().max() < 0.002


def test_money_by_act_adds_up_and_peaks_in_2009():
    acts, years = table("assistance_by_act").set_index("fiscal_year"), table("assistance").set_index("fiscal_year")
    total, table_total, difference, out, into, by_act = (numbers(acts[column]) for column in acts.columns[:6])
    assert (acts["recorded_total_usd_m"] == years.loc[acts.index, "appropriated_planned_usd_m"]).all()
    assert (acts["recorded_account_table_usd_m"] == years.loc[acts.index, "state_table_total_usd_m"]).all()
    assert (total - table_total - difference).abs().max() < 0.0005
    assert (total - out + into - by_act).abs().max() < 0.0005
    assert by_act.sum() == pytest.approx(total.sum() + 352) == pytest.approx(1596.230)
    assert by_act.idxmax() == "2009" and total.idxmax() == "2010"


def test_us_share_of_traced_guns_recomputes():
    guns = table("firearms").set_index("row_id")
    value, of_us, share = (numbers(guns[c]) for c in ("value", "us_sourced_count", "us_sourced_pct"))
    assert round(100 * of_us["F24"] / value["F24"], 1) == 67.5 == share["F24"]
    assert round(100 * of_us["F23"] / value["F23"]) == 70 == share["F23"]
    assert value["F24"] - of_us["F24"] == 40181
    first = ["F09", "F10", "F11", "F12", "F13"]                 # ATF's own sums of 2007-2011
    assert value[first].sum() == 99691 and of_us[first].sum() == 68161
    assert value["F47"] - of_us["F47"] == 17544 + 13622 and value["F46"] - of_us["F46"] == 22126 + 22872
    assert value[["F40", "F48"]].tolist() == [36, 46]           # the rung of a purchaser in the United States
    both = of_us.notna() & share.notna() & guns["unit"].ne("firearms (more than)")
    assert (100 * of_us / value - share)[both].abs().max() < 0.5


def test_signs_of_risk_keep_monthly_strikes_apart():
    signs = table("signs_of_risk")
    monthly = signs[signs["category"] == "boat_strikes_by_month_derived"]
    dead = numbers(monthly.loc[monthly["unit"] == "people", "value"])
    assert dead.tolist() == [17, 44, 22, 40, 3] and dead.sum() == 126
    assert (signs["category"].str.startswith(("poll", "forecast")) == signs["direction"].eq("level")).all()
    assert signs.loc[signs["unit"] == "percent", "value"].pipe(numbers).between(0, 100).all()


# ---- value for value against the evidence

# table: (file of the evidence, {our column: column of the evidence})
PAIRS = {
    "extraditions_sources": ("extraditions/extraditions_mx_to_us.csv", {c: c for c in (
        "year", "count", "value_type", "scope", "period_start", "period_end", "full_year", "comparable", "preferred", "confidence")}),
    "extraditions_by_year": ("extraditions/extraditions_mx_to_us_by_year.csv", {c: c for c in (
        "year", "count", "comparable", "value_type", "scope", "period_start", "period_end")}),
    "extraditions_periods": ("extraditions/extraditions_multi_year.csv", {c: c for c in (
        "period_start", "period_end", "count", "scope", "derived", "derivation", "confidence")}),
    "extraditions_to_mexico": ("extraditions/extraditions_us_to_mx.csv", {c: c for c in (
        "year", "count", "value_type", "scope", "period_start", "period_end", "full_year", "preferred", "confidence")}),
    "transfers": ("extraditions/transfers_2025_2026.csv", {
        "transfer_no": "transfer_no", "date": "date", "people": "number", "cumulative_people": "cumulative_total"}),
    "events": ("context/events.csv", {
        "event_id": "event_id", "date": "date", "date_precision": "date_precision", "category": "category",
        "takeaway": "takeaway", "effect": "effect_on_cooperation", "effect_second_coder": "effect_second_coder"}),
    "agreements": ("context/agreements.csv", {
        "instrument_id": "instrument_id", "date": "date", "date_precision": "date_precision", "instrument": "instrument_en",
        "instrument_es": "instrument_es", "us_lead": "us_lead", "mexico_lead": "mexico_lead"}),
    "assistance": ("context/us_assistance.csv", {c: c for c in (
        "fiscal_year", "appropriated_planned_usd_m", "budget_request_usd_m", "obligations_usd_m", "disbursements_usd_m",
        "state_table_status", "esf_usd_m", "incle_usd_m", "fmf_usd_m", "da_usd_m", "nadr_usd_m", "imet_usd_m",
        "state_table_total_usd_m", "supplemental_crs_usd_m")}),
    "assistance_figures": ("context/us_assistance_long.csv", {
        "period": "period", "series": "series", "account": "account", "value_usd_m": "value", "status": "status", "as_of": "as_of"}),
    "assistance_by_act": ("context/us_assistance_by_act.csv", {c: c for c in (
        "fiscal_year", "recorded_total_usd_m", "recorded_account_table_usd_m", "recorded_difference_usd_m", "moved_out_usd_m",
        "moved_in_usd_m", "by_act_total_usd_m")}),
    "firearms": ("context/firearms.csv", {c: c for c in (
        "row_id", "period_start", "period_end", "metric", "value", "unit", "us_sourced_count", "us_sourced_pct")}),
    "signs_of_risk": ("context/rhetoric_measures.csv", {c: c for c in (
        "measure_id", "date", "date_precision", "category", "value", "unit", "direction")}),
    "essay_claims": ("context/essay_claims.csv", {c: c for c in (
        "claim_id", "takeaway", "claim_type", "record", "author_words", "sentence")}),
}


@with_evidence
@pytest.mark.parametrize("name", PAIRS)
def test_every_value_equals_the_evidence(name):
    path, columns = PAIRS[name]
    ours = table(name)[list(columns)]
    theirs = evidence(path)[list(columns.values())]
    assert sorted(ours.values.tolist()) == sorted(theirs.values.tolist())


@with_evidence
def test_goals_and_metrics_are_coded_as_in_the_evidence():
    columns = ["has_published_goals", "has_metrics", "has_metrics_second_coder"]
    theirs = evidence("context/agreements.csv").set_index("instrument_id")[columns]
    ours = table("agreements").set_index("instrument_id")[columns]
    assert ours.replace({"true": "yes", "false": "no"}).equals(theirs)


# our text column: column of the evidence whose figures it must keep
TEXTS = {
    "events": ("context/events.csv", "event_id", {"event": "event", "rationale": "effect_rationale"}),
    "agreements": ("context/agreements.csv", "instrument_id", {
        "us_priorities": "us_priorities", "mexico_priorities": "mexico_priorities", "goals_or_metrics": "goals_or_metrics_detail",
        "congress_role": "congress_role", "funding": "funding", "status": "status", "note": "note"}),
    "signs_of_risk": ("context/rhetoric_measures.csv", "measure_id", {"measure": "measure", "detail": "detail", "note": "note"}),
    "essay_claims": ("context/essay_claims.csv", "claim_id", {"claim": "claim_restated", "evidence": "evidence"}),
}


def figures(text):
    """The figures of a text, each once."""
    return set(re.findall(r"\d[\d,.]*\d|\d", text))


@with_evidence
@pytest.mark.parametrize("name", TEXTS)
def test_no_figure_was_lost_in_rewording(name):
    path, key, columns = TEXTS[name]
    theirs = evidence(path).set_index(key)
    for row in table(name).to_dict("records"):
        for ours, column in columns.items():
            lost = figures(theirs.loc[row[key], column]) - figures(row[ours])
            assert not lost, f"{row[key]}, {ours}: {sorted(lost)}"


@with_evidence
def test_mexican_figures_equal_the_evidence():
    ours, theirs = table("mexico_indicators"), evidence("cdc/derived/mexico_fentanyl_indicators.csv")
    of_ours = list(zip(ours["period_start"], ours["period_end"], ours["geography"].map(plain), ours["value"].map(float)))
    of_theirs = [(*(period.removesuffix(" (part year)").split("/") * 2)[:2], plain(place), float(value))
                 for period, place, value in zip(theirs["period"], theirs["geography"], theirs["value"])]
    assert sorted(of_ours) == sorted(of_theirs)
    rounded = theirs["unit"].str.extract(r"\((about|almost|more than)\)", expand=False)
    assert ours["approx"].replace("", None).value_counts().to_dict() == rounded.value_counts().to_dict()


def test_mexican_series_have_one_unit_where_a_chart_needs_it():
    rows = table("mexico_indicators")
    assert len(rows) == 212 and rows["series"].nunique() == 26
    charted = rows[rows["series"].str.startswith(("security cabinet tally", "homicides", "fentanyl pill workshops"))]
    assert charted.groupby("series")["unit"].nunique().eq(1).all()
    assert rows.loc[numbers(rows["value"]) < 0, "series"].tolist() == ["official claim on U.S. seizures"]


@with_evidence
def test_no_figure_was_lost_in_money_and_guns():
    for name, path, key in (("firearms", "firearms", "row_id"), ("assistance", "us_assistance", "fiscal_year")):
        theirs = evidence(f"context/{path}.csv").set_index(key)["note"].str.replace(r"https?://\S+(, | \()[\d-]+\)?", "", regex=True)
        for row in table(name).to_dict("records"):
            lost = figures(theirs[row[key]]) - figures(row["note"])
            assert not lost, f"{row[key]}: {sorted(lost)}"


@with_evidence
def test_officials_events_equal_the_evidence():
    cases, people = table("officials_cases"), evidence("extraditions/big_fish.csv")
    named = cases[cases["name"].ne("")]
    theirs = people[people["name"].map(plain).isin(set(named["name"].map(plain)))]
    columns = ["name", "event_date", "event_type", "jurisdiction", "confidence"]
    assert sorted(named[columns].values.tolist()) == sorted(theirs[columns].values.tolist())
    others, rest = cases[cases["name"].eq("")], people.drop(theirs.index)
    assert sorted(others["event_type"]) == sorted(rest["event_type"])
    assert sorted(others["event_date"].str[:7]) == sorted(rest["event_date"].str[:7])


@with_evidence
def test_sources_lead_where_the_evidence_says():
    """Every address of the evidence that we kept is one of the evidence's; none was invented."""
    files = [path for path in Path(EVIDENCE).rglob("*.csv") if path.stem != "people_transferred"]
    known = " ".join(path.read_text("utf-8-sig", errors="replace") for path in files)
    known += " ".join(path.read_text("utf-8") for name in ("README.md", "CORRECTIONS.md") for path in Path(EVIDENCE).rglob(name))
    ours = table("sources").loc[lambda rows: rows["url"].ne("")]
    homes = {"https://www.foreignassistance.gov", "https://github.com/CSISdefense/ForeignAssistance",
             "https://github.com/ljzac/ljzac.github.io", "https://github.com/bucalem/mananera-diaria",
             "https://github.com/LukeCurran3/fentanyl-corridors-dashboard",
             "https://www.cbp.gov/document/stats/nationwide-drug-seizures"}    # of files read in a copy
    unknown = [url for url in ours["url"] if url not in known and url not in homes]
    assert not unknown


def test_data_package_describes_these_tables():
    package = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    described = {resource["name"]: resource for resource in package["resources"]}
    for name in COMPILED:
        fields = [field["name"] for field in described[name]["schema"]["fields"]]
        assert fields == list(table(name).columns), name
