"""The rows of each publisher's files, in any of the shapes that they have had.

Files came with and without a byte-order mark, with `Data Value` or `data_value`, with thousands separators in quotes
("52,404"), without a predicted column, with a fiscal year written "2026 (FYTD)". All of these are read, and other
capitals, OFO for Office of Field Operations, FY2026, April for APR. What is not known, or cannot be true, stops the
reading with a sentence that names file, row and column: a name, a month, a number, a repeated key, a month that is not
there.

Sources: U.S. Customs and Border Protection, Nationwide Drug Seizures and AMO Drug Seizures; CDC/NCHS, VSRR Provisional
Drug Overdose Death Counts; NCHS, Drug overdose death rates; U.S. Census Bureau population.
"""
import re
import statistics
from collections import Counter, defaultdict

from reading import AGAIN, LONGEST_LINE, Row, SourceError, Table, opened, records

CBP_PAGE = "https://www.cbp.gov/document/stats/nationwide-drug-seizures"
AMO_PAGE = "https://www.cbp.gov/document/stats/amo-drug-seizures"
CDC_PAGE = "https://data.cdc.gov/d/xkb8-kh2a"
RATES_PAGE = "https://data.cdc.gov/d/95ax-ymtc"
POPULATION_PAGE = "https://www.census.gov/data/tables/time-series/demo/popest/2020s-state-total.html"

FISCAL_MONTHS = "OCT NOV DEC JAN FEB MAR APR MAY JUN JUL AUG SEP".split()
MONTHS = ("January February March April May June July August September October November "
          "December").split()
COMPONENTS = {"Office of Field Operations": "Field Operations", "U.S. Border Patrol": "Border Patrol"}
AMO_COMPONENTS = {"Air and Marine Operations": "Air and Marine Operations"}
SHORT = {"Field Operations": "Field Operations", "OFO": "Field Operations", "Border Patrol": "Border Patrol",
         "US Border Patrol": "Border Patrol", "United States Border Patrol": "Border Patrol", "USBP": "Border Patrol",
         "AMO": "Air and Marine Operations", "Air & Marine Operations": "Air and Marine Operations"}
REGIONS = ["Coastal/Interior", "Northern Border", "Southwest Border"]
DRUGS = ["Cocaine", "Ecstasy", "Fentanyl", "Heroin", "Ketamine", "Khat (Catha Edulis)", "Lsd",
         "Marijuana", "Methamphetamine", "Other Drugs**"]
DRUG_NAMES = {**{name: name for name in DRUGS}, "Khat": "Khat (Catha Edulis)", "Other Drugs": "Other Drugs**"}
CBP_NEEDED = ["fy", "month_abbv", "component", "region", "drug_type", "count_of_event", "sum_qty_lbs"]
CBP_ALIASES = {"fiscal_year": "fy", "month": "month_abbv", "month_abbr": "month_abbv",
               "month_abbreviation": "month_abbv", "drug": "drug_type", "count_of_events": "count_of_event",
               "event_count": "count_of_event",
               "sum_of_qty_lbs": "sum_qty_lbs", "sum_quantity_lbs": "sum_qty_lbs", "quantity_lbs": "sum_qty_lbs",
               "aor": "area_of_responsibility", "area_of_responsibility_aor": "area_of_responsibility",
               "amo_branch": "branch", "landfilter": "land_filter"}
CBP_KNOWN = CBP_NEEDED + ["land_filter", "area_of_responsibility"]
AMO_KNOWN = CBP_NEEDED + ["land_filter", "branch"]
MOST_POUNDS, MOST_EVENTS = 1_000_000, 20_000     # in one row; the most so far: 403,548 pounds (AMO), 1,925 events

MOST_SEIZURES = 100_000         # rows of one file; four years have about 10,000

PLACES = ["AZ", "CA", "NM", "TX", "US"]
STATES = set("AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV "
             "NY OH OK OR PA RI SC SD TN TX US UT VA VT WA WI WV WY".split())
