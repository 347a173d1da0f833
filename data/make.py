"""Make the machine-made tables again from the publishers' files.

`stage(folder)` reads the publishers' files in `folder` and makes the new contents of data/ in memory: the tables, and
datapackage.json with their checksum, size, as-of date and vintage. `put(made)` checks them in a copy, and only then
replaces the files here, all at once (datapackage/replacing.py). Rows with origin "compiled by hand" pass through
unchanged.
"""
import csv
import io
import re
import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from math import fsum
from operator import itemgetter
from pathlib import Path

import check
import experience
import publishers
from datapackage import FILE, TableFault, checksum, package_text, read_package, read_rows, replacing
from publishers import (AMO_PAGE, CBP_PAGE, CDC_PAGE, COMPONENTS, FILE_DATES, FISCAL_MONTHS, PLACES, POPULATION_PAGE,
                        RATES_PAGE, REGIONS, SourceError, fiscal_month, in_words)

HERE = Path(__file__).resolve().parent
PUBLISHER, BY_HAND = "publisher's file", "compiled by hand"
COURSE_DRUGS = ["Cocaine", "Fentanyl", "Heroin", "Marijuana", "Methamphetamine"]
T404 = "synthetic opioids (T40.4)"
FIRST_MONTH = "2018-10"
NO_ROW = {"pounds": 0, "events": 0}
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
    "overdose_month_on_year": ["month"],
    "population": ["state", "year"],
}

GROUPS = {      # what is made again as a whole; with `adding` the other rows of a table stay
    "seizures_monthly": ["fiscal_year"], "seizures_fiscal_year": ["fiscal_year"],
    "seizures_air_and_marine": ["fiscal_year"], "seizures_revisions": ["older_file", "newer_file"],
    "overdose_12_months": ["vintage"], "overdose_states": ["vintage"], "overdose_annual": ["basis"],
    "overdose_month_on_year": ["month"], "population": ["year"],
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
    """{values of `columns`, two or more: {"pounds", "events"}} summed over rows of a CBP file."""
    groups, place_of = defaultdict(list), itemgetter(*columns)
    for row in rows:
        groups[place_of(row)].append(row)
    return {key: {"pounds": round(fsum(row["pounds"] for row in group), 3),
                  "events": sum(row["events"] for row in group)} for key, group in groups.items()}


def seizures_revisions(editions):
    """What changed from each edition of the file to the next one that shares months with it, oldest pair first."""
    return [row for position, older in enumerate(editions) for newer in editions[position + 1:]
            if newer is next_of(older, editions[position + 1:]) for row in revisions_of(older, newer)]


def next_of(older, later):
    """The first of the later editions that holds a month of the older one, or None."""
    return next((one for one in later if one.first <= older.last and older.first <= one.last), None)


def revisions_of(older, newer):
    """One pair, over the months that both hold: closed years in one period, the running year by component."""
    first, last = max(older.first, newer.first), min(older.last, newer.last)
    closed = max([row["fiscal_year"] for row in older.rows if row["month"].endswith("-09")], default=0)
    both = [[row for row in edition.rows if first <= row["month"] <= last] for edition in (older, newer)]
    places = shared_places(*both)
    made = []
    for component in ["All", *COMPONENTS.values()]:
        then, now = (part_of(rows, component, closed) for rows in both)
        if not then:
            continue
        names = {"older_file": older.file, "newer_file": newer.file, "component": component, "origin": PUBLISHER,
                 "period_start": min(row["month"] for row in then), "period_end": max(row["month"] for row in then)}
        pairs = pairs_of(then, now, places)
        made.append({**names, "drug": "All drugs", **compare(list(chain.from_iterable(pairs.values())))})
        made += [{**names, "drug": drug, **compare(pairs[drug])} for drug in sorted({row["drug"] for row in then})]
    return made


def shared_places(then, now):
    """The places of a row's key that both files fill: not every edition had every column."""
    return [place for place, values in enumerate(zip(then[0]["key"], now[0]["key"])) if None not in values]


def part_of(rows, component, closed):
    """Rows up to the last closed fiscal year for "All"; later ones of one component otherwise."""
    return [row for row in rows if (row["fiscal_year"] <= closed if component == "All" else
                                    row["fiscal_year"] > closed and row["component"] == component)]


def pairs_of(then, now, places):
    """{drug: [(row, row)]}: the rows of two editions that share a key, NO_ROW for one that the other edition lacks."""
    old, new = (by_key(rows, places) for rows in (then, now))
    pairs = defaultdict(list)
    for key in {**old, **new}:
        here, there = old.get(key, []), new.get(key, [])
        pairs[(here or there)[0]["drug"]] += zip_longest(here, there, fillvalue=NO_ROW)
    return pairs


def by_key(rows, places):
    """{part of the key: its rows, by weight}; without a column several rows share a key."""
    groups, part = defaultdict(list), itemgetter(*places)
    for row in rows:
        groups[part(row["key"])].append(row)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=itemgetter("pounds", "events"))
    return groups


