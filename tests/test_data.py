"""The tables in data/: as described, as published, and made again byte for byte from the publishers' files."""
import csv
import functools
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import frictionless
import pandas as pd
import pytest

DATA = Path(__file__).resolve().parent.parent / "data"
sys.path.insert(0, str(DATA))

import check  # noqa: E402
import datapackage  # noqa: E402
import experience  # noqa: E402
import make  # noqa: E402
import publisher_files as made  # noqa: E402
import publishers  # noqa: E402

PACKAGE = json.loads((DATA / "datapackage.json").read_text("utf-8"))
RESOURCES = {resource["name"]: resource for resource in PACKAGE["resources"]}
OWN_KEYS = ["unit", "asOf", "asOfText", "vintage", "made", "secondHand", "gaps", "minRows", "card"]
HEADINGS = ["Who counts, and why", "What counts", "How it is collected", "What is missing", "How uncertain",
            "What it must not be used for", "Where sources disagree", "What changed between vintages"]
T404 = "synthetic opioids (T40.4)"
every_table = pytest.mark.parametrize("name", RESOURCES)


@functools.cache
def table(name):
    return pd.read_csv(DATA / f"{name}.csv")


@pytest.fixture(scope="module")
def april(tmp_path_factory):
    """data/ with the tables as of the editions that the made-up files follow on."""
    place = tmp_path_factory.mktemp("april") / "data"
    return as_of_april(shutil.copytree(DATA, place, ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def copy(april, tmp_path):
    """A copy of it that a test may break."""
    return shutil.copytree(april, tmp_path / "data")


def as_of_april(folder):
    """Take out what later updates have added to the tables of a folder; today that is nothing."""
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        path = folder / resource["path"]
        rows = rows_of(path)
        kept = [row for row in rows if resource["name"] == "overdose_annual" or row.get("vintage", "") <= "2026-09-16"]
        kept = [row for row in kept if resource["name"] not in ("seizures_monthly", "overdose_month_on_year") or row["month"] <= "2026-04"]
        kept = [row for row in kept if resource["name"] != "seizures_fiscal_year" or row["fiscal_year"] <= "2026"]
        if len(kept) < len(rows):
            path.write_text(make.to_csv(kept, list(kept[0])), "utf-8")
            resource["hash"], resource["bytes"] = make.checksum(path.read_text("utf-8")), path.stat().st_size
            resource["asOf"] = min(resource["asOf"], "2026-04")
        if resource["name"] == "overdose_annual":
            resource["vintage"] = re.sub(r"release of [\d-]+", "release of 2025-07-16", resource["vintage"])
    (folder / "datapackage.json").write_text(make.package_text(package), "utf-8")
    return folder


# ---- the package, the tables and the cards -------------------------------------------------------

def test_frictionless_finds_the_package_valid():
    report = frictionless.validate(str(DATA / "datapackage.json"))
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])[:10]
    assert len(report.tasks) == len(RESOURCES)


def test_the_standard_library_check_finds_nothing(capsys):
    assert check.report(DATA) == 0, capsys.readouterr().out


def test_every_file_in_data_is_described_once():
    assert sorted(RESOURCES) == sorted(path.stem for path in DATA.glob("*.csv"))
    assert sorted(RESOURCES) == sorted(path.stem for path in (DATA / "cards").glob("*"))
    assert len(RESOURCES) == len(PACKAGE["resources"])


@every_table
def test_the_description_is_complete(name):
    resource = RESOURCES[name]
    for key in ["title", "description", "licenses", "sources", "hash", "bytes"] + OWN_KEYS:
        assert resource.get(key) not in (None, "", []), key
    assert resource["made"] in ("publisher's file", "compiled by hand", "publisher's file and compiled by hand",
                                "computed from other tables")
    assert pd.notna(pd.to_datetime(resource["asOf"]))
    for source in resource["sources"]:
        assert source["path"].startswith("http") and len(source["title"]) < 100
    for field in resource["schema"]["fields"]:
        assert field["description"], field["name"]
    assert resource["schema"]["primaryKey"]


# Tables whose as-of date is that of a file, a page or a look at the record, and stands in no row.
AS_OF_NO_ROW = {"seizures_fiscal_year", "seizures_fiscal_year_newest", "seizures_published", "seizures_revisions", "mexico_indicators",
                "extraditions_by_year", "extraditions_to_mexico", "transfers", "essay_claims", "officials_cases", "agreements",
                "assistance", "assistance_figures", "assistance_by_act", "sources"}


