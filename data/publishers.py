"""Read, and fetch, the files that the publishers serve, in any of the shapes they have had.

Files came with and without a byte-order mark, with `Data Value` or `data_value`, with
thousands separators in quotes ("52,404"), without a predicted column, and with a fiscal year
written "2026 (FYTD)". All of these are read. A column, drug, month or number that is not known
stops the reading with a sentence that names file, row and column.

Sources: U.S. Customs and Border Protection, Nationwide Drug Seizures and AMO Drug Seizures; CDC/NCHS,
VSRR Provisional Drug Overdose Death Counts; NCHS, Drug overdose death rates; U.S. Census Bureau population.
"""
import csv
import datetime
import gzip
import io
import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

CBP_PAGE = "https://www.cbp.gov/document/stats/nationwide-drug-seizures"
AMO_PAGE = "https://www.cbp.gov/document/stats/amo-drug-seizures"
CDC_PAGE = "https://data.cdc.gov/d/xkb8-kh2a"
CDC_ABOUT = "https://data.cdc.gov/api/views/xkb8-kh2a.json"
CDC_FILE = "https://data.cdc.gov/api/views/xkb8-kh2a/rows.csv?accessType=DOWNLOAD"
CBP_LINK = r'href="([^"]*/(nationwide-drugs-[^"/]*\.csv))"'

FISCAL_MONTHS = "OCT NOV DEC JAN FEB MAR APR MAY JUN JUL AUG SEP".split()
MONTHS = ("January February March April May June July August September October November "
          "December").split()
COMPONENTS = {"Office of Field Operations": "Field Operations", "U.S. Border Patrol": "Border Patrol"}
AMO_COMPONENTS = {"Air and Marine Operations": "Air and Marine Operations"}
REGIONS = ["Coastal/Interior", "Northern Border", "Southwest Border"]
DRUGS = ["Cocaine", "Ecstasy", "Fentanyl", "Heroin", "Ketamine", "Khat (Catha Edulis)", "Lsd",
         "Marijuana", "Methamphetamine", "Other Drugs**"]
CBP_NEEDED = ["fy", "month_abbv", "component", "region", "drug_type", "count_of_event", "sum_qty_lbs"]
CBP_KNOWN = CBP_NEEDED + ["land_filter", "area_of_responsibility"]
AMO_KNOWN = CBP_NEEDED + ["land_filter", "branch"]

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


class SourceError(Exception):
    """A publisher's file that is missing or cannot be read as expected; the text says what to do."""


def read_text(path):
    """Text of a UTF-8 file, plain or gzip, without byte-order mark."""
    path = Path(path)
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        return data.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name} cannot be read ({error}). Download it again.") from None


def column_name(name):
    """'Sum Qty (lbs)' -> 'sum_qty_lbs': the same name in every release."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def read_rows(path, needed, known=None):
    """Yield (row number in the file, dict by column) of a CSV; `known` lists the columns allowed."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    header = [column_name(name) for name in next(reader, [])]
    missing = [name for name in needed if name not in header]
    if missing:
        raise SourceError(f"{path.name}, row 1: column {missing[0]!r} is missing; "
                          f"the header reads {', '.join(header) or 'nothing'}.")
    unknown = [name for name in header if known and name not in known]
    if unknown:
        raise SourceError(f"{path.name}, row 1: column {unknown[0]!r} is not known. "
                          "If the publisher added it, add it to data/publishers.py.")
    for row in reader:
        if not row:
            continue
        if len(row) != len(header):
            raise SourceError(f"{path.name}, row {reader.line_num}: {len(row)} values "
                              f"for {len(header)} columns.")
        yield reader.line_num, dict(zip(header, (value.strip() for value in row)))


def look_up(value, allowed, where):
    """`allowed[value]`, or an error that names the place and the values that are known."""
    if value not in allowed:
        raise SourceError(f"{where}: {value!r} is not known. Known: {'; '.join(map(str, allowed))}.")
    return allowed[value] if isinstance(allowed, dict) else value


def number(text, kind, where):
    """'52,404' -> 52404 (`kind` is int or float); empty -> None; never below zero."""
    if text == "":
        return None
    try:
        value = kind(text.replace(",", ""))
    except ValueError:
        raise SourceError(f"{where}: {text!r} is not a number.") from None
    if not 0 <= value < float("inf"):
        raise SourceError(f"{where}: {text} is not a count or a weight.")
    return value


def fiscal_month(fiscal_year, month):
    """(2021, 'OCT') -> '2020-10': the U.S. fiscal year starts in October of the year before."""
    position = FISCAL_MONTHS.index(month)
    return f"{fiscal_year - (position < 3)}-{(position + 9) % 12 + 1:02}"


def read_cbp(path, known=CBP_KNOWN, components=COMPONENTS, page=CBP_PAGE):
    """Rows of one CBP file: fiscal_year, month (YYYY-MM), component, region, drug, events, pounds.

    One row a drug, office and month, as published; several rows can share all of our columns.
    """
    rows = []
    for line, row in read_rows(path, CBP_NEEDED, known):
        where = f"{path.name}, row {line}, column"
        if not re.fullmatch(r"20\d\d( \(FYTD\))?", row["fy"]):
            raise SourceError(f"{where} FY: {row['fy']!r} is not a fiscal year.")
        fiscal_year = int(row["fy"][:4])
        month = look_up(row["month_abbv"].upper(), FISCAL_MONTHS, f"{where} Month (abbv)")
        events = number(row["count_of_event"], int, f"{where} Count of Event")
        pounds = number(row["sum_qty_lbs"], float, f"{where} Sum Qty (lbs)")
        if events is None or pounds is None:
            raise SourceError(f"{where} Count of Event or Sum Qty (lbs): the cell is empty.")
        rows.append({
            "fiscal_year": fiscal_year, "month": fiscal_month(fiscal_year, month),
            "component": look_up(row["component"], components, f"{where} Component"),
            "region": look_up(row["region"], REGIONS, f"{where} Region"),
            "drug": look_up(row["drug_type"], DRUGS, f"{where} Drug Type"),
            "events": events, "pounds": pounds,
            "key": tuple(row[name] for name in known if name in row and name not in
                         ("fy", "count_of_event", "sum_qty_lbs")) + (fiscal_year,)})
    if not rows:
        raise SourceError(f"{path.name} has no rows. Download it again from {page}.")
    return rows


