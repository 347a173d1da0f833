"""Make the machine-made tables again from the publishers' files.

`remake(folder)` reads cbp/*.csv and cdc/* in `folder`, makes the tables in memory, and only when
everything was read writes them over the ones here and brings datapackage.json up to date (checksum,
size, as-of date, vintage). Rows with origin "compiled by hand" pass through unchanged.
"""
import csv
import io
import os
import tempfile
from collections import defaultdict
from math import fsum
from pathlib import Path

import experience
from datapackage import FILE, TableFault, checksum, package_text, read_package, read_text, rows_of
from publishers import (AMO_PAGE, CBP_PAGE, CDC_PAGE, COMPONENTS, FILE_DATES, FISCAL_MONTHS, MONTHS, PLACES,
                        POPULATION_PAGE, RATES_PAGE, REGIONS, SourceError, account, fiscal_month, newest, read_folder)

HERE = Path(__file__).resolve().parent
PUBLISHER, BY_HAND = "publisher's file", "compiled by hand"
COURSE_DRUGS = ["Cocaine", "Fentanyl", "Heroin", "Marijuana", "Methamphetamine"]
FIRST_MONTH = "2018-10"
RATES_FILE = "cdc/hus_drug_overdose_death_rates_1999_2018.csv.gz"
POPULATION_FILE = "cdc/census_state_population_by_year.csv"
SORT_BY = {
    "seizures_monthly": ["month", "drug", "component", "region"],
    "seizures_fiscal_year": ["fiscal_year", "drug", "component", "region"],
    "seizures_air_and_marine": ["fiscal_year", "drug", "region"],
    "seizures_revisions": ["newer_file", "older_file", "period_start", "component", "drug"],
    "overdose_12_months": ["vintage", "drug_class", "month_ending"],
    "overdose_states": ["vintage", "drug_class", "state", "month_ending"],
    "overdose_annual": ["drug_class", "basis", "year"],
    "population": ["state", "year"],
}


# ---- one table each: lists of dicts ------------------------------------------------------------

def seizures_monthly(rows):
    """Pounds and events by month, drug, component, region: a full grid, 0 where no seizure is listed."""
    cells = totals(rows, ["month", "drug", "component", "region"])
    years = {row["month"]: row["fiscal_year"] for row in rows}
    return [{"month": month, "fiscal_year": years[month], "drug": drug, "component": component,
             "region": region, **cells.get((month, drug, component, region), {"pounds": 0, "events": 0})}
            for month in years for drug in COURSE_DRUGS
            for component in COMPONENTS.values() for region in REGIONS]


def seizures_fiscal_year(rows):
    """Pounds and events by fiscal year, all ten drugs; months_covered is below 12 in a running year."""
    months = defaultdict(set)
    for row in rows:
        months[row["fiscal_year"]].add(row["month"])
    cells = totals(rows, ["fiscal_year", "drug", "component", "region"])
    return [{"fiscal_year": year, "months_covered": len(months[year]), "drug": drug,
             "component": component, "region": region, **cell}
            for (year, drug, component, region), cell in cells.items()]


def seizures_air_and_marine(rows):
    """Pounds and events of Air and Marine Operations by fiscal year; last_month is the newest one of the year."""
    months = defaultdict(set)
    for row in rows:
        months[row["fiscal_year"]].add(row["month"])
    return [{"fiscal_year": year, "months_covered": len(months[year]), "last_month": max(months[year]),
             "drug": drug, "region": region, **cell}
            for (year, drug, region), cell in totals(rows, ["fiscal_year", "drug", "region"]).items()]


def totals(rows, columns):
    """{values of `columns`: {"pounds", "events"}} summed over rows of a CBP file."""
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in columns)].append(row)
    return {key: {"pounds": round(fsum(row["pounds"] for row in group), 3),
                  "events": sum(row["events"] for row in group)} for key, group in groups.items()}


