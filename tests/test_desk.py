"""The learner's desk: what she writes comes back whole, whatever it is, and nothing depends on who runs a test."""

import errno
import os
import random
import re

import pytest

from takeaways import desk, publishing
from takeaways.exercises import asking, check, where_was_i

A_DATE = "*Written on 2026-01-01 at 10:00*"
TEXTS = [
    "First.\n---\nSecond.", "A\n\nB\n---\nC\n\nD", "---", "---\n---", "One\n\n---\n\nTwo\n\n***\n\n___", "# A heading\n\nText\n\n## Another",
    f"{A_DATE}\n\nmine", f"before\n\n---\n{A_DATE}\n\nafter", f"---\n\n{A_DATE}", f"\\{A_DATE}", f"---\n\\\\{A_DATE}\nx", f"  {A_DATE}  \nx",
    "> a quote\n> of two lines", "```python\nx = 1\n\n---\ny = {2}\n```", "    indented code\n    of two lines", "- one\n  - two\n\n\n- three", "a\n\n\n\nb",
    "$40 million of the $60 million", "| a | b |\n| --- | --- |\n| 1 | 2 |", "Título\n===\n\nniño, Sheinbaum: «sí» … \N{MINUS SIGN}5 %", "a\u2028b\x0bc\x0cd\x85e\x1cf",
    "\ufeffwith a mark", "no-break\xa0space\xa0", "a\0b", "😀 \u05d0\u0628", "0.3", "x  \ny", "\\", "{fall} {{x}}", "<b>bold</b> &amp;", "\u201ccurly\u201d", "*a* **b** _c_",
]


@pytest.fixture
def table(tmp_path, monkeypatch):
    """An empty desk, with this test at it."""
    monkeypatch.setattr(desk, "DESK", tmp_path)
    monkeypatch.setattr(desk, "_TOLD", set())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def anywhere(table, monkeypatch, tmp_path_factory):
    """The same desk from a notebook that does not lie on it, run by a learner."""
    for variable in desk.NOT_A_LEARNER:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path_factory.mktemp("notebooks"))
    return table


def test_a_placeholder_is_not_kept(table, capsys):
    for nothing in (..., "", "...", "\n...\n", None, "\u2026", " . "):
        desk.keep("my_test", nothing)
        assert capsys.readouterr().out == "Nothing written yet. Replace the three dots by your own text, then run the cell again.\n"
    for nothing in (3, 0.3, ["a"], {}):
        desk.keep("my_test", nothing)
        assert capsys.readouterr().out.startswith("Nothing written yet. Only a text is kept")
    assert not list(table.iterdir())


def test_a_text_is_kept_and_brought_back(table, capsys):
    desk.keep("my_test", "\nFewer deaths\n\nby a year from now.\n")
    assert capsys.readouterr().out == "Kept in my_work/my_test.md. The last lesson brings it back.\n"
    assert desk.recall("my_test") == "Fewer deaths\n\nby a year from now."


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_comes_back_whole(table, text):
    desk.keep("my_test", f"\n{text}\n")
    assert desk.recall("my_test") == text
    desk.keep("my_test", "another")
    desk.keep("my_test", text)
    assert desk.recall("my_test") == text


def test_all_versions_stay_in_one_file_that_a_person_can_read(table):
    for text in TEXTS:
        desk.keep("my_test", text)
    versions = [text for _, text in desk.versions(desk._read(table / "my_test.md"))]
    assert versions == TEXTS
    assert (table / "my_test.md").read_text(encoding="utf-8").startswith(f"*Written on {desk.datetime.now():%Y-%m-%d} at ")


def test_a_second_version_is_added_and_the_first_stays(table, capsys):
    for text in ("first", "first", "second"):
        desk.keep("my_test", text)
    kept = (table / "my_test.md").read_text(encoding="utf-8")
    assert re.fullmatch(r"(\*Written on [\d-]+ at [\d:]+\*\n\n)first\n\n---\n\1second\n", kept) and desk.recall("my_test") == "second"
    assert "Already kept" in capsys.readouterr().out


