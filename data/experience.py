"""What has been seen of the publishers' figures so far, and sentences about files that go beyond it.

Measured on every edition that could be found: seven of the nationwide file (November 2023 to June 2026), four of Air
and Marine Operations, and six releases of CDC's counts (December 2017 to September 2026). A figure may go beyond what
has been seen and be right: each sentence ends with the word that lets it through, `python3 data --from DIR --accept
WORD`.
"""
from collections import defaultdict
from operator import itemgetter
from pathlib import Path

from datapackage import TableFault, damaged, judged, read_package, read_text
from layouts import AIR_AND_MARINE, in_words, short_months

WORDS = ["closed-year", "moved-month", "short-month", "large-number"]
CLOSED_YEAR, MOVED_MONTH, SHORT_MONTH, LARGE_NUMBER = WORDS

CLOSED_SHARE = 0.003        # a closed year: no row moved since November 2023; totals before, by 0.3 % at most (press)
CLOSED_POUNDS = 0.02        # the table is rounded to 0.001
MONTH_POUNDS = 0.15         # a month of the running year, five drugs together: -5.3 to +3.4 % so far
MONTH_EVENTS = (-0.05, 0.40)    # and its events: -0.3 to +17.2 % so far ...
FEW = 3                     # ... and this many may come and go
DRUG_POUNDS = 0.5           # one drug in such a month: -22 to +39 % so far ...
DRUG_AT_LEAST = 150         # ... and only where this many pounds moved
NEW_MONTH = 3               # a new month of one drug, in units of its highest one so far: at most 2.6 in 91 months
LEAST_ROWS = {AIR_AND_MARINE: 0.2}      # rows of a month, of the usual number: 0.41 and more so far ...
LEAST_ROWS_NATIONWIDE = 0.5             # ... and 0.87 and more in the nationwide file
NEXT_TOTAL = {"US": 0.2}    # from one 12-month total to the next: at most 7.8 % in the nation so far ...
NEXT_TOTAL_STATE = 0.5      # ... and 21 % in the four states, where both are 100 or more
SMALLEST_TOTAL = 100


def table(folder, name):
    """The rows of a committed table. Raises TableFault when it is not as described."""
    resource = next(one for one in read_package(Path(folder))["resources"] if one["name"] == name)
    text = read_text(Path(folder) / resource["path"])
    try:
        rows, faults = judged({**resource, "minRows": 0}, text)
    except TableFault as fault:
        raise damaged(resource, fault) from None
    if faults:
        raise damaged(resource, faults[0])
    return [row for _, row in rows]


def sums(rows, columns, keep=lambda row: True):
    """{values of `columns`, two or more: [pounds, events]} of rows from a file or a table."""
    cells, place_of = defaultdict(lambda: [0.0, 0]), itemgetter(*columns)
    for row in rows:
        if keep(row):
            cell = cells[tuple(map(str, place_of(row)))]
            cell[0] += float(row["pounds"])
            cell[1] += int(row["events"])
    return cells


def steady(rows, committed, key):
    """Rows of a table as text, in which a weight that only rounds differently keeps the digits of the committed table.

    Editions repeat closed years with other noise in the tenth digit, which turns a half of the last place up or down.
    """
    there = {tuple(row[column] for column in key): row for row in committed}
    for row in rows:
        old = there.get(tuple(row[column] for column in key))
        if old and "pounds" in row and row["events"] == old["events"]:
            if abs(float(row["pounds"]) - float(old["pounds"])) < 0.0015:
                row["pounds"] = old["pounds"]
    return rows


def beyond(old, new, share, least):
    """Whether a number moved by more than a share of itself, and by more than `least`."""
    return abs(new - old) > max(share * old, least)