OTHER_PLACES = {"YC", "PR", "GU", "VI", "AS", "MP"}      # New York City and the territories: not in every release
INDICATORS = {  # CDC's name for each indicator: ours, or None for those the course leaves out
    "Number of Drug Overdose Deaths": "all drugs",
    "Synthetic opioids, excl. methadone (T40.4)": "synthetic opioids (T40.4)",
    "Heroin (T40.1)": "heroin (T40.1)",
    "Natural & semi-synthetic opioids (T40.2)": "natural and semi-synthetic opioids (T40.2)",
    "Methadone (T40.3)": "methadone (T40.3)",
    "Cocaine (T40.5)": "cocaine (T40.5)",
    "Psychostimulants with abuse potential (T43.6)": "psychostimulants (T43.6)",
    "Opioids (T40.0-T40.4,T40.6)": "opioids (T40.0-T40.4, T40.6)",
    "Natural & semi-synthetic opioids, incl. methadone (T40.2, T40.3)": None,
    "Natural, semi-synthetic, & synthetic opioids, incl. methadone (T40.2-T40.4)": None,
    "Number of Deaths": None,
    "Percent with drugs specified": None,
}
VSRR_NEEDED = ["state", "year", "month", "indicator", "data_value"]
VSRR_KNOWN = VSRR_NEEDED + ["period", "percent_complete", "percent_pending_investigation",
                            "state_name", "footnote", "footnote_symbol", "predicted_value"]
PERIOD = "12 month-ending"
MOST_DEATHS = 1_000_000         # by drugs in 12 months; the most so far: 112,418
PANELS = {  # NCHS's name for each panel of the rate table: ours
    "All drug overdose deaths": "all drugs",
    "Drug overdose deaths involving any opioid": "opioids (T40.0-T40.4, T40.6)",
    "Drug overdose deaths involving natural and semisynthetic opioids":
        "natural and semi-synthetic opioids (T40.2)",
    "Drug overdose deaths involving methadone": "methadone (T40.3)",
    "Drug overdose deaths involving other synthetic opioids (other than methadone)":
        "synthetic opioids (T40.4)",
    "Drug overdose deaths involving heroin": "heroin (T40.1)",
}
HUS_NEEDED = ["panel", "unit", "stub_name", "year", "age", "estimate"]
MOST_RATE, MOST_PERSONS = 1_000, 1_000_000_000

NUMBER = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
FISCAL_YEAR = re.compile(r"(FY ?)?(20\d\d)( ?\(?FYTD\)?)?", re.ASCII | re.IGNORECASE)
FIRST_YEAR = 2015               # of CDC's series; CBP's begins with fiscal year 2019
EXCEL_DATE = re.compile(r"\d{1,2}[-/ ]?[A-Za-z]{3}|[A-Za-z]{3}[-/ ]\d{2,4}|\d{1,4}[-/]\d{1,2}([-/]\d{1,4})?", re.ASCII)
UNOPENED = "download the file again, and leave it unopened."


# ---- cells -------------------------------------------------------------------------------------

class Wrong(Exception):
    """One cell that cannot be right; the text says why."""


class Cells(dict):
    """What the cells of one column mean, each text read once: {text: value}."""

    def __init__(self, column, read):
        super().__init__()
        self.column, self.read = column, read

    def __missing__(self, text):
        try:
            value = self[text] = self.read(text.strip())
        except Wrong as fault:
            raise Wrong(f"{self.column}: {fault}") from None
        return value


def one_of(allowed):
    """A reader of names: other capitals and spaces are the same name; `allowed` is a list, or {their name: ours}."""
    meaning = allowed if isinstance(allowed, dict) else {name: name for name in allowed}
    folded = {fold(name): value for name, value in meaning.items()}

    def read(text):
        if fold(text) in folded:
            return folded[fold(text)]
        if not text:
            raise Wrong(f"the cell is empty. {AGAIN}")
        raise Wrong(f"{text!r} is not known. Known: {'; '.join(map(str, meaning))}.")
    return read


def fold(name):
    """'U.S.  Border Patrol' and 'US BORDER PATROL' are one name."""
    return re.sub(r"[^a-z0-9&]+", " ", name.lower().replace(".", "")).strip()