def compare(pairs):
    """Count the pairs of rows that moved by more than 0.005 pounds or by any event."""
    return {"rows": len(pairs),
            "rows_pounds_changed": sum(abs(a["pounds"] - b["pounds"]) > 0.005 for a, b in pairs),
            "rows_events_changed": sum(a["events"] != b["events"] for a, b in pairs),
            "pounds_older": round(fsum(row["pounds"] for row, _ in pairs), 2),
            "pounds_newer": round(fsum(row["pounds"] for _, row in pairs), 2),
            "events_older": sum(row["events"] for row, _ in pairs),
            "events_newer": sum(row["events"] for _, row in pairs)}


def overdose_12_months(releases):
    """The United States in every release: {vintage: rows of a CDC file} -> rows."""
    return [{**row, "vintage": vintage, "origin": PUBLISHER}
            for vintage, rows in releases.items() for row in rows if row["state"] == "US"]


def overdose_states(releases):
    """All drugs and T40.4 in the four border states and the United States, in every release."""
    return [{**row, "vintage": vintage, "origin": PUBLISHER}
            for vintage, rows in releases.items() for row in rows if row["state"] in PLACES
            and row["drug_class"] in ("all drugs", "synthetic opioids (T40.4)")]


def rates_by_year(rates):
    """Published rates 1999-2018; where a row compiled by hand holds a count beside one, `merge` checks the rate."""
    return [{"year": year, "drug_class": drug_class, "deaths": None, "rate_per_100k": rate,
             "basis": "final, residents", "vintage": "final", "origin": PUBLISHER}
            for (year, drug_class), rate in rates.items()]


def provisional_by_year(releases):
    """The December rows of the newest release that has all classes; none when no release has."""
    newest = max((vintage for vintage, rows in releases.items()
                  if any(row["drug_class"] == "cocaine (T40.5)" for row in rows)), default="")
    return [{"year": int(row["month_ending"][:4]), "drug_class": row["drug_class"],
             "deaths": row["reported"], "rate_per_100k": None,
             "basis": "provisional, place of death", "vintage": newest, "origin": PUBLISHER}
            for row in releases.get(newest, []) if row["state"] == "US" and row["month_ending"].endswith("-12")]


def overdose_month_on_year(twelve, final):
    """The month behind each 12-month total of T40.4: it minus the one before, from the newest release that has both.

    twelve: rows of overdose_12_months. final: {month: deaths} of overdose_monthly, the base of the change; where a base
    is not final yet, it is worked out from the month a year earlier and its own difference ("chained").
    """
    differences = newest_differences(row for row in twelve if row["drug_class"] == T404)
    base, made = {}, []
    for month, (release, reported, predicted) in sorted(differences.items()):
        before = f"{int(month[:4]) - 1}{month[4:]}"
        chained = before not in final
        base[month] = base[before] + differences[before][2] if chained else final[before]
        made.append({"month": month, "release": release, "difference_reported": reported,
                     "difference_predicted": predicted, "deaths_year_before": base[month],
                     "base": "chained" if chained else "final, residents",
                     "change_reported_pct": None if chained else f"{100 * reported / base[month]:.1f}",
                     "change_predicted_pct": f"{100 * predicted / base[month]:.1f}"})
    return made


def newest_differences(rows):
    """{month: (release, reported, predicted)}: a total minus the one before, from the newest release that has both."""
    totals = defaultdict(dict)
    for row in rows:
        if row["reported"] != "" and row["predicted"] != "":
            totals[row["vintage"]][row["month_ending"]] = int(row["reported"]), int(row["predicted"])
    return {month: (vintage, *(now - then for now, then in zip(counts[month], counts[month_before(month)])))
            for vintage, counts in sorted(totals.items()) for month in counts if month_before(month) in counts}


