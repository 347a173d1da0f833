"""How a notebook is saved: in the form in which the lessons are stored, so that opening and
saving one changes nothing.
"""

LANGUAGE = {"name": "python"}       # not also the version of whichever Python runs today
LIVE = "application/vnd.jupyter.widget-view+json"


def as_stored(model, **_):
    """Leave out of a notebook that is being saved what belongs to one run only. Called by Jupyter's server.

    model: as the server has it: its type and, under "content", the notebook. What is open in the browser stays as it
        is.
    Raises nothing that the server would not only log: a notebook is saved in any case.
    """
    if model.get("type") != "notebook" or not isinstance(model.get("content"), dict):
        return
    notebook = model["content"]
    if notebook.get("metadata", {}).get("language_info", {}).get("name") == "python":
        notebook["metadata"]["language_info"] = dict(LANGUAGE)
    for cell in notebook.get("cells", ()):
        leave_out_twice_told(cell.get("metadata", {}))
        for output in cell.get("outputs", ()):
            leave_out_live(output.get("data", {}))


def leave_out_twice_told(metadata):
    """When a cell ran is nobody's business later; that its output is closed stands under "jupyter" already."""
    metadata.pop("execution", None)
    if metadata.get("collapsed") and metadata.get("jupyter", {}).get("outputs_hidden"):
        del metadata["collapsed"]


def leave_out_live(forms):
    """A live control is gone when its kernel stops: where a picture stands for it, only the picture is kept."""
    if LIVE in forms and "text/html" in forms:
        del forms[LIVE]
