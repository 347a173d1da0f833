"""The reading edition: every lesson a page with its stored outputs, made by Sphinx; whole without scripts."""
import html
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

import programs
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from takeaways import solution, tables
from takeaways.exercises.asking import find
from takeaways.publishing import CLOSED, GUARD

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
NOTEBOOKS = TOP / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("0*.ipynb"))
CHECKED = re.compile(r'\bcheck\("(\d\.\d)"')
FRONT = ("00_start_here", "overdose-chart")     # the lesson and the cell of the chart on the front page
PREDICTED = "Write down your prediction, then open the answer"
ALONE = re.compile(r"^\| \*\*If it came alone.*\n|^# Red text, .*If it came alone.*\n", re.MULTILINE)   # not so here
LIVE = ('<p class="not-live">Here a control answers your own choices, in the <a href="{address}">live edition</a>. '
        'Below stands its first answer.</p>')


def build(out: Path, edition: dict):
    """Write the pages into a folder. edition: what tells this edition from another (see building.py)."""
    with tempfile.TemporaryDirectory(prefix="pages-", dir=out.parent) as scratch:
        source = Path(scratch) / "source"
        shutil.copytree(HERE / "pages", source)
        for lesson in LESSONS:
            (source / lesson.name).write_text(json.dumps(page_of(lesson)), encoding="utf-8")
        lay_home(source, edition)
        lay_revision(source)
        lay_data(source)
        run_sphinx(source, out)
    shutil.copytree(TOP / "data", out / "data" / "tables", ignore=all_but_tables)
    lay_missing(out)
    (out / ".nojekyll").touch()     # or GitHub's own host would leave out folders that begin with _
    shutil.copy(HERE / "pages" / "_headers", out)


def run_sphinx(source, out):
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", source, out]
    programs.run(command, "The pages could not be made. Sphinx says:")
    for name in (".doctrees", ".buildinfo", "_sources", "objects.inv", "_static/webpack-macros.html"):
        path = out / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for page in out.rglob("*.html"):    # the words of the summary are its name; myst-nb gives it another
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace('<summary aria-label="Toggle hidden content">', "<summary>"), encoding="utf-8")


def all_but_tables(_, names):
    return [name for name in names if not name.endswith((".csv", "datapackage.json"))]


# --- lessons --------------------------------------------------------------------------------------------------------

def page_of(lesson: Path) -> dict:
    """A lesson as a notebook to be read: answers closed, help folded below its exercise, controls
    told where they are live.
    """
    notebook = json.loads(lesson.read_text(encoding="utf-8"))
    cells = []
    for cell in notebook["cells"]:
        source = cell["source"] = ALONE.sub("", "".join(cell["source"])).replace("](../notebooks/", "](")
        cells.append(cell)
        if cell["cell_type"] != "code":
            continue
        close_answer(cell)
        for output in cell["outputs"]:
            make_readable(output, lesson.stem)
        for number in CHECKED.findall(source):
            cell["outputs"] = []        # it would say that nothing is answered yet
            if help_text := help_with(number):
                cells.append({"cell_type": "markdown", "id": f"help-{number.replace('.', '-')}", "metadata": {},
                              "source": help_text})
    notebook["cells"] = cells
    return notebook


def close_answer(cell):
    """What answers a prediction stands in a <details>, which needs no script."""
    metadata = cell["metadata"]
    if metadata.pop("jupyter", {}).get("outputs_hidden"):
        metadata["tags"] = [*metadata.get("tags", ()), "hide-output"]
        metadata["mystnb"] = {"code_prompt_show": PREDICTED, "code_prompt_hide": PREDICTED}


def make_readable(output, stem):
    """Of the two forms of an output the page; a table gets a box of its own, which scrolls where a screen is narrow."""
    forms = output.get("data", {})
    if "text/html" not in forms:
        return
    page = "".join(forms["text/html"]).removeprefix(CLOSED).removeprefix(GUARD)
    if "takeaways-asleep" in page:
        page = LIVE.format(address=live_address(stem))
    forms["text/html"] = in_boxes(page)


def in_boxes(page):
    """A chart gets a box too, in which it grows when a phone's reader taps it."""
    page = re.sub(r"<img\b[^>]*>", r'<div class="chart" tabindex="0">\g<0></div>', page)
    return re.sub(r"<table\b.*?</table>", r'<div class="wide" tabindex="0">\g<0></div>', page, flags=re.DOTALL)


def live_address(stem):
    return f"live/notebooks/index.html?path=my_work/{stem}.ipynb"


def help_with(number):
    """The hints and the solution of an exercise as Markdown, each closed; nothing for a guess or a vote."""
    question = find(number)
    if question.kind in ("guess", "vote"):
        return ""
    parts = [folded(f"Hint {level} for exercise {number}", hint) for level, hint in enumerate(question.hints, 1)]
    InteractiveShell.instance()     # what a solution displays is caught as in a notebook
    with capture_output() as shown:
        solution(number)
    return "\n\n".join([*parts, folded(f"Solution of exercise {number}", shown.outputs[0].data["text/markdown"])])