@every_table
def test_the_as_of_date_is_said_in_words_and_is_that_of_the_newest_row(name):
    resource = RESOURCES[name]
    assert make.in_words(resource["asOf"][:7]) in resource["asOfText"]
    newest = {rows[field["name"]].max() for rows in [pd.read_csv(DATA / resource["path"], dtype=str, encoding="utf-8")]
              for field in resource["schema"]["fields"] if field["type"] in ("date", "yearmonth", "year")}
    assert (resource["asOf"] not in newest) == (name in AS_OF_NO_ROW), newest


@every_table
def test_the_file_is_plain(name):
    content = (DATA / f"{name}.csv").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf") and b"\r" not in content and content.endswith(b"\n")
    assert len(content) == RESOURCES[name]["bytes"]


@every_table
def test_the_card_has_its_headings_and_a_body_under_each(name):
    title, *parts = (DATA / RESOURCES[name]["card"]).read_text("utf-8").split("\n## ")
    assert title.startswith(f"# {name}\n") and title.count("\n") >= 2
    assert [part.split("\n")[0] for part in parts] == HEADINGS
    assert all(len(part.split("\n", 1)[1].split()) >= 5 for part in parts)
    assert len((title + " ".join(parts)).split()) < 450


@every_table
def test_rows_marked_by_hand_are_what_the_package_says(name):
    made, rows = RESOURCES[name]["made"], table(name)
    if "origin" in rows:
        assert set(rows.origin) == {"publisher's file", "compiled by hand"}
        assert made == "publisher's file and compiled by hand"
    else:
        assert " and " not in made


def test_each_vintage_has_its_origin():
    origin = table("overdose_12_months").groupby("vintage").origin.unique().map(list).to_dict()
    assert {vintage: origin[vintage] for vintage in origin if vintage <= "2026-09-16"} == {"2017-12-16": ["compiled by hand"], "2019-04-24": ["publisher's file"],
                      "2024-05-07": ["compiled by hand"], "2025-07-16": ["publisher's file"],
                      "2026-02-14": ["compiled by hand"], "2026-06-27": ["publisher's file"],
                      "2026-09-16": ["compiled by hand"]}


def test_blank_is_not_zero():
    monthly = table("seizures_monthly")
    assert len(monthly) == monthly.month.nunique() * 5 * 2 * 3 and monthly.notna().all().all()
    first, last = pd.Period("2018-10", "M"), pd.Period(monthly.month.max(), "M")
    assert monthly.month.nunique() == (last - first).n + 1 >= 91
    assert (monthly.loc[monthly.events == 0, "pounds"] == 0).all() and (monthly.pounds == 0).any()
    first = table("overdose_12_months").query("vintage == '2017-12-16'")
    assert first.predicted.isna().all() and first.reported.notna().all()
    california = table("overdose_states").query("state == 'CA' and month_ending == '2015-01'")
    assert california.loc[california.drug_class == T404, "reported"].isna().all()


# ---- figures held against published ones ---------------------------------------------------------

def fentanyl():
    return table("seizures_monthly").query("drug == 'Fentanyl'")


def twelve(drug_class, vintage):
    rows = table("overdose_12_months").query("drug_class == @drug_class and vintage == @vintage")
    return rows.set_index("month_ending")


def test_months_add_up_to_fiscal_years():
    keys = ["fiscal_year", "drug", "component", "region"]
    months = table("seizures_monthly").groupby(keys)[["pounds", "events"]].sum()
    years = table("seizures_fiscal_year").set_index(keys)[["pounds", "events"]]
    years = years.reindex(months.index, fill_value=0)
    assert (months.pounds - years.pounds).abs().max() < 0.006
    assert (months.events == years.events).all()


def test_fiscal_years_agree_with_published_totals():
    for row in table("seizures_published").itertuples():
        if row.area == "Laredo Field Office":
            continue
        rows = table("seizures_monthly").query("drug == @row.drug and @row.month_start <= month <= @row.month_end")
        rows = rows if row.area == "Nationwide" else rows[rows.region == row.area]
        rows = rows if row.component == "All" else rows[rows.component == row.component]
        assert rows.pounds.sum() == pytest.approx(row.file_pounds, abs=0.011), row.label
        if row.check == "fiscal year":
            assert rows.pounds.sum() == pytest.approx(row.published_pounds, rel=0.004), row.label


