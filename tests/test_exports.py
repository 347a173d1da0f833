"""A lesson as one HTML file (File > Save and Export Notebook As > HTML), and the form in which JupyterLab saves it."""
import copy
import functools
import html
import json
import re
from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert import HTMLExporter
from traitlets.config import PyFileConfigLoader

from launcher import lab, saving
from launcher.environment import NOTEBOOKS

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
TWO = pytest.mark.parametrize("lesson", LESSONS[1:3], ids=lambda lesson: lesson.stem)   # tests/browser exports all of them
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
ANSWER = '<details class="answer">'


def export(notebook, name="01_mistrust"):
    """The page that JupyterLab would give, by the same settings."""
    settings = PyFileConfigLoader("jupyter_server_config.py", path=str(lab.SETTINGS)).load_config()
    page, _ = HTMLExporter(config=settings).from_notebook_node(notebook, {"metadata": {"name": name}})
    return page


@pytest.fixture(scope="module")
def pages():
    """Each lesson's page, made once."""
    @functools.cache
    def page(lesson):
        return export(nbformat.read(lesson, as_version=4), lesson.stem)
    return page


class Reader(HTMLParser):
    """What a page loads, and the words that stand in it unopened."""

    def __init__(self, page):
        super().__init__()
        self.loaded, self.scripts, self.open, self.details, self.kept_out = [], 0, [], 0, 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.scripts += tag == "script"
        self.details += tag == "details"
        self.kept_out += tag in ("style", "script")
        address = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
        if address and not address.startswith("data:"):
            self.loaded.append(address)
        if tag == "img" and not self.details:
            self.open.append(attributes.get("alt", ""))

    def handle_endtag(self, tag):
        self.details -= tag == "details"
        self.kept_out -= tag in ("style", "script")

    def handle_data(self, text):
        if not self.details and not self.kept_out:
            self.open.append(text)


@TWO
def test_an_export_loads_nothing_and_runs_nothing(pages, lesson):
    page = Reader(pages(lesson))
    assert page.loaded == [] and page.scripts == 0
    assert not re.search(r"url\(\s*['\"]?(?!['\"]?data:|#)[a-z]+:|@import", pages(lesson))


@TWO
def test_an_export_has_the_title_of_the_lesson(pages, lesson):
    first = json.loads(lesson.read_text(encoding="utf-8"))["cells"][0]
    title = "".join(first["source"]).splitlines()[0].removeprefix("# ")
    assert html.unescape(re.search(r"<title>(.*?)</title>", pages(lesson))[1]) == title
    assert '<html lang="en">' in pages(lesson)


@TWO
def test_in_an_export_the_answers_to_predictions_stay_closed(pages, lesson):
    notebook = nbformat.read(lesson, as_version=4)
    answers = [cell for cell in notebook.cells if "reveal" in cell.metadata.get("tags", ())]
    words = " ".join(Reader(pages(lesson)).open)
    assert pages(lesson).count(ANSWER) == len(answers) > 0
    for cell in answers:
        picture = re.search(r'alt="([^"]+)"', cell.outputs[0].data["text/html"])[1]
        assert html.unescape(picture) not in words, cell.id


def test_an_output_that_a_learner_closed_stays_closed_too():
    cell = nbformat.v4.new_code_cell("1 + 1", outputs=[nbformat.v4.new_output("stream", text="two\n")])
    page = export(nbformat.v4.new_notebook(cells=[cell]))
    assert ANSWER not in page and "two" in " ".join(Reader(page).open)
    cell.metadata["jupyter"] = {"outputs_hidden": True}
    page = export(nbformat.v4.new_notebook(cells=[cell]))
    assert ANSWER in page and "two" not in " ".join(Reader(page).open)


def test_without_a_heading_the_name_of_the_file_is_the_title():
    page = export(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Notes")]), "mine & yours")
    assert "<title>mine &amp; yours</title>" in page
    assert "<title>" in export(nbformat.v4.new_notebook())


def test_long_code_wraps_in_an_export(pages):
    assert re.search(r"\.highlight pre[^{]*\{[^}]*white-space: pre-wrap", pages(LESSONS[1]))


def test_a_live_control_is_exported_as_its_picture():
    shown = nbformat.v4.new_output("display_data", {"text/html": "<b>a picture</b>", saving.LIVE: {"model_id": "7"}})
    cell = nbformat.v4.new_code_cell("question()", outputs=[shown])
    page = export(nbformat.v4.new_notebook(cells=[cell]))
    assert "<b>a picture</b>" in page and "model_id" not in page


# --- saving ------------------------------------------------------------------------------------------------------

def as_saved_by_jupyterlab(lesson):
    """What JupyterLab sends when a lesson that was opened, or run, is saved."""
    notebook = json.loads(lesson.read_text(encoding="utf-8"))
    notebook["metadata"]["language_info"] |= {"version": "3.12.1", "codemirror_mode": {"name": "ipython", "version": 3}}
    for cell in notebook["cells"]:
        if cell["metadata"].get("jupyter", {}).get("outputs_hidden"):
            cell["metadata"]["collapsed"] = True
        if cell["cell_type"] == "code":
            cell["metadata"]["execution"] = {"iopub.status.busy": "2026-11-26T10:00:00Z"}
            for output in cell["outputs"]:
                if "text/html" in output.get("data", {}):
                    output["data"][saving.LIVE] = {"model_id": "7"}
    return notebook


@every_lesson
def test_a_lesson_is_saved_as_it_is_stored(lesson):
    model = {"type": "notebook", "content": as_saved_by_jupyterlab(lesson)}
    saving.as_stored(model=model, path="x.ipynb", contents_manager=None)
    assert model["content"] == json.loads(lesson.read_text(encoding="utf-8"))


@pytest.mark.parametrize("content", [
    {"metadata": {"language_info": {"name": "R", "version": "4"}}, "cells": []},
    {"metadata": {}, "cells": [{"cell_type": "code", "metadata": {"collapsed": True}, "outputs": [
        {"output_type": "display_data", "data": {saving.LIVE: {"model_id": "7"}, "text/plain": "a slider"}}]}]},
])
def test_what_is_not_ours_is_saved_unchanged(content):
    model = {"type": "notebook", "content": copy.deepcopy(content)}
    saving.as_stored(model=model, path="x.ipynb", contents_manager=None)
    assert model["content"] == content


@pytest.mark.parametrize("model", [{"type": "file", "content": "text"}, {"type": "notebook", "content": None}, {"type": "directory"}])
def test_what_is_no_notebook_is_saved_unchanged(model):
    before = copy.deepcopy(model)
    saving.as_stored(model=model)
    assert model == before


def test_the_launcher_shows_jupyter_its_settings(tmp_path):
    assert lab.variables(tmp_path)["JUPYTER_CONFIG_PATH"] == str(lab.SETTINGS)
