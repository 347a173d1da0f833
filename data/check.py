"""Check every table against datapackage.json with the standard library alone.

For each table: the file is there and unchanged (checksum), its header and every cell fit the schema,
keys are unique, foreign keys lead somewhere, no rows are lost, and the data card exists.
"""
from pathlib import Path

from datapackage import BLANK, TableFault, checksum, judged, read_package, read_text


def reference_faults(rows, schema, tables):
    """Sentences about values that lead to no row of the other table."""
    for link in schema.get("foreignKeys", []):
        name, target = as_name(link["fields"]), link["reference"]["resource"]
        if target not in tables:
            yield f"column {name}: there is no table {target}"
            continue
        there = as_name(link["reference"]["fields"])
        unknown = {row[name] for _, row in rows} - {row[there] for _, row in tables[target]} - {BLANK}
        for line, row in rows if unknown else ():
            if row[name] in unknown:
                yield f"row {line}, column {name}: {row[name]!r} is not in {target}"


def as_name(fields):
    """The one column of a foreign key, given as text or as a list of one."""
    return fields if isinstance(fields, str) else fields[0]


def faults_of(resource, rows, text, tables, folder):
    """What is wrong with one table that could be read, beside its own cells and keys, as sentences."""
    yield from reference_faults(rows, resource["schema"], tables)
    if not (folder / resource["card"]).is_file():
        yield f"the data card {resource['card']} is missing"
    if checksum(text) != resource["hash"]:
        by_hand = resource["made"] != "publisher's file"
        yield ("the checksum differs: the table was changed by hand. "
               + (f"To keep the change: python3 data --seal {resource['name']}. " if by_hand else "")
               + f"To undo it: git checkout -- data/{resource['path']}")


def read_tables(resources, folder):
    """({name: (rows, their own faults, text)} of the tables that can be read, {name: fault} of the others)."""
    read, unread = {}, {}
    for resource in resources:
        try:
            text = read_text(folder / resource["path"])
            read[resource["name"]] = *judged(resource, text), text
        except TableFault as fault:
            unread[resource["name"]] = str(fault)
    return read, unread


def check(folder):
    """[(resource, number of rows, list of faults)] of every table in the data package."""
    folder = Path(folder)
    resources = read_package(folder)["resources"]
    read, unread = read_tables(resources, folder)
    tables = {name: rows for name, (rows, _, _) in read.items()}
    results = []
    for resource in resources:
        name = resource["name"]
        rows, found, text = read.get(name, ([], [unread.get(name)], None))
        more = [] if text is None else faults_of(resource, rows, text, tables, folder)
        results.append((resource, len(rows), [*found, *more]))
    return results


def report(folder, say=print):
    """Print one line a table and a line a fault (ten at most); return 0 when all is well, else 1."""
    try:
        results = check(folder)
    except TableFault as fault:
        say(str(fault))
        return 1
    for resource, count, found in results:
        say(f"{'ok   ' if not found else 'WRONG'} {resource['name']:28} {count:5} rows, "
            f"as of {resource['asOf']:10} ({resource['made']})")
        for sentence in found[:10]:
            say(f"      {resource['path']}: {sentence}")
        if len(found) > 10:
            say(f"      ... and {len(found) - 10} more")
    described = {resource["path"] for resource, _, _ in results}
    for path in sorted(Path(folder).glob("*.csv")):
        if path.name not in described:
            say(f"new   {path.stem:28} is not in datapackage.json yet: python3 data --seal {path.stem}")
    wrong = sum(bool(found) for _, _, found in results)
    say(f"{len(results)} tables, " + (f"{wrong} wrong." if wrong else "all as described in datapackage.json."))
    return 1 if wrong else 0
