"""What moved from one edition of the tables to the next, told for a person, in Markdown.

"Beyond experience" is a revision larger than any that the tables themselves have seen: of seizures, what
`seizures_revisions` holds (a closed fiscal year has never moved); of deaths, what one release in `overdose_12_months`
changed in the one before.
"""
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import publishers
from datapackage import read_package, read_rows
from layouts import in_words
from make import BY_HAND

SEIZURES = ["seizures_monthly", "seizures_fiscal_year", "seizures_air_and_marine"]
DEATHS = {"overdose_12_months": ["drug_class"], "overdose_states": ["state", "drug_class"]}
MEASURES = ("pounds", "events", "reported", "predicted", "deaths", "persons", "difference_reported",
            "difference_predicted")
SMALL = 0.006           # pounds: less is the rounding of a sum
ENOUGH = 100            # pounds or events before: a percentage of less says little
RECENT = 12             # months before the newest of a release, in which late certificates still come in
LISTED = 6              # revisions of one kind that the report lists; it counts the others
OVERTAKES = {           # a table compiled by hand, the machine-made one that may reach as far, and what then
    "seizures_fiscal_year_newest": ("seizures_monthly", "the file itself now gives these totals: hold them against "
                                    "it, then let lesson 04 take its year from the months"),
    "overdose_states_april": ("overdose_states", "the newest release has newer months; lesson 04 compares April "
                              "with April"),
    "seizures_published": ("seizures_monthly", "its column file_pounds was read from the file of that day"),
    "checkpoint_seizures": ("seizures_monthly", "its column border_patrol_pounds ends with the file of that day"),
}


@dataclass
class Revision:
    """One value that was there before and is another now."""

    table: str
    what: str
    old: float
    new: float
    beyond: bool

    @property
    def percent(self):
        return f"{100 * (self.new / self.old - 1):+.1f} %" if self.old else "was 0"

    def __str__(self):
        numbers = f"{self.old:,.10g} → {self.new:,.10g} ({self.percent})".replace("-", "−")
        return f"{self.table}: {self.what}: {numbers}" + (", **beyond experience**" if self.beyond else "")


