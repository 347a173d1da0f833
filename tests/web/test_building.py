"""What the builder says when something is missing, wrong or in the way; no browser and no network are needed here."""
import hashlib
import io
import subprocess
import sys
import tarfile
import urllib.error
import zipfile

import pytest
import runtime
import serving
from conftest import NOTEBOOKS

FILES = {"pyodide.js": b"the start", "numpy.whl": b"many numbers", "pandas.whl": b"a table"}


@pytest.fixture(autouse=True)
def small_runtime(monkeypatch):
    """A runtime of three small files, and no network."""
    files = {name: {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "from": "pyodide"} for name, content in FILES.items()}
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
        with tarfile.open(path, "w:*" if path.suffix == ".tar" else f"w:{path.suffix[1:]}") as packed:
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
    place = lay(tmp_path / "there", FILES | {"numpy.whl": b"other numbers"})
    with pytest.raises(runtime.RuntimeFault, match="lacks numpy.whl:"):
        runtime.gather(tmp_path / "here", place)
    assert capsys.readouterr().err == "This numpy.whl is not the official file, and was not taken.\n"


def test_a_file_that_went_bad_is_replaced(tmp_path, capsys):
    folder = lay(tmp_path / "here", FILES | {"numpy.whl": b"half"})
    runtime.gather(folder, lay(tmp_path / "there"))
    assert (folder / "numpy.whl").read_bytes() == FILES["numpy.whl"] and "was not the official file" in capsys.readouterr().err


def test_a_place_that_is_no_archive_is_one_sentence(tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(runtime.RuntimeFault, match=r"a\.txt cannot be read as a folder or an archive"):
        runtime.gather(tmp_path / "here", tmp_path / "a.txt")


def command(*words):
    return subprocess.run([sys.executable, NOTEBOOKS / "web", *words], capture_output=True, text=True, check=False, cwd=NOTEBOOKS.parent)


def test_the_command_says_what_it_does():
    done = command("--help")
    assert "python3 notebooks/web OUT" in done.stderr and done.returncode


@pytest.mark.parametrize("words, said", [((), "name the folder to build in"), (("out", "--runtime", "nowhere"), "there is no nowhere"),
                                         (("out", "--port", "many"), "--port"), (("tests",), "tests holds other things")])
def test_a_wrong_command_is_one_sentence(words, said):
    done = command(*words)
    assert done.returncode and said in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_one_sentence(tmp_path):
    with serving.server(tmp_path, 0) as other, pytest.raises(SystemExit, match=r"^Port \d+ is taken .*Name another: --port \d+$"):
        serving.show(tmp_path, other.server_port)
