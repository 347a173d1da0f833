"""The three sample briefs, printed as a learner's brief is, with their marks."""

import re
from pathlib import Path

from takeaways import brief, publishing

from . import facts, lessons

HERE = Path(__file__).resolve().parent
NAMES = ("sample_a", "sample_b", "sample_c")


def read(name: str) -> dict:
    """Read a sample: title, memo (part to text), appendix, charts, marks as (row, points, why)."""
    text = (HERE / f"{name}.md").read_text(encoding="utf-8")
    title, *pieces = re.split(r"(?m)^#{1,2} ", text)[1:]
    parts = {heading: body.strip() for heading, _, body in (piece.partition("\n") for piece in pieces)}
    return {
        "title": title.strip(),
        "memo": {part: re.sub(r"\{fact (\w+)\}", r"{\1}", parts[part]) for part in brief.SECTIONS},
        "appendix": {
            heading.removeprefix("appendix: "): re.sub(r"\n(?=\S)", " ", body)
            for heading, body in parts.items()
            if heading.startswith("appendix")
        },
        "charts": re.split(r",\s*", parts["charts"]),
        "marks": [
            (row, int(points), why)
            for row, points, why in re.findall(r"(?m)^\| (.+?) \| (\d) \| (.+?) \|$", parts["marks"])
        ],
    }


def facts_of(sample: dict) -> dict:
    """The facts that a sample calls, by name."""
    called = re.findall(r"\{(\w+)\}", "\n".join(sample["memo"].values()))
    return {name: fact for name, fact in facts.all_facts().items() if name in called}


def page(sample: dict, found: list) -> str:
    """Return a sample as a page, by the same code that writes a learner's brief. found: the lessons."""
    for lesson in found:
        for chart in lesson.charts.values():
            stored = next(
                output for output in lesson.cells[chart.cell]["outputs"] if lessons.plain(output).startswith("Chart: ")
            )
            publishing.published()[chart.name] = re.sub(
                r"^.*?(?=<figure)", "", "".join(stored["data"]["text/html"]), flags=re.DOTALL
            )
    return brief.page(sample["title"], sample["memo"], facts_of(sample), sample["charts"], sample["appendix"])