BY_HAND = [   # what a file holds, and what comes back
    ("Mine, é and ñ\n\nand more", "Mine, é and ñ\n\nand more"),
    ("First.\n---\nSecond.\n", "First.\n---\nSecond."),
    (f"{A_DATE}\n\nA\n\nB\n---\nC\n\nD é\n", "A\n\nB\n---\nC\n\nD é"),
    (f"{A_DATE}\n\nold\n\n---\n*Written on 2026-02-01 at 11:11*\n\nnew ñ\n\n---\nmore\n", "new ñ\n\n---\nmore"),     # of the first edition
    (f"{A_DATE}\nclose below\n", "close below"), (f"\n\n {A_DATE} \n\n\nspaced ñ\n\n", "spaced ñ"),
    (f"A title of mine\n{A_DATE}\n\ntext é", f"A title of mine\n{A_DATE}\n\ntext é"),
    (f"{A_DATE}\n\nold\n---\n\n*Written on 2026-02-01 at 11:11*\n", "old"),    # the newest emptied by hand
    ("", ""), ("\n \n", ""),
]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("written, whole", BY_HAND)
def test_a_file_edited_by_hand_is_read_whole_and_added_to(table, written, whole, encoding, end):
    (table / "my_test.md").write_bytes(written.replace("\n", end).encode(encoding))
    assert desk.recall("my_test") == whole
    desk.keep("my_test", "señal")
    assert desk.recall("my_test") == "señal"
    now = (table / "my_test.md").read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    assert now.startswith(written.rstrip("\n")) and os.listdir(table) == ["my_test.md"] and ("---" in now) == bool(written.strip())


def test_a_desk_that_is_not_there_yet_and_a_leftover_beside(table, monkeypatch):
    monkeypatch.setattr(desk, "DESK", table / "my_work")
    monkeypatch.setattr(desk, "on_desk", lambda: True)
    desk.keep("my_test", "text")
    assert desk.recall("my_test") == "text"
    (table / "my_work" / "my_test.md").write_bytes("año".encode("utf-16"))
    (table / "my_work" / "my_test.md.new").write_text("left over")
    desk.note_done("0.5")
    desk.keep("my_test", "more")
    assert (table / "my_work" / "my_test.md").read_text(encoding="utf-8").startswith("año\n\n---\n") and desk.done() == ["0.5"]


def test_lines_ended_in_any_way_are_the_same_text(table, capsys):
    for text in ("a\r\nb\rc", "a\r\nb\rc", "a\nb\nc"):
        desk.keep("my_test", text)
    assert desk.recall("my_test") == "a\nb\nc" and capsys.readouterr().out.count("Already kept") == 2


def test_a_nought_later_on_is_no_utf_16(table):
    (table / "my_test.md").write_bytes(b"ab\0d")
    assert desk.recall("my_test") == "ab\0d"


def test_two_encodings_in_one_file(table):
    (table / "my_test.md").write_bytes("année\n".encode() + "año €\n".encode("cp1252") + b"\x81\n")
    assert desk.recall("my_test") == "année\naño €\n\x81"


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/b", "a\\b", "C:\\x", "", " ", ".", "..", "x" * 61, "con", "prn", "AUX", "NUL", "Lpt1", "com¹", "a:b", "a\0b", "a\nb",
                                  "two words", None, 3, ..., ["a"], "it works if deaths fall"])
def test_a_name_stays_on_the_desk(table, name, capsys):
    desk.keep(name, "text")
    assert capsys.readouterr().out.startswith("Not kept: a name is one short word")
    assert desk.recall(name) == "" and not list(table.iterdir()) and not (table.parent / "x.md").exists()
    assert capsys.readouterr().out.startswith("Nothing fetched: a name is one short word")


@pytest.mark.parametrize("name", ["my_test", "día_1", "di\N{COMBINING ACUTE ACCENT}a", "my-test", "2026", "console", " my_test ", "my_test.md"])
def test_a_name_is_found_again(table, name):
    desk.keep(name, "text")
    assert desk.recall(name) == "text" and len(list(table.glob("*.md"))) == 1


def test_arguments_the_wrong_way_round_are_told_and_kept(table, capsys):
    desk.keep("Deaths fall by a third.", "my_test")
    assert 'The name comes first: keep("my_test", ...)' in capsys.readouterr().out
    assert desk.recall("my_test") == "Deaths fall by a third."
    desk.keep("...", "my_test")
    assert capsys.readouterr().out.startswith("Nothing written yet.")
    desk.keep("my_test", "my_forecast")
    assert desk.recall("my_test") == "my_forecast"


def test_calls_that_lack_something(table, capsys):
    desk.keep()
    desk.keep("Deaths fall by a third.")
    assert capsys.readouterr().out.count("It comes first") == 2
    desk.keep("my_test")
    assert capsys.readouterr().out.startswith("Nothing written yet.") and desk.recall() == ""
    assert capsys.readouterr().out.startswith("Nothing fetched: a name is one short word")


