"""The same course in Firefox: pages to read, and one lesson whole, run and opened again."""
import pytest
from conftest import BEYOND
from firefox import DARK, LIGHT, PROGRAM, firefox
from live import Live, differences

pytestmark = pytest.mark.skipif(not PROGRAM, reason="no Firefox here (Debian: apt install firefox-esr)")


def seen(page):
    """What a page asked another host for, and what failed in a script.

    An icon of the tab that was still on its way when she reloaded is no fault, though Firefox tells of it.
    """
    elsewhere = [address for address in page.asked_for() if not address.startswith(("http://127.0.0.1", "data:", "blob:"))]
    return elsewhere + [fault for fault in page.faults() if "/favicons/" not in fault]


@pytest.mark.parametrize("scheme, name", [(LIGHT, "light"), (DARK, "dark")])
def test_pages_fit_a_phone(host, tmp_path, scheme, name):
    with firefox(tmp_path, scheme) as opened:
        page = opened(width=390, height=844)
        for path in ("index", "01_mistrust", "04_results", "data/events", "terms"):
            page.goto(f"{host.address}{path}.html")
            assert page.evaluate("document.documentElement.dataset.theme") == name
            assert page.evaluate("document.documentElement.scrollWidth") <= 390 and page.evaluate(BEYOND) == [], path
            assert page.evaluate("[...document.images].filter(one => one.complete && !one.naturalWidth).length") == 0
        assert len(page.asked_for()) > 20 and seen(page) == []


CONTROLS = "[...document.querySelectorAll('.widget-vbox select')]"
HEARD = "document.querySelector('.takeaways-heard')?.innerText"
CELLS = "window.jupyterapp.shell.currentWidget.content.widgets.length"
# The notebook may still be scrolling, and then takes the focus for a moment.
STAYS = f"""async () => {{ const [first] = {CONTROLS}; first.focus(); await new Promise(done => setTimeout(done, 300));
    return document.activeElement === first; }}"""


def answers_to_keys(live):
    """From the first control Tab leads to the next; an arrow there gives another answer, and is no key of the notebook."""
    live.show("question")
    page = live.page
    page.wait_for_function(STAYS, timeout=20_000)
    before, cells = page.evaluate(f"[{HEARD}, {CELLS}]")
    page.press("Tab")
    assert page.evaluate(f"{CONTROLS}.indexOf(document.activeElement)") == 1
    page.press("ArrowDown")
    page.wait_for_function(f"before => {HEARD} !== before", before, timeout=30_000)
    assert page.evaluate(f"{CONTROLS}.indexOf(document.activeElement)") == 1
    page.press("d", "d", "x", "a", "b")      # with which a notebook deletes, cuts and adds cells
    assert page.evaluate(CELLS) == cells


def test_a_lesson_runs_whole_answers_to_keys_and_is_kept(host, tmp_path, record_property):
    lesson = "01_mistrust"
    with firefox(tmp_path) as opened:
        live = Live(opened, host).open(f"my_work/{lesson}.ipynb")
        live.run_all()
        differ, same, count = differences(lesson, live)
        record_property("measured", f"{lesson} in Firefox: {same} of {count} cells say to the letter what is stored")
        assert differ == {}
        answers_to_keys(live)
        live.run("from takeaways import *; keep('my_test', 'Fewer deaths.')")
        live.write("title", "# My own words")
        live.reload()
        assert live.source("title") == "# My own words"
        assert "Fewer deaths." in live.run("from takeaways import *; recall('my_test')")
        assert seen(live.page) == []
