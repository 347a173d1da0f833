"""The questions that a static chart cannot answer: thin skins of controls over `analysis` and `charts`, one file a
lesson.

A control computes nothing itself; a choice that the data cannot answer gets a sentence that says why.
"""

from .baseline import baseline_question
from .odds import odds_question
from .placebo import placebo_question
from .weights import weights_question

__all__ = ["baseline_question", "odds_question", "placebo_question", "weights_question"]
