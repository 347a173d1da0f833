"""The form by which a new table is described: at the head of its data card, until the table is sealed.

What a program can see (the type of a column, whether it has blanks) is read from the table; what a person must say is
asked.
"""
import re

from datapackage import BLANK, SHAPES, split

import make

ASKED = {   # a word on each line of the form
    "title": "what one row is: One published figure on ...",
    "description": "what the table holds, in one or two sentences",
    "unit": "what is counted: pounds, deaths in the month, people",
    "as of": "the newest day or month it speaks of: 2026-11-26 or 2026-11",
    "as of in words": "as it stands under a chart: through 26 November 2026",
    "vintage": "which edition was read, and when: read in November 2026",
    "source": "who published it, as it stands under a chart",
    "source address": "https://...",
    "publisher": "the office or firm",
    "second hand": "yes if it was read in a copy or a report, no if at the publisher's",
    "missing": "what is not in it; a semicolon between two gaps",
    "key": "the columns that tell one row from another, with commas",
}
HEADINGS = ["Who counts, and why", "What counts", "How it is collected", "What is missing", "How uncertain",
            "What it must not be used for", "Where sources disagree", "What changed between vintages"]
LICENCE = {"name": "CC-BY-4.0",
           "title": "Facts from the named sources; their selection and description under Creative Commons "
           "Attribution 4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
HOW = "Write your words in place of each bracket and of the dots. This part goes when the table is sealed."
LINE = re.compile(r"^([a-z][\w ]*): *(.*?) *$", re.MULTILINE)


def require_plain(columns):
    """Raise ValueError unless every column has a name of its own as the other tables write them."""
    odd = [column for column in columns if not re.fullmatch(r"[a-z][a-z0-9_]*", column) or columns.count(column) > 1]
    if odd or not columns:
        raise ValueError(f"row 1: {odd[0] if odd else ''!r} is no name of a column, or not its own. "
                         "Write names such as fiscal_year: small letters, digits and _")


def blank(name, text):
    """The card of a new table with its form: a line for each thing asked and for each column."""
    asked = ASKED | {f"column {column}": "what it holds" for column in split(text)[0]}
    lines = [f"{word}: ({hint})" for word, hint in asked.items()]
    parts = "\n\n".join(f"## {heading}\n..." for heading in HEADINGS)
    form = "\n".join([f"<!-- {HOW}", *lines, "-->"])
    return f"# {name}\n\n{form}\n\n(One sentence: what the table is.)\n\n{parts}\n"


def read(name, text, card):
    """(the entry of a new table, the bytes of its card without the form).

    Raises ValueError while something is not filled in.
    """
    found = re.fullmatch(r"(.*?)<!--(.*?)-->\n*(.*)", card, re.DOTALL)
    if found is None:
        raise ValueError(f"data/cards/{name}.md has no form. Put it aside and run this again: a blank one is written")
    head, form, body = found.groups()
    said = dict(LINE.findall(form))
    columns, rows = split(text)
    wanted = [*ASKED, *(f"column {column}" for column in columns)]
    empty = [word for word in wanted if not said.get(word) or said[word].startswith("(")]
    if "\n..." in body or body.startswith("("):
        empty.append("the text below the form")
    if empty:
        raise ValueError(f"not filled in yet in data/cards/{name}.md: {', '.join(empty)}")
    key = [column.strip() for column in said["key"].split(",")]
    if not set(key) <= set(columns) or not said["source address"].startswith("http"):
        raise ValueError("the key names columns of the table, and the source address begins with http")
    return entry(name, said, key, columns, [row for _, row in rows]), (head + body).encode()


def entry(name, said, key, columns, rows):
    """What datapackage.json says of a new table; its checksum and size are still to come."""
    links = [{"fields": ["source_id"],
              "reference": {"resource": "sources", "fields": ["source_id"]}}] if "source_id" in columns else []
    return {
        "name": name, "path": f"{name}.csv", "profile": "tabular-data-resource", "title": said["title"],
        "description": said["description"],
        "encoding": "utf-8", "format": "csv", "mediatype": "text/csv", "hash": "", "bytes": 0, "licenses": [LICENCE],
        "sources": [{"title": said["source"], "path": said["source address"], "publisher": said["publisher"]}],
        "unit": said["unit"], "asOf": said["as of"], "asOfText": said["as of in words"], "vintage": said["vintage"],
        "made": make.BY_HAND,
        "secondHand": said["second hand"].lower() != "no",
        "gaps": [gap.strip() for gap in said["missing"].split(";") if gap.strip()],
        "minRows": len(rows), "card": f"cards/{name}.md",
        "schema": {"fields": [field(column, said[f"column {column}"],
                                    [row[column] for row in rows]) for column in columns],
                   "missingValues": [BLANK], "primaryKey": key} | ({"foreignKeys": links} if links else {}),
    }


def field(column, description, cells):
    """The description of one column: its type is the narrowest that fits every cell."""
    known = [cell for cell in cells if cell != BLANK]
    kinds = ["year"] if column.endswith("year") else []
    kind = next(kind for kind in [*kinds, "boolean", "date", "yearmonth", "integer", "number", "string"]
                if known and all(re.fullmatch(SHAPES[kind], cell, re.ASCII) for cell in known) or kind == "string")
    rules = ({"required": True} if len(known) == len(cells) else {}) | (
        {"minimum": 0} if kind in ("integer", "number") and all(float(cell) >= 0 for cell in known) else {})
    return {"name": column, "type": kind, "description": description} | ({"constraints": rules} if rules else {})
