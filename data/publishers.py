"""A folder of publishers' files, read: which file is what, which counts, and which is not used and why.

`read_folder(folder)` takes every file in the folder itself, in cbp/, cbp/vintages/ and cdc/, under whatever name, and
tells by its content what it is. It gives editions with clean rows, or stops with one sentence (`SourceError`) that
names the file and says what to do.
"""
import datetime
import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import experience
from layouts import (AIR_AND_MARINE, AMO_PAGE, CALLED, CBP_PAGE, CDC_PAGE, COMPONENTS, FISCAL_MONTHS,  # noqa: F401
                     INDICATORS, MONTHS, NATIONWIDE, OVERDOSE, PAGES, PANELS, PLACES, POPULATION, POPULATION_PAGE,
                     RATES, RATES_PAGE, READERS, REGIONS, fiscal_month, in_words, kind_of, months_between, read_amo,
                     read_cbp, read_population, read_rates, read_vsrr)
from reading import AGAIN, MOST_BYTES, SourceError

ROOMS = ["", "cbp", "cbp/vintages", "cdc"]
MOST_FILES = 1_000              # in these folders; a folder with more is somebody's whole disk
REMEMBERED = 16                 # files as they were read last: an update reads each one two or three times
MOST_ROWS = 300_000             # of all files: 200 MB. An edition of CBP has 10,000, a release of CDC here 6,000
FILE_DATES = {                  # files whose name does not give the whole date
    "vsrr_xkb8-kh2a_2019-04_all_states_all_indicators": "2019-04-24",
    "vsrr_xkb8-kh2a_2026-06_all_states_T404": "2026-06-27",
}
NAMED = {                       # what a name claims, in the order in which they are tried
    AIR_AND_MARINE: r"(?<![a-z])amo(?![a-z])|air.?and.?marine",
    NATIONWIDE: r"nationwide.?drug|drug.?seizures?",
    OVERDOSE: r"vsrr|xkb8|provisional.?drug|overdose.?death.?count",
    RATES: r"hus.?drug|95ax|drug.?overdose.?death.?rates?",
    POPULATION: r"state.?population",
}
NOT_LOOKED_INTO = "a folder that is not looked into: put files into the folder itself, cbp/ or cdc/"
NOT_WANTED = "not one of the files that the tables are made from"
TABLES = (".csv", ".gz", ".zip", ".xlsx", ".xls", ".json", ".txt", ".tsv")
DAY = re.compile(r"(?<!\d)(\d{4})([-_.]?)(\d\d)\2(\d\d)(?!\d)")
SPAN = re.compile(r"fy ?(\d\d)[-_ ](?:fy)?(\d\d)(?!\d)(?:[-_ ]+([a-z]{3})(?![a-z]))?")
ENOUGH = 24                     # numbers that two releases share before they can be called the same
LONGEST_DELAY = 12              # months from the newest month of death to the release: 5 to 7 so far


class SameRelease(SourceError):
    """One release of CDC under two dates; `name` is the file with the wrong one."""

    def __init__(self, text, name):
        super().__init__(text)
        self.name = name


@dataclass(frozen=True)
class Edition:
    """One publisher's file that was read: what it is, what it covers, and its rows."""

    name: str                   # where it lies in the folder, e.g. "cbp/nationwide-drugs-fy23-fy26-apr.csv"
    kind: str                   # NATIONWIDE, AIR_AND_MARINE, OVERDOSE, RATES or POPULATION
    rows: list | dict           # clean rows, as the readers in layouts.py return them
    first: str = ""             # first and last month that it covers, YYYY-MM
    last: str = ""
    released: str = ""          # OVERDOSE: date of the release or of the copy, YYYY-MM-DD
    columns: frozenset = frozenset()    # optional columns that it has, such as "land_filter" or "predicted_value"

    @property
    def file(self):
        """The last part of its name."""
        return self.name.rpartition("/")[2]