class Edition:
    """The tables of one data folder, by name."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.resources = {resource["name"]: resource for resource in read_package(self.folder)["resources"]}
        self._rows, self._by_key = {}, {}

    def rows(self, name):
        """The rows of a table as dictionaries of text."""
        if name not in self._rows:
            self._rows[name] = read_rows(self.resources[name], self.folder)
        return self._rows[name]

    def by_key(self, name):
        """{key: row} of a table."""
        if name not in self._by_key:
            key = self.resources[name]["schema"]["primaryKey"]
            self._by_key[name] = {tuple(row[column] for column in key): row for row in self.rows(name)}
        return self._by_key[name]


def changed_tables(old, new):
    """Names of the tables whose content differs."""
    return [name for name, resource in new.resources.items() if resource["hash"] != old.resources[name]["hash"]]


# ---- what is new -------------------------------------------------------------------------------

def news(old, new):
    """A sentence for each table with months, releases, years or pairs of files that were not there."""
    told = []
    for name in changed_tables(old, new):
        columns = ("vintage", "older_file", "month", "fiscal_year", "year")
        column = next((one for one in columns if one in new.rows(name)[0]), None)
        before, now = ({(row[column], row.get("newer_file")) for row in edition.rows(name)} for edition in (old, new))
        if now - before:
            told.append(f"{name}: {_span(column, sorted(now - before, key=str), new.rows(name))}")
    return told


def _span(column, added, rows):
    if column == "older_file":
        return "; ".join(f"{newer} against {older}" for older, newer in added)
    added = [one for one, _ in added]
    if column == "vintage":
        return "; ".join(_release(one, [row for row in rows if row["vintage"] == one]) for one in added)
    words = [in_words(one) if column == "month" else f"{column.replace('_', ' ')} {one}"
             for one in (added[0], added[-1])]
    return words[0] if len(added) == 1 else f"{words[0]} to {words[1]} ({len(added)} new)"


def _release(vintage, rows):
    months = sorted({row["month_ending"] for row in rows if "month_ending" in row})
    span = f", 12 months ending {in_words(months[0])} to {in_words(months[-1])}" if months else ""
    return f"release of {in_words(vintage)}{span}"


def dates(old, new):
    """A sentence for each as-of date that moved."""
    both = [(name, old.resources[name]["asOfText"], resource["asOfText"]) for name, resource in new.resources.items()]
    return [f"{name}: {before} → {now}" for name, before, now in both if before != now]


def vintages(old, new):
    """A sentence for each table that now rests on other files or releases."""
    told = []
    for name, resource in new.resources.items():
        before, now = (re.split(r"; |, | and |: |from the ", words)
                       for words in (old.resources[name]["vintage"], resource["vintage"]))
        added, gone = ([one for one in some if one not in others] for some, others in ((now, before), (before, now)))
        if added or gone:
            told.append(f"{name}: now {', '.join(added) or '-'}" + (f"; no longer {', '.join(gone)}" if gone else ""))
    return told


# ---- what was revised --------------------------------------------------------------------------

def revisions(old, new):
    """Every value that was there before and is another now; a year that was not over is told by its drugs."""
    found = []
    for name in changed_tables(old, new):
        if name in SEIZURES:
            found += _seizures_revised(name, old, new)
        elif name in DEATHS:
            found += _deaths_revised(name, old, new)
        elif name != "seizures_revisions":
            found += _cells_revised(name, old, new)
    return found


def _seizures_revised(name, old, new):
    years = old.rows(name if name == "seizures_air_and_marine" else "seizures_fiscal_year")
    closed = {row["fiscal_year"] for row in years if row["months_covered"] == "12"}
    cells = [(key, before, new.by_key(name).get(key)) for key, before in old.by_key(name).items()]
    found = [_revised(name, key, before, now, measure, True) for key, before, now in cells
             if before["fiscal_year"] in closed for measure in ("pounds", "events")]
    if name == "seizures_monthly":
        running = [(before, now) for _, before, now in cells if before["fiscal_year"] not in closed]
        found += _running_year(name, running, experience_of_seizures(old))
    return found


def _running_year(name, cells, seen):
    sums = defaultdict(lambda: [0.0, 0.0])
    for before, now in cells:
        for measure in ("pounds", "events"):
            place = before["fiscal_year"], before["drug"], before["component"], measure
            sums[place][0] += float(before[measure])
            sums[place][1] += float(now[measure]) if now else 0
    for (year, drug, component, measure), (was, is_now) in sums.items():
        if abs(is_now - was) > SMALL:
            low, high = seen[measure]
            yield Revision(name, f"{drug}, {component}, {measure}, the months of fiscal year {year} that were there",
                           round(was, 3), round(is_now, 3), was >= ENOUGH and not low <= is_now / was - 1 <= high)


def experience_of_seizures(edition):
    """{measure: (lowest, highest)}: the changes of a running year that the pairs of editions show, as fractions."""
    seen = {"pounds": [0.0], "events": [0.0]}
    for row in edition.rows("seizures_revisions"):
        for measure, changes in seen.items():
            older = float(row[f"{measure}_older"])
            if row["component"] != "All" and older >= ENOUGH:
                changes.append(float(row[f"{measure}_newer"]) / older - 1)
    return {measure: (min(changes), max(changes)) for measure, changes in seen.items()}


def _deaths_revised(name, old, new):
    newest = newest_months(old.rows(name))
    seen = experience_of_deaths(old.rows(name), DEATHS[name])
    before, now = (_newest_editions(edition.rows(name), DEATHS[name]) for edition in (old, new))
    for key, row in before.items():
        later = now.get(key, row)
        for measure in ("reported", "predicted"):
            if later["vintage"] > row["vintage"] and row[measure] and later[measure] and row[measure] != later[measure]:
                was, is_now = float(row[measure]), float(later[measure])
                low, high = seen.get((measure, _is_recent(row, newest)), (0, 0))
                yield Revision(name, f"{', '.join(key[:-1])}, 12 months ending {in_words(key[-1])}, {measure}",
                               was, is_now, was >= ENOUGH and not low <= is_now / was - 1 <= high)


def _newest_editions(rows, group):
    return {tuple(row[column] for column in (*group, "month_ending")): row
            for row in sorted(rows, key=lambda row: row["vintage"])}


def newest_months(rows):
    """{release: its newest month}."""
    newest = {}
    for row in rows:
        newest[row["vintage"]] = max(row["month_ending"], newest.get(row["vintage"], ""))
    return newest


def _is_recent(row, newest):
    """Whether a month was among the newest of its release."""
    last, month = ([int(part) for part in date.split("-")] for date in (newest[row["vintage"]], row["month_ending"]))
    return 12 * (last[0] - month[0]) + last[1] - month[1] < RECENT


def experience_of_deaths(rows, group):
    """{(measure, recent): (lowest, highest)}: how one release changed the months of the one before it, as fractions."""
    newest, seen, last = newest_months(rows), defaultdict(lambda: [0.0]), {}
    for row in sorted(rows, key=lambda row: row["vintage"]):
        key = tuple(row[column] for column in (*group, "month_ending"))
        before, last[key] = last.get(key), row
        for measure in ("reported", "predicted"):
            if before and row[measure] and before[measure] and float(before[measure]) >= ENOUGH:
                seen[measure, _is_recent(before, newest)].append(float(row[measure]) / float(before[measure]) - 1)
    return {place: (min(changes), max(changes)) for place, changes in seen.items()}


def _cells_revised(name, old, new):
    """Any other table, cell by cell; what is usual there is not known, so nothing is called beyond experience."""
    for key, before in old.by_key(name).items():
        now = new.by_key(name).get(key)
        for measure in MEASURES:
            if measure in before and now:
                yield _revised(name, key, before, now, measure, False)


def _revised(name, key, before, now, measure, beyond):
    was, is_now = before[measure], now[measure] if now else ""
    if was == is_now or was and is_now and abs(float(was) - float(is_now)) <= (SMALL if measure == "pounds" else 0):
        return None
    return Revision(name, f"{', '.join(key)}, {measure}", float(was or 0), float(is_now or 0), beyond)


# ---- what stays --------------------------------------------------------------------------------

def overtaken(edition):
    """A sentence for each table compiled by hand that a machine-made one now reaches or passes."""
    told = []
    for name, (other, what) in OVERTAKES.items():
        mine, theirs = edition.resources[name]["asOf"], edition.resources[other]["asOf"]
        if theirs >= mine if name == "seizures_fiscal_year_newest" else theirs > mine:
            told.append(f"{name}: as of {mine}; {other} now reaches {theirs}: {what}")
    return told


def staying(edition, stays):
    """Why each table that was not made again stays as it is."""
    by_hand = [name for name, resource in edition.resources.items() if resource["made"] == BY_HAND]
    told = [f"{name}: {why}" for name, why in stays.items()]
    return [*told, f"compiled by hand, never touched: {', '.join(by_hand)}"]


# ---- the report --------------------------------------------------------------------------------

def report(made, old_folder, new_folder):
    """(lines of Markdown, whether a value moved beyond experience): what the report tells of files and tables."""
    old, new = Edition(old_folder), Edition(new_folder)
    found = [one for one in revisions(old, new) if one]
    beyond = [one for one in found if one.beyond]
    parts = {"Files": publishers.account(made.folder), "New": news(old, new), "As-of dates": dates(old, new),
             "Files and releases that the tables rest on": vintages(old, new),
             f"Values revised ({len(found)}, of them {len(beyond)} beyond experience)": listed(found),
             "Tables that stay, and why": staying(new, made.stays),
             "Compiled by hand, and overtaken: a person decides": overtaken(new)}
    lines = []
    for heading, sentences in parts.items():
        lines += ["", f"## {heading}", "", *(f"- {one}" for one in sentences)] if sentences else []
    return lines, bool(beyond)


def listed(found):
    """What is beyond experience first; of each table and measure the largest revisions, and how many more there are."""
    groups = defaultdict(list)
    for one in found:
        groups[not one.beyond, one.table, one.what.rpartition(", ")[2] if one.table not in SEIZURES else ""].append(one)
    told = []
    for (_, table, measure), some in sorted(groups.items(), key=lambda pair: pair[0][0]):
        some.sort(key=lambda one: -abs(one.new / one.old - 1) if one.old else 0)
        told += [str(one) for one in some[:LISTED]]
        if len(some) > LISTED:
            told.append(f"{table}{', ' + measure if measure else ''}: {len(some) - LISTED} more, each smaller"
                        + (", **beyond experience**" if some[0].beyond else ""))
    return told
