"""Put new contents in place of several files at once, so that no interruption leaves some of them old and some new.

The new files are written into a folder of their own beside the old ones, `.new-...`, and made safe on the disk. Then
this folder is renamed to `.journal`: that one step decides. Before it nothing has happened, and what was written aside
is thrown away at the next start; after it each file is moved to its place, and a process that dies on the way is
finished by the next one. Any process may finish: a file is moved once, by whoever comes first.
"""
import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

JOURNAL, ASIDE = ".journal", ".new-"
LONG_AGO = 600      # seconds; no run needs as long to write a few tables, so what is older was left by one that died


class Busy(Exception):
    """Another run has changed the files in the meantime; the text says what to do."""


def replace(folder, new, unchanged=lambda: True):
    """Replace files in `folder`: {name: bytes}; returns the names of those that differ from what was there.

    unchanged: asked last, whether the files are still those from which `new` was made; if not, Busy is raised and
    nothing is written.
    """
    finish(folder)
    drop_rests(folder)
    changed = {name: content for name, content in new.items() if _content(folder / name) != content}
    if changed:
        aside = Path(tempfile.mkdtemp(dir=folder, prefix=ASIDE))
        try:
            for name, content in changed.items():
                _write(aside / name, content)
            _safe(aside)
            if not unchanged():
                raise Busy("Another run has changed the tables in the meantime. Run the command again.")
            _decide(aside, folder / JOURNAL)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        finish(folder)
    return list(changed)


def finish(folder):
    """Bring a replacement that was interrupted to its end; returns True when there was one."""
    journal = Path(folder) / JOURNAL
    if not journal.is_dir():
        return False
    with contextlib.suppress(FileNotFoundError):    # another process may finish it too: one of the two moves a file
        _safe(folder)
        for path in sorted(journal.iterdir()):
            with contextlib.suppress(FileNotFoundError):
                os.replace(path, journal.parent / path.name)
        _safe(folder)
        journal.rmdir()
    return True


def drop_rests(folder):
    """Throw away what was written aside by runs that died before they decided."""
    for path in Path(folder).glob(ASIDE + "*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > LONG_AGO:
                shutil.rmtree(path, ignore_errors=True)


def _decide(aside, journal):
    """The one step; another run that decided first, and is not done, keeps this one from doing so."""
    try:
        os.rename(aside, journal)
    except OSError:
        if not journal.is_dir():
            raise
        raise Busy("Another run is changing the tables. Run the command again.") from None


def _content(path):
    return path.read_bytes() if path.exists() else None


def _write(path, content):
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _safe(folder):
    """Make what happened to the names in a folder last through a power cut; Windows does so by itself."""
    if os.name == "posix":
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)
