"""Publishers' files in every shape met so far are read to the same rows; what cannot be right is refused in one
sentence."""
import csv
import functools
import gzip
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import publisher_files as made
from publisher_files import (
    AMO_NEW,
    AMO_OLD,
    CBP_BEFORE,
    CBP_NEW,
    CBP_OLD,
    CDC_2019,
    CDC_2025,
    CDC_2026,
    DATA,
    PEOPLE,
    RATES,
)

import datapackage
import experience
import layouts
import make
import publishers
import reading
from publishers import SourceError

VINTAGES = "cbp/vintages/nationwide-drugs-fy23-fy26-dec.csv"
BROWSER = "VSRR_Provisional_Drug_Overdose_Death_Counts"


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """All files, made once; tests copy what they need."""
    return made.fill(tmp_path_factory.mktemp("publishers"))


@pytest.fixture
def place(whole, tmp_path):
    """A folder into which a test takes files: place(name, ...), each by its name or as "from:to"; returns the
    folder."""
    def take(*names):
        for name in names:
            source, _, target = name.partition(":")
            (tmp_path / (target or source)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(whole / source, tmp_path / (target or source))
        return tmp_path
    return take


def content(path):
    """The text of a file, unpacked."""
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")


def change(path, how):
    """Change the text of a file: `how` gets it and returns it, as text or bytes."""
    new = how(content(path))
    new = new if isinstance(new, bytes) else new.encode()
    path.write_bytes(gzip.compress(new, 1) if path.suffix == ".gz" else new)


def cells(how):
    """A change of the rows of a CSV: `how` gets and returns a list of rows, the header first."""
    def changed(text):
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\r\n").writerows(how(list(csv.reader(io.StringIO(text, newline="")))))
        return out.getvalue()
    return changed


def cell(row, column, value):
    """A change of one cell."""
    def changed(rows):
        rows[row - 1][rows[0].index(column)] = value
        return rows
    return cells(changed)


def column(name, how):
    """A change of every cell of a column."""
    def changed(rows):
        at = rows[0].index(name)
        return [rows[0], *([*row[:at], how(row[at]), *row[at + 1:]] for row in rows[1:])]
    return cells(changed)


def header(how):
    """A change of every name in the header."""
    return cells(lambda rows: [[how(name) for name in rows[0]], *rows[1:]])


def without(*names):
    """A change that drops columns."""
    def changed(rows):
        keep = [at for at, name in enumerate(rows[0]) if name not in names]
        return [[row[at] for at in keep] for row in rows]
    return cells(changed)


def replaced(old, new, count=1):
    def changed(text):
        assert old in text
        return text.replace(old, new, count)
    return changed


def in_order(names):
    """A change of the order of columns."""
    return cells(lambda rows: [[row[rows[0].index(name)] for name in names] for row in rows])


def read(folder, **more):
    return publishers.read_folder(folder, DATA, **more)


@functools.cache
def plain(path, kind):
    return layouts.READERS[kind](Path(path))


def same_rows(one, other):
    """Whether two lists of rows are the same but for the columns that one of them lacks."""
    def bare(rows):
        return [{name: value for name, value in row.items() if name != "key"} for row in rows]
    return bare(one) == bare(other)


# ---- shapes and names --------------------------------------------------------------------------

OCTOBER_2018 = [
    "State",
    "State Name",
    "Year",
    "Month",
    "Indicator",
    "Data Value",
    "Predicted Value",
    "Percent Complete",
    "Percent Pending Investigation",
    "Footnote",
]
SHAPES = {
    "byte-order mark": (CBP_NEW, lambda text: "\ufeff" + text),
    "LF": (CBP_NEW, lambda text: text.replace("\r\n", "\n")),
    "CR CR LF": (CBP_NEW, lambda text: text.replace("\r\n", "\n\n")),
    "no last line end": (CBP_NEW, lambda text: text.rstrip()),
    "blank lines at the end": (CBP_NEW, lambda text: text + "\r\n\r\n"),
    "everything quoted": (CBP_NEW, lambda text: re.sub(r"[^,\r\n]+", r'"\g<0>"', text)),
    "upper case": (CBP_NEW, lambda text: text.upper()),
    "lower case": (CBP_NEW, lambda text: text.lower()),
    "underscores": (CBP_NEW, header(lambda name: re.sub(r"\W+", "_", name.lower()).strip("_"))),
    "spaces around": (CBP_NEW, cells(lambda rows: [[f" {value} " for value in row] for row in rows])),
    "thousands separators": (CBP_NEW, column("Sum Qty (lbs)", lambda value: f"{float(value):,}")),
    "exponents": (CBP_NEW, column("Sum Qty (lbs)", lambda value: f"{float(value):.12e}")),
    "FY2025": (CBP_NEW, column("FY", lambda value: "FY" + value[:4])),
    "FY 2026 FYTD": (CBP_NEW, column("FY", lambda value: "FY " + value.replace("(", "").replace(")", ""))),
    "2026(FYTD)": (CBP_NEW, column("FY", lambda value: value.replace(" ", ""))),
    "no FYTD": (CBP_NEW, column("FY", lambda value: value[:4])),
    "January": (
        CBP_NEW,
        column("Month (abbv)", lambda value: next(name for name in layouts.MONTHS if name.upper().startswith(value))),
    ),
    "Jan": (CBP_NEW, column("Month (abbv)", str.title)),
    "OFO and USBP": (CBP_NEW, column("Component", lambda value: "OFO" if "Field" in value else "USBP")),
    "US Border Patrol": (CBP_NEW, replaced("U.S. Border Patrol", "US Border Patrol", -1)),
    "LSD and Other Drugs": (CBP_NEW, lambda text: text.replace("Lsd", "LSD").replace("Other Drugs**", "Other Drugs")),
    "no Land Filter": (CBP_NEW, without("Land Filter")),
    "no office": (CBP_NEW, without("Area of Responsibility")),
    "other names of columns": (
        CBP_NEW,
        lambda text: text.replace("FY,Month (abbv)", "Fiscal Year,Month").replace("Count of Event", "Event Count"),
    ),
    "other order of columns": (CBP_NEW, in_order(made.HEADER[::-1])),
    "other order of rows": (CBP_NEW, cells(lambda rows: [rows[0], *rows[1:][::-1]])),
    "an index before": (
        CBP_NEW,
        cells(lambda rows: [["", *rows[0]]] + [[number, *row] for number, row in enumerate(rows[1:])]),
    ),
    "AMO, CRLF and mark": (AMO_NEW, lambda text: "\ufeff" + text),
    "AMO, no branch": (AMO_NEW, without("Branch")),
    "AMO, short": (AMO_NEW, replaced("Air and Marine Operations", "AMO", -1)),
    "CDC 2017": (
        CDC_2025,
        lambda text: "\ufeff"
        + column("Data Value", lambda value: f"{int(value):,}" if value else "")(
            without("Predicted Value", "Footnote Symbol")(text)
        ),
    ),
    "CDC 2018": (CDC_2025, in_order(OCTOBER_2018)),
    "CDC 2019": (CDC_2025, lambda text: text),
    "CDC from the API": (CDC_2025, header(lambda name: name.lower().replace(" ", "_"))),
    "CDC with Socrata's own columns": (
        CDC_2025,
        cells(lambda rows: [[":id", *rows[0]]] + [[f"row-{number}", *row] for number, row in enumerate(rows[1:])]),
    ),
    "CDC with decimals": (CDC_2025, column("Data Value", lambda value: value and value + ".0")),
    "CDC in capitals": (CDC_2025, lambda text: text.upper()),
    "CDC, no State Name": (
        CDC_2025,
        without("State Name", "Period", "Percent Complete", "Percent Pending Investigation", "Footnote"),
    ),
    "CDC, other order of rows": (
        CDC_2025,
        cells(lambda rows: [rows[0], *sorted(rows[1:], key=lambda row: (row[1], row[2], row[0]))]),
    ),
    "CDC, short months": (CDC_2025, column("Month", lambda value: value[:3])),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_gives_the_same_rows(place, whole, shape):
    file, how = SHAPES[shape]
    folder = place(file)
    change(folder / file, how)
    found = read(folder)
    [edition] = found.nationwide + found.air_and_marine + found.overdose
    expected = plain(whole / file, edition.kind)
    if shape == "CDC 2017":
        expected = [{**row, "predicted": None} for row in expected]
    rows = edition.rows
    if "other order of rows" in shape:
        rows, expected = (sorted(some, key=lambda row: [*map(str, row.values())]) for some in (rows, expected))
    assert same_rows(rows, expected)
    assert found.unused == {} and found.notes == []


NAMES = {
    "in the folder itself": (CBP_NEW, "nationwide-drugs-fy23-fy26-apr.csv"),
    "browser's second": (CBP_NEW, "cbp/nationwide-drugs-fy23-fy26-apr (1).csv"),
    "re-issue": (CBP_NEW, "cbp/nationwide-drugs-fy23-fy26-apr_0.csv"),
    "URL-encoded": (CBP_NEW, "cbp/nationwide-drugs-fy23-fy26-apr%20%281%29.csv"),
    "capitals": (CBP_NEW, "CBP/Nationwide-Drugs-FY23-FY26-Apr.CSV"),
    "a mirror's": (CBP_NEW, "cbp/cbp_drug_seizures_fy23_26.csv"),
    "page's title": (CBP_NEW, "Nationwide Drug Seizures.csv"),
    "no name at all": (CBP_NEW, "download"),
    "AMO": (AMO_NEW, "amo-drug-seizures-fy23-fy26-dec_1.csv"),
    "AMO, underscores": (AMO_NEW, "cbp/amo_drug_seizures_fy23_26.csv"),
    "Socrata's export": (CDC_2025, f"cdc/{BROWSER}_20250722.csv"),
    "Socrata's export, second": (CDC_2025, f"{BROWSER}_20250722 (1).csv"),
    "underscores in the date": (CDC_2025, f"cdc/{BROWSER}_2025_07_22.csv"),
    "undated, but in the table": (CDC_2025, f"cdc/{BROWSER}.csv"),
    "rows.csv": (CDC_2025, "cdc/rows.csv"),
    "curl": (CDC_2025, "cdc/rows.csv?accessType=DOWNLOAD"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_known_by_its_content(place, name):
    file, other = NAMES[name]
    found = publishers.read_folder(place(f"{file}:{other}"), None if "2025" in other else DATA)
    [edition] = found.nationwide + found.air_and_marine + found.overdose
    assert (edition.name, found.unused) == (other, {})
    if edition.kind == layouts.OVERDOSE:
        assert edition.released == ("2025-07-22" if "2025" in other else "2025-07-16")


def pack_zip(path, names=("data.csv",), level=zipfile.ZIP_DEFLATED):
    text = content(path)
    with zipfile.ZipFile(path, "w", level) as archive:
        for name in names:
            archive.writestr(name, text)


def test_packed_files_are_told_by_their_first_bytes(place, whole):
    folder = place(CBP_NEW)
    path = folder / CBP_NEW
    expected = read(folder).nationwide[0].rows
    path.write_bytes(gzip.compress(path.read_bytes()))      # gzip that is called .csv
    assert read(folder).nationwide[0].rows == expected
    path.write_bytes((whole / CBP_NEW).read_bytes())
    path.rename(path.with_suffix(".csv.gz"))                # plain that is called .gz: the browser unpacked it
    assert read(folder).nationwide[0].rows == expected
    path = path.with_suffix(".csv.gz").rename(path.with_suffix(".zip"))
    pack_zip(path, ("__MACOSX/._a.csv", "nationwide-drugs-fy23-fy26-apr.csv"))
    assert read(folder).nationwide[0].rows == expected


def test_every_file_is_used_or_named_with_the_reason(place):
    folder = place(CBP_NEW, f"{CBP_NEW}:cbp/nationwide-drugs-fy23-fy26-apr (1).csv", CDC_2025, CDC_2026, RATES, PEOPLE,
                   f"{RATES}:cdc/rates.gz", f"{CDC_2025}:cdc/older/vsrr_xkb8-kh2a_2025-07-16.csv")
    (folder / "cdc/wonder_2024.txt").write_text("Notes\tState\tDeaths\n\t\t1\n")
    (folder / "notes.txt").write_text('what I did: "')
    (folder / "table.csv").write_text("a;b\n1;2\n")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (folder / "cbp/.DS_Store").write_bytes(b"\0")
    (folder / "cbp/nationwide-drugs-fy23-fy26-may.csv.part").write_text("FY,Month")
    (folder / f"{BROWSER}_20250716.csv").write_text(content(folder / CDC_2025).replace("\r\n", "\n"))
    found = read(folder)
    used = [edition.name for edition in found.nationwide + found.air_and_marine + found.overdose] + [
        found.rates.name,
        found.population.name,
    ]
    assert sorted([*used, *found.unused]) == sorted(
        [
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and path.parent.name != "older"
        ]
        + ["cdc/older/"]
    )
    assert found.unused["cbp/nationwide-drugs-fy23-fy26-apr (1).csv"] == f"the same bytes as {CBP_NEW}"
    assert found.unused["cdc/older/"].startswith("a folder that is not looked into")
    assert (
        "semicolons" in found.unused["table.csv"]
        and "unfinished" in found.unused["cbp/nationwide-drugs-fy23-fy26-may.csv.part"]
    )
    assert found.unused[CDC_2025] == f"the same figures as {BROWSER}_20250716.csv"
    lines = publishers.account(found)
    assert all(any(name in line for line in lines) for name in [*used, *found.unused])


def test_editions_are_in_the_order_of_their_age(place):
    folder = place(CBP_OLD, CBP_NEW, CBP_BEFORE, AMO_OLD, AMO_NEW, CDC_2019, CDC_2025, CDC_2026)
    again = folder / "cbp/nationwide-drugs-fy23-fy26-apr_0.csv"
    again.write_text(
        content(folder / CBP_NEW).replace("2026 (FYTD),APR", "2026 (FYTD),APR", 1).replace(",7,", ",8,", 1)
    )
    found = read(folder, accept=experience.WORDS)
    assert [edition.name for edition in found.nationwide] == [
        CBP_OLD,
        CBP_BEFORE,
        CBP_NEW,
        again.relative_to(folder).as_posix(),
    ]
    assert [edition.name for edition in publishers.newest(found.nationwide)[1]] == [
        CBP_OLD,
        again.relative_to(folder).as_posix(),
    ]
    assert [(edition.first, edition.last) for edition in found.nationwide[:2]] == [
        ("2018-10", "2022-09"),
        ("2022-10", "2025-12"),
    ]
    assert [edition.released for edition in found.overdose] == ["2019-04-24", "2025-07-16", "2026-06-27"]


def test_the_tables_come_out_of_the_made_up_files_again_and_do_not_tremble(tmp_path):
    """The files are made from the tables; but for the comparison of editions all come out byte for byte.

    Editions repeat a closed year with other noise far behind the point, which turned halves of the last place of a
    table.
    """
    data = shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("__pycache__"))
    folder = made.fill(tmp_path / "publishers")
    assert set(make.remake(folder, data)) <= {"seizures_revisions.csv", "datapackage.json"}
    before = {
        name: (data / name).read_bytes()
        for name in ("seizures_monthly.csv", "seizures_fiscal_year.csv", "seizures_air_and_marine.csv")
    }
    for file in (CBP_OLD, CBP_NEW, AMO_OLD):
        change(
            folder / file,
            lambda text: cell(2, "Sum Qty (lbs)", float(text.split("\r\n")[1].rpartition(",")[2]) + 0.0006)(text),
        )
    make.remake(folder, data)
    assert before == {name: (data / name).read_bytes() for name in before}


# ---- what cannot be right ----------------------------------------------------------------------

def doubled(text):
    head, body = text.split("\r\n", 1)
    return head + "\r\n" + body + body


def excel(text):
    return "\r\n".join(line + ",,," for line in text.rstrip().split("\r\n"))


def cut(part):
    """A change that ends a file after this part of its bytes."""
    return lambda text: text.encode()[:int(len(text.encode()) * part)]


def shrunk(label, month, left=3):
    """A change that leaves this many rows of a month."""
    def changed(rows):
        hit = [row for row in rows if row[0] == label and row[1] == month]
        return [row for row in rows if row not in hit[left:]]
    return cells(changed)


def times(factor, label, month=None, drug=None):
    """A change that multiplies the first row of a year (and month, and drug) with more than a pound."""
    def changed(rows):
        for row in rows[1:]:
            if row[0] == label and month in (None, row[1]) and drug in (None, row[6]) and float(row[8]) > 100:
                row[8] = str(float(row[8]) * factor)
                return rows
        raise AssertionError("no such row")
    return cells(changed)


def row_with(words):
    """The number of the first row that holds all these words, of a file made up."""
    def find(text):
        return next(number for number, line in enumerate(text.split("\r\n"), 1) if all(word in line for word in words))
    return find


LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
APR = "2026 (FYTD)"
MUTATED = {
    # rows that are doubled, cut, lost
    "rows twice": (CBP_NEW, doubled, ["fy26-apr.csv, row", "is already in row 2", "doubled", "Download it again"]),
    "one row twice": (CBP_NEW, cells(lambda rows: rows + [rows[6]]), ["is already in row 7: rows are doubled"]),
    "one key twice": (CBP_NEW, cells(lambda rows: rows + [[*rows[6][:-1], "5"]]), ["is already in row 7"]),
    "rows twice, no Land Filter": (
        CBP_NEW,
        lambda text: doubled(without("Land Filter")(text)),
        ["is already in row 2"],
    ),
    "rows three times, other numbers": (
        CBP_NEW,
        lambda text: without("Land Filter")(
            cells(lambda rows: rows + [[*rows[6][:-1], "5"], [*rows[6][:-1], "6"]])(text)
        ),
        ["is already in row 7"],
    ),
    "AMO twice": (AMO_NEW, doubled, ["fy26-dec.csv, row", "doubled"]),
    "CDC twice": (CDC_2025, doubled, ["row", "AK, Number of Drug Overdose Deaths, January 2015 is already in row 2"]),
    "CDC, one row twice": (CDC_2025, cells(lambda rows: rows + [rows[50]]), ["is already in row 51"]),
    "cut in a row": (CBP_NEW, cut(0.7), ["values for 9 columns: the file is cut"]),
    "cut after a row": (CBP_NEW, cells(lambda rows: rows[:800]), ["by its name it holds", "cut"]),
    "cut, no claim in the name": (
        f"{CBP_NEW}:cbp/seizures.csv",
        cells(lambda rows: [rows[0]] + [r for r in rows[1:] if r[:2] != ["2024", "MAY"]]),
        ["cbp/seizures.csv has no row for May 2024", "cut"],
    ),
    "begins in the year": (
        CBP_NEW,
        cells(lambda rows: [rows[0]] + [r for r in rows[1:] if r[:2] != ["2023", "OCT"]]),
        ["no row for October 2022"],
    ),
    "no rows": (CBP_NEW, cells(lambda rows: rows[:1]), ["has no rows", "Download it again from https://www.cbp.gov"]),
    "a month of three rows": (
        CBP_NEW,
        shrunk(APR, "APR"),
        ["April 2026 has 3 rows, where a month usually has", "--accept short-month"],
    ),
    "CDC cut in a row": (CDC_2025, cut(0.6), ["the file is cut"]),
    "CDC cut after a row": (CDC_2025, cells(lambda rows: rows[:3000]), ["is missing, but other series go", "cut"]),
    "CDC cut after a state": (
        CDC_2025,
        cells(lambda rows: [row for row in rows if row[0] < "TX" or row[0] == "State"]),
        ["has no row for TX, US, UT", "cut"],
    ),
    "CDC, one class without the nation": (
        CDC_2026,
        cells(lambda rows: [row for row in rows if row[0] != "US"]),
        ["has no row for US"],
    ),
    "CDC, a month lost": (
        CDC_2025,
        cells(lambda rows: [r for r in rows if r[1:3] != ["2020", "May"]]),
        ["May 2020 is missing"],
    ),
    # names
    "AMO under a nationwide name": (
        f"{AMO_NEW}:cbp/nationwide-drugs-fy23-fy26-dec.csv",
        None,
        ["fy26-dec.csv: its name says", "holds the file of Air and Marine"],
    ),
    "nationwide under an AMO name": (
        f"{CBP_NEW}:cbp/amo-drug-seizures-fy23-fy26-apr.csv",
        None,
        ["holds the nationwide file"],
    ),
    "CDC under a CBP name": (
        f"{CDC_2025}:cbp/nationwide-drugs-fy23-fy26-apr.csv",
        None,
        ["holds CDC's provisional counts"],
    ),
    "a year that is not there": (
        f"{CBP_NEW}:cbp/nationwide-drugs-fy22-fy26-apr.csv",
        None,
        ["by its name it holds fiscal year 2022"],
    ),
    "a month that is not there": (
        f"{CBP_NEW}:cbp/nationwide-drugs-fy23-fy26-jun.csv",
        None,
        ["by its name it holds June 2026", "April 2026"],
    ),
    "no date": (
        f"{CDC_2025}:cdc/{BROWSER}.csv",
        replaced(
            ",12 month-ending,Number of Drug Overdose Deaths,47523",
            ",12 month-ending," "Number of Drug Overdose Deaths,47524",
        ),
        ["the name does not say of which day", "end in February 2025"],
    ),
    "13th month": (f"{CDC_2025}:cdc/vsrr_xkb8-kh2a_2025-13-45.csv", None, ["2025-13-45 is not a date"]),
    "31 June": (f"{CDC_2025}:cdc/vsrr_xkb8-kh2a_20250631.csv", None, ["2025-06-31 is not a date"]),
    "far future": (
        f"{CDC_2025}:cdc/vsrr_xkb8-kh2a_2099-01-01.csv",
        None,
        ["2099-01-01 cannot be its date", "February 2025"],
    ),
    "before its months": (f"{CDC_2025}:cdc/vsrr_xkb8-kh2a_2024-07-16.csv", None, ["2024-07-16 cannot be its date"]),
    "a release under another date": (
        f"{CDC_2025}:cdc/vsrr_xkb8-kh2a_2025-07-22.csv",
        None,
        ["dated 2025-07-22, but it is the release that data/overdose_12_months.csv holds", "2025-07-16"],
    ),
    # hands
    "Excel's commas": (CBP_NEW, excel, ["row 1: 3 columns have no name, as Excel leaves them", "leave it unopened"]),
    "Excel's commas in the header": (CBP_NEW, replaced("(lbs)", "(lbs),"), ["row 1: 1 column has no name"]),
    "commas in one row": (
        CBP_NEW,
        cells(lambda rows: rows[:5] + [rows[5] + [""]] + rows[6:]),
        ["row 6: 10 values for 9 columns"],
    ),
    "semicolons": (CBP_NEW, replaced(",", ";", -1), ["row 1: the columns are separated by semicolons"]),
    "tabs": (CDC_2025, lambda text: re.sub(r'"([^"]*)"', r"\1", text).replace(",", "\t"), ["separated by tabs"]),
    "Excel's month": (
        CBP_NEW,
        cell(2, "Month (abbv)", "Apr-23"),
        ["row 2, column Month (abbv): 'Apr-23'", "a date that Excel made"],
    ),
    "Excel's number": (
        CBP_NEW,
        cell(2, "Sum Qty (lbs)", "2-Jan"),
        ["row 2, column Sum Qty (lbs): '2-Jan'", "a date that Excel made"],
    ),
    "a column renamed": (
        CBP_NEW,
        replaced("Drug Type", "Substance"),
        ["row 1: column 'drug_type' is missing", "Substance"],
    ),
    "a column added": (
        CBP_NEW,
        cells(lambda rows: [row + ["x"] for row in rows]),
        ["row 1: column 'x' is not known", "data/layouts.py"],
    ),
    "a column twice": (
        CBP_NEW,
        cells(lambda rows: [row + row[:1] for row in rows]),
        ["row 1: column 'fy' is there twice"],
    ),
    "no header": (CBP_NEW, cells(lambda rows: rows[1:]), ["row 1: column 'fy' is missing"]),
    # cells
    "a drug": (
        CBP_NEW,
        cell(2, "Drug Type", "Fentanil"),
        ["row 2, column Drug Type: 'Fentanil' is not known", "Heroin"],
    ),
    "a component": (
        CBP_NEW,
        cell(3, "Component", "ICE"),
        ["row 3, column Component: 'ICE' is not known", "U.S. Border Patrol"],
    ),
    "AMO among the others": (CBP_NEW, cell(3, "Component", "Air and Marine Operations"), ["row 3, column Component"]),
    "a region": (CBP_NEW, cell(2, "Region", "Southern Border"), ["row 2, column Region"]),
    "an empty drug": (CBP_NEW, cell(4, "Drug Type", ""), ["row 4, column Drug Type: the cell is empty"]),
    "a year": (CBP_NEW, cell(2, "FY", "23"), ["row 2, column FY: '23' is not a fiscal year"]),
    "a blank year": (CBP_NEW, cell(2, "FY", ""), ["row 2, column FY: the cell is empty"]),
    "a month": (CBP_NEW, cell(2, "Month (abbv)", "MOV"), ["row 2, column Month (abbv): 'MOV' is not known", "January"]),
    "an underscore": (CBP_NEW, cell(2, "Count of Event", "1_000"), ["column Count of Event: '1_000' is not a number"]),
    "Arabic digits": (
        CBP_NEW,
        cell(2, "Count of Event", "\u0661\u0662"),
        ["column Count of Event: '\u0661\u0662' is not a number"],
    ),
    "full-width digits": (CBP_NEW, cell(2, "FY", "\uff12\uff10\uff12\uff13"), ["row 2, column FY"]),
    "commas anywhere": (CBP_NEW, cell(2, "Sum Qty (lbs)", "1,2,3,4"), ["'1,2,3,4' is not a number"]),
    "a comma as point": (CBP_NEW, cell(2, "Sum Qty (lbs)", "5240,4"), ["'5240,4' is not a number"]),
    "1e308": (CBP_NEW, cell(2, "Sum Qty (lbs)", "1e308"), ["1e308 cannot be true"]),
    "infinity": (CBP_NEW, cell(2, "Sum Qty (lbs)", "inf"), ["'inf' is not a number"]),
    "NaN": (CBP_NEW, cell(2, "Sum Qty (lbs)", "nan"), ["'nan' is not a number"]),
    "below zero": (CBP_NEW, cell(2, "Sum Qty (lbs)", "-1"), ["-1 is below zero"]),
    "half an event": (CBP_NEW, cell(2, "Count of Event", "1.5"), ["1.5 is not a whole number"]),
    "20 digits": (CBP_NEW, cell(2, "Count of Event", "9" * 20), ["9" * 20 + " cannot be true"]),
    "5,000 digits": (CBP_NEW, cell(2, "Count of Event", "9" * 5000), ["column Count of Event", "is not a number"]),
    "empty events": (CBP_NEW, cell(2, "Count of Event", ""), ["row 2, column Count of Event: the cell is empty"]),
    "CDC, a state": (CDC_2025, replaced("\r\nTX,", "\r\nTEX,"), ["column State: 'TEX' is not the postal code"]),
    "CDC, a state renamed": (
        CDC_2025,
        replaced("\r\nUS,", "\r\nUSA,", -1),
        ["column State: 'USA' is not the postal code"],
    ),
    "CDC, a year": (CDC_2025, cell(2, "Year", "20244"), ["row 2, column Year: '20244' is not a year"]),
    "CDC, a blank year": (CDC_2025, cell(2, "Year", ""), ["row 2, column Year: the cell is empty"]),
    "CDC, a month": (CDC_2025, cell(2, "Month", "Mai"), ["row 2, column Month: 'Mai' is not known"]),
    "CDC, an indicator": (
        CDC_2025,
        cell(2, "Indicator", "Nitazenes"),
        ["row 2, column Indicator: 'Nitazenes' is not known"],
    ),
    "CDC, a period": (CDC_2025, cell(2, "Period", "1 month-ending"), ["row 2, column Period"]),
    "CDC, half a death": (
        CDC_2025,
        cell(2, "Data Value", "52.5"),
        ["row 2, column Data Value: 52.5 is not a whole number"],
    ),
    "CDC, 20 digits": (CDC_2025, cell(2, "Predicted Value", "1" * 20), ["row 2, column Predicted Value"]),
    "rates": (RATES, replaced(",0.3", ",n/a"), ["column ESTIMATE: 'n/a' is not a number"]),
    "rates twice": (RATES, doubled, ["is there twice"]),
    "people": (PEOPLE, replaced("AZ,1999", "Arizona,1999"), ["row 1", "expected state, year, persons"]),
    "people twice": (PEOPLE, lambda text: text + text, ["is there twice: rows are doubled"]),
    # bytes
    "NUL": (CBP_NEW, replaced("Cocaine", "Co\0aine"), ["row", "NUL byte"]),
    "unclosed quote": (CBP_NEW, replaced("Cocaine", '"Cocaine'), ["a quotation mark is missing"]),
    "unclosed quote at the end": (CBP_NEW, lambda text: text.rstrip() + '\r\n2026,"', ["a quotation mark is missing"]),
    "200 kB in a cell": (CBP_NEW, replaced("Cocaine", "x" * 200_000), ["is longer than 20,000 characters"]),
    "Latin-1": (
        CBP_NEW,
        lambda text: text.replace("Cocaine", "Coca\u00edne", 1).encode("latin-1"),
        ["is not UTF-8 text"],
    ),
    "UTF-16": (CBP_NEW, lambda text: text.encode("utf-16"), ["is text in UTF-16"]),
    "empty": (CBP_NEW, lambda text: "", ["is empty"]),
    "a web page": (CBP_NEW, lambda text: "\n<!DOCTYPE html><html>Access denied</html>", ["is a web page, not a CSV"]),
    "JSON": (CDC_2025, lambda text: '{"error": true}', ["is JSON, not a CSV"]),
    "Git LFS": (CBP_NEW, lambda text: LFS, ["the pointer of a file that Git LFS holds"]),
    "half a gzip": (
        CBP_NEW,
        lambda text: gzip.compress(text.encode())[:2000],
        ["cannot be unpacked", "cut or damaged"],
    ),
    "a gzip with a wrong sum": (
        CBP_NEW,
        lambda text: gzip.compress(text.encode())[:-8] + bytes(8),
        ["cannot be unpacked"],
    ),
    "a tar": (CBP_NEW, lambda text: tarred(text), ["row 1"]),
    "half a zip": (CBP_NEW, lambda text: b"PK\x03\x04" + b"\0" * 100, ["cannot be unpacked"]),
}


def tarred(text):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        member = tarfile.TarInfo("data.csv")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


@pytest.mark.parametrize("what", MUTATED)
def test_a_file_that_cannot_be_right_is_refused_in_a_sentence(place, what):
    file, how, words = MUTATED[what]
    folder, target = place(file), file.partition(":")[2] or file
    if how:
        change(folder / target, how)
    with pytest.raises(SourceError) as caught:
        read(folder)
    sentence = str(caught.value)
    assert all(word in sentence for word in words), sentence
    assert target.rpartition("/")[2] in sentence and "\n" not in sentence and len(sentence) < 700


def test_there_are_enough_mutated_files():
    assert len(MUTATED) >= 60


@pytest.mark.parametrize("seed", range(12))
def test_a_file_with_bytes_changed_at_random_is_read_or_refused(place, seed):
    """Nothing but SourceError comes out of a damaged file, packed or not."""
    chance, folder = random.Random(seed), place(CBP_NEW, CDC_2026)
    for name in (CBP_NEW, CDC_2026):
        data = bytearray((folder / name).read_bytes())
        for _ in range(chance.randrange(1, 40)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (folder / name).write_bytes(bytes(data[:chance.randrange(len(data))] if seed % 3 == 0 else data))
    try:
        read(folder)
    except SourceError as error:
        assert len(str(error)) < 900


# ---- beyond what has been seen -----------------------------------------------------------------

def scaled(label, month, events, pounds):
    """A change that multiplies all numbers of a month."""
    return cells(lambda rows: [rows[0]] + [
        [*row[:7], str(max(1, round(int(row[7]) * events))), str(float(row[8]) * pounds)]
        if row[:2] == [label, month] else row for row in rows[1:]])


BEYOND = {
    "a closed year": ("closed-year", CBP_NEW, times(10, "2024"), ["fiscal year 2024 is closed", "where the table has"]),
    "a row lost in a closed year": (
        "closed-year",
        CBP_NEW,
        cells(lambda rows: [row for row in rows if row != [r for r in rows if r[0] == "2024"][5]]),
        ["fiscal year 2024 is closed"],
    ),
    "a closed year of AMO": ("closed-year", AMO_NEW, times(1.01, "2024"), ["fy26-dec.csv: fiscal year 2024 is closed"]),
    "a month of the running year": (
        "moved-month",
        CBP_NEW,
        times(10, APR, "MAR"),
        ["March 2026 has", "where the table has"],
    ),
    "a month that lost a quarter of its weight": (
        "moved-month", CBP_NEW, scaled(APR, "MAR", events=1, pounds=0.75), ["March 2026 has", "of the 5 drugs"]),
    "a month that lost a tenth of its events": (
        "moved-month", CBP_NEW, scaled(APR, "MAR", events=0.9, pounds=1), ["March 2026 has", "of the 5 drugs"]),
    "one drug in such a month": (
        "moved-month",
        CBP_NEW,
        times(4, APR, "FEB", "Fentanyl"),
        ["February 2026 has", "of Fentanyl"],
    ),
    "few rows": ("short-month", CBP_NEW, shrunk(APR, "APR"), ["April 2026 has 3 rows"]),
    "a total of deaths times ten": (
        "large-number",
        CDC_2025,
        cells(
            lambda rows: [
                (
                    [*row[:5], row[5] + "0", *row[6:]]
                    if row[0] == "US" and row[1:3] == ["2024", "May"] and row[4] == made.ALL_DRUGS
                    else row
                )
                for row in rows
            ]
        ),
        ["US, all drugs, reported", "12 months ending May 2024"],
    ),
    "a giant new month": (
        "large-number",
        CBP_NEW,
        cells(
            lambda rows: rows
            + [
                [APR, "MAY", *row[2:8], "9999"]
                for row in rows[1:]
                if row[0] == APR and row[1] == "APR" and row[6] == "Fentanyl"
            ]
        ),
        ["May 2026 has", "pounds of Fentanyl, more than 3 times"],
    ),
}


@pytest.mark.parametrize("what", BEYOND)
def test_what_was_never_seen_needs_its_word(place, what):
    word, file, how, words = BEYOND[what]
    folder = place(file)
    change(folder / file, how)
    with pytest.raises(SourceError) as caught:
        read(folder, accept=[other for other in experience.WORDS if other != word])
    sentence = str(caught.value)
    assert all(part in sentence for part in [*words, f"--accept {word}", file]), sentence
    notes = read(folder, accept=experience.WORDS).notes
    assert any(note.startswith(f"Accepted ({word}): ") and all(part in note for part in words) for note in notes)


def test_what_was_seen_passes(place):
    """As much as real editions have moved: weights of a running month by 4 %, its events by 17 %, a death count by 4
    %."""
    folder = place(CBP_NEW, AMO_NEW, CDC_2025)
    change(
        folder / CBP_NEW,
        cells(
            lambda rows: [rows[0]]
            + [
                [*row[:7], str(round(int(row[7]) * 1.17)), str(float(row[8]) * 0.96)] if row[0] == APR else row
                for row in rows[1:]
            ]
        ),
    )
    change(
        folder / CDC_2025,
        cells(
            lambda rows: [
                (
                    [*row[:5], str(round(int(row[5]) * 1.04)), *row[6:]]
                    if row[1:3] == ["2025", "February"] and row[5]
                    else row
                )
                for row in rows
            ]
        ),
    )
    assert read(folder).notes == []


def test_one_release_under_two_dates(place):
    folder = place(CDC_2026, f"{CDC_2026}:cdc/vsrr_xkb8-kh2a_2026-07-01.csv.gz")
    with open(folder / "cdc/vsrr_xkb8-kh2a_2026-07-01.csv.gz", "ab") as file:
        file.write(gzip.compress(b"\r\n"))
    with pytest.raises(
        SourceError,
        match="2026-07-01.csv.gz is dated 2026-07-01, but it is the release that .*2026-06-27. Take it away",
    ):
        read(folder)


def test_two_editions_that_cannot_be_told_apart(place):
    folder = place(CBP_NEW, f"{CBP_NEW}:cbp/nationwide-drugs-fy23-fy26.csv")
    change(folder / "cbp/nationwide-drugs-fy23-fy26.csv", times(1.001, APR))
    with pytest.raises(
        SourceError, match="both go to April 2026, with different numbers for the same months. Take the older one away"
    ):
        read(folder)


def test_a_folder_that_is_none_and_one_that_cannot_be_read(tmp_path):
    for folder in ("", tmp_path / "nowhere"):
        with pytest.raises(SourceError, match="is not a folder. Give the folder that holds the publishers' files"):
            read(folder)
    (tmp_path / "nationwide-drugs-fy23-fy26.csv").mkdir()
    assert set(read(tmp_path).unused) == {"nationwide-drugs-fy23-fy26.csv/"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_that_never_ends_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "nationwide-drugs-fy19-fy22.csv")
    assert read(tmp_path).unused == {"nationwide-drugs-fy19-fy22.csv": "not an ordinary file"}


# ---- bombs -------------------------------------------------------------------------------------

# Its own greatest memory since it was started: ru_maxrss would count the process that started it, too.
MEASURE = """
import re, sys, time
sys.path[:0] = sys.argv[1:3]
import publishers
started = time.monotonic()
try:
    publishers.read_folder(sys.argv[3], sys.argv[1])
except publishers.SourceError as error:
    print(error)
kilobytes = int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])
print(kilobytes // 1024, round(time.monotonic() - started, 1))
"""


def bomb(path, line, megabytes):
    """A gzip of many megabytes of one line, a member for each of them: gzip reads members on end as one file."""
    block = gzip.compress(line * (2**20 // len(line)), 1)
    path.write_bytes(gzip.compress(",".join(made.HEADER).encode() + b"\r\n") + block * megabytes)


def zip_bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open(
        "data.csv", "w", force_zip64=True
    ) as file:
        for _ in range(80):
            file.write(b"0" * 2**20)


def many_rows(path):
    with open(path, "w") as file:
        file.write(",".join(made.HEADER) + "\n")
        for number in range(160_000):
            file.write(f"2023,OCT,OFO,Northern Border,,{number},Lsd,1,0\n")


BOMBS = {
    "gzip, one line": (lambda path: bomb(path, b"0", 80), "longer than 20,000 characters"),
    "gzip, blank lines": (lambda path: bomb(path, b"\n", 80), "more than 500,000 rows"),
    "gzip, long lines": (lambda path: bomb(path, b"0" * 18_000 + b"\n", 80), "values for 9 columns"),
    "gzip, quoted lines": (lambda path: bomb(path, b'"' + b"\n" * 9_000, 80), "a quotation mark is missing"),
    "zip": (zip_bomb, "longer than 20,000 characters"),
    "plain": (many_rows, "more than 100,000 rows"),
    "sparse": (lambda path: os.truncate(path, 2**33), "NUL byte"),
}


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is measured in other units there")
@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_within_300_megabytes(tmp_path, kind):
    pack, words = BOMBS[kind]
    path = tmp_path / "nationwide-drugs-fy23-fy26-apr.csv"
    path.touch()
    pack(path)
    command = [sys.executable, "-c", MEASURE, str(DATA), str(DATA.parent / "notebooks"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    sentence, measured = done.stdout.strip().split("\n")
    assert words in sentence and path.name in sentence
    megabytes, seconds = map(float, measured.split())
    assert megabytes < 300 and seconds < 60


@pytest.mark.parametrize("old, new, words", [("2015-01", "2015-13", "'2015-13' is not a value of type yearmonth"), (",all drugs", "", "5 values for 6")])
def test_a_committed_table_that_is_damaged_is_named_however_often_it_is_read(place, tmp_path_factory, old, new, words):
    tables, folder = shutil.copytree(DATA, tmp_path_factory.mktemp("tables") / "data"), place(CDC_2026)
    path = tables / "overdose_12_months.csv"
    whole = path.read_text("utf-8")
    for text in (whole, whole.replace(old, new, 1), whole):
        path.write_text(text, encoding="utf-8", newline="")
        if text == whole:
            assert publishers.read_folder(folder, tables).overdose
        else:
            with pytest.raises(datapackage.TableFault, match=f"^data/overdose_12_months.csv, row .*{words}.* To bring it back: git checkout"):
                publishers.read_folder(folder, tables)


def test_all_limits_have_their_sentence(place, monkeypatch):
    folder = place(CBP_NEW)
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)
    with pytest.raises(SourceError, match="unpacks to more than 0 MB"):
        read(folder)
    monkeypatch.undo()
    monkeypatch.setattr(publishers, "MOST_ROWS", 100)
    with pytest.raises(SourceError, match="more than 100 rows in all. Take older editions away"):
        read(folder)
    monkeypatch.undo()
    monkeypatch.setattr(publishers, "MOST_FILES", 0)
    with pytest.raises(SourceError, match="Give the publishers' files a folder of their own"):
        read(folder)
    monkeypatch.undo()
    monkeypatch.setattr(reading, "LARGEST_ZIP", 10)
    pack_zip(folder / CBP_NEW)
    with pytest.raises(SourceError, match="is a zip file of more than"):
        read(folder)


@pytest.mark.parametrize("names, words", [(("a.csv", "b.csv"), "holds 2 CSV files"), (("a.txt",), "holds 0 CSV files"),
                                          (("xl/workbook.xml", "a.csv"), "is an Excel workbook")])
def test_a_zip_with_something_else(place, names, words):
    folder = place(CBP_NEW)
    pack_zip(folder / CBP_NEW, names)
    with pytest.raises(SourceError, match=words):
        read(folder)


# ---- real files, when they are there -----------------------------------------------------------

@pytest.mark.skipif("TAKEAWAYS_SOURCES" not in os.environ, reason="TAKEAWAYS_SOURCES names no folder")
def test_real_releases_that_the_tables_do_not_hold(tmp_path):
    wild = Path(os.environ["TAKEAWAYS_SOURCES"]) / "wild"
    shutil.copy(wild / "nationwide-drugs-fy22-fy25-may.csv.gz", tmp_path / "nationwide-drugs-fy22-fy25-may.csv.gz")
    shutil.copy(wild / "VSRR_release_of_about_October_2018.csv.gz", tmp_path / f"{BROWSER}_20181017.csv.gz")
    found = read(tmp_path)
    assert [(edition.first, edition.last, len(edition.rows)) for edition in found.nationwide] == [
        ("2021-10", "2025-05", 9004)
    ]
    assert [(edition.last, len(edition.rows)) for edition in found.overdose] == [("2018-03", 39 * (5 + 2 * 7))]
    (tmp_path / f"{BROWSER}_20181017.csv.gz").rename(tmp_path / f"{BROWSER}.csv.gz")
    with pytest.raises(SourceError, match="the name does not say of which day .* end in March 2018"):
        read(tmp_path)
