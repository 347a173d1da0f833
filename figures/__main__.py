"""Runs the lessons in place, so that their outputs are fresh, and redraws every figure in this folder.

It also gathers the page for revision (notebooks/revision.md) from the lessons and the tables.

    python3 figures        all lessons; on Windows: py figures
    python3 figures 01     only the lessons whose name begins so

A lesson with an error is left as it was. Run twice, the second time changes nothing.
"""
import os
import sys

FIGURES = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(FIGURES), "notebooks"))
import launcher  # noqa: E402, F401  (says so if this Python is too old; what follows would not even be read)

SECONDS_PER_CELL = 120
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def main(beginnings):
    if "--help" in beginnings or "-h" in beginnings:
        sys.exit(__doc__)
    from pathlib import Path

    from launcher import environment

    if not environment.is_inside():
        environment.prepare(environment.COURSE)
        environment.hand_over(FIGURES, *beginnings)
    lessons = choose(environment.NOTEBOOKS, beginnings)
    drawn = set()
    for lesson in lessons:
        drawn |= redraw(lesson, Path(FIGURES))
    if not beginnings:
        remove_others(Path(FIGURES), drawn)
        write_revision_page()


def choose(folder, beginnings):
    """The lessons to run: all of them, or those whose name begins with one of the words."""
    lessons = sorted(folder.glob("*.ipynb"))
    chosen = [lesson for lesson in lessons if not beginnings or lesson.name.startswith(tuple(beginnings))]
    if not chosen:
        sys.exit(f"No such lesson in {folder}. There are: {', '.join(lesson.stem for lesson in lessons) or 'none'}.")
    return chosen


def redraw(lesson, figures):
    """Run one lesson and keep what changed: the notebook and its figures. Returns the names of the figures."""
    import tempfile
    from pathlib import Path

    import nbformat

    before = lesson.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        execute(notebook, lesson, folder)
        drawn = sorted(Path(folder).iterdir())
        changed = [file for file in drawn if keep(figures / file.name, file.read_bytes())]
    tidy(notebook)
    if keep(lesson, (nbformat.writes(notebook) + "\n").encode()):
        changed.append(lesson)
    names = ", ".join(file.name for file in changed) or "nothing"
    print(f"{lesson.stem}: {len(drawn)} figure files; changed: {names}", flush=True)
    return {file.name for file in drawn}


def execute(notebook, lesson, folder):
    """Run every cell from an empty kernel, as a learner would; an error ends the program with a word on where it is."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, DeadKernelError
    from traitlets.config import Config

    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook, timeout=SECONDS_PER_CELL, kernel_name="python3", resources={"metadata": {"path": str(lesson.parent)}},
        store_widget_state=False, record_timing=False, coalesce_streams=True,
        config=Config(KernelManager={"transport_encryption": "auto"}),      # without it the kernel prints a warning
    )
    try:
        # The variable says where publish() writes a figure; without it nothing is written.
        client.execute(env={**os.environ, "TAKEAWAYS_FIGURES": folder})
    except (CellControlSignal, DeadKernelError) as error:
        sys.exit(f"{lesson.name}, {place_of_error(notebook, error)}\nThe notebook was left as it was.")


def place_of_error(notebook, error):
    """Which cell stopped, and why, in two lines."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                return f"cell {number} ({first_line(cell.source)}):\n{output.ename}: {output.evalue}"
    running = [cell for cell in notebook.cells if cell.get("execution_count")]
    after = f"after the cell ({first_line(running[-1].source)})" if running else "at the beginning"
    return f"{after}:\n{type(error).__name__}: {first_line(str(error))}"


def first_line(text):
    return (text.strip() or "empty").splitlines()[0]


def tidy(notebook):
    """Leave out what would differ from machine to machine or from run to run."""
    notebook.metadata.kernelspec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata.language_info = {"name": "python"}
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            # The live control has a random name, and is gone when the kernel stops; what stands for it stays.
            output.get("data", {}).pop(WIDGET_VIEW, None)
        if "reveal" in cell.metadata.get("tags", ()):
            say_how_to_open(cell.outputs[0].data)


def say_how_to_open(forms):
    """What is stored closed begins with a sentence, which JupyterLab shows instead of the answer."""
    from takeaways.publishing import CLOSED

    forms["text/html"] = CLOSED + forms["text/html"]


def keep(path, content):
    """Write a file if that changes it; say whether it did."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.write_bytes(content)
    return True


def write_revision_page():
    """Gather key points, exercises, terms and publishers of all lessons on one page."""
    import revision

    if keep(revision.PAGE, revision.revision_page().encode()):
        print(f"{revision.PAGE.name} is new")


def remove_others(figures, drawn):
    """Remove the figures that no lesson draws any more."""
    for file in sorted(figures.iterdir()):
        if file.suffix in (".png", ".svg") and file.name not in drawn:
            file.unlink()
            print(f"removed {file.name}, which no lesson draws any more")


if __name__ == "__main__":
    main(sys.argv[1:])
