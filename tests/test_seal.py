"""`python3 data --seal`: what was edited by hand is looked at, shown row by row, and entered; or refused with what to do."""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import frictionless
import pytest

DATA = Path(__file__).resolve().parent.parent / "data"
sys.path.append(str(DATA))

import check  # noqa: E402
import datapackage  # noqa: E402
import form  # noqa: E402
import make  # noqa: E402
import seal  # noqa: E402


def git(folder, *words):
    author = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "a"), ("EMAIL", "a@b"))}
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **author})


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    """A copy of data/ in a repository of its own, with one commit."""
    place = tmp_path_factory.mktemp("committed")
    shutil.copytree(DATA, place / "data", ignore=shutil.ignore_patterns("__pycache__"))
    for words in (["init", "-q"], ["add", "-A"], ["-c", "core.autocrlf=false", "commit", "-qm", "as it was"]):
        git(place, *words)
    return place


@pytest.fixture
def copy(committed, tmp_path):
    """data/ in a copy of this repository, which a test may change."""
    return shutil.copytree(committed, tmp_path / "repository") / "data"


@pytest.fixture
def told(copy):
    """Seal tables of the copy; returns what was said."""
    def run(*names, **how):
        lines = []
        seal.seal(names, copy, say=lines.append, **how)
        return "\n".join(lines)
    return run


