"""The interactive questions: by keyboard, by ear, in light and in dark, and when much is changed at once."""
import io
import random
import time

import pytest
from conftest import ASKING
from lab import look
from PIL import Image

# What the kernel has: the choices of the controls, and the pages of the answer.
WIDGETS = "__import__('ipywidgets').widgets.widget._instances.values()"
CHOICES = f"[one.label for one in {WIDGETS} if type(one).__name__ == 'Dropdown']"
PAGES = f"[one.value for one in {WIDGETS} if type(one).__name__ == 'HTML']"


# What they would do, did they reach it: insert, delete, cut, undo, turn, merge, select, run cells, move between them.
NOT_FOR_THE_NOTEBOOK = """a b d d c x v z y m r k j l o i i h 0 0 1 Home End PageUp PageDown ArrowLeft ArrowRight Delete F2
    Control+a Control+x Control+v Control+z Control+Shift+z Control+Enter Alt+Enter Shift+m Shift+ArrowDown
    Control+Shift+Minus Control+Shift+ArrowDown Enter Escape Shift+Enter Escape""".split()


@pytest.fixture(scope="module", params=ASKING)
def question(request, desk):
    """Each lesson with a question, opened, and only the question run."""
    desk.theme("Light")
    desk.open(request.param)
    desk.run_question()
    yield request.param
    desk.close()


def until(desk, what, wanted, seconds=5):
    """Wait until a look gives what is wanted; returns what it gave last."""
    end = time.monotonic() + seconds
    while not wanted(found := look(desk, what)) and time.monotonic() < end:
        desk.page.wait_for_timeout(30)
    return found


def not_as_in_the_kernel(desk):
    """What is shown and is not what the kernel has: of the choices, and of the answer to them.

    The question that was run last is the one that is shown: its widgets are the newest.
    """
    chosen, pages = look(desk, "chosen"), look(desk, "pages")
    kept = [" ".join(words.replace("\u200b", "").split()) for words in desk.ask_kernel(CHOICES)][-len(chosen):]
    kept += look(desk, "wordsOf", desk.ask_kernel(PAGES))[-len(pages):]
    return [pair for pair in zip(chosen + pages, kept, strict=True) if len(set(pair)) > 1]


def agree(desk, seconds=30):
    """Wait until what is shown is what the kernel has, and stays so; returns after how many seconds that was."""
    begin = time.monotonic()
    since = None
    while time.monotonic() < begin + seconds:
        if not_as_in_the_kernel(desk):      # answered after all that waits in the kernel
            since = None
        elif since and time.monotonic() > since + 0.3:
            return since - begin
        else:
            since = since or time.monotonic()
        desk.page.wait_for_timeout(50)
    raise AssertionError(f"shown, but not in the kernel: {not_as_in_the_kernel(desk)}")


def test_every_control_is_reached_by_tab_and_chooses_by_letter_arrow_and_list(desk, question):
    look(desk, "enter")
    before = look(desk, "state")
    for number in range(len(look(desk, "choices"))):
        if number:
            desk.page.keyboard.press("Tab")
        assert look(desk, "focused") == number, f"Tab does not lead to control {number}"
        options = look(desk, "choices")[number]
        following = options[(options.index(look(desk, "chosen")[number]) + 1) % len(options)]
        assert chooses(desk, number, following[0]).startswith(following[0])
        back = "ArrowUp" if look(desk, "chosen")[number] != look(desk, "choices")[number][0] else "ArrowDown"
        chooses(desk, number, back)
        chooses(desk, number, "Space", {"ArrowUp": "ArrowDown", "ArrowDown": "ArrowUp"}[back], "Enter")
        desk.page.keyboard.press("Escape")      # on a busy machine the list closes late, and Tab would only close it
        assert look(desk, "focused") == number, f"Escape leads away from control {number}"
    agree(desk)
    assert look(desk, "state") == before


def test_no_key_reaches_the_notebook(desk, question):
    """Not even from command mode: its cells, their count and their mode stay. Ctrl+S alone gets through, and saves.

    A cell is added before, so that there is something to undo.
    """
    look(desk, "enter")
    desk.command("notebook:insert-cell-below")
    look(desk, "enter")
    before = look(desk, "state")
    for number in range(len(look(desk, "choices"))):
        look(desk, "enter", number)
        for key in NOT_FOR_THE_NOTEBOOK:
            desk.page.keyboard.press(key)
        assert look(desk, "focused") == number, f"a key leads away from control {number}"
        assert look(desk, "state") == before, f"a key on control {number} reached the notebook"
    agree(desk)
    assert desk.page.evaluate("getSelection().toString()") == ""
    desk.page.keyboard.press("Control+s")
    assert until(desk, "dirty", lambda dirty: not dirty) is False
    desk.command("notebook:undo-cell-action")


