"""The tables in data/: as described, as published, and made again byte for byte from the publishers' files."""
import csv
import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import frictionless
import pandas as pd
import pytest

DATA = Path(__file__).resolve().parent.parent / "data"
sys.path.insert(0, str(DATA))

import check  # noqa: E402
import datapackage  # noqa: E402
import make  # noqa: E402
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


@pytest.fixture
def copy(tmp_path):
    """A copy of data/ that a test may break."""
    return shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("__pycache__"))


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
    assert resource["made"] in ("publisher's file", "compiled by hand", "publisher's file and compiled by hand")
    assert pd.notna(pd.to_datetime(resource["asOf"]))
    for source in resource["sources"]:
        assert source["path"].startswith("http") and len(source["title"]) < 100
    for field in resource["schema"]["fields"]:
        assert field["description"], field["name"]
    assert resource["schema"]["primaryKey"]


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
    assert origin == {"2017-12-16": ["compiled by hand"], "2019-04-24": ["publisher's file"],
                      "2024-05-07": ["compiled by hand"], "2025-07-16": ["publisher's file"],
                      "2026-02-14": ["compiled by hand"], "2026-06-27": ["publisher's file"],
                      "2026-09-16": ["compiled by hand"]}


def test_blank_is_not_zero():
    monthly = table("seizures_monthly")
    assert len(monthly) == 91 * 5 * 2 * 3 and monthly.notna().all().all()
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
    assert rows.index.tolist() == pd.period_range("2015-02", "2026-04", freq="M").astype(str).tolist()
    assert rows.index[rows.base == "chained"].tolist() == ["2026-01", "2026-02", "2026-03", "2026-04"]


def test_finding_the_newest_months_fall_faster_again():
    change = table("overdose_month_on_year").set_index("month").change_predicted_pct
    assert change["2025-08":].round().tolist() == [-13, -13, -17, -17, -21, -20, -21, -29, -26]
    rows = table("overdose_month_on_year").set_index("month")
    for column, then, now in (("predicted", -1434, -2718), ("reported", -1331, -3160)):
        assert rows["difference_" + column]["2025-09":"2025-11"].sum() == then
        assert rows["difference_" + column]["2026-02":].sum() == now


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
    rows = table("seizures_revisions").query("drug == 'Fentanyl' and period_start == '2025-10'")
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
    assert persons["US", 2024] == 340003797 and len(persons) == 5 * 27


def test_the_newest_release_is_named_in_words():
    newest = max(row["vintage"] for row in table("overdose_12_months").to_dict("records"))
    assert RESOURCES["overdose_12_months"]["asOfText"].endswith(f"release of {make._in_words(newest)}")
    assert make._in_words("2026-09-06") == "6 September 2026"


# ---- a folder with made-up files in old shapes ---------------------------------------------------

def write_csv(path, rows, gz=False, bom=False):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(f'"{cell}"' if "," in str(cell) else str(cell) for cell in row) for row in rows]
    content = (b"\xef\xbb\xbf" if bom else b"") + "\r\n".join(lines).encode()
    path.write_bytes(gzip.compress(content) if gz else content)


def cbp_rows(first, last, label=""):
    header = "FY,Month (abbv),Component,Region,Land Filter,Area of Responsibility,Drug Type,Count of Event," \
             "Sum Qty (lbs)"
    office = ["Office of Field Operations", "Southwest Border", "Land Only", "LAREDO FIELD OFFICE"]
    rows = [header.split(",")]
    for year in range(first, last + 1):
        for month in publishers.FISCAL_MONTHS[:8 if year == 2026 else 12]:
            fiscal_year = f"{year}{label}" if year == 2026 else year
            rows.append([fiscal_year, month, *office, "Fentanyl", "1,001", "1,234.5006"])
            rows.append([fiscal_year, month, *office, "Cocaine", "2", "0.25"])
    return rows


def amo_rows(first, last, label=""):
    header, *rows = cbp_rows(first, last, label)
    header = [name if name != "Area of Responsibility" else "Branch" for name in header]
    return [header] + [[*row[:2], "Air and Marine Operations", row[3], "Land", "Laredo Air Branch", *row[6:]] for row in rows]


