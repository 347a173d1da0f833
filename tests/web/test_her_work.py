"""Her work in the browser: it stays over a reload, without a network, with a new edition and where storage is full, and can be taken home."""
import json
import re
import zipfile
from urllib.parse import quote

import pytest
from conftest import BASE, LESSONS, SECONDS, copy_of, exchange, hosted
from live import Live

BRIEF = """
from takeaways.brief import *
memo, facts = hurried_brief()
export("A brief", memo | {"evidence": "{handed} people were handed over."}, facts, [])
"""
RIGHT = "from takeaways.exercises.asking import questions; check('0.2', questions()['0.2'].answer())"
MEGABYTE = 1_000_000


# One desk, whose tests follow on one another.

@pytest.fixture(scope="module")
def her_host(site, tmp_path_factory):
    with hosted(tmp_path_factory.mktemp("host"), site) as host:
        yield host


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
    assert "right" in live.run(RIGHT)
    assert "my_brief" in live.run(BRIEF)
    live.write("title", "# My own words")
    live.reload()
    live.wait_until_kept()
    live.visits = first, her_host.sent - first
    return live


def test_what_she_wrote_survives_a_reload(hers):
    assert hers.source("title") == "# My own words"
    assert "Fewer deaths.\\nWithin a year." in hers.run("from takeaways import *; recall('my_test')")
    assert "Lesson 00: 1 of" in hers.run("where_was_i()")
    assert {"my_test.md", "exercises_done.txt"} <= set(hers.files()) and any(name.startswith("my_brief") for name in hers.files())


def test_sizes(site, hers, record_property):
    """The live site under 90 MB; a first visit, nothing packed by the host, under 45 MB; a second one almost nothing."""
    size = sum(path.stat().st_size for path in (site / "live").rglob("*") if path.is_file())
    first, second = hers.visits
    record_property("measured", f"live/ {size / MEGABYTE:.0f} MB, first visit {first / MEGABYTE:.1f} MB, second {second / MEGABYTE:.1f} MB")
    assert size < 90 * MEGABYTE and 20 * MEGABYTE < first < 45 * MEGABYTE and second < 2 * MEGABYTE


def test_download_my_work(hers):
    download = hers.download()
    assert re.fullmatch(r"my_work \d{4}-\d\d-\d\d\.zip", download.suggested_filename)
    archive = zipfile.ZipFile(download.path())
    assert "Fewer deaths." in archive.read("my_work/my_test.md").decode()
    lesson = json.loads(archive.read("my_work/00_start_here.ipynb"))
    assert "".join(lesson["cells"][0]["source"]) == "# My own words" and len(archive.namelist()) > 8


def test_my_files_can_be_seen_and_read(hers, her_host):
    hers.page.get_by_role("link", name="My files").click()
    hers.page.locator(".jp-DirListing-item", has_text="my_work").dblclick()
    hers.page.locator(".jp-DirListing-item", has_text="my_test.md").wait_for()
    assert hers.page.reload().ok        # though JupyterLab would like the folder in the address, of which the host knows nothing
    hers.page.locator(".jp-DirListing-item", has_text="my_work").wait_for()
    assert hers.page.locator("#course-notes p").count() == 0 and hers.page.locator("#course-status").inner_text() == ""
    hers.page.goto(f"{her_host.address}live/edit/index.html?path=my_work/my_test.md")
    hers.page.locator(".cm-content", has_text="Fewer deaths.").wait_for()
    hers.open("my_work/00_start_here.ipynb", python=False)


def test_a_fresh_lesson_keeps_her_copy_beside(hers):
    hers.afresh("A fresh copy of this lesson")
    assert hers.source("title").startswith("# Decide what")
    beside, = [name for name in hers.files() if name.startswith("00_start_here (mine of")]
    hers.open(f"my_work/{beside}", python=False)
    assert hers.source("title") == "# My own words"


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


def test_forget_everything(hers):
    hers.afresh("Forget everything here")
    assert hers.source("title").startswith("# Decide what")
    assert hers.files() == [f"{lesson}.ipynb" for lesson in LESSONS]


def test_a_newer_edition_is_announced_and_laid_beside(asleep, tmp_path, host_of, visitor):
    own_site = copy_of(asleep, tmp_path)
    host, context = host_of(own_site), visitor()
    live = Live(context.new_page, host).open(python=False)
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
    assert len(live.notes()) == 1 and "Lesson 01 has a newer edition" in live.notes()[0]
    assert "01_mistrust (edition of 2027-01-01).ipynb" in live.files() and not any(name.startswith("02_bargain (") for name in live.files())
    live.page.locator("#course-notes a").first.click()
    live.page.wait_for_url("**edition*of*")
    live.wait(python=False)
    assert live.source("title") == "# A newer edition"
    live.open(python=False)
    assert live.source("title") == "# Mine" and live.notes() == []      # told once


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
    room = {"origin": host.address.removesuffix(f"/{quote(BASE)}/"), "quotaSize": 60 * MEGABYTE}
    context.new_cdp_session(live.page).send("Storage.overrideQuotaForOrigin", room)
    live.open()
    live.wait_until_kept()
    live.run("from takeaways import *; keep('my_test', 'Stored words.')")
    live.page.evaluate(FILL)
    live.set_source("title", "# Written too late")
    live.page.evaluate("window.jupyterapp.shell.currentWidget.context.save().catch(() => {})")
    live.page.locator("#course-notes p", has_text="could not be saved").wait_for()
    assert re.fullmatch(r"It could not be kept \(.+\): your text is safe in this cell; click Download my work\.\n", live.run("keep('my_late', 'Late words.')"))
    right, unnoted, _ = live.run(RIGHT).split("\n")
    assert right.startswith("0.2: right. ") and re.fullmatch(r"It could not be noted that 0\.2 is done \(.+\): your answer is safe .*Download my work\.", unnoted)
    assert "Stored words." in live.run("recall('my_test')")
    archive = zipfile.ZipFile(live.download().path())
    assert "Stored words." in archive.read("my_work/my_test.md").decode()
    assert "# Written too late" in archive.read("my_work/01_mistrust.ipynb").decode()
    assert {f"my_work/{lesson}.ipynb" for lesson in LESSONS} <= set(archive.namelist())
    context.close()
