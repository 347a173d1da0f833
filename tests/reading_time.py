"""How long a lesson takes a slow reader, by a plain model, and where its class path ends.

    python3 tests/reading_time.py      minutes of every lesson and section

Words at 200 a minute, code at 8 seconds a line, 5 minutes an exercise, 1.5 a chart, 1 a prediction or vote, 3 a note,
10 for the discussion. A cell tagged `home` is left for home; terms and sources are for reference and counted nowhere.
"""
import json
import re
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
WORDS_A_MINUTE, MINUTES_A_LINE = 200, 8 / 60
EXERCISE, CHART, PREDICTION, NOTE, DISCUSSION = 5, 1.5, 1, 3, 10
REFERENCE = ("terms", "sources")        # ids of the cells that nobody reads through


def source(cell):
    return "".join(cell["source"])


def tags(cell):
    return cell["metadata"].get("tags", ())


def words(cell):
    return len(re.findall(r"[^\s|]+", source(cell))) if cell["cell_type"] == "markdown" else 0


def lines(cell):
    return sum(bool(line.strip()) for line in source(cell).splitlines()) if cell["cell_type"] == "code" else 0


def minutes(cell) -> float:
    """The minutes that one cell takes."""
    text = source(cell)
    if cell["id"] in REFERENCE:
        return 0
    if cell["cell_type"] == "markdown":
        asked = PREDICTION * len(re.findall(r"\*\*(?:Predict|Vote)", text)) + NOTE * len(re.findall(r"\*\*(?:Note down|Write down)", text))
        return words(cell) / WORDS_A_MINUTE + asked + DISCUSSION * text.startswith("## Discussion")
    charts = len(re.findall(r"\bpublish\(|\w+_question\(", text))
    exercises = len(re.findall(r"""\bcheck\(["']\d\.[1-9]""", text))
    return lines(cell) * MINUTES_A_LINE + CHART * charts + EXERCISE * exercises


def read(lesson: Path) -> dict:
    """Return the minutes of a lesson: `class`, `home`, `sections` (heading to class minutes), `stop` (minutes at the safe
    stop, or None), and its `words` and `lines`."""
    found = {"class": 0.0, "home": 0.0, "sections": {}, "stop": None, "words": 0, "lines": 0}
    heading = None
    for cell in json.loads(lesson.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown" and (title := re.match(r"## (.+)", source(cell))):
            heading = title[1].strip()
        found["words"] += words(cell)
        found["lines"] += lines(cell)
        if "home" in tags(cell):
            found["home"] += minutes(cell)
            continue
        found["class"] += minutes(cell)
        if heading:
            found["sections"][heading] = found["sections"].get(heading, 0) + minutes(cell)
        if "safe-stop" in tags(cell):
            found["stop"] = found["class"]
    return found


def main():
    for lesson in sorted(NOTEBOOKS.glob("0*.ipynb")):
        found = read(lesson)
        stop = f", safe stop at {found['stop']:.0f}" if found["stop"] else ""
        print(f"{lesson.stem}: class {found['class']:.0f}, home {found['home']:.0f}{stop}; {found['words']} words, {found['lines']} lines of code")
        for heading, time in found["sections"].items():
            print(f"    {time:4.1f}  {heading}")


if __name__ == "__main__":
    main()
