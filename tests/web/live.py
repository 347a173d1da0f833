"""A lesson of the live edition in a browser, as a visitor has it."""
import json

OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells.map(
    cell => ({id: cell.id, type: cell.cell_type, count: cell.execution_count, outputs: (cell.outputs || []).map(one => one.toJSON ? one.toJSON() : one)}))"""
RUN = """code => new Promise(done => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel, said = [];
    const asked = kernel.requestExecute({code, store_history: false});
    asked.onIOPub = ({content}) => said.push(content.text ?? content.data?.['text/plain'] ?? content.evalue ?? '');
    asked.done.then(() => done(said.join(''))); })"""


class Live:
    """One page with one lesson."""

    def __init__(self, context, host):
        self.host, self.page, self.errors = host, context.new_page(), []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)

    def open(self, path="my_work/01_mistrust.ipynb", python=True):
        self.page.goto(f"{self.host.address}live/notebooks/index.html?path={path}")
        self.wait(python)
        return self

    def wait(self, python=True):
        """Until the lesson is there and, if asked, Python answers."""
        self.page.wait_for_function("window.jupyterapp !== undefined")
        self.page.evaluate("window.jupyterapp.started")
        self.page.wait_for_function("window.jupyterapp.shell.currentWidget?.context !== undefined")
        self.page.evaluate("""async () => { const panel = window.jupyterapp.shell.currentWidget;
            await panel.context.ready; await panel.revealed; }""")
        if python:
            self.page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.ready; }")
            self.run("1")

    def wait_until_kept(self):
        self.page.wait_for_function("document.documentElement.dataset.courseKept === 'yes'")

    def reload(self, python=True):
        self.page.reload()
        self.wait(python)

    def command(self, name, **arguments):
        self.page.evaluate("([name, args]) => window.jupyterapp.commands.execute(name, args).then(() => null)", [name, arguments])

    def run(self, code):
        """Run code in the lesson's Python; returns what it printed and showed, as text."""
        return self.page.evaluate(RUN, code)

    def run_all(self):
        self.command("notebook:run-all-cells")

    def cells(self):
        return self.page.evaluate(OUTPUTS)

    def write(self, cell_id, text):
        """Write into a cell as if by typing, and save."""
        self.page.evaluate("""async ([id, text]) => { const panel = window.jupyterapp.shell.currentWidget;
            panel.content.widgets.find(one => one.model.id === id).model.sharedModel.setSource(text);
            await panel.context.save(); }""", [cell_id, text])

    def source(self, cell_id):
        return self.page.evaluate("""id => window.jupyterapp.shell.currentWidget.content.widgets
            .find(one => one.model.id === id)?.model.sharedModel.getSource()""", cell_id)

    def files(self):
        return self.page.evaluate("async () => (await window.jupyterapp.serviceManager.contents.get('my_work', {content: true})).content.map(file => file.name).sort()")

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
