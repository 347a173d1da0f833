"""Build the kit: every page as HTML in one folder, its PDFs where Chromium is installed, and the terms as CSV."""

import base64
import csv
import html
import io
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import jinja2
import mistune
from markupsafe import Markup

from takeaways import brief, tables
from takeaways.exercises.asking import questions, solution_code

from . import drawing, facts, lessons, negotiation, paper, plans, reveal, samples, slides

HERE = Path(__file__).resolve().parent
MARK = "Four Takeaways, the teacher's kit"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
CLAIM = {
    "00": ("the-week", "four-takeaways"),
    "05": ("what-a-brief-is",),
}  # the cells that sheet 1 opens with, where not the-claim
SIZE = (560, 250, 17)  # a blank chart on a sheet: width, height, letters
WIDE = (1160, 300, 17)  # the same, across the sheet


# --- the pages ------------------------------------------------------------------------------------------------------


def pages() -> dict[str, str]:
    """Return every file of the kit: its name to its text.

    Runs no lesson. Raises ValueError where a hand-written part calls a missing number.
    """
    found, known = lessons.all_lessons(), facts.all_facts()
    every = [_lesson(lesson, known) for lesson in found]
    files = {
        "guide.html": _render("guide", "Four Takeaways: the teacher's guide", front=_front(), lessons=every),
        "key.html": _render("key", "Key to the sheets and exercises", lessons=every),
        "negotiation.html": _negotiation(known),
        "samples.html": _samples(found),
        "terms.csv": _csv(["lesson", "English", "Spanish", "meaning"], _terms(found)),
        "key_points.csv": _csv(
            ["lesson", "key point"], [[one.number, point] for one in found for point in one.key_points]
        ),
    }
    for one in every:
        name = one["lesson"].path.stem
        files[f"slides/{name}.html"] = _render(
            "slides", f"{one['lesson'].number} {one['lesson'].title}: slides", slides=one["deck"]
        )
        files |= _sheets(one)
    return files


def _lesson(lesson, known):
    plan = plans.plan_of(lesson)
    deck = slides.deck(lesson, plan, known)
    votes = [
        _vote(lesson, chart, plan["Votes"].parts[chart.name], known)
        for chart in lesson.charts.values()
        if chart.name in plan["Votes"].parts
    ]
    return {
        "lesson": lesson,
        "plan": plan,
        "deck": deck,
        "votes": votes,
        "minutes": sum(time for time, _ in lesson.minutes),
        "long": _minutes(plan, 0),
        "short": _minutes(plan, 1),
        "exercises": _exercises(lesson),
        "facts": [
            (part.heading, plans.fill(part.text, lesson, known))
            for part in (plan["Slides"].parts.values() if "Slides" in plan else ())
        ],
        "safe_stop": slides.safe_stop(lesson, plan, known),
        "beside": plans.text_of(plan, "Beside the claim", lesson, known),
        "discussion": [
            (question, before, [(side, words, slides.whose(plan, side)) for side, words in sides])
            for question, before, sides in slides.discussion(lesson)
        ],
        "dated": _dated(lesson),
        "sheet": [vote for vote in votes if vote["on_sheet"]],
    }


def _vote(lesson, chart, part, known):
    says = {key: plans.fill(text, lesson, known) for key, text in part.keys.items()}
    picture = drawing.blank(chart.svg(), *SIZE)
    wide = min(map(float, re.findall(r'font-size="([\d.]+)"', picture))) < 0.9 * SIZE[2]  # names too long for a column
    if wide:
        picture = drawing.blank(chart.svg(), *WIDE)
    return {
        "question": says.get("Question", f"No vote. Say: {says['Say']}"),
        "title": says.get("Question", ""),
        "says": " ".join(filter(None, [_says(chart), says.get("Also")])),
        "text": says.get("Draw", ""),
        "classes": says["Classes say"],
        "rescue": says["Rescue"],
        "cannot": says["Cannot tell"],
        "on_sheet": "Question" in says,
        "picture": picture,
        "wide": wide,
        "alt": slides.blank_words(chart),
    }