def test_newer_totals_equal_closed_years():
    keys = ["fiscal_year", "drug", "component", "region"]
    newer = table("seizures_fiscal_year_newest").query("months_covered == 12").set_index(keys)
    older = table("seizures_fiscal_year").set_index(keys).loc[newer.index]
    assert len(newer) == 18 and (newer.pounds - older.pounds).abs().max() < 0.006
    assert (newer.events == older.events).all()


def test_checkpoint_weights_stay_below_the_whole():
    rows = table("checkpoint_seizures").dropna()
    assert (rows.checkpoint_pounds < rows.border_patrol_pounds + 1).all()
    whole = table("seizures_monthly").query("component == 'Border Patrol'").groupby(["month", "drug"]).pounds.sum()
    named = rows[rows.drug != "Other"].set_index(["month", "drug"]).border_patrol_pounds
    assert len(named) == 35 and (named - whole.loc[named.index]).abs().max() < 0.011
    rows = rows[rows.drug == "Fentanyl"]
    assert (rows.checkpoint_pounds.sum(), round(rows.border_patrol_pounds.sum())) == (285, 1097)


def test_finding_fentanyl_rose_tenfold_and_fell_by_more_than_half():
    years = fentanyl().groupby("fiscal_year").pounds.sum()
    assert years.round().loc[:2025].tolist() == [2804, 4791, 11201, 14700, 27023, 21889, 12027]
    assert years[2025] == pytest.approx(12027.28, abs=0.01)
    assert years[2025] / years[2023] - 1 == pytest.approx(-0.555, abs=0.0005)
    rolling = fentanyl().groupby("month").pounds.sum().rolling(12).sum()
    assert rolling.idxmax() == "2023-06"
    assert rolling[["2023-06", "2025-08", "2026-04"]].round().tolist() == [28273, 13592, 11069]


def test_finding_the_fall_slowed():
    newest = table("seizures_fiscal_year_newest").query("fiscal_year == 2026").pounds.sum()
    months = fentanyl().groupby("month").pounds.sum()
    assert newest == pytest.approx(10368.75)
    assert newest / months["2024-10":"2025-08"].sum() - 1 == pytest.approx(-0.089, abs=0.0005)
    assert newest - months["2025-10":"2026-04"].sum() == pytest.approx(3643, abs=0.5)


def test_finding_field_operations_and_the_southwest():
    rows = fentanyl().query("fiscal_year <= 2025")
    share = rows.pivot_table(index="fiscal_year", columns="component", values="pounds", aggfunc="sum")
    share = (share["Field Operations"] / share.sum(axis=1) * 100).round(1)
    assert (share.min(), share.idxmin(), share.max(), share[2025]) == (83.1, 2020, 91.9, 86.0)
    region = rows.query("fiscal_year == 2025").groupby("region").pounds.sum()
    assert round(region["Northern Border"]) == 77


def test_finding_other_drugs_moved_differently():
    rows = table("seizures_fiscal_year").query("region == 'Southwest Border'")
    years = rows.pivot_table(index="fiscal_year", columns="drug", values="pounds", aggfunc="sum")
    change = ((years.loc[2025] / years.loc[2023] - 1) * 100).round(1)
    assert change[["Cocaine", "Fentanyl", "Heroin", "Marijuana", "Methamphetamine"]].tolist() == \
        [48.5, -57.0, -7.7, -33.4, 28.7]


def test_finding_air_and_marine_turns_cocaine_and_marijuana_but_not_fentanyl():
    parts = {name: table(name).groupby(["drug", "fiscal_year"]).pounds.sum()
             for name in ("seizures_fiscal_year", "seizures_air_and_marine")}
    file, air = parts.values()
    change = {with_air: ((pounds.xs(2025, level=1) / pounds.xs(2023, level=1) - 1) * 100).round(1)
              for with_air, pounds in ((False, file), (True, file.add(air).dropna()))}
    drugs = ["Cocaine", "Fentanyl", "Heroin", "Marijuana", "Methamphetamine"]
    assert change[False][drugs].tolist() == [-13.6, -55.5, -16.7, 23.7, 21.2]
    assert change[True][drugs].tolist() == [-0.7, -54.4, -16.6, 99.5, 28.5]
    assert air["Cocaine", 2025] == pytest.approx(225270.16) and air["Marijuana", 2025] == pytest.approx(281759.12)
    partial = table("seizures_air_and_marine").query("months_covered < 12")
    assert set(zip(partial.fiscal_year, partial.months_covered, partial.last_month)) == {(2026, 3, "2025-12")}


