"""Under nbval: after each cell of a lesson, what its sentences rely on is held against the lesson's own names
(tests/claims).

And pictures are compared, byte for byte, where the machine draws as the one that made the stored ones: those in the
outputs and, in ordinary kernels (plain pytest, `python3 tests --cold`), the files in figures/ too. All this from
whatever folder pytest is called, and with nothing of the person's own settings in the kernels.
"""
import ast
import hashlib
import os
import platform
import re
import sys
from functools import cache
from pathlib import Path

import pytest

TESTS = str(Path(__file__).resolve().parents[1] / "tests")
FIGURES = Path(__file__).resolve().parents[1] / "figures"
sys.path.append(TESTS)
import apart  # noqa: E402

SECONDS = 30
LONG = ["test_updating.py", "test_fetching.py", "test_classroom.py", "test_data.py",
        "test_reading.py", "test_explore_weights.py", "test_charts.py", "test_sizing.py"]
PICTURE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")


def pytest_configure(config):
    """Let nbval compare the pictures of a chart by a short sign of each, which a failure
    prints; see tests/sanitize.cfg.
    """
    from nbval.plugin import IPyNbCell

    config.option.nbval_sanitize_with = config.option.nbval_sanitize_with or os.path.join(TESTS, "sanitize.cfg")
    if not hasattr(IPyNbCell, "sanitize_words"):
        IPyNbCell.sanitize_words = IPyNbCell.sanitize
        IPyNbCell.sanitize = lambda cell, text: cell.sanitize_words(PICTURE.sub(sign_of_picture, text)
                                                                    if isinstance(text, str) else text)


def pytest_sessionstart(session):
    apart.settle(session)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With pytest-xdist (-n 2) the cells of a lesson stay together and in order, whatever --dist says; and files are
    handed out as collected, the long ones first, where xdist would begin with those of many tests.
    """
    from xdist.scheduler import LoadScopeScheduling

    config.option.loadscopereorder = False
    return LoadScopeScheduling(config, log)


def pytest_collection_modifyitems(items):
    """A file that takes long begins early: the last one to end decides how long the whole takes."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@cache
def draws_alike():
    """Does matplotlib draw letters and lines here as where the lessons were last run? (Linux, its own
    FreeType, the same processor.)
    """
    from matplotlib import ft2font

    return sys.platform == "linux" and platform.machine() == "x86_64" and ft2font.__freetype_build_type__ == "local"


def sign_of_picture(found):
    """A picture as sixteen letters: two with one sign are one. As it is, where a machine may draw it differently."""
    if not draws_alike():       # asked here: a run without pictures need not import matplotlib
        return found[0]
    return f"picture {hashlib.sha256(found[0].encode()).hexdigest()[:16]}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Run the cell as nbval does; then its claims, in the same kernel. A claim that fails fails the cell, and so does a
    file in figures/ that is not what the cell draws.
    """
    result = yield
    if type(item).__name__ == "IPyNbCell":
        if not hasattr(item.parent, "drawn_in"):
            item.parent.drawn_in = where_figures_are_written(item)
        due = due_after(item)
        failed = failures_in_kernel(item, due) if due else []
        if failed := failed + falsified_figures(item.parent):
            from nbval.plugin import NbCellError
            raise NbCellError(item.cell_num, "\n\n".join(failed), item.cell.source)
    return result


def where_figures_are_written(item):
    """The folder into which the lesson writes its figures, to be compared; None where they cannot be, or need not."""
    quick = item.config.pluginmanager.hasplugin("tests.warm_kernels")   # an SVG takes as long as its picture
    if quick or not draws_alike():
        return None
    folder = item.config._tmp_path_factory.mktemp("figures")
    settings = {"TAKEAWAYS_FIGURES": str(folder)}
    answer_of_kernel(item, f"__import__('os').environ.update({settings!r})", "where its figures are written")
    return folder


def falsified_figures(notebook):
    """The figures that the last cell drew and that are another file in figures/, in a sentence each."""
    found, folder = [], getattr(notebook, "drawn_in", None)
    for drawn in sorted(folder.iterdir()) if folder else ():
        kept = FIGURES / drawn.name
        if kept.exists() and kept.read_bytes() != drawn.read_bytes():
            found.append(f"figures/{drawn.name} is not what this cell draws. Run: python3 figures")
        drawn.unlink()
    return found


def due_after(item):
    """The names of the claims to be held against the names of the lesson as they are after this cell."""
    notebook = item.parent
    if not hasattr(notebook, "claims_by_cell"):
        cells = [(cell.get("id"), cell.cell_type == "code") for cell in notebook.nb.cells]
        question = f"names_by_cell({item.path.name[:2]!r}, {cells!r})"
        notebook.claims_by_cell = answer_of_claims(item, question, "which claims there are")
    return notebook.claims_by_cell.get(item.cell.get("id"), [])


def failures_in_kernel(item, due):
    """What the kernel of the lesson answers: one text for each claim that fails. No name of the lesson is touched."""
    question = f"failures({item.path.name[:2]!r}, {due!r}, dict(globals()))"
    return answer_of_claims(item, question, f"the claims {', '.join(due)}")


def answer_of_claims(item, question, about):
    """What a function of `claims` returns in the kernel of the lesson, which has imported already what claims need."""
    asked = (f"(__import__('sys').path.append({TESTS!r}) if {TESTS!r} not in __import__('sys').path else None) "
             f"or __import__('claims').{question}")
    return answer_of_kernel(item, asked, about)


def answer_of_kernel(item, asked, about):
    """What an expression gives in the kernel of the lesson."""
    kernel = item.parent.kernel
    sent = kernel.kc.execute("", silent=True, store_history=False, user_expressions={"answer": asked})
    while True:
        reply = kernel.get_message("shell", timeout=SECONDS)
        if reply["parent_header"].get("msg_id") == sent:
            break
    answer = reply["content"]["user_expressions"]["answer"]
    if answer["status"] != "ok":
        from nbval.plugin import NbCellError
        fault = f"The kernel could not say {about}: {answer['ename']}: {answer['evalue']}"
        raise NbCellError(item.cell_num, fault, item.cell.source)
    return ast.literal_eval(answer["data"]["text/plain"])
