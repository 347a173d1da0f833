"""The revision page: key points, exercises and what they train, terms, and sources, made from the lessons and the tables."""

import json
import re
from pathlib import Path

from takeaways import tables
from takeaways.exercises.asking import questions

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
PAGE = NOTEBOOKS / "revision.md"


def revision_page() -> str:
    """Return the whole page as Markdown."""
    lessons = {path.name: _sections(path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    parts = ["# Revision: the course on one page", "Made from the lessons and the tables by `python3 figures`; do not edit it by hand.",
             "## Key points", *(_key_points(name, sections) for name, sections in lessons.items()),
             "## What each exercise trains", _exercises(),
             "## Terms, English and Spanish", _terms(lessons),
             "## Tables and their publishers", _publishers()]
    return "\n\n".join(parts) + "\n"


def _sections(path):
    """The Markdown cells of a lesson by heading; the first heading is the title of the lesson."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return {text.splitlines()[0].lstrip("# "): text for text in texts if text.startswith("#")}


def _key_points(name, sections):
    return f"### [{next(iter(sections))}]({name})\n\n" + sections["Key points"].split("\n", 1)[1].strip()


def _exercises():
    rows = [f"| {number} | {question.trains} |" for number, question in questions().items() if question.trains]
    return "\n".join(["| exercise | trains |", "| --- | --- |", *rows])


def _terms(lessons):
    rows = {}
    for name, sections in lessons.items():
        for line in sections["Terms"].splitlines():
            english, spanish, meaning = ([part.strip() for part in line.strip("| ").split("|")] + ["", "", ""])[:3]
            if line.startswith("|") and english != "English" and not re.fullmatch(r"-+", english):
                rows.setdefault(english, f"| {english} | {spanish} | {meaning} | {name[:2]} |")
    return "\n".join(["| English | Spanish | meaning | lesson |", "| --- | --- | --- | --- |",
                      *(rows[term] for term in sorted(rows, key=str.casefold))])


def _publishers():
    rows = []
    for name in tables.names():
        about = tables.describe(name)
        links = "; ".join(f"[{title}]({address})" if address else title for title, address in tables.source_links(name))
        rows.append(f"| [{name}](../data/{about['card']}) | {about['title']} | {links} | {about['asOfText']} |")
    return "\n".join(["| table and its card | one row is | publisher | as of |", "| --- | --- | --- | --- |", *rows])