def number(text, kind, most):
    """'52,404' -> 52404 (`kind` is int or float); empty -> None; from zero to `most`. Raises Wrong."""
    if text == "":
        return None
    if len(text) > 40 or not NUMBER.fullmatch(text):
        if text.startswith("-") and NUMBER.fullmatch(text[1:]):
            raise Wrong(f"{text} is below zero: not a count or a weight.")
        excel = f" It looks like a date that Excel made of it: {UNOPENED}" if EXCEL_DATE.fullmatch(text) else ""
        raise Wrong(f"{text[:40]!r} is not a number as the publisher writes it (1234.5 or 1,234.5).{excel}")
    value = float(text.replace(",", ""))
    if value > most:
        raise Wrong(f"{text} cannot be true: no number here has come near {most:,}.")
    if kind is int and value != int(value):
        raise Wrong(f"{text} is not a whole number.")
    return kind(value)


def amount(kind, most):
    """A reader of numbers that must be there."""
    def read(text):
        value = number(text, kind, most)
        if value is None:
            raise Wrong(f"the cell is empty. {AGAIN}")
        return value
    return read


def fiscal_year(text):
    """'2026 (FYTD)' or 'FY2026' -> 2026."""
    fits = FISCAL_YEAR.fullmatch(text)
    if not fits:
        raise Wrong(f"{text[:40]!r} is not a fiscal year." if text else f"the cell is empty. {AGAIN}")
    return int(fits[2])


def calendar_year(text):
    """'2025' -> 2025."""
    if not re.fullmatch(r"20\d\d", text, re.ASCII) or int(text) < FIRST_YEAR:
        raise Wrong(f"{text[:40]!r} is not a year from {FIRST_YEAR} on." if text else f"the cell is empty. {AGAIN}")
    return int(text)


def month_number(text):
    """'January', 'JANUARY' or 'Jan' -> 1."""
    names = [month for month in MONTHS if text.lower() in (month.lower(), month[:3].lower())]
    if not names:
        if not text:
            raise Wrong(f"the cell is empty. {AGAIN}")
        if EXCEL_DATE.fullmatch(text):
            raise Wrong(f"{text!r} looks like a date that Excel made of it: {UNOPENED}")
        raise Wrong(f"{text[:40]!r} is not known. Known: {'; '.join(MONTHS)}, or their first three letters.")
    return MONTHS.index(names[0]) + 1


def fiscal_month(fiscal_year, month):
    """(2021, 'OCT') -> '2020-10': the U.S. fiscal year starts in October of the year before."""
    position = FISCAL_MONTHS.index(month)
    return f"{fiscal_year - (position < 3)}-{(position + 9) % 12 + 1:02}"


def in_words(day):
    """A day such as 2026-09-16 as people write it, 16 September 2026; a month without its day, a year as it is."""
    year, *rest = day.split("-")
    return " ".join([*(str(int(number)) for number in rest[1:]), *(MONTHS[int(number) - 1] for number in rest[:1]),
                     year])


def months_between(first, last):
    """All months from '2018-10' to '2019-02', both included."""
    count = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1
    start = int(first[:4]) * 12 + int(first[5:]) - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(start, start + count)]


# ---- CBP ---------------------------------------------------------------------------------------

def read_cbp(path, known=CBP_KNOWN, components=COMPONENTS, page=CBP_PAGE, name=None):
    """Rows of one CBP file: fiscal_year, month (YYYY-MM), component, region, drug, events, pounds, key.

    One row a drug, office and month, as published; `key` is (fiscal_year, month, component, region, drug, office,
    land_filter), with None for a column that the file lacks. Raises SourceError, also for a repeated key and for a
    month that is not there.
    """
    with opened(path, name) as text:
        table = Table(text, name or path.name, CBP_ALIASES)
        table.need(CBP_NEEDED, known)
        rows, lines = [], {}
        for line, row in cbp_rows(table, known, components):
            complain_of_key(table, row, line, lines)
            rows.append(row)
            if len(rows) > MOST_SEIZURES:
                raise SourceError(f"{table.name} has more than {MOST_SEIZURES:,} rows, far more than CBP's files "
                                  f"have. {AGAIN}")
    if not rows:
        raise SourceError(f"{table.name} has no rows. Download it again from {page}.")
    complain_of_missing_months(table.name, rows)
    return rows


