"""Runs the code of a lesson in this process, without a kernel and without drawing: quick, for tests that change a cell and look on."""
import contextlib
import io
import json
import os

import matplotlib.pyplot as plt

import takeaways
from takeaways.explore import baseline, odds, placebo, weights

from launcher.environment import NOTEBOOKS

LESSONS = sorted(NOTEBOOKS.glob("0*.ipynb"))


def code_cells(lesson):
    """[(id, source)] of the code cells of a lesson, in order."""
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    return [(cell["id"], "".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]


@contextlib.contextmanager
def nothing_is_drawn(monkeypatch, publish=lambda fig, *_, **__: plt.close(fig), say=None, show_question=lambda *_, **__: None):
    """Charts and controls are not drawn; what a cell prints or says is kept as text. The functions take the place of the real ones."""
    said = io.StringIO()
    monkeypatch.setattr(takeaways, "publish", publish)
    monkeypatch.setattr(takeaways, "say", say or (lambda text: print(text, file=said)))
    for module in (baseline, odds, placebo, weights):
        monkeypatch.setattr(module, "show_question", show_question)
    with contextlib.redirect_stdout(said):
        yield said


def run(lesson, monkeypatch, change=lambda name, source: source, after=lambda name, names: None):
    """Run a lesson to its end; returns (its names, what it printed).

    change: gets the id and the source of each code cell, returns the source to run. after: called with the id and the names
    after each cell.
    """
    names = {"__name__": "__main__"}
    try:
        with contextlib.chdir(NOTEBOOKS), nothing_is_drawn(monkeypatch) as said:
            for name, source in code_cells(lesson):
                exec(compile(change(name, source), f"{lesson.stem}:{name}", "exec"), names)
                after(name, names)
    finally:
        plt.close("all")
    return names, said.getvalue()


os.environ.setdefault("MPLBACKEND", "Agg")
