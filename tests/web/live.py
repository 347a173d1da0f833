"""A lesson of the live edition in a browser, as a visitor has it."""
import json
import re

from conftest import SECONDS

from launcher.environment import NOTEBOOKS

# Where a line of an output differs from the stored one, and why. Everything else is the same to the letter.
DIFFER = {
    ("00_start_here", "where-was-i"): (r".*", "on a learner's desk it tells what she has done; the lessons are stored away from one"),
    ("01_mistrust", "extraditions-chart"): (r"horizontal axis from 1993\.42 to 2028\.0[78];.*", "2028.075 lies between two roundings; the older "
                                            "matplotlib computes it a hair above"),
    ("01_mistrust", "question"): (r"vertical axis from 0 to 12\.6; ticks .*", "the older matplotlib finds room for more numbers at the axis"),
}
OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells.map(
    cell => ({id: cell.id, type: cell.cell_type, count: cell.execution_count, outputs: (cell.outputs || []).map(one => one.toJSON ? one.toJSON() : one)}))"""
RUN = """code => new Promise(done => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel, said = [];
    const asked = kernel.requestExecute({code, store_history: false});
    asked.onIOPub = ({content}) => said.push(content.text ?? content.data?.['text/plain'] ?? content.evalue ?? '');
    asked.done.then(() => done(said.join('')));
    setTimeout(() => done('no answer from Python'), 120_000); })"""
# What a page has promised and never keeps would hold a test for ever.
SOON = """given => Promise.race([(%s)(given), new Promise((_, fail) => setTimeout(() => fail(new Error('no answer after %d seconds')), %d))])"""


class Live:
    """One page with one lesson. new_page: what opens a page, in Chromium or in Firefox."""

    def __init__(self, new_page, host):
        self.host, self.page = host, new_page()

    def open(self, path="my_work/01_mistrust.ipynb", python=True):
        self.page.goto(f"{self.host.address}live/notebooks/index.html?path={path}")
        self.wait(python)
        return self

    def wait(self, python=True):
        """Until the lesson is there, newer editions were looked for and, if asked, Python answers."""
        self.page.wait_for_function("window.jupyterapp !== undefined")
        self.ask("() => window.jupyterapp.started.then(() => null)")
        self.page.wait_for_function("window.jupyterapp.shell.currentWidget?.context !== undefined")
        self.ask("""async () => { const panel = window.jupyterapp.shell.currentWidget;
            await panel.context.ready; await panel.revealed; }""")
        self.page.wait_for_function("document.documentElement.dataset.courseOpen === 'yes'")
        if python:
            self.ask("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.ready; }")
            self.run("1")

    def ask(self, function, argument=None):
        """What a function of JavaScript answers to an argument, or promises and keeps in time."""
        return self.page.evaluate(SOON % (function, SECONDS, 1000 * SECONDS), argument)

    def wait_until_kept(self):
        self.page.wait_for_function("document.documentElement.dataset.courseKept === 'yes'")

    def reload(self, python=True):
        self.page.reload()
        self.wait(python)

    def command(self, name, **arguments):
        self.ask("([name, args]) => window.jupyterapp.commands.execute(name, args).then(() => null)", [name, arguments])

    def run(self, code):
        """Run code in the lesson's Python; returns what it printed and showed, as text."""
        return self.page.evaluate(RUN, code)

    def run_all(self):
        self.command("notebook:run-all-cells")

    def cells(self):
        return self.page.evaluate(OUTPUTS)

    def set_source(self, cell_id, text):
        """Write into a cell as if by typing."""
        self.page.evaluate("""([id, text]) => window.jupyterapp.shell.currentWidget.content.widgets
            .find(one => one.model.id === id).model.sharedModel.setSource(text)""", [cell_id, text])

    def write(self, cell_id, text):
        """Write into a cell, and save."""
        self.set_source(cell_id, text)
        self.ask("() => window.jupyterapp.shell.currentWidget.context.save().then(() => null)")

    def source(self, cell_id):
        return self.page.evaluate("""id => window.jupyterapp.shell.currentWidget.content.widgets
            .find(one => one.model.id === id)?.model.sharedModel.getSource()""", cell_id)

    def show(self, cell_id):
        """Scroll to a cell: what is far away is not drawn, and cannot have the focus."""
        self.ask("""id => { const book = window.jupyterapp.shell.currentWidget.content;
            return book.scrollToCell(book.widgets.find(one => one.model.id === id)).then(() => null); }""", cell_id)

    def files(self):
        return self.ask("async () => (await window.jupyterapp.serviceManager.contents.get('my_work', {content: true})).content.map(file => file.name).sort()")

    def afresh(self, choice):
        """Start afresh in the way that a button of the dialog names."""
        self.button("Start afresh").click()
        with self.page.expect_navigation():
            self.button(choice).click()
        self.wait(python=False)

    def download(self):
        """What "Download my work" brings to her own disk."""
        with self.page.expect_download() as download:
            self.button("Download my work").first.click()
        return download.value

    def notes(self):
        return self.page.locator("#course-notes p").all_inner_texts()

    def button(self, name):
        return self.page.get_by_role("button", name=name)


def texts(outputs):
    """What a cell says: its streams together, and each display as plain text."""
    streams = "".join("".join(one["text"]) for one in outputs if one["output_type"] == "stream")
    shown = ["".join(one["data"].get("text/plain", "")) for one in outputs if "data" in one]
    errors = [one["ename"] for one in outputs if one["output_type"] == "error"]
    return [streams, *shown, *errors]


def stored(path):
    """The code cells of a stored lesson: id to what each says."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: texts(cell["outputs"]) for cell in cells if cell["cell_type"] == "code"}


def says(live):
    return {cell["id"]: texts(cell["outputs"]) for cell in live.cells() if cell["type"] == "code"}


def without(lines, pattern):
    return [line for line in lines if not re.fullmatch(pattern, line)]


def differences(lesson, live):
    """The cells that say something else than is stored and are not listed: what each said before and says now; and how many say the
    same to the letter, of how many.
    """
    now, expected, differ = says(live), stored(NOTEBOOKS / f"{lesson}.ipynb"), {}
    assert now.keys() == expected.keys()
    for name, said in expected.items():
        pattern, _ = DIFFER.get((lesson, name), (r"(?!)", ""))
        before, after = ("\n".join(some).splitlines() for some in (said, now[name]))
        if without(before, pattern) != without(after, pattern):
            differ[name] = (before, after)
    return differ, sum(now[name] == said for name, said in expected.items()), len(expected)
