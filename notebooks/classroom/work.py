"""What a learner's files tell: lessons, briefs and notes, read as text. Nothing in them is run, and nothing is fetched.

    read(file)      # a Work for one handins.File; raises Unreadable with a sentence for the teacher

A notebook is believed as it is: its stored outputs say what `check` said when she ran it.
"""
import ast
import json
import re
import warnings
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from takeaways import desk

from .handins import File

LONGEST_TEXT = 20_000       # letters of one text, or one cell, that are looked at
VERDICT = re.compile(r"^\s*(\d\.\d): (right\.|not yet|your guess is|you voted)", re.MULTILINE)
REVIEWED = re.compile(r"^(yes|NOT YET)\s+(\S.*)$", re.MULTILINE)
LESSON = re.compile(r"Four Takeaways, lesson (0\d)\b")
OWN_WORDS = ("my_test", "my_forecast", "my_reasons")     # what she writes into a lesson's cell
WHO = ("my_name", "my_class")


class Unreadable(Exception):
    """A file that cannot be read; the message is for the teacher."""


@dataclass
class Work:
    """What one file tells.

    kind: "lesson", "brief", "note" or "list"; lesson: "00" to "05", empty where it is none.
    name, class_: as she signed; empty where she did not.
    exercises: number to "right", "tried" or "given" (a guess or a vote), as the file says.
    texts: name to her versions of it, oldest first, each a pair of when ("" where nothing says) and the text.
    review: the lines of `review`, as pairs of whether in order and the line.
    brief: of a brief its title, date, edition, sections, numbers, charts and words; empty otherwise.
    remarks: sentences for the teacher.
    """

    kind: str
    lesson: str = ""
    name: str = ""
    class_: str = ""
    exercises: dict = field(default_factory=dict)
    texts: dict = field(default_factory=dict)
    review: list = field(default_factory=list)
    brief: dict = field(default_factory=dict)
    remarks: list = field(default_factory=list)


def read(file: File) -> Work:
    """Return what a file tells; raises Unreadable with a sentence where it tells nothing."""
    if not file.data.strip(b"\0 \t\r\n"):
        raise Unreadable("The file is empty. Ask for it again.")
    text = desk.decode(file.data)
    kind = Path(file.path).suffix.lower()
    if kind == ".ipynb" or text.lstrip()[:1] == "{":
        return read_notebook(text)
    if kind in (".html", ".htm") or re.match(r"\s*<(!doctype|html)\b", text, re.IGNORECASE):
        return read_page(text)
    return read_note(Path(file.path).stem, text.replace("\r\n", "\n").replace("\r", "\n"))


# --- notebooks ---------------------------------------------------------------------------------------------------

def read_notebook(text: str) -> Work:
    """Return what a notebook tells, whichever version of the format it has."""
    cells = _cells(text)
    work = Work("lesson")
    for cell in cells:
        source = _text(cell.get("source", cell.get("input")))
        if cell.get("cell_type") != "code":
            work.lesson = work.lesson or "".join(LESSON.findall(source)[:1])
            continue
        outputs = _outputs(cell)
        _add_verdicts(work, source, outputs)
        _add_words(work, source, outputs)
        if re.search(r"\breview\(memo\b", source):
            work.review = [(passed == "yes", line.strip()) for passed, line in REVIEWED.findall(outputs)]
    if not work.lesson and not work.exercises and not work.texts:
        work.remarks.append("This notebook is none of the lessons, as far as one can see: look at it by hand.")
    return work


def _cells(text):
    try:
        notebook = json.loads(text)
    except RecursionError:
        raise Unreadable("This notebook is nested deeper than any notebook is. Ask for it again.") from None
    except ValueError:
        raise Unreadable("This is no whole notebook: it is damaged or was cut off. Ask for it again.") from None
    if not isinstance(notebook, dict):
        raise Unreadable("This file has the name of a notebook, and is none.")
    sheets = notebook.get("worksheets") if isinstance(notebook.get("worksheets"), list) else [notebook]
    cells = [cell for sheet in sheets if isinstance(sheet, dict) for cell in sheet.get("cells") or ()
             if isinstance(cell, dict)]
    if not cells:
        raise Unreadable("This notebook has no cells. Ask for it again.")
    return cells


