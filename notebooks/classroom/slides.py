"""The slides of a lesson: what stands on each, and the teacher's words that go with it."""

import re
from dataclasses import dataclass

from . import drawing, lessons, paper, plans

SHOWN = 1.75  # how much larger the letters of a chart are than in print
WIDTH, HEIGHT, LETTERS = (
    1180,
    430,
    32,
)  # of a blank chart, in pixels of a slide of 1280 x 720: its letters have 24 points


@dataclass
class Slide:
    """One slide.

    kind: title, words, vote, chart, exercise or stop. text and notes: Markdown. picture: SVG; alt: what it shows.
    """

    kind: str
    title: str
    text: str = ""
    picture: str = ""
    alt: str = ""
    foot: str = ""
    notes: str = ""
    minutes: str = ""


def deck(lesson, plan: dict, facts: dict) -> list[Slide]:
    """Return the slides of a lesson, in the order of its cells.

    Raises ValueError where a plan calls a number that is not there.
    """
    votes = plan["Votes"].parts
    found = _opening(lesson, plan)
    for cell in lesson.cells.values():
        for chart in lesson.charts.values():
            if chart.cell == cell["id"] and chart.name in votes:
                found += _chart(lesson, chart, votes[chart.name], facts)
        found += _exercise(lesson, cell)
        if "safe-stop" in lessons.tags(cell):
            notes = "The short run ends here; go to the exit ticket."
            found.append(Slide("stop", "Safe stop", lesson.safe_stop, notes=notes))
    ticket = plan["Exit ticket"].text
    return [
        *found,
        *_discussion(lesson, plan),
        Slide("words", "What this cannot tell you", lesson.cannot_tell, notes="Read it aloud, slowly."),
        Slide("words", "Exit ticket", ticket.split(" Right enough:")[0], notes=ticket),
    ]


def _opening(lesson, plan):
    first = f"{plan['In a sentence'].text}\n\n*Before class.* {plan['Before class'].text}"
    aims = "\n".join(f"- **{heading}** {text}" for heading, text in lesson.aims)
    return [
        Slide("title", lesson.title, f"*Four Takeaways*, lesson {lesson.number}\n\n**{lesson.question}**", notes=first),
        Slide("words", "What we do", aims, notes=f"*On the board.* {plan['Board'].text}"),
    ]


def _chart(lesson, chart, part, facts):
    """The slides of a chart: the vote, if there is one, the chart, and what it cannot tell."""
    says = {key: plans.fill(text, lesson, facts) for key, text in part.keys.items()}
    how = "\n\n".join(f"*{key}.* {says[key]}" for key in ("Say", "Classes say", "Rescue"))
    in_words = f"*In words, for whoever cannot see it.* {chart.alt}"
    limit = Slide(
        "words",
        "What this cannot tell you",
        says["Cannot tell"],
        notes="Ask the class first, then show the sentence.",
    )
    reveal = Slide("chart", chart.title, "", drawing.larger(chart.svg(), SHOWN), chart.alt, chart.note)
    if "Question" not in says:
        reveal.notes, reveal.minutes = f"{how}\n\n{in_words}", says["Minutes"]
        return [reveal, limit]
    reveal.notes = f"*Show it, and wait.* {chart.note.split(' Source: ')[0]}\n\n{in_words}"
    blank = drawing.blank(chart.svg(), WIDTH, HEIGHT, LETTERS)
    vote = Slide("vote", says["Question"], says["Draw"], blank, blank_words(chart), notes=how, minutes=says["Minutes"])
    return [vote, reveal, limit]


def blank_words(chart):
    """What a screen reader says of a blank chart: its axes, and that nothing is drawn."""
    words = []
    for title, across, up in drawing.panels(chart.svg()):
        up, across = drawing.ruler(up), drawing.ruler(across, reordered=False)
        for name, axis in (("Vertical", up), ("Horizontal", across)):
            if axis.label or axis.ticks:
                span = f", {axis.ticks[0][1]} to {axis.ticks[-1][1]}" if axis.ticks else ""
                words.append(f"{name} axis: {axis.label or 'years or names'}{span}.")
    return "Axes without a mark. " + " ".join(dict.fromkeys(words))


def _exercise(lesson, cell):
    number = re.search(r"""\bcheck\(["'](\d\.[1-9])["']""", lessons.source(cell))
    if not number or "home" in lessons.tags(cell) or number[1] not in paper.ON_PAPER[lesson.number]:
        return []
    text = paper.question(lesson, number[1])
    title, _, rest = text.partition("** ")
    return [
        Slide(
            "exercise",
            title.strip("*. "),
            _sentence(lesson, number[1])
            + rest
            + ("\n\n*The rows stand on sheet 2.*" if paper.rows(number[1])[1] else ""),
            notes=f"*Answer.* {paper.answer(number[1])}\n\n*A usual slip.* {paper.slips(number[1])[0][1]}",
            minutes="5",
        )
    ]


def _sentence(lesson, number):
    """The sentence that an exercise judges; a longer text stays on the sheet."""
    text = paper.before(lesson, number)
    return f"{text}\n\n" if 0 < len(text) < 200 else ""


def discussion(lesson) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The questions of the discussion: (question, what stands before the sides, [(side, its best argument)])."""
    text = lesson.sections.get("Discussion", "").split("\n", 1)[-1]
    found = []
    for question, rest in re.findall(r"\*\*(.+?)\*\*(.*?)(?=\n\n\*\*|\Z)", text, re.DOTALL):
        before, *sides = re.split(r"(?<!\S)\*([A-Z][^*\n]{1,30})[.:]\*\s", rest.strip())
        found.append(
            (question, before.strip(), [(side, words.strip()) for side, words in zip(sides[::2], sides[1::2])])
        )
    return found


def _discussion(lesson, plan):
    found = []
    for question, before, sides in discussion(lesson):
        found.append(
            Slide(
                "words",
                question,
                before or "Which side has the better argument? Say the other side's first.",
                notes=plan["Discussion"].text,
            )
        )
        found += [Slide("words", f"{side}: the best argument", words) for side, words in sides]
    return found