def read_amo(path):
    """Rows of one file of Air and Marine Operations: the same columns, with a branch for the office."""
    return read_cbp(path, AMO_KNOWN, AMO_COMPONENTS, AMO_PAGE)


def read_vsrr(path):
    """Rows of one CDC file for the course's indicators: state, month_ending, drug_class, reported, predicted.

    Each is a total over 12 months; None where CDC shows no value.
    """
    rows = []
    for line, row in read_rows(path, VSRR_NEEDED, VSRR_KNOWN):
        where = f"{path.name}, row {line}, column"
        drug_class = look_up(row["indicator"], INDICATORS, f"{where} Indicator")
        if row.get("period", "12 month-ending") != "12 month-ending":
            raise SourceError(f"{where} Period: {row['period']!r} is not '12 month-ending'.")
        if drug_class is None:
            continue
        year = number(row["year"], int, f"{where} Year")
        month = MONTHS.index(look_up(row["month"], MONTHS, f"{where} Month")) + 1
        rows.append({
            "state": row["state"], "month_ending": f"{year}-{month:02}", "drug_class": drug_class,
            "reported": number(row["data_value"], whole, f"{where} Data Value"),
            "predicted": number(row.get("predicted_value", ""), whole, f"{where} Predicted Value")})
    if not rows:
        raise SourceError(f"{path.name} has no rows. Download it again from {CDC_PAGE}.")
    return rows


def whole(text):
    """'52404' or '52404.0' -> 52404; a fraction of a death is no count."""
    value = float(text)
    if value != int(value):
        raise ValueError(text)
    return int(value)


def read_rates(path):
    """Age-adjusted rates of the NCHS table for all persons: {(year, drug_class): deaths per 100,000}."""
    rates = {}
    for line, row in read_rows(path, HUS_NEEDED):
        if row["stub_name"] != "Total" or row["age"] != "All ages" or "age-adjusted" not in row["unit"]:
            continue
        where = f"{path.name}, row {line}, column"
        drug_class = look_up(row["panel"], PANELS, f"{where} PANEL")
        year = number(row["year"], int, f"{where} YEAR")
        rates[year, drug_class] = number(row["estimate"], float, f"{where} ESTIMATE")
    return rates


def read_population(path):
    """{(state, year): persons} from a file without header: state, year, persons."""
    persons = {}
    for line, row in enumerate(csv.reader(io.StringIO(read_text(path), newline="")), 1):
        if len(row) != 3 or not re.fullmatch("[A-Z]{2}", row[0]):
            raise SourceError(f"{path.name}, row {line}: expected state, year, persons; found {row}.")
        year = number(row[1], int, f"{path.name}, row {line}, column 2")
        persons[row[0], year] = number(row[2], int, f"{path.name}, row {line}, column 3")
    return persons


def get(url):
    """Bytes at a URL, or one sentence on what to do without the network."""
    request = urllib.request.Request(url, headers={"User-Agent": "Mozilla/5.0 (four-takeaways data refresh)"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()
    except (urllib.error.URLError, OSError) as error:
        raise SourceError(f"{url} cannot be reached ({getattr(error, 'reason', error)}). Save the files of "
                          f"{CBP_PAGE} as DIR/cbp/nationwide-drugs-*.csv and the CSV of {CDC_PAGE} as "
                          "DIR/cdc/vsrr_xkb8-kh2a_<date of release>.csv with a browser, then run "
                          "python3 data --refresh DIR again.") from None


def fetch(folder, cbp_page=CBP_PAGE, cdc_about=CDC_ABOUT, cdc_file=CDC_FILE):
    """Save what `folder` lacks: cbp/nationwide-drugs-*.csv and cdc/vsrr_xkb8-kh2a_<date>.csv.

    CBP gives its files irregular names, so the links are read from its page; CDC always serves the
    newest release and tells its date beside it. Nothing is saved unless everything was fetched.
    """
    folder = Path(folder)
    files = {}
    if not list(folder.glob("cbp/nationwide-drugs-*")):
        links = dict(reversed(pair) for pair in re.findall(CBP_LINK, get(cbp_page).decode("utf-8", "replace")))
        if not links:
            raise SourceError(f"{cbp_page} shows no link to nationwide-drugs-*.csv: the page has changed. "
                              "Save the files as DIR/cbp/nationwide-drugs-*.csv with a browser.")
        files.update({f"cbp/{name}": get(urljoin(cbp_page, link)) for name, link in links.items()})
    if not list(folder.glob("cdc/vsrr_*")):
        updated = json.loads(get(cdc_about))["rowsUpdatedAt"]
        date = datetime.datetime.fromtimestamp(updated, datetime.UTC).date()
        files[f"cdc/vsrr_xkb8-kh2a_{date}.csv"] = get(cdc_file)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return sorted(files)
