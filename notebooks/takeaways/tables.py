"""A table by name: a typed DataFrame that knows its unit, its source and its as-of date.

The tables are the CSV files of `data/`; what they mean stands in `data/datapackage.json` and in `data/cards/`.
"""

import difflib
import hashlib
import html
import importlib.util
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
        raise CourseError(_find_fault(resource))
    fields = resource["schema"]["fields"]
    table = Table(pd.read_csv(io.StringIO(text), dtype=_dtypes(fields), keep_default_na=False, na_values=[""]))
    for field in fields:
        table[field["name"]] = _finish(table[field["name"]], field["type"])
    table.attrs = {"table": name, "title": resource["title"], "unit": resource["unit"],
                   "source": source_line(name), "as_of": resource["asOfText"]}
    return table


def pick(table: pd.DataFrame, **values) -> pd.DataFrame:
    """Return the rows of a table that hold these values, such as pick(seizures, drug="Fentanyl", fiscal_year=2025).

    A list means any of its values: drug=["Fentanyl", "Heroin"]. The same as a comparison in pandas, with one difference: a column or value that the table does not have is told
    (CourseError, with the nearest names or the range there is) where pandas would give an empty table.
    """
    chosen = table
    for column, value in values.items():
        if column not in table:
            raise CourseError(f"there is no column {column!r}. {_nearest(column, table.columns)}")
        known = table[column].dropna()
        wanted = [_as_month(one) if isinstance(known.dtype, pd.PeriodDtype) else one
                  for one in (value if isinstance(value, (list, tuple)) else [value])]
        for one in wanted:
            if not (known == one).any():
                raise CourseError(f"no row has {column} {one}. {_nearest(one, known)}")
        chosen = chosen[chosen[column].isin(wanted)]
    if chosen.empty:
        raise CourseError("no row has all of " + ", ".join(f"{column} {value}" for column, value in values.items()) + ".")
    return chosen


def _as_month(value):
    try:
        return pd.Period(value, freq="M")
    except ValueError:
        raise CourseError(f"{value!r} is not a month. Write it like 2025-09.") from None


def _nearest(value, known):
    """The names most like a text, or the range of numbers and months that there is."""
    if isinstance(value, str):
        names = sorted(set(map(str, known)))
        near = difflib.get_close_matches(value, names, n=3, cutoff=0.5)
        return f"Did you mean {' or '.join(map(repr, near))}?" if near else f"There are: {', '.join(names[:12])}."
    return f"The table has {known.min()} to {known.max()}."


def about(name: str) -> Markdown:
    """Return the data card of a table: who counts and why, what counts, what is missing, how uncertain."""
    card = DATA / describe(name)["card"]
    if not card.exists():
        raise CourseError(f"the data card data/cards/{card.name} is missing. To bring it back: git checkout -- data")
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
    raise CourseError(f"there is no table {name!r}. {_nearest(str(name), resources)}")


def names() -> list[str]:
    """Return the names of all tables."""
    return list(_package())


@cache
def _package():
    path = DATA / "datapackage.json"
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise CourseError(f"data/{path.name} cannot be read ({fault}). To bring it back: git checkout -- data") from None
    return {resource["name"]: resource for resource in package["resources"]}


def _read_text(path):
    """The file as text, whatever an editor or Windows did to its line ends; the words are checked, not the bytes."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise CourseError(f"data/{path.name} is missing or cannot be read. To bring it back: git checkout -- data") from None
    except UnicodeDecodeError as fault:
        raise CourseError(f"data/{path.name} is not UTF-8 text (byte {fault.start}). "
                          "To bring it back: git checkout -- data") from None
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


def _find_fault(resource):
    """The first fault of a table that is not as published, in a sentence with its row and column."""
    check = _checker()
    rows, fault = check.load(resource, DATA)
    schema = resource["schema"]
    fault = fault or next(check.row_faults(rows, schema["fields"], schema.get("primaryKey", [])), None)
    if not fault and len(rows) < resource["minRows"]:
        fault = f"{len(rows)} rows, where at least {resource['minRows']} belong"
    return (f"data/{resource['path']}: {fault or 'a value was changed, added or taken away'}. "
            f"To bring the published table back: git checkout -- data/{resource['path']}")


@cache
def _checker():
    """The module data/check.py, which knows how to find a fault in a table; it is no part of a package."""
    place = Path(__file__).resolve().parents[2] / "data" / "check.py"
    spec = importlib.util.spec_from_file_location("data_check", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