def edit(copy, name, old, new):
    path = copy / f"{name}.csv"
    text = path.read_text("utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def entry(copy, name):
    return next(one for one in json.loads((copy / "datapackage.json").read_text("utf-8"))["resources"] if one["name"] == name)


def files(copy):
    return {path.name: path.read_bytes() for path in copy.rglob("*.*") if path.is_file() and "__pycache__" not in path.parts}


def faults(copy):
    return {resource["name"]: found for resource, _, found in check.check(copy) if found}


def test_without_the_seal_the_check_refuses_and_names_the_command(copy):
    edit(copy, "transfers", ",26,", ",27,")
    assert "To keep the change: python3 data --seal transfers. To undo it: git checkout" in faults(copy)["transfers"][0]
    edit(copy, "population", "US,2024,340003797", "US,2024,340003798")
    assert "--seal" not in faults(copy)["population"][0] and "To undo it: git checkout" in faults(copy)["population"][0]


def test_a_changed_value_is_shown_and_sealed_and_nothing_else_moves(copy, told):
    before, old = (copy / "datapackage.json").read_text("utf-8"), entry(copy, "transfers")
    edit(copy, "transfers", ",26,", ",27,")
    said = told("data/transfers.csv")
    assert said.startswith("transfers:\n  row 3 (2), people: 26 -> 27\n") and "as of 2026-10-09" in said
    assert faults(copy) == {}
    new = entry(copy, "transfers")
    assert new["hash"] == datapackage.checksum((copy / "transfers.csv").read_text("utf-8")) != old["hash"]
    after = (copy / "datapackage.json").read_text("utf-8")
    assert after == before.replace(old["hash"], new["hash"])
    assert told("transfers") == "transfers:\n  no value changed\n  as of 2026-10-09: through 9 October 2026"


def test_rows_that_come_go_and_move(copy, told):
    rows = (copy / "transfers.csv").read_text("utf-8").splitlines()
    new = rows[1].replace("1,", "9,", 1)
    (copy / "transfers.csv").write_text("\n".join([rows[0], *rows[2:], new]) + "\n", encoding="utf-8")
    said = told("transfers")
    assert "row 4 (9) is new: 9, 2025-02-27, 29, " in said and "row 2 before (1) is gone" in said and "order" not in said
    assert entry(copy, "transfers")["minRows"] == 3


def test_rows_that_only_moved(copy, told):
    rows = (copy / "transfers.csv").read_text("utf-8").splitlines()
    (copy / "transfers.csv").write_text("\n".join([rows[0], *reversed(rows[1:])]) + "\n", encoding="utf-8")
    assert told("transfers").startswith("transfers:\n  only the order of the rows changed\n") and faults(copy) == {}


def test_an_edit_that_was_committed_before_it_is_sealed_is_shown_too(copy, told):
    edit(copy, "transfers", ",26,", ",27,")
    git(copy, "commit", "-qam", "edited, not sealed")
    assert told("transfers").startswith("transfers:\n  row 3 (2), people: 26 -> 27\n")


def test_a_table_sealed_twice_before_a_commit_says_with_what_it_is_compared(copy, told):
    for old, new in ((",26,", ",27,"), (",27,", ",28,")):
        edit(copy, "transfers", old, new)
        said = told("transfers")
    assert "(compared with the last commit: git does not know the table as it was sealed last)" in said and "people: 26 -> 28" in said


@pytest.mark.parametrize("name, old, new, words", [
    ("transfers", ",26,", ",many,", "row 3, column people: 'many' is not a value of type integer"),
    ("transfers", ",26,", ",,", "row 3, column people: is empty"),
    ("transfers", ",26,", ",26,,", "row 3: "),
    ("transfers", "\n2,2025", "\n1,2025", "row 3: the key 1 is already in row 2"),
    ("fentanyl_potency", "filter", "fiter", "is not in sources"),
    ("overdose_monthly", "1999-01,56\n", "", "lower minRows in datapackage.json first"),
    ("population", "340003797", "340003798", "is made from the publisher's files"),
    ("overdose_annual", "publisher's file", "compiled by hand", "with origin \"publisher's file\" changed"),
])
def test_what_is_wrong_is_not_sealed_and_nothing_is_written(copy, told, name, old, new, words):
    edit(copy, name, old, new)
    before = files(copy)
    with pytest.raises((seal.SealError, datapackage.TableFault)) as caught:
        told(name)
    assert words in str(caught.value) and f"data/{name}.csv" in str(caught.value) or "origin" in words, str(caught.value)
    assert files(copy) == before


def test_of_two_tables_one_with_a_fault_none_is_sealed(copy, told):
    edit(copy, "transfers", ",26,", ",27,")
    edit(copy, "fentanyl_potency", "2023", "x")
    before = files(copy)
    with pytest.raises((seal.SealError, datapackage.TableFault)):
        told("transfers", "fentanyl_potency")
    assert files(copy) == before


def test_rows_compiled_by_hand_may_be_edited_in_a_table_that_has_both(copy, told):
    rows = datapackage.rows_of(entry(copy, "overdose_annual"), (copy / "overdose_annual.csv").read_text("utf-8"))
    line, row = next(one for one in rows if one[1]["origin"] == make.BY_HAND and one[1]["deaths"])
    was, row["deaths"] = row["deaths"], str(int(row["deaths"]) + 1)
    (copy / "overdose_annual.csv").write_text(make.to_csv([one for _, one in rows], list(row)), "utf-8")
    said = told("overdose_annual")
    assert said.startswith(f"overdose_annual:\n  row {line} (") and f", deaths: {was} -> {row['deaths']}\n" in said and faults(copy) == {}


def test_without_git_the_seal_says_that_it_cannot_show(copy, told):
    shutil.rmtree(copy.parent / ".git")
    edit(copy, "transfers", ",26,", ",27,")
    assert "what changed cannot be shown: git does not know the table as it was (3 rows now)" in told("transfers") and faults(copy) == {}
    edit(copy, "overdose_annual", "compiled by hand", "publisher's file")
    with pytest.raises(seal.SealError, match="without git nobody can tell"):
        told("overdose_annual")


def test_what_an_editor_did_to_the_file_is_undone(copy, told):
    path = copy / "transfers.csv"
    plain = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + plain.replace(b",26,", b',"26",').replace(b"\n", b"\r\n"))
    assert "no value changed" in told("transfers") and path.read_bytes() == plain