def _says(chart):
    is_told = lessons.numbers(chart.heads) and len(chart.heads) < reveal.LONGEST
    return chart.title + (f" ({chart.heads})" if is_told else "")


def _minutes(plan, column):
    rows = re.findall(r"^\| (\d+) \| (\d+) \|", plan["Run"].text, re.MULTILINE)[1:]  # the first row is the heads
    return sum(int(row[column]) for row in rows)


def _exercises(lesson):
    cells = {
        found[1]: "home" in lessons.tags(cell)
        for cell in lesson.cells.values()
        if (found := re.search(r"""\bcheck\(["'](\d\.[1-9])["']""", lessons.source(cell)))
    }
    return [
        {
            "number": number,
            "home": home,
            "trains": questions()[number].trains,
            "answer": paper.answer(number),
            "code": _short_code(number),
            "slip": paper.slips(number)[0][1],
            "slips": paper.slips(number),
            "why": questions()[number].why,
            "on_paper": paper.sheet_of(number) if number in paper.ON_PAPER[lesson.number] else 0,
        }
        for number, home in cells.items()
    ]


def _short_code(number):
    return (
        "as the answer"
        if questions()[number].kind in ("labels", "choice")
        else solution_code(number).replace("\n", "; ")
    )


def _dated(lesson):
    """What may have changed since: the tables of the lesson by their dates and, by case, statuses that are open."""
    text = "\n".join(lessons.source(cell) for cell in lesson.cells.values() if cell["cell_type"] == "code")
    names = [name for name in tables.names() if re.search(rf'load\("{name}"\)|"{name}"[,\]]', text)]
    dates = [(tables.describe(name)["asOf"], f"table {name}") for name in names]
    if "officials_cases" in names:
        cases = tables.load("officials_cases").drop_duplicates("case_id", keep="last")
        pending = cases[cases["outcome"] == "pending"]
        dates += [
            (str(date), f"case {case}, pending") for date, case in zip(pending["status_as_of"], pending["case_id"])
        ]
    return sorted(dates)


def _front():
    text = (HERE / "front.md").read_text(encoding="utf-8")
    return re.sub(r"(?m)^(#+) ", r"#\1 ", text.split("\n", 1)[1])


def _sheets(one):
    """The two sheets of a lesson: name of the file to its text.

    They are two files, since the second is handed out after the charts.
    """
    lesson, name = one["lesson"], one["lesson"].path.stem
    claim = "\n\n".join(_text_of(lesson.cells[cell]) for cell in CLAIM.get(lesson.number, ("the-claim",)))
    exercises = {
        sheet: [_on_paper(lesson, one) for one in paper.ON_PAPER[lesson.number] if paper.sheet_of(one) == sheet]
        for sheet in (1, 2)
    }
    return {
        f"handouts/{name}_sheet_1.html": _render(
            "sheet_1",
            f"{lesson.number} {lesson.title}: sheet 1",
            lesson=lesson,
            votes=one["sheet"],
            claim=claim,
            beside=one["beside"],
            exercises=exercises[1],
        ),
        f"handouts/{name}_sheet_2.html": _render(
            "sheet_2",
            f"{lesson.number} {lesson.title}: sheet 2",
            lesson=lesson,
            exercises=exercises[2],
            tables=_tables(lesson),
            questions=one["plan"]["Questions on the data"].text,
            ticket=one["plan"]["Exit ticket"].text.split(" Right enough:")[0],
        ),
    }


def _text_of(cell):
    """The text of a cell without its heading, and without a sentence that points to an output below it."""
    text = re.sub(r"^## .*\n", "", lessons.source(cell)).strip()
    return re.sub(r" ?Here (?:is|are) [^.]*\.", "", text)


def _on_paper(lesson, number):
    heads, rows = paper.rows(number)
    if number in paper.ALOUD:
        text = f"**Exercise {number}.** *It is shown, or read aloud, after the last vote.*"
        return {"text": text, "heads": heads, "rows": rows, "narrow": False}
    return {
        "text": "\n\n".join(filter(None, [paper.before(lesson, number), paper.question(lesson, number)])),
        "heads": heads,
        "rows": rows,
        "narrow": bool(rows) and max(len(row[0]) for row in rows) < 42,
    }


