"""Seal a table after an edit by hand: show what changed row by row, then renew what datapackage.json says of it.

The checksum in datapackage.json tells that a table changed, not what: the table that has the checksum is asked of git.
Without git a table can be sealed too, but what changed cannot be shown. Tables of the publishers' files are not sealed.
"""
import datetime
import difflib
import re
import subprocess

import check
import form
import make
from datapackage import (FILE, TableFault, checksum, package_text, read_package, read_text, replacing, row_faults,
                         rows_of, split)
from layouts import in_words

COMMITS = 50    # so far back is looked for the table as it was sealed
DATE = r"\d{4}(-\d{2}(-\d{2})?)?"


class SealError(Exception):
    """Why a table is not sealed, and what to do."""


def seal(names, folder, as_of=None, words=None, say=print):
    """Seal tables of `folder` and say what changed in each. Raises SealError or TableFault before anything is written.

    as_of, words: the as-of date of one table ("2026-11", "2026-11-26") and how it stands under a chart.
    """
    package = read_package(folder)
    resources = {resource["name"]: resource for resource in package["resources"]}
    names = list(dict.fromkeys(name.replace("\\", "/").rpartition("/")[2].removesuffix(".csv") for name in names))
    if (as_of or words) and len(names) > 1:
        raise SealError("--as-of speaks of one table: seal the tables one after the other.")
    new, cards = {}, {}
    for name in names:
        if name not in resources:
            resources[name], cards[folder / "cards" / f"{name}.md"] = begin(name, resources, folder)
            package["resources"].append(resources[name])
        resource = resources[name]
        text, (then, exact) = prove(resource, resources, folder), sealed_rows(resource, folder)
        told = changes(resource, text, then, exact)
        describe(resource, text, then or [], as_of, words)
        say("\n".join([f"{name}:", *(f"  {line}" for line in told),
                       f"  as of {resource['asOf']}: {resource['asOfText']}"]))
        new[resource["path"]] = text.encode()
    new[FILE] = package_text(package).encode()
    replacing.replace(folder, new)
    for card, content in cards.items():     # without the form, now that its words stand in the package
        card.write_bytes(content)


def begin(name, resources, folder):
    """The entry of a table that has none yet, from the form at the head of its card, and the card without it."""
    path, card = folder / f"{name}.csv", folder / "cards" / f"{name}.md"
    if not path.is_file() or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        near = difflib.get_close_matches(name, resources, n=3, cutoff=0.5)
        raise SealError(f"there is no table {name!r}. " + (f"Did you mean {' or '.join(near)}? " if near else "")
                        + "A new table begins with its file, such as data/arms_seized.csv (small letters, digits and "
                          "_).")
    text = read_text(path)
    try:
        form.require_plain(split(text)[0])
        if not card.exists():
            card.write_text(form.blank(name, text), encoding="utf-8", newline="\n")
            raise SealError(f"{name} is new. Fill in data/cards/{name}.md, which was written for it, then run this "
                            "again.")
        return form.read(name, text, card.read_text(encoding="utf-8-sig"))
    except TableFault as fault:
        raise TableFault(f"data/{path.name}: {fault}. Correct it, then seal the table again.") from None
    except ValueError as fault:
        raise SealError(f"the new table {name}: {fault}") from None


def prove(resource, resources, folder):
    """The text of a table as the project writes it (quotes only where needed), once nothing is wrong with it."""
    if resource["made"] == make.PUBLISHER:
        raise SealError(f"{resource['name']} is made from the publisher's files: an edit by hand would be lost when "
                        "they are read again (python3 data --from DIR). "
                        f"Take it back: git checkout -- data/{resource['path']}")
    rows = readable(resource, folder)
    linked = {link["reference"]["resource"] for link in resource["schema"].get("foreignKeys", [])} & resources.keys()
    tables = {name: readable(resources[name], folder) for name in linked}
    found = [*row_faults(resource, rows), *check.reference_faults(rows, resource["schema"], tables)]
    if found:
        more = [f"... and {len(found) - 10} more"] if len(found) > 10 else []
        few = (" Rows that are meant to go: lower minRows in datapackage.json first."
               if len(rows) < resource["minRows"] else "")
        raise SealError("\n".join([*(f"data/{resource['path']}: {fault}" for fault in found[:10]), *more,
                                   f"Correct this in data/{resource['path']}, then seal it again.{few}"]))
    if not (folder / resource["card"]).is_file():
        raise SealError(f"the data card data/{resource['card']} is missing. "
                        f"To bring it back: git checkout -- data/{resource['card']}")
    return make.to_csv([row for _, row in rows], [field["name"] for field in resource["schema"]["fields"]])


def readable(resource, folder):
    """The rows of a table; a TableFault names its file."""
    text = read_text(folder / resource["path"])
    try:
        return rows_of(resource, text)
    except TableFault as fault:
        raise TableFault(f"data/{resource['path']}: {fault}. Correct it, then seal the table again.") from None