def of_closed_years(edition, committed):
    """Sentences about closed fiscal years of one edition that differ from the committed table."""
    if not committed:
        return
    columns = [column for column in ("fiscal_year", "drug", "component", "region") if column in committed[0]]
    years = {row["fiscal_year"] for row in committed}
    whole = {str(year) for year in {row["fiscal_year"] for row in edition.rows} if f"{year}-09" <= edition.last}
    closed = whole & years - {max(years)}
    here = sums(edition.rows, columns, lambda row: str(row["fiscal_year"]) in closed)
    there = sums(committed, columns, lambda row: row["fiscal_year"] in closed)
    for key in sorted({**there, **here}):
        (old, old_events), (new, new_events) = there.get(key, (0, 0)), here.get(key, (0, 0))
        if beyond(old, new, CLOSED_SHARE, CLOSED_POUNDS) or beyond(old_events, new_events, CLOSED_SHARE, 0):
            yield (f"{edition.name}: fiscal year {key[0]} is closed, but {', '.join(key[1:])} has {new:,.2f} pounds "
                   f"in {new_events:,} events, where the table has {old:,.2f} in {old_events:,}")


def of_months(rows, used, committed):
    """Sentences about months that the committed table has too, and that moved."""
    if not committed:
        return
    drugs, known = {row["drug"] for row in committed}, {row["month"] for row in committed}
    names = used[-1].name
    here = sums(rows, ["month", "drug"], lambda row: row["drug"] in drugs)
    there = sums(committed, ["month", "drug"])
    for month in sorted(known & {row["month"] for row in rows}):
        old, new = ([sum(cells.get((month, drug), (0, 0))[place] for drug in drugs) for place in (0, 1)]
                    for cells in (there, here))
        least, most = (old[1] * (1 + share) for share in MONTH_EVENTS)
        if beyond(old[0], new[0], MONTH_POUNDS, DRUG_AT_LEAST) or not least - FEW <= new[1] <= most + FEW:
            yield (f"{names}: {in_words(month)} has {new[0]:,.0f} pounds in {new[1]:,} events of the {len(drugs)} "
                   f"drugs, where the table has {old[0]:,.0f} in {old[1]:,}")
        for drug in sorted(drugs):
            old, new = there[month, drug][0], here.get((month, drug), (0, 0))[0]
            if beyond(old, new, DRUG_POUNDS, DRUG_AT_LEAST):
                yield f"{names}: {in_words(month)} has {new:,.0f} pounds of {drug}, where the table has {old:,.0f}"


def of_new_months(rows, used, committed):
    """Sentences about months that the committed table does not have, with a giant weight of one drug."""
    known = {row["month"] for row in committed}
    here = sums(rows, ["drug", "month"], lambda row: row["month"] not in known)
    there = sums(committed, ["drug", "month"]) if here else {}
    for (drug, month), (pounds, _) in sorted(here.items()):
        most = max((old for (one, _), (old, _) in there.items() if one == drug), default=None)
        if most is not None and pounds > NEW_MONTH * most:
            yield (f"{used[-1].name}: {in_words(month)} has {pounds:,.0f} pounds of {drug}, more than {NEW_MONTH} "
                   f"times the highest month so far ({most:,.0f})")


def of_rows(edition):
    """Sentences about months with few rows."""
    least = LEAST_ROWS.get(edition.kind, LEAST_ROWS_NATIONWIDE)
    return [f"{edition.name}: {sentence}" for sentence in short_months(edition.rows, least)]


def of_totals(edition):
    """Sentences about a 12-month total that is far from that of the month before."""
    series = defaultdict(dict)
    for row in edition.rows:
        for column in ("reported", "predicted"):
            if row[column] is not None:
                series[row["state"], row["drug_class"], column][row["month_ending"]] = row[column]
    for (state, drug_class, column), totals in series.items():
        months = sorted(totals)
        for before, month in zip(months, months[1:]):
            old, new = totals[before], totals[month]
            least = NEXT_TOTAL.get(state, NEXT_TOTAL_STATE)
            if max(old, new) >= SMALLEST_TOTAL and abs(new - old) > max(least * min(old, new), SMALLEST_TOTAL / 2):
                yield (f"{edition.name}: {state}, {drug_class}, {column}: {new:,} in the 12 months ending "
                       f"{in_words(month)} "
                       f"after {old:,} in those ending {in_words(before)}")