def _text(written):
    """The text of a source or an output: a string or a list of strings, cut where nobody would read on."""
    parts = written if isinstance(written, list) else [written]
    return "".join(part for part in parts if isinstance(part, str))[:LONGEST_TEXT]


def _outputs(cell):
    """The printed text of a cell."""
    found = []
    for output in cell.get("outputs") or ():
        if isinstance(output, dict):
            data = output.get("data") if isinstance(output.get("data"), dict) else {}
            found.append(_text(output.get("text")) or _text(data.get("text/plain")))
    return "\n".join(found)[:LONGEST_TEXT]


def _add_verdicts(work, source, outputs):
    """What `check` said of the exercises of a cell; without its output, whether an answer stands in the cell."""
    said = _verdicts_of(outputs)
    for number, state in said.items():
        note(work.exercises, number, state)
    if not said and "check(" in source:
        for number in _answered(source):
            note(work.exercises, number, "given" if number.endswith(".0") else "tried")


def note(exercises: dict, number: str, state: str):
    """Keep the better of two states of an exercise."""
    order = ("tried", "given", "right")
    if order.index(state) >= order.index(exercises.get(number, "tried")):
        exercises[number] = state


def _add_words(work, source, outputs):
    for name in [name for name in OWN_WORDS if name in source]:
        text = _values(source).get(name)
        if isinstance(text, str) and text.strip(" .\t\n\N{HORIZONTAL ELLIPSIS}"):
            work.texts[name] = [("", text.strip("\n"))]
    if "kept in my_work/my_test.md" in outputs.lower() and "my_test" not in work.texts:
        work.remarks.append("It says that a test was kept; the text itself lies in my_test.md.")
    for call in _calls(source, "sign"):
        who = [argument.value if isinstance(argument, ast.Constant) else ""
               for argument in [*call.args, *(k.value for k in call.keywords)]]
        who = ["" if str(one).strip(" .\N{HORIZONTAL ELLIPSIS}") == "" or one is ... else str(one).strip()[:80]
               for one in who]
        work.name, work.class_ = (who + ["", ""])[:2]


def _answered(source):
    """The numbers of the exercises that are checked in a cell and have an answer there: one that is not three dots."""
    values = _values(source)
    for call in _calls(source, "check"):
        if len(call.args) == 2 and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
            name = call.args[1].id if isinstance(call.args[1], ast.Name) else None
            if not _is_blank(values.get(name, ...)):
                yield call.args[0].value[:10]


