"""What all tests share."""
import apart
import pytest


def pytest_sessionstart(session):
    apart.settle(session)


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
