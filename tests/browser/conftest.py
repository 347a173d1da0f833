"""One server, one browser and one page of JupyterLab for all tests of this folder; each lesson is opened in it in turn."""
import json

import lab
import pytest
from classroom import collect, kit
from playwright.sync_api import sync_playwright

from launcher.environment import NOTEBOOKS

LESSONS = [lesson.stem for lesson in sorted(NOTEBOOKS.glob("*.ipynb"))]
ASKING = [lesson for lesson in LESSONS if "_question()" in (NOTEBOOKS / f"{lesson}.ipynb").read_text(encoding="utf-8")]


def pytest_addoption(parser):
    parser.addoption("--renew", action="store_true", help="store the pictures of this run as those to compare with; look at them")


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A copy of the course with JupyterLab running in it: (its folder, its address)."""
    top = lab.copy_course(tmp_path_factory.mktemp("browser") / "course")
    with lab.started(top) as address:
        yield top, address


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=lab.CHROMIUM, args=lab.QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def desk(course, browser):
    """JupyterLab in the browser (see lab.Desk)."""
    top, address = course
    page = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900}).new_page()
    desk = lab.Desk(page, address, top)
    desk.enter()
    return desk


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request, desk):
    """Each lesson, opened as it is stored; closed at the end, its kernel with it."""
    desk.open(request.param)
    yield request.param
    desk.close()


@pytest.fixture(scope="session")
def kit_folder(tmp_path_factory):
    """The kit, and beside it what was collected from a class, as it is on a disk."""
    folder = tmp_path_factory.mktemp("kit")
    kit.write(folder / "kit", pdf=False)
    lesson = {"cells": [{"cell_type": "code", "outputs": [], "source": 'sign("Ana D\u00edaz", "5B")\nmy_test = "Fewer deaths."'}]}
    (folder / "handed in").mkdir()
    (folder / "handed in" / "Ana.ipynb").write_text(json.dumps(lesson), encoding="utf-8")
    (folder / "handed in" / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    collect.write(collect.collect(folder / "handed in"), folder / "collected")
    return folder


@pytest.fixture(autouse=True)
def nothing_goes_wrong_unseen(request):
    """After each test: no error on a page, no error on the console, no request to anywhere but our own server."""
    desk = request.getfixturevalue("desk") if "desk" in request.fixturenames else None
    yield
    if desk:
        assert desk.take_errors() == []
        assert desk.page.locator(".jp-Dialog").count() == 0, desk.page.locator(".jp-Dialog").inner_text()
