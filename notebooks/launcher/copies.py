"""The learner's own copies of the lessons, in the folder `my_work/`.

A copy that lies there is hers and is never written again. When the course brings a newer edition of a lesson,
that edition is laid beside her copy once, under a name with the date. Which edition was laid last stands in
`.editions.json`; where that note was lost, the lesson as it is now counts as laid, so that nothing old is called new.

`my_work/` lies in the course. Where a class shares one course that its members cannot write, each has a folder of her
own, `Four Takeaways` in HOME, with `my_work/` and links to the rest. The variable TAKEAWAYS_DESK can name another one.
"""
import contextlib
import datetime
import errno
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

from launcher.environment import NOTEBOOKS, TOP

DESK_VARIABLE = "TAKEAWAYS_DESK"
CHOSEN = os.environ.get(DESK_VARIABLE)
AT_HOME = "Four Takeaways"
CANNOT_WRITE = (errno.EACCES, errno.EPERM, errno.EROFS)
SEEN_FROM_DESK = ("notebooks", "data", "figures")       # what the lessons link to


def folder(top=TOP):
    """The folder that JupyterLab shows, with `my_work/` in it: the course, or her own where she cannot write there."""
    if CHOSEN:
        return furnished(Path(os.path.expanduser(CHOSEN)).absolute(), top)
    if not is_shared(top):
        return top
    home = Path(os.path.expanduser("~"))
    if not home.is_absolute():      # no HOME, and a user without a name
        sys.exit(f"The course in {top} cannot be written, and you have no home folder for your own copies of the "
                 "lessons. Name a folder for them in the variable TAKEAWAYS_DESK, and start again.")
    return furnished(home / AT_HOME, top)


def is_shared(top):
    """True where the course belongs to somebody else: it can be read here and not written."""
    try:
        (top / "my_work").mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=top / "my_work"):
            return False
    except OSError as error:
        return error.errno in CANNOT_WRITE


def furnished(own, top):
    """Her own folder, with links to what the lessons name beside `my_work/`; without them where links are forbidden."""
    try:
        own.mkdir(parents=True, exist_ok=True)
        for name in SEEN_FROM_DESK:
            if (own / name).is_symlink() and not (own / name).exists():     # the course has moved
                (own / name).unlink(missing_ok=True)
            with contextlib.suppress(FileExistsError):
                os.symlink(top / name, own / name, target_is_directory=True)
    except OSError as error:
        if not own.is_dir():
            sys.exit(cannot_be_written(own, error))
    return own


def lay(desk, lessons=NOTEBOOKS, today=None):
    """Lay every lesson that is missing or newer on the desk. Returns the names of the newer ones it laid beside."""
    try:
        return lay_lessons(desk, lessons, today or datetime.date.today())
    except OSError as error:
        sys.exit(cannot_be_written(desk, error))


def cannot_be_written(place, error):
    return (f"Your own copies of the lessons cannot be written to {place} ({error.strerror}). Move the course to a "
            "folder of your own, such as Documents, or name one for your copies in the variable TAKEAWAYS_DESK; "
            "then start again.")


def lay_lessons(desk, lessons, today):
    desk.mkdir(exist_ok=True)
    laid_before = read_editions(desk)
    laid, beside = {}, []
    for lesson in sorted(lessons.glob("*.ipynb")):
        laid[lesson.name] = edition(lesson)
        copy = desk / lesson.name
        if not copy.exists():
            write_new(copy, lesson)
        elif laid_before.get(lesson.name, laid[lesson.name]) != laid[lesson.name] != edition(copy):
            newer = free_name(desk, f"{lesson.stem} (edition of {today})")
            write_new(newer, lesson)
            beside.append(newer.name)
    if laid != laid_before:
        (desk / ".editions.json").write_text(json.dumps(laid, indent=1) + "\n", encoding="utf-8")
    return beside


def edition(notebook):
    """A name for what the authors wrote in a notebook: its text and code, without the outputs.

    None if the file is not a notebook, or no longer one.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        written = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    except (ValueError, KeyError, TypeError):
        return None
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


def read_editions(desk):
    """Which edition of each lesson was laid last; nothing if that note was lost."""
    try:
        noted = dict(json.loads((desk / ".editions.json").read_text(encoding="utf-8")))
        return {name: one for name, one in noted.items() if isinstance(one, str)}
    except (OSError, ValueError, TypeError):
        return {}


def write_new(path, lesson):
    """Lay one lesson, whole or not at all; what another start laid there in the same moment stays."""
    whole = path.with_name(f".{path.name}.{os.getpid()}")
    whole.write_bytes(lesson.read_bytes())
    try:
        with contextlib.suppress(FileExistsError):
            link(whole, path)
    finally:
        whole.unlink()


def link(whole, path):
    try:
        os.link(whole, path)            # unlike a renaming, never over an existing file
    except FileExistsError:
        raise
    except OSError:                     # a disk without links
        with open(path, "xb") as file:
            file.write(whole.read_bytes())


def free_name(desk, stem):
    path, number = desk / f"{stem}.ipynb", 2
    while path.exists():
        path, number = desk / f"{stem} {number}.ipynb", number + 1
    return path
