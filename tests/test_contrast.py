"""What the charts draw stands out from their white ground, at least 3:1: read from figures/*.svg, which every chart is written to."""
import re

import pytest
from matplotlib.colors import to_rgb

from launcher.environment import TOP
from takeaways.charts import STYLE

# What stays behind on purpose, and is told in words too: the grid, the white edges of lines over bars, and the shades
# behind and between the marks.
GRID = {STYLE["grid.color"].lower(), "#ffffff"}
BEHIND = {"#eceef0", "#f1f3f5", "#e4e6e8", "#ffffff"}
FIGURES = sorted((TOP / "figures").glob("*.svg"))


def ratio(colour):
    """The contrast of a colour with white, as WCAG counts it."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def drawn(svg):
    """The fill and the stroke of everything drawn: ("none", "#333333") is a line."""
    for style in re.findall(r'style="([^"]*)"', svg):
        parts = dict(part.split(": ", 1) for part in style.split("; ") if ": " in part)
        if "fill" in parts or "stroke" in parts:
            yield parts.get("fill", "none"), parts.get("stroke", "none")


def pale(svg):
    """What has neither a fill nor an edge that stands out."""
    return sorted({colours for colours in drawn(svg) if not any(colour != "none" and ratio(colour) >= 3 for colour in colours)})


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.stem)
def test_lines_and_marks_stand_out(figure):
    found = pale(figure.read_text(encoding="utf-8"))
    assert [colours for colours in found if colours[0] == "none" and colours[1] not in GRID | {"none"}] == []
    assert [colours for colours in found if colours[0] not in BEHIND | {"none"}] == []


def test_a_pale_line_is_found():
    assert pale('<path style="fill: none; stroke: #b9bec4; stroke-width: 2"/>') == [("none", "#b9bec4")]
    assert pale('<path style="fill: #ffffff; stroke: #2377bd"/>') == []
