"""A lesson exported by JupyterLab, without a network: on a screen, on a phone, and printed."""
import urllib.request

import lab
import pytest
from conftest import LESSONS

every_lesson = pytest.mark.parametrize("lesson", LESSONS)


@pytest.fixture(scope="session")
def exported(course, tmp_path_factory):
    """The file that JupyterLab gives for a lesson, made once."""
    top, address = course
    folder = tmp_path_factory.mktemp("exported")

    def export(lesson):
        page = folder / f"{lesson}.html"
        if not page.exists():
            (top / "my_work" / "exported.ipynb").write_bytes((top / "notebooks" / f"{lesson}.ipynb").read_bytes())
            with urllib.request.urlopen(f"{address}/nbconvert/html/my_work/exported.ipynb?download=true&token={lab.TOKEN}") as answer:
                page.write_bytes(answer.read())
        return page
    return export


@pytest.fixture
def sheet(exported, browser):
    """Opens the export of a lesson from the disk, where no network can be reached; returns the page and what it asked for."""
    contexts = []

    def open_export(lesson, width=1280):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, offline=True))
        page, asked = contexts[-1].new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.goto(exported(lesson).as_uri())
        return page, [address for address in asked if not address.startswith(("file:", "data:"))]

    yield open_export
    for context in contexts:
        context.close()


# Beyond the right edge of what holds it, where a sheet of paper cuts it off.
CUT = """() => [...document.querySelectorAll('pre, img, figcaption, p')].filter(node => node.checkVisibility())
    .filter(node => node.scrollWidth > node.clientWidth + 1 && node.clientWidth || node.getBoundingClientRect().right > innerWidth + 1)
    .map(node => node.textContent.trim().slice(0, 60))"""
OPEN = "() => [...document.querySelectorAll('details.answer figure')].filter(node => node.checkVisibility()).length"


@every_lesson
def test_an_export_on_paper(sheet, lesson):
    """A4 with its margins leaves 698 pixels. Answers stay closed until somebody opens them; then they are printed."""
    page, asked = sheet(lesson, width=698)
    page.emulate_media(media="print")
    assert asked == [] and page.evaluate(CUT) == [] and page.evaluate(OPEN) == 0
    assert page.title() and lesson not in page.title()
    page.evaluate("document.querySelectorAll('details.answer').forEach(one => one.open = true)")
    assert page.evaluate(OPEN) == page.locator("details.answer").count() > 0 and page.evaluate(CUT) == []


def test_an_export_as_a_pdf(sheet):
    page, _ = sheet(LESSONS[4])
    assert len(page.pdf(format="A4", tagged=True)) > 100_000


@every_lesson
def test_an_export_on_a_phone(sheet, lesson):
    page, asked = sheet(lesson, width=390)
    assert asked == [] and page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(OPEN) == 0
    answer = page.locator("details.answer summary").first
    answer.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(OPEN) == 1