def test_the_as_of_date_follows_the_column_it_was_taken_from(copy, told):
    edit(copy, "events", "2026-10-09", "2026-11-03")
    assert "as of 2026-11-03: through 3 November 2026" in told("events")
    assert entry(copy, "events")["asOf"] == "2026-11-03" and faults(copy) == {}
    edit(copy, "firearms", "2026-08-31", "2026-09-30")
    assert "as of 2026-09-30: through September 2026" in told("firearms")


def test_the_as_of_date_can_be_said_and_its_words_must_fit(copy, told):
    assert "as of 2026-11-26: through 26 November 2026" in told("transfers", as_of="2026-11-26")
    assert entry(copy, "transfers")["asOf"] == "2026-11-26"
    with pytest.raises(seal.SealError, match="name another date. Give the words too: --as-of 2026-11 --as-of-text"):
        told("fentanyl_potency", as_of="2026-11")
    assert "as of 2026-11: read in November" in told("fentanyl_potency", as_of="2026-11", words="read in November")
    with pytest.raises(seal.SealError, match="speaks of one table"):
        told("events", "transfers", as_of="2026-11-26")


@pytest.mark.parametrize("day", ["2026-13", "26-11-2026", "2026-11-31", "3026-01", "soon", "20261126", "2026-1"])
def test_what_is_no_as_of_date_is_refused(told, day):
    with pytest.raises(seal.SealError, match="is not an as-of date of transfers"):
        told("transfers", as_of=day)


def test_a_date_to_come_by_a_slip_is_refused(copy, told):
    edit(copy, "events", "2026-10-09", "2062-10-09")
    with pytest.raises(seal.SealError, match="'2062-10-09' is not an as-of date"):
        told("events")


@pytest.mark.parametrize("name, words", [("event", "Did you mean events"), ("../secret", "no table 'secret'"), ("", "no table ''")])
def test_an_unknown_table_is_named(told, name, words):
    with pytest.raises(seal.SealError, match=words):
        told(name)


# ---- a new table: a file, and the card that describes it ----------------------------------------

ROWS = "year,month,country,pounds,closed,note,source_id\n2024,2024-01,Mexico,1.5,true,,filter-2025-05\n2025,2025-01,Canada,2,false,,filter-2025-05\n"
SAID = {"as of": "2025-01", "source address": "https://example.org", "key": "year, country", "second hand": "no", "missing": "2023; all of it"}


def fill(card, **said):
    text = card.read_text("utf-8")
    for word in (*form.ASKED, *(f"column {name}" for name in ROWS.split("\n")[0].split(","))):
        line = next(line for line in text.splitlines() if line.startswith(f"{word}: ("))
        text = text.replace(line, f"{word}: {(SAID | said).get(word, 'words: of ' + word)}", 1)
    text = text.replace("(One sentence: what the table is.)", "What this table is.").replace("\n...", "\nfive words are written here")
    card.write_text(text, encoding="utf-8")