def vsrr_rows(names, states=("US", *make.PLACES[:4]), predicted=True):
    header = ["State", "Year", "Month", "Period", "Indicator", "Data Value", "Predicted Value"]
    rows = [[state, 2020, month, "12 month-ending", indicator, "52,404" if month == "May" else "", "52,500.0"]
            for state in states for indicator in names for month in ("May", "December")]
    header = header if predicted else header[:-1]
    return [header] + [row[:len(header)] for row in rows]


@pytest.fixture
def folder(tmp_path):
    """Files of all the publishers, made up, in the shapes of several years."""
    here = tmp_path / "publishers"
    classes = [name for name, ours in publishers.INDICATORS.items() if ours]
    write_csv(here / "cbp/nationwide-drugs-fy19-fy22.csv", cbp_rows(2019, 2022), bom=True)
    write_csv(here / "cbp/nationwide-drugs-fy23-fy26-may_0.csv", cbp_rows(2023, 2026, " (FYTD)"))
    write_csv(here / "cbp/amo-drug-seizures-fy19-fy22.csv", amo_rows(2019, 2022))
    write_csv(here / "cbp/amo-drug-seizures-fy23-fy26-may.csv", amo_rows(2023, 2026, " (FYTD)"))
    older = [row for row in cbp_rows(2023, 2026, " (FYTD)") if row[1] != "MAY" or row[0] != "2026 (FYTD)"]
    write_csv(here / "cbp/vintages/nationwide-drugs-fy23-fy26-apr.csv", older)
    write_csv(here / "cdc/vsrr_xkb8-kh2a_2019-04_all_states_all_indicators.csv.gz",
              vsrr_rows(classes + ["Number of Deaths", "Percent with drugs specified"], predicted=False),
              gz=True, bom=True)
    write_csv(here / "cdc/vsrr_xkb8-kh2a_2025-07-16_all_states_all_indicators.csv", vsrr_rows(classes))
    lower = vsrr_rows([classes[1]])
    lower[0] = [name.lower().replace(" ", "_") for name in lower[0]]
    write_csv(here / "cdc/vsrr_xkb8-kh2a_2026-06_all_states_T404.csv.gz", lower, gz=True)
    write_rates(here / RATES)
    states = [a + b for a in "EFGH" for b in "ABCDEFGHIJKLM"][:47] + make.PLACES[:4]
    write_csv(here / "cdc/census_state_population_by_year.csv",
              [[state, year, 1000 + year] for state in states for year in range(1998, 2026)])
    return here


def write_rates(path):
    """The NCHS table with the rates that the committed table holds."""
    rows = table("overdose_annual").query("basis == 'final, residents' and year <= 2018")
    rows = rows[rows.rate_per_100k.notna() & rows.drug_class.isin(publishers.PANELS.values())]
    panels = {ours: name for name, ours in publishers.PANELS.items()}
    unit = "Deaths per 100,000 resident population, age-adjusted"
    header = ["", "INDICATOR", "PANEL", "UNIT", "STUB_NAME", "YEAR", "AGE", "ESTIMATE"]
    write_csv(path, [header] + [
        [number, "Drug overdose death rates", panels[row.drug_class], unit, "Total", row.year, "All ages",
         row.rate_per_100k] for number, row in enumerate(rows.itertuples())], gz=True)


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_old_shapes_are_read_and_hand_compiled_rows_stay(folder, copy):
    make.remake(folder, copy)
    monthly = rows_of(copy / "seizures_monthly.csv")
    assert len(monthly) == 92 * 30 and monthly[-1]["month"] == "2026-05"
    cell = {"month": "2018-10", "fiscal_year": "2019", "drug": "Fentanyl", "component": "Field Operations",
            "region": "Southwest Border", "pounds": "1234.501", "events": "1001"}
    assert cell in monthly
    assert {**cell, "component": "Border Patrol", "pounds": "0", "events": "0"} in monthly
    year = [row for row in rows_of(copy / "seizures_fiscal_year.csv") if row["fiscal_year"] == "2026"]
    assert [row["months_covered"] for row in year] == ["8", "8"]
    air = [row for row in rows_of(copy / "seizures_air_and_marine.csv") if row["fiscal_year"] == "2026"]
    assert [(row["months_covered"], row["last_month"], row["drug"], row["pounds"], row["events"]) for row in air] == \
        [("8", "2026-05", "Cocaine", "2", "16"), ("8", "2026-05", "Fentanyl", "9876.005", "8008")]
    rows = rows_of(copy / "overdose_12_months.csv")
    made = [row for row in rows if row["vintage"] == "2019-04-24" and row["drug_class"] == "all drugs"]
    assert [(row["month_ending"], row["reported"], row["predicted"]) for row in made] == \
        [("2020-05", "52404", ""), ("2020-12", "", "")]
    before, after = ([row for row in rows_of(place / "overdose_annual.csv") if row["vintage"] == "final"]
                     for place in (DATA, copy))
    assert after == before
    for name in ("overdose_12_months", "overdose_states", "overdose_annual", "seizures_revisions"):
        by_hand = [row for row in rows_of(DATA / f"{name}.csv") if row["origin"] == "compiled by hand"]
        after = [row for row in rows_of(copy / f"{name}.csv") if row["origin"] == "compiled by hand"]
        assert after == by_hand
    resource = {r["name"]: r for r in json.loads((copy / "datapackage.json").read_text("utf-8"))["resources"]}
    air = resource["seizures_air_and_marine"]
    assert (air["asOf"], air["asOfText"]) == ("2026-05", "through May 2026")
    assert air["vintage"] == "amo-drug-seizures-fy19-fy22.csv, amo-drug-seizures-fy23-fy26-may.csv"
    monthly = resource["seizures_monthly"]
    assert (monthly["asOf"], monthly["asOfText"]) == ("2026-05", "through May 2026")
    assert monthly["vintage"] == "nationwide-drugs-fy19-fy22.csv, nationwide-drugs-fy23-fy26-may_0.csv"
    assert make.remake(folder, copy) == []


