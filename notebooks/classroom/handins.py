"""Opens what a class has handed in: files, folders and ZIPs of any depth. Nothing is unpacked to the disk.

    for one in files(folder):       # each is a File, or an Unread with the reason
        ...

A file that is too large, damaged, locked or of a kind that nobody can read here becomes an Unread: none is passed over.
"""
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

LARGEST_FILE = 30_000_000           # bytes; a lesson with all its charts has under half a million
LARGEST_HAND_IN = 200_000_000       # bytes unpacked from one learner's part of a ZIP
DEEPEST = 4                         # ZIPs within ZIPs
MOST_MEMBERS = 20_000               # entries in one ZIP

READABLE = (".ipynb", ".html", ".htm", ".md", ".txt")
DEBRIS = re.compile(r"(^|/)(__MACOSX|\.ipynb_checkpoints|\.jupyter|\.git|__pycache__|\.venv)(/|$)|"
                    r"(^|/)(\._|~\$)[^/]*$|"
                    r"(^|/)(\.DS_Store|Thumbs\.db|desktop\.ini|\.editions\.json)$")
CHARTS = (".png", ".svg", ".jpg", ".jpeg", ".csv")
DOCUMENTS = (".pdf", ".docx", ".doc", ".odt", ".pages", ".rtf", ".xlsx", ".pptx")


@dataclass(frozen=True)
class File:
    """One file as it was handed in. path: where it lay, ZIPs included; changed: when it was last written, or None."""

    path: str
    data: bytes
    changed: datetime | None = None


@dataclass(frozen=True)
class Unread:
    """A file of which nothing could be used. why: a sentence for the teacher."""

    path: str
    why: str


def files(folder: Path) -> Iterator[File | Unread]:
    """Yield every file below a folder, in the order of their paths, those inside ZIPs too.

    Links are not followed, and what systems leave behind (such as .DS_Store) is left out.
    """
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not DEBRIS.search(name))
        for name in sorted(names):
            path = Path(at, name)
            shown = path.relative_to(folder).as_posix().encode(errors="replace").decode()
            if not DEBRIS.search(shown):
                yield from _from_disk(path, shown)


def _from_disk(path, shown):
    try:
        if not path.is_file() or path.is_symlink():
            yield Unread(shown, "This is a link or no file, and was not followed.")
        elif _is_zip(path):
            yield from _from_zip(path, shown, 1, {})
        elif reason := _no_use(shown):
            yield Unread(shown, reason)
        elif path.stat().st_size > LARGEST_FILE:
            yield Unread(shown, too_large(path.stat().st_size))
        else:
            yield File(shown, path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime))
    except (OSError, ValueError, OverflowError) as fault:
        yield Unread(shown, f"This file could not be read ({getattr(fault, 'strerror', None) or fault}).")


def _is_zip(path):
    """Whether a file is a ZIP by its first letters, under whatever name; a document of an office is none here."""
    if path.suffix.lower() in DOCUMENTS:
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _from_zip(archive, shown, depth, spent):
    """The files of one ZIP. archive: a path, or a file in memory; spent: bytes unpacked so far, by hand-in."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            if len(members) > MOST_MEMBERS:
                yield Unread(shown, f"This ZIP holds {len(members):,} files. Unpack it by hand and look.")
                return
            for member in members:
                yield from _member(opened, member, shown, depth, spent)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, EOFError, NotImplementedError):
        yield Unread(shown, "This ZIP is damaged, or it was cut off. Ask for it again.")


def _member(opened, member, shown, depth, spent):
    name = _plain_name(member)
    path = f"{shown}/{name}"
    hand_in = f"{shown}/{name.split('/')[0]}" if "/" in name else shown
    if DEBRIS.search(path):
        return
    if reason := _refusal(member, path, spent.get(hand_in, 0), depth):
        yield Unread(path, reason)
        return
    try:
        data = opened.read(member)      # never more than the size that was just looked at
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError):
        yield Unread(path, "It is damaged inside its ZIP. Ask for it again.")
        return
    spent[hand_in] = spent.get(hand_in, 0) + len(data)
    if path.lower().endswith(".zip"):
        yield from _from_zip(io.BytesIO(data), path, depth + 1, spent)
    else:
        yield File(path, data, _date_of(member))


def _refusal(member, path, spent, depth):
    """Why a member of a ZIP is not unpacked; empty where it is."""
    if member.flag_bits & 1:
        return "It is locked with a password. Ask for it without one."
    is_zip = path.lower().endswith(".zip")
    if is_zip and depth >= DEEPEST:
        return f"It lies {DEEPEST} ZIPs deep. Unpack it by hand."
    if not is_zip and (reason := _no_use(path)):
        return reason
    if not is_zip and member.file_size > LARGEST_FILE:
        return too_large(member.file_size)
    if spent + member.file_size > LARGEST_HAND_IN:
        return (f"Unpacked, this hand-in has more than {LARGEST_HAND_IN // 1_000_000} MB, and no work is that large. "
                f"Look at it by hand.")
    return ""


def _plain_name(member):
    """The name of a member, without what leads out of a folder."""
    name = member.filename
    if not member.flag_bits & 0x800:        # no mark for UTF-8: Python has read it as the letters of MS-DOS
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "_", "/".join(parts))[:300] or "unnamed"


def _date_of(member):
    try:
        return datetime(*member.date_time)
    except ValueError:
        return None


def _no_use(path):
    """Why a file of this kind is not read; empty where it is."""
    kind = Path(path).suffix.lower()
    if kind in READABLE:
        return ""
    if kind in CHARTS:
        return "A chart or a table by itself is not read; what a brief shows stands in the brief."
    if kind in DOCUMENTS:
        return "Documents are not read here. Mark it by hand, or ask for the HTML file that export() wrote."
    if kind in (".rar", ".7z", ".tar", ".gz", ".tgz"):
        return "This kind of archive is not opened here. Unpack it by hand, or ask for a ZIP."
    if kind == ".zip":
        return "This ZIP is damaged, or it is none. Ask for it again."
    return "A file of this kind is not read: lessons are .ipynb, briefs .html, notes .md."


def too_large(size: int) -> str:
    """Say why a file of so many bytes is not read."""
    return (f"It has {size / 1_000_000:,.0f} MB, and no lesson is that large: something fills one of its outputs. "
            "Ask for a copy with that output cleared.")
