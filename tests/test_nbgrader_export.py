"""The assignment for nbgrader holds every exercise once, with its point, and nothing that gives it away."""
import json
from pathlib import Path

import pytest
from classroom import nbgrader_export

from takeaways.exercises.asking import questions

LESSONS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("0*.ipynb"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "course"
    nbgrader_export.export(folder)
    return folder


def cells(folder, name):
    return json.loads((folder / "source" / "four_takeaways" / name).read_text(encoding="utf-8"))["cells"]


@pytest.mark.parametrize("lesson", [path.name for path in LESSONS])
def test_each_exercise_is_an_answer_and_a_point(folder, lesson):
    marked = [cell["metadata"]["nbgrader"] for cell in cells(folder, lesson) if "nbgrader" in cell["metadata"]]
    asked = [number.replace(".", "_") for number, question in questions().items()
             if number[0] == lesson[1] and question.kind not in ("guess", "vote")]
    assert sorted(one["grade_id"] for one in marked) == sorted([f"answer_{one}" for one in asked] + [f"check_{one}" for one in asked])
    assert sum(one.get("points", 0) for one in marked) == len(asked)


@pytest.mark.parametrize("lesson", [path.name for path in LESSONS])
def test_no_code_of_the_lesson_is_lost_and_no_output_stays(folder, lesson):
    code = "\n".join("".join(cell["source"]) for cell in cells(folder, lesson))
    for cell in json.loads((LESSONS[0].parent / lesson).read_text(encoding="utf-8"))["cells"]:
        for line in "".join(cell["source"]).splitlines():
            assert line in code, line
    assert not any(cell.get("outputs") for cell in cells(folder, lesson))
    ids = [cell["id"] for cell in cells(folder, lesson)]
    assert len(ids) == len(set(ids))


def test_no_check_only_prints(folder):
    for path in LESSONS:
        for cell in cells(folder, path.name):
            if cell["metadata"].get("nbgrader", {}).get("points"):
                assert "\nassert verdict(" in cell["source"]


def test_a_folder_that_holds_things_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="holds other things"):
        nbgrader_export.export(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