def seizures_revisions(older, older_name, newer, newer_name):
    """What changed from one file to the next: closed years in one period, the running year by component."""
    last = max(row["month"] for row in older)
    closed = max([row["fiscal_year"] for row in older if row["month"].endswith("-09")], default=0)
    made = []
    for component in ["All", *COMPONENTS.values()]:
        then, now = (part_of(rows, component, closed) for rows in (older, newer))
        if not then:
            continue
        first = min(row["month"] for row in then)
        now = [row for row in now if first <= row["month"] <= last]
        names = {"older_file": older_name, "newer_file": newer_name, "period_start": first,
                 "period_end": max(row["month"] for row in then), "component": component}
        for drug in ["All drugs"] + sorted({row["drug"] for row in then}):
            made.append({**names, "drug": drug, **compare(then, now, drug), "origin": PUBLISHER})
    return made


def part_of(rows, component, closed):
    """Rows up to the last closed fiscal year for "All"; later ones of one component otherwise."""
    return [row for row in rows if (row["fiscal_year"] <= closed if component == "All" else
                                    row["fiscal_year"] > closed and row["component"] == component)]


def compare(then, now, drug):
    """Count the rows of one drug that moved by more than 0.005 pounds or by any event."""
    old = {row["key"]: row for row in then if drug in ("All drugs", row["drug"])}
    new = {row["key"]: row for row in now if drug in ("All drugs", row["drug"])}
    none = {"pounds": 0, "events": 0}
    pairs = [(old.get(key, none), new.get(key, none)) for key in {**old, **new}]
    return {"rows": len(pairs),
            "rows_pounds_changed": sum(abs(a["pounds"] - b["pounds"]) > 0.005 for a, b in pairs),
            "rows_events_changed": sum(a["events"] != b["events"] for a, b in pairs),
            "pounds_older": round(fsum(row["pounds"] for row in old.values()), 2),
            "pounds_newer": round(fsum(row["pounds"] for row in new.values()), 2),
            "events_older": sum(row["events"] for row in old.values()),
            "events_newer": sum(row["events"] for row in new.values())}


def overdose_12_months(releases):
    """The United States in every release: {vintage: rows of a CDC file} -> rows."""
    return [{**row, "vintage": vintage, "origin": PUBLISHER}
            for vintage, rows in releases.items() for row in rows if row["state"] == "US"]


def overdose_states(releases):
    """All drugs and T40.4 in the four border states and the United States, in every release."""
    return [{**row, "vintage": vintage, "origin": PUBLISHER}
            for vintage, rows in releases.items() for row in rows if row["state"] in PLACES
            and row["drug_class"] in ("all drugs", "synthetic opioids (T40.4)")]


def overdose_annual(releases, rates):
    """Published rates 1999-2018, and the December rows of the newest release that has all classes.

    Where a row compiled by hand holds a count beside such a rate, `merge` checks the rate.
    """
    made = [{"year": year, "drug_class": drug_class, "deaths": None, "rate_per_100k": rate,
             "basis": "final, residents", "vintage": "final", "origin": PUBLISHER}
            for (year, drug_class), rate in rates.items()]
    newest = max(vintage for vintage, rows in releases.items()
                 if any(row["drug_class"] == "cocaine (T40.5)" for row in rows))
    made += [{"year": int(row["month_ending"][:4]), "drug_class": row["drug_class"],
              "deaths": row["reported"], "rate_per_100k": None,
              "basis": "provisional, place of death", "vintage": newest, "origin": PUBLISHER}
             for row in releases[newest] if row["state"] == "US" and row["month_ending"].endswith("-12")]
    return made


def population(persons, first_year=1999):
    """Residents on 1 July by state and year; US is the sum of the 50 states and D.C."""
    years = sorted({year for _, year in persons if year >= first_year})
    made = [{"state": state, "year": year, "persons": persons[state, year]}
            for state in PLACES if state != "US" for year in years]
    for year in years:
        states = [count for (_, one), count in persons.items() if one == year]
        if len(states) != 51:
            raise SourceError(f"{Path(POPULATION_FILE).name}: {len(states)} states for {year}, not 51.")
        made.append({"state": "US", "year": year, "persons": sum(states)})
    return made


# ---- from the folder ---------------------------------------------------------------------------

def demand(editions, name, page):
    """The editions, or a sentence that says which file is wanted and who serves it."""
    if not editions:
        raise SourceError(f"{name} is missing in the folder. The publisher's page is {page} "
                          "(older releases come from archives, which the data cards name).")
    return editions


