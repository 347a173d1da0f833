"""What a class hands in is read, put to the right learner, and nothing of it is run or lost."""
import csv
import io
import json
import os
import time
import zipfile
from pathlib import Path

import pytest
from classroom import collect, handins, work
from classroom.learners import learners

from takeaways import brief

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
TEST = "Fewer fentanyl-type deaths in both countries.\n\n---\nI would accept fewer pounds seized."


# --- what learners send ------------------------------------------------------------------------------------------

def lesson(number="00", right=(), wrong=(), written=None, outputs=True, signed=None):
    """A lesson as a learner saves it, with these exercises answered; as bytes."""
    notebook = json.loads(next(NOTEBOOKS.glob(f"{number}_*.ipynb")).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        for exercise in (*right, *wrong):
            if f'check("{exercise}"' in source:
                cell["source"] = [source.replace("= ...", "= 12027")]
                said = "right. Because it is." if exercise in right else "not yet. Look at the unit."
                cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": [f"{exercise}: {said}\n"]}] if outputs else []
        if written and 'keep("my_test"' in source:
            cell["source"] = [source.replace("...", written)]
        if signed and "sign(" in source:
            cell["source"] = [source.replace('sign("...", "...")', f"sign{signed!r}")]
    return json.dumps(notebook).encode()


def exported(name="Ana Díaz", class_="5B", title="Fewer pounds, fewer deaths"):
    """A brief as export() writes it; as bytes."""
    facts = {"seized": brief.fact(-0.55, "{:+.0%}", "pounds of fentanyl seized, fiscal year 2025 against 2023", "seizures_monthly")}
    memo = {"claim": "Seizures fell by {seized}.", "evidence": "As before.", "uncertainty": "Provisional.", "other_side": "…", "change_my_mind": "A rise."}
    return brief.page(title, memo, facts, [], {"The test, as it was kept": TEST}, (name, class_)).encode()


def kept(text=TEST, when="2026-11-20 at 10:00"):
    return f"*Written on {when}*\n\n{text}\n".encode()


def zipped(members):
    """A ZIP with these members, name to bytes; as bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return held.getvalue()


def gathered(tmp_path, members):
    """Collect files, path to bytes, that lie in one folder."""
    for name, data in members.items():
        path = tmp_path / "handed in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return collect.collect(tmp_path / "handed in")


def named(found):
    return {learner.name: learner for learner in found.learners}


# --- one learner -------------------------------------------------------------------------------------------------

def test_a_lesson_tells_what_was_tried_and_right(tmp_path):
    found = gathered(tmp_path, {"Ana.ipynb": lesson(right=["0.2"], wrong=["0.3"], written=TEST)})
    [ana] = found.learners
    assert (ana.name, ana.exercises()) == ("Ana", {"0.2": "right", "0.3": "tried"})
    assert ana.texts("my_test") == [("", TEST)]


def test_a_stored_lesson_says_that_nothing_was_tried(tmp_path):
    [one] = gathered(tmp_path, {"04_results.ipynb": lesson("04")}).learners
    assert one.exercises() == {} and not one.texts("my_test")
    assert one.name == "no name (04_results.ipynb)"


def test_without_outputs_an_answer_in_a_cell_counts_as_tried(tmp_path):
    [one] = gathered(tmp_path, {"Ben.ipynb": lesson(right=["0.2"], outputs=False)}).learners
    assert one.exercises() == {"0.2": "tried"}


def test_a_brief_tells_who_wrote_it_and_what_it_says(tmp_path):
    [ana] = gathered(tmp_path, {"x.html": exported()}).learners
    [(_, one)] = ana.works
    assert (ana.name, ana.class_, ana.signed) == ("Ana Díaz", "5B", True)
    assert one.brief["title"] == "Fewer pounds, fewer deaths" and one.brief["numbers"] == 1 and one.brief["charts"] == 0
    assert one.brief["sections"]["What we found"] == "Seizures fell by \N{MINUS SIGN}55%."
    assert one.brief["appendix"]["The test, as it was kept"].startswith("Fewer fentanyl-type deaths") and not one.remarks


def test_notes_keep_every_version_with_its_day(tmp_path):
    two = kept("First.") + b"\n---\n" + kept("Second.", "2026-11-21 at 09:00")
    [one] = gathered(tmp_path, {"Ana/my_test.md": two, "Ana/exercises_done.txt": b"0.2  right on 2026-11-26\n"}).learners
    assert one.texts("my_test") == [("2026-11-20 at 10:00", "First."), ("2026-11-21 at 09:00", "Second.")]
    assert one.exercises() == {"0.2": "right"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_is_read(tmp_path, encoding):
    [one] = gathered(tmp_path, {"Ana/my_test.md": "Menos muertes, según el año".encode(encoding)}).learners
    assert one.texts("my_test") == [("", "Menos muertes, según el año")]


def test_the_review_is_taken_over_line_by_line():
    cell = {"cell_type": "code", "source": "review(memo, facts, my_charts)", "outputs": [
        {"output_type": "stream", "text": ["yes     Every section is written\n", "NOT YET Every fact is used; unused: a\n", "\nAnd\n   ?    Does it?\n"]}]}
    one = work.read_notebook(json.dumps({"cells": [cell], "nbformat": 4}))
    assert one.review == [(True, "Every section is written"), (False, "Every fact is used; unused: a")]


# --- whose is it -------------------------------------------------------------------------------------------------

MOODLE = zipped({f"{name}_{number}_assignsubmission_file_/04_results.ipynb": lesson("04", right=["4.1"])
                 for number, name in enumerate(["Ana Díaz", "Ben Okafor", "María José Núñez"], 1001)})
CANVAS = zipped({f"{name}_{number}_77_04_results.ipynb": lesson("04", right=["4.1"])
                 for number, name in enumerate(["diazana", "okaforben", "nunezmaria"], 1001)})


@pytest.mark.parametrize("members, names", [
    ({"all.zip": MOODLE}, ["Ana Díaz", "Ben Okafor", "María José Núñez"]),
    ({"all.zip": CANVAS}, ["diazana", "nunezmaria", "okaforben"]),
    ({"Student Work/Díaz, Ana/Assignment 4/Version 2/04_results.ipynb": lesson("04"), "Student Work/Okafor, Ben/Assignment 4/Version 1/04_results.ipynb": lesson("04")},
     ["Díaz, Ana", "Okafor, Ben"]),
    ({"04_results Ana.ipynb": lesson("04"), "04_results_Ben (1).ipynb": lesson("04"), "Chloé - 04_results final.ipynb": lesson("04")}, ["Ana", "Ben", "Chloé"]),
    ({"a.zip": zipped({"my_work/my_name.md": kept("Ana Díaz"), "my_work/my_class.md": kept("5B"), "my_work/01_mistrust.ipynb": lesson("01"),
                       "my_work/old/00_start_here.ipynb": lesson("00")})}, ["Ana Díaz"]),
    ({"all.zip": CANVAS, "briefs/diazana_1001_80_my_brief.html": exported()}, ["Ana Díaz", "nunezmaria", "okaforben"]),
    ({"loose.ipynb": lesson("05", signed=("Ana Díaz", "5B")), "brief.html": exported()}, ["Ana Díaz"]),
    ({"week 3/04_results.ipynb": lesson("04"), "week 3/04_results (1).ipynb": lesson("04"), "week 3/04_results (2).ipynb": lesson("04"), "week 3/b.html": exported()},
     ["Ana Díaz", "no name (week 3/04_results (1).ipynb)", "no name (week 3/04_results (2).ipynb)", "no name (week 3/04_results.ipynb)"]),
])
def test_work_is_put_to_its_learner(tmp_path, members, names):
    found = gathered(tmp_path, members)
    assert sorted(learner.name for learner in found.learners) == names
    assert not found.unread


def test_two_of_one_name_in_two_classes_stay_two(tmp_path):
    found = gathered(tmp_path, {"a.html": exported("Ana", "5A"), "b.html": exported("Ana", "5B")})
    assert sorted((one.name, one.class_) for one in found.learners) == [("Ana", "5A"), ("Ana", "5B")]


def test_two_hand_ins_of_one_name_are_joined_and_said(tmp_path):
    found = gathered(tmp_path, {"a.html": exported(), "later.html": exported("ana diaz", "5B", "A second draft")})
    [ana] = found.learners
    assert len(ana.works) == 2 and "Two hand-ins have this name" in ana.remarks[0]


def test_copies_in_one_folder_are_said(tmp_path):
    [ana] = gathered(tmp_path, {"Ana/04_results.ipynb": lesson("04"), "Ana/04_results (1).ipynb": lesson("04")}).learners
    assert ana.remarks == ["Lesson 04 lies more than once in Ana: copies of one learner, or another's work?"]


def test_every_file_is_in_the_list(tmp_path):
    members = {"all.zip": MOODLE, "Ana.ipynb": lesson(), "notes.docx": b"PK\3\4 no", "empty.ipynb": b"", "my_test.md": kept()}
    found = gathered(tmp_path, members)
    assert len(found.read) == 5 and {path for path, _ in found.unread} == {"notes.docx", "empty.ipynb"}


# --- hostile and broken ------------------------------------------------------------------------------------------

def locked():
    data = bytearray(zipped({"01_mistrust.ipynb": b"{}"}))
    at = data.index(b"PK\1\2")
    data[at + 8] |= 1
    return bytes(data)


def nested(depth):
    data = lesson()
    for level in range(depth):
        data = zipped({f"{level}.zip" if level else "00_start_here.ipynb": data})
    return data


BROKEN = {
    "cut.ipynb": lesson()[:5000],
    "empty.ipynb": b"",
    "null.ipynb": b"\0" * 100,
    "list.ipynb": b"[]",
    "no_cells.ipynb": b'{"cells": []}',
    "cells_are_a_number.ipynb": b'{"cells": [1, 2, 3]}',
    "deep.ipynb": b'{"cells":' + b"[" * 200_000,
    "large_number.ipynb": b'{"cells": [' + b"9" * 10_000 + b"]}",
    "cut.zip": MOODLE[:3000],
    "no_zip.zip": b"PK\3\4 this is none",
    "locked.zip": locked(),
    "deep.zip": nested(7),
    "photo.jpg": b"\xff\xd8\xff",
    "brief.pdf": b"%PDF-1.4",
    "work.rar": b"Rar!",
    "program.exe": b"MZ",
    "page.html": b"<html><body>My holidays</body></html>",
    "blank.md": b"   \n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_said_and_hides_nothing(tmp_path, name):
    found = gathered(tmp_path, {name: BROKEN[name], "Ana.ipynb": lesson(right=["0.2"])})
    assert [learner.name for learner in found.learners] == ["Ana"]
    [(path, why)] = found.unread
    assert path.startswith(name) and why.endswith(".") and len(why) < 200


def test_a_bomb_is_not_unpacked_further_than_a_hand_in_may_go(tmp_path, monkeypatch):
    unpacked = []
    read = zipfile.ZipFile.read
    monkeypatch.setattr(handins, "LARGEST_HAND_IN", 2_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda archive, member: unpacked.append(member.file_size) or read(archive, member))
    bomb = zipped({f"{number}.ipynb": b" " * 900_000 for number in range(20)})
    found = gathered(tmp_path, {"bomb.zip": zipped({"all.zip": bomb}), "Ana.ipynb": lesson()})
    assert "Ana" in named(found) and len(found.unread) == 20
    assert sum(unpacked) < 2_000_000 and any("more than 2 MB" in why for _, why in found.unread)


def test_a_cell_of_100_megabytes_is_refused_by_its_size(tmp_path):
    path = tmp_path / "handed in" / "large.ipynb"
    path.parent.mkdir()
    with open(path, "wb") as file:
        file.truncate(100_000_000)
    [(_, why)] = gathered(tmp_path, {"Ana.ipynb": lesson()}).unread
    assert "100 MB" in why and "cleared" in why


def test_paths_that_lead_out_lead_nowhere(tmp_path):
    tricks = {"../../evil.ipynb": lesson(), "/etc/passwd.ipynb": lesson(), "..\\..\\evil2.ipynb": lesson(), "a/\x07b.ipynb": lesson()}
    before = set(tmp_path.rglob("*"))
    found = gathered(tmp_path, {"tricks.zip": zipped(tricks)})
    collect.write(found, tmp_path / "out")
    assert len(found.read) == 4
    assert all(path.is_relative_to(tmp_path / "out") or path.is_relative_to(tmp_path / "handed in") for path in set(tmp_path.rglob("*")) - before)


def test_links_are_not_followed(tmp_path):
    secret = tmp_path / "grades.md"
    secret.write_text("the teacher's own")
    (tmp_path / "handed in").mkdir()
    os.symlink(secret, tmp_path / "handed in" / "my_test.md")
    os.symlink(tmp_path, tmp_path / "handed in" / "all")
    found = gathered(tmp_path, {"Ana.ipynb": lesson()})
    assert [learner.name for learner in found.learners] == ["Ana"] and "link" in found.unread[0][1]


ATTACK = '<script>alert(1)</script><img src=x onerror=alert(1)>'


def test_nothing_that_was_handed_in_runs_in_the_pages(tmp_path):
    hostile = exported().replace(b"</main>", ATTACK.encode() + b'<iframe src="http://example.org"></iframe></main>')
    members = {"b.html": hostile, f"{ATTACK.replace('/', '')}.ipynb": lesson(written=ATTACK), "Ana/my_test.md": ATTACK.encode(),
               "c.html": exported(ATTACK, ATTACK, "x")}
    found = gathered(tmp_path, members)
    collect.write(found, tmp_path / "out")
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.html")]
    assert len(pages) == len(found.learners) + 1
    assert not any("<script" in page or "<img" in page or "<iframe" in page for page in pages)
    assert any("holds a script" in remark for learner in found.learners for _, one in learner.works for remark in one.remarks)


def test_code_in_a_cell_is_not_run(tmp_path):
    trap = tmp_path / "trap"
    cell = {"cell_type": "code", "outputs": [], "source": f'sign(open({str(trap)!r}, "w"), __import__("os").system("touch {trap}"))\nanswer = ...\ncheck("0.2", answer)'}
    gathered(tmp_path, {"Ana.ipynb": json.dumps({"cells": [cell]}).encode()})
    assert not trap.exists()


@pytest.mark.parametrize("value, shown", [
    ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(1)", "'@SUM(1)"), ("\t=1", "'=1"), ("\r=1", "'=1"), ("  =1", "'=1"),
    ("\uff1d1", "'\uff1d1"), ("Ana\nDíaz", "Ana Díaz"), ("a-b", "a-b"), (3, 3)])
def test_no_cell_is_a_formula(value, shown):
    assert collect.plain_cell(value) == shown


# --- what is written ---------------------------------------------------------------------------------------------

def test_the_table_of_the_class_opens_with_its_accents(tmp_path):
    found = gathered(tmp_path, {"all.zip": MOODLE, "b.html": exported(), "=cmd.ipynb": lesson()})
    collect.write(found, tmp_path / "out")
    data = (tmp_path / "out" / "class.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert data.startswith(b"\xef\xbb\xbf") and len(rows) == 4
    ana = next(row for row in rows if row["name"] == "Ana Díaz")
    assert (ana["class"], ana["04 right"], ana["brief"], ana["signed"]) == ("5B", "1", "Fewer pounds, fewer deaths", "yes")
    assert "'=cmd" in {row["name"] for row in rows}
    listed = list(csv.DictReader(io.StringIO((tmp_path / "out" / "files.csv").read_text(encoding="utf-8-sig"))))
    assert len(listed) == 5 and all(row["put to"] for row in listed)


def test_the_command_says_what_it_did_and_can_be_run_again(tmp_path, capsys):
    gathered(tmp_path, {"Ana.ipynb": lesson()})
    assert collect.main([str(tmp_path / "handed in")]) == 0
    assert "Learners: 1. Files read: 1. Files that could not be used: 0" in capsys.readouterr().out
    assert (tmp_path / "handed in collected" / "index.html").exists()
    gathered(tmp_path, {"Ben.ipynb": lesson()})
    assert collect.main([str(tmp_path / "handed in")]) == 0
    assert len(list((tmp_path / "handed in collected").glob("learner_*.html"))) == 2


def test_nothing_is_written_over_or_among_what_was_handed_in(tmp_path, capsys):
    gathered(tmp_path, {"Ana.ipynb": lesson()})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "marks.csv").write_text("mine")
    for place, words in [("mine", "holds other things"), ("handed in/out", "collected next time"), ("handed in", "collected next time")]:
        assert collect.main([str(tmp_path / "handed in"), str(tmp_path / place)]) == 2
        assert words in capsys.readouterr().err
    assert collect.main([str(tmp_path / "nowhere")]) == 2 and "There is no folder" in capsys.readouterr().err


def test_an_empty_folder_is_no_error(tmp_path):
    (tmp_path / "handed in").mkdir()
    assert collect.main([str(tmp_path / "handed in")]) == 0


def test_sixty_hand_ins_take_seconds(tmp_path):
    one = zipped({"00_start_here.ipynb": lesson(), "04_results.ipynb": lesson("04"), "my_test.md": kept()})
    started = time.process_time()
    found = gathered(tmp_path, {f"Learner {chr(65 + number // 26)}{chr(65 + number % 26)}.zip": one for number in range(60)})
    collect.write(found, tmp_path / "out")
    assert len(found.learners) == 60 and time.process_time() - started < 6


def test_every_pair_has_one_learner():
    pairs = [(f"{number % 3}/{number}.md", work.Work("note", name=["", "Ana", "Ben"][number % 3])) for number in range(9)]
    assert sorted(path for learner in learners(pairs) for path, _ in learner.works) == sorted(path for path, _ in pairs)


def test_what_systems_leave_behind_is_no_work(tmp_path):
    debris = {"__MACOSX/._x.ipynb": b"x", ".DS_Store": b"x", "Ana/.ipynb_checkpoints/00-checkpoint.ipynb": lesson(), "~$brief.docx": b"x",
              "Ana/my_work/.jupyter/server.log": b"x"}
    assert not list(handins.files(tmp_path)) and not gathered(tmp_path, debris).unread