def test_what_is_kept_is_told_without_a_word(table, capsys):
    desk.keep("my_test", "text")
    capsys.readouterr()
    assert desk.kept("my_test") == "text" and desk.kept("my_tset") == desk.kept("a b") == "" and capsys.readouterr().out == ""


def test_a_name_that_is_nearly_another_is_told(table, capsys):
    desk.keep("my_test", "text")
    capsys.readouterr()
    assert desk.recall("my_tset") == desk.recall("My_Test") == ""
    assert capsys.readouterr().out.count('Did you mean "my_test"?') == 2
    desk.keep("my_tests", "text")
    assert desk.recall("my_tes") == "" and 'Did you mean "my_test"?' in capsys.readouterr().out
    assert desk.recall("my_forecast") == "" and capsys.readouterr().out == ""
    desk.keep("NOTE", "text")
    (table / "my_test.md").write_text("")
    capsys.readouterr()
    assert desk.recall("my_test") == "" and (desk.recall("note") == "" or (table / "note.md").exists())    # a Mac minds no capitals
    assert re.findall('"(.*?)"', capsys.readouterr().out) == ["my_test", "my_tests"] + ([] if (table / "note.md").exists() else ["note", "NOTE"])


def test_a_desk_that_cannot_be_written_loses_nothing(table, capsys, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")
    monkeypatch.setattr("builtins.open", refuse)
    desk.keep("my_test", "text")
    assert "(Permission denied): your text is safe in this cell; save the notebook." in capsys.readouterr().out
    assert desk.note_done("0.2").startswith("It could not be noted that 0.2 is done (Permission denied): ")


@pytest.mark.parametrize("platform, rescue", [("linux", "save the notebook"), ("emscripten", "click Download my work")])
def test_an_answer_is_judged_also_where_the_desk_is_full(table, capsys, monkeypatch, platform, rescue):
    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(desk, "_append", fail)
    monkeypatch.setattr(desk.sys, "platform", platform)
    check("0.5", asking.find("0.5").answer())
    right, fault = capsys.readouterr().out.splitlines()
    assert right.startswith("0.5: right. ")
    assert fault == f"It could not be noted that 0.5 is done (No space left on device): your answer is safe in this cell; {rescue}."
    check("1.5", "a")
    assert "noted" not in capsys.readouterr().out


@pytest.mark.parametrize("fault, says", [(PermissionError(13, "Permission denied"), "(Permission denied)"), (OSError("no room"), "(no room)")])
def test_the_fault_of_a_file_is_told_in_its_own_words(table, capsys, monkeypatch, fault, says):
    def fail(*_):
        raise fault
    monkeypatch.setattr(desk, "_read", fail)
    desk.keep("my_test", "text")
    assert desk.recall("my_test") == "" and capsys.readouterr().out.count(says) == 2


def test_a_desk_behind_a_link_is_the_desk(table, monkeypatch):
    (table / "real").mkdir()
    try:
        (table / "link").symlink_to(table / "real")
    except OSError:
        pytest.skip("this system makes no links")
    monkeypatch.setattr(desk, "DESK", table / "link")
    monkeypatch.chdir(table / "real")
    assert desk.on_desk()


def test_a_folder_or_a_file_in_the_way_is_told(table, capsys, monkeypatch):
    (table / "my_test.md").mkdir()
    desk.keep("my_test", "text")
    assert "your text is safe in this cell" in capsys.readouterr().out
    assert desk.recall("my_test") == "" and "is there but could not be read" in capsys.readouterr().out
    (table / "file").write_text("no folder")
    monkeypatch.setattr(desk, "DESK", table / "file")
    monkeypatch.setattr(desk, "on_desk", lambda: True)
    desk.keep("my_test", "text")
    desk.note_done("0.2")
    assert "your text is safe in this cell" in capsys.readouterr().out
    assert desk.recall("my_test") == "" and desk.done() == []


def test_half_a_character_is_no_trouble(table):
    desk.keep("my_test", "a\ud800b")
    assert desk.recall("my_test") == "a\N{REPLACEMENT CHARACTER}b"


def test_it_works_in_every_folder_of_the_desk(table, monkeypatch):
    (table / "week 1" / "deep").mkdir(parents=True)
    monkeypatch.chdir(table / "week 1" / "deep")
    desk.keep("my_test", "text")
    desk.note_done("0.5")
    assert desk.recall("my_test") == "text" and desk.done() == ["0.5"] and (table / "my_test.md").exists()


def test_it_works_where_a_lesson_is_opened_elsewhere(anywhere, capsys):
    desk.keep("my_test", "text")
    desk.note_done("0.5")
    assert capsys.readouterr().out == "Kept in my_work/my_test.md. The last lesson brings it back.\n"
    assert desk.recall("my_test") == "text" and desk.done() == ["0.5"] and desk.on_desk()


def test_binder_is_told_to_forget(anywhere, capsys, monkeypatch):
    monkeypatch.setenv("BINDER_LAUNCH_HOST", "https://mybinder.org/")
    desk.keep("my_test", "text")
    assert "Binder forgets that file when you leave: download it." in capsys.readouterr().out


@pytest.mark.parametrize("variable", sorted(desk.NOT_A_LEARNER))
def test_tests_and_figures_find_an_empty_desk_and_leave_it(anywhere, variable, monkeypatch, capsys):
    desk.keep("my_test", "text")
    monkeypatch.setenv(variable, "x")
    (anywhere / "01_mistrust (edition of 2026-11-25).ipynb").touch()
    assert desk.recall("my_test") == desk.kept("my_test") == "" and desk.done() == [] and not desk.on_desk()
    capsys.readouterr()
    desk.keep("my_test", "other")
    desk.note_done("0.5")
    desk.tell_newer_editions()
    assert capsys.readouterr().out.startswith("Not kept: in a test") and len(os.listdir(anywhere)) == 2


def test_the_variables_are_those_that_pytest_and_the_figures_set():
    assert "PYTEST_VERSION" in os.environ
    assert "TAKEAWAYS_FIGURES" in (desk.DESK.parent / "figures" / "__main__.py").read_text(encoding="utf-8")


def test_a_folder_that_is_gone_is_not_the_desk(table, monkeypatch):
    (table / "gone").mkdir()
    monkeypatch.chdir(table / "gone")
    (table / "gone").rmdir()
    assert not desk.on_desk() and desk.recall("my_test") == ""
    monkeypatch.chdir(table)


def test_away_from_the_desk_nothing_is_recalled_or_noted(table, monkeypatch, tmp_path_factory, capsys):
    desk.keep("my_test", "text")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert desk.recall("my_test") == "" and desk.done() == []
    check("1.5", "b")
    capsys.readouterr()
    where_was_i()
    assert capsys.readouterr().out == "In your own copy this line tells which exercises you have done, and where to go on.\n" and os.listdir(table) == ["my_test.md"]


def test_right_answers_are_noted_once_and_tell_where_to_go_on(table, capsys):
    check("0.5", asking.find("0.5").answer())
    check("0.5", asking.find("0.5").answer())
    check("1.5", "a")
    assert (table / desk.DONE).read_text().count("0.5") == 1 and desk.done() == ["0.5"]
    desk.note_done("2.0")
    assert re.fullmatch(r"0\.5  right on [\d-]+\n2\.0  right on [\d-]+\n", (table / desk.DONE).read_text())
    capsys.readouterr()
    where_was_i()
    told = capsys.readouterr().out
    assert "Lesson 00: 1 of 5 exercises right." in told and "Next: exercise 0.1." in told


EXERCISES = [sum(one.kind not in ("guess", "vote") for number, one in asking.questions().items() if number[0] == str(lesson)) for lesson in range(6)]


def test_where_all_is_done(table, capsys, monkeypatch):
    monkeypatch.setattr(desk, "done", lambda: list(asking.questions()))
    (table / "01_mistrust (edition of 2026-11-25).ipynb").touch()
    where_was_i()
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("Lesson 01 has a newer edition.") and told[1:] == [*(f"Lesson 0{lesson}: {count} of {count} exercises right." for lesson, count in enumerate(EXERCISES)), "All exercises are done. Write your brief."]


def test_a_damaged_note_is_no_trouble(table, capsys):
    (table / desk.DONE).write_text("\n\n0.2  right\nnonsense\n")
    where_was_i()
    assert "Lesson 00: 1 of 5" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["", "\r\n"])
