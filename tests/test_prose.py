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


NAMES = [   # dates, laws and names with digits in them, as the two languages write them
    "On September 3, 2025 the two met", "September 3rd, 2025", "3 September 2025", "3rd of September 2025",
    "Sept. 3, 2025", "3 Sep 2025", "3 de septiembre de 2025", "1.º de enero del 2025", "1º de enero",
    "del 3 al 5 de septiembre de 2025", "3 y 4 de septiembre", "septiembre de 2025", "septiembre del 2025",
    "2025-09-03", "2025-09", "03/09/2025", "3/9/2025", "3.9.2025", "3-sep-2025", "September 3-5, 2025",
    "September 3 and 4", "On 3 September 2025 officials met", "In 2025 deaths fell", "in May 2025 people died",
    "2013-2018", "2013–2018", "2024-25", "2024/25", "the 1990s", "the '90s", "COVID-19", "covid-19", "Section 301",
    "section 7045(a)", "Sections 301, 302 and 303", "§ 301", "Q3 2025", "third quarter of 2025", "FY2025", "FY 2025",
    "FY25", "AF2025", "T40.4", "E041", "C20", "R48859", "GAO-23-103795", "artículo 89", "artículos 3 y 4", "art. 119",
    "article 3(2)", "Articles 3 and 4", "Title 50", "título 50", "22 U.S.C. 2291", "8 U.S.C. § 1189",
    "Public Law 119-4", "Executive Order 14157", "119th Congress", "18th Street", "1er informe", "3.ª sesión",
    "the 12-month count", "12 months ending April 2026", "12 meses", "G20", "MS-13", "AK-47", "5G", "4T", "9/11",
    "lesson 04", "Lesson 00 to 04", "exercise 0.2", "exercises 0.1, 0.2 and 0.3", "05_my_scorecard",
    "mid-2025", "2025's", "Treaty of 1853", "(2025)", "2025.", "p. 12", "pp. 3-4", "Resolution 1373",
    "between August 2024 and August 2025", "August 2024 to August 2025", "the 3rd", "H1N1", "1H 2025", "3T25",
    "Chapter 3", "Table 3", "year to 30 September 2025", "fiscal year 2025", "año fiscal 2025", "a 10:30 a.m.",
    "fracción XVI del artículo 89", "Phase 2", "12 and 13 August 2025", "12 August", "Monday 18 August 2025",
    "the years 2019, 2020 and 2021", "2019, 2020 y 2021", "in 2025, 2024", "Ley 5", "la 1a. Sala", "R. 2025",
    "the U.S. in 2025", "12‑month", "COVID‑19", "10 de junio", "Dec. 31", "31 dic. 2025", "Sept 2025",
    "vintage 2026-09-16", "FY2023-FY2025", "Q1-Q3 2025", "FY 2023 to FY 2025", "December 31, 2025, and January 1, 2026",
    "2025/09/03", "2025-09-03T10:00", "2025Q3", "artículo 1o", "S. 2226", "COVID 19", "at 9 a.m.", "inciso 3", "[3]",
    "18 U.S.C. §§ 1956-1957", "1o de mayo de 2025", "domingo 30", "summer of '25", "H.Res. 5", "art 89", "artículo 16 Bis",
    "UNSCR 1373", "Article 5(1)(a)", "T40.1–T40.4", "NOM-001", "3–5 de septiembre", "FY23–25", "años 2024 y 2025",
]
FIGURES = [
    "5 percent", "92 people", "55%", "55 %", "$40 million", "1,437 pounds", "12.5", "-3", "+7", "2025 people",
    "2025 pounds", "$2025", "2,025 libras", "In May 92 people were handed over", "In May 12 people were handed over",
    "September 26 prisoners", "Article 3 and 55 laboratories", "section 301, 92 people", "U.S. 92 officials",
    "55 por ciento", "21.076 libras", "5M", "40K", "USD40", "US$40 million", "the number 55", "the figure 55",
    "7 per cent", "rose by 7", "55 August", "fell to 40.384", "1800 deaths", "ratio 3:1", "12 days", "x 3", "por 3",
    "en 92 casos", "92 personas", "10 to 12", "2025%", "1999.5 kg", "in 2025%", "3/4 of them", "1 of 3", "half of 55",
    "Article 5 percent", "No. 55 people", "2000 of them", "2019,5", "1,2025", "5am0", "U.S. 5000", "Sunday 55", "12:5", "'55' pounds", "'55 people",
]


@pytest.mark.parametrize("text", NAMES)
def test_a_date_or_a_name_is_no_loose_number(text):
    assert loose_numbers(text) == loose_numbers(f"As of {text}, it fell (see {text}).") == []


def test_the_numbers_of_a_list_are_no_figures():
    assert loose_numbers("1. one\n2) two, 3 more\n  3. three") == ["3"]


@pytest.mark.parametrize("text", FIGURES)
def test_a_figure_is_seen(text):
    assert loose_numbers(text) and loose_numbers(f"On 3 September 2025 they said: {text}.")


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