def test_finding_a_full_year_after_the_statement():
    months = fentanyl().groupby("month").pounds.sum()
    newest = table("seizures_fiscal_year_newest").query("fiscal_year == 2026").pounds.sum()
    year = months["2025-09"] + newest
    assert year == pytest.approx(11012.27, abs=0.01)
    assert year / months["2024-09":"2025-08"].sum() - 1 == pytest.approx(-0.19, abs=0.0005)


def test_finding_weight_and_events_disagree():
    years = fentanyl().query("fiscal_year <= 2025").groupby("fiscal_year")[["pounds", "events"]].sum()
    assert (years.events.idxmax(), years.events.max(), years.pounds.idxmax()) == (2021, 1515, 2023)
    assert (years.pounds / years.events).round(1).tolist() == [3.4, 4.1, 7.4, 9.8, 20.0, 19.6, 12.5]


def test_finding_monthly_deaths():
    deaths = table("overdose_monthly").set_index("month").deaths
    assert (deaths.idxmax(), deaths.max(), deaths["2024-12"]) == ("2023-05", 6681, 3307)
    assert (deaths["2020-01":].idxmin(), deaths["2020-01":].min()) == ("2024-09", 3010)
    years = deaths.groupby(deaths.index.str[:4]).sum()
    assert years[["2013", "2019", "2022", "2023", "2024"]].tolist() == [3105, 36359, 73838, 72776, 47735]
    annual = table("overdose_annual").query("drug_class == @T404 and basis == 'final, residents'")
    assert dict(zip(annual.year.astype(str), annual.deaths)) == years.to_dict()


def test_finding_final_counts_and_rates():
    rows = table("overdose_annual").query("drug_class == 'all drugs' and basis == 'final, residents'")
    rows = rows.set_index("year").loc[2021:]
    assert rows.deaths.tolist() == [106699, 107941, 105007, 79384]
    assert rows.rate_per_100k.tolist() == [32.4, 32.6, 31.3, 23.1]


def test_finding_newest_provisional_totals():
    rows = twelve("all drugs", "2026-09-16")
    assert rows.loc["2026-04", ["reported", "predicted"]].tolist() == [65726, 66937]
    assert twelve(T404, "2026-09-16").loc["2026-04", ["reported", "predicted"]].tolist() == [34523, 35115]
    fall = (rows.predicted.pct_change(12) * 100).round(1)
    assert fall[["2025-02", "2025-08", "2026-04"]].tolist() == [-25.9, -19.9, -12.1]


def test_finding_most_of_the_fall_came_before_september_2025():
    peak = {"all drugs": twelve("all drugs", "2026-09-16").reported["2023-06"],
            T404: twelve(T404, "2026-06-27").reported["2023-06"]}
    assert list(peak.values()) == [111466, 77695]
    for drug_class, part in [("all drugs", 0.85), (T404, 0.86)]:
        now = twelve(drug_class, "2026-09-16").reported
        done = (peak[drug_class] - now["2025-08"]) / (peak[drug_class] - now["2026-04"])
        assert done == pytest.approx(part, abs=0.005)


def test_month_on_year_differences_recompute():
    rows, final = table("overdose_month_on_year").set_index("month"), table("overdose_monthly").set_index("month").deaths
    before = {month: str(pd.Period(month, "M") - 12) for month in rows.index}
    for release, part in rows.groupby("release"):
        totals = twelve(T404, release)
        for column in ("reported", "predicted"):
            assert (part["difference_" + column] == totals[column].diff()[part.index]).all(), column
    for month, row in rows.iterrows():
        chained = row.base == "chained"
        there = final[before[before[month]]] + rows.difference_predicted[before[month]] if chained else final[before[month]]
        assert row.deaths_year_before == there, month
        assert row.change_predicted_pct == pytest.approx(100 * row.difference_predicted / there, abs=0.051), month
        assert pd.isna(row.change_reported_pct) if chained else \
            row.change_reported_pct == pytest.approx(100 * row.difference_reported / there, abs=0.051), month
    newest = table("overdose_12_months").query("drug_class == @T404").month_ending.max()
    assert rows.index.tolist() == pd.period_range("2015-02", newest, freq="M").astype(str).tolist()
    assert rows.index[rows.base == "chained"].tolist() == [month for month in rows.index if before[month] not in final]


