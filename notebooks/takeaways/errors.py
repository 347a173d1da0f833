"""The one error a learner may meet: a sentence that says what was wrong and what to do."""


class CourseError(ValueError):
    """A fault told in one sentence; a notebook shows the sentence and no traceback."""

    def _render_traceback_(self):
        return [f"Not possible: {self}"]
