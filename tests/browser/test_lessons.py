"""Every lesson in JupyterLab, as stored and after Run All, in light and in dark: what a person sees."""
import io
import json
import re
from pathlib import Path

import pytest
from lab import look
from PIL import Image, ImageChops, ImageFilter, ImageStat

HERE = Path(__file__).resolve().parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
BOTH = pytest.mark.parametrize("theme", ["Light", "Dark"])

# What JupyterLab and ipywidgets do by themselves to what stands in an output, and a lesson cannot change.
NOT_OURS = {
    "scrollable-region-focusable",      # a wide table lies in a box of JupyterLab that scrolls
    "landmark-unique", "region",        # where JupyterLab puts outputs on its page
}


def reveals(desk, lesson):
    stored = json.loads((desk.top / "notebooks" / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    return [cell["id"] for cell in stored["cells"] if "reveal" in cell["metadata"].get("tags", ())]


def axe_faults(desk):
    """What axe-core finds in the outputs, serious or worse: rule, how many, and the first place."""
    if not desk.page.evaluate("window.axe !== undefined"):
        desk.page.add_script_tag(path=AXE)
    found = desk.page.evaluate("""() => axe.run({include: [['.jp-Notebook .jp-OutputArea-output']]}, {resultTypes: ['violations']})
        .then(result => result.violations.map(rule => [rule.id, rule.impact, rule.nodes.length, rule.nodes[0].html.slice(0, 200)]))""")
    return [fault for fault in found if fault[1] in ("serious", "critical") and fault[0] not in NOT_OURS]


def appearance(desk, lesson, theme):
    desk.theme(theme)
    faults = {what: look(desk, what) for what in ("errors", "pictures", "tables", "sideways", "pale")}
    faults["axe"] = axe_faults(desk)
    assert {what: found for what, found in faults.items() if found} == {}


@BOTH
def test_as_stored(desk, lesson, theme):
    appearance(desk, lesson, theme)


def test_what_answers_a_prediction_is_closed_and_says_how_to_open_it(desk, lesson):
    """A sentence of at most 55 letters: a longer one is cut off at 150 per cent."""
    words = look(desk, "closed")
    assert len(words) == len(reveals(desk, lesson)) > 0
    assert [word for word in words if re.search(r"[<>]", word) or not re.fullmatch(r"[A-Z].{20,53}\.", word)] == []
    assert [word for word in words if "click" not in word or "Shift+Enter" not in word] == []


def test_opening_and_saving_changes_nothing(desk, lesson):
    path = desk.path(lesson)
    desk.save()
    assert path.read_bytes() == (desk.top / "notebooks" / path.name).read_bytes()


def test_a_closed_output_opens_by_keyboard(desk, lesson):
    before = len(look(desk, "closed"))
    desk.page.evaluate("""id => { const book = window.look.panel().content;
        book.activeCellIndex = book.widgets.findIndex(cell => cell.model.id === id); book.mode = 'command'; book.activate();
        book.activeCell.node.focus(); }""", reveals(desk, lesson)[0])
    desk.page.keyboard.press("o")
    desk.settle()
    assert len(look(desk, "closed")) == before - 1
    desk.command("notebook:hide-cell-outputs")


def test_at_150_per_cent_no_code_scrolls_sideways(desk, lesson):
    desk.page.set_viewport_size({"width": 853, "height": 600})
    try:
        desk.settle()
        assert look(desk, "sideways") == [] and look(desk, "pictures") == []
    finally:
        desk.page.set_viewport_size({"width": 1280, "height": 900})
        desk.settle()


@BOTH
def test_after_run_all(desk, lesson, theme):
    if theme == "Light":
        desk.theme(theme)
        desk.run_all()
        counts = look(desk, "counts")
        assert counts == list(range(1, len(counts) + 1))
    appearance(desk, lesson, theme)


def test_the_first_chart_and_its_code_look_as_they_did(desk, lesson, request):
    """Compared small and blurred: a moved label passes, a broken layout does not."""
    desk.theme("Light")
    cell = desk.page.locator(".jp-Notebook:visible .jp-CodeCell", has=desk.page.locator("figure img")).first
    now = Image.open(io.BytesIO(cell.screenshot())).convert("L")
    now = now.resize((160, round(160 * now.height / now.width)), Image.Resampling.BOX)
    stored = HERE / "pictures" / f"{lesson}.png"
    if request.config.getoption("--renew"):
        now.save(stored, optimize=True)
    before = Image.open(stored)
    assert abs(now.height - before.height) <= 0.08 * before.height, f"{before.size} became {now.size}"
    difference = ImageChops.difference(*(one.resize(before.size).filter(ImageFilter.GaussianBlur(3)) for one in (now, before)))
    assert ImageStat.Stat(difference).mean[0] < 4, "the first chart looks otherwise: look at it, then run with --renew"


def test_after_run_all_it_is_saved_in_the_form_of_the_lessons(desk, lesson):
    """Read again without a kernel, a learner's copy shows the picture of each control, and no trace of this machine."""
    desk.save()
    saved = json.loads(desk.path(lesson).read_text(encoding="utf-8"))
    assert saved["metadata"]["language_info"] == {"name": "python"} and "widgets" not in saved["metadata"]
    forms = [form for cell in saved["cells"] for output in cell.get("outputs", ()) for form in output.get("data", ())]
    assert forms and not [form for form in forms if "widget" in form]