def cbp_rows(table, known, components):
    """Yield (row number, row) of a CBP table."""
    names = {**components, **{short: ours for short, ours in SHORT.items() if ours in components.values()}}
    years, months = Cells("FY", fiscal_year), Cells("Month (abbv)", month_number)
    offices, regions = Cells("Component", one_of(names)), Cells("Region", one_of(REGIONS))
    drugs, events = Cells("Drug Type", one_of(DRUG_NAMES)), Cells("Count of Event", amount(int, MOST_EVENTS))
    weights, plain = Cells("Sum Qty (lbs)", amount(float, MOST_POUNDS)), Cells("", str)
    columns = [(column, table.columns[name]) for column, name in
               zip((years, months, offices, regions, drugs, events, weights), CBP_NEEDED)]
    optional = [table.columns.get(column) for column in (known[-1], "land_filter")]
    for line, cells in table:
        try:
            values = [column[cells[place]] for column, place in columns]
        except Wrong as fault:
            raise SourceError(f"{Row(table.name, line)}, column {fault}") from None
        year, month = values[0], f"{values[0] - (values[1] > 9)}-{values[1]:02}"
        office, land = (None if place is None else plain[cells[place]] for place in optional)
        yield line, {"fiscal_year": year, "month": month, "component": values[2], "region": values[3],
                     "drug": values[4], "events": values[5], "pounds": values[6],
                     "key": (year, month, values[2], values[3], values[4], office, land)}


def complain_of_key(table, row, line, lines):
    """Refuse a second row with the same key; where Land Filter is missing, a third one or one with the same numbers."""
    key = row["key"]
    before = lines.setdefault(key, (line, row["events"], row["pounds"]))
    if before[0] == line:
        return
    split = key[6] is None or key[5] is None
    if not split or len(before) > 3 or before[1:] == (row["events"], row["pounds"]):
        what = ", ".join(map(str, key[1:5])) + (f", {key[5]}" if key[5] else "")
        raise SourceError(f"{Row(table.name, line)}: {what} is already in row {before[0]}: rows are doubled. {AGAIN}")
    if key[5] is not None:
        lines[key] = (*before, "second")


def complain_of_missing_months(name, rows):
    """Refuse a file that lacks a month between its first and its last one, or begins in the middle of a fiscal year."""
    held = {row["month"] for row in rows}
    first = f"{min(row['fiscal_year'] for row in rows) - 1}-10"
    missing = [month for month in months_between(first, max(held)) if month not in held]
    if missing:
        raise SourceError(f"{name} has no row for {in_words(missing[0])}"
                          + (f" and {len(missing) - 1} more months" if len(missing) > 1 else "")
                          + f", but it goes from {in_words(first)} to {in_words(max(held))}: the file is cut. {AGAIN}")


def short_months(rows, least):
    """Sentences about months with less than `least` of the usual number of rows."""
    counts = Counter(row["month"] for row in rows)
    usual = statistics.median(counts.values())
    return [f"{in_words(month)} has {count} rows, where a month usually has {usual:.0f}"
            for month, count in sorted(counts.items()) if count < least * usual]


def read_amo(path, name=None):
    """Rows of one file of Air and Marine Operations: the same columns, with a branch for the office."""
    return read_cbp(path, AMO_KNOWN, AMO_COMPONENTS, AMO_PAGE, name)


# ---- CDC ---------------------------------------------------------------------------------------