def sealed_rows(resource, folder):
    """(the rows of a table as it was sealed last, True), or those of the last commit and False, or (None, False).

    Of the commits that changed the table it is the newest with its checksum: an edit may be committed, then sealed.
    """
    commits = git(folder, "log", "-n", str(COMMITS), "--format=%H", "--", resource["path"])
    texts = [git(folder, "show", f"{commit}:./{resource['path']}") for commit in (commits or "").split()]
    sealed = [text for text in texts if text is not None and checksum(text) == resource["hash"]]
    try:
        return (rows_of(resource, (sealed or texts)[0]), bool(sealed))
    except (IndexError, TypeError, TableFault):
        return None, False


def git(folder, *words):
    """What git answers as text, or None where there is no git or nothing of the kind."""
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True, timeout=60)
        return done.stdout.decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None


def changes(resource, text, then, exact):
    """Sentences on what changed since the table was sealed last (`then`, if `exact`), or since the last commit.

    Raises SealError when rows of a publisher's file changed, or when nobody can tell whether they did.
    """
    now, mixed = rows_of(resource, text), resource["made"] != make.BY_HAND
    if not resource["hash"]:
        return [f"new, {len(now)} rows"]
    if checksum(text) == resource["hash"]:
        return ["no value changed"]
    if then is None and mixed:
        raise SealError(f"{resource['name']} holds rows of a publisher's file, and without git nobody can tell whether "
                        "they changed.")
    if then is None:
        return [f"changed; what changed cannot be shown: git does not know the table as it was ({len(now)} rows now)"]
    told, touched = compare(then, now, resource["schema"]["primaryKey"])
    if mixed and any(row.get("origin") == make.PUBLISHER for row in touched):
        raise SealError("\n".join([*told, f"Rows of {resource['name']} with origin \"{make.PUBLISHER}\" changed: an "
                                   "edit of these by hand would be lost. Edit rows compiled by hand only."]))
    since = [] if exact else ["(compared with the last commit: git does not know the table as it was sealed last)"]
    return since + (told or ["only the order of the rows changed" if exact else "no row differs from it"])


def compare(then, now, key):
    """(a sentence for each row that came, went or changed, and these rows), rows known by their key."""
    def by_key(rows):
        return {tuple(row[name] for name in key): (line, row) for line, row in rows}

    old, new = by_key(then), by_key(now)
    told, touched = [], []
    for place, (line, row) in new.items():
        name = f"row {line} ({', '.join(place)})"
        if place not in old:
            told.append(f"{name} is new: {', '.join(value for value in row.values() if value)}")
            touched.append(row)
        elif row != old[place][1]:
            touched += [row, old[place][1]]
            told += [f"{name}, {column}: {old[place][1][column] or '(empty)'} -> {value or '(empty)'}"
                     for column, value in row.items() if value != old[place][1][column]]
    for place, (line, row) in old.items():
        if place not in new:
            told.append(f"row {line} before ({', '.join(place)}) is gone")
            touched.append(row)
    return told, touched


def describe(resource, text, then, as_of, words):
    """Bring checksum, size, least number of rows and as-of date up to date."""
    rows = [row for _, row in rows_of(resource, text)]
    resource["hash"], resource["bytes"], resource["minRows"] = checksum(text), len(text.encode()), len(rows)
    newest = as_of or newest_date(resource, rows, [row for _, row in then])
    if not re.fullmatch(DATE, newest, re.ASCII) or not is_past(newest):
        raise SealError(f"{newest!r} is not an as-of date of {resource['name']}: a day, month or year that has begun, "
                        "such as 2026-11-26. To say another one: --as-of DATE --as-of-text WORDS")
    if newest == resource["asOf"]:
        resource["asOfText"] = words or resource["asOfText"]
        return
    told = words or in_new_words(resource["asOfText"], resource["asOf"], newest)
    if told is None:
        raise SealError(f"{resource['name']} is now as of {newest}, and the words for it (\"{resource['asOfText']}\") "
                        f"name another date. Give the words too: --as-of {newest} --as-of-text \"through ...\"")
    resource["asOf"], resource["asOfText"] = newest, told


def is_past(day):
    """Whether a day, a month or a year is one of the calendar and has begun."""
    try:
        return datetime.date.fromisoformat(day + "-01-01"[len(day) - 4:]) <= datetime.date.today()
    except ValueError:
        return False


def newest_date(resource, rows, then):
    """The newest date of the column from which the as-of date was taken; without one, the as-of date as it is."""
    for field in resource["schema"]["fields"]:
        known = {row[field["name"]] for row in [*then, *rows]}
        if field["type"] in ("date", "yearmonth") and resource["asOf"] in known:
            return max(row[field["name"]] for row in rows)
    return resource["asOf"]


def in_new_words(text, then, now):
    """The words of an as-of date with another date in them, or None where they do not name the old one once."""
    for length in (10, 7):     # the day, or the month alone
        old = in_words(then[:length])
        if len(then) >= length and text.count(old) == 1:
            return text.replace(old, in_words(now[:length]))
    return None