@dataclass
class Folder:
    """What a folder holds: every file is in one of these lists, or in `unused` with the reason."""

    nationwide: list[Edition] = field(default_factory=list)         # oldest first
    air_and_marine: list[Edition] = field(default_factory=list)     # oldest first
    overdose: list[Edition] = field(default_factory=list)           # by date of release
    rates: Edition | None = None
    population: Edition | None = None
    unused: dict[str, str] = field(default_factory=dict)            # name: why it is not used
    notes: list[str] = field(default_factory=list)                  # what was let through with --accept


def read_folder(folder, tables=None, accept=(), landed=None):
    """Read every publisher's file in `folder`; see Folder.

    `tables` is the folder of the committed tables, to compare with (None: no comparison); `accept` lists words of
    experience.WORDS; `landed` is {name: path} of files that lie elsewhere, and are read as if they were in the folder
    under these names. Raises SourceError for a file that cannot be read, is damaged, or goes beyond what has been seen.
    """
    place = Path(folder)
    if not str(folder) or not place.is_dir():
        raise SourceError(f"{str(folder)!r} is not a folder. Give the folder that holds the publishers' files: "
                          f"{CBP_PAGE}, {AMO_PAGE} and {CDC_PAGE} serve them.")
    found, rows = Folder(), 0
    try:
        for path, name in files_in(place, found, landed or {}):
            if edition := read_edition(path, name, found, tables):
                keep(edition, found)
                rows += len(edition.rows)
            if rows > MOST_ROWS:
                raise SourceError(f"{place} holds more than {MOST_ROWS:,} rows in all. Take older editions away, to "
                                  "cbp/older/ or "
                                  "wherever this command does not look.")
    except OSError as error:
        raise SourceError(f"{error.filename or place} cannot be read ({error.strerror or error}).") from None
    complain_of_twins(found, tables)
    complain_beyond_experience(found, tables, accept)
    return found


def newest(editions):
    """(rows, [edition used, oldest first]) of CBP's editions, oldest first: of each fiscal year the newest edition
    counts."""
    owner = {row["fiscal_year"]: edition.name for edition in editions for row in edition.rows}
    used = [edition for edition in editions if edition.name in owner.values()]
    return [row for edition in used for row in edition.rows if owner[row["fiscal_year"]] == edition.name], used


# ---- files and names ---------------------------------------------------------------------------

def files_in(place, found, landed):
    """[(path, name)] of the files to look at; what is not looked into goes to `found.unused`."""
    files, seen = [(path, name) for name, path in landed.items()], {}
    for room in rooms_of(place):
        for path in sorted(room.iterdir(), key=lambda path: (len(path.name), path.name)):
            name = path.relative_to(place).as_posix()
            if name in landed:
                continue
            if path.is_dir():
                if name.lower() not in ROOMS:
                    found.unused[name + "/"] = NOT_LOOKED_INTO
            elif path.name.startswith((".", "~$")) or path.suffix in (".part", ".crdownload"):
                found.unused[name] = "a hidden or unfinished file"
            elif not path.is_file():
                found.unused[name] = "not an ordinary file"
            elif (twin := seen.setdefault(fingerprint(path), name)) != name:
                found.unused[name] = f"the same bytes as {twin}"
            else:
                files.append((path, name))
    if len(files) > MOST_FILES:
        raise SourceError(f"{place} holds more than {MOST_FILES:,} files. Give the publishers' files a folder of "
                          "their own.")
    return files


def rooms_of(place):
    """The folder itself, cbp/, cbp/vintages/ and cdc/, in whatever capitals."""
    rooms = [place]
    for room in rooms:  # grows while it is walked
        rooms += sorted(path for path in room.iterdir()
                        if path.is_dir() and path.relative_to(place).as_posix().lower() in ROOMS)
    return rooms


def fingerprint(path):
    """The same for files with the same bytes; a file too large to be a publisher's stands for itself."""
    if path.stat().st_size > MOST_BYTES:
        return path
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Content:
    """A file known by its bytes alone, wherever it lies and whatever it is called."""

    bytes: str
    path: Path = field(compare=False)
    name: str = field(compare=False)