def _tables(lesson):
    text = "\n".join(
        lessons.source(cell)
        for cell in lesson.cells.values()
        if cell["cell_type"] == "code" and "home" not in lessons.tags(cell)
    )
    names = [name for name in tables.names() if f'load("{name}")' in text]
    return [
        {
            "name": name,
            "unit": tables.describe(name)["unit"],
            "who": tables.source_line(name),
            "when": tables.describe(name)["asOfText"],
        }
        for name in names
    ]


def _negotiation(known):
    parts, sides = plans.read(HERE / "negotiation.md"), negotiation.sides()
    issues = {issue: _options(part.text) for issue, part in parts["Issues"].parts.items()}
    titles = {name: _titled(part.text) for group in ("Issues", "Roles") for name, part in parts[group].parts.items()}
    roles = [_role(side, *titles[name], issues, titles) for name, side in sides.items()]
    common = [known[name] for name in facts.COMMON]
    rows = [{"text": fact.text, "what": fact.what, "where": ", ".join(fact.tables)} for fact in common]
    dates = {name: tables.describe(name)["asOfText"] for fact in common for name in fact.tables}
    points = [
        {"words": words, "points": [side.points[issue][option] for side in sides.values()]}
        for issue, options in issues.items()
        for option, words in options.items()
    ]
    table = list(sides.values())
    return _render(
        "negotiation",
        "One page by Thursday: a negotiation",
        parts=parts,
        common=plans.fill(parts["Common facts"].text, None, known),
        roles=roles,
        facts=rows,
        dates=list(dates.items()),
        all_points=points,
        possible=len(negotiation.packages(table)),
        good=len(negotiation.agreements(table)),
        good_small=len(negotiation.agreements([sides[name] for name in negotiation.SMALL])),
    )


def _role(side, title, text, issues, titles):
    """What stands on the sheet of one side."""
    options = {
        issue: [
            {"words": words, "points": side.points[issue][option], "red": (issue, option) in side.red_lines}
            for option, words in choices.items()
        ]
        for issue, choices in issues.items()
    }
    rows = [{"title": titles[issue][0], "options": choices} for issue, choices in options.items()]
    short = re.sub(r" \([^)]*\)", "", title).split(",")[0]
    return {"name": side.name, "title": title, "short": short, "text": text, "no_deal": side.no_deal, "issues": rows}


def _options(text):
    return dict(re.findall(r"(?m)^(\w+): (.+)$", re.sub(r"(?m)^Title: .+$", "", text)))


def _titled(text):
    return re.search(r"(?m)^Title: (.+)$", text)[1], re.sub(r"(?m)^Title: .+\n?", "", text).strip()


def _samples(found):
    read = [samples.read(name) for name in samples.NAMES]
    rows = [
        {
            **sample,
            "total": sum(points for _, points, _ in sample["marks"]),
            "body": Markup(_body(samples.page(sample, found))),
        }
        for sample in read
    ]
    return _render("samples", "Three briefs to mark", samples=rows, rubric=brief.RUBRIC, brief_css=brief.STYLE)


def _body(page):
    inner = re.search(r"<main>(.*)</main>", page, re.DOTALL)[1]
    inner = re.sub(r"Written on [^<]*? with the course", "Written with the course", inner, count=1)
    return re.sub(r"<(/?)h([12])\b", lambda head: f"<{head[1]}h{int(head[2]) + 1}", inner)


def _terms(found):
    return [[one.number, *(re.sub(r"[*`]", "", text) for text in term)] for one in found for term in one.terms]


def _csv(heads, rows):
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows([heads, *rows])
    return "\ufeff" + file.getvalue()  # with the mark by which spreadsheets know UTF-8


# --- rendering ------------------------------------------------------------------------------------------------------

_MARKDOWN = mistune.create_markdown(escape=True, plugins=["table"])


def markdown(text: str) -> Markup:
    """Markdown as HTML; headings of columns are marked as such."""
    return Markup(_MARKDOWN(text).replace("<th>", '<th scope="col">').replace("<th style=", '<th scope="col" style='))


