"""The lessons as they are stored: sections and minutes, charts with their words, what was said, terms."""

import html
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1]
FIGURES = NOTEBOOKS.parent / "figures"
NUMBER = re.compile(r"(?<![\w.])[+\u2212]?\d+(?:,\d{3})*(?:\.\d+)?%?")
YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass
class Chart:
    """A published chart: its file name, the cell that draws it, its finding and the words that go with it."""

    name: str
    cell: str
    title: str
    alt: str
    note: str  # how to read it, and its source with the as-of date
    heads: str  # the titles of its panels, where it has several
    home: bool
    vote: bool  # its output is stored closed: the lesson asks for a prediction first

    @property
    def numbers(self) -> list[str]:
        """The numbers of its title, then of the titles of its panels, as printed; a year is none."""
        return numbers(self.title) + numbers(self.heads)

    def svg(self) -> str:
        """The picture as it was drawn for print."""
        return (FIGURES / f"{self.name}.svg").read_text(encoding="utf-8")


@dataclass
class Lesson:
    """One lesson: its cells by id, its sections, and what its stored outputs show."""

    path: Path
    cells: dict = field(default_factory=dict)  # id to cell, in order
    charts: dict = field(default_factory=dict)  # name to Chart, in order
    sections: dict = field(default_factory=dict)  # heading to text, Markdown only

    @property
    def number(self) -> str:
        return self.path.name[:2]

    @property
    def title(self) -> str:
        return next(iter(self.sections))

    @property
    def question(self) -> str:
        asked = re.search(r"\*\*The question: (.+?)\*\*", source(self.cells["title"]))[1]
        return asked[:1].upper() + asked[1:]

    @property
    def aims(self) -> list[tuple[str, str]]:
        """What you'll do, learn and need: (heading, text)."""
        return re.findall(r"^\| \*\*(What you'll \w+)\*\* \| (.+?) \|$", source(self.cells["title"]), re.MULTILINE)

    @property
    def minutes(self) -> list[tuple[int, str]]:
        """Minutes in class, section by section, as the first cell of the lesson gives them."""
        return [
            (int(time), name)
            for time, name in re.findall(r"^\| (\d+) \| (.+?) \|$", source(self.cells["title"]), re.MULTILINE)
        ]

    @property
    def terms(self) -> list[tuple[str, str, str]]:
        """English, Spanish and what the term means here."""
        rows = [
            tuple(part.strip() for part in line.strip("| ").split("|"))
            for line in self.sections["Terms"].splitlines()
            if line.startswith("|")
        ]
        return rows[2:]

    @property
    def key_points(self) -> list[str]:
        return re.findall(r"^- (.+)$", self.sections["Key points"], re.MULTILINE)

    @property
    def cannot_tell(self) -> str:
        return next(
            text.split("\n", 1)[1].strip() for heading, text in self.sections.items() if "cannot tell" in heading
        )

    @property
    def safe_stop(self) -> str:
        """What has been found where a class may end."""
        cell = next((cell for cell in self.cells.values() if "safe-stop" in tags(cell)), None)
        text = re.sub(r"^\*\*Safe stop\.\*\* ", "", source(cell)) if cell else ""
        return " ".join(one for one in re.split(r"(?<=\.) (?=[A-Z])", text) if "run the cells" not in one)

    @property
    def stop_section(self) -> str:
        """The section in which the safe stop lies."""
        heading = ""
        for cell in self.cells.values():
            found = re.match(r"## (.+)", source(cell)) if cell["cell_type"] == "markdown" else None
            heading = found[1] if found else heading
            if "safe-stop" in tags(cell):
                return heading
        return ""

    def said(self, cell: str) -> str:
        """What a cell said or showed, as plain text."""
        return "\n".join(plain(output) for output in self.cells[cell]["outputs"])


def numbers(text: str) -> list[str]:
    """The numbers of a text as they are printed, in order; a year is none."""
    return [number for number in NUMBER.findall(text.replace("12 months", "")) if not YEAR.fullmatch(number)]


def source(cell) -> str:
    return "".join(cell["source"])


def tags(cell):
    return cell["metadata"].get("tags", ())


def plain(output) -> str:
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", ""))


def read(path: Path) -> Lesson:
    """Read a stored lesson. Raises OSError or ValueError where it is missing or no notebook."""
    lesson = Lesson(path)
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        lesson.cells[cell["id"]] = cell
        if cell["cell_type"] == "markdown" and source(cell).startswith("#"):
            lesson.sections[source(cell).splitlines()[0].lstrip("# ").strip()] = source(cell)
        for output in cell.get("outputs", ()):
            if plain(output).startswith("Chart: ") and (
                name := re.search(r'publish\(fig, "(\w+)"|(\w+_question)\(\)', source(cell))
            ):
                chart = _chart(lesson, cell, output, name)
                lesson.charts[chart.name] = chart
    return lesson


def _chart(lesson, cell, output, name):
    lines, page = plain(output).strip().split("\n"), "".join(output["data"]["text/html"])
    return Chart(
        name[1] or f"{lesson.number}_question",
        cell["id"],
        lines[0].removeprefix("Chart: "),
        html.unescape(re.search(r'<img alt="([^"]*)"', page)[1]),
        lines[-1],
        "; ".join(filter(None, (_head(line) for line in lines if line.startswith("[")))),
        "home" in tags(cell),
        "reveal" in tags(cell),
    )


def _head(line):
    """The title of a panel, from the line that begins with a bracket: what stands before its axes."""
    return re.sub(r"(?:\. |^)(?:Vertical|Horizontal) axis:.*|\]$", "", line.removeprefix("[")).strip()


def all_lessons() -> list[Lesson]:
    """Every lesson, in order."""
    return [read(path) for path in sorted(NOTEBOOKS.glob("0*.ipynb"))]
