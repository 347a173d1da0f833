"""The learner's desk: what she writes stays, and nothing is written from anywhere else."""

import os

import pytest

from takeaways import desk
from takeaways.exercises import asking, check, where_was_i


@pytest.fixture
def table(tmp_path, monkeypatch):
    """An empty desk, with this test at it."""
    monkeypatch.setattr(desk, "DESK", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_placeholder_is_not_kept(table, capsys):
    for nothing in (..., "", "...", "\n...\n", None, 3):
        desk.keep("my_test", nothing)
        assert capsys.readouterr().out.startswith("Nothing written yet.")
    assert not list(table.iterdir())


def test_a_text_is_kept_and_brought_back(table, capsys):
    desk.keep("my_test", "\nFewer deaths\n\nby a year from now.\n")
    assert "Kept in my_work/my_test.md" in capsys.readouterr().out
    assert desk.recall("my_test") == "Fewer deaths\n\nby a year from now."


def test_a_second_version_is_added_and_the_first_stays(table, capsys):
    for text in ("first", "first", "second"):
        desk.keep("my_test", text)
    kept = (table / "my_test.md").read_text(encoding="utf-8")
    assert kept.count("first") == 1 and "second" in kept and desk.recall("my_test") == "second"
    assert "Already kept" in capsys.readouterr().out


def test_a_desk_that_cannot_be_written_loses_nothing(table, capsys, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")
    monkeypatch.setattr("builtins.open", refuse)
    desk.keep("my_test", "text")
    assert "your text is safe in this cell" in capsys.readouterr().out


def test_away_from_the_desk_nothing_is_recalled_or_noted(table, monkeypatch, tmp_path_factory, capsys):
    desk.keep("my_test", "text")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert desk.recall("my_test") == "" and desk.done() == []
    check("1.5", "b")
    where_was_i()
    assert "In your own copy" in capsys.readouterr().out and os.listdir(table) == ["my_test.md"]


def test_right_answers_are_noted_once_and_tell_where_to_go_on(table, capsys):
    check("0.5", asking.find("0.5").answer())
    check("0.5", asking.find("0.5").answer())
    check("1.5", "a")
    assert (table / desk.DONE).read_text().count("0.5") == 1 and desk.done() == ["0.5"]
    capsys.readouterr()
    where_was_i()
    told = capsys.readouterr().out
    assert "Lesson 00: 1 of 5 exercises right." in told and "Next: exercise 0.1." in told


def test_a_damaged_note_is_no_trouble(table, capsys):
    (table / desk.DONE).write_text("\n\n0.2  right\nnonsense\n")
    where_was_i()
    assert "Lesson 00: 1 of 5" in capsys.readouterr().out
