"""One simulated learner: what she does in a lesson, and what she should see.

The order of the requests is that of JupyterLab 4.6, as Chromium sent them; their form is in client.py. Whatever is not
as it should be raises `Failed` with one sentence.
"""
import copy
import csv
import html
import json
import re
import time
import uuid
from functools import cache
from urllib.parse import quote

from client import Client, Failed, expect
from launcher.environment import NOTEBOOKS, TOP

DESK, LESSON = "my_work", "01_mistrust.ipynb"
CHUNKS = 60             # files of JupyterLab that a browser loads to open a lesson, about 6 MB
POLL_SECONDS = 10       # JupyterLab asks for files, kernels and the like as often
FIRST_CHART = "timeline-chart"
EXERCISE, NUMBER, NOTE = "exercise-1-2", "1.2", "my-note"
WINDOWS = (3, 6, 8, 18, 24)     # the choices of the control but the one that it shows first
PICTURE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
HEARD = re.compile(r'takeaways-heard">([^<]*)<')
CLOSED = re.compile(r"(?:Predict first; then click here or press Shift\+Enter\.\n)? \n<figure")


class Learner(Client):
    """A client whose choices differ from her neighbour's, by her place in the class, its number.

    password: the class's, and her own too.
    """

    def __init__(self, hub, name, password, number=0, seconds=300):
        super().__init__(hub, name, password, seconds, class_password=password)
        self.number, self.path = number, f"{DESK}/{LESSON}"
        self.lesson, self.key = stored(), key()
        self.kernel = None
        self.polled = time.monotonic()

    def enter(self):
        answer = self.log_in(then="")
        expect(answer.status_code != 403, "The password was not taken.")
        expect(self.account, f"Nobody was logged in ({answer.status_code}).")

    def load_desktop(self):
        """The page of JupyterLab with the files and settings that it loads first."""
        page = self.page(f"{self.own}/lab/tree/{quote(self.path)}")
        expect("jupyter-config-data" in page.text, "The page is not JupyterLab's.")
        scripts = re.findall(r'<script[^>]* src="([^"]+)"', page.text)
        main = next((script for script in scripts if "/main." in script), None)
        expect(main, "JupyterLab's page names no script.")
        program = self.ask("GET", self.hub + main).text
        folder = main.rpartition("/")[0]
        chunks = [f"{folder}/{name}.{sign}.js" for name, sign in re.findall(r'\b(\d+):"([0-9a-f]{16,20})"', program)]
        for script in dict.fromkeys([*scripts, *chunks[:CHUNKS]]):
            if script != main:
                self.ask("GET", self.hub + script)
        for path in ("me", "kernelspecs", "kernels", "sessions", "terminals", "contents?content=1&hash=0"):
            self.api("GET", path)
        for path in ("settings", "workspaces", "translations", "build"):
            self.ask("GET", f"{self.own}/lab/api/{path}")

    def open_lesson(self):
        found = self.api("GET", f"contents/{quote(self.path)}?type=notebook&content=1&hash=1").json()
        expect(unchanged(found["content"]) == unchanged(self.lesson), "Her copy of the lesson is not the lesson.")
        self.notebook = copy.deepcopy(self.lesson)     # without what she wrote in it another time
        self.api("POST", f"contents/{quote(self.path)}/checkpoints")
        self.kernel = self.open_kernel(self.path)
        self.kernel.greet()

    def run_to_first_chart(self):
        cells = code_cells(self.notebook)
        last = [cell["id"] for cell in cells].index(FIRST_CHART)
        for cell in cells[:last + 1]:
            self.run_cell(cell)
        drawn = any("<img" in page and PICTURE.search(page) for page in pages(cells[last]))
        expect(drawn, "The first chart has no picture.")

    def run_lesson(self):
        """Every cell once more from the top, as *Run All Cells* does; each must say what the stored lesson says."""
        for cell, before in zip(code_cells(self.notebook), code_cells(self.lesson), strict=True):
            self.run_cell(cell)
            expect(words(cell["outputs"]) == words(before["outputs"]),
                   f"The cell {cell['id']} of the lesson says something else than the stored lesson.")

    def run_cell(self, cell):
        cell["outputs"], cell["execution_count"] = self.kernel.run("".join(cell["source"]), cell["id"])
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                raise Failed(f"The cell {cell['id']} ended with {output['ename']}: {output['evalue']}.")

    def move_control(self):
        """Choose another window, as the front end does; the answer must be the one to her choice."""
        chosen = WINDOWS[self.number % len(WINDOWS)]
        control, label = self.kernel.control("Window", f"{chosen} months")
        self.kernel.set_state(control, {"index": label})
        heard = self.heard()
        expect(finding(chosen) in heard, f"The control moved to {chosen} months says: {heard}")

    def heard(self):
        """The words of the newest answer, as a screen reader says them; its chart must be there."""
        texts = [state["value"] for state in self.kernel.widgets.values() if state.get("_model_name") == "HTMLModel"]
        expect(any(PICTURE.search(text) for text in texts), "The answer of the control has no chart.")
        return next((html.unescape(found[1]) for text in texts if (found := HEARD.search(text))), "")

    def do_exercise(self):
        """A usual slip first, which must not count as right, then the right answer."""
        slip, answer = self.key
        for value, right in ((slip, False), (answer, True)):
            cell = copy.deepcopy(self.cell(EXERCISE))
            cell["source"] = "".join(self.cell(EXERCISE)["source"]).replace("= ...", f"= {value}", 1)
            self.run_cell(cell)
            verdict = text_of(cell)
            expect(verdict.startswith(f"{NUMBER}: "), f"check said nothing on {value}.")
            expect(verdict.startswith(f"{NUMBER}: right.") == right,
                   f"check took {value} for {'wrong' if right else 'right'}: {verdict[:80]}")
        self.cell(EXERCISE).update(cell)

    def cell(self, name):
        return next(cell for cell in self.notebook["cells"] if cell["id"] == name)

    def keep_note(self):
        """In a cell of her own; her text must lie on her own desk afterwards."""
        self.note = f"{self.name} wrote this, {uuid.uuid4()}."
        cell = {"cell_type": "code", "id": NOTE, "metadata": {}, "outputs": [], "execution_count": None,
                "source": f"from takeaways import keep\nkeep('my_note', {self.note!r})"}
        self.run_cell(cell)
        self.notebook["cells"].append(cell)
        expect(text_of(cell).startswith("Kept in my_work/my_note.md"), f"keep said: {text_of(cell)[:100]}")
        kept = self.api("GET", f"contents/{DESK}/my_note.md?content=1").json()["content"]
        expect(self.note in kept, "What was kept is not on her desk.")

    def save(self):
        saved = {"type": "notebook", "format": "json", "content": self.notebook}
        self.api("PUT", f"contents/{quote(self.path)}", json=saved)
        self.api("POST", f"contents/{quote(self.path)}/checkpoints")

    def read_back(self):
        found = self.api("GET", f"contents/{quote(self.path)}?type=notebook&content=1").json()["content"]
        expect(sources(found) == sources(self.notebook), "What was saved has other words than what came back.")
        for cell, before in zip(code_cells(found), code_cells(self.notebook), strict=True):
            expect(words(cell["outputs"]) == words(before["outputs"]),
                   f"The outputs of the cell {cell['id']} were not saved.")

    def stay(self, until):
        """Read on, as people do, with the page open, until told to go."""
        while not until.is_set():
            if self.kernel:
                self.kernel.listen(1)
            else:
                until.wait(1)

    def meanwhile(self):
        """What JupyterLab asks for by itself, time and again."""
        if time.monotonic() - self.polled > POLL_SECONDS:
            self.polled = time.monotonic()
            for path in ("kernels", "sessions", "terminals", f"contents/{DESK}?content=1&hash=0"):
                self.api("GET", path)

    def leave(self):
        if self.kernel:
            self.kernel.close()
        super().leave()

    STEPS = {"login": enter, "server": Client.wait_for_server, "desktop": load_desktop, "open": open_lesson,
             "first_chart": run_to_first_chart, "lesson": run_lesson, "control": move_control, "exercise": do_exercise,
             "note": keep_note, "save": save, "read_back": read_back}


