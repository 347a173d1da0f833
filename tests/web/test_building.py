"""What the builder says when something is missing, wrong or in the way; no browser and no network are needed here."""
import errno
import hashlib
import importlib
import io
import os
import random
import subprocess
import sys
import tarfile
import threading
import time
import urllib.error
import zipfile
from types import SimpleNamespace

import pytest
import runtime
import serving
from conftest import NOTEBOOKS

FILES = {"pyodide.js": b"the start", "numpy.whl": b"many numbers", "pandas.whl": b"a table"}


@pytest.fixture(autouse=True)
def small_runtime(monkeypatch):
    """A runtime of three small files, and no network."""
    files = {name: {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "from": "pyodide"} for name, content in FILES.items()}
    monkeypatch.setattr(runtime, "FILES", files)
    monkeypatch.setattr(runtime, "NAMES", {file["sha256"]: name for name, file in files.items()})
    monkeypatch.setattr(runtime.urllib.request, "urlopen", offline)
    monkeypatch.setattr(runtime, "from_carrier", lambda folder: None)
    monkeypatch.setattr(runtime, "from_registries", lambda folder: None)


def offline(*_, **__):
    raise urllib.error.URLError("no network")


def lay(folder, files=FILES):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def archive(path, files=FILES):
    if path.suffix in (".zip", ".whl"):
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in files.items():
                packed.writestr(f"deep/er/{name}", content)
    else:
        with tarfile.open(path, "w" if path.suffix == ".tar" else f"w:{path.suffix[1:]}") as packed:
            for name, content in files.items():
                member = tarfile.TarInfo(f"pyodide/{name}")
                member.size = len(content)
                packed.addfile(member, io.BytesIO(content))
    return path


@pytest.mark.parametrize("name", ["a.zip", "a.whl", "a.tar.bz2", "a.tar.gz"])
def test_the_runtime_comes_from_an_archive(tmp_path, name):
    folder = runtime.gather(tmp_path / "here", archive(tmp_path / name))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES


def test_the_runtime_comes_from_a_folder_under_any_names(tmp_path):
    place = lay(tmp_path / "there", {f"deep/{number}": content for number, content in enumerate(FILES.values())})
    assert {path.name for path in runtime.gather(tmp_path / "here", place).iterdir()} == set(FILES)


def test_the_runtime_comes_from_pyodide_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime.urllib.request, "urlopen", lambda address, timeout: io.BytesIO(FILES[address.rpartition("/")[2]]))
    assert runtime.missing(runtime.gather(tmp_path / "here")) == []


def test_a_missing_file_is_one_sentence(tmp_path):
    place = lay(tmp_path / "there", {"pyodide.js": FILES["pyodide.js"]})
    with pytest.raises(runtime.RuntimeFault, match=r"^The runtime lacks numpy\.whl and 1 more: connect to the internet, or name .*\.$"):
        runtime.gather(tmp_path / "here", place)


def test_a_wrong_file_is_not_taken_and_is_named(tmp_path, capsys):
    place = lay(tmp_path / "there", FILES | {"numpy.whl": b"no numbers"})
    with pytest.raises(runtime.RuntimeFault, match="lacks numpy.whl:"):
        runtime.gather(tmp_path / "here", place)
    assert capsys.readouterr().err == "This numpy.whl is not the official file, and was not taken.\n"


def test_a_file_that_went_bad_is_replaced(tmp_path, capsys):
    folder = lay(tmp_path / "here", FILES | {"numpy.whl": b"half"})
    runtime.gather(folder, lay(tmp_path / "there"))
    assert (folder / "numpy.whl").read_bytes() == FILES["numpy.whl"] and "was not the official file" in capsys.readouterr().err


def damaged(path):
    """An archive with some bytes of its packed content exchanged."""
    archive(path, {"noise": random.Random(1).randbytes(20_000)})
    content = bytearray(path.read_bytes())
    content[10_000:10_100] = bytes(100)
    path.write_bytes(content)


def encrypted(path):
    """An archive of which both headers say that a password is needed."""
    archive(path, {"numpy.whl": b"secret"})
    content = path.read_bytes()
    for header, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = content.index(header) + flags
        content = content[:at] + b"\1" + content[at + 1:]
    path.write_bytes(content)


