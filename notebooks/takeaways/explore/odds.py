"""Lesson 03: a first probability, two likelihood ratios, each with its range, two costs, and what
the conclusion hinges on.
"""

from functools import lru_cache
from math import sqrt
from typing import NamedTuple

import ipywidgets as widgets
import pandas as pd
from matplotlib.figure import Figure

from .. import analysis
from ..charts import direct_label, tornado
from ..errors import CourseError
from ..publishing import OWN
from .live import NAMED, Dropdown, show_question
from .quick import panels

# The whole grid: every choice on it is offered by name, and tested.
PRIORS = {f"{value}%": value / 100 for value in (1, 2, 5, 10, 20, 40)}
RAISING = {"1": 1, "2": 2, "5": 5, "10": 10, "20": 20}
LOWERING = {"1/10": 1 / 10, "1/5": 1 / 5, "1/2": 1 / 2, "1": 1}
COSTS = range(10, 101, 10)      # in units of the learner's own
LOSSES = range(100, 501, 100)
DEFAULT = {"prior": (0.02, 0.1), "raising": (1, 5), "lowering": (1 / 2, 1), "cost": 10, "loss": 100}
FIELD = widgets.Layout(width="460px")   # room for a long name and for the value behind it
NAMES = {"prior": "first probability", "raising": "signs that point to force", "lowering": "signs that point away"}


class Answer(NamedTuple):
    """What a choice of inputs leads to; all values are probabilities."""

    posterior: float     # after the signs, with each input in the middle of its range
    threshold: float     # cost / loss: above it preparing pays on average; 1 or more if the cost is never worth it
    swings: dict         # (at least, at most) by name of the input, when that input alone goes through its range
    together: tuple      # (at least, at most) when all inputs do
    hinges: list         # the inputs whose own range holds the threshold


def answer_for(prior: tuple, raising: tuple, lowering: tuple, cost: float, loss: float) -> Answer:
    """Weigh preparing for an event against waiting.

    prior: the least and the most of the first probability. raising, lowering: the least and the most of the likelihood
    ratio of all signs for, and of all signs against, taken together. cost: of preparing, paid in any case; loss: what
    preparing would spare if the event comes; both in one unit.
    Raises CourseError, in a sentence, for a probability, a ratio, a cost or a loss that can be none.
    """
    posterior, swings, together = _weighed(tuple(prior), tuple(raising), tuple(lowering))
    if not (cost > 0 and loss > 0):
        raise CourseError("cost and loss are above zero; without them there is nothing to decide.")
    threshold = cost / loss
    hinges = [name for name, (least, most) in swings.items() if least < threshold < most]
    return Answer(posterior, threshold, dict(swings), together, hinges)


@lru_cache(1)   # whoever changes a cost asks again about the same signs
def _weighed(prior, raising, lowering):
    """What follows from the first probability and the signs alone: posterior, swings and together of an Answer."""
    ranges = {"prior": prior, "raising": raising, "lowering": lowering}
    if not all(0 < end < 1 for end in prior):
        raise CourseError("no sign can move a first probability of 0 or 1. Choose one between them.")
    for name, (least, most) in ranges.items():
        if least <= 0:
            raise CourseError(f"the {NAMES[name]}: a likelihood ratio is above zero.")
        if least > most:
            raise CourseError(f"the range of the {NAMES[name]} is turned round: its least, {_as_chosen(name, least)}, "
                              "is above its most, "
                              f"{_as_chosen(name, most)}. Lower the least, or raise the most.")
    middle = {"prior": analysis.probability(_between(*map(analysis.odds, prior))),
              "raising": _between(*raising), "lowering": _between(*lowering)}
    swings = {NAMES[name]: tuple(analysis.update(*(middle | {name: end}).values()) for end in ends) for name,
              ends in ranges.items()}
    together = tuple(analysis.update(prior[end], raising[end], lowering[end]) for end in (0, 1))
    return analysis.update(*middle.values()), swings, together


def _between(least, most):
    return sqrt(least * most)   # the middle of ratios: as many times the least as the most is of it


def _as_chosen(name, value):
    """A value as the controls name it (`1/2` for a ratio of 0.5), or as it is where they do not offer it."""
    offered = {"prior": PRIORS, "raising": RAISING, "lowering": LOWERING}[name]
    return next((words for words, one in offered.items() if one == value),
                f"{value:.0%}" if name == "prior" else f"{value:g}")