@lru_cache(REMEMBERED)
def rows_of(content, kind):
    """The rows of one file; they are shared with whoever reads the same bytes again: read them only."""
    return READERS[kind](content.path, name=content.name)


def read_edition(path, name, found, tables):
    """One file as an Edition, or None when it is not a publisher's file and does not claim to be."""
    claimed = claim_of(name)
    try:
        kind, columns = kind_of(path, name)
    except SourceError as error:
        if claimed:
            raise
        found.unused[name] = f"not recognised: {error}" if path.suffix.lower() in TABLES else NOT_WANTED
        return None
    if not (kind or claimed):
        found.unused[name] = NOT_WANTED
        return None
    if claimed and kind and claimed != kind:
        raise SourceError(f"{name}: its name says that it is {CALLED[claimed]}, but it holds {CALLED[kind]}. Give it "
                          "the publisher's "
                          f"name again, or download it again from {PAGES[claimed]}.")
    kind = kind or claimed
    rows = rows_of(Content(fingerprint(path), path, name), kind)
    months = [row.get("month") or row["month_ending"] for row in rows] if isinstance(rows, list) else [""]
    edition = Edition(name, kind, rows, min(months), max(months), columns=columns)
    if kind in (NATIONWIDE, AIR_AND_MARINE):
        complain_of_name(edition)
    return replace(edition, released=date_of(edition, tables)) if kind == OVERDOSE else edition


def claim_of(name):
    """What kind of file a name says it is, or None."""
    plain = unquote(name.rpartition("/")[2]).lower()
    return next((kind for kind, pattern in NAMED.items() if re.search(pattern, plain)), None)


def complain_of_name(edition):
    """Refuse a file of CBP that holds less than its name says: fy23-fy26-apr goes to April of fiscal year 2026."""
    said = SPAN.search(unquote(edition.file).lower())
    if not said:
        return
    first, last, month = 2000 + int(said[1]), 2000 + int(said[2]), (said[3] or "").upper()
    years = {row["fiscal_year"] for row in edition.rows}
    lost = [f"fiscal year {year}" for year in range(first, last + 1) if year not in years]
    if not lost and month in FISCAL_MONTHS and edition.last < fiscal_month(last, month):
        lost = [in_words(fiscal_month(last, month))]
    if lost:
        raise SourceError(f"{edition.name}: by its name it holds {lost[0]}, but its rows go from "
                          f"{in_words(edition.first)} to "
                          f"{in_words(edition.last)}: the file is cut, or the name is wrong. {AGAIN}")


def order_of(edition):
    """By age: the newest month, vintages/ first, then the publisher's re-issue (may_0), then the browser's second copy:
    ' (1)'."""
    name = unquote(edition.file).lower()
    again, copy = re.search(r"_(\d)(?!\d)", name), re.search(r"\((\d+)\)", name)
    return edition.last, "vintages/" not in edition.name, int(again[1]) if again else -1, int(copy[1]) if copy else 0


def day_in(name):
    """The day in a name, 20260916 or 2026-09-16, as 2026-09-16; None without one."""
    said = DAY.search(unquote(name))
    return f"{said[1]}-{said[3]}-{said[4]}" if said else None


def date_of(edition, tables):
    """The date of a CDC file, from its name; without one, that of the release in the committed table with the same
    figures."""
    text = FILE_DATES.get(unquote(edition.file).split(".")[0]) or day_in(edition.file)
    if text is None:
        text = next(iter(same_releases(edition, committed_releases(tables))), None)
    if text is None:
        raise SourceError(f"{edition.name}: the name does not say of which day the release is. Put the day on which "
                          "CDC released it, "
                          f"or on which it was saved, into the name, as in vsrr_xkb8-kh2a_2026-10-14.csv (its newest "
                          f"12 months end in {in_words(edition.last)}; releases come four to seven months later).")
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise SourceError(f"{edition.name}: {text} is not a date. Put the day of the release into the name, as in "
                          "vsrr_xkb8-kh2a_2026-10-14.csv.") from None
    delay = (day.year - int(edition.last[:4])) * 12 + day.month - int(edition.last[5:])
    if not 1 <= delay <= LONGEST_DELAY:
        raise SourceError(f"{edition.name}: {text} cannot be its date: its newest 12 months end in "
                          f"{in_words(edition.last)}, and "
                          "releases come four to seven months later. Put the day of the release into the name.")
    return text


