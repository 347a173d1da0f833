"""The questions that a static chart cannot answer: thin skins of controls over `analysis` and `charts`, one file a lesson.

A control computes nothing itself; a choice that the data cannot answer gets a sentence that says why.
"""

from .placebo import placebo_question

__all__ = ["placebo_question"]