def test_the_note_of_exercises_in_any_encoding(table, encoding, end):
    (table / desk.DONE).write_bytes(f"0.2  right on 2026-11-26, ¡qué fácil!{end}".encode(encoding))
    desk.note_done("0.5")
    desk.note_done("0.2")
    assert desk.done() == ["0.2", "0.5"] and "fácil" in (table / desk.DONE).read_text(encoding="utf-8-sig")


def test_a_folder_in_place_of_the_note_is_told(table):
    (table / desk.DONE).mkdir()
    assert "could not be noted" in desk.note_done("0.5")
    assert desk.done() == []


def test_a_newer_edition_is_told_in_the_lesson(table, capsys, monkeypatch):
    for name in ("01_mistrust (edition of 2026-11-25)", "01_mistrust (edition of 2026-11-26)", "01_mistrust (edition of 2026-11-26) 2", "05_brief (edition of 2026-11-24)",
                 "05_brief"):
        (table / f"{name}.ipynb").touch()
    desk.recall("my_test")
    told = capsys.readouterr().out
    assert "Lesson 01 has a newer edition." in told and "my_work/01_mistrust (edition of 2026-11-26) 2.ipynb" in told and told.count("\n") == 2
    desk.recall("my_test")
    assert capsys.readouterr().out == ""
    desk.tell_newer_editions()
    assert capsys.readouterr().out == told
    monkeypatch.setenv("JPY_SESSION_NAME", f"{table}/05_brief (edition of 2026-11-24).ipynb")
    desk.tell_newer_editions()
    assert "Lesson 05" not in capsys.readouterr().out