def read_vsrr(path, name=None, places=PLACES):
    """Rows of one CDC file for the course's indicators and places: state, month_ending, drug_class, reported,
    predicted.

    Each is a total over 12 months; None where CDC shows no value. Every row of the file is checked, also those left
    out.
    """
    with opened(path, name) as text:
        table = Table(text, name or path.name)
        table.need(VSRR_NEEDED, VSRR_KNOWN)
        rows, series = [], defaultdict(dict)
        for line, state, indicator, month, read in vsrr_rows(table):
            before = series[state, indicator].setdefault(month, line)
            if before != line:
                raise SourceError(f"{Row(table.name, line)}: {state}, {indicator}, {in_words(month)} is already in "
                                  f"row {before}: "
                                  f"rows are doubled. {AGAIN}")
            if state in places and INDICATORS[indicator]:
                rows.append({"state": state, "month_ending": month, "drug_class": INDICATORS[indicator], **read})
    if not rows:
        raise SourceError(f"{table.name} has no rows. Download it again from {CDC_PAGE}.")
    complain_of_cut_series(table.name, series)
    return rows


def vsrr_rows(table):
    """Yield (row number, state, CDC's indicator, month_ending, {"reported", "predicted"}) of a CDC table."""
    columns = table.columns
    state, year, month, indicator, value = (columns[column] for column in VSRR_NEEDED)
    period, predicted = columns.get("period"), columns.get("predicted_value")
    states, periods = Cells("State", postal_code), Cells("Period", one_of({PERIOD: PERIOD, "12 months ending": PERIOD}))
    years, months = Cells("Year", calendar_year), Cells("Month", month_number)
    classes = Cells("Indicator", one_of({name: name for name in INDICATORS}))
    deaths = {name: Cells("Data Value", counted if ours else anything) for name, ours in INDICATORS.items()}
    estimates = Cells("Predicted Value", counted)
    for line, cells in table:
        try:
            name = classes[cells[indicator]]
            if period is not None:
                periods[cells[period]]
            ending = f"{years[cells[year]]}-{months[cells[month]]:02}"
            yield line, states[cells[state]], name, ending, {
                "reported": deaths[name][cells[value]],
                "predicted": None if predicted is None or not INDICATORS[name] else estimates[cells[predicted]]}
        except Wrong as fault:
            raise SourceError(f"{Row(table.name, line)}, column {fault}") from None


def postal_code(text):
    """'tx' -> 'TX': a state, the United States, New York City or a territory."""
    if text.upper() not in STATES | OTHER_PLACES:
        raise Wrong(f"{text[:40]!r} is not the postal code of a state (US for the nation, YC for New York City)."
                    if text else f"the cell is empty. {AGAIN}")
    return text.upper()


def counted(text):
    """A number of deaths, or None where CDC shows none."""
    return number(text, int, MOST_DEATHS)


def anything(text):
    """All deaths, or a share: not used, but it must be a number."""
    return number(text, float, 10_000_000)


def complain_of_cut_series(name, series):
    """Refuse a file in which one series lacks a month that another has, or the nation or a state is not there at
    all."""
    every = {month for months in series.values() for month in months}
    wanted = set(months_between(min(every), max(every)))
    for (state, indicator), months in series.items():
        if missing := sorted(wanted - set(months)):
            raise SourceError(f"{name}: {state}, {indicator}, ends or breaks off: {in_words(missing[0])} is missing, "
                              "but other series go "
                              f"from {in_words(min(every))} to {in_words(max(every))}: the file is cut. {AGAIN}")
    for indicator in sorted({indicator for _, indicator in series}):
        states = {state for state, one in series if one == indicator}
        everywhere = indicator in ("Number of Drug Overdose Deaths", "Number of Deaths")
        if lost := sorted((STATES if everywhere else {"US"}) - states):
            raise SourceError(f"{name}: {indicator} has no row for "
                              f"{', '.join(lost[:5])}{' and others' * (len(lost) > 5)}: "
                              f"the file is cut, or only a part of the publisher's. {AGAIN}")


# ---- rates and population ----------------------------------------------------------------------

