"""What a lesson of Four Takeaways imports: load a table, publish a chart, say a sentence, check an answer."""

from .charts import EXTRADITIONS, HOLLOW, INK, INTERDICTIONS, OVERDOSES, QUIET, use_style
from .desk import keep, recall
from .exercises import check, hint, solution, where_was_i
from .publishing import publish, say, show_text
from .tables import about, load, pick

__all__ = ["EXTRADITIONS", "HOLLOW", "INK", "INTERDICTIONS", "OVERDOSES", "QUIET",
           "about", "check", "hint", "keep", "load", "pick", "publish", "recall", "say", "show_text", "solution",
           "where_was_i"]

use_style()
