"""JupyterLab in a browser, as a learner has it: the course is started by its own launcher, in a copy in a temporary folder."""
import ast
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from launcher import environment

LOOK = Path(__file__).resolve().parent / "look.js"

TOKEN = "sesame"
CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--font-render-hinting=none"]
SECONDS = 60        # the longest that any one thing may take

# What JupyterLab and Chromium say by themselves on the console; none of it comes from a lesson.
# (Its debugger asks every kernel for its state, also one that is being closed.)
NOT_OURS = re.compile(r"favicon|ResizeObserver loop|Download the React DevTools|Could not restore the debugger state")


def copy_course(top):
    """Lay a copy of the course that nothing but this run will touch; returns its folder."""
    without = shutil.ignore_patterns("__pycache__", ".*", "web", "hub", "classroom")
    shutil.copytree(environment.NOTEBOOKS, top / "notebooks", ignore=without)
    shutil.copytree(environment.TOP / "data", top / "data", ignore=shutil.ignore_patterns("__pycache__"))
    for lock in (environment.COURSE, environment.TESTS, environment.BROWSER):
        (top / lock.relative_to(environment.TOP)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(lock, top / lock.relative_to(environment.TOP))
    return top


@contextmanager
def started(top):
    """Run `python3 notebooks` in the copy; gives the address, and stops the server at the end."""
    assert environment.is_inside(), "the server would set up an environment of its own: run python3 tests --browser"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    learner = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    home = top.parent / "home"      # no settings of whoever runs the tests
    learner |= {"TAKEAWAYS_ENV": str(environment.ENV), "HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "config"),
                "JUPYTER_DATA_DIR": str(home / "data"), "JUPYTER_RUNTIME_DIR": str(home / "runtime"), "PYTHONPATH": ""}
    settings = home / "config" / "lab" / "user-settings" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"windowingMode": "none"}')    # every cell is in the page, also below the fold: the tests look at all
    log = open(top.parent / "server.log", "w+")
    server = subprocess.Popen(
        [sys.executable, "notebooks", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
         f"--IdentityProvider.token={TOKEN}", "--expose-app-in-browser",
         f"--LabApp.user_settings_dir={settings.parents[2]}"],
        cwd=top, env=learner, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/api/status?token={TOKEN}", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        try:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGINT)
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
        log.close()


def wait_for(address, server, log):
    for _ in range(SECONDS * 5):
        try:
            return urllib.request.urlopen(address).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        if server.poll() is not None:
            break
    log.seek(0)
    raise AssertionError("JupyterLab did not start:\n" + log.read()[-3000:])


def look(desk, what, *arguments):
    """What a person would see of the open lesson (see look.js)."""
    if not desk.page.evaluate("window.look !== undefined"):
        desk.page.add_script_tag(path=LOOK)
    return desk.page.evaluate("([what, given]) => window.look[what](...given)", [what, arguments])


class Desk:
    """The page of JupyterLab: opens a lesson, runs it, and notes whatever goes wrong."""

    def __init__(self, page, address, top):
        self.page, self.address, self.top, self.errors = page, address, top, []
        page.set_default_timeout(SECONDS * 1000)
        page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))
        page.on("console", self._hear)
        page.on("request", self._see)

    def _hear(self, message):
        if message.type == "error" and not NOT_OURS.search(message.text + str(message.location)):
            self.errors.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _see(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.errors.append(f"request to another host: {request.url}")

    def take_errors(self):
        found, self.errors = self.errors, []
        return found

    def enter(self, workspace="default"):
        """Load JupyterLab. A second tab needs a workspace of its own: in one that is taken it soon loads itself anew."""
        self.page.goto(f"{self.address}/lab/workspaces/{workspace}?token={TOKEN}")
        self.page.wait_for_function("window.jupyterapp !== undefined")
        self.page.evaluate("window.jupyterapp.restored")

    def command(self, name, **arguments):
        return self.page.evaluate("([name, args]) => window.jupyterapp.commands.execute(name, args).then(() => null)", [name, arguments])

    def open(self, lesson):
        """Open a lesson as it lies on the desk: never run, and so not trusted."""
        self.command("docmanager:open", path=f"my_work/{lesson}.ipynb")
        self.page.evaluate("""async () => {
            const panel = window.jupyterapp.shell.currentWidget;
            await panel.context.ready; await panel.revealed; await panel.sessionContext.ready;
            await Promise.all(panel.content.widgets.map(cell => cell.ready)); }""")
        self.settle()

    def run_all(self):
        self.command("notebook:run-all-cells")
        self.settle()

    def run_question(self):
        """Run the two cells that an interactive question needs."""
        self.page.evaluate("""async () => { const book = window.jupyterapp.shell.currentWidget.content;
            for (const id of ['imports', 'question']) {
                book.activeCellIndex = book.widgets.findIndex(cell => cell.model.id === id);
                await window.jupyterapp.commands.execute('notebook:run-cell');
            } }""")
        self.settle()

    def ask_kernel(self, expression):
        """The value of an expression in the kernel of the open lesson, of plain Python."""
        return ast.literal_eval(self.page.evaluate("""async expression => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const asked = kernel.requestExecute({code: '', silent: true, user_expressions: {it: expression}});
            return (await asked.done).content.user_expressions.it.data['text/plain']; }""", expression))

    def save(self):
        self.command("docmanager:save")

    def close(self, kernel_too=True):
        """Save and close the open lesson."""
        if kernel_too:
            self.command("kernelmenu:shutdown")
        self.page.evaluate("""async () => { const panel = window.jupyterapp.shell.currentWidget;
            await panel.context.save(); panel.dispose(); }""")

    def theme(self, name):
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        self.settle()

    def settle(self):
        """Wait until every picture is there and nothing has moved for a moment."""
        self.page.evaluate("""async () => {
            const height = () => document.querySelector('.jp-Notebook')?.scrollHeight;
            for (let before, i = 0; i < 70; i++) {
                await new Promise(done => setTimeout(done, 60));
                const loaded = [...document.images].every(image => image.complete);
                if (loaded && before === height()) return;
                before = height();
            } }""")

    def path(self, lesson):
        return self.top / "my_work" / f"{lesson}.ipynb"