def read_rates(path, name=None):
    """Age-adjusted rates of the NCHS table for all persons: {(year, drug_class): deaths per 100,000}."""
    rates = {}
    with opened(path, name) as text:
        table = Table(text, name or path.name)
        table.need(HUS_NEEDED)
        panel, unit, stub, year, age, estimate = (table.columns[column] for column in HUS_NEEDED)
        classes, values = Cells("PANEL", one_of(PANELS)), Cells("ESTIMATE", lambda text: number(text, float, MOST_RATE))
        years = Cells("YEAR", amount(int, 2100))
        for line, cells in table:
            if cells[stub] != "Total" or cells[age] != "All ages" or "age-adjusted" not in cells[unit]:
                continue
            try:
                key, rate = (years[cells[year]], classes[cells[panel]]), values[cells[estimate]]
            except Wrong as fault:
                raise SourceError(f"{Row(table.name, line)}, column {fault}") from None
            if key in rates:
                raise SourceError(f"{Row(table.name, line)}: {key[0]}, {key[1]} is there twice: rows are doubled. "
                                  f"{AGAIN}")
            rates[key] = rate
    if not rates:
        raise SourceError(f"{table.name} has no row of age-adjusted rates for all persons. Download it again from "
                          f"{RATES_PAGE}.")
    return rates


def read_population(path, name=None):
    """{(state, year): persons} from a file without header: state, year, persons."""
    name, persons = name or path.name, {}
    years, counts = Cells("2", amount(int, 2100)), Cells("3", amount(int, MOST_PERSONS))
    with opened(path, name) as text:
        for line, row in records(text, name):
            if len(row) != 3 or not re.fullmatch("[A-Z]{2}", row[0], re.ASCII):
                raise SourceError(f"{Row(name, line)}: expected state, year, persons; found {', '.join(row)[:80]}.")
            try:
                key, count = (row[0], years[row[1]]), counts[row[2]]
            except Wrong as fault:
                raise SourceError(f"{Row(name, line)}, column {fault}") from None
            if key in persons:
                raise SourceError(f"{Row(name, line)}: {row[0]} {row[1]} is there twice: rows are doubled. {AGAIN}")
            persons[key] = count
    return persons


# ---- whose file is it? --------------------------------------------------------------------------

NATIONWIDE, AIR_AND_MARINE = "nationwide", "air and marine"
OVERDOSE, RATES, POPULATION = "overdose", "rates", "population"
READERS = {NATIONWIDE: read_cbp, AIR_AND_MARINE: read_amo, OVERDOSE: read_vsrr, RATES: read_rates,
           POPULATION: read_population}
PAGES = {NATIONWIDE: CBP_PAGE, AIR_AND_MARINE: AMO_PAGE, OVERDOSE: CDC_PAGE, RATES: RATES_PAGE,
         POPULATION: POPULATION_PAGE}
CALLED = {NATIONWIDE: "the nationwide file of seizures", AIR_AND_MARINE: "the file of Air and Marine Operations",
          OVERDOSE: "CDC's provisional counts", RATES: "NCHS's rates", POPULATION: "the population file"}


def kind_of(path, name):
    """(kind or None, optional columns) of a file by its content: the header, and for CBP the first Component."""
    with opened(path, name) as text:
        first, second = text.readline(LONGEST_LINE), text.readline(LONGEST_LINE)
        if re.fullmatch(r'"?[A-Z]{2}"?,\d{4},\d+\s*', first):
            return POPULATION, frozenset()
    with opened(path, name) as text:
        table = Table(text, name)
        columns = {CBP_ALIASES.get(column, column) for column in table.columns}
    if len(columns & set(CBP_NEEDED)) >= len(CBP_NEEDED) - 1:
        air = "branch" in columns or (any(fold(word) in fold(second) for word in ("Air and Marine", "Air & Marine"))
                                      and "area_of_responsibility" not in columns)
        return AIR_AND_MARINE if air else NATIONWIDE, frozenset(columns - set(CBP_NEEDED))
    if len(set(table.columns) & set(VSRR_NEEDED)) >= len(VSRR_NEEDED) - 1:
        return OVERDOSE, frozenset(set(table.columns) - set(VSRR_NEEDED))
    return (RATES if set(HUS_NEEDED) <= set(table.columns) else None), frozenset()
