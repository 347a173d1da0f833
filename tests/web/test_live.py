"""The lessons as they run in a browser: the same words as in the installed course; and what is said where they cannot."""
import re
import zipfile

import pytest
from playwright.sync_api import TimeoutError
from conftest import NOTEBOOKS, axe_faults, copy_of, exchange
from live import DIFFER, Live, differences, says, stored

ASKING = {"01", "02", "03", "04"}       # the lessons with an interactive question


@pytest.fixture(scope="module")
def ran(host, regular, live_lesson):
    """A lesson that was opened and run from its first cell to its last: (its name, the page)."""
    live = Live(regular().new_page, host).open(f"my_work/{live_lesson}.ipynb")
    live.run_all()
    yield live_lesson, live
    live.page.close()


def test_run_all_says_what_is_stored(ran, record_property):
    lesson, live = ran
    code = [cell for cell in live.cells() if cell["type"] == "code"]
    assert [cell["count"] for cell in code] == list(range(1, len(code) + 1))
    differ, same, count = differences(lesson, live)
    record_property("measured", f"{lesson}: {same} of {count} cells say to the letter what is stored" + "".join(
        f"; {name} differs: {why}" for (of, name), (_, why) in DIFFER.items() if of == lesson))
    assert differ == {}
    outputs = [one for cell in code for one in cell["outputs"]]
    assert not any(one["output_type"] == "error" or one.get("name") == "stderr" for one in outputs)


def test_what_is_listed_as_different_is_so(ran):
    """An exception that is no longer one goes from the list."""
    lesson, live = ran
    now, expected = says(live), stored(NOTEBOOKS / f"{lesson}.ipynb")
    assert [name for of, name in DIFFER if of == lesson and now[name] == expected[name]] == []


def test_controls_answer_by_keyboard(ran):
    lesson, live = ran
    if lesson[:2] not in ASKING:
        assert live.page.locator(".widget-dropdown").count() == 0
        return
    live.show("question")
    heard = live.page.locator(".takeaways-heard")
    heard.first.wait_for(state="attached")
    controls = live.page.locator(".widget-vbox").locator("select, input:not([type=hidden]), [role=slider]")
    assert controls.count() > 2
    for number in range(controls.count()):
        before = heard.first.inner_text()
        assert any(answers(live, controls.nth(number), key, before) for key in KEYS), f"control {number} does not answer"
    assert all(cell["count"] for cell in live.cells() if cell["type"] == "code")      # the keys stayed in the control


KEYS = ("ArrowDown", "ArrowUp", "ArrowRight", "Space")


def answers(live, control, key, before):
    """Press a key on a control; if that changes it, wait for another answer."""
    live.page.wait_for_timeout(500)     # the notebook may still be scrolling, and then takes the focus for a moment
    control.focus()
    state = "() => { const node = document.activeElement; return [node.value, node.checked, node.ariaValueNow].join(); }"
    now = live.page.evaluate(state)
    live.page.keyboard.press(key)
    if live.page.evaluate(state) == now:
        return False
    try:
        live.page.wait_for_function("before => document.querySelector('.takeaways-heard').innerText !== before", arg=before, timeout=30_000)
    except TimeoutError:
        return False        # two events of one month have one answer
    return True


def test_hint_and_solution(ran):
    _, live = ran
    assert live.run("from takeaways import *; hint('1.2')").startswith("Hint 1 of")
    assert live.run("solution('1.2')").startswith("```python\n")


def test_a_broken_copy_says_so(site, tmp_path, host_of, visitor):
    own_site = copy_of(site, tmp_path)
    archive, = (own_site / "live" / "runtime").rglob("course-*.bin")
    exchange(archive, archive.read_bytes()[:-1000])
    page = visitor().new_page()
    page.goto(f"{host_of(own_site).address}live/notebooks/index.html?path=my_work/01_mistrust.ipynb")
    said = page.locator("#course-notes p")
    said.wait_for()
    assert re.search(r"broken.*course-\w+\.bin is not whole.*Reload the page.*Your work is safe", said.inner_text())
    assert page.locator("#course-notes a").evaluate("link => link.href").endswith("01_mistrust.html")
    with page.expect_download():
        page.get_by_role("button", name="Download my work").first.click()


def test_opened_as_a_file_it_says_how_to_run(site, browser):
    page = browser.new_page()
    page.goto(f"{(site / 'live' / 'notebooks' / 'index.html').as_uri()}?path=my_work/01_mistrust.ipynb")
    said, = page.locator("#course-notes p").all_inner_texts()
    assert "Opened as a file" in said and "--serve" in said
    page.locator("#course-notes a").click()
    assert page.title().startswith("Look for a rupture")
    page.close()


@pytest.mark.parametrize("without, words", [
    ("delete window.WebAssembly", "cannot run Python: it has no WebAssembly"),
    ("delete window.DecompressionStream", "too old to run Python"),
    ("IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); }", "keeps nothing here"),
])
def test_a_browser_that_lacks_something_says_what(asleep_host, browser, without, words):
    host = asleep_host
    context = browser.new_context()
    context.add_init_script(without)
    page = context.new_page()
    page.goto(f"{host.address}live/notebooks/index.html?path=my_work/01_mistrust.ipynb")
    page.locator("#course-notes p", has_text=words).wait_for()
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.model !== undefined")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download my work").first.click()
    assert "my_work/01_mistrust.ipynb" in zipfile.ZipFile(download.value.path()).namelist()
    context.close()