def chooses(desk, number, *keys):
    """Press keys on the control that has the focus: choice and answer are others then. Returns the choice."""
    old, answer = look(desk, "chosen")[number], look(desk, "answer")
    for key in keys:
        desk.page.keyboard.press(key)
        if len(keys) > 1:
            desk.page.wait_for_timeout(60)      # a list takes a moment to open
    new = until(desk, "chosen", lambda chosen: chosen[number] != old, 2)[number]
    assert new != old, f"{' '.join(keys)} on control {number} chooses nothing"
    assert until(desk, "answer", lambda now: now != answer) != answer, f"{' '.join(keys)} on {number}: old answer"
    desk.ask_kernel("0")
    return new


def accessible(desk, role):
    """What a screen reader is told of all that has one role in the question: name, value, whether changes are said."""
    whole = desk.page.context.new_cdp_session(desk.page)
    document = whole.send("DOM.getDocument")["root"]["nodeId"]
    desk.page.evaluate("window.look.within('.widget-vbox')[0].id = 'the-question'")
    box = whole.send("DOM.querySelector", {"nodeId": document, "selector": "#the-question"})["nodeId"]
    found = whole.send("Accessibility.queryAXTree", {"nodeId": box, "role": role})["nodes"]
    whole.detach()
    return [{"name": one["name"].get("value", ""), "value": one.get("value", {}).get("value"),
             **{more["name"]: more["value"].get("value") for more in one["properties"]}} for one in found]


def test_a_screen_reader_hears_names_values_and_each_new_answer(desk, question):
    agree(desk)
    names = desk.page.evaluate("window.look.within('.widget-dropdown .widget-label').map(node => node.textContent)")
    heard = accessible(desk, "combobox")
    assert [one["name"] for one in heard] == names and len(set(names)) == len(names) and all(names)
    assert [" ".join(one["value"].replace("\u200b", "").split()) for one in heard] == look(desk, "chosen")
    assert all(one["focusable"] for one in heard)
    (status,) = accessible(desk, "status")
    assert status["live"] == "polite" and status["atomic"]
    before = look(desk, "said")
    look(desk, "enter")
    chooses(desk, 0, "ArrowUp" if look(desk, "chosen")[0] != look(desk, "choices")[0][0] else "ArrowDown")
    agree(desk)
    said = look(desk, "said")
    assert said != before and len(said) > 20 and look(desk, "finding") in said      # what stands over the chart
    assert len(accessible(desk, "status")) == 1                                     # the same place, still there


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_lines_of_the_controls_stand_out(desk, question, theme):
    """Border, focus and arrow at least 3:1. The arrow is read from the screen: it is a background."""
    desk.theme(theme)
    assert look(desk, "paleLines") == []
    cell = desk.page.locator(".jp-Notebook:visible .jp-CodeCell", has=desk.page.locator(".widget-dropdown"))
    seen = grey(cell.locator("select").first)
    arrow = seen.crop((seen.width - 20, seen.height // 2 - 6, seen.width - 4, seen.height // 2 + 6))
    assert look(desk, "ratio", *([shade] * 3 for shade in arrow.getextrema())) > 3
    if look(desk, "shows")[2]:
        assert grey(cell.locator("figure img")).crop((2, 2, 9, 9)).getextrema()[0] > 250, "no white ground"


def test_with_forced_colours_the_focus_is_seen(desk, question):
    desk.page.emulate_media(forced_colors="active")
    try:
        look(desk, "enter")
        style, width, ratio = look(desk, "outline")
        assert style == "solid" and width == "2px" and ratio > 3
        assert look(desk, "sideways") == [] and look(desk, "pictures") == []
    finally:
        desk.page.emulate_media(forced_colors="none")


def grey(part):
    return Image.open(io.BytesIO(part.screenshot())).convert("L")


def test_after_a_held_key_the_newest_choice_is_answered_soon(desk, question):
    """A held key takes 30 steps a second; what it passes need not be drawn, and does not keep the last one waiting."""
    choices = look(desk, "choices")
    longest = max(range(len(choices)), key=lambda number: len(choices[number]))
    look(desk, "enter", longest)
    begin = time.monotonic()
    chooses(desk, longest, "ArrowUp" if look(desk, "chosen")[longest] != choices[longest][0] else "ArrowDown")
    one = time.monotonic() - begin
    for key in ("ArrowUp", "ArrowDown"):
        for _ in range(30):
            desk.page.keyboard.down(key)
            desk.page.wait_for_timeout(20)
        desk.page.keyboard.up(key)
        assert agree(desk) < 4 * one + 0.5
        options = look(desk, "choices")[longest]
        assert look(desk, "chosen")[longest] == options[0 if key == "ArrowUp" else min(30, len(options) - 1)]


def test_choices_that_come_before_the_answer_to_the_last_agree_in_the_end(desk, question):
    """Each control at once, from the lists as they are: the answer to one may make the list of another shorter.

    In the last round each asks for the last of its list, which is the first to be gone.
    """
    luck = random.Random(7)
    for last in (False, True):
        for _ in range(3):      # quicker than any answer
            parts = [0.999 if last else luck.random() for _ in look(desk, "choices")]
            desk.page.evaluate("""parts => window.look.fields().forEach((field, number) => {
                field.selectedIndex = Math.floor(parts[number] * field.options.length);
                field.dispatchEvent(new Event('change', {bubbles: true})); })""", parts)
        agree(desk)
    assert all(look(desk, "chosen"))