def test_of_two_files_with_the_same_year_the_later_counts(folder, copy):
    header, *rows = cbp_rows(2023, 2026)
    write_csv(folder / "cbp/nationwide-drugs-fy23-fy26-oct.csv",
              [header] + [[*row[:-1], "9"] for row in rows if row[1] == "OCT"])
    make.remake(folder, copy)
    assert {row["pounds"] for row in rows_of(copy / "seizures_monthly.csv")} == {"0", "0.25", "1234.501"}


def replace(path, old, new):
    content = path.read_bytes()
    packed = path.suffix == ".gz"
    text = (gzip.decompress(content) if packed else content).decode("utf-8")
    assert old in text
    content = text.replace(old, new, 1).encode()
    path.write_bytes(gzip.compress(content) if packed else content)


CBP_NEW = "cbp/nationwide-drugs-fy23-fy26-may_0.csv"
RATES = "cdc/hus_drug_overdose_death_rates_1999_2018.csv.gz"
T404_IN_1999 = '(other than methadone),"Deaths per 100,000 resident population, age-adjusted",Total,1999,All ages,'
AMO_NEW = "cbp/amo-drug-seizures-fy23-fy26-may.csv"
CDC_NEW = "cdc/vsrr_xkb8-kh2a_2025-07-16_all_states_all_indicators.csv"