@pytest.mark.parametrize("name, make", [("a.txt", lambda path: path.write_text("hello")), ("a.zip", damaged), ("a.zip", encrypted), ("a.tar.xz", damaged),
                                        ("a.tar.gz", lambda path: path.write_bytes(archive(path).read_bytes()[:-30]))])
def test_a_place_that_is_no_whole_archive_is_one_sentence(tmp_path, monkeypatch, name, make):
    monkeypatch.setattr(runtime, "FILES", runtime.FILES | {"noise": {"bytes": 20_000, "sha256": ""}})
    make(tmp_path / name)
    with pytest.raises(runtime.RuntimeFault, match=rf"^\S*{name} cannot be read as a folder or an archive: name one .*\.$"):
        runtime.gather(tmp_path / "here", tmp_path / name)


def test_a_full_disk_is_not_taken_for_a_bad_archive(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(runtime.Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        runtime.gather(tmp_path / "here", lay(tmp_path / "there"))


def refuse(monkeypatch, method, forbidden):
    """Let the system say of some paths that they may not be read, as it does to whoever is not root."""
    def read(path, real=getattr(runtime.Path, method)):
        if path in forbidden:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path)
    monkeypatch.setattr(runtime.Path, method, read)


def test_a_folder_that_may_not_be_read_is_one_sentence(tmp_path, monkeypatch):
    place = lay(tmp_path / "there")
    refuse(monkeypatch, "iterdir", [place])
    with pytest.raises(runtime.RuntimeFault, match=r"^\S*there cannot be read as a folder or an archive: name one .*\.$"):
        runtime.gather(tmp_path / "here", place)


def test_a_file_that_may_not_be_read_is_named_and_the_others_are_taken(tmp_path, monkeypatch, capsys):
    place = lay(tmp_path / "there")
    refuse(monkeypatch, "read_bytes", [place / "numpy.whl"])
    with pytest.raises(runtime.RuntimeFault, match="lacks numpy.whl:"):
        runtime.gather(tmp_path / "here", place)
    assert capsys.readouterr().err == f"{place / 'numpy.whl'} cannot be read (Permission denied), and was not taken.\n"


def test_what_is_larger_than_the_runtime_is_not_even_read(tmp_path, monkeypatch):
    place = lay(tmp_path / "there", FILES | {"film.mp4": bytes(100)})
    read = []
    monkeypatch.setattr(runtime.Path, "read_bytes", lambda path, real=runtime.Path.read_bytes: read.append(path.name) or real(path))
    runtime.gather(tmp_path / "here", place)
    assert "film.mp4" not in read and set(FILES) <= set(read)


def command(*words):
    return subprocess.run([sys.executable, NOTEBOOKS / "web", *words], capture_output=True, text=True, check=False, cwd=NOTEBOOKS.parent)


def test_the_command_says_what_it_does():
    done = command("--help")
    assert "python3 notebooks/web OUT" in done.stderr and done.returncode


@pytest.mark.parametrize("words, said", [((), "name the folder to build in"), (("out", "--runtime", "nowhere"), "there is no nowhere"),
                                         (("out", "--port", "many"), "many is no port: name a number"), (("out", "--port", "65536"), "65536 is no port"),
                                         (("out", "--port", "-1"), "--port")])
def test_a_wrong_command_is_one_sentence(words, said):
    done = command(*words)
    assert done.returncode and said in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr


def test_a_folder_in_which_something_would_be_lost_is_refused(tmp_path, building, capsys):
    lay(tmp_path, {"full/hers.txt": b"", "built/old.html": b"", f"built/{building.COMMAND.MARK}": b""})
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(NOTEBOOKS)
    for name in ("empty", "new", "built"):
        assert building.COMMAND.read([str(tmp_path / name)])
    for place, said in (("full", "holds other things"), ("full/hers.txt", "is a file"), (NOTEBOOKS.parent / "site", "lies in the folder of the course"),
                        ("link", "lies in the folder of the course")):
        with pytest.raises(SystemExit):     # nothing is built here: only the words are read
            building.COMMAND.read([str(tmp_path / place)])
        assert said in capsys.readouterr().err.splitlines()[-1]


def test_a_folder_to_build_in_that_may_not_be_read_is_refused(tmp_path, building, monkeypatch, capsys):
    refuse(monkeypatch, "iterdir", [tmp_path])
    with pytest.raises(SystemExit):
        building.COMMAND.read([str(tmp_path)])
    assert capsys.readouterr().err.endswith(f"{tmp_path} cannot be read (Permission denied): name a new folder, or an empty one\n")


def test_a_port_that_is_taken_is_one_sentence(tmp_path):
    with serving.server(tmp_path, 0) as other, pytest.raises(SystemExit, match=r"^Port \d+ cannot be used \(.*in use\)\. Name another, or let --port 0 choose one\.$"):
        serving.show(tmp_path, other.server_port)


@pytest.fixture
def building(monkeypatch):
    """The builder, whose two editions are one file each."""
    def write(out, *_):
        out.mkdir()
        (out / "new.html").write_text("new")
    for name in ("live_edition", "reading_edition"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(build=write, LESSONS=[]))
    monkeypatch.delitem(sys.modules, "building", raising=False)
    return importlib.import_module("building")


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_a_new_site_takes_the_place_of_the_old_one_and_of_nothing_else(tmp_path, building):
    out = tmp_path / "deep" / "site"
    lay(tmp_path / "deep", {"site.new/hers.txt": b"", "site.live/hers.txt": b"", "site/old.html": b"", "site/.unfinished-x/half.html": b""})
    building.make(out, None)
    assert names(out) == {building.COMMAND.MARK, "new.html", "live", "live/new.html"}
    assert {"site.new/hers.txt", "site.live/hers.txt"} < names(tmp_path / "deep")


def test_a_site_stays_when_the_next_cannot_be_built(tmp_path, building, monkeypatch):
    building.make(tmp_path, None)
    before = names(tmp_path)
    monkeypatch.setattr(building.reading_edition, "build", lambda *_: sys.exit("The pages could not be made."))
    with pytest.raises(SystemExit, match="could not be made"):
        building.make(tmp_path, None)
    assert names(tmp_path) == before


@pytest.mark.parametrize("fault", [KeyboardInterrupt, PermissionError])
@pytest.mark.parametrize("number", range(5))
def test_a_site_stays_when_the_next_is_stopped_while_it_takes_its_place(tmp_path, building, monkeypatch, number, fault):
    """At any of the five moves: three of what was there, two of what is fresh."""
    building.make(tmp_path, None)
    lay(tmp_path, {"of the old one.html": b""})
    before, turns = names(tmp_path), iter([*range(6)])     # at the first the new live edition goes to its pages

    def move(path, there, real=building.Path.rename):
        if next(turns, None) == number + 1:
            raise fault
        return real(path, there)
    monkeypatch.setattr(building.Path, "rename", move)
    with pytest.raises(fault):
        building.make(tmp_path, None)
    assert names(tmp_path) == before


def test_a_stopped_build_does_not_wait_for_the_other_half_nor_starts_more(tmp_path, building, monkeypatch):
    programs = building.programs
    monkeypatch.setattr(programs, "stopped", threading.Event())
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]

    def stop(*_):
        while not programs.running:
            time.sleep(0.01)
        raise KeyboardInterrupt
    monkeypatch.setattr(building.live_edition, "build", lambda *_: programs.run(sleep, "It was ended."))
    monkeypatch.setattr(building.reading_edition, "build", stop)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        building.make(tmp_path / "out", None)
    with pytest.raises(SystemExit):
        programs.run(sleep, "")
    assert time.monotonic() - started < 30


def test_no_room_is_one_sentence(tmp_path, building, monkeypatch):
    monkeypatch.setattr(building.shutil, "disk_usage", lambda _: SimpleNamespace(free=1e6))
    with pytest.raises(SystemExit, match=r"^There is no room in \S+: .*needs 200 MB\. Make room, or name a folder on another disk\.$"):
        building.make(tmp_path, None)


@pytest.mark.parametrize("fault, said", [(KeyboardInterrupt(), "Stopped. What was built before stays"), (OSError(28, "No space left on device", "out/a"), r"out/a cannot be written or read \(No space"),
                                         (runtime.RuntimeFault("The runtime lacks all."), "^The runtime lacks all")])
def test_what_ends_a_build_is_told_in_a_sentence(tmp_path, building, monkeypatch, fault, said):
    def fail(*_):
        raise fault
    monkeypatch.setattr(building.runtime, "gather", fail)
    with pytest.raises(SystemExit, match=said):
        building.main([str(tmp_path / "out")])
