"""Letters drawn from memory are those that matplotlib draws, to the last byte; where it has other names, it draws itself."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg

from takeaways import letters
from takeaways.charts import INK, STYLE, direct_label, mark_event

MEMORIES = (letters._line, letters._size, letters._outline, letters._letter)


def chart(words="a, fi, Á, 12\N{MINUS SIGN}5%"):
    """Every way to write: upright and turned, bold and plain, over a halo, on two lines, maths, at any part of a pixel, and unsmoothed."""
    with plt.rc_context(STYLE):
        fig, ax = plt.subplots(figsize=(5, 3), dpi=144)
        ax.plot(range(7), np.sqrt(range(7)), label=words)
        ax.set(xlabel="months, per cent", ylabel=f"$x^2$ of {words}", title="A finding\nof two lines")
        ax.text(1, 1, words, rotation=33, style="italic", family="serif")
        ax.text(4, 0.3, words, antialiased=False)
        ax.text(4, 0.6, words, fontfeatures=["-liga"])
        for place in (0.1, 0.123, 2.77):
            direct_label(ax, place, place / 2, words, INK)
        mark_event(ax, "1970-01", words)
        ax.legend()
        fig.canvas.draw()
        fig.set_layout_engine("none")
    return fig


def pixels(canvas):
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).copy()


@pytest.fixture
def fig():
    yield chart()
    plt.close("all")


def test_a_figure_is_the_same_to_the_last_byte_also_when_all_is_remembered(fig):
    for memory in MEMORIES:
        memory.cache_clear()
    usual = pixels(FigureCanvasAgg(fig))
    canvas = letters.canvas_of(fig)
    assert (pixels(canvas) == usual).all()
    learned = [memory.cache_info().misses for memory in MEMORIES]
    canvas.renderer = canvas.size_drawn = None
    assert (pixels(canvas) == usual).all()
    assert min(learned) > 0 and [memory.cache_info().misses for memory in MEMORIES] == learned, "drawn past the memory: was a name renamed?"


def test_words_take_the_same_room(fig):
    boxes = [[text.get_window_extent(canvas(fig).get_renderer()).bounds for text in fig.findobj(matplotlib.text.Text)]
             for canvas in (FigureCanvasAgg, letters.canvas_of)]
    assert boxes[0] == boxes[1]


def test_a_figure_keeps_its_canvas_and_its_place_in_pyplot(fig):
    assert letters.canvas_of(fig) is letters.canvas_of(fig) is fig.canvas
    plt.sca(fig.axes[0])
    assert plt.gcf() is fig
    plt.close(fig)
    assert not plt.get_fignums()


def test_another_matplotlib_draws_as_usual(fig, monkeypatch):
    usual = pixels(FigureCanvasAgg(fig))
    monkeypatch.setitem(letters.PRIVATE, RendererAgg, ("a_name_that_it_does_not_have",))
    canvas = letters.canvas_of(fig)
    assert type(canvas) is FigureCanvasAgg and (pixels(canvas) == usual).all()
