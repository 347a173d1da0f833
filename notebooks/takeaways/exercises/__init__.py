"""Exercises: `check` an answer, ask for a `hint`, see the `solution`.

Each lesson has one file of questions. A question computes its expected answer from the data by the very code that its
solution shows, and each usual slip of the field is a small function too: after a data refresh they move together.
"""

from .asking import check, hint, solution, where_was_i

__all__ = ["check", "hint", "solution", "where_was_i"]
