"""The slides of a lesson: what stands on each, and the teacher's words that go with it."""

import re
from dataclasses import dataclass

from . import drawing, lessons, paper, plans, reveal

# In pixels of a slide of 1280 x 720, which is 960 x 540 points: letters of 32 pixels have 24 points.
WIDTH, HEIGHT, LETTERS = 1180, 430, 32  # of a blank chart
HIGH = 720 - 36 - 12  # what a slide holds between its margins
LARGE, LONG = 40, 75  # letters of a heading, and from how many on it is set smaller
LINES = 2  # of what is said beside a chart; what is longer stands in the notes and, small, at the foot


@dataclass
class Slide:
    """One slide.

    kind: title, words, vote, chart, exercise or stop. text and notes: Markdown. picture: SVG; alt: what it shows;
    beside: what is said with it.
    """

    kind: str
    title: str
    text: str = ""
    picture: str = ""
    alt: str = ""
    beside: str = ""
    foot: str = ""
    notes: str = ""
    minutes: str = ""


def deck(lesson, plan: dict, facts: dict) -> list[Slide]:
    """Return the slides of a lesson, in the order of its cells.

    Raises ValueError where a plan calls a number that is not there.
    """
    found = _opening(lesson, plan)
    for cell in lesson.cells.values():
        for chart in lesson.charts.values():
            if chart.cell == cell["id"] and chart.name in plan["Votes"].parts:
                found += _around(lesson, plan, chart, facts)
        number = _exercise_number(lesson, cell)
        if number and number not in (*paper.BEFORE, *paper.AFTER):
            found += _exercise(lesson, number)
        if "safe-stop" in lessons.tags(cell):
            found.append(Slide("stop", "Safe stop", safe_stop(lesson, plan, facts), notes=_short_way(lesson, plan)))
    ticket = plan["Exit ticket"].text
    return [
        *found,
        *_discussion(lesson, plan, facts),
        Slide("words", "What this cannot tell you", lesson.cannot_tell, notes="Read it aloud, slowly."),
        *_written(lesson, plan, "After", "cannot-tell", facts),
        Slide("words", "Exit ticket", ticket.split(" Right enough:")[0], notes=ticket),
    ]


def _around(lesson, plan, chart, facts):
    """The slides of a chart, with what a person or an exercise puts before and after it."""
    name = chart.name
    return [
        *(slide for one, at in paper.BEFORE.items() if at == name for slide in _exercise(lesson, one)),
        *_written(lesson, plan, "Before", name, facts),
        *_chart(lesson, chart, plan["Votes"].parts[name], facts),
        *_written(lesson, plan, "After", name, facts),
        *(slide for one, at in paper.AFTER.items() if at == name for slide in _exercise(lesson, one)),
    ]


def _written(lesson, plan, side, name, facts):
    """The slides of words that a person wrote for a place. side: Before or After; name: of a chart, or discussion."""
    parts = plan["Slides"].parts.values() if "Slides" in plan else ()
    return [
        Slide(
            "words",
            part.heading,
            plans.fill(part.text, lesson, facts),
            notes=plans.fill(part.keys.get("Notes", ""), lesson, facts),
        )
        for part in parts
        if name.startswith(part.keys.get(side, "nowhere"))
    ]


def safe_stop(lesson, plan: dict, facts: dict) -> str:
    """What has been found where a class may end: in the words of the plan, else in those of the lesson."""
    return plans.text_of(plan, "Safe stop", lesson, facts) or lesson.safe_stop


def _short_way(lesson, plan):
    """Where the short run goes on behind the safe stop, by its minutes."""
    rows = re.findall(r"^\| \d+ \| (\d+) \| (.+?) \|", plan["Run"].text, re.MULTILINE)[1:]
    behind = [name for _, name in rows].index(lesson.stop_section) + 1
    left = [f"{name} ({time})" for time, name in rows[behind:] if time != "0"]
    return f"In the short run go from here to: {'; '.join(left)}. The longer run goes on with the next slide."


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
    shown = _shown(chart, says.get("Also", ""))
    if "Question" not in says:
        shown.notes, shown.minutes = f"{how}\n\n{in_words}", says["Minutes"]
        return [shown, limit]
    more = " ".join(filter(None, [says.get("Also"), says.get("Notes"), chart.note.split(" Source: ")[0]]))
    shown.notes = f"*Show it, and wait.* {more}\n\n{in_words}"
    blank = drawing.blank(chart.svg(), WIDTH, HEIGHT, LETTERS)
    vote = Slide("vote", says["Question"], says["Draw"], blank, blank_words(chart), notes=how, minutes=says["Minutes"])
    return [vote, shown, limit]