def line(text: str) -> Markup:
    """Markdown of one paragraph as HTML without its paragraph."""
    return Markup(re.sub(r"^<p>|</p>\s*$", "", _MARKDOWN(" ".join(text.split())).strip()).replace("</p>\n<p>", " "))


def picture(svg: str) -> str:
    """An SVG as an address that needs no file."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@cache
def _room():
    """Where the templates are: one, so that each is compiled once."""
    room = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    room.filters |= {"markdown": markdown, "line": line, "picture": picture}
    return room


def _render(template, title, **more):
    css = (HERE / "templates/style.css").read_text(encoding="utf-8")
    return _room().get_template(f"{template}.html.j2").render(title=title, css=Markup(css), **more)


# --- writing --------------------------------------------------------------------------------------------------------


def write(folder: Path, pdf: bool = True) -> str:
    """Write the kit into a folder and return what was written, in a sentence or two.

    Raises ValueError where the folder holds other things.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir()) and not _is_kit(folder)):
        raise ValueError(f"{folder} holds other things. Name a new folder, or an empty one.")
    files = pages()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None) if pdf else None
    pdfs = [name for name in files if name.endswith(".html")] if browser else []
    how = (
        "Each page has its PDF beside it."
        if browser
        else "The pages are ready to print: open one and use the browser's print command."
    )
    files["index.html"] = _index(files, bool(browser), how)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")
    failed = [name for name in pdfs if not print_page(browser, folder / name)]
    told = f"{len(files)} files in {folder}: begin with index.html."
    if failed:
        return f"{told} No PDF came of {', '.join(failed)}; print these from the browser."
    return (
        f"{told} PDFs by {Path(browser).name}: {len(pdfs)}."
        if browser
        else f"{told} No PDFs{'' if not pdf else ' (no Chromium was found)'}: the pages are ready to print."
    )


def _is_kit(folder):
    index = folder / "index.html"
    return index.exists() and MARK in index.read_text(encoding="utf-8", errors="replace").replace("&#39;", "'")


def print_page(browser: str, page: Path) -> bool:
    """Print a page to a PDF beside it with Chromium; True if it came."""
    pdf = page.with_suffix(".pdf")
    with tempfile.TemporaryDirectory() as profile:
        try:
            subprocess.run(
                [
                    browser,
                    "--headless",
                    "--disable-gpu",
                    "--no-sandbox",
                    f"--user-data-dir={profile}",
                    "--disable-background-networking",
                    "--no-pdf-header-footer",
                    "--generate-pdf-document-outline",
                    f"--print-to-pdf={pdf}",
                    page.resolve().as_uri(),
                ],
                capture_output=True,
                timeout=120,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return pdf.exists()


PIECES = {
    "guide.html": "for each lesson a plan, votes and what they reveal, exercises, exit ticket; before them the front",
    "key.html": "the answers; not for the class",
    "samples.html": "with our marks, to agree on marks with a colleague",
    "negotiation.html": "rules, common facts, six confidential sheets, the annex, the debrief",
    "terms.csv": "English and Spanish, for flash cards",
    "key_points.csv": "one line each",
}


def _index(files, pdf, how):
    def beside(name):
        return name.replace(".html", ".pdf") if pdf and name.endswith(".html") else ""

    def sheets(deck):
        names = [f"handouts/{Path(deck).stem}_sheet_{number}.html" for number in (1, 2)]
        return [(number, name, beside(name)) for number, name in enumerate(names, 1)]

    def name_of(piece):
        return _title(files[piece]) if piece.endswith(".html") else Path(piece).stem.replace("_", " ").capitalize()

    decks = sorted(name for name in files if name.startswith("slides/"))
    rows = [
        {
            "name": name_of(deck).removesuffix(": slides"),
            "slides": deck,
            "slides_pdf": beside(deck),
            "sheets": sheets(deck),
        }
        for deck in decks
    ]
    pieces = [
        {"file": piece, "name": name_of(piece), "what": what, "pdf": beside(piece)} for piece, what in PIECES.items()
    ]
    return _render("index", "The teacher's kit", rows=rows, pieces=pieces, how=how, first=rows[1])


def _title(page):
    return html.unescape(re.search(r"<title>(.*?)</title>", page)[1])
