"""The two commands on a bare machine: the private environment, the learner's copies, the options of JupyterLab."""
import ast
import datetime
import errno
import json
import os
import runpy
import shutil
import signal
import subprocess
import sys

import pytest

from launcher import copies, environment, lab

TOP = environment.TOP
FOLDER = "una carpeta de José"      # a space and an accent, as on many a learner's computer


# --- which Python ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["notebooks/__main__.py", "tests/__main__.py", "figures/__main__.py", "notebooks/launcher/__init__.py"])
def test_an_old_python_can_read_as_far_as_the_sentence(name):
    ast.parse((TOP / name).read_text(), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 13), (3, 15, 0)])
def test_another_python_is_told_which_one_to_take(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit, match=r"needs Python 3.11, .* this is Python %d\.%d" % version[:2]):
        runpy.run_path(str(TOP / "notebooks" / "launcher" / "__init__.py"))


# --- the private environment -------------------------------------------------------------------------------------

@pytest.fixture
def env(tmp_path, monkeypatch):
    """An environment that is nothing yet, in a folder with a space and an accent; nothing is downloaded."""
    place = tmp_path / FOLDER / ".venv"
    monkeypatch.setattr(environment, "ENV", place)
    monkeypatch.setattr(environment, "PYTHON", place / "bin" / "python")
    monkeypatch.setattr(environment, "SITE_PACKAGES", place / "site-packages")
    monkeypatch.setattr(environment, "CHOSEN", None)
    return place


@pytest.fixture
def installed(env, monkeypatch):
    """Stands in for venv and pip: notes what they are asked, and makes a Python that starts."""
    asked = []

    def run(command, progress, **settings):
        asked.append([str(word) for word in command])
        for folder in (environment.PYTHON.parent, environment.SITE_PACKAGES):
            folder.mkdir(parents=True, exist_ok=True)
        if not environment.PYTHON.exists():
            environment.PYTHON.symlink_to(sys.executable)

    monkeypatch.setattr(environment, "run", run)
    monkeypatch.setattr(environment, "lacking", lambda lock: None)
    monkeypatch.setattr(environment, "downloads", lambda: {})
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    monkeypatch.setattr(environment.subprocess, "call", lambda command, **_: 0 if os.path.exists(command[0]) else 1)
    return asked


def locks_of(asked):
    return [command[-1] for command in asked if "-r" in command]


def test_the_first_start_installs_and_the_second_does_not(installed):
    environment.prepare(environment.COURSE)
    assert locks_of(installed) == [str(environment.COURSE)]
    installed.clear()
    environment.prepare(environment.COURSE)
    assert installed == []


def test_the_tests_add_only_what_they_add(installed):
    environment.prepare(environment.COURSE)
    installed.clear()
    environment.prepare(environment.COURSE, environment.TESTS)
    assert locks_of(installed) == [str(environment.TESTS)]


def test_what_is_installed_is_checked_against_its_hashes(installed):
    environment.prepare(environment.COURSE)
    [command] = [command for command in installed if "-r" in command]
    assert {"--require-hashes", "--no-deps", "--only-binary", "--no-user", "--no-input", "--no-compile",
            "--disable-pip-version-check"} <= set(command)
    assert command[command.index("--only-binary") + 1] == ":all:"


def test_a_new_lock_a_missing_python_or_another_place_mean_a_new_start(installed, env, tmp_path, monkeypatch):
    lock = tmp_path / "requirements.txt"
    lock.write_text("one==1\n")
    monkeypatch.setattr(environment, "COURSE", lock)
    environment.prepare(lock)
    assert environment.is_installed(lock)

    lock.write_text("one==2\n")
    assert not environment.is_installed(lock)
    lock.write_text("one==1\n")
    assert environment.is_installed(lock)

    environment.PYTHON.unlink()
    assert not environment.is_installed(lock)
    environment.PYTHON.symlink_to(sys.executable)
    assert environment.is_installed(lock)

    moved = env.rename(env.with_name("moved"))
    monkeypatch.setattr(environment, "ENV", moved)
    monkeypatch.setattr(environment, "PYTHON", moved / "bin" / "python")
    assert not environment.is_installed(lock)


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_an_interrupted_installation_is_made_again(installed, monkeypatch, fault):
    environment.prepare(environment.COURSE)
    environment.stamp(environment.COURSE).write_text("an older lock")
    whole = environment.run

    def interrupted(command, progress, **settings):
        if "-r" in command:
            raise fault
        return whole(command, progress)

    monkeypatch.setattr(environment, "run", interrupted)
    with pytest.raises(SystemExit):
        environment.prepare(environment.COURSE)
    assert not environment.stamp(environment.COURSE).exists()
    monkeypatch.setattr(environment, "run", whole)
    environment.prepare(environment.COURSE)
    assert environment.is_installed(environment.COURSE)