# --- shown as she wrote it ------------------------------------------------------------------------------------------

@pytest.fixture
def shown(monkeypatch):
    """What the last call displayed."""
    bundle = {}
    monkeypatch.setattr(publishing, "display", lambda data, raw: (bundle.clear(), bundle.update(data)))
    return bundle


@pytest.mark.parametrize("text", TEXTS)
def test_say_shows_what_was_recalled_as_she_wrote_it(table, shown, text):
    desk.keep("my_test", text)
    publishing.say(desk.recall("my_test") or "nothing")
    assert shown["text/plain"] == text and "text/markdown" not in shown
    inside = re.fullmatch(r"<pre [^>]*>(.*)</pre>", shown["text/html"], re.DOTALL)[1]
    assert publishing.html.unescape(inside) == text and "<" not in inside


def test_show_text_takes_any_text(shown):
    publishing.show_text("a\ud800\n- $5 of $6")
    assert shown["text/plain"] == "a?\n- $5 of $6"


def test_a_dollar_in_a_sentence_is_no_maths(shown):
    publishing.say("$40 million of the $60 million, or \\$2: -5")
    assert shown["text/markdown"] == "\\$40 million of the \\$60 million, or \\$2: \N{MINUS SIGN}5" and shown["text/plain"].startswith("$40 million of the $60")
    publishing.say(" one\n  two:\n\n- a\n- b ")
    assert shown["text/markdown"] == "one\ntwo:\n\n- a\n- b"


# --- anything at all ------------------------------------------------------------------------------------------------

PIECES = ["---", A_DATE, f"\\{A_DATE}", f" {A_DATE} ", "```", "# h", "> q", "- i", "", " ", "\t", "é ñ", "€", "text", "*Written on", "***", "\\", "\ufeff", "\x0c", "\u2028", "0.2", "{a}"]


def test_fuzz_of_the_desk(table, capsys):
    chance = random.Random(20261126)
    for _ in range(300):
        text = "\n".join(chance.choices(PIECES, k=chance.randint(1, 8)))
        name = chance.choice(["a", "my_b", "ñ"])
        desk.keep(name, text)
        if not capsys.readouterr().out.startswith("Nothing written yet."):
            assert desk.recall(name) == desk._tidy(text)
            path = table / f"{name}.md"
            kept = path.read_bytes().decode("utf-8")
            path.write_bytes(kept.replace("\n", chance.choice(["\n", "\r\n"])).encode(chance.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])))
            assert desk.recall(name) == desk._tidy(text)
        if chance.random() < 0.2:
            (table / f"{name}.md").unlink(missing_ok=True)


def test_fuzz_of_files_and_names(table):
    chance = random.Random(5)
    for _ in range(200):
        data = bytes(chance.choices(range(256), k=chance.randint(0, 40)))
        (table / "a.md").write_bytes(data)
        (table / desk.DONE).write_bytes(data)
        assert isinstance(desk.recall("a"), str) and isinstance(desk.done(), list)
        name = "".join(chance.choices("aB1_-./\\: \n\0ñ*?<>|\"'", k=chance.randint(0, 5)))
        desk.keep(name, "text")
        desk.note_done("0.5")
    assert all(path.parent == table and re.fullmatch(r"[\w-]+\.(md|txt)", path.name) for path in table.rglob("*"))
    assert not [path for path in table.parent.glob("*.md")]