@pytest.mark.parametrize("file, old, new, words", [
    (CBP_NEW, "Drug Type", "Substance", ["may_0.csv, row 1", "'drug_type' is missing"]),
    (CBP_NEW, "Land Filter", "Weather", ["may_0.csv, row 1", "'weather' is not known"]),
    (CBP_NEW, "Fentanyl", "Fentanil", ["may_0.csv, row 2, column Drug Type", "'Fentanil' is not known", "Heroin"]),
    (CBP_NEW, "2023,NOV", "2023,MOV", ["row 4, column Month (abbv)", "'MOV'"]),
    (CBP_NEW, "2023,OCT", "FY23,OCT", ["row 2, column FY", "'FY23'"]),
    (CBP_NEW, "Southwest Border", "Southern Border", ["row 2, column Region"]),
    (CBP_NEW, "Office of Field Operations", "Air and Marine Operations", ["row 2, column Component"]),
    (AMO_NEW, "Air and Marine Operations", "U.S. Border Patrol", ["fy26-may.csv, row 2, column Component"]),
    (AMO_NEW, "Branch", "Area of Responsibility", ["fy26-may.csv, row 1", "'area_of_responsibility' is not known"]),
    (CBP_NEW, '"1,234.5006"', "much", ["row 2, column Sum Qty (lbs)", "'much' is not a number"]),
    (CBP_NEW, '"1,001"', "-1", ["row 2, column Count of Event", "-1 is not a count"]),
    (CBP_NEW, '"1,001"', "", ["row 2, column Count of Event", "empty"]),
    (CBP_NEW, ",0.25", "", ["row 3", "8 values for 9 columns"]),
    (CDC_NEW, "Heroin (T40.1)", "Nitazenes", ["07-16_all_states_all_indicators.csv, row 6, column Indicator"]),
    (CDC_NEW, "May", "Mai", ["row 2, column Month", "'Mai'"]),
    (CDC_NEW, "12 month-ending", "1 month-ending", ["row 2, column Period"]),
    (CDC_NEW, '"52,404"', "52.5", ["row 2, column Data Value"]),
    ("cdc/census_state_population_by_year.csv", "EA,1999", "E,1999", ["by_year.csv, row"]),
    (RATES, T404_IN_1999 + "0.3", T404_IN_1999 + "0.4",
     [f"overdose_annual: the row {T404}, final, residents, 1999 is already compiled by hand"]),
    (RATES, ",0.3", ",n/a", ["hus_drug_overdose_death_rates_1999_2018.csv.gz, row", "column ESTIMATE"]),
])
def test_a_bad_file_is_named_and_nothing_is_written(folder, copy, file, old, new, words):
    replace(folder / file, old, new)
    before = {path: path.read_bytes() for path in copy.glob("*.*") if path.is_file()}
    with pytest.raises(publishers.SourceError) as caught:
        make.remake(folder, copy)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert before == {path: path.read_bytes() for path in copy.glob("*.*") if path.is_file()}


@pytest.mark.parametrize("file, words", [
    ("cbp/nationwide-drugs-fy19-fy22.csv", ["2018-10", "fiscal year 2019", publishers.CBP_PAGE]),
    ("cbp/amo-drug-seizures-fy19-fy22.csv", ["cbp/amo-drug-seizures", "fiscal year 2019", publishers.AMO_PAGE]),
    (CDC_NEW, ["2025-07-16", "vsrr_xkb8-kh2a_2025-07-16", publishers.CDC_PAGE]),
    ("cdc/vsrr_xkb8-kh2a_2026-06_all_states_T404.csv.gz", ["vsrr_xkb8-kh2a_2026-06_all_states_T404.csv.gz"]),
    (RATES, ["hus_drug_overdose", "95ax-ymtc"]),
    ("cdc/census_state_population_by_year.csv", ["census_state_population_by_year.csv", "census.gov"]),
    ("cbp/vintages/nationwide-drugs-fy23-fy26-apr.csv", ["vintages", publishers.CBP_PAGE]),
])
def test_a_missing_file_is_named_with_its_publisher(folder, copy, file, words):
    (folder / file).unlink()
    before = {path: path.read_bytes() for path in copy.glob("*.*") if path.is_file()}
    with pytest.raises(publishers.SourceError) as caught:
        make.remake(folder, copy)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert before == {path: path.read_bytes() for path in copy.glob("*.*") if path.is_file()}


def test_a_missing_folder_and_a_missing_month(folder, copy):
    with pytest.raises(publishers.SourceError, match="nowhere is not a folder"):
        make.remake(folder / "nowhere", copy)
    with pytest.raises(publishers.SourceError, match="no file in cbp/ has 2019-02"):
        make.complain_of_gaps([{"month": "2018-10"}, {"month": "2018-11"}, {"month": "2018-12"},
                               {"month": "2019-01"}, {"month": "2019-03"}])


def test_a_file_that_contradicts_a_row_compiled_by_hand_stops(folder, copy):
    rows = vsrr_rows(["Number of Drug Overdose Deaths"])
    write_csv(folder / "cdc/vsrr_xkb8-kh2a_2026-09-16.csv",
              [rows[0]] + [["US", 2026, "April", "12 month-ending", rows[1][4], "65,727", "66,937"]])
    with pytest.raises(publishers.SourceError, match="2026-09-16, all drugs, 2026-04 is already compiled by hand"):
        make.remake(folder, copy)


def test_a_date_must_be_in_the_name_of_a_release(folder, copy):
    write_csv(folder / "cdc/vsrr_newest.csv", vsrr_rows(["Number of Drug Overdose Deaths"]))
    with pytest.raises(publishers.SourceError, match="vsrr_newest.csv: put the date of the release"):
        make.remake(folder, copy)