def _shown(chart, also):
    """The slide of a chart: its title, the chart as large as the slide lets it be, and its source."""
    large = LARGE if len(chart.title) <= LONG else 34
    is_short = _lines(also, LETTERS) <= LINES and not chart.heads  # several panels need all the room
    foot = chart.note if is_short else f"{also} {chart.note}"
    high = HIGH - 1.22 * large * _lines(chart.title, drawing.BOLD * large) - 18 - 1.2 * 16 * _lines(foot, 16, 1100) - 10
    high -= 1.2 * LETTERS * _lines(also, LETTERS) + 6 if also and is_short else 0
    picture = reveal.reveal(chart.svg(), WIDTH, int(high), LETTERS)
    return Slide("chart", chart.title, "", picture, chart.alt, also if is_short else "", foot)


def _lines(text, letters, width=WIDTH):
    """How many lines a text takes. letters: their size in pixels."""
    return len(drawing.wrapped(text, width / (letters * drawing.LETTER))) if text else 0


def blank_words(chart):
    """What a screen reader says of a blank chart: its axes, and that nothing is drawn."""
    words = []
    for title, across, up in drawing.panels(chart.svg()):
        if drawing.ways(up.label):
            up = drawing.Axis("up {1}, down {0}".format(*drawing.ways(up.label)), up.ticks)
        up, across = drawing.ruler(up), drawing.ruler(across, reordered=False)
        for name, axis in (("Vertical", up), ("Horizontal", across)):
            if axis.label or axis.ticks:
                span = f", {axis.ticks[0][1]} to {axis.ticks[-1][1]}" if axis.ticks else ""
                words.append(f"{name} axis: {axis.label or _kind(axis)}{span}.")
    return "Axes without a mark. " + " ".join(dict.fromkeys(words))


def _kind(axis):
    """What stands at an axis without a label."""
    years = [re.fullmatch(r"(?:19|20)\d\d", text) for _, text in axis.ticks]
    if all(years):
        return "year"
    dates = [re.fullmatch(r"(?:[A-Z][a-z]{2} ?)?(?:(?:19|20)\d\d)?", text) for _, text in axis.ticks]
    return "month" if all(dates) else "names"


def _exercise_number(lesson, cell):
    """The number of the exercise that a cell checks, if it is done in class and on paper."""
    found = re.search(r"""\bcheck\(["'](\d\.[1-9])["']""", lessons.source(cell))
    in_class = found and "home" not in lessons.tags(cell) and found[1] in paper.ON_PAPER[lesson.number]
    return found[1] if in_class else ""


def _exercise(lesson, number):
    text = paper.question(lesson, number)
    title, _, rest = text.partition("** ")
    where = f"\n\n*The rows stand on sheet {paper.sheet_of(number)}.*" if paper.rows(number)[1] else ""
    return [
        Slide(
            "exercise",
            title.strip("*. "),
            _sentence(lesson, number) + rest + where,
            notes=f"*Answer.* {paper.answer(number)}\n\n*A usual slip.* {paper.slips(number)[0][1]}",
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
            (question, before.strip(), [(side, _sentence_of(words)) for side, words in zip(sides[::2], sides[1::2])])
        )
    return found


def _sentence_of(words):
    """An argument that stood behind a colon, as a sentence."""
    words = words.strip()
    return words[:1].upper() + words[1:]


OURS = "In our words, from the sources of the lesson; nobody is quoted unless named."


def whose(plan: dict, side: str) -> str:
    """Who holds an argument, as the plan says, or that the words are the course's own."""
    part = plan["Discussion"].parts.get(side)
    return part.keys["Whose"] if part else OURS


def _discussion(lesson, plan, facts):
    found = []
    for question, before, sides in discussion(lesson):
        found += _written(lesson, plan, "Before", question, facts)
        found.append(
            Slide(
                "words",
                question,
                before or "Which side has the better argument? Say the other side's first.",
                notes=plan["Discussion"].text,
            )
        )
        found += [
            Slide("words", f"{side}: the best argument", f"{words}\n\n*{whose(plan, side)}*") for side, words in sides
        ]
    return found
