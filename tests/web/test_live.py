"""The lessons as they run in a browser: the same words as in the installed course, and her work safe."""
import io
import json
import re
import zipfile

import pytest
from playwright.sync_api import TimeoutError
from conftest import BASE, LESSONS, NOTEBOOKS, SECONDS, axe_faults, copy_of, exchange, hosted
from live import DIFFER, Live, differences, says, stored

ASKING = {"01", "02", "03", "04"}       # the lessons with an interactive question
BRIEF = """
from takeaways.brief import *
memo, facts = hurried_brief()
export("A brief", memo | {"evidence": "{handed} people were handed over."}, facts, [])
"""
MEGABYTE = 1_000_000


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
    live.page.evaluate("""() => { const panel = window.jupyterapp.shell.currentWidget.content;
        panel.scrollToCell(panel.widgets.find(one => one.model.id === 'question')); }""")
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


# --- her work: one desk, whose tests follow on one another --------------------------------------------------------------

@pytest.fixture(scope="module")
def her_host(site, tmp_path_factory):
    with hosted(tmp_path_factory.mktemp("host"), site) as host:
        yield host


together = pytest.mark.xdist_group("her work")      # these follow on one another


@pytest.fixture(scope="module")
def hers(her_host, regular):
    """Lesson 00 on a desk of her own: she kept a text, answered an exercise, wrote a brief and wrote into the lesson, and came again.

    The page has with it what each visit loaded.
    """
    live = Live(regular().new_page, her_host).open("my_work/00_start_here.ipynb")
    live.wait_until_kept()
    first = her_host.sent
    assert live.run("from takeaways import *; keep('my_test', 'Fewer deaths.\\nWithin a year.')") == (
        "Kept in my_work/my_test.md. The last lesson brings it back.\n")
    assert "right" in live.run("from takeaways.exercises.asking import questions; check('0.2', questions()['0.2'].answer())")
    assert "my_brief" in live.run(BRIEF)
    live.write("title", "# My own words")
    live.reload()
    live.wait_until_kept()
    live.visits = first, her_host.sent - first
    return live


@together
def test_what_she_wrote_survives_a_reload(hers):
    assert hers.source("title") == "# My own words"
    assert "Fewer deaths.\\nWithin a year." in hers.run("from takeaways import *; recall('my_test')")
    assert "Lesson 00: 1 of" in hers.run("where_was_i()")
    assert {"my_test.md", "exercises_done.txt"} <= set(hers.files()) and any(name.startswith("my_brief") for name in hers.files())


@together
def test_sizes(site, hers, record_property):
    """The live site under 90 MB; a first visit, nothing packed by the host, under 45 MB; a second one almost nothing."""
    size = sum(path.stat().st_size for path in (site / "live").rglob("*") if path.is_file())
    first, second = hers.visits
    record_property("measured", f"live/ {size / MEGABYTE:.0f} MB, first visit {first / MEGABYTE:.1f} MB, second {second / MEGABYTE:.1f} MB")
    assert size < 90 * MEGABYTE and 20 * MEGABYTE < first < 45 * MEGABYTE and second < 2 * MEGABYTE


@together
def test_download_my_work(hers):
    with hers.page.expect_download() as download:
        hers.button("Download my work").first.click()
    assert re.fullmatch(r"my_work \d{4}-\d\d-\d\d\.zip", download.value.suggested_filename)
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert "Fewer deaths." in archive.read("my_work/my_test.md").decode()
    lesson = json.loads(archive.read("my_work/00_start_here.ipynb"))
    assert "".join(lesson["cells"][0]["source"]) == "# My own words" and len(archive.namelist()) > 8


@together
def test_my_files_can_be_seen_and_read(hers, her_host):
    hers.page.get_by_role("link", name="My files").click()
    hers.page.locator(".jp-DirListing-item", has_text="my_work").dblclick()
    hers.page.locator(".jp-DirListing-item", has_text="my_test.md").wait_for()
    assert hers.page.locator("#course-notes p").count() == 0
    hers.page.goto(f"{her_host.address}live/edit/index.html?path=my_work/my_test.md")
    hers.page.locator(".cm-content", has_text="Fewer deaths.").wait_for()
    hers.open("my_work/00_start_here.ipynb", python=False)


@together
def test_a_fresh_lesson_keeps_her_copy_beside(hers):
    hers.button("Start afresh").click()
    with hers.page.expect_navigation():
        hers.button("A fresh copy of this lesson").click()
    hers.wait(python=False)
    assert hers.source("title").startswith("# Decide what")
    beside, = [name for name in hers.files() if name.startswith("00_start_here (mine of")]
    hers.open(f"my_work/{beside}", python=False)
    assert hers.source("title") == "# My own words"


@together
def test_a_visit_without_a_network(hers, her_host):
    """The host is gone: everything comes from what the browser kept; and what she writes then is kept too."""
    hers.open("my_work/00_start_here.ipynb", python=False)
    hers.write("title", "# Before the bus")
    her_host.stop()
    hers.reload()
    assert hers.source("title") == "# Before the bus"
    assert "Fewer deaths." in hers.run("from takeaways import *; recall('my_test')")
    assert "Kept in my_work" in hers.run("keep('my_test', 'A second version.')")
    hers.command("notebook:run-all-cells")
    assert not any(one["output_type"] == "error" for cell in hers.cells() for one in cell["outputs"])


