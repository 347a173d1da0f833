"""`load`: typed tables that know their source, and a clear sentence for every fault of a file."""

import shutil

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
        assert "pounds" in shown and "Customs and Border Protection" in shown and "April 2026" in shown


def test_unknown_table_gives_the_nearest_names():
    with pytest.raises(CourseError, match="seizures_monthly"):
        tables.load("seizure_monthly")


def test_pick_is_a_comparison_that_minds_the_spelling():
    seizures = tables.load(NAME)
    picked = tables.pick(seizures, drug="Fentanyl", fiscal_year=2025, month="2025-01")
    plain = seizures[(seizures["drug"] == "Fentanyl") & (seizures["month"] == "2025-01")]
    pd.testing.assert_frame_equal(pd.DataFrame(picked), pd.DataFrame(plain))
    assert picked.attrs == seizures.attrs


@pytest.mark.parametrize("wanted, says", [
    ({"drug": "Fentanil"}, "no row has drug Fentanil. Did you mean 'Fentanyl'"),
    ({"drugs": "Fentanyl"}, "there is no column 'drugs'. Did you mean 'drug'"),
    ({"fiscal_year": 2031}, "no row has fiscal_year 2031. The table has 2019 to 2026."),
    ({"month": "2031-01"}, "no row has month 2031-01. The table has 2018-10 to 2026-04."),
    ({"month": "Septober"}, "'Septober' is not one month. Write it like 2025-09"),
    ({"region": "Moon"}, "There are: Coastal/Interior, Northern Border, Southwest Border."),
    ({"fiscal_year": 2019, "month": "2026-04"}, "no row has all of fiscal_year 2019, month 2026-04."),
])
def test_pick_tells_what_the_table_does_not_have(wanted, says):
    with pytest.raises(CourseError) as raised:
        tables.pick(tables.load(NAME), **wanted)
    assert says in str(raised.value)


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