def _per_cent(share):
    return f"{share:.0%}" if share >= 0.01 else f"{share:.1%}"


def finding(answer: Answer) -> str:
    """Return the finding of a choice in one or two sentences."""
    least, most = map(_per_cent, answer.together)
    if answer.threshold >= 1:
        verdict = "Preparing costs as much as it can spare, so it cannot pay"
    elif answer.hinges:
        verdict = (f"Preparing pays above {answer.threshold:.0%}, and this hinges on the "
                   f"{' and the '.join(answer.hinges)}")
    else:
        side = "more" if answer.posterior > answer.threshold else "less"
        verdict = f"Preparing pays above {answer.threshold:.0%}: it is {side}, and no input alone turns that"
    return f"Probability {_per_cent(answer.posterior)} ({least} to {most}). {verdict}"


def draw_choice(prior: tuple, raising: tuple, lowering: tuple, cost: float, loss: float,
                on: Figure | None = None) -> Figure:
    """Return the figure for one choice of the controls."""
    answer = answer_for(prior, raising, lowering, cost, loss)
    chosen = {NAMES[name]: f"{NAMES[name]},\n" + ("" if name == "prior" else "ratio ")
              + " to ".join(dict.fromkeys(_as_chosen(name, end) for end in ends))
              for name, ends in {"lowering": lowering, "raising": raising, "prior": prior}.items()}
    rows = {"all three at once": answer.together} | {chosen[name]: answer.swings[name] for name in chosen}
    fig, ax = panels(on, figsize=(8, 3.9))
    tornado(ax, 100 * pd.DataFrame.from_dict(rows, orient="index", columns=["at_least", "at_most"]),
            100 * answer.posterior,
            100 * answer.threshold, form="{:.2g}%")
    room = min(112, 130 * max(answer.together[1], answer.threshold))
    beside = {"xytext": (7, 0)} if 100 * answer.threshold < room / 2 else {"xytext": (-7, 0), "ha": "right"}
    turns = "preparing cannot pay" if answer.threshold >= 1 else f"preparing pays above {answer.threshold:.0%}"
    direct_label(ax, 100 * answer.threshold, len(rows) - 0.45, turns, **beside)
    ax.set(xlabel="probability after the signs, per cent", xlim=(-0.1 * room, room), ylim=(-0.6, len(rows)))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    fig.suptitle(finding(answer))
    return fig


def odds_question():
    """Show the question of lesson 03: how likely, and would you prepare?"""
    show_question(controls(), draw_controls, "03_question", OWN, mend)


def draw_controls(cost: float, loss: float, on: Figure | None = None, **ends: float) -> Figure:
    """Return the figure for what stands in the controls: each range is chosen by its two ends."""
    ranges = {name: (ends[f"{name}_least"], ends[f"{name}_most"]) for name in NAMES}
    return draw_choice(**ranges, cost=cost, loss=loss, on=on)


def mend(controls: dict, changed: str) -> str:
    """Keep each range the right way round: the end that is passed by the other follows it; returns
    a sentence that says so.
    """
    name, _, end = changed.rpartition("_")
    if name not in NAMES:
        return ""
    other = {"least": "most", "most": "least"}[end]
    here, there = controls[changed], controls[f"{name}_{other}"]
    if controls[f"{name}_least"].value <= controls[f"{name}_most"].value:
        return ""
    there.value = here.value
    return f"The least cannot be above the most. For the {NAMES[name]} the {other} is now {there.label} too."


def controls() -> dict:
    """Return the controls of the question, each with its name and the default."""
    def ends_of(name, options, words):
        least, most = DEFAULT[name]
        return {f"{name}_{end}": Dropdown(options=list(options.items()), value=value,
                                          description=f"{words}, {end}", layout=FIELD, style=NAMED)
                for end, value in (("least", least), ("most", most))}

    def amount(name, grid, words):
        return Dropdown(options=list(grid), value=DEFAULT[name], description=words, layout=FIELD, style=NAMED)

    return {
        **ends_of("prior", PRIORS, "First probability"),
        **ends_of("raising", RAISING, "Signs that point to force, likelihood ratio"),
        **ends_of("lowering", LOWERING, "Signs that point away, likelihood ratio"),
        "cost": amount("cost", COSTS, "Cost of preparing"),
        "loss": amount("loss", LOSSES, "Loss if unprepared"),
    }
