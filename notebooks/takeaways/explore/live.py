"""How an interactive question is shown: one display that is a chart for readers and a live control once run.

A notebook that has not been run, an export and a test see the chart of the default choice and its words. Run, the same
cell is a control: named dropdowns that work from the keyboard, and below them the answer. While a control has the focus
no key reaches the notebook, where `b` or `dd` would change it; each answer is also said to a screen reader.
"""

import html
from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

import ipywidgets as widgets
import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure
from traitlets import TraitError

from ..errors import CourseError
from ..publishing import caption_html, figure_html, finish_layout, in_two_forms, picture, settle_layout, table_names
from ..reading import read_figure
from .quick import Frame, frame_of, keep, quick_picture

WIDE = widgets.Layout(width="95%", max_width="760px")
NAMED = {"description_width": "initial"}
LINE = 80   # characters of a choice that stand on one line
KEPT = 64   # answers that are kept for the case that a learner comes back to them

ASLEEP = "No controls here, or do they not react? Run this cell again: click it, then press Shift and Enter."

# Only a program in the page can hold keys back and name the place whose changes a screen reader says; it runs when
# this style arrives with the live control, unless the next answer has taken its place by then. Of all keys only
# Ctrl+S or Cmd+S, to save, still reaches the notebook: Ctrl+Z would undo a change of its cells, Alt+Enter add one. A
# choice is shown whole, on two lines where one is too short. Border, arrow and focus stand out 3:1 in both themes: by
# themselves a border has 1.9:1, the arrow is black on black.
# Where the system forces its own colours it drops the shadow around the focus, and colours the outline.
AT_WORK = """<style onload="const said = this.parentElement, box = this.closest('.widget-vbox');
if (said) said.setAttribute('role', 'status');
if (box && !box.dataset.keysStay) {
  box.dataset.keysStay = 'yes';
  box.addEventListener('keydown', press => {
    const held = press.ctrlKey || press.metaKey, key = press.key.toLowerCase();
    if (!(held && key === 's')) press.stopPropagation();
    if (held && key === 'a') press.preventDefault();    // the browser would select the whole page
  });
}">
.takeaways-heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.jp-OutputArea:has(.takeaways-said:not(.jupyter-widgets-disconnected)) .takeaways-asleep { display: none; }
.widget-vbox[data-keys-stay] .widget-dropdown { height: auto; }
.widget-vbox[data-keys-stay] select {
  height: auto; min-height: 28px; padding: 3px 24px 3px 8px; white-space: normal; border: 1px solid #808080;
  background-image: linear-gradient(45deg, transparent 50%, currentColor 50%),
                    linear-gradient(-45deg, transparent 50%, currentColor 50%);
  background-size: 6px 6px; background-position: right 12px center, right 6px center; }
.widget-vbox[data-keys-stay] select:focus { box-shadow: 0 0 0 2px #1976D2; outline: 2px solid transparent !important; }
</style>"""


class Answer(NamedTuple):
    """The answer to one choice: a page (a chart with its words, or a sentence on why there is
    none), and its words alone.
    """

    page: str
    words: str


def show_question(controls: dict, draw: Callable, name: str, sources: list | Callable,
                  mend: Callable = lambda controls, changed: ""):
    """Show controls over a chart that follows them.

    controls: name to widget, in the order in which they are shown; their values are passed to `draw` by these names.
    draw: returns a finished figure for one choice, drawn `on` an earlier one if it gets one (see `quick.panels`), or
        raises CourseError with a sentence on why there is none.
    name: the file name of the default chart.
    sources: the tables that the chart is drawn from, or a function that names them for one choice.
    mend: called with the controls and the name of the one that was changed, before drawing; may offer other choices in
        the others, and returns a sentence on every choice that it changed itself.
    """
    default = _choice(controls)
    fig = draw(**default)
    page, text = in_two_forms(fig, name, _named(sources, default))      # the default chart is as `publish` makes it
    first = Answer(page, _words_of(fig))
    frame = frame_of(fig)
    keep(fig)

    @lru_cache(KEPT)
    def answer_to(*values):
        choice = dict(zip(controls, values))
        return first if choice == default else answer(draw, sources, (fig, frame), **choice)

    said, shown = widgets.HTML(_said(first.words)), widgets.HTML(first.page)
    said.add_class("takeaways-said")

    def tell(note):
        found = answer_to(*_choice(controls).values())
        said.value, shown.value = _said(found.words, note), found.page

    _follow(controls, mend, tell)
    box = widgets.VBox([*controls.values(), said, shown])
    display({"text/html": f'<p class="takeaways-asleep">{ASLEEP}</p>', "text/plain": ASLEEP}, raw=True)
    # The method by which IPython asks any object for its forms; here the form of a reader is put beside the live one.
    display({**box._repr_mimebundle_(), "text/html": first.page, "text/plain": text}, raw=True)


def _follow(controls, mend, tell):
    """Answer each change of a control once, whatever `mend` changes in the others on the way."""
    busy = False

    def changed(name, _):
        nonlocal busy
        if busy:
            return
        busy = True
        try:
            tell(mend(controls, name))
        finally:
            busy = False

    mend(controls, "")
    for name, control in controls.items():
        control.observe(partial(changed, name), names="value")


class Dropdown(widgets.Dropdown):
    """A dropdown that shows what is chosen also where a browser asked for a place that its list no longer has."""

    def set_state(self, sync_data: dict):
        """Take what a browser sends: an index of the list as it was, if others have been put on offer meanwhile."""
        try:
            super().set_state(sync_data)
        except TraitError:
            self.send_state("index")    # else the browser would show nothing from now on


def offer(control: Dropdown, options: list, value: object):
    """Put other choices on offer, as (words, value) pairs, one of them chosen; the browser gets both as one change.

    ipywidgets makes each blank a hard one: long words get places to break, or they would be cut at the right edge.
    """
    options = [(words.replace(" ", " \u200b") if len(words) > LINE else words, value) for words, value in options]
    if list(control.options) != options or control.value != value:
        with control.hold_sync():
            control.options = options
            control.value = value


def answer(draw: Callable, sources: list | Callable, kept: tuple[Figure, Frame] | None = None,
           **choice: object) -> Answer:
    """Return the answer to one choice.

    kept: the figure to draw on again and where its parts stand; without one a figure is made and its layout solved.
    """
    fig, frame = kept or (None, None)
    try:
        fig = draw(**choice, on=fig)
    except CourseError as fault:
        sentence = f"No answer for this choice: {fault}"
        return Answer(f"<p>{html.escape(sentence)}</p>", sentence)
    named = _named(sources, choice)
    finish_layout(fig, named)
    if kept:
        png = quick_picture(fig, frame)
    else:
        settle_layout(fig)
        png = picture(fig)
        plt.close(fig)
    return Answer(figure_html(png, *read_figure(fig), caption_html(named)), _words_of(fig))


def _words_of(fig):
    """What the titles of a chart say: its finding, to be heard."""
    titles = [fig.get_suptitle(), *(ax.get_title(loc="left") for ax in fig.axes)]
    return ". ".join(" ".join(title.split()).rstrip(".") for title in titles if title) + "."


def _said(words, note=""):
    """The place whose changes are said: a note on what changed by itself, in sight, and the
    finding, which the chart shows.
    """
    seen = f"<p>{html.escape(note)}</p>" if note else ""
    return f'{AT_WORK}{seen}<p class="takeaways-heard">{html.escape(words)}</p>'


def _choice(controls):
    return {key: control.value for key, control in controls.items()}


def _named(sources, choice):
    return table_names(sources(**choice) if callable(sources) else sources)
