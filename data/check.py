"""Check every table against datapackage.json with the standard library alone.

For each table: the file is there and unchanged (checksum), its header and every cell fit the schema,
keys are unique, foreign keys lead somewhere, no rows are lost, and the data card exists.
"""
import csv
import datetime
import hashlib
import io
import json
import re
from pathlib import Path

BLANK = ""
SHAPES = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?", "year": r"\d{4}",
          "yearmonth": r"\d{4}-(0[1-9]|1[0-2])", "date": r"\d{4}-\d{2}-\d{2}",
          "boolean": "true|false", "string": r"[\s\S]*"}


def read(path):
    """Text of a table with '\\n' line ends and no byte-order mark, whatever an editor or git made of it."""
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def checksum(text):
    """The sha256 as datapackage.json gives it."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def rows_of(text):
    """[(row number in the file, dict by column)]; a row with too many or too few values is an error."""
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    rows = []
    for values in reader:
        if len(values) != len(header):
            raise ValueError(f"row {reader.line_num}: {len(values)} values for {len(header)} columns")
        rows.append((reader.line_num, dict(zip(header, values))))
    return header, rows


def cell_fault(value, field):
    """What is wrong with one cell, or None."""
    rules = field.get("constraints", {})
    if value == BLANK:
        return "is empty" if rules.get("required") else None
    if not re.fullmatch(SHAPES[field["type"]], value) or not is_date(value, field["type"]):
        return f"{value!r} is not a value of type {field['type']}"
    if "enum" in rules and value not in [str(allowed) for allowed in rules["enum"]]:
        return f"{value!r} is not one of {', '.join(map(str, rules['enum']))}"
    if "pattern" in rules and not re.fullmatch(rules["pattern"], value):
        return f"{value!r} does not fit the pattern {rules['pattern']}"
    if "minimum" in rules and float(value) < rules["minimum"]:
        return f"{value} is below {rules['minimum']}"
    if "maximum" in rules and float(value) > rules["maximum"]:
        return f"{value} is above {rules['maximum']}"
    return None


def is_date(value, kind):
    """False only for a date that the calendar does not have."""
    try:
        return kind != "date" or bool(datetime.date.fromisoformat(value))
    except ValueError:
        return False


def row_faults(rows, fields, key):
    """Sentences about cells that do not fit and about repeated keys, first ones first."""
    seen = {}
    for line, row in rows:
        for field in fields:
            fault = cell_fault(row[field["name"]], field)
            if fault:
                yield f"row {line}, column {field['name']}: {fault}"
        place = tuple(row[name] for name in key)
        if key and place in seen:
            yield f"row {line}: the key {', '.join(place)} is already in row {seen[place]}"
        seen[place] = line


def reference_faults(rows, schema, tables):
    """Sentences about values that lead to no row of the other table."""
    for link in schema.get("foreignKeys", []):
        name, target = as_name(link["fields"]), link["reference"]["resource"]
        if target not in tables:
            yield f"column {name}: there is no table {target}"
            continue
        known = {row[as_name(link["reference"]["fields"])] for _, row in tables[target]}
        for line, row in rows:
            if row[name] != BLANK and row[name] not in known:
                yield f"row {line}, column {name}: {row[name]!r} is not in {target}"


def as_name(fields):
    """The one column of a foreign key, given as text or as a list of one."""
    return fields if isinstance(fields, str) else fields[0]


def load(resource, folder):
    """(rows, fault) of one table; a fault here means that looking further makes no sense."""
    path = folder / resource["path"]
    try:
        text = read(path)
        header, rows = rows_of(text)
    except FileNotFoundError:
        return [], f"{path.name} is missing; bring it back with: git checkout -- data/{path.name}"
    except (UnicodeDecodeError, ValueError, csv.Error) as error:
        return [], str(error)
    wanted = [field["name"] for field in resource["schema"]["fields"]]
    if header != wanted:
        return rows, f"row 1: the columns are {', '.join(header)}; expected {', '.join(wanted)}"
    return rows, None


def faults_of(resource, rows, tables, folder):
    """Everything that is wrong with one table that could be read, as sentences."""
    schema = resource["schema"]
    yield from row_faults(rows, schema["fields"], schema.get("primaryKey", []))
    yield from reference_faults(rows, schema, tables)
    if len(rows) < resource["minRows"]:
        yield f"{len(rows)} rows; at least {resource['minRows']} were there before"
    if not (folder / resource["card"]).is_file():
        yield f"the data card {resource['card']} is missing"
    if checksum(read(folder / resource["path"])) != resource["hash"]:
        yield (f"the checksum differs: the table was changed by hand. To undo the change: "
               f"git checkout -- data/{resource['path']}")


def check(folder):
    """[(resource, number of rows, list of faults)] of every table in the data package."""
    folder = Path(folder)
    package = json.loads((folder / "datapackage.json").read_text("utf-8-sig"))
    loaded = {resource["name"]: load(resource, folder) for resource in package["resources"]}
    tables = {name: rows for name, (rows, fault) in loaded.items() if fault is None}
    results = []
    for resource in package["resources"]:
        rows, fault = loaded[resource["name"]]
        found = [fault] if fault else list(faults_of(resource, rows, tables, folder))
        results.append((resource, len(rows), found))
    return results


def report(folder, say=print):
    """Print one line a table and a line a fault (ten at most); return 0 when all is well, else 1."""
    try:
        results = check(folder)
    except (OSError, ValueError) as error:
        say(f"datapackage.json cannot be read ({error}). To bring it back: git checkout -- data/datapackage.json")
        return 1
    for resource, count, found in results:
        say(f"{'ok   ' if not found else 'WRONG'} {resource['name']:28} {count:5} rows, "
            f"as of {resource['asOf']:10} ({resource['made']})")
        for sentence in found[:10]:
            say(f"      {resource['path']}: {sentence}")
        if len(found) > 10:
            say(f"      ... and {len(found) - 10} more")
    wrong = sum(bool(found) for _, _, found in results)
    say(f"{len(results)} tables, " + (f"{wrong} wrong." if wrong else "all as described in datapackage.json."))
    return 1 if wrong else 0
