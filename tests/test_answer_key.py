"""Every expected answer and slip equals the key that was computed apart from the code."""
import csv

import answers
import pytest

from takeaways.exercises import asking

ROWS = answers.rows()
ASKED = {number: question for number, question in asking.questions().items() if question.kind not in ("guess", "vote")}


@pytest.fixture(scope="module")
def computed():
    return answers.computed()


@pytest.mark.parametrize("number", ASKED)
def test_the_code_gives_the_key(number, computed):
    wrong = []
    for row in ROWS:
        if row["number"] == number:
            new = computed[number, row["part"]]
            if not answers.agree(row["value"], new):
                data = answers.edition(row) != row["tables"]
                wrong.append(f"{row['part']} ({row['how']}): {row['value']} in the key, {new} by the code; "
                             + ("its tables changed: look, then python3 tests --bless" if data else "its tables did not change: the code or the key is wrong"))
    assert wrong == []


def test_the_key_is_of_this_edition_of_the_tables():
    stale = sorted({f"{row['number']}: {row['tables']}, now {answers.edition(row)}" for row in ROWS if answers.edition(row) != row["tables"]})
    assert stale == [], "the tables moved since the key was made: look at each answer, then python3 tests --bless"


def test_the_key_has_every_question_and_slip_and_no_other(computed):
    assert [(row["number"], row["part"]) for row in ROWS] == list(computed)
    assert all(row["how"] for row in ROWS)


def test_a_row_is_blessed_only_where_its_tables_changed(tmp_path, monkeypatch):
    copy = tmp_path / "answers.csv"
    with open(copy, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(ROWS[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows([ROWS[0] | {"value": "1"}] + [row | {"value": "1", "tables": row["tables"].replace("@", "@0")} for row in ROWS[1:]])
    monkeypatch.setattr(answers, "KEY", copy)
    answers.write({(row["number"], row["part"]): "2" for row in ROWS})
    values = {(row["number"], row["part"]): (row["value"], row["tables"]) for row in answers.rows()}
    first = ROWS[0]
    assert values[first["number"], first["part"]] == ("1", first["tables"])
    assert all(values[row["number"], row["part"]] == (("2" if row["tables"] else "1"), row["tables"]) for row in ROWS[1:])


@pytest.mark.parametrize("one, other, same", [("-55.5", "-55.50000000001", True), ("-55.5", "-55.4", False), ("b", "b", True), ("b", "c", False),
                                              ('{"A": 1}', '{"A": "1"}', True), ('{"A": 1}', '{"A": "0"}', False)])
def test_what_agrees(one, other, same):
    assert answers.agree(one, other) == same
