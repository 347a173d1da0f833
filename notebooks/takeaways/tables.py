"""A table by name: a typed DataFrame that knows its unit, its source and its as-of date.

The tables are the CSV files of `data/`; what they mean stands in `data/datapackage.json` and in `data/cards/`.
"""

import csv
import difflib
import hashlib
import html
import io
import json
import re
from functools import cache
from pathlib import Path

import pandas as pd
from IPython.display import Markdown

from .errors import CourseError

DATA = Path(__file__).resolve().parents[2] / "data"

PANDAS_TYPES = {"string": "str", "integer": "Int64", "year": "Int64", "number": "float64", "boolean": "boolean"}
YES_NO = {"true": True, "false": False}


class Table(pd.DataFrame):
    """A DataFrame that says under itself what its numbers are, from whom and as of when.

    Its `attrs` hold the same words: `table`, `title`, `unit`, `source`, `as_of`.
    """

    @property
    def _constructor(self):
        return Table

    def _words(self):
        if "table" not in self.attrs:
            return ""
        return "{table}: {unit}. Source: {source}; {as_of}.".format(**self.attrs)

    def __repr__(self):
        return "\n".join(part for part in (super().__repr__(), self._words()) if part)

    def _repr_html_(self):
        words = f'<p style="color:#595959;font-size:smaller">{html.escape(self._words())}</p>' if self._words() else ""
        return _text_to_the_left(super()._repr_html_(), self.select_dtypes("str")) + words


def _text_to_the_left(page, text_columns):
    """Words begin at the left, and a date stays on one line; notebooks put every cell to the right."""
    for column in text_columns:
        page = page.replace(f"<th>{column}</th>", f'<th style="text-align:left">{column}</th>')
    page = re.sub(r"<td>(?=[^<]*[^\W\d_]{2})", '<td style="text-align:left">', page)
    return re.sub(r"<td>(?=\d{4}-\d\d)", '<td style="white-space:nowrap">', page)


def load(name: str) -> Table:
    """Return one table of the course, typed: periods for months, nullable integers for counts.

    Raises CourseError, with the file, the row, the column and what to do, when the table is unknown,
    missing, or no longer the one that the data package describes.
    """
    resource = describe(name)
    path = DATA / resource["path"]
    text = _read_text(path)
    if "sha256:" + hashlib.sha256(text.encode()).hexdigest() != resource["hash"]:
        raise CourseError(_find_fault(text, resource))
    fields = resource["schema"]["fields"]
    table = Table(pd.read_csv(io.StringIO(text), dtype=_dtypes(fields), keep_default_na=False, na_values=[""]))
    for field in fields:
        table[field["name"]] = _finish(table[field["name"]], field["type"])
    table.attrs = {"table": name, "title": resource["title"], "unit": resource["unit"],
                   "source": source_line(name), "as_of": resource["asOfText"]}
    return table


def about(name: str) -> Markdown:
    """Return the data card of a table: who counts and why, what counts, what is missing, how uncertain."""
    card = DATA / describe(name)["card"]
    if not card.exists():
        raise CourseError(f"the data card data/cards/{card.name} is missing. Restore it with: git checkout data")
    return Markdown(card.read_text(encoding="utf-8").replace("\n# ", "\n### ").replace("\n## ", "\n#### ")
                    .replace("# ", "### ", 1))


def source_line(name: str) -> str:
    """Return the publishers of a table in a few words, as they stand under a chart."""
    return "; ".join(source["title"] for source in describe(name)["sources"])


def source_links(name: str) -> list[tuple[str, str]]:
    """Return the publishers of a table as (title, web address) pairs; the address may be empty."""
    return [(source["title"], source.get("path", "")) for source in describe(name)["sources"]]


def describe(name: str) -> dict:
    """Return what the data package says of one table (a Frictionless resource)."""
    resources = _package()
    if name in resources:
        return resources[name]
    near = difflib.get_close_matches(str(name), resources, n=3, cutoff=0.4) or sorted(resources)
    raise CourseError(f"there is no table {name!r}. Did you mean {' or '.join(map(repr, near))}?")


