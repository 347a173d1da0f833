"""What strict nbval does not see by itself: that the lessons are stored as they should be, and stay easy to read."""
import base64
import json
import re

import pytest
import reading_time
from PIL import Image

from launcher.environment import NOTEBOOKS, TOP

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
CELLS = range(40, 66)       # cells of a lesson
LINES = 12                  # lines of a code cell, at most
WIDTH = 97                  # characters of a line of code, at most
WORDS_PER_LINE = 15         # words of prose for each line of code, at least
WORDS, CODE = 2600, 155     # words outside tables and lines of code of a lesson, at most
CLASS = 75                  # minutes of a class; the safe stop stands near 45
TAGS = {"reveal", "home", "safe-stop"}

every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)


def cells(lesson, kind=None):
    """The cells of a lesson, or those of one kind, with the number by which one counts them in JupyterLab."""
    found = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    return [(number, cell) for number, cell in enumerate(found, start=1) if kind in (None, cell["cell_type"])]


def source(cell):
    return "".join(cell["source"])


def lines(cell):
    return [line for line in source(cell).splitlines() if line.strip()]


def outputs(lesson):
    return [(number, output) for number, cell in cells(lesson, "code") for output in cell["outputs"]]


def is_revealing(cell):
    return "reveal" in cell["metadata"].get("tags", ())


def test_there_are_lessons():
    numbers = [lesson.name[:2] for lesson in LESSONS]
    assert numbers[:2] == ["00", "01"] and len(set(numbers)) == len(numbers)


@every_lesson
def test_every_code_cell_was_run_once_and_in_order(lesson):
    counts = [cell["execution_count"] for _, cell in cells(lesson, "code") if source(cell).strip()]
    assert counts == list(range(1, len(counts) + 1)), "run: python3 figures"


@every_lesson
def test_no_code_cell_is_empty(lesson):
    assert [number for number, cell in cells(lesson, "code") if not source(cell).strip()] == []


@every_lesson
def test_no_cell_ends_in_an_error_or_prints_a_warning(lesson):
    bad = [number for number, output in outputs(lesson) if output["output_type"] == "error" or output.get("name") == "stderr"]
    assert bad == []


@every_lesson
def test_nothing_is_hidden_from_strict_comparison(lesson):
    hiding = re.compile(r"#\s*(NBVAL_|PYTEST_VALIDATE)|\binteract\b|\bOutput\(|%%capture|\bclear_output\b")
    assert [number for number, cell in cells(lesson, "code") if hiding.search(source(cell))] == []
    tags = {tag for _, cell in cells(lesson) for tag in cell["metadata"].get("tags", ())}
    assert tags <= TAGS, "a tag such as nbval-ignore-output would take a cell out of the comparison"


@every_lesson
def test_no_live_control_is_stored(lesson):
    assert "widgets" not in json.loads(lesson.read_text(encoding="utf-8"))["metadata"]
    assert [number for number, output in outputs(lesson) if any("widget" in form for form in output.get("data", ()))] == []


@every_lesson
def test_every_output_has_a_form_in_plain_text(lesson):
    displays = [(number, output["data"]) for number, output in outputs(lesson) if "data" in output]
    assert [number for number, data in displays if not "".join(data.get("text/plain", "")).strip()] == []
    bare = [number for number, data in displays if any(form.startswith("image/") for form in data)]
    assert bare == [], "publish(fig, ...) shows a chart with its words; a bare picture has none"


@every_lesson
def test_no_output_names_a_place_on_somebodys_computer(lesson):
    place = re.compile(r"/(home|root|work|tmp|Users|opt|usr)/|[A-Z]:\\\\|ipykernel_\d| at 0x[0-9a-f]{6}")
    pixels = re.compile(r"base64,[A-Za-z0-9+/=]+")
    assert [number for number, output in outputs(lesson) if place.search(pixels.sub("", json.dumps(output)))] == []


@every_lesson
def test_what_a_learner_should_predict_first_is_stored_collapsed(lesson):
    reveals = [(number, cell) for number, cell in cells(lesson, "code") if is_revealing(cell)]
    assert reveals, "no reveal in this lesson"
    assert [number for number, cell in reveals if not cell["metadata"].get("jupyter", {}).get("outputs_hidden")] == []
    assert [number for number, cell in reveals if not cell["outputs"]] == []


@every_lesson
def test_the_stored_form_is_the_one_that_gives_small_diffs(lesson):
    text = lesson.read_text(encoding="utf-8")
    notebook = json.loads(text)
    assert text == json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    assert notebook["metadata"]["language_info"]["name"] == "python"    # a plain Jupyter adds its version when it saves
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert [number for number, cell in cells(lesson) if "execution" in cell["metadata"]] == []
    names = [cell["id"] for _, cell in cells(lesson)]
    assert len(set(names)) == len(names)


@every_lesson
def test_a_closed_output_does_not_give_itself_away(lesson):
    """JupyterLab shows the first line of a closed output: it must be the sentence on how to open it, not the finding."""
    from takeaways.publishing import CLOSED, GUARD

    for number, cell in cells(lesson, "code"):
        if is_revealing(cell):
            assert "".join(cell["outputs"][0]["data"]["text/html"]).startswith(CLOSED + GUARD), number


@every_lesson
def test_code_cells_are_short(lesson):
    long = {number: len(source(cell).splitlines()) for number, cell in cells(lesson, "code")}
    assert {number: length for number, length in long.items() if length > LINES} == {}
    wide = [(number, line) for number, cell in cells(lesson, "code") for line in lines(cell) if len(line) > WIDTH]
    assert wide == []


