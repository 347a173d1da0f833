"""Several files are replaced at once: whatever the moment at which a process dies, they are all old or all new at the next start."""
import os
import signal
import sys
import time

import datapackage
import pytest
from datapackage import replacing

OLD = {"one.csv": b"1\n", "two.csv": b"2\n", "datapackage.json": b'{"resources": []}'}
NEW = {"one.csv": b"new 1\n", "two.csv": b"new 2\n", "datapackage.json": b'{"resources": [], "new": 1}', "three.csv": b"new 3\n"}
forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@pytest.fixture
def folder(tmp_path):
    for name, content in OLD.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.fixture(autouse=True)
def steps_taken(monkeypatch):
    """What reaches the disk, and when it is decided; that a disk is slow is not tried here."""
    taken, rename = [], os.rename
    monkeypatch.setattr(os, "fsync", lambda place: taken.append("safe"))
    monkeypatch.setattr(os, "rename", lambda old, new: (taken.append("decided"), rename(old, new)))
    return taken


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def killed_at(step, run):
    """Run a function in a process of its own and kill it (-9) before its n-th line of replacing.py; True if it was still running."""
    child = os.fork()
    if child == 0:
        seen = 0

        def trace(frame, event, _):
            nonlocal seen
            if frame.f_code.co_filename != replacing.__file__:
                return None
            seen += event == "line"
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return trace

        sys.settrace(trace)
        run()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or status == 0
    return os.WIFSIGNALED(status)


def steps_of(run, prepare, look):
    """Kill a run at each of its steps, from the first on, each time from a fresh start; returns the number of steps."""
    step = 1
    while True:
        prepare()
        alive = killed_at(step, run)
        look(step)
        if not alive:
            return step - 1
        step += 1


def fresh(folder):
    for path in [*folder.glob("*.csv"), *folder.glob(".*/*")]:
        path.unlink()
    for path in folder.glob(".*"):
        path.rmdir()
    for name, content in OLD.items():
        (folder / name).write_bytes(content)


@forking
def test_killed_at_every_step_the_files_are_all_old_or_all_new(folder):
    seen = set()

    def look(step):
        try:
            datapackage.read_package(folder)    # what the next start of any command, or of a lesson, does first
        except datapackage.TableFault:
            pass
        after = contents(folder)
        assert after in (OLD, NEW), f"step {step}: {after}"
        assert not (folder / replacing.JOURNAL).exists()
        seen.add(after == NEW)
        replacing.replace(folder, NEW)          # and the next run does the whole of it
        assert contents(folder) == NEW

    steps = steps_of(lambda: replacing.replace(folder, NEW), lambda: fresh(folder), look)
    assert seen == {True, False} and steps > 40


@forking
def test_killed_while_it_finishes_another_one_finishes(folder):
    def prepare():
        fresh(folder)
        journal = folder / replacing.JOURNAL
        journal.mkdir()
        for name, content in NEW.items():
            (journal / name).write_bytes(content)

    def look(step):
        replacing.finish(folder)
        assert contents(folder) == NEW and not (folder / replacing.JOURNAL).exists(), step

    assert steps_of(lambda: replacing.finish(folder), prepare, look) > 10


def test_everything_is_safe_on_the_disk_before_it_is_decided(folder, steps_taken):
    replacing.replace(folder, NEW)
    assert steps_taken[:len(NEW) + 2] == ["safe"] * (len(NEW) + 1) + ["decided"] and steps_taken[len(NEW) + 2:] == ["safe", "safe"]


def test_only_what_differs_is_written_and_told(folder):
    before = (folder / "two.csv").stat().st_mtime_ns
    assert replacing.replace(folder, {**NEW, "two.csv": OLD["two.csv"]}) == ["one.csv", "datapackage.json", "three.csv"]
    assert (folder / "two.csv").stat().st_mtime_ns == before
    assert replacing.replace(folder, NEW) == ["two.csv"] and replacing.replace(folder, NEW) == []
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_files_that_another_run_changed_meanwhile_are_left_alone(folder):
    with pytest.raises(replacing.Busy, match="Another run has changed"):
        replacing.replace(folder, NEW, unchanged=lambda: False)
    assert contents(folder) == OLD and list(folder.glob(".*")) == []


def test_a_run_that_is_deciding_keeps_another_from_doing_so(folder, monkeypatch):
    real = replacing.finish
    monkeypatch.setattr(replacing, "finish", lambda place: False)
    (folder / replacing.JOURNAL).mkdir()
    (folder / replacing.JOURNAL / "one.csv").write_bytes(b"of the other\n")
    with pytest.raises(replacing.Busy, match="Another run is changing"):
        replacing.replace(folder, NEW)
    assert contents(folder) == OLD
    real(folder)
    assert contents(folder) == {**OLD, "one.csv": b"of the other\n"}


def test_a_full_disk_leaves_everything_as_it_was(folder, monkeypatch):
    def full(path, content):
        path.write_bytes(content[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(replacing, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        replacing.replace(folder, NEW)
    assert contents(folder) == OLD and list(folder.glob(".*")) == []


def test_what_a_dead_run_left_aside_goes_and_what_a_living_one_writes_stays(folder):
    for name, age in (("old", replacing.LONG_AGO + 60), ("young", 1)):
        place = folder / f"{replacing.ASIDE}{name}"
        place.mkdir()
        (place / "one.csv").write_bytes(b"half")
        os.utime(place, (time.time() - age, time.time() - age))
    replacing.replace(folder, NEW)
    assert [path.name for path in folder.glob(".*")] == [f"{replacing.ASIDE}young"]


def test_a_lesson_that_starts_after_an_interruption_finishes_it_first(folder, monkeypatch):
    from takeaways import tables

    (folder / replacing.JOURNAL).mkdir()
    (folder / replacing.JOURNAL / "datapackage.json").write_bytes(b'{"resources": [{"name": "one"}]}')
    monkeypatch.setattr(tables, "DATA", folder)
    tables._package.cache_clear()
    try:
        assert tables.names() == ["one"] and not (folder / replacing.JOURNAL).exists()
    finally:
        tables._package.cache_clear()