@together
def test_forget_everything(hers):
    hers.button("Start afresh").click()
    with hers.page.expect_navigation():
        hers.button("Forget everything here").click()
    hers.wait(python=False)
    assert hers.source("title").startswith("# Decide what")
    assert hers.files() == [f"{lesson}.ipynb" for lesson in LESSONS]


def test_a_newer_edition_is_announced_and_laid_beside(asleep, tmp_path, host_of, visitor):
    own_site = copy_of(asleep, tmp_path)
    host, context = host_of(own_site), visitor()
    live = Live(context.new_page, host).open(python=False)
    live.page.wait_for_function("Object.keys(localStorage).some(key => key.startsWith('four-takeaways editions'))")
    live.write("title", "# Mine")
    lesson = own_site / "live" / "files" / "my_work" / "01_mistrust.ipynb"
    newer = json.loads(lesson.read_bytes())
    newer["cells"][0]["source"] = "# A newer edition"
    exchange(lesson, json.dumps(newer).encode())
    edition = json.loads((own_site / "live" / "edition.json").read_bytes())
    edition["date"], edition["lessons"]["01_mistrust.ipynb"]["edition"] = "2027-01-01", "another"
    edition["lessons"]["02_bargain.ipynb"]["edition"] = "another"       # of which she has no copy of her own
    exchange(own_site / "live" / "edition.json", json.dumps(edition).encode())
    live.reload(python=False)
    assert live.source("title") == "# Mine"
    live.page.locator("#course-notes a").first.wait_for()
    assert len(live.notes()) == 1 and "Lesson 01 has a newer edition" in live.notes()[0]
    assert "01_mistrust (edition of 2027-01-01).ipynb" in live.files() and not any(name.startswith("02_bargain (") for name in live.files())
    live.page.locator("#course-notes a").first.click()
    live.page.wait_for_url("**edition*of*")
    live.wait(python=False)
    assert live.source("title") == "# A newer edition"
    live.open(python=False)
    assert live.source("title") == "# Mine" and live.notes() == []      # told once


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


FILL = """async () => {
    const store = await new Promise(done => { const asked = indexedDB.open('filler', 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore('all', {autoIncrement: true}); asked.onsuccess = () => done(asked.result); });
    const noise = size => { const all = new Uint8Array(size);
        for (let at = 0; at < size; at += 65536) crypto.getRandomValues(all.subarray(at, Math.min(size, at + 65536))); return all; };
    const put = size => new Promise(done => { const writing = store.transaction('all', 'readwrite'); writing.objectStore('all').put(noise(size));
        writing.oncomplete = () => done(true); writing.onabort = () => done(false); });
    for (const size of [4e6, 1e6, 1e5, 1e4, 1e3, 100]) while (await put(size)); }"""


def test_storage_that_is_full_says_so_and_nothing_is_lost(host, browser):
    """A browser that gives this site no more room: what was stored before and what she writes now both come with the download."""
    context = browser.new_context(accept_downloads=True)    # JupyterLite's own settings cannot be saved either, and it complains of that
    context.set_default_timeout(SECONDS * 1000)
    live = Live(context.new_page, host)
    live.page.goto(f"{host.address}terms.html")
    room = {"origin": host.address.removesuffix(f"/{BASE}/"), "quotaSize": 60 * MEGABYTE}
    context.new_cdp_session(live.page).send("Storage.overrideQuotaForOrigin", room)
    live.open()
    live.wait_until_kept()
    live.run("from takeaways import *; keep('my_test', 'Stored words.')")
    live.page.evaluate(FILL)
    live.set_source("title", "# Written too late")
    live.page.evaluate("window.jupyterapp.shell.currentWidget.context.save().catch(() => {})")
    live.page.locator("#course-notes p", has_text="could not be saved").wait_for()
    assert live.run("keep('my_late', 'Late words.')").startswith("It could not be kept")
    assert "Stored words." in live.run("recall('my_test')")
    with live.page.expect_download() as download:
        live.button("Download my work").first.click()
    archive = zipfile.ZipFile(download.value.path())
    assert "Stored words." in archive.read("my_work/my_test.md").decode()
    assert "# Written too late" in archive.read("my_work/01_mistrust.ipynb").decode()
    assert {f"my_work/{lesson}.ipynb" for lesson in LESSONS} <= set(archive.namelist())
    context.close()


# The lesson begins where the bar ends, however high that is.
ROOM = """() => document.querySelector('#main').getBoundingClientRect().top >= document.querySelector('#course-bar').getBoundingClientRect().bottom - 1"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bar_fits_and_is_accessible(asleep_host, visitor, scheme):
    live = Live(visitor(color_scheme=scheme).new_page, asleep_host).open(python=False)
    for width in (390, 1280):
        live.page.set_viewport_size({"width": width, "height": 800})
        live.page.wait_for_function(ROOM)
        assert live.page.evaluate("document.documentElement.scrollWidth") <= width
        inside = [fault for fault in axe_faults(live.page) if "course-" in fault[3]]
        assert inside == [], width
    live.button("Start afresh").click()
    live.page.keyboard.press("Escape")
    assert live.page.locator("dialog[open]").count() == 0
    live.page.get_by_role("link", name="Read").click()
    live.page.wait_for_url("**/01_mistrust.html")
