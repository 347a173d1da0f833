"""A live answer is drawn on one figure again and again: it looks as if drawn afresh, near its own layout, and nothing is cut."""

import io
import itertools
import random

import matplotlib.pyplot as plt
import pytest
from matplotlib.ticker import ScalarFormatter
from PIL import Image

from takeaways.charts import use_style
from takeaways.errors import CourseError
from takeaways.explore import baseline, odds, placebo, quick, weights
from takeaways.publishing import OWN, finish_layout, settle_layout, table_names


def placebo_choices():
    return [(event, metric, window, clear) for metric in placebo.METRICS for event in placebo.events_of(metric)
            for window in placebo.windows_around(metric, event) for _, clear in placebo._comparisons(event, metric, window)]


def odds_choices():
    ranges = [[(a, b) for a in o.values() for b in o.values() if a <= b] for o in (odds.PRIORS, odds.RAISING, odds.LOWERING)]
    return itertools.product(*ranges, odds.COSTS, odds.LOSSES)


# The question's drawing, the tables behind a choice, the default, and every choice.
QUESTIONS = {
    "placebo": (placebo.draw_choice, lambda event, metric, *_: placebo.sources_of(metric), (*placebo.DEFAULT, False), placebo_choices),
    "baseline": (baseline.draw_choice, lambda metric, kind, *_: baseline.sources_of(kind), baseline.DEFAULT,
                 lambda: [(kind.metric, name, against) for name, kind in baseline.KINDS.items() for against in baseline.BASELINES]),
    "odds": (odds.draw_choice, lambda *_: OWN, tuple(odds.DEFAULT.values()), odds_choices),
    "weights": (weights.draw_weights, lambda third, *_: weights.sources_of(third), tuple(weights.DEFAULT.values()),
                lambda: itertools.product(weights.THIRDS, weights.SEIZED, range(2019, 2025), range(2), range(0, 11, 5), range(1, 3))),
}


@pytest.fixture(params=QUESTIONS)
def drawn(request):
    """For nine choices: (choice, the picture drawn on the kept figure, that drawn afresh, how far its axes are from their own layout)."""
    use_style()
    draw, sources, default, choices = QUESTIONS[request.param]

    def finished(choice, on=None):
        fig = draw(*choice, on=on)
        finish_layout(fig, table_names(sources(*choice)))
        return fig

    kept = finished(default)
    settle_layout(kept)
    frame = quick.frame_of(kept)
    quick.keep(kept)
    found = []
    for choice in random.Random(12).sample(list(choices()), 16):
        try:
            picture = quick.quick_picture(finished(choice, kept), frame)
        except CourseError:
            continue
        afresh = finished(choice)
        settle_layout(afresh)
        far = max(abs(here - there) for a, b in zip(kept.axes, afresh.axes)
                  for here, there in zip(a.get_position().extents, b.get_position().extents))
        found.append((choice, picture, quick.quick_picture(afresh, frame._replace(axes={})), far))
        plt.close(afresh)
        if len(found) == 9:
            break
    return found


def test_a_live_answer_is_drawn_as_afresh_stands_as_laid_out_and_touches_no_edge(drawn):
    assert len(drawn) == 9
    assert [choice for choice, kept, afresh, _ in drawn if kept != afresh] == []
    assert [(choice, far) for choice, _, _, far in drawn if far > 0.04] == []
    assert [choice for choice, kept, _, _ in drawn if ink_at_the_edge(kept)] == []


def ink_at_the_edge(png):
    image = Image.open(io.BytesIO(png)).convert("L")
    wide, high = image.size
    sides = ((0, 0, wide, 2), (0, high - 2, wide, high), (0, 0, 2, high), (wide - 2, 0, wide, high))
    return any(image.crop(side).getextrema()[0] < 250 for side in sides)


def test_what_an_earlier_answer_left_is_wiped():
    fig, ax = quick.panels(None, figsize=(4, 3))
    ax.barh(["one", "two"], [1000, 2000], label="bars")
    ax.set(title="first", xlim=(-5, 5))
    ax.legend()
    ax.xaxis.set_major_formatter("{x:,.0f}")
    fig.suptitle("finding")
    again, same = quick.panels(fig, figsize=(4, 3))
    assert again is fig and same is ax and fig.get_suptitle() == "" and ax.get_legend() is None and not ax.containers
    ax.barh(["three"], [1])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["three"] and ax.get_xlim()[1] < 2
    assert isinstance(ax.xaxis.get_major_formatter(), ScalarFormatter)
    plt.close(fig)
