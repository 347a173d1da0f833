"""What a learner writes for later: plain text files on her own desk, `my_work/`, never overwritten."""

from datetime import datetime
from pathlib import Path

DESK = Path(__file__).resolve().parents[2] / "my_work"


def keep(name: str, text=...):
    """Keep what a learner wrote, such as her test of the agreement, in `my_work/<name>.md`.

    A text that is there already stays: a new version is added below it with the date. Prints one line; never raises.
    """
    print(_keep(name, text))


def recall(name: str) -> str:
    """Return the newest text kept under a name, or an empty string where nothing was kept."""
    try:
        return (DESK / f"{name}.md").read_text(encoding="utf-8").split("\n---\n")[-1].split("\n\n", 1)[1].strip()
    except (OSError, IndexError):
        return ""


def _keep(name, text):
    if text is ... or not isinstance(text, str) or text.strip(" .\n\u2026") == "":
        return "Nothing written yet. Replace the three dots by your own text, then run the cell again."
    text = text.strip()
    if text == recall(name):
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
