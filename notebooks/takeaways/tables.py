"""A table by name: a typed DataFrame that knows its unit, its source and its as-of date.

The tables are the CSV files of `data/`; what they mean stands in `data/datapackage.json` and in `data/cards/`.
"""

import difflib
import html
import io
import os
import re
from functools import cache
from pathlib import Path

import datapackage
import pandas as pd
from IPython.display import Markdown

from .errors import CourseError

DATA = Path(__file__).resolve().parents[2] / "data"

PANDAS_TYPES = {"string": "str", "integer": "Int64", "year": "Int64", "number": "float64", "boolean": "boolean"}
YES_NO = {"true": True, "false": False}


class Table(pd.DataFrame):
    """A DataFrame that says under itself what its numbers are, from whom and as of when.

    Its `attrs` hold the same words: `table`, `title`, `unit`, `source`, `as_of`. What is computed from a table (a
    share, a count, a new column) keeps the source, but no longer claims the unit.
    """

    @property
    def _constructor(self):
        return Table

    def __finalize__(self, other, method=None, **kwargs):
        result = super().__finalize__(other, method=method, **kwargs)
        return _computed(result) if method in COMPUTING else result

    def _arith_method(self, other, op):
        return _computed(super()._arith_method(other, op))

    def _flex_arith_method(self, other, op, **kwargs):
        return _computed(super()._flex_arith_method(other, op, **kwargs))

    def _cmp_method(self, other, op):
        return _computed(super()._cmp_method(other, op))

    def _flex_cmp_method(self, other, op, **kwargs):
        return _computed(super()._flex_cmp_method(other, op, **kwargs))

    def _words(self):
        if "table" not in self.attrs:
            return ""
        columns = {field["name"] for field in describe(self.attrs["table"])["schema"]["fields"]}
        if self.attrs.get("computed") or not columns.issuperset(self.columns):
            return "Computed from {table}. Source: {source}; {as_of}.".format(**self.attrs)
        return "{table}: {unit}. Source: {source}; {as_of}.".format(**self.attrs)

    def __repr__(self):
        return "\n".join(part for part in (super().__repr__(), self._words()) if part)

    def _repr_html_(self):
        words = f'<p style="opacity:0.8;font-size:smaller">{html.escape(self._words())}</p>' if self._words() else ""
        return _text_to_the_left(super()._repr_html_(), self.select_dtypes("str")) + words


def _text_to_the_left(page, text_columns):
    """Words begin at the left, and a date stays on one line; notebooks put every cell to the right."""
    for column in text_columns:
        page = page.replace(f"<th>{column}</th>", f'<th style="text-align:left">{column}</th>')
    page = re.sub(r"<td>(?=[^<]*[^\W\d_]{2})", '<td style="text-align:left">', page)
    return re.sub(r"<td>(?=\d{4}-\d\d)", '<td style="white-space:nowrap">', page)


COMPUTING = {"groupby", "merge", "concat", "pivot_table", "apply", "map", "rank", "pct_change", "diff", "isna", "notna",
             "isin", "corr", "cov"}


def _computed(result):
    if "table" in result.attrs:
        result.attrs["computed"] = True
    return result


def load(name: str) -> Table:
    """Return one table of the course, typed: periods for months, nullable integers for counts.

    A table that is loaded again is read again only if its file has changed in the meantime.
    Raises CourseError, with the file, the row, the column and what to do, when the table is unknown,
    missing, or no longer the one that the data package describes.
    """
    resource = describe(name)
    path = DATA / resource["path"]
    edition = (path, resource["hash"], *_edition(path))
    if _READ.get(name, (None, None))[0] != edition:
        _READ[name] = (edition, _read_table(resource, path))
    table = _READ[name][1].copy()
    table.attrs = {"table": name, "title": resource["title"], "unit": resource["unit"],
                   "source": source_line(name), "as_of": resource["asOfText"]}
    return table


def state() -> tuple:
    """Return what changes whenever a file of the data folder does: cheap to ask before a
    computed value is used again.
    """
    names = sorted(name for name in os.listdir(DATA) if name.endswith((".csv", ".json")))
    return tuple((name, *_edition(os.path.join(DATA, name))) for name in names)


_READ = {}      # the tables read so far: name to (what identifies the file's state, table)


def _edition(path):
    """What changes whenever a file does; a missing file has none."""
    try:
        state = os.stat(path)
    except OSError:
        return ()
    return state.st_mtime_ns, state.st_size, state.st_ino


def _read_table(resource, path):
    try:
        text = datapackage.read_text(path)
    except datapackage.TableFault as fault:
        raise CourseError(str(fault)) from None
    if datapackage.checksum(text) != resource["hash"]:
        raise CourseError(_find_fault(resource, text))
    fields = resource["schema"]["fields"]
    table = Table(pd.read_csv(io.StringIO(text), dtype=_dtypes(fields), keep_default_na=False, na_values=[""]))
    for field in fields:
        table[field["name"]] = _finish(table[field["name"]], field["type"])
    return table


