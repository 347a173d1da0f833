"""`load`: typed tables that know their source, and a clear sentence for every fault of a file."""

import datetime
import shutil

import numpy as np
import pandas as pd
import pytest

from takeaways import tables
from takeaways.errors import CourseError

NAME = "seizures_monthly"


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A data folder of its own, with the package and one table that a test may damage."""
    shutil.copy(tables.DATA / "datapackage.json", tmp_path)
    shutil.copy(tables.DATA / f"{NAME}.csv", tmp_path)
    monkeypatch.setattr(tables, "DATA", tmp_path)
    return tmp_path / f"{NAME}.csv"


def fault():
    with pytest.raises(CourseError) as raised:
        tables.load(NAME)
    return str(raised.value)


def edit(path, change):
    lines = path.read_text(encoding="utf-8").splitlines()
    lines = change(lines)
    path.write_bytes(("\n".join(lines) + "\n").encode("utf-8"))


def replaced(lines, row, column, value):
    parts = lines[row - 1].split(",")
    parts[column] = value
    return [*lines[:row - 1], ",".join(parts), *lines[row:]]


@pytest.mark.parametrize("name", tables.names())
def test_every_table_loads_typed(name):
    table = tables.load(name)
    assert len(table) >= tables.describe(name)["minRows"]
    for field in tables.describe(name)["schema"]["fields"]:
        kind = str(table[field["name"]].dtype)
        assert kind == {"integer": "Int64", "year": "Int64", "number": "float64", "boolean": "boolean",
                        "yearmonth": "period[M]", "date": "datetime64[us]", "string": "str"}[field["type"]], field["name"]


def test_a_table_says_its_unit_source_and_date_in_what_a_notebook_shows():
    table = tables.load(NAME)
    for shown in (table.tail(2)._repr_html_(), repr(table.tail(2)), repr(table[table["drug"] == "Fentanyl"])):
        assert "pounds" in shown and "Customs and Border Protection" in shown and table.attrs["as_of"] in shown


def test_what_a_notebook_shows_of_a_table():
    table = tables.load(NAME).tail(2)
    words = f"{NAME}: {table.attrs['unit']}. Source: {table.attrs['source']}; {table.attrs['as_of']}."
    assert repr(table) == pd.DataFrame(table).__repr__() + "\n" + words
    page = table._repr_html_()
    assert page.endswith(f'font-size:smaller">{tables.html.escape(words)}</p>')
    assert '<th style="text-align:left">drug</th>' in page and "<th>pounds</th>" in page and '<td style="text-align:left">Methamphetamine</td>' in page
    month, year = table["month"].iloc[-1], table["fiscal_year"].iloc[-1]
    assert f'<td style="white-space:nowrap">{month}</td>' in page and f"<td>{year}</td>" in page
    assert set(table.attrs) == {"table", "title", "unit", "source", "as_of"} and table.attrs["title"] == tables.describe(NAME)["title"]


def test_a_table_of_her_own_says_nothing_more():
    own = tables.Table({"a": [1]})
    assert repr(own) == repr(pd.DataFrame(own)) and own._repr_html_() == pd.DataFrame(own)._repr_html_() and (own + 1).attrs == {}


@pytest.mark.parametrize("computed", [
    lambda t: t[["pounds"]] * 2, lambda t: 2 - t[["pounds"]], lambda t: t[["pounds"]].mul(2), lambda t: t[["pounds"]] > 5, lambda t: t[["pounds"]].gt(5), lambda t: t.groupby("drug")[["pounds"]].sum(),
    lambda t: t.merge(t, on="month"), lambda t: pd.concat([t, t]), lambda t: t[["pounds"]].apply(lambda column: 2 * column), lambda t: t[["pounds"]].map(lambda one: 2 * one), lambda t: t.assign(kg=1),
    lambda t: t[["pounds"]].rank(), lambda t: t[["pounds"]].pct_change(), lambda t: t[["pounds"]].diff(), lambda t: t.isna(), lambda t: t.notna(), lambda t: t.isin([5]), lambda t: t[["pounds", "events"]].corr(),
    lambda t: t[["pounds", "events"]].cov(), lambda t: t.pivot_table(index="drug", values="pounds"),
])
def test_what_is_computed_claims_no_unit(computed):
    table = tables.load(NAME).head(6)
    result = computed(table)
    assert result._words() == f"Computed from {NAME}. Source: {table.attrs['source']}; {table.attrs['as_of']}."
    assert table._words().startswith(f"{NAME}: pounds") and table.sort_values("pounds")._words() == table[["drug", "pounds"]]._words() == table._words()


def test_a_table_is_the_learners_own_to_change(copy):
    mine = tables.load(NAME)
    mine["pounds"] = 0
    assert tables.load(NAME)["pounds"].sum() > 0


def test_the_state_changes_with_every_table_and_with_the_package(copy):
    seen = {tables.state()}
    for file in (copy, copy.with_name("datapackage.json")):
        file.write_bytes(file.read_bytes() + b"\n")
        seen.add(tables.state())
    assert len(seen) == 3 and [file[0] for file in tables.state()] == ["datapackage.json", f"{NAME}.csv"]
    copy.with_name("check.py").touch()
    assert tables.state() in seen


def test_a_word_that_looks_like_a_gap_stays_a_word(tmp_path):
    (tmp_path / "x.csv").write_text("a\nNA\nnull\n")
    fields = [{"name": "a", "type": "string"}]
    table = tables._read_table({"hash": tables.datapackage.checksum("a\nNA\nnull\n"), "schema": {"fields": fields}}, tmp_path / "x.csv")
    assert list(table["a"]) == ["NA", "null"]


def test_unknown_table_gives_the_nearest_names():
    with pytest.raises(CourseError, match="seizures_monthly"):
        tables.load("seizure_monthly")


def test_pick_is_a_comparison_that_minds_the_spelling():
    seizures = tables.load(NAME)
    picked = tables.pick(seizures, drug="Fentanyl", fiscal_year=2025, month="2025-01")
    plain = seizures[(seizures["drug"] == "Fentanyl") & (seizures["month"] == "2025-01")]
    pd.testing.assert_frame_equal(pd.DataFrame(picked), pd.DataFrame(plain))
    assert picked.attrs == seizures.attrs


FEW = pd.DataFrame({"name": ["NM", "nm", "Ohio", None], "mixed": ["one", 2, None, "Two"], "month": pd.PeriodIndex(["1900-01", "2025-01", "2025-02", None], freq="M"),
                    "day": pd.to_datetime(["2025-09-03", "2025-09-04", "1900-01-01", None]), "flag": pd.array([True, False, True, None], "boolean"),
                    "count": pd.array([0, 3, 2025, None], "Int64")})


@pytest.mark.parametrize("wanted, rows", [
    ({"name": "NM"}, [0]), ({"name": "nm"}, [1]), ({"name": " OHIO "}, [2]), ({"name": ["NM", "nm"]}, [0, 1]), ({"mixed": "TWO"}, [3]), ({"mixed": "one"}, [0]), ({"mixed": 2}, [1]),
    *(({"month": one}, [1]) for one in ("2025-01", "Jan 2025", "2025-01-31", pd.Period("2025-01"), pd.Timestamp(2025, 1, 5), datetime.date(2025, 1, 5), np.datetime64("2025-01"))),
    ({"month": ["2025-01", "2025-02"]}, [1, 2]), ({"month": pd.period_range("2025-01", "2025-02", freq="M")}, [1, 2]), ({"month": "1900-01"}, [0]),
    *(({"day": one}, [0]) for one in ("2025-09-03", "3 September 2025", datetime.date(2025, 9, 3), pd.Timestamp(2025, 9, 3), datetime.datetime(2025, 9, 3, 10))), ({"day": "1900-01-01"}, [2]),
    *(({"flag": one}, [0, 2]) for one in (True, "True", " yes ", "YES", 1, np.True_)), *(({"flag": one}, [1]) for one in (False, "false", "No", 0)), ({"flag": [True, "no"]}, [0, 1, 2]),
    *(({"count": one}, [1]) for one in (3, 3.0, "3", "3.0", [3], {3})), ({"count": 0}, [0]), ({"count": (0, "2025")}, [0, 2]), ({}, [0, 1, 2, 3]),
])
def test_pick_reads_what_is_meant(wanted, rows):
    assert list(tables.pick(FEW, **wanted).index) == rows


@pytest.mark.parametrize("wanted, says", [
    *(({"name": one}, f"name={one!r} names no value. Give one value or a list of values.") for one in ([], (), set(), {}, {"NM": 1}, ..., [["NM"]], ["NM", ...], str)),
    *(({column: one}, f"{column}={one!r} names no value. The rows without one: table[table['{column}'].isna()].")
      for column in ("name", "month", "count") for one in (None, float("nan"), pd.NA, pd.NaT)), ({"flag": [True, None]}, "flag=None names no value"),
    *(({"month": one}, f"{one!r} is not one month.") for one in ("2025", " 2025 ", "2025Q1", "NaT", "x", "", 2025, 202501, 5.0, True, np.int64(5), 1j, pd.Period("2025Q1"), "1899-12", "2025-W05")),
    *(({"day": one}, f"{one!r} is not a day. Write it like 2025-09-03.") for one in ("2025", "2025-09", "x", "NaT", 20250903, 5.0, True, np.int64(5), "1899-12-31", pd.Period("2025-09"))),
    ({"day": "2025-09-05"}, "no row has day 2025-09-05. The table has 1900-01-01 to 2025-09-04."), ({"month": "2025-03"}, "no row has month 2025-03. The table has 1900-01 to 2025-02."),
    *(({"flag": one}, f"flag is True or False, not {one!r}.") for one in ("maybe", "", 2, 0.5, "1")), ({"count": "many"}, "count holds numbers, and 'many' is none. The table has 0 to 2025."),
    ({"count": "3.5"}, "no row has count 3.5. The table has 0 to 2025."), ({"count": 4}, "no row has count 4."), ({"count": [3, "4"]}, "no row has count 4. The table"),
    ({"name": "Nm"}, "no row has name Nm. Did you mean"), ({"name": 5}, "no row has name 5. There are: NM, Ohio, nm."), ({"name": "Ohoi"}, "Did you mean 'Ohio'?"), ({"mixed": 5}, "no row has mixed 5."),
    ({"name": "NM", "count": 3, "flag": True}, "no row has all of name NM, count 3, flag True."),
])
def test_pick_tells_what_cannot_be_meant(wanted, says):
    with pytest.raises(CourseError) as raised:
        tables.pick(FEW, **wanted)
    assert says in str(raised.value)


def test_pick_names_a_dozen_at_most_and_three_that_are_near():
    many = pd.DataFrame({"a": pd.array([f"row {chr(97 + k)}" for k in range(13)], "str")})
    with pytest.raises(CourseError, match=r"There are: row a, .*, row l\.$"):
        tables.pick(many, a="zzz")
    with pytest.raises(CourseError, match=r"Did you mean '[^']*' or '[^']*' or '[^']*'\?$"):
        tables.pick(many, a="row z")


@pytest.mark.parametrize("wanted, says", [
    ({"drug": "Fentanil"}, "no row has drug Fentanil. Did you mean 'Fentanyl'"),
    ({"drugs": "Fentanyl"}, "there is no column 'drugs'. Did you mean 'drug'"),
    ({"fiscal_year": 2099}, "no row has fiscal_year 2099. The table has 2019 to {year}."),
    ({"month": "2099-01"}, "no row has month 2099-01. The table has 2018-10 to {month}."),
    ({"month": "Septober"}, "'Septober' is not one month. Write it like 2025-09"),
    ({"region": "Moon"}, "There are: Coastal/Interior, Northern Border, Southwest Border."),
    ({"fiscal_year": 2019, "month": "2026-04"}, "no row has all of fiscal_year 2019, month 2026-04."),
])
def test_pick_tells_what_the_table_does_not_have(wanted, says):
    with pytest.raises(CourseError) as raised:
        tables.pick(tables.load(NAME), **wanted)
    newest = tables.load(NAME).iloc[-1]
    assert says.format(year=newest["fiscal_year"], month=newest["month"]) in str(raised.value)


def test_an_error_shows_as_a_sentence_without_traceback():
    shown = CourseError("the sentence")._render_traceback_()
    assert shown == ["Not possible: the sentence"]


def test_missing_file(copy):
    copy.unlink()
    assert "seizures_monthly.csv is missing" in fault() and "git checkout -- data" in fault()


def test_wrong_column(copy):
    edit(copy, lambda lines: [lines[0].replace("pounds", "kilograms"), *lines[1:]])
    assert "the columns are month, fiscal_year, drug, component, region, kilograms" in fault()


def test_text_where_a_number_belongs(copy):
    edit(copy, lambda lines: replaced(lines, 5, 5, "many"))
    assert "row 5, column pounds: 'many' is not a value of type number" in fault()


def test_negative_count(copy):
    edit(copy, lambda lines: replaced(lines, 7, 6, "-3"))
    assert "row 7, column events: -3 is below 0" in fault()


def test_impossible_month(copy):
    edit(copy, lambda lines: replaced(lines, 9, 0, "2018-13"))
    assert "row 9, column month: '2018-13' is not a value of type yearmonth" in fault()


def test_unknown_drug(copy):
    edit(copy, lambda lines: replaced(lines, 4, 2, "Tea"))
    assert "row 4, column drug: 'Tea' is not one of" in fault()


def test_blank_where_none_may_be(copy):
    edit(copy, lambda lines: replaced(lines, 4, 2, ""))
    assert "row 4, column drug: is empty" in fault()


def test_duplicated_key(copy):
    edit(copy, lambda lines: [*lines, lines[9]])
    assert "is already in row 10" in fault()


def test_a_row_too_short(copy):
    edit(copy, lambda lines: [*lines, "2026-04,2026"])
    assert "2 values for 7 columns" in fault()


def test_too_few_rows(copy):
    edit(copy, lambda lines: lines[:20])
    assert "19 rows, where at least" in fault()


def test_a_value_changed_by_hand(copy):
    edit(copy, lambda lines: replaced(lines, 5, 5, "123.4"))
    assert "a value was changed" in fault() and "data/seizures_monthly.csv" in fault()


def test_not_utf8(copy):
    copy.write_bytes(copy.read_bytes()[:200] + b"\xff\xfe" + copy.read_bytes()[200:])
    assert "is not UTF-8 text" in fault()


def test_byte_order_mark_and_windows_line_ends_read_clean(copy):
    untouched = tables.load(NAME)
    copy.write_bytes(b"\xef\xbb\xbf" + copy.read_bytes().replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(pd.DataFrame(tables.load(NAME)), pd.DataFrame(untouched))


@pytest.mark.parametrize("name", tables.names())
def test_every_card_can_be_read_in_a_notebook(name):
    assert tables.about(name).data.lstrip().startswith("### ")