@cache
def stored():
    """The lesson as it came."""
    return json.loads((NOTEBOOKS / LESSON).read_text(encoding="utf-8"))


@cache
def key():
    """(a usual slip, the answer) of the exercise, as code; from the key that stands apart."""
    with open(TOP / "tests" / "answers.csv", encoding="utf-8", newline="") as file:
        rows = {row["part"]: row["value"] for row in csv.DictReader(file) if row["number"] == NUMBER}
    return rows["slip 1"], rows["answer"]


@cache
def finding(window):
    """The answer to the question of the lesson for one window, computed here."""
    from takeaways.explore import placebo
    return placebo.finding(placebo.effect_of("E025", "interdictions", window))


def unchanged(notebook):
    """Of a copy of the lesson, the cells in which nothing is written here, by their ids."""
    return {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"] if cell["id"] not in (EXERCISE, NOTE)}


def sources(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def pages(cell):
    return ["".join(output["data"]["text/html"]) for output in cell["outputs"] if "text/html" in output.get("data", {})]


def text_of(cell):
    return "".join("".join(output["text"]) for output in cell["outputs"] if output["output_type"] == "stream")


def words(outputs):
    """What outputs say in words: each kind of text, with the pixels of charts left out as in the strict run."""
    return [(output["output_type"], {kind: plain(value) for kind, value in texts(output)}) for output in outputs]


def texts(output):
    shown = {"text/stream": output["text"]} if "text" in output else output.get("data", {})
    return [(kind, value) for kind, value in shown.items() if kind.startswith("text/")]


def plain(value):
    return CLOSED.sub("<figure", PICTURE.sub("DATA-URI", "".join(value)))