def pick(table: pd.DataFrame, **values: object) -> pd.DataFrame:
    """Return the rows of a table that hold these values, such as pick(seizures, drug="Fentanyl", fiscal_year=2025).

    A list means any of its values: drug=["Fentanyl", "Heroin"]. The same as a comparison in pandas, with one
    difference: a column or value that the table does not have is told (CourseError, with the nearest names or the range
    there is) where pandas would give an empty table.
    """
    chosen = table
    for column, value in values.items():
        if column not in table:
            raise CourseError(f"there is no column {column!r}. {_nearest(column, table.columns)}")
        known = table[column].dropna()
        several = list(value) if pd.api.types.is_list_like(value) else [value]
        if not several or isinstance(value, dict) or not all(map(pd.api.types.is_scalar, several)):
            raise CourseError(f"{column}={value!r} names no value. Give one value or a list of values.")
        wanted = [_as_in(known, column, one) for one in several]
        for one in wanted:
            if not (known == one).any():
                raise CourseError(f"no row has {column} {_shown(one)}. {_nearest(one, known)}")
        chosen = chosen[chosen[column].isin(wanted)]
    if chosen.empty:
        raise CourseError("no row has all of " + ", ".join(f"{column} {value}" for column,
                                                           value in values.items()) + ".")
    return chosen


def _as_in(known, column, value):
    """A value in the type of its column: months and days are read, whole numbers in quotes too; what
    is missing has no value.
    """
    if pd.isna(value):
        raise CourseError(f"{column}={value!r} names no value. The rows without one: table[table[{column!r}].isna()].")
    if isinstance(known.dtype, pd.PeriodDtype):
        return _as_month(value)
    if pd.api.types.is_datetime64_any_dtype(known):
        return _as_day(value)
    if pd.api.types.is_bool_dtype(known):
        return _as_yes_or_no(column, value)
    if pd.api.types.is_numeric_dtype(known) and isinstance(value, str):
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            raise CourseError(f"{column} holds numbers, and {value!r} is none. {_nearest(None, known)}") from None
    if isinstance(value, str):
        alike = [name for name in known.unique() if isinstance(name, str)
                 and name.casefold() == value.strip().casefold()]
        return alike.pop() if len(alike) == 1 else value
    return value


def _as_month(value):
    month = _as_period(value, "M")
    if month is None:
        raise CourseError(f"{value!r} is not one month. Write it like 2025-09; for several, a list of months.")
    return month


def _as_day(value):
    day = _as_period(value, "D")
    if day is None:
        raise CourseError(f"{value!r} is not a day. Write it like 2025-09-03.")
    return day.to_timestamp()


def _as_period(value, freq):
    """The one month or day that a value names; None for a number, and for what is longer,
    such as a year or a quarter.
    """
    if pd.api.types.is_number(value):
        return None
    try:
        named = pd.Period(value, freq=None if isinstance(value, (str, pd.Period)) else freq)
        first, last = named.asfreq(freq, "start"), named.asfreq(freq, "end")
    except (ValueError, TypeError, AttributeError):     # the last for the text "NaT"
        return None
    return first if first == last and first.year >= 1900 else None


def _as_yes_or_no(column, value):
    if isinstance(value, str) and value.strip().lower() in ("true", "yes", "false", "no"):
        value = value.strip().lower() in ("true", "yes")
    if value not in (True, False):
        raise CourseError(f"{column} is True or False, not {value!r}.")
    return bool(value)


def _nearest(value, known):
    """The names most like a text, or the range of numbers and months that there is."""
    if isinstance(value, str) or pd.api.types.is_string_dtype(known) or pd.api.types.is_object_dtype(known):
        names = sorted(set(map(str, known)))
        near = difflib.get_close_matches(str(value), names, n=3, cutoff=0.5)
        return f"Did you mean {' or '.join(map(repr, near))}?" if near else f"There are: {', '.join(names[:12])}."
    return f"The table has {_shown(known.min())} to {_shown(known.max())}."


def _shown(value):
    return str(value).removesuffix(" 00:00:00")     # of a day


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
    try:
        return {resource["name"]: resource for resource in datapackage.read_package(DATA)["resources"]}
    except datapackage.TableFault as fault:
        raise CourseError(str(fault)) from None


def _dtypes(fields):
    # dates, months and yes/no are read as text first, and turned into their type by _finish
    return {f["name"]: PANDAS_TYPES.get(f["type"], "str") if f["type"] != "boolean" else "str" for f in fields}


def _finish(column, kind):
    if kind == "yearmonth":
        return pd.to_datetime(column, format="%Y-%m").dt.to_period("M")     # PeriodIndex reads one by one
    if kind == "date":
        return pd.to_datetime(column, format="%Y-%m-%d")
    if kind == "boolean":
        return column.map(YES_NO).astype("boolean")
    return column


def _find_fault(resource, text):
    """The first fault of a table that is not as published, in a sentence with its row and column."""
    fault = next(datapackage.faults(resource, text), "a value was changed, added or taken away")
    return (f"data/{resource['path']}: {fault}. To bring the published table back: git checkout -- "
            f"data/{resource['path']}")
