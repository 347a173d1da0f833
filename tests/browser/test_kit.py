"""The pages of the teacher's kit in a browser: what axe-core finds, in light and dark, and on a phone."""
from pathlib import Path

import pytest

AXE = Path(__file__).resolve().parent / "node_modules" / "axe-core" / "axe.min.js"
PHONE = ("index.html", "guide.html")
LOOK = """() => axe.run(document, {resultTypes: ['violations']}).then(result => result.violations
    .filter(rule => ['serious', 'critical'].includes(rule.impact))
    .map(rule => [rule.id, rule.nodes.length, rule.nodes[0].html.slice(0, 160)]))"""


@pytest.fixture(scope="session")
def page(browser):
    """A page without a network; what it asks for or says is kept in page.said."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True, bypass_csp=True).new_page()
    page.said = []
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda asked: page.said.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None)
    return page


def faults_of(page, files):
    """What axe-core finds serious or worse, by file."""
    faults = {}
    for file in files:
        page.goto(file.as_uri())
        page.keyboard.press("Escape")       # a deck opens on its first slide; the list shows them all
        page.add_script_tag(path=AXE)
        if found := page.evaluate(LOOK):
            faults[file.name] = found
    return faults


def test_nothing_serious_is_found(kit_folder, page):
    assert faults_of(page, sorted(kit_folder.rglob("*.html"))) == {} and page.said == []


def test_nothing_serious_is_found_in_the_dark(kit_folder, page):
    """The kit is made for paper and a projector and stays light; what was collected follows the screen."""
    page.emulate_media(color_scheme="dark")
    try:
        files = [*(kit_folder / "kit" / name for name in PHONE), *sorted((kit_folder / "collected").glob("*.html"))]
        assert faults_of(page, files) == {} and page.said == []
    finally:
        page.emulate_media(color_scheme="light")


def test_on_a_phone_nothing_scrolls_sideways(kit_folder, page):
    page.set_viewport_size({"width": 390, "height": 800})
    try:
        for name in PHONE:
            page.goto((kit_folder / "kit" / name).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        for file in (kit_folder / "collected").glob("*.html"):
            page.goto(file.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, file.name
    finally:
        page.set_viewport_size({"width": 1280, "height": 800})