def folded(summary, text):
    return f'<details class="help"><summary>{html.escape(summary)}</summary>\n\n{text}\n\n</details>'


# --- the other pages ------------------------------------------------------------------------------------------------

def lay_home(source, edition):
    """The front page and the list of lessons; what is said of each lesson is what README.md says."""
    cards = "\n".join(card(*row) for row in lessons_in_readme())
    for name in ("index.md", "lessons.md"):
        text = (source / name).read_text(encoding="utf-8")
        for place, words in (("{{cards}}", cards), ("{{date}}", edition["date"]), ("{{chart}}", front_chart())):
            text = text.replace(place, words)
        (source / name).write_text(text, encoding="utf-8")


def lay_missing(out):
    """The page that a host shows where there is none; apart from the book, whose pages know where they lie."""
    rows = "\n".join(f'<li><span>{stem[:2]}</span><a href="{stem}.html">{title}</a></li>'
                     for title, stem, *_ in lessons_in_readme())
    text = (HERE / "pages" / "404.html").read_text(encoding="utf-8").replace("{{lessons}}", rows)
    (out / "404.html").write_text(text, encoding="utf-8")


def front_chart():
    """A chart for the front page, with its words and its source: one that answers no prediction."""
    cells = json.loads((NOTEBOOKS / f"{FRONT[0]}.ipynb").read_text(encoding="utf-8"))["cells"]
    page = next("".join(output["data"]["text/html"]) for cell in cells if cell["id"] == FRONT[1]
                for output in cell["outputs"])
    image, caption = re.search(r"<img .*?>", page)[0], re.search(r"<figcaption[^>]*>(.*?)</figcaption>", page)[1]
    return (f'<figure>{in_boxes(image)}<figcaption>{caption} From <a href="{FRONT[0]}.html">lesson '
            f'{FRONT[0][:2]}</a>.</figcaption></figure>')


def lessons_in_readme():
    """The rows of the table of lessons in README.md: (file, title, minutes, question, skill)."""
    text = (TOP / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^\| \[\d\d ([^]]+)\]\(notebooks/(\w+)\.ipynb\) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", text,
                      flags=re.MULTILINE)


def card(title, stem, minutes, question, skill):
    in_class, at_home = minutes.split(", ")
    return (f'<li class="lesson"><p class="number">{stem[:2]}</p><h3><a href="{stem}.html">{title}</a></h3>'
            f'<p class="question">{question}</p>'
            f'<p class="skill">{skill}</p><p class="ways">{in_class} minutes, {at_home.strip()} at home &nbsp;·&nbsp; '
            f'<a href="{stem}.html">Read<span class="unseen"> lesson {stem[:2]}</span></a> &nbsp;·&nbsp; '
            f'<a href="{live_address(stem)}">Run<span class="unseen"> lesson {stem[:2]}</span></a></p></li>')


def lay_revision(source):
    """The revision page, and its list of terms once more as a page of its own."""
    text = (NOTEBOOKS / "revision.md").read_text(encoding="utf-8").replace("](../data/cards/", "](data/")
    text = text.replace("Made from the lessons and the tables by `python3 figures`; do not edit it by hand.\n", "")
    (source / "revision.md").write_text(text, encoding="utf-8")
    terms = re.search(r"^## Terms, English and Spanish\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    (source / "terms.md").write_text(f"# Terms, English and Spanish\n{terms[1]}", encoding="utf-8")


def lay_data(source):
    """A page for each data card, with its table to download, and a list of them."""
    folder = source / "data"
    folder.mkdir()
    rows = []
    for name in tables.names():
        described = tables.describe(name)
        text = (TOP / "data" / described["card"]).read_text(encoding="utf-8").rstrip()
        link = f'<p><a class="download" download href="tables/{described["path"]}">Download the table as CSV</a></p>'
        (folder / f"{name}.md").write_text(f"{text}\n\n{link}\n", encoding="utf-8")
        may_break = name.replace("_", "_<wbr>")     # or the names leave a phone no room for the rest
        rows.append(f"| [{may_break}]({name}.md) | {described['title']} | {described['asOfText']} |")
    toctree = "\n".join(["```{toctree}", ":hidden:", "", *tables.names(), "```"])
    (folder / "index.md").write_text("\n".join([
        "# Data", "", "Every table of the course has a card: who counts and why, what is missing, how uncertain it is, "
                      "and what it must not be "
        "used for.", "", "| table | one row is | as of |", "| --- | --- | --- |", *rows, "", toctree, ""]),
        encoding="utf-8")