def _tree(source):
    """The code of a cell as Python's own reader sees it, without running it; an empty one where it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse("")


def _calls(source, name):
    if f"{name}(" not in source:
        return []
    return [one for one in ast.walk(_tree(source)) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
            and one.func.id == name]


def _values(source):
    """What the cell gives to its names, where that is written out: a text, a number, a dictionary
    of them; else "computed".
    """
    found = {}
    for one in _tree(source).body:
        if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
            try:
                found[one.targets[0].id] = ast.literal_eval(one.value)
            except (ValueError, TypeError, RecursionError, MemoryError):
                found[one.targets[0].id] = "computed"
    return found


def _is_blank(value):
    if isinstance(value, dict):
        return any(_is_blank(one) for one in value.values())
    return value is ... or value is None or isinstance(value, str) and not value.strip(" .\N{HORIZONTAL ELLIPSIS}")


# --- briefs ------------------------------------------------------------------------------------------------------

def read_page(text: str) -> Work:
    """Return what a brief tells that `export` wrote; raises Unreadable for another page."""
    page = _Page()
    page.feed(re.sub(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=\s]+", "", text))
    page.close()
    if "edition" not in page.meta and "Four Takeaways" not in page.text():
        raise Unreadable("This page is no brief of the course. A lesson is handed in as .ipynb, not as a page.")
    if "edition" not in page.meta:
        return Work("lesson", lesson="".join(LESSON.findall(page.text())[:1]),
                    exercises=_verdicts_of(page.text()),
                    remarks=["This is an exported lesson; the notebook itself tells more."])
    work = Work("brief", name=page.meta.get("author", ""), class_=page.meta.get("class", ""), brief=page.brief())
    if page.active:
        work.remarks.append("The file holds a script or loads something, which no brief does: do not open it, read it "
                            "here.")
    return work


def _verdicts_of(text):
    """What `check` said in a text, by the number of the exercise."""
    exercises = {}
    for number, verdict in VERDICT.findall(text):
        note(exercises, number, {"right.": "right", "not yet": "tried"}.get(verdict, "given"))
    return exercises


class _Page(HTMLParser):
    """Gathers the texts of a page under its headings; what would run or load is noted, never kept."""

    ACTIVE = ("script", "iframe", "object", "embed", "form", "link", "base", "frame", "applet")
    SILENT = ("script", "style", "title")

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.meta, self.title, self.parts, self.rows, self.charts, self.active = {}, "", [["", []]], 0, 0, False
        self.inside = []

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        if tag == "meta" and attributes.get("name") in ("author", "class", "edition"):
            self.meta[attributes["name"]] = attributes.get("content", "").strip()[:200]
        outside = any(re.match(r"\s*(https?:|//|javascript:)", attributes.get(name, ""), re.IGNORECASE)
                      for name in ("src", "data", "srcset"))
        handlers = (any(name.startswith("on") for name in attributes)
                    or "javascript:" in attributes.get("href", "").lower())
        self.active = (self.active or tag in self.ACTIVE or outside or handlers
                       or attributes.get("http-equiv", "").lower() == "refresh")
        self.rows += tag == "tr"
        self.charts += tag == "figure"
        if tag == "h2":
            self.parts.append(["", []])
        if tag in ("h1", "h2", *self.SILENT):
            self.inside.append(tag)
        elif tag in ("p", "br", "tr", "li", "div", "pre"):
            self.parts[-1][1].append("\n")

    def handle_endtag(self, tag):
        if tag in self.inside:
            del self.inside[self.inside.index(tag):]

    def handle_data(self, data):
        now = self.inside[-1] if self.inside else ""
        if now == "h1":
            self.title += data
        elif now == "h2":
            self.parts[-1][0] += data
        elif now not in self.SILENT:
            self.parts[-1][1].append(data)

    def text(self):
        return " ".join([self.title, *("".join(words) for _, words in self.parts)])

    def brief(self):
        """The brief as a dictionary; its sections are those before the table of numbers."""
        parts = {heading.strip(): re.sub(r"\n{2,}", "\n", "".join(words)).strip()[:LONGEST_TEXT]
                 for heading, words in self.parts}
        headings = list(parts)
        behind = (headings.index("The numbers of this brief") if "The numbers of this brief" in headings
                  else len(headings))
        sections = {heading: parts[heading] for heading in headings[:behind] if heading}
        written = re.search(r"Written on (\d\d? \w+ \d{4})", parts.get("", ""))
        return {"title": self.title.strip(), "written": written[1] if written else "", "edition": self.meta["edition"],
                "sections": sections, "words": sum(len(words.split()) for words in sections.values()),
                "numbers": max(0, self.rows - 1), "charts": self.charts,
                "appendix": {heading: parts[heading] for heading in headings[behind + 1:] if heading != "Charts"}}


# --- notes -------------------------------------------------------------------------------------------------------

def read_note(stem: str, text: str) -> Work:
    """Return what a note of the desk tells. stem: its file name without the ending."""
    stem = re.sub(r"\s*(\(\d+\)|- (copy|copia).*)$", "", stem, flags=re.IGNORECASE).strip()
    if stem == Path(desk.DONE).stem:
        return Work("list",
                    exercises={number: "right" for number in re.findall(r"^[ \t]*(\d\.\d)\b", text, re.MULTILINE)})
    versions = desk.versions(text[:10 * LONGEST_TEXT])
    if not versions:
        raise Unreadable("The note is empty.")
    work = Work("note", texts={stem: versions})
    if stem in WHO:
        work = Work("note",
                    **{"my_name": {"name": versions[-1][1][:80]}, "my_class": {"class_": versions[-1][1][:80]}}[stem])
    return work
