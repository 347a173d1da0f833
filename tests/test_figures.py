"""`python3 figures`: the lessons are run in place, tidied, and left alone where one fails."""
import json
import runpy
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from launcher.environment import TOP

figures = runpy.run_path(str(TOP / "figures" / "__main__.py"), run_name="figures")

DRAW = """import os
folder = os.environ["TAKEAWAYS_FIGURES"]
_ = open(folder + "/00_new.png", "w").write("a picture")
print("drawn")"""
CONTROL = """from IPython.display import display
display({"application/vnd.jupyter.widget-view+json": {"model_id": "random"}, "text/plain": "a chart"}, raw=True)"""


@pytest.fixture
def lesson(tmp_path):
    """Writes a lesson of a course in a folder with a space and an accent, and gives its path."""
    folder = tmp_path / "una carpeta de José"
    (folder / "figures").mkdir(parents=True)

    def write(*sources):
        codes = [new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
        path = folder / "00_lesson.ipynb"
        nbformat.write(new_notebook(cells=[new_markdown_cell("A lesson", id="title"), *codes]), path)
        return path

    return write


def redraw(path):
    return figures["redraw"](path, path.parent / "figures")


def test_a_lesson_is_run_in_place_and_the_second_time_nothing_changes(lesson, capsys):
    path = lesson(DRAW, CONTROL)
    assert redraw(path) == {"00_new.png"}
    assert "changed: 00_new.png, 00_lesson.ipynb" in capsys.readouterr().out
    assert (path.parent / "figures" / "00_new.png").read_text() == "a picture"

    notebook = json.loads(path.read_text())
    codes = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in codes] == [1, 2]
    assert [cell["id"] for cell in notebook["cells"]] == ["title", "cell-0", "cell-1"]
    assert codes[0]["outputs"][0]["text"] == ["drawn\n"]
    assert list(codes[1]["outputs"][0]["data"]) == ["text/plain"]      # the live control is not stored
    assert notebook["metadata"]["language_info"] == {"name": "python"}

    redraw(path)
    assert "changed: nothing" in capsys.readouterr().out


def test_a_lesson_with_an_error_is_left_as_it_was(lesson):
    path = lesson(DRAW, "share = 1 / 0")
    before = path.read_bytes()
    with pytest.raises(SystemExit) as end:
        redraw(path)
    assert str(end.value) == ("00_lesson.ipynb, cell 3 (share = 1 / 0):\nZeroDivisionError: division by zero\n"
                              "The notebook was left as it was.")
    assert path.read_bytes() == before
    assert list((path.parent / "figures").iterdir()) == []


def test_a_kernel_that_dies_is_told_of(lesson):
    with pytest.raises(SystemExit, match="(?s)00_lesson.ipynb, .*DeadKernelError"):
        redraw(lesson("import os", "os._exit(1)"))


def test_one_lesson_can_be_chosen(tmp_path):
    for name in ("00_start_here", "01_mistrust"):
        shutil.copy(__file__, tmp_path / f"{name}.ipynb")
    assert [path.stem for path in figures["choose"](tmp_path, [])] == ["00_start_here", "01_mistrust"]
    assert [path.stem for path in figures["choose"](tmp_path, ["01"])] == ["01_mistrust"]
    with pytest.raises(SystemExit, match="There are: 00_start_here, 01_mistrust"):
        figures["choose"](tmp_path, ["07"])


def test_figures_that_no_lesson_draws_are_removed_and_nothing_else(tmp_path):
    for name in ("00_kept.png", "00_old.png", "00_old.svg", "__main__.py"):
        (tmp_path / name).write_text("")
    figures["remove_others"](tmp_path, {"00_kept.png"})
    assert sorted(file.name for file in tmp_path.iterdir()) == ["00_kept.png", "__main__.py"]