def make_all(read, adding):
    """Every machine-made table as {name: (rows, vintage text)}; `adding` leaves out what is not served anew."""
    nationwide = demand(read.nationwide, "cbp/nationwide-drugs-*.csv", CBP_PAGE)
    seizures, used = newest(nationwide)
    names = ", ".join(edition.file for edition in used)
    releases = {edition.released: edition.rows for edition in demand(read.overdose, "cdc/vsrr_*.csv", CDC_PAGE)}
    made = {"seizures_monthly": (seizures_monthly(seizures), names),
            "seizures_fiscal_year": (seizures_fiscal_year(seizures), names),
            "overdose_12_months": (overdose_12_months(releases), None),
            "overdose_states": (overdose_states(releases), None)}
    if adding:
        return made
    by_air, amo = newest(demand(read.air_and_marine, "cbp/amo-drug-seizures-*.csv", AMO_PAGE))
    made["seizures_air_and_marine"] = (seizures_air_and_marine(by_air), ", ".join(edition.file for edition in amo))
    older = demand([edition for edition in nationwide if edition not in used], "cbp/vintages/nationwide-drugs-*.csv",
                   CBP_PAGE)
    made["seizures_revisions"] = ([row for edition in older for row in seizures_revisions(
        edition.rows, edition.file, seizures, used[-1].file)], None)
    made["overdose_annual"] = (overdose_annual(releases, demand(read.rates, RATES_FILE, RATES_PAGE).rows), None)
    made["population"] = (population(demand(read.population, POPULATION_FILE, POPULATION_PAGE).rows), None)
    return made


# ---- into data/ --------------------------------------------------------------------------------

def merge(name, made, committed, key, adding):
    """Made rows and the rows compiled by hand; with `adding` also years and vintages not made again.

    Where both have a row, the one compiled by hand stays, and every value of the file must equal it.
    """
    group = "vintage" if "vintage" in made[0] else "fiscal_year"
    groups = {row.get(group) for row in made}
    kept = [row for row in committed if row.get("origin") == BY_HAND
            or (adding and row[group] not in groups)]
    result = {tuple(row[column] for column in key): row for row in kept}
    for row in made:
        place = tuple(row[column] for column in key)
        there = result.setdefault(place, row)
        differs = any(row[column] not in ("", there[column]) for column in row if column != "origin")
        if there is not row and differs:
            how = "compiled by hand" if there.get("origin") == BY_HAND else "in the file"
            raise SourceError(f"{name}: the row {', '.join(place)} is already {how} with other values. "
                              "Decide which is right and correct the other.")
    return sorted(result.values(), key=lambda row: [row[column] for column in SORT_BY[name]])


def as_text(row, columns):
    """All cells of a row as they stand in the CSV: 5.0 -> 5, None -> empty."""
    def cell(value):
        if isinstance(value, float):
            return f"{value:.3f}".rstrip("0").rstrip(".")
        return "" if value is None else str(value)
    return {column: cell(row.get(column)) for column in columns}