def month_before(month):
    """'2026-01' -> '2025-12'."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year - (number == 1)}-{(number - 2) % 12 + 1:02}"


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

def make_all(folder, adding):
    """({table: rows}, {table: the files it was made from}, {table: why it stays as it is}) of what a Folder holds.

    Without `adding` each table is to be made, and a file that is missing is named with its publisher.
    """
    made, files, stays = {}, {}, {}
    rows, used = publishers.newest(folder.nationwide)
    if there(used, "cbp/nationwide-drugs-*.csv", CBP_PAGE, adding, stays,
             "seizures_monthly", "seizures_fiscal_year", "seizures_revisions"):
        made |= {"seizures_monthly": seizures_monthly(rows), "seizures_fiscal_year": seizures_fiscal_year(rows),
                 "seizures_revisions": seizures_revisions(folder.nationwide)}
        files |= dict.fromkeys(["seizures_monthly", "seizures_fiscal_year"], used)
    rows, used = publishers.newest(folder.air_and_marine)
    if there(used, "cbp/amo-drug-seizures-*.csv", AMO_PAGE, adding, stays, "seizures_air_and_marine"):
        made["seizures_air_and_marine"], files["seizures_air_and_marine"] = seizures_air_and_marine(rows), used
    releases = {edition.released: edition.rows for edition in folder.overdose}
    if there(releases, "cdc/vsrr_*.csv", CDC_PAGE, adding, stays,
             "overdose_12_months", "overdose_states", "overdose_month_on_year"):
        made |= {"overdose_12_months": overdose_12_months(releases), "overdose_states": overdose_states(releases)}
    rates = there(folder.rates, RATES_FILE, RATES_PAGE, adding, stays) and rates_by_year(folder.rates.rows) or []
    made["overdose_annual"] = provisional_by_year(releases) + rates
    if there(folder.population, POPULATION_FILE, POPULATION_PAGE, adding, stays, "population"):
        made["population"] = population(folder.population.rows)
    stays |= {name: EMPTY[name] for name, rows in made.items() if not rows}
    return {name: rows for name, rows in made.items() if rows}, files, stays


EMPTY = {
    "seizures_revisions": "the folder holds no two editions that share a month; put the former file into cbp/ to have "
                          "it compared with the new one",
    "overdose_annual": "no release in the folder has all drug classes",
}


def there(files, pattern, page, adding, stays, *tables):
    """Whether the files of some tables are in the folder; if not, why the tables stay, or a sentence asks for them."""
    if files:
        return True
    if not adding:
        raise SourceError(f"{pattern} is missing. The publisher's page is {page} "
                          "(older releases come from archives, which the data cards name).")
    stays.update({name: f"the folder holds no {pattern} (from {page})" for name in tables})
    return False


# ---- into data/ --------------------------------------------------------------------------------

def merge(name, made, committed, key, adding):
    """Made rows and the rows compiled by hand; with `adding` also years and vintages not made again.

    A pair of editions once compared is always kept. Where both have a row, the one compiled by hand stays, and every
    value of the file must equal it.
    """
    group = GROUPS[name]
    groups = {tuple(row[column] for column in group) for row in made}
    kept = [row for row in committed if row.get("origin") == BY_HAND or (adding or name == "seizures_revisions")
            and tuple(row[column] for column in group) not in groups]
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
    """The CSV as text: one line end, quotes only where needed."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    return text.getvalue()


def complain_of_loss(name, rows, committed, page, newest=""):
    """Stop when the files hold less than the committed table: a month, a year or a release is missing.

    newest: the newest month of the files, "" where they have none.
    """
    for column in ("month", "vintage", "fiscal_year", "state", "drug_class"):
        if name == "overdose_annual" and column == "vintage":
            continue  # holds the newest release only
        lost = {row.get(column) for row in committed} - {row.get(column) for row in rows}
        if lost and column == "month" and min(lost) > newest:
            raise SourceError(f"{name}: the newest file in the folder ends in {in_words(newest)}, and the table holds "
                              f"{in_words(min(lost))} already: it is an older edition. Put the newer one beside it, or "
                              f"take it out. The publisher's page is {page}")
        if lost:
            first = min(lost)
            file = {value: key for key, value in FILE_DATES.items()}.get(first, first)
            raise SourceError(f"{name}: the folder has no file for {column.replace('_', ' ')} {first} "
                              f"({len(lost)} missing in all), which the committed table holds. "
                              f"Wanted: {wanted(name, column, file)}. The publisher's page is {page}")


def wanted(name, column, value):
    """The file that should hold a lost month, year or release."""
    if column == "vintage":
        return f"cdc/{value}.csv.gz" if value.startswith("vsrr") else f"cdc/vsrr_xkb8-kh2a_{value}...csv, of that date"
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


