"""Publishers' files made up by code from the tables: small, whole, and giving exactly the figures of the tables again.

One office stands for all of them, other states hold a constant, and what the course leaves out is left out here, so no
real file is needed to try how files are read, fetched and made into tables.
"""
import csv
import functools
import gzip
import io
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
for _room in (DATA, DATA.parent / "notebooks"):
    if str(_room) not in sys.path:
        sys.path.insert(0, str(_room))

import layouts  # noqa: E402

CBP_OLD, CBP_NEW = "cbp/nationwide-drugs-fy19-fy22.csv", "cbp/nationwide-drugs-fy23-fy26-apr.csv"
CBP_BEFORE = "cbp/vintages/nationwide-drugs-fy23-fy26-dec.csv"
AMO_OLD, AMO_NEW = "cbp/amo-drug-seizures-fy19-fy22.csv", "cbp/amo-drug-seizures-fy23-fy26-dec.csv"
CDC_2019 = "cdc/vsrr_xkb8-kh2a_2019-04_all_states_all_indicators.csv.gz"
CDC_2025 = "cdc/vsrr_xkb8-kh2a_2025-07-16_all_states_all_indicators.csv"
CDC_2026 = "cdc/vsrr_xkb8-kh2a_2026-06_all_states_T404.csv.gz"
RATES, PEOPLE = "cdc/hus_drug_overdose_death_rates_1999_2018.csv.gz", "cdc/census_state_population_by_year.csv"
ALL_DRUGS = "Number of Drug Overdose Deaths"

HEADER = [
    "FY",
    "Month (abbv)",
    "Component",
    "Region",
    "Land Filter",
    "Area of Responsibility",
    "Drug Type",
    "Count of Event",
    "Sum Qty (lbs)",
]
THEIRS = {ours: name for name, ours in {**layouts.COMPONENTS, **layouts.AMO_COMPONENTS}.items()}
OFFICES = {
    "Field Operations": "LAREDO FIELD OFFICE",
    "Border Patrol": "LAREDO SECTOR",
    "Air and Marine Operations": "Laredo Air Branch",
}
CDC_HEADER = [
    "State",
    "Year",
    "Month",
    "Period",
    "Indicator",
    "Data Value",
    "Percent Complete",
    "Percent Pending Investigation",
    "State Name",
    "Footnote",
    "Footnote Symbol",
    "Predicted Value",
]
INDICATORS = {ours: name for name, ours in layouts.INDICATORS.items() if ours}
FOOTNOTE = "Numbers may differ from published reports using final data. See Technical Notes."


@functools.cache
def table(name):
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(rows):
    """The bytes of a CSV as CBP writes it: CRLF between rows, quotes where a comma is."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def write(path, rows, bom=False):
    """Write rows as CSV, packed when the name ends with .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = (b"\xef\xbb\xbf" if bom else b"") + text_of(rows)
    path.write_bytes(gzip.compress(content, 1) if path.suffix == ".gz" else content)
    return path


def cbp_row(year, month, component, region, drug, events, pounds, running=2026):
    """One row as CBP publishes it, from the words of our tables."""
    label = f"{year} (FYTD)" if year == running else str(year)
    short = layouts.MONTHS[int(month[5:]) - 1][:3].upper()
    land = "Other" if region == "Coastal/Interior" else "Land Only"
    return [label, short, THEIRS[component], region, land, OFFICES[component], drug, str(events), str(pounds)]


def spread(row, months):
    """Rows of the months of a year that add up to one row of a table: its pounds in the first one, its events in
    all."""
    events = int(row["events"])
    for number, month in enumerate(months):
        here = events // len(months) + (events % len(months) if number == 0 else 0)
        if here:
            yield cbp_row(
                int(row["fiscal_year"]),
                month,
                row.get("component", "Air and Marine Operations"),
                row["region"],
                row["drug"],
                here,
                row["pounds"] if number == 0 else 0,
            )


@functools.cache
def year_less_months():
    """{(fiscal year, drug, component, region): pounds of the year less those of its months, for each of the months}."""
    key = ("fiscal_year", "drug", "component", "region")
    years = {tuple(row[name] for name in key): float(row["pounds"]) for row in table("seizures_fiscal_year")}
    months = {}
    for row in table("seizures_monthly"):
        if int(row["events"]):
            months.setdefault(tuple(row[name] for name in key), []).append(float(row["pounds"]))
    return {place: ((years[place] - sum(pounds)) / len(pounds)) for place, pounds in months.items()}


def unrounded(row):
    """The pounds of a month with a little of what the rounding of the table took away, so that the year adds up."""
    return max(
        0.0,
        round(
            float(row["pounds"]) + year_less_months()[row["fiscal_year"], row["drug"], row["component"], row["region"]],
            6,
        ),
    )


