"""No number in a sentence that the data could contradict: prose holds dates and names, code holds figures."""

import json
import re
from pathlib import Path

import claims
import pytest

from takeaways.prose import loose_numbers

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def bound(notebook, cell):
    """The numbers that stand in a sentence of this cell and are held to the data by a claim (tests/claims)."""
    return {number.strip(".,") for one in claims.of_lesson(notebook.name[:2]) if one.cell == cell for number in loose_numbers(one.sentence)}


def prose(notebook):
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            yield cell["id"], "".join(cell["source"])


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_prose_holds_no_loose_numbers(notebook):
    found = {}
    for cell, text in prose(notebook):
        if cell == "title":   # minutes of the sections, and the four takeaways by number
            text = re.sub(r"\| *\d+ *\|", "|", re.sub(r"About \d+ minutes in class, and about \d+ at home", "", text))
        if cell == "four-takeaways":
            text = re.sub(r"\| *\d+ *\|", "|", re.sub(r"\b0\d\b", "", text))
        numbers = [number for number in loose_numbers(text) if number.strip(".,") not in bound(notebook, cell)]
        if numbers:
            found[cell] = numbers
    assert not found


@pytest.mark.parametrize("text, numbers", [
    ("On 18 August 2025 and in May 2024, 12 months ending April 2026, see T40.4 and E041", []),
    ("Seizures fell by 55 per cent, to 12,027 pounds", ["55", "12,027"]),
    ("`load(12)` in lesson 03", []),
    ("one of 3", ["3"]),
])
def test_a_loose_number_is_seen(text, numbers):
    assert loose_numbers(text) == numbers


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_minutes_of_the_sections_add_up(notebook):
    title = dict(prose(notebook))["title"]
    total = int(re.search(r"About (\d+) minutes in class", title)[1])
    assert sum(int(minutes) for minutes in re.findall(r"^\| (\d+) \|", title, re.MULTILINE)) == total


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_named_section_exists(notebook):
    cells = dict(prose(notebook))
    headings = {line.lstrip("# ").strip() for text in cells.values() for line in text.splitlines() if line.startswith("#")}
    for section in re.findall(r"^\| \d+ \| (.+?) \|$", cells["title"], re.MULTILINE):
        assert any(heading.startswith(section.split(":")[0]) for heading in headings), section
