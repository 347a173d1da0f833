"""The web edition, built once, served under an address with a folder in it, and opened in Chromium by whoever asks."""
import os
import shutil
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from launcher.environment import NOTEBOOKS, TOP

sys.path.insert(0, str(NOTEBOOKS / "web"))
import serving  # noqa: E402

HERE = Path(__file__).resolve().parent
AXE = TOP / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
LESSONS = [lesson.stem for lesson in sorted(NOTEBOOKS.glob("0*.ipynb"))]
BASE = "some/course"        # nobody promises that a site lies at the top of its host
SECONDS = 180               # the longest that any one thing may take: Python has to start in the browser


def pytest_addoption(parser):
    parser.addoption("--site", help="a web edition that is built already, instead of building one")
    parser.addoption("--all-lessons", action="store_true", help="run all six lessons live, not one")


def pytest_generate_tests(metafunc):
    if "live_lesson" in metafunc.fixturenames:
        chosen = LESSONS if metafunc.config.getoption("all_lessons") else ["01_mistrust"]
        metafunc.parametrize("live_lesson", chosen, scope="module")


@pytest.fixture(scope="session")
def site(request, tmp_path_factory):
    """The folder of a built web edition."""
    if given := request.config.getoption("site"):
        return Path(given).resolve()
    out = tmp_path_factory.mktemp("web") / "site"
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    subprocess.run([sys.executable, NOTEBOOKS / "web", out], check=True, env=outside)
    return out


class Host:
    """Serves a folder below BASE, as any static host would; counts what it sends, and can be stopped."""

    def __init__(self, top, folder):
        self.sent = 0
        place = top / BASE
        place.parent.mkdir(parents=True)
        place.symlink_to(folder)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(self.handler(), directory=str(top)))
        self.address = f"http://127.0.0.1:{self.server.server_port}/{BASE}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def handler(host):
        class Counted(serving.Files):
            def copyfile(self, source, target):
                host.sent += os.fstat(source.fileno()).st_size
                super().copyfile(source, target)
        return Counted

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def hosted(top, folder):
    """A host for a folder while something is done with it."""
    host = Host(top, folder)
    try:
        yield host
    finally:
        host.stop()


@pytest.fixture
def host_of(tmp_path_factory):
    """Starts a host for a folder; all are stopped at the end."""
    with ExitStack() as hosts:
        yield lambda folder: hosts.enter_context(hosted(tmp_path_factory.mktemp("host"), folder))


@pytest.fixture(scope="session")
def host(site, tmp_path_factory):
    """The web edition on its host."""
    with hosted(tmp_path_factory.mktemp("host"), site) as host:
        yield host


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@contextmanager
def visitors(browser):
    """Opens contexts, as visitors have them; no page of any may ask another host for anything, or fail in a script."""
    contexts, faults = [], []

    def come(**how):
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}, "bypass_csp": True} | how))
        context.set_default_timeout(SECONDS * 1000)
        context.on("request", lambda request: request.url.startswith(("http://127.0.0.1", "data:", "blob:")) or faults.append(request.url))
        context.on("weberror", lambda fault: faults.append(str(fault.error)))
        contexts.append(context)
        return context

    yield come
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def visitor(browser):
    """Opens a context of its own for one test."""
    with visitors(browser) as come:
        yield come


@pytest.fixture(scope="module")
def regular(browser):
    """Opens a context for several tests of a file."""
    with visitors(browser) as come:
        yield come


def axe_faults(page):
    """What axe-core finds, serious or worse: rule, how many, the first place."""
    if not page.evaluate("window.axe !== undefined"):
        page.add_script_tag(path=AXE)
    found = page.evaluate("""() => axe.run(document, {resultTypes: ['violations']})
        .then(result => result.violations.map(rule => [rule.id, rule.impact, rule.nodes.length, rule.nodes[0].html.slice(0, 200)]))""")
    return [fault for fault in found if fault[1] in ("serious", "critical")]
