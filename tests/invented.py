"""Releases that nobody published: later editions of the publishers' files, made from the real ones to try what an update does.

    python3 tests/invented.py SOURCES 3 DIR        three months after the newest tables; SOURCES holds the real cbp/ and cdc/
    python3 tests/invented.py SOURCES 24 DIR       two years after them

Each new month of seizures is the same month a year before times a factor of this file, each new total of deaths the total
before it times another. Nothing here is an estimate, and no file of it
belongs into data/: each folder made holds a file that says so.
"""
import csv
import gzip
import io
import shutil
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path += [str(TOP / "data"), str(TOP / "notebooks")]
import publishers  # noqa: E402

SAY = "INVENTED: every figure after {newest} in these files was made up to try an update. Never put them into data/.\n"
SEIZED, DIED = 0.6, 0.99        # a month as a part of the same month a year before; a 12-month total, of the one before it
REVISED = 1.004                 # what late certificates add to the newest month of the real release, and less to those before it
MONTHS = "January February March April May June July August September October November December".split()
NEWEST = 2026 * 12 + 3          # April 2026, counted from nought


def make(sources, months, folder):
    """Write cbp/ and cdc/ as they might look that many months after April 2026; returns the folder."""
    newest = NEWEST + months
    for part in ("cbp", "cdc"):
        (Path(folder) / part).mkdir(parents=True, exist_ok=True)
    (Path(folder) / "INVENTED.txt").write_text(SAY.format(newest="April 2026"))
    shutil.copy(Path(sources) / "cbp/nationwide-drugs-fy23-fy26-apr.csv", Path(folder) / "cbp")     # as left by the last refresh
    seizures(Path(sources), newest, Path(folder) / "cbp")
    deaths(Path(sources), newest, Path(folder) / "cdc")
    return Path(folder)


# ---- seizures ----------------------------------------------------------------------------------

def seizures(sources, newest, place):
    """Four fiscal years to the newest month, under the name that the publisher would give the file."""
    header, *rows = read(sources / "cbp/nationwide-drugs-fy23-fy26-apr.csv")
    months = {}
    for row in rows:
        months.setdefault(number_of(row), []).append(row)
    for month in range(NEWEST + 1, newest + 1):
        months[month] = [[str(fiscal_year(month)), *row[1:-1], f"{SEIZED * float(row[-1]):.4f}"] for row in months[month - 12]]
    last = fiscal_year(newest)
    shown = [[f"{row[0][:4]} (FYTD)" if int(row[0][:4]) == last and newest % 12 != 8 else row[0][:4], *row[1:]]
             for month in sorted(months) for row in months[month] if fiscal_year(month) > last - 4]
    name = f"nationwide-drugs-fy{(last - 3) % 100}-fy{last % 100}-{MONTHS[newest % 12][:3].lower()}.csv"
    write(place / name, [header, *shown])


def number_of(row):
    """The month of a row of the file, counted from nought."""
    month = [name[:3].upper() for name in MONTHS].index(row[1])
    return (int(row[0][:4]) - (month >= 9)) * 12 + month


def fiscal_year(month):
    return month // 12 + (month % 12 >= 9)


# ---- deaths ------------------------------------------------------------------------------------

def deaths(sources, newest, place):
    """One release with all places and classes, dated five months after its newest month."""
    series = {}
    for name in ("vsrr_xkb8-kh2a_2025-07-16_all_states_all_indicators.csv.gz", "vsrr_xkb8-kh2a_2026-06_all_states_T404.csv.gz"):
        header, *rows = read(sources / "cdc" / name)
        at = {column.lower().replace(" ", "_"): position for position, column in enumerate(header)}
        for row in rows:
            month = int(row[at["year"]]) * 12 + MONTHS.index(row[at["month"]])
            pair = (row[at["data_value"]], row[at["predicted_value"]])
            series.setdefault((row[at["state"]], row[at["indicator"]]), {})[month] = pair
    for (state, indicator), month, pair in newest_known():
        series.setdefault((state, indicator), {})[month] = pair
    date = newest + 5
    header = ["State", "Year", "Month", "Period", "Indicator", "Data Value", "Percent Complete",
              "Percent Pending Investigation", "State Name", "Footnote", "Footnote Symbol", "Predicted Value"]
    rows = [[state, month // 12, MONTHS[month % 12], "12 month-ending", indicator, reported, "100", "0", state, "", "", predicted]
            for (state, indicator), known in sorted(series.items()) for month, (reported, predicted) in longer(known, newest)]
    write(place / f"vsrr_xkb8-kh2a_{date // 12}-{date % 12 + 1:02}-16.csv", [header, *rows])


def newest_known():
    """The newest count of each month that the tables hold, the newest ones a little raised: (state, indicator), month, pair."""
    names = {ours: theirs for theirs, ours in publishers.INDICATORS.items() if ours}
    rows = [row for table in ("overdose_states", "overdose_12_months")
            for row in csv.DictReader(io.StringIO((TOP / f"data/{table}.csv").read_text("utf-8")))]
    for row in sorted(rows, key=lambda row: row["vintage"]):
        month = int(row["month_ending"][:4]) * 12 + int(row["month_ending"][5:]) - 1
        raised = 1 + (REVISED - 1) * max(0, month - NEWEST + 12) / 12
        pair = [str(round(float(row[column]) * raised)) if row[column] else "" for column in ("reported", "predicted")]
        yield (row.get("state", "US"), names[row["drug_class"]]), month, tuple(pair)


def longer(known, newest):
    """The months of a series to the newest, each missing one made from the total before it."""
    known = dict(known)
    for month in range(max(known) + 1, newest + 1):
        known[month] = tuple(str(round(DIED * float(value.replace(",", "")))) if value else "" for value in known[month - 1])
    return sorted(known.items())


# ---- files -------------------------------------------------------------------------------------

def read(path):
    """The rows of a CSV file, plain or packed."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]), sys.argv[3])