# ---- what datapackage.json says of them --------------------------------------------------------

def describe(resource, text, rows, files):
    """Bring checksum and size up to date, and the as-of date when the newest month has moved on."""
    name = resource["name"]
    resource["hash"], resource["bytes"] = checksum(text), len(text.encode())
    if files:
        resource["vintage"] = ", ".join(files_in_words(resource["vintage"], files))
    newest = newest_of(name, rows)
    if newest > resource["asOf"]:
        resource["asOf"], resource["asOfText"] = newest, as_of_text(resource, rows, newest, files)
    if name in VINTAGE_WORDS:
        resource["vintage"] = VINTAGE_WORDS[name](resource, rows)


def files_in_words(before, files):
    """The names of the files; of those named before, the ones that hold a fiscal year of their own still."""
    years = {row["fiscal_year"] for edition in files for row in edition.rows}
    names = [edition.file for edition in files]
    for name in reversed(before.split(", ")):
        span = re.search(r"fy(\d\d)-fy(\d\d)", name)
        if span and name not in names and not years.issuperset(range(2000 + int(span[1]), 2001 + int(span[2]))):
            names.insert(0, name)
    return names


def newest_of(name, rows):
    """The newest month or year that a table tells of."""
    columns = ("year",) if name == "population" else ("month", "month_ending", "last_month")
    column = next((column for column in columns if column in rows[0]), None)
    return max(row[column] for row in rows) if column else ""


def as_of_text(resource, rows, newest, files):
    """An as-of date in words, with the edition that it comes from."""
    name = resource["name"]
    if name == "population":
        return f"July {newest}"
    if files:
        return f"through {in_words(newest)}, file {files[-1].file}"
    release = in_words(max(row.get("vintage") or row["release"] for row in rows))
    start = "through" if name == "overdose_month_on_year" else "12 months ending"
    return f"{start} {in_words(newest)}, release of {release}"


def releases_in_words(resource, rows):
    return "releases or dated copies: " + ", ".join(sorted({row["vintage"] for row in rows}))


def provisional_in_words(resource, rows):
    newest = max((row["vintage"] for row in rows if row["vintage"] != "final"), default="")
    return re.sub(r"release of \d{4}-\d\d-\d\d", f"release of {newest}", resource["vintage"])


def spans_in_words(resource, rows):
    """Which release the differences of which months are from."""
    spans = defaultdict(list)
    for row in rows:
        spans[row["release"]].append(row["month"])
    first, last = rows[0]["month"], rows[-1]["month"]
    return "releases or dated copies: " + ", ".join(
        release + (f" ({'' if min(months) == first else 'from ' + in_words(min(months))}"
                   f"{'' if max(months) == last else ' to ' + in_words(max(months))})".replace("( ", "(")
                   if len(spans) > 1 else "") for release, months in sorted(spans.items()))


VINTAGE_WORDS = {"overdose_12_months": releases_in_words, "overdose_states": releases_in_words,
                 "overdose_annual": provisional_in_words, "overdose_month_on_year": spans_in_words}


def describe_revisions(resource, editions):
    """The table of revisions is as of the newest pair of editions that it compares."""
    pair = [one for one in editions if next_of(one, editions[editions.index(one) + 1:])][-1:] if editions else []
    newer = next_of(pair[0], editions[editions.index(pair[0]) + 1:]) if pair else None
    if newer and newer.last > resource["asOf"]:
        *_, older_pairs = resource["asOfText"].partition("; ")
        resource["asOf"] = newer.last
        resource["asOfText"] = f"files to {in_words(pair[0].last)} and {in_words(newer.last)}; {older_pairs}"
        resource["vintage"] = f"{resource['vintage'].replace(' and ', ', ')} and {in_words(newer.last)}"


def follow(resources):
    """The fiscal-year table has no month of its own: its as-of date is that of the monthly table."""
    monthly, yearly = resources["seizures_monthly"], resources["seizures_fiscal_year"]
    yearly["asOf"], yearly["asOfText"] = monthly["asOf"], monthly["asOfText"]


# ---- made, checked, put in place ---------------------------------------------------------------

NOT_AS_DESCRIBED = ("{fault}. The tables must be as datapackage.json describes them before they are made again. "
                    "To bring the table back: git checkout -- data/{path}")
DOES_NOT_FIT = "The files would make a table that does not fit: {fault}."