def test_finding_the_newest_months_fall_faster_again():
    rows, differences = table("overdose_month_on_year").set_index("month"), twelve(T404, "2026-09-16")[["reported", "predicted"]].diff()
    seen = dict(zip(differences.index[-9:], [-13, -13, -17, -17, -21, -20, -21, -29, -26]))
    then = rows[(rows.release == "2026-09-16") & rows.index.isin(list(seen))].change_predicted_pct
    assert then.round().to_dict() == {month: seen[month] for month in then.index}
    for column, autumn, spring in (("predicted", -1434, -2718), ("reported", -1331, -3160)):
        assert differences[column]["2025-09":"2025-11"].sum() == autumn
        assert differences[column]["2026-02":"2026-04"].sum() == spring


def test_finding_provisional_counts_are_raised():
    newest = twelve("all drugs", "2026-09-16").reported
    raised = []
    for vintage in ["2017-12-16", "2019-04-24", "2024-05-07", "2025-07-16", "2026-02-14"]:
        first = twelve("all drugs", vintage).reported
        raised.append(round((newest[first.index[-1]] / first.iloc[-1] - 1) * 100, 1))
    assert raised == [3.1, 1.9, 3.0, 2.0, 4.2]


def test_finding_border_states_do_not_follow_the_nation():
    rows = table("overdose_states_april").pivot(index="state", columns="month_ending", values="predicted")
    change = ((rows["2026-04"] / rows["2025-04"] - 1) * 100).round(1)
    assert change[["NM", "AZ", "TX", "CA", "US"]].tolist() == [48.9, 5.0, -11.7, -13.1, -19.6]
    other = table("overdose_states").query("vintage == '2026-09-16' and month_ending in ['2025-04', '2026-04']")
    other = other.pivot(index="state", columns="month_ending", values="predicted")
    assert other.equals(rows.loc[other.index])


def test_finding_events_of_the_running_year_are_recounted():
    rows = table("seizures_revisions").query("drug == 'Fentanyl' and period_start == '2025-10' and period_end == '2025-12'")
    assert rows[["events_older", "events_newer"]].sum().tolist() == [181, 239]
    assert rows.pounds_older.sum() == pytest.approx(rows.pounds_newer.sum(), abs=0.03)
    closed = table("seizures_revisions").query("component == 'All'")
    assert (closed.rows_pounds_changed == 0).all() and (closed.rows_events_changed == 0).all()


def test_finding_rates_of_the_border_states():
    persons = table("population").set_index(["state", "year"]).persons
    deaths = table("overdose_states_april").set_index(["state", "month_ending"]).predicted
    rate = {year: [round(deaths[state, f"{year}-04"] / persons[state, year - 1] * 1e5, 1)
                   for state in ("NM", "AZ", "CA", "TX", "US")] for year in (2025, 2026)}
    assert rate == {2025: [22.8, 23.9, 12.5, 4.9, 12.8], 2026: [34.0, 24.9, 10.9, 4.3, 10.3]}


def test_population_of_the_united_states():
    persons = table("population").set_index(["state", "year"]).persons
    assert persons["US", 2024] == 340003797 and len(persons) >= 5 * 27


def test_the_newest_release_is_named_in_words():
    newest = max(row["vintage"] for row in table("overdose_12_months").to_dict("records"))
    assert RESOURCES["overdose_12_months"]["asOfText"].endswith(f"release of {make.in_words(newest)}")
    assert make.in_words("2026-09-06") == "6 September 2026"
    assert (make.in_words("2026-09"), make.in_words("2026")) == ("September 2026", "2026")


# ---- a folder with made-up files ----------------------------------------------------------------