def test_pip_takes_over_where_uv_fails(installed, monkeypatch):
    monkeypatch.setattr(environment.shutil, "which", lambda name: "/somewhere/uv")
    works = environment.run
    monkeypatch.setattr(environment, "run", lambda command, progress, **_: works(command, progress) or
                        ("uv is broken" if "/somewhere/uv" in command else None))
    environment.prepare(environment.COURSE)
    assert [command[0] for command in installed if "-r" in command] == ["/somewhere/uv", str(environment.PYTHON)]


# Each as the installers really print it.
PRINTED = {
    "The disk is full": [
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "[WinError 112] There is not enough space on the disk",
    ],
    "The packages of the course cannot be downloaded": [
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError(': Failed to establish a new "
        "connection: [Errno -3] Temporary failure in name resolution')'\nERROR: No matching distribution found for anyio==4",
        "NewConnectionError: [Errno 11001] getaddrinfo failed",
        "error: Failed to fetch\n  Caused by: error sending request\n  Caused by: dns error",
    ],
    "The network answered with a certificate": ["SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]"],
    "A package arrived damaged": ["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."],
    "The folder": ["[Errno 13] Permission denied: '/x/.venv'", "[WinError 5] Access is denied: 'C:\\x'",
                   "[Errno 30] Read-only file system: '/x/.venv'"],
    "Some package is not available": ["ERROR: No matching distribution found for debugpy==1.8.22"],
    "Setting up the course failed. The last words of the installer were:\na word": ["a word that none of these knows"],
}


@pytest.mark.parametrize("sentence, printed", [(s, p) for s, several in PRINTED.items() for p in several])
def test_a_failed_installation_ends_in_a_sentence(installed, monkeypatch, sentence, printed):
    works = environment.run
    monkeypatch.setattr(environment, "run", lambda command, progress, **_: printed if "-r" in command else works(command, progress))
    with pytest.raises(SystemExit) as end:
        environment.prepare(environment.COURSE)
    assert str(end.value).startswith(sentence)
    assert not environment.stamp(environment.COURSE).exists()


def test_a_command_that_fails_gives_back_what_it_printed(capsys):
    printed = environment.run([sys.executable, "-c", "import sys; print('one'); sys.exit('two')"], lambda: "")
    assert "one" in printed and "two" in printed
    assert environment.run([sys.executable, "-c", "print('one')"], lambda: "") is None
    assert capsys.readouterr().out == ""


def test_a_debian_without_venv_is_told_what_to_install(installed, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match=r"sudo apt install python3\.\d+-venv"):
        environment.prepare(environment.COURSE)
    assert installed == []


def test_a_full_disk_is_noticed_before_anything_is_downloaded(installed, monkeypatch):
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**10, 10**10, 10**8))
    with pytest.raises(SystemExit, match="The disk is full"):
        environment.prepare(environment.COURSE)
    assert installed == []


def test_a_path_too_long_for_windows_is_told_of(installed, env, monkeypatch):
    monkeypatch.setattr(environment, "WINDOWS", True)
    monkeypatch.setattr(environment, "ENV", env / ("x" * 80))
    with pytest.raises(SystemExit, match="too long for Windows.*TAKEAWAYS_ENV"):
        environment.prepare(environment.COURSE)


def test_a_folder_that_holds_other_things_is_not_emptied(installed, env, monkeypatch):
    monkeypatch.setattr(environment, "CHOSEN", str(env))
    env.mkdir(parents=True)
    thesis = env / "thesis.docx"
    thesis.write_text("four years of work")
    with pytest.raises(SystemExit, match="holds other things"):
        environment.prepare(environment.COURSE)
    assert thesis.read_text() == "four years of work" and installed == []