# ---- one file beside another -------------------------------------------------------------------

def keep(edition, found):
    """Put an edition into its place in a Folder."""
    if edition.kind in (RATES, POPULATION):
        attribute = "rates" if edition.kind == RATES else "population"
        there = getattr(found, attribute)
        if there and there.rows != edition.rows:
            raise SourceError(f"{edition.name} and {there.name} both hold {CALLED[edition.kind]}, with different "
                              "numbers. Take the older "
                              "one away.")
        if there:
            found.unused[edition.name] = f"the same figures as {there.name}"
        else:
            setattr(found, attribute, edition)
        return
    editions = {NATIONWIDE: found.nationwide, AIR_AND_MARINE: found.air_and_marine, OVERDOSE: found.overdose}
    editions[edition.kind].append(edition)


def complain_of_twins(found, tables):
    """Sort the editions by age; of equal ones use one; refuse two that cannot be told apart, and one release under two
    dates."""
    for editions in (found.nationwide, found.air_and_marine):
        editions.sort(key=order_of)
        editions[:] = without_equals(editions, found)
        for older, newer in zip(editions, editions[1:]):
            if order_of(older) == order_of(newer) and differ(older, newer):
                raise SourceError(f"{older.name} and {newer.name} both go to {in_words(newer.last)}, with different "
                                  "numbers for the same "
                                  "months. Take the older one away.")
    found.overdose.sort(key=lambda edition: (edition.released, -len(edition.rows)))
    found.overdose[:] = without_equals(found.overdose, found)
    for older, newer in zip(found.overdose, found.overdose[1:]):
        if older.released == newer.released:
            raise SourceError(f"{older.name} and {newer.name} are both of {newer.released}, with different numbers. "
                              "Take one away.")
    complain_of_two_dates(found.overdose, tables)


def without_equals(editions, found):
    """The editions without those whose rows another one has, which go to `found.unused`."""
    kept = []
    for edition in editions:
        twin = next((one for one in kept if one.released == edition.released and holds(one, edition)), None)
        if twin:
            found.unused[edition.name] = f"the same figures as {twin.name}"
        else:
            kept.append(edition)
    return kept


def holds(large, small):
    """Whether one edition has every row of the other, with the same numbers."""
    if (large.first, large.last) != (small.first, small.last) or len(small.rows) > len(large.rows):
        return False
    if small.kind == OVERDOSE:
        return not differ(large, small) and set(figures(small)) <= set(figures(large))
    return len(small.rows) == len(large.rows) and large.columns == small.columns and not differ(large, small)


def figures(edition):
    """{key: numbers} of an edition's rows."""
    if edition.kind == OVERDOSE:
        return {(row["state"], row["drug_class"], row["month_ending"]): (row["reported"], row["predicted"])
                for row in edition.rows}
    return {row["key"]: (row["events"], round(row["pounds"], 2)) for row in edition.rows}


def differ(one, other):
    """Whether two editions have different numbers where they have the same rows, or rows of the same fiscal year that
    the other lacks."""
    here, there = figures(one), figures(other)
    if one.kind == OVERDOSE:
        return any(there[key] != value for key, value in here.items() if key in there)
    years = {key[0] for key in here} & {key[0] for key in there}
    return {key: value for key, value in here.items() if key[0] in years} != \
        {key: value for key, value in there.items() if key[0] in years}


# ---- one release under two dates ---------------------------------------------------------------

