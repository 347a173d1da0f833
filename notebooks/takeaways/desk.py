"""The learner's own desk, the folder `my_work/`: what she wrote for later, and which exercises she has done.

All of it is plain text that she owns and can delete. Nothing is written from the lessons in `notebooks/`: there, and in
every test, the desk is as good as empty, so that outputs never depend on who runs them.
"""

from datetime import datetime
from pathlib import Path

DESK = Path(__file__).resolve().parents[2] / "my_work"
DONE = "exercises_done.txt"


def on_desk() -> bool:
    """True in a notebook that lies on the learner's desk."""
    return Path.cwd().resolve() == DESK.resolve()


def keep(name: str, text=...):
    """Keep what a learner wrote, such as her test of the agreement, in `my_work/<name>.md`.

    A text that is there already stays: a new version is added below it with the date. Prints one line; never raises.
    """
    print(_keep(name, text))


def recall(name: str) -> str:
    """Return the newest text kept under a name, or an empty string where nothing was kept (or the notebook is not on the desk)."""
    if not on_desk():
        return ""
    return _newest(name)


def note_done(number: str):
    """Write down that an exercise was answered rightly, once, with the day; silently does nothing where it cannot."""
    if not on_desk() or number in done():
        return
    try:
        with open(DESK / DONE, "a", encoding="utf-8") as file:
            file.write(f"{number}  right on {datetime.now():%Y-%m-%d}\n")
    except OSError:
        pass


def done() -> list[str]:
    """Return the numbers of the exercises that were answered rightly on this desk."""
    if not on_desk():
        return []
    try:
        lines = (DESK / DONE).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [line.split()[0] for line in lines if line.strip()]


def _newest(name):
    try:
        return (DESK / f"{name}.md").read_text(encoding="utf-8").split("\n---\n")[-1].split("\n\n", 1)[1].strip()
    except (OSError, IndexError):
        return ""


def _keep(name, text):
    if text is ... or not isinstance(text, str) or text.strip(" .\n\u2026") == "":
        return "Nothing written yet. Replace the three dots by your own text, then run the cell again."
    text = text.strip()
    if text == _newest(name):
        return f"Already kept in my_work/{name}.md."
    try:
        DESK.mkdir(exist_ok=True)
        with open(DESK / f"{name}.md", "a", encoding="utf-8") as file:
            if file.tell():
                file.write("\n---\n")
            file.write(f"*Written on {datetime.now():%Y-%m-%d at %H:%M}*\n\n{text}\n")
    except OSError as fault:
        return f"It could not be kept ({fault.strerror}): your text is safe in this cell; save the notebook."
    return f"Kept in my_work/{name}.md. The last lesson brings it back."
