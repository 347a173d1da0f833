"""The web edition, built once, served under an address with a folder in it, and opened in Chromium by whoever asks."""
import fcntl
import os
import shutil
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

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
BASE = "a school/año 2"     # nobody promises that a site lies at the top of its host, nor how its folders are called
SECONDS = 180               # the longest that any one thing may take: Python has to start in the browser


def pytest_addoption(parser):
    parser.addoption("--site", help="a web edition that is built already, instead of building one")
    parser.addoption("--all-lessons", action="store_true", help="run all six lessons live, not one")


def pytest_generate_tests(metafunc):
    if "live_lesson" in metafunc.fixturenames:
        chosen = LESSONS if metafunc.config.getoption("all_lessons") else ["01_mistrust"]
        metafunc.parametrize("live_lesson", chosen, scope="module")


@pytest.fixture(scope="session")
def site(request, tmp_path_factory, worker_id):
    """The folder of a built web edition, the same for all workers: the first that asks builds it."""
    if given := request.config.getoption("site"):
        return Path(given).resolve()
    shared = tmp_path_factory.getbasetemp()
    out = (shared if worker_id == "master" else shared.parent) / "site"
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    with open(out.with_name("site.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not out.exists():
            subprocess.run([sys.executable, NOTEBOOKS / "web", out], check=True, env=outside)
    return out


def copy_of(site, folder):
    """A copy of the site whose files a test may exchange, but never write into."""
    return shutil.copytree(site, folder / "site", copy_function=os.link)


def exchange(path, content):
    path.unlink()
    path.write_bytes(content)


@pytest.fixture(scope="session")
def asleep(site, tmp_path_factory):
    """The site in which Python never wakes, for what has nothing to do with it: to start it is most of what a page costs."""
    copy = copy_of(site, tmp_path_factory.mktemp("asleep"))
    start, = (copy / "live" / "runtime").rglob("start-*.js")
    exchange(start, b"self.loadPyodide = () => new Promise(() => {});")
    return copy


@pytest.fixture(scope="session")
def asleep_host(asleep, tmp_path_factory):
    with hosted(tmp_path_factory.mktemp("host"), asleep) as host:
        yield host


class Host:
    """Serves a folder below BASE, as any static host would; counts what it sends, can fail, and can be stopped."""

    def __init__(self, top, folder):
        self.sent, self.folder = 0, folder
        self.fails = {}     # name of a file: how often it fails, and how
        place = top / BASE
        place.parent.mkdir(parents=True)
        place.symlink_to(folder)
        self.server = serving.Server(("127.0.0.1", 0), partial(self.handler(), directory=str(top)))
        self.address = f"http://127.0.0.1:{self.server.server_port}/{quote(BASE)}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def handler(host):
        class Counted(serving.Files):
            def copyfile(self, source, target):
                host.sent += os.fstat(source.fileno()).st_size
                super().copyfile(source, target)

            def missing_page(self):
                return host.folder / "404.html"

            def do_GET(self):
                often, how = host.fails.get(name := self.path.partition("?")[0].rpartition("/")[2], (0, None))
                if not often:
                    return super().do_GET()
                host.fails[name] = often - 1, how
                if how == "busy":
                    self.send_error(503)
                elif how == "half":
                    content = Path(self.translate_path(self.path)).read_bytes()
                    self.send_response(200)
                    self.send_header("Content-Type", "text/javascript")
                    self.send_header("Content-Length", len(content))
                    self.end_headers()
                    self.wfile.write(content[:len(content) // 2])
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


# Beyond the edge of the screen, but for what scrolls in a box of its own in the text. That the page itself does not scroll is not
# enough: the theme cuts off what is too wide.
BEYOND = """() => [...document.querySelectorAll('header *, main *, footer *')].filter(node => node.checkVisibility() && !node.closest('.unseen'))
    .filter(node => node.getBoundingClientRect().right > innerWidth + 1)
    .filter(node => { for (let up = node.parentElement; up; up = up.parentElement)
        if (up.closest('article') && ['auto', 'scroll'].includes(getComputedStyle(up).overflowX)) return false; return true; })
    .map(node => node.outerHTML.slice(0, 120))"""

COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
BUT_COLOURS = {"rules": {rule: {"enabled": False} for rule in COLOURS["runOnly"]}}


def axe_faults(page, rules, within="document"):
    """What axe-core finds, serious or worse: rule, how many, the first place. rules: COLOURS, BUT_COLOURS or {} for all."""
    if not page.evaluate("window.axe !== undefined"):
        page.add_script_tag(path=AXE)
    found = page.evaluate("""([rules, within]) => axe.run(within === 'document' ? document : within, {resultTypes: ['violations'], ...rules})
        .then(result => result.violations.map(rule => [rule.id, rule.impact, rule.nodes.length, rule.nodes[0].html.slice(0, 200)]))""", [rules, within])
    return [fault for fault in found if fault[1] in ("serious", "critical")]


def pytest_terminal_summary(terminalreporter):
    """What the tests measured, for a report: each line was recorded under the name "measured"."""
    lines = {line for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
             for name, line in getattr(report, "user_properties", ()) if name == "measured"}
    for line in sorted(lines):
        terminalreporter.write_line(line)
