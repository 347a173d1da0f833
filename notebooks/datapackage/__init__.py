"""Reading the tables of `data/` as text, and what can be wrong with them. The standard library alone.

`data/datapackage.json` describes every table: its file, its columns, its checksum. The lessons (`takeaways.tables`) and
the commands of `data/` read tables and find faults here; `data/` also runs on a bare Python, so nothing here needs
pandas. A "resource" is what the data package says of one table, "rows" are pairs of the row's number in the file and
its cells by column.
"""
import csv
import datetime
import hashlib
import io
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

from . import replacing

FILE = "datapackage.json"
BLANK = ""
SHAPES = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?", "year": r"\d{4}",
          "yearmonth": r"\d{4}-(0[1-9]|1[0-2])", "date": r"\d{4}-\d{2}-\d{2}",
          "boolean": "true|false", "string": r"[\s\S]*"}
FITS = {kind: re.compile(shape, re.ASCII).fullmatch for kind, shape in SHAPES.items()}
REMEMBERED = 64     # tables as they were read last: twice those of this folder

Rows = list[tuple[int, dict[str, str]]]


class TableFault(ValueError):
    """A file that cannot be read as a table; the text says what is wrong and what to do."""


def read_package(folder: Path) -> dict:
    """Return the data package of a folder. Raises TableFault when it is missing or no package.

    An update of the tables that was interrupted is brought to its end first.
    """
    replacing.finish(folder)
    try:
        package = json.loads((folder / FILE).read_text("utf-8-sig"))
        if not all(resource["name"] for resource in package["resources"]):
            raise ValueError("a table has no name")
        return package
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise TableFault(f"data/{FILE} cannot be read ({fault}). "
                         f"To bring it back: git checkout -- data/{FILE}") from None


def package_text(package: dict) -> str:
    """Return a data package as its file holds it."""
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def read_text(path: Path) -> str:
    """Return a table as text with '\\n' line ends and no byte-order mark, whatever an editor or git made of it.

    Raises TableFault when the file is missing, cannot be read or is not UTF-8.
    """
    bring_back = f"To bring it back: git checkout -- data/{path.name}"
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise TableFault(f"data/{path.name} is not UTF-8 text (byte {fault.start}). {bring_back}") from None
    except OSError:
        raise TableFault(f"data/{path.name} is missing or cannot be read. {bring_back}") from None
    return text.replace("\r\n", "\n")


def checksum(text: str) -> str:
    """Return the sha256 of a text as the data package gives it."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def split(text: str) -> tuple[list[str], Rows]:
    """Return the columns and the rows of a CSV text. Raises TableFault for a row with too many or too few values."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header, rows = next(reader, []), []
        for values in reader:
            if len(values) != len(header):
                raise TableFault(f"row {reader.line_num}: {len(values)} values for {len(header)} columns")
            rows.append((reader.line_num, dict(zip(header, values))))
    except csv.Error as fault:
        raise TableFault(f"row {reader.line_num}: {fault}") from None
    return header, rows


def rows_of(resource: dict, text: str) -> Rows:
    """Return the rows of a table.

    Raises TableFault when they cannot be told apart or the columns are not those described.
    """
    header, rows = split(text)
    wanted = [field["name"] for field in resource["schema"]["fields"]]
    if header != wanted:
        raise TableFault(f"row 1: the columns are {', '.join(header)}; expected {', '.join(wanted)}")
    return rows


def read_rows(resource: dict, folder: Path) -> list[dict[str, str]]:
    """Return the rows of a table of a folder, without their numbers. Raises TableFault, with how to bring it back."""
    text = read_text(folder / resource["path"])
    try:
        return [row for _, row in rows_of(resource, text)]
    except TableFault as fault:
        raise damaged(resource, fault) from None


def damaged(resource: dict, fault: object) -> TableFault:
    """Return the fault of a table as a person is told it: where, what, and how to bring the table back."""
    path = f"data/{resource['path']}"
    return TableFault(f"{path}, {fault}. To bring it back: git checkout -- {path}")


def faults(resource: dict, text: str) -> Iterator[str]:
    """Yield what is wrong with a table by itself, as sentences, the first ones first."""
    try:
        yield from row_faults(resource, rows_of(resource, text))
    except TableFault as fault:
        yield str(fault)


def row_faults(resource: dict, rows: Rows) -> Iterator[str]:
    """Yield sentences about cells that do not fit, repeated keys and missing rows."""
    yield from cell_and_key_faults(resource["schema"], rows)
    yield from too_few(resource, rows)


def cell_and_key_faults(schema: dict, rows: Rows) -> Iterator[str]:
    """Yield sentences about cells that do not fit and repeated keys, row by row."""
    wrong = {field["name"]: wrong_values(field, {row[field["name"]] for _, row in rows}) for field in schema["fields"]}
    wrong = {name: found for name, found in wrong.items() if found}     # of most tables nothing
    key, seen = schema.get("primaryKey", []), {}
    place_of = itemgetter(*key) if key else id
    for line, row in rows:
        for name, found in wrong.items():
            if fault := found.get(row[name]):
                yield f"row {line}, column {name}: {fault}"
        place = place_of(row)
        if place in seen:
            yield f"row {line}: the key {', '.join(row[name] for name in key)} is already in row {seen[place]}"
        seen[place] = line


def wrong_values(field: dict, values: set[str]) -> dict[str, str]:
    """Return what is wrong with those values of a column that do not fit; each is judged once, often as it comes."""
    return {value: fault for value in values if (fault := cell_fault(field, value))}


def too_few(resource: dict, rows: Rows) -> Iterator[str]:
    """Yield a sentence when rows are lost."""
    if len(rows) < resource["minRows"]:
        yield f"{len(rows)} rows, where at least {resource['minRows']} belong"


def judged(resource: dict, text: str) -> tuple[Rows, list[str]]:
    """Return the rows of a table and what is wrong with it by itself; the same text is not judged a second time.

    The rows are shared with whoever asks again: read them only. Raises TableFault as rows_of does.
    """
    rows, faults = _judged(json.dumps(resource["schema"]), text)
    return rows, [*faults, *too_few(resource, rows)]


@lru_cache(REMEMBERED)
def _judged(schema, text):
    schema = json.loads(schema)
    rows = rows_of({"schema": schema}, text)
    return rows, list(cell_and_key_faults(schema, rows))


def cell_fault(field: dict, value: str) -> str | None:
    """Return what is wrong with one cell, or None."""
    rules = field.get("constraints", {})
    if value == BLANK:
        return "is empty" if rules.get("required") else None
    if not FITS[field["type"]](value) or not _is_date(value, field["type"]):
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


def _is_date(value, kind):
    """False only for a date that the calendar does not have."""
    try:
        return kind != "date" or bool(datetime.date.fromisoformat(value))
    except ValueError:
        return False