def test_a_new_table_is_two_files_by_hand(copy, told):
    (copy / "arms_seized.csv").write_text(ROWS)
    card = copy / "cards" / "arms_seized.md"
    lines = []
    assert check.report(copy, lines.append) == 0
    assert "new   arms_seized                  is not in datapackage.json yet: python3 data --seal arms_seized" in lines
    with pytest.raises(seal.SealError, match="arms_seized is new. Fill in data/cards/arms_seized.md"):
        told("arms_seized")
    with pytest.raises(seal.SealError, match="not filled in yet in data/cards/arms_seized.md: title, description, .* column year, .* the text below"):
        told("arms_seized")
    fill(card)
    assert "arms_seized:\n  new, 2 rows\n  as of 2025-01: words: of as of in words" in told("arms_seized")
    assert faults(copy) == {} and "<!--" not in card.read_text("utf-8") and card.read_text("utf-8").startswith("# arms_seized\n\nWhat this")
    made = entry(copy, "arms_seized")
    package = json.loads((copy / "datapackage.json").read_text("utf-8"))
    package["resources"] = [made, entry(copy, "sources")]   # it and where it leads; tests/test_data.py has the others
    (copy / "two.json").write_text(json.dumps(package), encoding="utf-8")
    report = frictionless.validate(str(copy / "two.json"))
    assert report.valid and len(report.tasks) == 2, report.flatten(["name", "rowNumber", "fieldName", "note"])[:10]
    kinds = {field["name"]: (field["type"], field.get("constraints", {})) for field in made["schema"]["fields"]}
    need = {"required": True}
    assert kinds == {"year": ("year", need), "month": ("yearmonth", need), "country": ("string", need), "pounds": ("number", need | {"minimum": 0}),
                     "closed": ("boolean", need), "note": ("string", {}), "source_id": ("string", need)}
    assert made.keys() == entry(copy, "fentanyl_potency").keys() and made["secondHand"] is False and made["gaps"] == ["2023", "all of it"]
    assert made["schema"]["primaryKey"] == ["year", "country"] and made["schema"]["foreignKeys"] == entry(copy, "fentanyl_potency")["schema"]["foreignKeys"]
    edit(copy, "arms_seized", "Mexico", "Cuba")
    assert "what changed cannot be shown" in told("arms_seized")


@pytest.mark.parametrize("said, words", [({"key": "year, land"}, "the key names columns of the table"), ({"source address": "example"}, "begins with http"),
                                         ({"as of": "2999-01"}, "is not an as-of date"), ({"key": "source_id"}, "the key filter-2025-05 is already in row 2")])
def test_a_form_filled_in_wrongly_enters_nothing(copy, told, said, words):
    (copy / "arms_seized.csv").write_text(ROWS)
    with pytest.raises(seal.SealError):
        told("arms_seized")
    fill(copy / "cards" / "arms_seized.md", **said)
    before = files(copy)
    with pytest.raises(seal.SealError, match=words):
        told("arms_seized")
    assert files(copy) == before


@pytest.mark.parametrize("header", ["Year,arms", "year,Sum Qty (lbs)", "year,year", "", "year,"])
def test_a_column_without_a_plain_name_of_its_own_is_refused(copy, told, header):
    (copy / "arms_seized.csv").write_text(f"{header}\n1,2\n" if header else "")
    with pytest.raises(seal.SealError, match="is no name of a column, or not its own. Write names such as fiscal_year"):
        told("arms_seized")
    assert not (copy / "cards" / "arms_seized.md").exists()


def test_a_card_without_its_form_is_told(copy, told):
    (copy / "arms_seized.csv").write_text(ROWS)
    (copy / "cards" / "arms_seized.md").write_text("# arms_seized\n-->")
    with pytest.raises(seal.SealError, match="has no form. Put it aside"):
        told("arms_seized")


def test_the_headings_of_a_blank_card_are_those_of_the_others():
    card = (DATA / "cards" / "events.md").read_text("utf-8")
    assert [part.split("\n")[0] for part in card.split("\n## ")[1:]] == form.HEADINGS and make.BY_HAND == "compiled by hand"


def test_the_command_on_a_bare_python(copy):
    course = copy.parent
    for package in ("datapackage", "launcher"):
        shutil.copytree(DATA.parent / "notebooks" / package, course / "notebooks" / package)
    edit(copy, "transfers", ",26,", ",27,")

    def run(*words):
        done = subprocess.run([sys.executable, "-I", "-S", "-B", str(copy), *words], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr
    code, out, err = run("--seal", "transfers")
    assert (code, err) == (0, "") and "people: 26 -> 27" in out and out.endswith("all as described in datapackage.json.\n")
    edit(copy, "transfers", ",27,", ",x,")
    code, out, err = run("--seal", "transfers")
    assert (code, out) == (1, "") and "column people: 'x' is not a value" in err and err.endswith("Nothing was sealed.\n")
    assert run("--as-of", "2026-11")[0] == 2 and run("--seal", "nothing")[0] == 1