@every_lesson
def test_a_lesson_is_mostly_prose(lesson):
    words = sum(len(source(cell).split()) for _, cell in cells(lesson, "markdown"))
    code = sum(not line.lstrip().startswith("#") for _, cell in cells(lesson, "code") for line in lines(cell))
    number = len(cells(lesson))
    print(f"{lesson.stem}: {number} cells, {words} words, {code} lines of code, {words / code:.1f} words a line")
    assert number in CELLS and words / code >= WORDS_PER_LINE
    prose = re.sub(r"^\|.*$", "", "\n".join(source(cell) for _, cell in cells(lesson, "markdown")), flags=re.MULTILINE)
    assert len(prose.split()) <= WORDS and code <= CODE


@every_lesson
def test_a_slow_reader_stays_within_the_minutes_stated(lesson):
    """The class path takes no longer than its sections say; a safe stop stands near 45 minutes; the rest is marked for home."""
    found, title = reading_time.read(lesson), source(cells(lesson)[0][1])
    in_class, at_home = map(int, re.search(r"About (\d+) minutes in class, and about (\d+) at home\.", title).groups())
    assert in_class <= CLASS and found["class"] <= in_class, found["class"]
    assert abs(found["home"] - at_home) <= 5, found["home"]
    stated = {heading: int(time) for time, heading in re.findall(r"^\| (\d+) \| (.+?) \|$", title, re.MULTILINE)}
    for heading, time in found["sections"].items():
        if heading in stated:
            assert time <= stated[heading] + 1, f"{heading}: {time:.1f} minutes"
        else:
            assert time <= 1.5, f"{heading} takes {time:.1f} minutes and has no place in the table of the first cell"
    assert found["stop"] and 36 <= found["stop"] <= 50, found["stop"]


def test_the_readme_gives_the_minutes_of_each_lesson():
    rows = dict(re.findall(r"\]\(notebooks/(0\d_\w+)\.ipynb\) \| (\d+, \d+) \|", (TOP / "README.md").read_text(encoding="utf-8")))
    titles = {lesson.stem: source(cells(lesson)[0][1]) for lesson in LESSONS}
    said = {name: ", ".join(re.search(r"About (\d+) minutes in class, and about (\d+) at home", text).groups()) for name, text in titles.items()}
    assert rows == said


@every_lesson
def test_what_goes_home_and_where_to_stop_is_said_in_place(lesson):
    before = ()
    for number, cell in cells(lesson):
        tags = cell["metadata"].get("tags", ())
        if "home" in tags and "home" not in before and cell["id"] not in reading_time.REFERENCE:
            assert cell["cell_type"] == "markdown" and "At home" in source(cell), f"cell {number} goes home without a word"
        if "safe-stop" in tags:
            assert "Safe stop" in source(cell), f"cell {number}"
        before = tags


@every_lesson
def test_code_is_read_with_the_learner(lesson):
    """Each lesson has one box on reading its code, of at most five new idioms."""
    boxes = [source(cell) for _, cell in cells(lesson, "markdown") if "**Reading the code**" in source(cell)]
    assert len(boxes) == 1 and 1 <= len(re.findall(r"^\s*- `|^\| `", boxes[0], re.MULTILINE)) <= 5


@every_lesson
def test_no_exotic_code(lesson):
    exotic = re.compile(r":=|\blambda\b.*\blambda\b|index\.names|\*\w+\[| \^ |\.pipe\(|\.query\(|pivot_table")
    assert [(number, line) for number, cell in cells(lesson, "code") for line in lines(cell) if exotic.search(line)] == []


def test_every_figure_belongs_to_a_lesson_and_every_lesson_has_its_figures():
    """A figure's name begins with the number of its lesson and stands in quotes where it is drawn."""
    code = [source(cell) for lesson in LESSONS for _, cell in cells(lesson, "code")]
    code += [file.read_text(encoding="utf-8") for file in (NOTEBOOKS / "takeaways" / "explore").glob("*.py")]
    numbers = "|".join(lesson.name[:2] for lesson in LESSONS)
    named = set(re.findall(rf'"((?:{numbers})_\w+)"', "\n".join(code)))
    for ending in ("png", "svg"):
        assert {file.stem for file in (TOP / "figures").glob(f"*.{ending}")} == named, "run: python3 figures"


@every_lesson
def test_the_picture_in_a_lesson_is_the_file_in_figures(lesson):
    """Byte for byte, under its own name: one drawing, embedded here and written there."""
    shown = []
    for number, cell in cells(lesson, "code"):
        pages = "".join("".join(output.get("data", {}).get("text/html", "")) for output in cell["outputs"])
        if pictures := re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", pages):
            (name,) = re.findall(rf'publish\(\w+, "({lesson.name[:2]}_\w+)"', source(cell)) or [f"{lesson.name[:2]}_question"]
            shown.append((number, base64.b64decode(*pictures) == (TOP / "figures" / f"{name}.png").read_bytes()))
    assert shown and [number for number, same in shown if not same] == [], "run: python3 figures"


@pytest.mark.parametrize("picture", sorted((TOP / "figures").glob("*.png")), ids=lambda path: path.stem)
def test_no_ink_touches_the_edge_of_a_picture(picture):
    """The outer two pixels are white: nothing is cut."""
    image = Image.open(picture).convert("L")
    width, height = image.size
    sides = {"top": (0, 0, width, 2), "bottom": (0, height - 2, width, height), "left": (0, 0, 2, height), "right": (width - 2, 0, width, height)}
    assert [side for side, box in sides.items() if image.crop(box).getextrema()[0] < 250] == []
