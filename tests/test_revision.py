"""The revision page is made from the lessons as they are."""

import re
import sys
from pathlib import Path

from takeaways import tables
from takeaways.exercises.asking import questions

sys.path.append(str(Path(__file__).resolve().parents[1] / "figures"))
import revision  # noqa: E402

LESSONS = sorted(revision.NOTEBOOKS.glob("*.ipynb"))


def test_the_page_is_current():
    assert revision.PAGE.read_text(encoding="utf-8") == revision.revision_page(), "run: python3 figures"


def test_every_lesson_table_and_exercise_is_on_it():
    page = revision.revision_page()
    for lesson in LESSONS:
        assert f"]({lesson.name})" in page
    for name in tables.names():
        assert f"[{name}](../data/cards/{name}.md)" in page
    for number, question in questions().items():
        if question.kind not in ("guess", "vote"):
            assert question.trains and f"| {number} | {question.trains} |" in page, number


def test_every_link_inside_the_project_leads_somewhere():
    pages = {revision.PAGE: revision.revision_page()} | {path: path.read_text(encoding="utf-8") for path in LESSONS}
    for path, text in pages.items():
        for target in re.findall(r"\]\(([^)#:]+?)\)", text):
            assert (path.parent / Path(target)).exists(), f"{path.name}: {target}"


def test_a_term_has_one_translation():
    rows = re.findall(r"^\| ([^|]+) \| ([^|]*) \| [^|]* \| 0\d \|$", revision.revision_page(), re.MULTILINE)
    assert len(rows) > 25 and len({english.casefold() for english, _ in rows}) == len(rows)
    assert all(spanish.strip() for _, spanish in rows)