def committed_releases(tables):
    """{date: {(drug_class, month_ending): (reported, predicted)}} of the nation, in the committed table."""
    releases = defaultdict(dict)
    for row in experience.table(tables, "overdose_12_months") if tables else []:
        reported, predicted = row["reported"], row["predicted"]
        numbers = int(reported) if reported else None, int(predicted) if predicted else None
        releases[row["vintage"]][row["drug_class"], row["month_ending"]] = numbers
    return releases


def nation(edition):
    """The same of one edition."""
    return {(row["drug_class"], row["month_ending"]): (row["reported"], row["predicted"])
            for row in edition.rows if row["state"] == "US"}


def same_releases(edition, releases):
    """The dates of releases that end with the same month and have the same numbers wherever both have one."""
    here = nation(edition)
    for date, there in sorted(releases.items()):
        common = here.keys() & there.keys()
        ends = max(month for _, month in there) == edition.last
        if ends and len(common) >= ENOUGH and all(here[key] == there[key] for key in common):
            yield date


def complain_of_two_dates(editions, tables):
    """Refuse one release of CDC under two dates: it would be counted as two."""
    known = committed_releases(tables)
    for edition in reversed(editions):
        others = {**known, **{other.released: nation(other) for other in editions if other.released < edition.released}}
        others.pop(edition.released, None)
        for date in same_releases(edition, others):
            name = next((other.name for other in editions if other.released == date), "data/overdose_12_months.csv")
            raise SameRelease(f"{edition.name} is dated {edition.released}, but it is the release that {name} holds "
                              "under the date "
                              f"{date}. Take it away, or give it that date.", edition.name)


def account(found):
    """Lines on what became of each file of a folder: used, or not and why, and what was let through."""
    only = [one for one in (found.rates, found.population) if one]
    lines = [f"Read: {edition.name}" + (f", {in_words(edition.first)} to "
                                        f"{in_words(edition.last)}" if edition.last else "")
             + (f", release of {edition.released}" if edition.released else "")
             for edition in found.nationwide + found.air_and_marine + found.overdose + only]
    reasons = {}
    for name, why in found.unused.items():
        reasons.setdefault(why, []).append(name)
    return lines + [f"Not used ({why}): {', '.join(names)}" for why, names in reasons.items()] + found.notes


# ---- beyond what has been seen -----------------------------------------------------------------

def complain_beyond_experience(found, tables, accept):
    """Refuse what goes beyond what has been seen, unless its word was given; then it is noted."""
    for word, sentences in surprises(found, tables):
        if sentences and word not in accept:
            more = f" (and {len(sentences) - 1} more such)" if len(sentences) > 1 else ""
            raise SourceError(f"{sentences[0]}{more}. Nothing like it has been seen so far. Download the file again; "
                              "if the publisher's page "
                              f"says the same, let it through with --accept {word}.")
        found.notes += [f"Accepted ({word}): {sentence}." for sentence in sentences]


def surprises(found, tables):
    """[(word, sentences)] about what goes beyond what has been seen, the most telling first."""
    both = found.nationwide + found.air_and_marine
    yield experience.SHORT_MONTH, [sentence for edition in both for sentence in experience.of_rows(edition)]
    yield experience.LARGE_NUMBER, [sentence for edition in found.overdose
                                    for sentence in experience.of_totals(edition)]
    if not tables:
        return
    years = {NATIONWIDE: experience.table(tables, "seizures_fiscal_year"),
             AIR_AND_MARINE: experience.table(tables, "seizures_air_and_marine")}
    yield experience.CLOSED_YEAR, [sentence for edition in both
                                   for sentence in experience.of_closed_years(edition, years[edition.kind])]
    if found.nationwide:
        rows, used = newest(found.nationwide)
        months = experience.table(tables, "seizures_monthly")
        yield experience.MOVED_MONTH, list(experience.of_months(rows, used, months))
        yield experience.LARGE_NUMBER, list(experience.of_new_months(rows, used, months))
