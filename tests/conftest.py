"""What all tests share."""
import os
import tempfile
from pathlib import Path

import pytest


def pytest_configure():
    """Where the home folder cannot be written, matplotlib says so in a lesson's output: give it a folder."""
    if not os.access(Path.home(), os.W_OK):
        os.environ.setdefault("MPLCONFIGDIR", tempfile.mkdtemp(prefix="matplotlib-"))


@pytest.fixture
def show_question(monkeypatch):
    """Call an interactive question; returns what it would display in a notebook, and its widgets, the answer last."""
    from takeaways.explore import live

    class Plain:
        def _repr_mimebundle_(self):
            return {"application/vnd.jupyter.widget-view+json": {}}

    def show(question):
        seen = {}
        monkeypatch.setattr(live, "display", lambda bundle, raw: seen.update(bundle))
        monkeypatch.setattr(live.widgets, "VBox", lambda children: seen.update(widgets=children) or Plain())
        question()
        return seen
    return show
