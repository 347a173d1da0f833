"""The learner's desk, the folder `my_work/`: what she wrote for later, and which exercises she has done.

All of it is plain text that she owns, may edit with any editor and can delete. It works from every notebook of hers,
wherever that lies. Only a test and `python3 figures`, away from the desk, find it empty and write nothing, so that the
outputs of the lessons never depend on who runs them.

A file `<name>.md` holds the versions of a text, the newest last, each below the line that dates it:

    *Written on 2026-11-26 at 10:00*

    Fewer deaths within a year.

    ---
    *Written on 2026-11-27 at 09:30*

    Fewer deaths within two years.

A line of her text that looks like a dated line is kept with a backslash before it, which Markdown does not show.
"""

import codecs
import difflib
import os
import re
import sys
import unicodedata
from datetime import datetime
from pathlib import Path
from types import EllipsisType

DESK = Path(os.environ.get("TAKEAWAYS_DESK") or Path(__file__).resolve().parents[2]).expanduser() / "my_work"
DONE = "exercises_done.txt"
# the kernels of pytest have the first, of `python3 figures` the second
NOT_A_LEARNER = {"PYTEST_VERSION", "TAKEAWAYS_FIGURES"}

DATED = r"\*Written on \d{4}-\d\d-\d\d at \d\d:\d\d\*"
VERSION = re.compile(rf"(?:\A|^---[ \t]*\n)[ \t\n]*({DATED})[ \t]*(?:\n|\Z)", re.MULTILINE)
# Windows keeps these for itself
NAME = re.compile(r"(?!(?:con|prn|aux|nul|(?:com|lpt)[\d¹²³])\Z)[\w-]{1,60}", re.IGNORECASE)
A_NAME_IS = ('a name is one short word of letters, digits, _ or -, such as "my_test", and none that Windows keeps for '
             'itself.')

_TOLD = set()   # the newer editions of which this notebook has told already


class OwnText(str):
    """A text that the learner wrote: `say` shows it as she wrote it, without reading it as Markdown."""


def on_desk() -> bool:
    """True where the desk can be used: in every notebook of a learner, but not in a test or while figures are drawn."""
    return _lies_on_desk() or not NOT_A_LEARNER & os.environ.keys()


def keep(name: str = "", text: str | EllipsisType = ...):
    """Keep what a learner wrote, such as her test of the agreement, in `my_work/<name>.md`.

    A text that is there already stays: a new version is added below it with the date. Prints one line; never raises.
    """
    print(put(name, text))


def recall(name: str = "") -> str:
    """Return the newest text kept under a name, whole; an empty string where nothing was kept. Never raises.

    Says so where the file cannot be read or the name is nearly another, and once where a lesson has a newer edition.
    """
    if not on_desk():
        return ""
    tell_newer_editions(again=False)
    text, told = _find(name)
    if told:
        print(told)
    return OwnText(text)


def kept(name: str) -> str:
    """Return what `recall` returns, without a word."""
    return _find(name)[0] if on_desk() else ""


def note_done(number: str) -> str:
    """Write down that an exercise was answered rightly, once, with the day.

    Returns a sentence that says so where it could not be written, as on a full disk; else an empty string.
    """
    if not on_desk() or number in done():
        return ""
    try:
        _append(DESK / DONE, f"{number}  right on {datetime.now():%Y-%m-%d}\n")
    except OSError as fault:
        return (f"It could not be noted that {number} is done ({fault.strerror or fault}): your answer is safe in "
                f"this cell; {save_it()}.")
    return ""


def save_it() -> str:
    """Return what saves her work where the desk cannot be written: in a browser that is the way down to her disk."""
    return "click Download my work" if sys.platform == "emscripten" else "save the notebook"


def done() -> list[str]:
    """Return the numbers of the exercises that were answered rightly on this desk."""
    if not on_desk():
        return []
    try:
        return re.findall(r"^[ \t]*(\d+\.\d+)\b", _read(DESK / DONE), re.MULTILINE)
    except OSError:
        return []


def tell_newer_editions(again: bool = True):
    """Print a line for each lesson that has a newer edition beside her copy; again=False:
    only what was not told yet.
    """
    for name in _newer_editions():
        if again or name not in _TOLD:
            print(f"Lesson {name[:2]} has a newer edition. It lies beside your own copy, which stays as it is: "
                  f"my_work/{name}")
        _TOLD.add(name)


def _lies_on_desk():
    try:
        return Path.cwd().resolve().is_relative_to(DESK.resolve())
    except (OSError, RuntimeError):   # the folder is gone, or goes in circles
        return False


def _newer_editions():
    """The newest edition of each lesson that lies beside her copy, but for the one in which this code runs."""
    if not on_desk():
        return []
    newest = {path.name.split(" (edition of ")[0]: path.name
              for path in sorted(DESK.glob("* (edition of *.ipynb"), key=lambda path: path.stem)}
    return [name for name in newest.values() if not os.environ.get("JPY_SESSION_NAME", "").endswith(name)]