def test_a_link_to_somebody_elses_environment_is_not_emptied(installed, env, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "course-installed").write_text("made for another place")
    env.parent.mkdir(parents=True, exist_ok=True)
    env.symlink_to(theirs)
    with pytest.raises(SystemExit, match="is a link .* Remove the link"):
        environment.prepare(environment.COURSE)
    assert (theirs / "course-installed").exists() and installed == []


def test_on_windows_the_parent_waits_and_leaves_ctrl_c_to_the_child(monkeypatch):
    monkeypatch.setattr(environment, "WINDOWS", True)
    monkeypatch.setattr(environment, "PYTHON", sys.executable)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(SystemExit) as end:
            environment.hand_over("-c", "import sys; sys.exit(int(sys.argv[1]))", "7")
        assert end.value.code == 7 and signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


# --- the learner's desk ------------------------------------------------------------------------------------------

@pytest.fixture
def course(tmp_path):
    """The lessons of a small course and its desk, in a folder with a space and an accent."""
    lessons = tmp_path / FOLDER / "notebooks"
    lessons.mkdir(parents=True)
    write(lessons / "00_start_here.ipynb", "Welcome")
    write(lessons / "01_mistrust.ipynb", "First text")
    return lessons, lessons.parent / "my_work"


def write(notebook, text, outputs=()):
    cells = [{"cell_type": "markdown", "source": [text]}, {"cell_type": "code", "source": "1", "outputs": list(outputs)}]
    notebook.write_text(json.dumps({"cells": cells}))


def lay(course, day=24):
    lessons, place = course
    return copies.lay(place, lessons, datetime.date(2026, 11, day))


def on(place):
    return sorted(file.name for file in place.glob("*.ipynb"))


def test_the_first_start_lays_every_lesson(course):
    assert lay(course) == []
    assert on(course[1]) == ["00_start_here.ipynb", "01_mistrust.ipynb"]


def test_a_learners_copy_is_never_written_again(course):
    lay(course)
    mine = course[1] / "01_mistrust.ipynb"
    write(mine, "My own answer")
    before = mine.read_bytes(), mine.stat().st_mtime_ns
    assert lay(course) == []
    write(course[0] / "01_mistrust.ipynb", "Second text")
    lay(course)
    assert (mine.read_bytes(), mine.stat().st_mtime_ns) == before


def test_a_newer_edition_is_laid_beside_once(course):
    lay(course)
    write(course[0] / "01_mistrust.ipynb", "Second text")
    newer = "01_mistrust (edition of 2026-11-25).ipynb"
    assert lay(course, day=25) == [newer]
    assert "Second text" in (course[1] / newer).read_text()
    assert lay(course, day=26) == []
    assert on(course[1]) == ["00_start_here.ipynb", newer, "01_mistrust.ipynb"]


def test_two_editions_of_one_day_lie_side_by_side(course):
    lay(course)
    for text in ("Second text", "Third text"):
        write(course[0] / "01_mistrust.ipynb", text)
        lay(course)
    assert "01_mistrust (edition of 2026-11-24) 2.ipynb" in on(course[1])


def test_fresh_outputs_are_not_a_new_edition(course):
    lay(course)
    write(course[0] / "01_mistrust.ipynb", "First text", outputs=[{"output_type": "stream", "text": "new"}])
    assert lay(course) == []


def test_a_copy_thrown_away_is_laid_again(course):
    lay(course)
    (course[1] / "01_mistrust.ipynb").unlink()
    assert lay(course) == []
    assert "First text" in (course[1] / "01_mistrust.ipynb").read_text()


@pytest.mark.parametrize("note", ["", "[1]", "{", "{}", '{"01_mistrust.ipynb": null}', '{"00_start_here.ipynb": 3}', "[[1, 2]]", "\xff"])
def test_a_lost_note_of_editions_gives_no_false_news(course, note):
    lay(course)
    mine = course[1] / "01_mistrust.ipynb"
    write(mine, "My own answer")
    (course[1] / ".editions.json").write_bytes(note.encode("latin-1"))
    assert lay(course) == [] and on(course[1]) == ["00_start_here.ipynb", "01_mistrust.ipynb"]
    assert "My own answer" in mine.read_text()
    write(course[0] / "01_mistrust.ipynb", "Second text")
    assert lay(course, day=25) == ["01_mistrust (edition of 2026-11-25).ipynb"]     # and what is new is told again
    assert lay(course, day=26) == []