def names() -> list[str]:
    """Return the names of all tables."""
    return list(_package())


@cache
def _package():
    path = DATA / "datapackage.json"
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise CourseError(f"data/{path.name} cannot be read ({fault}). Restore it with: git checkout data") from None
    return {resource["name"]: resource for resource in package["resources"]}


def _read_text(path):
    """The file as text, whatever an editor or Windows did to its line ends; the words are checked, not the bytes."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise CourseError(f"data/{path.name} is missing or cannot be read. Restore it with: git checkout data") from None
    except UnicodeDecodeError as fault:
        raise CourseError(f"data/{path.name} is not UTF-8 text (byte {fault.start}). "
                          "Restore it with: git checkout data") from None
    return text.replace("\r\n", "\n")


def _dtypes(fields):
    # dates, months and yes/no are read as text first, and turned into their type by _finish
    return {f["name"]: PANDAS_TYPES.get(f["type"], "str") if f["type"] != "boolean" else "str" for f in fields}


def _finish(column, kind):
    if kind == "yearmonth":
        return pd.PeriodIndex(column, freq="M")
    if kind == "date":
        return pd.to_datetime(column, format="%Y-%m-%d")
    if kind == "boolean":
        return column.map(YES_NO).astype("boolean")
    return column


def _find_fault(text, resource):
    """The first fault of a table that is not as published, in a sentence with its row and column."""
    place, fields = f"data/{resource['path']}", resource["schema"]["fields"]
    mend = "Restore it with: git checkout data (or python3 data, which checks every table)."
    rows = list(csv.reader(io.StringIO(text)))
    wanted = [field["name"] for field in fields]
    if not rows or rows[0] != wanted:
        return f"{place} should begin with the columns {', '.join(wanted)}. {mend}"
    seen = {}
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(fields):
            return f"{place}, row {number}, has {len(row)} values where {len(fields)} columns belong. {mend}"
        for field, value in zip(fields, row):
            if fault := _value_fault(value, field):
                return f"{place}, row {number}, column {field['name']}: {value!r} {fault}. {mend}"
        key = tuple(row[wanted.index(column)] for column in _key_of(resource))
        if key in seen:
            return f"{place}, row {number}, repeats the key of row {seen[key]} ({', '.join(key)}). {mend}"
        seen[key] = number
    if len(rows) - 1 < resource["minRows"]:
        return f"{place} has {len(rows) - 1} rows; it should have at least {resource['minRows']}. {mend}"
    return f"{place} is not the published table: a value was changed, added or taken away. {mend}"


def _key_of(resource):
    key = resource["schema"].get("primaryKey", [])
    return [key] if isinstance(key, str) else key


def _value_fault(value, field):
    limits = field.get("constraints", {})
    if value == "":
        return "is empty, and this column is never blank" if limits.get("required") else ""
    try:
        parsed = _parse(value, field["type"])
    except ValueError:
        return f"is not {_IN_WORDS[field['type']]}"
    if "minimum" in limits and parsed < type(parsed)(limits["minimum"]):
        return f"is below {limits['minimum']}, the least this column can hold"
    if "enum" in limits and value not in map(str, limits["enum"]):
        return "is not one of " + ", ".join(map(str, limits["enum"]))
    return ""


_IN_WORDS = {"integer": "a whole number", "number": "a number", "year": "a year", "date": "a date like 2025-09-03",
             "yearmonth": "a month like 2025-09", "boolean": "true or false", "string": "text"}


def _parse(value, kind):
    if kind in ("integer", "year"):
        return int(value)
    if kind == "number":
        return float(value)
    if kind in ("date", "yearmonth"):
        pd.to_datetime(value, format="%Y-%m-%d" if kind == "date" else "%Y-%m")
        return value
    if kind == "boolean" and value not in YES_NO:
        raise ValueError(value)
    return value
