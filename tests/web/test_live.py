"""The lessons as they run in a browser: the same words as in the installed course, and her work safe."""
import io
import json
import os
import re
import shutil
import zipfile

import pytest
from conftest import NOTEBOOKS, axe_faults
from live import Live, stored, texts

# Where a line of an output differs from the stored one, and why. Everything else is the same to the letter.
DIFFER = {
    ("00_start_here", "where-was-i"): (r".*", "on a learner's desk it tells what she has done; the lessons are stored away from one"),
    ("01_mistrust", "extraditions-chart"): (r"horizontal axis from 1993\.42 to 2028\.0[78];.*", "2028.075 lies between two roundings; the older "
                                            "matplotlib computes it a hair above"),
    ("01_mistrust", "question"): (r"vertical axis from 0 to 12\.6; ticks .*", "the older matplotlib finds room for more numbers at the axis"),
}
MEGABYTE = 1_000_000


@pytest.fixture
def live(host, visitor):
    return Live(visitor(), host)


def without(lines, pattern):
    return [line for line in lines if not re.fullmatch(pattern, line)]


def differences(lesson, cells):
    """The cells whose texts are not the stored ones: id to (stored, live)."""
    now = {cell["id"]: texts(cell["outputs"]) for cell in cells if cell["type"] == "code"}
    expected = stored(NOTEBOOKS / f"{lesson}.ipynb")
    assert now.keys() == expected.keys()
    differ = {}
    for name, said in expected.items():
        pattern, _ = DIFFER.get((lesson, name), (r"(?!)", ""))
        before, after = ("\n".join(some).splitlines() for some in (said, now[name]))
        if without(before, pattern) != without(after, pattern):
            differ[name] = (before, after)
    return differ


def test_run_all_says_what_is_stored(live, live_lesson):
    live.open(f"my_work/{live_lesson}.ipynb")
    live.run_all()
    cells = live.cells()
    code = [cell for cell in cells if cell["type"] == "code"]
    assert [cell["count"] for cell in code] == list(range(1, len(code) + 1))
    assert differences(live_lesson, cells) == {}
    kinds = [one["output_type"] for cell in code for one in cell["outputs"]]
    assert "error" not in kinds and not any("stderr" in one.get("name", "") for cell in code for one in cell["outputs"])


def test_the_listed_differences_are_still_there(live, live_lesson):
    """An exception that is no longer one goes from the list."""
    listed = [name for lesson, name in DIFFER if lesson == live_lesson]
    live.open(f"my_work/{live_lesson}.ipynb")
    live.run_all()
    now = {cell["id"]: texts(cell["outputs"]) for cell in live.cells() if cell["type"] == "code"}
    expected = stored(NOTEBOOKS / f"{live_lesson}.ipynb")
    assert [name for name in listed if now[name] == expected[name]] == []


def test_controls_answer_by_keyboard(live):
    live.open()
    live.run_all()
    live.page.evaluate("""() => { const panel = window.jupyterapp.shell.currentWidget.content;
        panel.scrollToCell(panel.widgets.find(one => one.model.id === 'question')); }""")
    control, chart = live.page.locator(".widget-dropdown select").first, live.page.locator(".widget-vbox figure img")
    control.wait_for()
    before = chart.get_attribute("alt")
    control.focus()
    live.page.keyboard.press("ArrowDown")
    live.page.wait_for_function("before => document.querySelector('.widget-vbox figure img')?.alt !== before || document.querySelector('.widget-vbox p')", arg=before)
    assert control.evaluate("node => node === document.activeElement")


def test_what_she_keeps_survives_a_reload_and_a_visit_without_a_network(site, host_of, visitor):
    host = host_of(site)
    live = Live(visitor(), host).open("my_work/00_start_here.ipynb")
    assert live.run("from takeaways import *; keep('my_test', 'Fewer deaths.\\nWithin a year.')") == (
        "Kept in my_work/my_test.md. The last lesson brings it back.\n")
    assert "right" in live.run("from takeaways.exercises.asking import questions; check('0.2', questions()['0.2'].answer())")
    live.write("title", "# My own words")
    live.reload()
    assert live.source("title") == "# My own words"
    assert "Fewer deaths.\\nWithin a year." in live.run("from takeaways import *; recall('my_test')")
    live.wait_until_kept()
    host.stop()
    live.reload()
    assert live.source("title") == "# My own words"
    assert "Lesson 00: 1 of" in live.run("from takeaways import *; where_was_i()")
    assert "Kept in my_work" in live.run("keep('my_test', 'A second version.')")
    assert "Next" in live.run("where_was_i()") and "my_test.md" in live.files()


def test_hint_and_solution(live):
    live.open()
    assert live.run("from takeaways import *; hint('1.2')").startswith("Hint 1 of")
    assert live.run("solution('1.2')").startswith("```python\n")


def test_the_brief_is_written_to_her_files(live):
    live.open("my_work/05_brief.ipynb")
    live.run_all()
    export = live.run("from takeaways.brief import *; export('A brief', *hurried_brief(), [])")
    assert "my_brief" in export
    assert any(name.endswith(".html") for name in live.files())


def test_download_my_work(live):
    live.open()
    live.run("from takeaways import *; keep('my_test', 'Fewer deaths.')")
    live.write("title", "# Mine")
    with live.page.expect_download() as download:
        live.button("Download my work").first.click()
    assert re.fullmatch(r"my_work \d{4}-\d\d-\d\d\.zip", download.value.suggested_filename)
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert "Fewer deaths." in archive.read("my_work/my_test.md").decode()
    assert json.loads(archive.read("my_work/01_mistrust.ipynb"))["cells"][0]["source"] in ("# Mine", ["# Mine"])