# ---- refreshing from the publishers --------------------------------------------------------------

@pytest.fixture
def server(tmp_path):
    """A web server on this machine that stands for the publishers."""
    here = tmp_path / "web"
    here.mkdir()
    handler = functools.partial(QuietHandler, directory=str(here))
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield here, f"http://127.0.0.1:{web.server_address[1]}"
    web.shutdown()
    web.server_close()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *values):
        pass


def test_refresh_adds_a_release_and_keeps_the_older_ones(server, folder, copy, tmp_path):
    here, url = server
    write_csv(here / "sites/2026-10/nationwide-drugs-fy19-fy22.csv", cbp_rows(2019, 2022))
    write_csv(here / "sites/2026-10/nationwide-drugs-fy23-fy26-may_0.csv", cbp_rows(2023, 2026, " (FYTD)"))
    (here / "page.html").write_text('<a href="/sites/2026-10/nationwide-drugs-fy19-fy22.csv">old</a> '
                                    '<a href="/sites/2026-10/nationwide-drugs-fy23-fy26-may_0.csv">new</a>')
    (here / "about.json").write_text('{"rowsUpdatedAt": 1797379200}')  # 2026-12-16
    write_csv(here / "rows.csv", vsrr_rows(["Number of Drug Overdose Deaths"]))
    got = publishers.fetch(tmp_path / "new", f"{url}/page.html", f"{url}/about.json", f"{url}/rows.csv")
    assert got == ["cbp/nationwide-drugs-fy19-fy22.csv", "cbp/nationwide-drugs-fy23-fy26-may_0.csv",
                   "cdc/vsrr_xkb8-kh2a_2026-12-16.csv"]
    assert all((tmp_path / "new" / name).stat().st_size for name in got)
    assert publishers.fetch(tmp_path / "new", "http://127.0.0.1:1/", "", "") == []
    make.remake(tmp_path / "new", copy, adding=True)
    before, after = (rows_of(place / "overdose_12_months.csv") for place in (DATA, copy))
    assert [row for row in after if row["vintage"] != "2026-12-16"] == before
    assert len(after) == len(before) + 2
    assert rows_of(copy / "seizures_monthly.csv")[-1]["month"] == "2026-05"


def test_refresh_without_network_says_what_to_do(tmp_path):
    with pytest.raises(publishers.SourceError, match="cannot be reached .* with a browser"):
        publishers.fetch(tmp_path, "http://127.0.0.1:1/page.html")
    assert list(tmp_path.iterdir()) == []


def test_refresh_notices_a_changed_page(server, tmp_path):
    here, url = server
    (here / "page.html").write_text("<a href='/elsewhere'>Drug seizures</a>")
    with pytest.raises(publishers.SourceError, match="shows no link"):
        publishers.fetch(tmp_path / "new", f"{url}/page.html")


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
    assert (code, err) == (0, "") and out.endswith("all as described in datapackage.json.\n")
    assert len(out.splitlines()) == len(RESOURCES) + 1


def test_the_command_says_what_is_wrong_without_a_traceback(tmp_path):
    code, out, err = run_data("--from", str(tmp_path))
    assert (code, out) == (1, "") and "Traceback" not in err
    assert "nationwide-drugs" in err and publishers.CBP_PAGE in err and err.endswith("Nothing was written.\n")


# ---- against the publishers' real files, when they are there -------------------------------------

@pytest.mark.skipif("TAKEAWAYS_SOURCES" not in os.environ, reason="TAKEAWAYS_SOURCES names no folder")
def test_tables_made_again_are_equal_byte_for_byte(copy):
    assert make.remake(Path(os.environ["TAKEAWAYS_SOURCES"]), copy) == []
    for resource in PACKAGE["resources"]:  # and also when the machine-made rows are not there to begin with
        if resource["made"] != "compiled by hand":
            rows = [row for row in rows_of(copy / resource["path"]) if row.get("origin") == "compiled by hand"]
            columns = [field["name"] for field in resource["schema"]["fields"]]
            (copy / resource["path"]).write_bytes(make.to_csv(rows, columns))
    make.remake(Path(os.environ["TAKEAWAYS_SOURCES"]), copy)
    for path in [*DATA.glob("*.csv"), DATA / "datapackage.json"]:
        assert (copy / path.name).read_bytes() == path.read_bytes(), path.name