def put(name: str, text: str | EllipsisType | None) -> str:
    """Keep a text as `keep` does, and return the line that tells what happened."""
    if swapped := plain(name) is None and isinstance(text, str) and text.startswith("my_"):
        name, text = text, name
    name = plain(name)
    if name is None:
        return f'Not kept: {A_NAME_IS} It comes first: keep("my_test", my_test). Your text is safe in this cell.'
    if text is not None and text is not ... and not isinstance(text, str):
        return "Nothing written yet. Only a text is kept: put yours between quotes, then run the cell again."
    if not isinstance(text, str) or not text.strip(" .\t\r\n\N{HORIZONTAL ELLIPSIS}"):
        return "Nothing written yet. Replace the three dots by your own text, then run the cell again."
    if not on_desk():
        return "Not kept: in a test, and while figures are drawn, the desk stays as it is."
    return _write(name, _tidy(text)) + (f' (The name comes first: keep("{name}", ...).)' if swapped else "")


def _write(name, text):
    path = DESK / f"{name}.md"
    try:
        before = _read(path)
        if text == _newest(before):
            return f"Already kept in my_work/{path.name}."
        rule = "\n---\n" if before.strip() else ""
        _append(path, f"{rule}*Written on {datetime.now():%Y-%m-%d at %H:%M}*\n\n{_escape(text)}\n")
    except OSError as fault:
        return f"It could not be kept ({fault.strerror or fault}): your text is safe in this cell; {save_it()}."
    binder = any(key.startswith("BINDER_") for key in os.environ)
    return f"Kept in my_work/{path.name}. The last lesson brings it back." + (
        " Binder forgets that file when you leave: download it." if binder else "")


def _find(name):
    """The newest text of a name, and what is to be told of it."""
    name = plain(name)
    if name is None:
        return "", f"Nothing fetched: {A_NAME_IS}"
    try:
        text = _newest(_read(DESK / f"{name}.md"))
    except OSError as fault:
        return "", f"my_work/{name}.md is there but could not be read ({fault.strerror or fault})."
    names = {path.stem.lower(): path.stem for path in DESK.glob("*.md") if path.stem != name}
    near = [] if text else difflib.get_close_matches(name.lower(), names, cutoff=0.8)
    return text, f'Nothing is kept under "{name}". Did you mean "{names[near[0]]}"?' if near else ""


def plain(name: str) -> str | None:
    """A name as its file has it, or None where it is none."""
    if not isinstance(name, str):
        return None
    name = unicodedata.normalize("NFC", name.strip()).removesuffix(".md")
    return name if NAME.fullmatch(name) else None


def _tidy(text):
    """A text without the blank lines around it, its lines ended in one way; half characters
    become the sign for that.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text)
    return re.sub(r"\A(?:[ \t]*\n)+", "", text).rstrip(" \t\n")


def versions(kept: str) -> list[tuple[str, str]]:
    """Return the versions in the text of a file, oldest first: when, such as "2026-11-26 at 10:00", and the text.

    Without a dated line, as when she wrote it by hand, all of it is one version, and its date is empty.
    """
    parts = ["", *VERSION.split(kept)]
    dated = [(line[len("*Written on "):-1], _tidy(text)) for line, text in zip(parts[::2], parts[1::2])]
    return [(when, _unescape(text)) for when, text in dated if text]


def _newest(kept):
    found = versions(kept)
    return found[-1][1] if found else ""


def _escape(text):
    return re.sub(rf"^([ \t]*)(\\*{DATED}[ \t]*)$", r"\1\\\2", text, flags=re.MULTILINE)


def _unescape(text):
    return re.sub(rf"^([ \t]*)\\(\\*{DATED}[ \t]*)$", r"\1\2", text, flags=re.MULTILINE)


def _read(path):
    """The text of a file, saved by whatever editor; empty where there is no file."""
    try:
        return decode(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        return ""


def decode(data: bytes) -> str:
    """Return bytes as text: UTF-8, UTF-16, or line by line what an older Windows wrote."""
    marked = data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if marked or b"\0" in data[:2]:
        try:
            return data.decode("utf-16" if marked else "utf-16-le" if data[1:2] == b"\0" else "utf-16-be")
        except UnicodeDecodeError:
            pass
    return "\n".join(map(_decode_line, data.removeprefix(codecs.BOM_UTF8).split(b"\n")))


def _decode_line(line):
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            pass
    return line.decode("latin-1")   # which knows every byte


def _append(path, text):
    """Add lines to a file; what another editor saved in its own encoding becomes UTF-8 first, in one step."""
    DESK.mkdir(exist_ok=True)
    before = path.read_bytes() if path.exists() else b""
    plain = decode(before).encode()
    if plain != before:
        beside = path.with_name(f"{path.name}.new")
        with open(beside, "wb") as file:
            file.write(plain)
        os.replace(beside, path)
    with open(path, "ab") as file:
        file.write(("" if not plain or plain.endswith(b"\n") else "\n").encode() + text.encode())