@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Files of all the publishers, made up from the tables."""
    return made.fill(tmp_path_factory.mktemp("publishers"))


@pytest.fixture
def folder(whole, tmp_path):
    """A copy of them that a test may break."""
    return shutil.copytree(whole, tmp_path / "publishers")


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def replace(path, old, new):
    content = path.read_bytes()
    packed = path.suffix == ".gz"
    text = (gzip.decompress(content) if packed else content).decode("utf-8")
    assert old in text
    content = text.replace(old, new, 1).encode()
    path.write_bytes(gzip.compress(content) if packed else content)


def later_edition(folder, pounds="9"):
    """An edition with May 2026 as well, a re-issue; each row of it weighs `pounds` or, with None, what it weighed."""
    header, *rows = made.nationwide(2023, 2026)
    rows += [["2026 (FYTD)", "MAY", *row[2:]] for row in rows if row[:2] == ["2026 (FYTD)", "APR"]]
    rows = [[*row[:-1], pounds or row[-1]] for row in rows]
    return made.write(folder / "cbp/nationwide-drugs-fy23-fy26-may_0.csv", [header, *rows])


def test_a_later_edition_adds_a_month_and_hand_compiled_rows_stay(folder, copy):
    later_edition(folder, None)
    before = rows_of(copy / "seizures_monthly.csv")
    make.remake(folder, copy)
    monthly = rows_of(copy / "seizures_monthly.csv")
    assert len(monthly) == 92 * 30 and monthly[-1]["month"] == "2026-05" and monthly[:len(before)] == before
    year = [row for row in rows_of(copy / "seizures_fiscal_year.csv") if row["fiscal_year"] == "2026"]
    assert {row["months_covered"] for row in year} == {"8"}
    for name in ("overdose_12_months", "overdose_states", "overdose_annual", "seizures_revisions"):
        by_hand, after = ([row for row in rows_of(place / f"{name}.csv") if row["origin"] == "compiled by hand"]
                          for place in (DATA, copy))
        assert after == by_hand
    resource = {r["name"]: r for r in json.loads((copy / "datapackage.json").read_text("utf-8"))["resources"]}
    assert resource["seizures_monthly"]["asOf"] == "2026-05"
    assert make.remake(folder, copy) == []


def test_of_two_files_with_the_same_year_the_later_counts(folder, copy):
    later_edition(folder)
    make.remake(folder, copy, accept=experience.WORDS)
    recent = {row["pounds"] for row in rows_of(copy / "seizures_monthly.csv") if row["month"] >= "2022-10"}
    assert recent == {"0", "9"}


T404_IN_1999 = '(other than methadone),"Deaths per 100,000 resident population, age-adjusted",Total,1999,All ages,'


@pytest.mark.parametrize("file, old, new, words", [
    (made.CBP_NEW, "Fentanyl", "Fentanil", ["fy26-apr.csv, row", "column Drug Type", "'Fentanil' is not known", "Heroin"]),
    (made.AMO_NEW, "Air and Marine Operations", "U.S. Border Patrol", ["fy26-dec.csv, row 2, column Component"]),
    (made.CDC_2025, "May", "Mai", ["07-16_all_states_all_indicators.csv, row", "column Month", "'Mai'"]),
    (made.PEOPLE, "AZ,1999", "A,1999", ["by_year.csv, row"]),
    (made.RATES, T404_IN_1999 + "0.3", T404_IN_1999 + "0.4",
     [f"overdose_annual: the row {T404}, final, residents, 1999 is already compiled by hand"]),
])
def test_a_bad_file_is_named_and_nothing_is_written(folder, copy, file, old, new, words):
    replace(folder / file, old, new)
    before = {path: path.read_bytes() for path in copy.glob("*.*") if path.is_file()}
    with pytest.raises(publishers.SourceError) as caught:
        make.remake(folder, copy)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert before == {path: path.read_bytes() for path in copy.glob("*.*") if path.is_file()}


@pytest.mark.parametrize("file, words", [
    (made.CBP_OLD, ["2018-10", "fiscal year 2019", publishers.CBP_PAGE]),
    (made.AMO_OLD, ["cbp/amo-drug-seizures", "fiscal year 2019", publishers.AMO_PAGE]),
    (made.CDC_2025, ["2025-07-16", "vsrr_xkb8-kh2a_2025-07-16", publishers.CDC_PAGE]),
    (made.CDC_2026, ["vsrr_xkb8-kh2a_2026-06_all_states_T404.csv.gz"]),
    (made.RATES, ["hus_drug_overdose", "95ax-ymtc"]),
    (made.PEOPLE, ["census_state_population_by_year.csv", "census.gov"]),
])
def test_a_missing_file_is_named_with_its_publisher(folder, copy, file, words):
    (folder / file).unlink()
    before = {path: path.read_bytes() for path in copy.glob("*.*") if path.is_file()}
    with pytest.raises(publishers.SourceError) as caught:
        make.remake(folder, copy)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert before == {path: path.read_bytes() for path in copy.glob("*.*") if path.is_file()}


def test_a_missing_folder_and_a_missing_month(folder, copy):
    with pytest.raises(publishers.SourceError, match="nowhere' is not a folder"):
        make.remake(folder / "nowhere", copy)
    with pytest.raises(publishers.SourceError, match="no file in cbp/ has 2019-02"):
        make.complain_of_gaps([{"month": "2018-10"}, {"month": "2018-11"}, {"month": "2018-12"},
                               {"month": "2019-01"}, {"month": "2019-03"}])


def test_a_file_that_contradicts_a_row_compiled_by_hand_stops(folder, copy):
    header, *rows = made.vsrr("2026-09-16")
    rows = [header] + [row for row in rows if row[4] == made.ALL_DRUGS]
    wrong = next(row for row in rows if row[:3] == ["US", "2026", "April"])
    wrong[5] = str(int(wrong[5]) + 1)
    made.write(folder / "cdc/vsrr_xkb8-kh2a_2026-09-16.csv", rows)
    with pytest.raises(publishers.SourceError, match="2026-09-16, all drugs, 2026-04 is already compiled by hand"):
        make.remake(folder, copy)


# ---- the check itself ----------------------------------------------------------------------------

@pytest.mark.parametrize("name, old, new, words", [
    ("seizures_monthly", "266.162", "many", "row 4, column pounds: 'many' is not a value of type number"),
    ("seizures_monthly", "266.162", "-1", "row 4, column pounds: -1 is below 0"),
    ("seizures_monthly", "266.162", "", "row 4, column pounds: is empty"),
    ("seizures_monthly", "266.162", "266.163", "the checksum differs"),
    ("seizures_monthly", "266.162,41", "266.162", "row 4: 6 values for 7 columns"),
    ("seizures_monthly", "2018-10", "2018-13", "row 2, column month: '2018-13' is not a value of type yearmonth"),
    ("seizures_monthly", "Cocaine", "Crack", "row 2, column drug: 'Crack' is not one of Cocaine"),
    ("seizures_monthly", "month,", "Month,", "row 1: the columns are Month"),
    ("overdose_monthly", "1999-02", "1999-01", "row 3: the key 1999-01 is already in row 2"),
    ("overdose_monthly", "1999-01,56\n", "", "311 rows, where at least 312 belong"),
    ("fentanyl_potency", "filter", "fiter", "is not in sources"),
    ("other_interdictions", "2017-09-30", "2017-09-31", "column period_end: '2017-09-31' is not a value of type date"),
])
def test_the_check_names_row_and_column(copy, capsys, name, old, new, words):
    replace(copy / f"{name}.csv", old, new)
    assert check.report(copy) == 1
    out = capsys.readouterr().out
    assert f"WRONG {name}" in out and words in out, out


def test_the_check_reads_byte_order_mark_and_windows_line_ends(copy):
    path = copy / "overdose_monthly.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    found = {resource["name"]: faults for resource, _, faults in check.check(copy)}
    assert found["overdose_monthly"] == []


def test_the_check_misses_a_table_and_a_card(copy, capsys):
    (copy / "overdose_monthly.csv").unlink()
    (copy / "cards" / "population.md").unlink()
    assert check.report(copy) == 1
    out = capsys.readouterr().out
    assert "overdose_monthly.csv is missing" in out and "cards/population.md is missing" in out


@pytest.mark.parametrize("text", ["{", "[]", "5", "{}", '{"resources": [{}]}', '{"resources": 5}', "\xff"])
def test_the_check_survives_a_broken_package(copy, capsys, text):
    (copy / "datapackage.json").write_text(text, encoding="latin-1")
    assert check.report(copy) == 1
    assert "datapackage.json cannot be read" in capsys.readouterr().out


def test_a_table_broken_by_hand_is_named_before_it_is_made_again(folder, copy):
    replace(copy / "seizures_monthly.csv", "266.162,41", "266.162")
    with pytest.raises(datapackage.TableFault, match=r"^data/seizures_monthly.csv, row 4: 6 values .* git checkout -- data/seiz"):
        make.remake(folder, copy)


@pytest.mark.parametrize("broken, says", [
    ("a,b\n1\n", "row 2: 1 values for 2 columns"), ("a,b\n1,2\n\n", "row 3: 0 values for 2 columns"), ("", "row 1: the columns are "),
    ("a,b\n1,\u0663\n", "row 2, column b: '\u0663' is not a value of type integer"), ("a,b\n", "0 rows, where at least 1 belong"),
    ("a,b\n1,2\n1,3\n", "row 3: the key 1 is already in row 2"), ("a,b\n1,2\n2,3\n", None),
])
def test_what_is_wrong_with_a_table_by_itself(broken, says):
    fields = [{"name": "a", "type": "string"}, {"name": "b", "type": "integer"}]
    found = next(datapackage.faults({"schema": {"fields": fields, "primaryKey": ["a"]}, "minRows": 1}, broken), None)
    assert found is says if says is None else found.startswith(says)


def run_data(*arguments):
    """`python3 data ...` without any installed package."""
    command = [sys.executable, "-I", "-S", "-B", str(DATA), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_the_command_runs_on_a_bare_python():
    code, out, err = run_data()
    assert (code, err) == (0, "") and f"{len(RESOURCES)} tables, all as described in datapackage.json.\n" in out
    assert sum(line.startswith("ok ") for line in out.splitlines()) == len(RESOURCES)


def test_the_command_says_what_is_wrong_without_a_traceback(tmp_path):
    code, out, err = run_data("--from", str(tmp_path))
    assert (code, out) == (1, "") and "Traceback" not in err
    assert "nationwide-drugs" in err and publishers.CBP_PAGE in err and err.endswith("No table was written.\n")


@pytest.mark.parametrize("arguments, code, words", [
    (["--from", ""], 1, "'' is not a folder"), (["--add", "nowhere"], 1, "'nowhere' is not a folder"),
    (["--only", "cdc"], 2, "--only goes with --refresh"), (["--from", "x", "--accept", "all"], 2, "closed-year"),
    (["--from", "x", "--refresh", "y"], 2, "not allowed with"),
])
def test_a_wrong_command_line_gets_a_sentence(arguments, code, words):
    done, out, err = run_data(*arguments)
    assert (done, out) == (code, "") and words in err and "Traceback" not in err


# ---- against the publishers' real files, when they are there -------------------------------------

def test_an_older_edition_alone_is_called_older():
    held = [{"month": month, "fiscal_year": "2025"} for month in ("2025-05", "2025-06", "2025-07")]
    with pytest.raises(publishers.SourceError, match="ends in May 2025, and the table holds June 2025 already: it is an older edition"):
        make.complain_of_loss("seizures_monthly", held[:1], held, "the page", newest="2025-05")
    with pytest.raises(publishers.SourceError, match="the folder has no file for month 2025-05"):
        make.complain_of_loss("seizures_monthly", held[1:], held, "the page", newest="2025-07")


@pytest.mark.skipif("TAKEAWAYS_SOURCES" not in os.environ, reason="TAKEAWAYS_SOURCES names no folder")
def test_tables_made_again_are_equal_byte_for_byte(copy, monkeypatch):
    assert make.remake(Path(os.environ["TAKEAWAYS_SOURCES"]), copy) == []
    for resource in PACKAGE["resources"]:  # and also when the machine-made rows are not there to begin with
        if resource["made"] != "compiled by hand":
            rows = [row for row in rows_of(copy / resource["path"]) if row.get("origin") == "compiled by hand"]
            columns = [field["name"] for field in resource["schema"]["fields"]]
            (copy / resource["path"]).write_text(make.to_csv(rows, columns), "utf-8")
    monkeypatch.setattr(make, "complain_of_faults", lambda *_: None)    # of tables without their rows
    make.remake(Path(os.environ["TAKEAWAYS_SOURCES"]), copy)
    for path in [*DATA.glob("*.csv"), DATA / "datapackage.json"]:
        assert (copy / path.name).read_bytes() == path.read_bytes(), path.name