def nationwide(first, last, until="2026-04"):
    """The nationwide file of these fiscal years: the five drugs by month, and the five others spread over the year."""
    rows, drugs = [], {row["drug"] for row in table("seizures_monthly")}
    for row in table("seizures_monthly"):
        if first <= int(row["fiscal_year"]) <= last and row["month"] <= until and int(row["events"]):
            rows.append(
                cbp_row(
                    int(row["fiscal_year"]),
                    row["month"],
                    row["component"],
                    row["region"],
                    row["drug"],
                    row["events"],
                    unrounded(row),
                )
            )
    for row in table("seizures_fiscal_year"):
        year = int(row["fiscal_year"])
        if first <= year <= last and row["drug"] not in drugs:
            rows += spread(row, layouts.months_between(f"{year - 1}-10", min(until, f"{year}-09")))
    return [HEADER, *rows]


def air_and_marine(first, last):
    """The file of Air and Marine Operations of these fiscal years."""
    rows = [one for row in table("seizures_air_and_marine") if first <= int(row["fiscal_year"]) <= last
            for one in spread(row, layouts.months_between(f"{int(row['fiscal_year']) - 1}-10", row["last_month"]))]
    return [[name.replace("Area of Responsibility", "Branch") for name in HEADER], *rows]


def vsrr(vintage, header=CDC_HEADER):
    """CDC's release of a date, as the tables hold it; the states that they leave out hold 1,000 deaths throughout."""
    cells = {}
    for name, state in (("overdose_12_months", "US"), ("overdose_states", None)):
        for row in table(name):
            if row["vintage"] == vintage:
                key = state or row["state"], INDICATORS[row["drug_class"]]
                cells.setdefault(key, {})[row["month_ending"]] = row["reported"], row["predicted"]
    months = sorted({month for series in cells.values() for month in series})
    if any(indicator == ALL_DRUGS for _, indicator in cells):
        for state in layouts.STATES:
            cells.setdefault((state, ALL_DRUGS), {month: ("1000", "1010") for month in months})
    rows = [
        vsrr_row(state, indicator, month, *series[month])
        for (state, indicator), series in sorted(cells.items())
        for month in sorted(series)
    ]
    return [header, *rows]


def vsrr_row(state, indicator, month, reported, predicted):
    name = layouts.MONTHS[int(month[5:]) - 1]
    return [
        state,
        month[:4],
        name,
        "12 month-ending",
        indicator,
        reported,
        "100",
        "0",
        state,
        FOOTNOTE,
        "**",
        predicted,
    ]


def rates():
    """NCHS's table with the rates that the committed table holds."""
    panels = {ours: name for name, ours in layouts.PANELS.items()}
    unit = "Deaths per 100,000 resident population, age-adjusted"
    rows = [row for row in table("overdose_annual") if row["basis"] == "final, residents" and int(row["year"]) <= 2018
            and row["rate_per_100k"] and row["drug_class"] in panels]
    return [["", "INDICATOR", "PANEL", "UNIT", "STUB_NAME", "YEAR", "AGE", "ESTIMATE"]] + [
        [
            number,
            "Drug overdose death rates",
            panels[row["drug_class"]],
            unit,
            "Total",
            row["year"],
            "All ages",
            row["rate_per_100k"],
        ]
        for number, row in enumerate(rows)
    ]


def people():
    """The population file: the four states, and one more that holds the rest of the nation."""
    rows, others = [], sorted(layouts.STATES - {"US", *layouts.PLACES})
    persons = {(row["state"], row["year"]): int(row["persons"]) for row in table("population")}
    for year in sorted({year for _, year in persons}):
        rest = persons["US", year] - sum(persons[state, year] for state in layouts.PLACES if state != "US")
        rows += [[state, year, persons[state, year]] for state in layouts.PLACES if state != "US"]
        rows += [[state, year, rest if state == others[0] else 0] for state in others]
    return rows


def fill(folder):
    """Write all the publishers' files into a folder; returns it."""
    write(folder / CBP_OLD, nationwide(2019, 2022), bom=True)
    write(folder / CBP_NEW, nationwide(2023, 2026))
    write(folder / CBP_BEFORE, nationwide(2023, 2026, "2025-12"))
    write(folder / AMO_OLD, air_and_marine(2019, 2022))
    write(folder / AMO_NEW, air_and_marine(2023, 2026))
    write(folder / CDC_2019, vsrr("2019-04-24"), bom=True)
    write(folder / CDC_2025, vsrr("2025-07-16"))
    write(folder / CDC_2026, vsrr("2026-06-27", [name.lower().replace(" ", "_") for name in CDC_HEADER]))
    write(folder / RATES, rates())
    write(folder / PEOPLE, people())
    return folder