def test_start_afresh_keeps_her_copy_beside(live):
    live.open()
    live.write("title", "# Mine")
    live.button("Start afresh").click()
    with live.page.expect_navigation():
        live.button("A fresh copy of this lesson").click()
    live.wait()
    assert live.source("title").startswith("# Look for a rupture")
    beside, = [name for name in live.files() if name.startswith("01_mistrust (mine of")]
    live.open(f"my_work/{beside}")
    assert live.source("title") == "# Mine"


def test_forget_everything(live):
    live.open()
    live.run("from takeaways import *; keep('my_test', 'Fewer deaths.')")
    live.write("title", "# Mine")
    live.button("Start afresh").click()
    with live.page.expect_navigation():
        live.button("Forget everything here").click()
    live.wait()
    assert live.source("title").startswith("# Look for a rupture") and "my_test.md" not in live.files()
    assert live.run("from takeaways import *; recall('my_test')") == "''"


@pytest.fixture
def own_site(site, tmp_path):
    """A copy of the site whose files a test may exchange (never write into)."""
    return shutil.copytree(site, tmp_path / "site", copy_function=os.link)


def exchange(path, content):
    path.unlink()
    path.write_bytes(content)


def test_a_newer_edition_is_announced_and_laid_beside(own_site, host_of, visitor):
    host, context = host_of(own_site), visitor()
    live = Live(context, host).open()
    live.write("title", "# Mine")
    lesson = own_site / "live" / "files" / "my_work" / "01_mistrust.ipynb"
    newer = json.loads(lesson.read_bytes())
    newer["cells"][0]["source"] = "# A newer edition"
    exchange(lesson, json.dumps(newer).encode())
    edition = json.loads((own_site / "live" / "edition.json").read_bytes())
    edition["date"], edition["lessons"]["01_mistrust.ipynb"]["edition"] = "2027-01-01", "another"
    edition["lessons"]["02_bargain.ipynb"]["edition"] = "another"       # of which she has no copy of her own
    exchange(own_site / "live" / "edition.json", json.dumps(edition).encode())
    live.reload()
    assert live.source("title") == "# Mine"
    live.page.locator("#course-notes a").first.wait_for()
    assert len(live.notes()) == 1 and "Lesson 01 has a newer edition" in live.notes()[0]
    assert "01_mistrust (edition of 2027-01-01).ipynb" in live.files() and not any(name.startswith("02_bargain (") for name in live.files())
    assert "01_mistrust (edition of 2027-01-01).ipynb" in live.run("from takeaways import *; where_was_i()")
    live.page.locator("#course-notes a").first.click()
    live.page.wait_for_url("**edition*of*")
    live.wait()
    assert live.source("title") == "# A newer edition"
    live.open()
    assert live.source("title") == "# Mine" and live.notes() == []      # told once


def test_a_broken_copy_says_so(own_site, host_of, visitor):
    archive, = (own_site / "live" / "runtime").glob("course-*.tar.gz")
    exchange(archive, archive.read_bytes()[:-1000])
    page = visitor().new_page()
    page.goto(f"{host_of(own_site).address}live/notebooks/index.html?path=my_work/01_mistrust.ipynb")
    said = page.locator("#course-notes p")
    said.wait_for()
    assert re.search(r"broken.*course-\w+\.tar\.gz is not whole.*Reload the page.*Your work is safe", said.inner_text())
    assert page.locator("#course-notes a").evaluate("link => link.href").endswith("01_mistrust.html")
    with page.expect_download():
        page.get_by_role("button", name="Download my work").first.click()


@pytest.mark.parametrize("without, words", [
    ("delete window.WebAssembly", "cannot run Python: it has no WebAssembly"),
    ("delete window.DecompressionStream", "too old to run Python"),
    ("IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); }", "keeps nothing here"),
])
def test_a_browser_that_lacks_something_says_what(host, browser, without, words):
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


def test_storage_that_is_full_says_so(host, visitor):
    context = visitor()
    live = Live(context, host).open()
    live.page.evaluate("IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }")
    live.page.evaluate("window.jupyterapp.shell.currentWidget.context.save().catch(() => {})")
    live.page.locator("#course-notes p", has_text="could not be saved").wait_for()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bar_fits_and_is_accessible(host, visitor, width, scheme):
    live = Live(visitor(viewport={"width": width, "height": 800}, color_scheme=scheme), host)
    live.page.goto(f"{host.address}live/notebooks/index.html?path=my_work/01_mistrust.ipynb")
    live.page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.model !== undefined")
    assert live.page.evaluate("document.documentElement.scrollWidth") <= width
    bar = live.page.locator("#course-bar").bounding_box()
    assert live.page.locator("#main").bounding_box()["y"] >= bar["height"] - 1
    inside = [fault for fault in axe_faults(live.page) if "course-" in fault[3]]
    assert inside == []
    live.button("Start afresh").click()
    live.page.keyboard.press("Escape")
    assert live.page.locator("dialog[open]").count() == 0
    live.page.get_by_role("link", name="Read").click()
    live.page.wait_for_url("**/01_mistrust.html")


def test_sizes(site, host_of, visitor):
    """The live site under 90 MB; a first visit, nothing packed by the host, under 45 MB; a second one almost nothing."""
    size = sum(path.stat().st_size for path in (site / "live").rglob("*") if path.is_file())
    assert size < 90 * MEGABYTE
    host = host_of(site)
    live = Live(visitor(), host).open()
    live.wait_until_kept()
    first = host.sent
    live.reload()
    live.wait_until_kept()
    print(f"live/ {size / MEGABYTE:.0f} MB, first visit {first / MEGABYTE:.1f} MB, second {(host.sent - first) / MEGABYTE:.1f} MB")
    assert first < 45 * MEGABYTE and host.sent - first < 2 * MEGABYTE