def test_an_edition_that_she_took_over_by_hand_is_no_news(course):
    lay(course)
    for lessons in course:
        write(lessons / "01_mistrust.ipynb", "Second text")
    assert lay(course) == []


def test_a_copy_that_is_no_notebook_any_more_stays(course):
    lay(course)
    (course[1] / "01_mistrust.ipynb").write_text("half a fi")
    (course[1] / ".editions.json").unlink()
    lay(course)
    assert (course[1] / "01_mistrust.ipynb").read_text() == "half a fi"


def test_a_desk_that_cannot_be_written_gets_a_sentence(course):
    course[1].write_text("a file where the folder should be")
    with pytest.raises(SystemExit, match="cannot be written to .*my_work.* Move the course"):
        lay(course)


# --- JupyterLab --------------------------------------------------------------------------------------------------

def test_options_reach_jupyterlab_unchanged():
    assert lab.options(TOP, ["--no-browser", "--port", "8899"])[-3:] == ["--no-browser", "--port", "8899"]


def test_the_learners_first_lesson_is_opened():
    assert "--LabApp.default_url=/lab/tree/my_work/00_start_here.ipynb" in lab.options(TOP, [])


def test_a_teacher_opens_a_lesson_itself():
    options = lab.options(TOP, ["notebooks/00_start_here.ipynb", "--no-browser"])
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in options
    assert options[-1] == "--no-browser" and f"--ServerApp.root_dir={TOP}" in options


def test_a_notebook_that_is_not_there_gets_a_sentence():
    with pytest.raises(SystemExit, match="There is no notebook 09_nothing.ipynb"):
        lab.options(TOP, ["09_nothing.ipynb"])


def test_help_comes_without_an_environment():
    for folder in ("notebooks", "tests", "figures"):
        variables = {**os.environ, "TAKEAWAYS_ENV": os.devnull + "/nowhere"}
        shown = subprocess.run([sys.executable, TOP / folder, "--help"], env=variables, capture_output=True, text=True)
        assert f"python3 {folder}" in shown.stdout + shown.stderr


def test_the_command_lays_the_copies_prepares_and_starts_the_server(tmp_path, monkeypatch, capsys):
    """All of `python3 notebooks` but what it starts."""
    done = []
    monkeypatch.setattr(copies, "folder", lambda: tmp_path)
    monkeypatch.setattr(copies, "lay", lambda desk: done.append(desk) or ["01_mistrust (edition of 2026-11-25).ipynb"])
    monkeypatch.setattr(environment, "prepare", lambda *locks: done.append(locks))
    monkeypatch.setattr(environment, "hand_over", lambda *arguments, **more: done.append((arguments, more)))
    monkeypatch.setattr(sys, "path", [*sys.path])
    runpy.run_path(str(TOP / "notebooks" / "__main__.py"))["main"](["--port=9"])
    desk, locks, (arguments, more) = done
    assert desk == tmp_path / "my_work" and locks == (environment.COURSE,)
    assert arguments[:2] == ("-m", "launcher.server") and arguments[-1] == "--port=9" and f"--ServerApp.root_dir={tmp_path}" in arguments
    assert more["TAKEAWAYS_DESK"] == str(tmp_path) and more["IPYTHONDIR"].startswith(str(desk))
    printed = capsys.readouterr().out
    assert "beside your own copy: my_work/01_mistrust (edition" in printed and f"lie in {desk}" in printed


@pytest.mark.parametrize("asked, handed", [
    ([], ["--numprocesses=3", "--dist=loadscope", "-p", "tests.warm_kernels"]),
    (["--cold", "-k", "x"], ["--numprocesses=3", "--dist=loadscope", "-k", "x"]),
])
def test_three_files_at_a_time_and_warm_unless_cold_is_asked(monkeypatch, asked, handed):
    done = []
    monkeypatch.setattr(environment, "prepare", lambda *locks: done.append(locks))
    monkeypatch.setattr(environment, "hand_over", lambda *arguments: done.append(arguments) or sys.exit())
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.chdir(TOP)
    with pytest.raises(SystemExit):
        runpy.run_path(str(TOP / "tests" / "__main__.py"))["main"](asked)
    assert done == [(environment.COURSE, environment.TESTS), ("-m", "pytest", *handed)]