def to_csv(rows, columns):
    """Bytes of the CSV: UTF-8, one line end, quotes only where needed."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def complain_of_loss(name, rows, committed, page):
    """Stop when the files hold less than the committed table: a month, a year or a release is missing."""
    for column in ("month", "vintage", "fiscal_year", "state", "drug_class"):
        if name == "overdose_annual" and column == "vintage":
            continue  # holds the newest release only
        lost = {row.get(column) for row in committed} - {row.get(column) for row in rows}
        if lost:
            first = min(lost)
            file = {value: key for key, value in FILE_DATES.items()}.get(first, first)
            raise SourceError(f"{name}: the folder has no file for {column.replace('_', ' ')} {first} "
                              f"({len(lost)} missing in all), which the committed table holds. "
                              f"Wanted: {wanted(name, column, file)}. The publisher's page is {page}")


def wanted(name, column, value):
    """The file that should hold a lost month, year or release."""
    if column == "vintage":
        return f"cdc/{value}.csv.gz" if value.startswith("vsrr") else f"cdc/vsrr_xkb8-kh2a_{value}...csv.gz"
    year = int(value[:4]) + (value[5:7] >= "10") if column == "month" else value
    stem = "amo-drug-seizures" if name == "seizures_air_and_marine" else "nationwide-drugs"
    return f"cbp/{stem}-... with fiscal year {year}" if column in ("month", "fiscal_year") else value


def complain_of_gaps(rows):
    """Stop when a month between October 2018 and the newest one has no row at all."""
    months = {row["month"] for row in rows}
    years = range(2019, int(max(months)[:4]) + 2)
    for month in (fiscal_month(year, name) for year in years for name in FISCAL_MONTHS):
        if FIRST_MONTH <= month <= max(months) and month not in months:
            raise SourceError(f"seizures_monthly: no file in cbp/ has {month}. "
                              f"The publisher serves all fiscal years at {CBP_PAGE}")


def describe(resource, data, rows, vintage):
    """Bring checksum and size up to date, and the as-of date when the newest month has moved on."""
    resource["hash"], resource["bytes"] = checksum(data.decode()), len(data)
    if vintage:
        resource["vintage"] = vintage
    elif "month_ending" in rows[0]:
        resource["vintage"] = "releases or dated copies: " + ", ".join(sorted({row["vintage"] for row in rows}))
    column = next((name for name in ("month", "month_ending", "last_month") if name in rows[0]), None)
    newest = max(row[column] for row in rows) if column else resource["asOf"]
    if newest > resource["asOf"]:
        words = f"{MONTHS[int(newest[5:]) - 1]} {newest[:4]}"
        resource["asOf"] = newest
        resource["asOfText"] = (f"through {words}" if column != "month_ending" else
                                f"12 months ending {words}, release of {_in_words(max(r['vintage'] for r in rows))}")


def _in_words(day):
    """A day such as 2026-09-16 as people write it: 16 September 2026."""
    year, month, day = day.split("-")
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}"


def remake(folder, data=HERE, adding=False, accept=(), say=lambda line: None):
    """Make the tables from `folder` and write those that changed into `data`; returns their names.

    Raises SourceError before anything is written when a file is missing or not as expected.
    """
    package = read_package(data)
    resources = {resource["name"]: resource for resource in package["resources"]}
    found, new = read_folder(folder, data, accept), {}
    for line in account(found):
        say(line)
    for name, (made, vintage) in make_all(found, adding).items():
        resource = resources[name]
        columns = [field["name"] for field in resource["schema"]["fields"]]
        committed = committed_rows(resource, data)
        made = experience.steady([as_text(row, columns) for row in made], committed, resource["schema"]["primaryKey"])
        rows = merge(name, made, committed, resource["schema"]["primaryKey"], adding)
        complain_of_loss(name, rows, committed, resource["sources"][0]["path"])
        new[resource["path"]] = to_csv(rows, columns)
        if name == "seizures_monthly":
            complain_of_gaps(rows)
        describe(resource, new[resource["path"]], rows, vintage)
    follow(resources)
    new[FILE] = package_text(package).encode()
    return write(new, data)


def committed_rows(resource, data):
    """The rows of a table as they stand in `data`, without their numbers."""
    text = read_text(data / resource["path"])
    try:
        return [row for _, row in rows_of(resource, text)]
    except TableFault as fault:
        raise TableFault(f"data/{resource['path']}, {fault}. To bring it back: git checkout -- data/{resource['path']}") from None


def follow(resources):
    """The fiscal-year table has no month of its own: its as-of date is that of the monthly table."""
    monthly, yearly = resources["seizures_monthly"], resources["seizures_fiscal_year"]
    yearly["asOf"], yearly["asOfText"] = monthly["asOf"], monthly["asOfText"]


def write(new, data):
    """Write all files aside first, then put them in place; returns the names of those that changed."""
    changed = [name for name, content in new.items()
               if not (data / name).exists() or (data / name).read_bytes() != content]
    with tempfile.TemporaryDirectory(dir=data, prefix=".new-") as folder:
        for name in changed:
            (Path(folder) / name).write_bytes(new[name])
        for name in changed:
            os.replace(Path(folder) / name, data / name)
    return changed