def test_without_a_service_worker_the_desk_lasts_as_long_as_the_page(host, visitor):
    """As in the private windows of some browsers, and where a page is not served by https."""
    context = visitor()
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    live = Live(context.new_page, host).open()
    assert ["keep and recall last only until you leave" in note for note in live.notes()] == [True]
    assert live.run("from takeaways import *; keep('my_test', 'Fewer deaths.')").startswith("Kept in")
    assert "Fewer deaths." in live.run("recall('my_test')")


COUNT_LOADS = "sessionStorage.loads = 1 + Number(sessionStorage.loads ?? 0)"


@pytest.fixture
def shaky(asleep_host, browser):
    """A visitor of a host that may fail: (the lesson, not yet open; what makes a part of JupyterLab fail as often as is said)."""
    context = browser.new_context()
    context.add_init_script(COUNT_LOADS)
    parts = [next((asleep_host.folder / "live" / folder).rglob(name)).name for folder, name in (
        ("build", "383.*.js"), ("extensions/@jupyterlite", "remoteEntry.*.js"))]
    yield Live(context.new_page, asleep_host), lambda often, how: asleep_host.fails.update((part, (often, how)) for part in parts)
    asleep_host.fails.clear()
    context.close()


def loads(live):
    return int(live.page.evaluate("sessionStorage.loads"))


@pytest.mark.parametrize("how", ["nothing", "half"])
def test_a_part_that_fails_at_a_first_visit_is_asked_for_again(shaky, how):
    """The page loads itself again: nothing stands between it and the host yet. Two parts fail, at one time or one after the other."""
    live, let_fail = shaky
    let_fail(1, how)
    live.open(python=False)
    assert loads(live) in (2, 3) and live.notes() == []
    assert "python" in live.ask("() => Object.keys(window.jupyterapp.serviceManager.kernelspecs.specs.kernelspecs)")


def test_a_part_that_fails_later_is_asked_for_again_without_her_noticing(shaky):
    live, let_fail = shaky
    live.open(python=False)
    live.page.wait_for_function("navigator.serviceWorker.controller")
    for number, how in enumerate(("nothing", "half", "busy"), 2):
        live.ask("() => caches.delete('four-takeaways')")
        let_fail(1, how)
        live.reload(python=False)
        assert (loads(live), live.notes()) == (number, []), how
    worker, = live.page.context.service_workers
    worker.evaluate("() => { caches.match = async () => { delete caches.match; throw new Error('what is kept cannot be read'); }; }")
    live.reload(python=False)
    assert (loads(live), live.notes(), worker.evaluate("Object.hasOwn(caches, 'match')")) == (5, [], False)


def test_a_part_that_never_comes_is_told(shaky):
    live, let_fail = shaky
    let_fail(99, "nothing")
    live.page.goto(f"{live.host.address}live/notebooks/index.html?path=my_work/01_mistrust.ipynb")
    live.page.locator("#course-notes p", has_text=re.compile(r"A part of the lesson did not come \((383|remoteEntry)\..*Reload the page")).first.wait_for()
    assert loads(live) == 4
    live.page.locator("#course-notes a").first.click()
    live.page.wait_for_url("**/01_mistrust.html")


# No menu is cut off.
MENUS = """() => { const menus = document.querySelector('.lm-MenuBar').getBoundingClientRect(), items = [...document.querySelectorAll('.lm-MenuBar-item')];
    return items.length > 5 && items.every(item => item.getBoundingClientRect().right <= Math.min(menus.right, innerWidth) + 1); }"""
# The lesson begins where the bar ends, however high that is.
ROOM = """() => document.querySelector('#main').getBoundingClientRect().top >= document.querySelector('#course-bar').getBoundingClientRect().bottom - 1"""


# The least contrast in the dialog. axe-core takes what lies above the page, as a dialog does, for out of sight, and passes its colours over.
CONTRAST = """() => { const { Color, getContrast } = axe.commons.color, dialog = document.querySelector('#course-afresh');
    const parsed = text => { const colour = new Color(); colour.parseString(text); return colour; };
    const ground = node => { const own = getComputedStyle(node).backgroundColor; return own === 'rgba(0, 0, 0, 0)' ? ground(node.parentElement) : parsed(own); };
    return Math.min(...[...dialog.querySelectorAll('h2, p, button')].map(node => getContrast(ground(node), parsed(getComputedStyle(node).color)))); }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bar_fits_and_is_accessible(asleep_host, visitor, scheme):
    live = Live(visitor(color_scheme=scheme).new_page, asleep_host).open(python=False)
    live.page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=str(scheme == "light").lower())
    for width in (390, 1280):
        live.page.set_viewport_size({"width": width, "height": 800})
        live.page.wait_for_function(ROOM)
        live.page.wait_for_function(MENUS)
        assert live.page.evaluate("document.documentElement.scrollWidth") <= width
        assert axe_faults(live.page, {}, "#course-bar") == [], width
    live.button("Start afresh").click()
    assert axe_faults(live.page, {}, "#course-afresh") == [] and live.page.evaluate(CONTRAST) >= 4.5
    live.page.keyboard.press("Escape")
    assert live.page.locator("dialog[open]").count() == 0
    live.page.get_by_role("link", name="Read").click()
    live.page.wait_for_url("**/01_mistrust.html")
