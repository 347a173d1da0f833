"""No number in a sentence that the data could contradict: prose holds dates and names, code holds figures."""

import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))

MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
ALLOWED = [
    rf"\d{{1,2}} (?:and \d{{1,2}} )?{MONTH}(?: \d{{4}})?", rf"{MONTH}(?: to {MONTH})? \d{{4}}",   # dates
    r"\b(?:19|20)\d\d(?:-(?:19|20)?\d\d)?\b",                      # years, and spans of years
    r"\bT\d\d\.\d\b", r"\bR\d{5}\b", r"\b[CE]\d\d\d?\b",           # codes of deaths, reports, claims and events
    r"\b12[ -]months?\b", r"\b12 meses\b",                         # the name of a kind of count
    r"[Ll]essons? \d\d\b", r"\b0\d_\w+", r"[Ee]xercises? \d\.\d(?: to \d\.\d)?",    # places in the course
]
# What stands in prose all the same, and where the lesson's code holds it to the data.
BOUND = {"01_mistrust": {"92"}}   # the total of the newspaper in exercise 1.5: asserted in the cell `transfers`


def prose(notebook):
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            yield cell["id"], "".join(cell["source"])


def loose_numbers(text):
    """Numbers of a text that are neither in code, nor an address, a date, a code or a place in the course."""
    text = re.sub(r"`[^`]*`|\]\([^)]*\)", " ", text)
    for pattern in ALLOWED:
        text = re.sub(pattern, " ", text)
    return re.findall(r"\d[\d,.]*", text)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_prose_holds_no_loose_numbers(notebook):
    found = {}
    for cell, text in prose(notebook):
        if cell == "title":   # minutes of the sections, and the four takeaways by number
            text = re.sub(r"\| *\d+ *\|", "|", re.sub(r"About \d+ minutes", "", text))
        if cell == "four-takeaways":
            text = re.sub(r"\| *\d+ *\|", "|", re.sub(r"\b0\d\b", "", text))
        numbers = [number for number in loose_numbers(text) if number.strip(".,") not in BOUND.get(notebook.stem, ())]
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
    total = int(re.search(r"About (\d+) minutes", title)[1])
    assert sum(int(minutes) for minutes in re.findall(r"^\| (\d+) \|", title, re.MULTILINE)) == total


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_named_section_exists(notebook):
    cells = dict(prose(notebook))
    headings = {line.lstrip("# ").strip() for text in cells.values() for line in text.splitlines() if line.startswith("#")}
    for section in re.findall(r"^\| \d+ \| (.+?) \|$", cells["title"], re.MULTILINE):
        assert any(heading.startswith(section.split(":")[0]) for heading in headings), section
