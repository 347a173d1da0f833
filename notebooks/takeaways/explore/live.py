"""How an interactive question is shown: one display that is a chart for readers and a live control once run.

A notebook that has not been run, an export and a test see the chart of the default choice and its words. Run, the same
cell is a control: named dropdowns and number fields that work from the keyboard, and below them the answer.
"""

import html
from collections.abc import Callable

import ipywidgets as widgets
import matplotlib.pyplot as plt
from IPython.display import display

from ..errors import CourseError
from ..publishing import (caption_html, figure_html, figure_text, finish_layout, picture, settle_layout, source_words,
                          table_names, write_figure)
from ..reading import read_figure

WIDE = widgets.Layout(width="95%", max_width="760px")
NAMED = {"description_width": "initial"}


def show_question(controls: dict, draw: Callable, name: str, sources: list | Callable, mend: Callable = lambda controls: None):
    """Show controls over a chart that follows them.

    controls: name to widget, in the order in which they are shown; their values are passed to `draw` by these names.
    draw: returns a finished figure for one choice, or raises CourseError with a sentence on why there is none.
    name: the file name of the default chart.
    sources: the tables that the chart is drawn from, or a function that names them for one choice.
    mend: called before drawing; may set a control right that does not fit the others.
    """
    answer = widgets.HTML()

    def choices():
        return {key: control.value for key, control in controls.items()}

    def update(_=None):
        mend(controls)
        answer.value = answer_html(draw, sources, **choices())

    fig = draw(**choices())
    named = _named(sources, choices())
    page, png = _page(fig, named)
    answer.value = page
    words = figure_text(*read_figure(fig), source_words(named))
    write_figure(fig, name, png)
    plt.close(fig)
    for control in controls.values():
        control.observe(update, names="value")
    box = widgets.VBox([*controls.values(), answer])
    display({**box._repr_mimebundle_(), "text/html": page, "text/plain": words}, raw=True)


def answer_html(draw: Callable, sources: list | Callable, **choice) -> str:
    """Return the chart and its words for one choice, or a sentence on why that choice has no answer."""
    try:
        fig = draw(**choice)
    except CourseError as fault:
        return f'<p role="status">No answer for this choice: {html.escape(str(fault))}</p>'
    page, _ = _page(fig, _named(sources, choice))
    plt.close(fig)
    return page


def _page(fig, sources):
    """The HTML of a chart and its picture, drawn once."""
    finish_layout(fig, sources)
    settle_layout(fig)
    png = picture(fig)
    return figure_html(png, *read_figure(fig), caption_html(sources)), png


def _named(sources, choice):
    return table_names(sources(**choice) if callable(sources) else sources)
