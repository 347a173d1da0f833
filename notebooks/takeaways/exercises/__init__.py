"""Exercises: `check` an answer, ask for a `hint`, see the `solution`.

Each lesson has one file of questions. A question computes its expected answer from the data, and each usual slip of the
field is a small function too: after a data refresh they move together. What `solution` shows is the last hint, in the
lesson's own names; tests paste it into the lesson, and hold every answer and slip against a key that stands apart.
"""

from .asking import check, hint, solution, where_was_i

__all__ = ["check", "hint", "solution", "where_was_i"]