@dataclass
class Made:
    """The new contents of data/, not yet in place, and what is to be told of them."""

    folder: publishers.Folder       # what was read
    files: dict                     # file name: bytes, of every machine-made table and datapackage.json
    used: dict                      # table: the editions that it was made from
    stays: dict                     # table: why it was not made again
    base: bytes                     # datapackage.json as it was when the tables were made
    changed: list = field(default_factory=list)     # names of the files that differ from those in place


def stage(folder, data=HERE, adding=False, accept=()):
    """Make the tables from the publishers' files in `folder`, in memory; see Made.

    Raises SourceError when a file is missing or not as expected, TableFault when a table in `data` is not as described.
    """
    replacing.finish(data)
    complain_of_faults(data, NOT_AS_DESCRIBED)
    base, package = (data / FILE).read_bytes(), read_package(data)
    resources = {resource["name"]: resource for resource in package["resources"]}
    read = publishers.read_folder(folder, tables=data, accept=accept)
    made, used, stays = make_all(read, adding)
    tables, texts = {}, {}
    for name, new in made.items():
        if not is_older(name, new, resources, stays):
            tables[name], texts[name] = renew(resources[name], new, data, used.get(name), adding)
    if "seizures_monthly" in tables:
        complain_of_gaps(tables["seizures_monthly"])
        describe_revisions(resources["seizures_revisions"], read.nationwide)
    if "overdose_12_months" in tables:
        final = {row["month"]: int(row["deaths"]) for row in read_rows(resources["overdose_monthly"], data)}
        differences = overdose_month_on_year(tables["overdose_12_months"], final)
        name = "overdose_month_on_year"
        _, texts[name] = renew(resources[name], differences, data, None, adding)
    follow(resources)
    files = {resources[name]["path"]: text.encode() for name, text in texts.items()}
    files[FILE] = package_text(package).encode()
    changed = [name for name, content in files.items() if (data / name).read_bytes() != content]
    return Made(read, files, used, stays, base, changed)


def renew(resource, new, data, files, adding):
    """(rows, text) of one table, new rows and those that stay; what the data package says of it is brought up to date.
    """
    name, key, columns = resource["name"], resource["schema"]["primaryKey"], columns_of(resource)
    committed = read_rows(resource, data)
    steady = experience.steady([as_text(row, columns) for row in new], committed, key)
    rows = merge(name, steady, committed, key, adding)
    complain_of_loss(name, rows, committed, resource["sources"][0]["path"], newest_of(name, new))
    text = to_csv(rows, columns)
    describe(resource, text, rows, files)
    return rows, text


def columns_of(resource):
    """The names of a table's columns."""
    return [column["name"] for column in resource["schema"]["fields"]]


def is_older(name, new, resources, stays):
    """Whether the December rows in a folder are of an older release than those of the table, which then stays."""
    if name != "overdose_annual":
        return False
    there = re.search(r"release of (\d{4}-\d\d-\d\d)", resources[name]["vintage"])[1]
    older = max((row["vintage"] for row in new if row["vintage"] != "final"), default="") < there
    if older:
        stays[name] = f"its provisional rows are of the release of {there}, which is newer"
    return older


def complain_of_faults(folder, words):
    """Stop when a table in a folder is not as described."""
    faults = [(resource["path"], fault) for resource, _, found in check.check(folder) for fault in found]
    if faults:
        path, fault = faults[0]
        more = f" ({len(faults)} such faults in all.)" if len(faults) > 1 else ""
        raise TableFault(words.format(path=path, fault=f"data/{path}, {fault.removesuffix('.')}{more}"))


def lay_out(made, data, place):
    """A copy of data/ with the new tables in it."""
    shutil.copytree(data, place, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name, content in made.files.items():
        (place / name).write_bytes(content)
    return place


def checked_copy(made, data, place):
    """The same copy, in which every table is as described. Raises TableFault where one does not fit."""
    complain_of_faults(lay_out(made, data, place), DOES_NOT_FIT)
    return place


def put(made, data=HERE):
    """Check the new tables in a copy of data/, then replace those that changed, all at once; returns their names."""
    with tempfile.TemporaryDirectory() as folder:
        checked_copy(made, data, Path(folder) / "data")
    return replacing.replace(data, made.files, lambda: (data / FILE).read_bytes() == made.base)


def remake(folder, data=HERE, adding=False, accept=()):
    """Make the tables from `folder` and put those that changed into `data`; returns the names of the files.

    Raises SourceError or TableFault before anything is written when a file is missing or not as expected.
    """
    return put(stage(folder, data, adding, accept), data)
