"""A stored chart drawn for a slide: the axes of its vote, its marks in their places, and its labels in large letters.

The lesson's picture is made for a page; on a projector its letters are too small, and larger letters would meet. So the
axes are drawn anew, as large as the slide lets them be, the marks are moved with them, and each label is put where it
is nearest to its old place without meeting another label or, if that can be had, a mark.
"""

import copy
import itertools
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

import numpy as np

from . import drawing
from .drawing import SVG

HREF = "{http://www.w3.org/1999/xlink}href"
OUTLINED = 11  # the letters of a label that is stored as outlines, since it has a white edge
SIZES = (1, 0.94, 0.88, 0.82, 0.75)  # a label may be so much smaller than the letters of the axes
AWAY = (0, -0.4, 0.4, -0.8, 0.8, -1.3, 1.3, -1.9, 1.9, -2.6, 2.6)  # how far it may move, in its letters
LONGEST = 100  # letters of a panel's title
THIN = 1.2  # how much thicker a line and larger a point is at least than in print
PLACES = re.compile(r"(-?\d[\d.e-]*) (-?\d[\d.e-]*)")


@dataclass
class Label:
    """A label at a mark. box: where it stood, and lines: its words; or outline: its paths, where it has no words."""

    box: tuple
    size: float
    side: float | None = 0.5  # what stays in its place: 0 the left, 1 the right, or the middle; None: any
    lines: list = field(default_factory=list)
    outline: list = field(default_factory=list)
    style: str = ""


@dataclass
class Panel:
    """A panel of a chart and its two frames, as it was stored and on the slide: (left, top, right, bottom) each."""

    group: object
    old: tuple
    new: tuple

    @property
    def scale(self):
        return tuple((self.new[n + 2] - self.new[n]) / (self.old[n + 2] - self.old[n]) for n in (0, 1))

    def spot(self, x, y):
        """Where a place of the stored chart lies on the slide."""
        across, up = self.scale
        return self.new[0] + (x - self.old[0]) * across, self.new[1] + (y - self.old[1]) * up


def reveal(svg: str, width: int, height: int, size: float) -> str:
    """Return a chart as SVG without its title, note and source, which stand around it on a slide.

    width, height: of the picture; size: of its letters, all in pixels.
    """
    root, found = ET.fromstring(svg), drawing.panels(svg, findings=True)
    groups, ends = drawing.panels_of(root), drawing.ways(found[0][2].label)
    rows = _rows([entry for group in groups for entry in _legend(group, size)], width)
    found = [(_short(title), across, drawing.without_ways(up)) for title, across, up in found]
    high = 1.4 * size * len(rows)
    drawn = drawing.framed(found, drawing.heights(svg), width, height - high, size, boxed=False)
    begins = [new[0] - (2.2 if up.ticks else 0.3) * size for (_, _, up), (_, new) in zip(found, drawn)]
    parts = []
    for number, (group, (axes, new)) in enumerate(zip(groups, drawn)):
        left, right, top, bottom = drawing.frame_of(group)
        panel = Panel(group, (left, top, right, bottom), new)
        labels = _labels(panel, alone=len(groups) == 1)
        labels += _signposts(panel, ends, size) if ends and number == 0 else []
        marks = _marks(panel, root, labels)
        limit = min([x for x in begins if x > new[2]], default=width)
        parts += [axes, ET.tostring(marks, encoding="unicode"), _placed(labels, panel, marks, size, limit)]
    whole = f'{_drawn_rows(rows, size)}<g transform="translate(0 {high:.1f})">{"".join(parts)}</g>'
    return drawing.picture(whole, width, height, size).replace(
        "<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ', 1
    )


def _short(title):
    """The title of a panel; what is a paragraph stands in the notes."""
    return title if len(title) < LONGEST else ""


# --- marks ----------------------------------------------------------------------------------------------------------


def _marks(panel, root, labels):
    """What is drawn in a panel, moved to its frame on the slide; the shape of a point is kept."""
    marks = copy.deepcopy(panel.group)
    papers = [group for group in marks if group.get("id", "").startswith("patch_")][:1]
    for group in list(marks):
        if group in papers or re.match("matplotlib.axis|text_|legend", group.get("id", "")):
            marks.remove(group)
    thick = max(THIN, min(panel.scale))
    marks.set("stroke-width", f"{thick:.2f}")
    points = {path.get("id"): path for defs in marks.iter(f"{SVG}defs") for path in defs.iter(f"{SVG}path")}
    for group in root.iter(f"{SVG}defs"):  # a shape that another panel drew first
        for path in group.iter(f"{SVG}path"):
            points.setdefault(path.get("id"), path)
    larger = max(thick, _fitting(panel, marks, labels, points))
    height = float(root.get("viewBox").split()[3])
    for use in marks.iter(f"{SVG}use"):
        _move_point(use, points, panel, height)
    for path in marks.iter(f"{SVG}path"):
        if path.get("id") not in points:
            _move(path, panel.spot)
        elif not path.get("moved"):
            path.set("transform", f"scale({larger:.3f})")
    for one in marks.iter():
        one.attrib.pop("moved", None)
        if one.tag != f"{SVG}use":
            _thicken(one, thick)
    _clip(marks, panel, root)
    return marks


def _fitting(panel, marks, labels, points):
    """How much points in a row must grow for the words that stand in them; none into its neighbour."""
    uses = [use for use in marks.iter(f"{SVG}use")]
    spots = sorted({round(float(use.get("x")), 1) for use in uses})
    middles = [(label.box[0] + label.box[2]) / 2 for label in labels]
    if len(spots) < 3 or not all(any(abs(x - spot) < 1 for x in middles) for spot in spots):
        return 0
    wide = max(2 * max(_box(points[use.get(HREF)[1:]])[2:]) for use in uses)
    return 0.94 * min(b - a for a, b in zip(spots, spots[1:])) * panel.scale[0] / wide


def _move_point(use, points, panel, height):
    """Move a point; an area is stored as one, in the lower left corner."""
    x, y = float(use.get("x")), float(use.get("y"))
    path = points[use.get(HREF)[1:]]
    if x == 0 and abs(y - height) < 0.01:
        if not path.get("moved"):
            _move(path, lambda x, y: panel.spot(x, y + height))
            path.set("moved", "yes")
        x = y = 0
    else:
        x, y = panel.spot(x, y)
    use.set("x", f"{x:.1f}")
    use.set("y", f"{y:.1f}")
    if "stroke-width" not in use.get("style", ""):
        use.set("style", f"{use.get('style', '')}; stroke-width: 1")


def _move(path, spot):
    path.set("d", PLACES.sub(lambda pair: "{:.1f} {:.1f}".format(*spot(float(pair[1]), float(pair[2]))), path.get("d")))


def _thicken(one, thick):
    def grown(found):
        return found[1] + ",".join(f"{float(number) * thick:.1f}" for number in re.split(r",\s*", found[2]))

    if style := one.get("style"):
        one.set("style", re.sub(r"(stroke-(?:width|dasharray): )([\d.]+(?:,\s*[\d.]+)*)", grown, style))


def _clip(marks, panel, root):
    """What was cut at the frame is cut at the new one."""
    for clip in root.iter(f"{SVG}clipPath"):
        if any(one.get("clip-path") == f"url(#{clip.get('id')})" for one in marks.iter()):
            x0, y0, x1, y1 = panel.new
            own = ET.SubElement(marks, f"{SVG}clipPath", id=clip.get("id"))
            edges = {"x": x0 - 8, "y": y0 - 8, "width": x1 - x0 + 16, "height": y1 - y0 + 16}
            ET.SubElement(own, f"{SVG}rect", {name: f"{value:.1f}" for name, value in edges.items()})


# --- labels ---------------------------------------------------------------------------------------------------------


def _labels(panel, alone):
    """The labels at the marks of a panel; its title stands above it, or on the slide where it is the only one."""
    found = []
    for group in panel.group:
        if not group.get("id", "").startswith("text_"):
            continue
        texts = list(group.iter(f"{SVG}text"))
        if not texts:
            found += _outlined(group)
        elif not drawing.is_above(group, panel.old[1]) or alone and "13px" not in texts[0].get("style"):
            found.append(_label(texts))
    return found


def _outlined(group):
    """A label with a white edge: it is stored as outlines, each line twice."""
    paths = list(group.iter(f"{SVG}path"))
    if not paths:
        return []
    boxes = [_box(path) for path in paths[1::2]]
    begins = max(box[0] for box in boxes) - min(box[0] for box in boxes)
    ends = max(box[2] for box in boxes) - min(box[2] for box in boxes)
    side = None if len(boxes) == 1 else 0 if begins <= 1 else 1 if ends <= 1 else 0.5
    return [Label(_around(boxes), OUTLINED, side, outline=paths)]


def _label(texts):
    """A label of words."""
    style = texts[0].get("style")
    size = float(re.search(r"font-size: ([\d.]+)px", style)[1])
    spots, words = [drawing.spot_of(text) for text in texts], [text.text.strip() for text in texts]
    widths = [drawing.width_of(word, size) for word in words]
    side = {"start": 0, "end": 1}.get(_anchor(style), 0.5) if texts[0].get("x") else None
    begins = [x - (side or 0) * width for (x, _), width in zip(spots, widths)]
    ends = [begin + width for begin, width in zip(begins, widths)]
    if side is None:
        side = 0 if max(begins) - min(begins) < 1 else 1 if max(ends) - min(ends) < 1 else 0.5
    box = (min(begins), min(y for _, y in spots) - 0.75 * size, max(ends), max(y for _, y in spots) + 0.2 * size)
    look = "; ".join(re.findall(r"(?:fill|font-weight): [#\w]+", style))
    return Label(box, size, side, words, style=look)


def _anchor(style):
    return (re.search(r"text-anchor: (\w+)", style) or ["", "start"])[1]


def _signposts(panel, ends, size):
    """What up and down mean, at the top and the bottom of a panel."""
    left, top, _, bottom = panel.old
    small = size / panel.scale[1]
    return [
        Label((left + 2, y, left + 40, y + small), small, 0, [words], style="fill: #333")
        for y, words in ((top, f"up: {ends[1]}"), (bottom - small, f"down: {ends[0]}"))
    ]


def _places(path):
    return [(float(x), float(y)) for x, y in PLACES.findall(path.get("d"))]


def _box(path):
    return _around([(x, y, x, y) for x, y in _places(path)])


def _around(boxes):
    return tuple(choose(box[n] for box in boxes) for n, choose in enumerate((min, min, max, max)))


# --- where the labels go ---------------------------------------------------------------------------------------------


def _placed(labels, panel, marks, size, right):
    """Every label as SVG: the ones in a mark first, then each where it is nearest to its place and free."""
    shapes, points = _shapes(marks)
    bounds = (panel.new[0] + 2, panel.new[1] - 0.55 * size, right - 2, panel.new[3] - 2)
    taken, parts = [], []
    for label in sorted(labels, key=lambda label: _home(label, panel, shapes) is None):
        home = _home(label, panel, shapes)
        found = _inside(label, home, panel, size) if home else _beside(label, panel, bounds, taken, points, size)
        lines, letters, box = found
        taken.append(box)
        parts.append(_drawn(label, lines, letters, box, inside=bool(home)))
    return "".join(parts)


def _shapes(marks):
    """The corners of each dark or grey shape of a panel, and points along all that is drawn, as an array."""
    shapes, points = [], []
    known = {path.get("id"): path for path in marks.iter(f"{SVG}path") if path.get("id")}
    areas = {use.get(HREF)[1:]: use for use in marks.iter(f"{SVG}use") if use.get("x") == use.get("y") == "0.0"}
    for path in marks.iter(f"{SVG}path"):
        name = path.get("id")
        if name in known and name not in areas:
            continue
        style = areas.get(name, path).get("style") or ""
        places = _places(path)
        if _is_filled(style) and "z" in path.get("d"):
            shapes.append(places)
        if not _is_pale(style) and name not in areas:
            points += itertools.chain(*map(_between, places, places[1:]))
    for use in marks.iter(f"{SVG}use"):
        path = known.get(use.get(HREF)[1:])
        if path is not None and path.get("id") not in areas:
            x, y = float(use.get("x")), float(use.get("y"))
            half = float(re.search(r"[\d.]+", path.get("transform"))[0]) * max(_box(path)[2:])
            if half > 14:
                shapes.append([(x + a * half, y + b * half) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
            points += 6 * [(x + a * half, y + b * half) for a in (-1.2, 0, 1.2) for b in (-1.2, 0, 1.2)]
    return shapes, np.array(points or [(-1, -1)])


def _between(one, other):
    steps = max(1, int(max(abs(other[0] - one[0]), abs(other[1] - one[1])) / 6))
    return [(one[0] + (other[0] - one[0]) * n / steps, one[1] + (other[1] - one[1]) * n / steps) for n in range(steps)]


def _is_filled(style):
    return "fill: none" not in style and not _is_pale(style)


def _is_pale(style):
    """A ground behind the marks, or a line of the frame."""
    fill = re.search(r"fill: #(\w\w)(\w\w)(\w\w)", style)
    stroke = re.search(r"stroke: #(?!8a8f94)", style)
    return not stroke and (fill is None or min(int(fill[n], 16) for n in (1, 2, 3)) > 225)


def _home(label, panel, shapes):
    """The corners of the shape in which a label stands; None where it stands beside its mark."""
    x0, y0 = panel.spot(*label.box[:2])
    x1, y1 = panel.spot(*label.box[2:])
    x, y, half = (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2
    around = [corners for corners in shapes if _holds(corners, (x - 0.8 * half, y, x + 0.8 * half, y))]
    boxes = [(_around([(*one, *one) for one in corners]), corners) for corners in around]
    boxes = [(box, corners) for box, corners in boxes if abs(y - (box[1] + box[3]) / 2) < 0.3 * (box[3] - box[1])]
    found = min(boxes, key=lambda one: (one[0][2] - one[0][0]) * (one[0][3] - one[0][1]), default=(None, None))
    return found[1] if label.lines else None


def _holds(corners, box):
    """Whether a shape holds a box: each corner of the box lies in it."""
    edges = list(zip(corners, corners[1:] + corners[:1]))
    for x, y in itertools.product((box[0], box[2]), (box[1], box[3])):
        crossed = [x < a + (y - b) * (c - a) / (d - b) for (a, b), (c, d) in edges if (b > y) != (d > y)]
        if sum(crossed) % 2 == 0:
            return False
    return True


def _inside(label, home, panel, size):
    """A label in its shape: in one line or more, as large as fits."""
    x0, y0 = panel.spot(*label.box[:2])
    x1, y1 = panel.spot(*label.box[2:])
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    for letters in np.arange(size, 8, -0.5):
        for lines in _breaks(label):
            wide, high = _extent(lines, letters)
            box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
            if _holds(home, (box[0] - 1, box[1], box[2] + 1, box[3])):
                return lines, letters, box
    return lines, letters, box


def _breaks(label):
    """The ways to write a label: as it was, in one line, in two, in three."""
    if not label.lines:
        return [[]]
    text = " ".join(label.lines)
    ways = [
        label.lines,
        [text],
        *(drawing.wrapped(text, len(text) / n + 2) for n in (2, 3)),
        drawing.wrapped(text, 1, least=1),
    ]
    return [lines for n, lines in enumerate(ways) if lines not in ways[:n]]


def _extent(lines, letters):
    return max(drawing.width_of(line, letters) for line in lines), (1.1 * len(lines) - 0.15) * letters


def _beside(label, panel, bounds, taken, points, size):
    """A label beside its mark: the cheapest of many places, by how far it moves, how small it is and what it covers."""
    best = None
    for shrink, lines in itertools.product(SIZES, _breaks(label)):
        letters = shrink * size
        grown = letters / label.size
        x0, y0, x1, y1 = label.box
        wide, high = _extent(lines, letters) if lines else ((x1 - x0) * grown, (y1 - y0) * grown)
        sides = (0, 0.5, 1) if label.side is None else (label.side,)
        begins = [panel.spot(x0 + side * (x1 - x0), y0)[0] - side * wide for side in sides]
        top, bottom = panel.spot(x0, y0)[1], panel.spot(x0, y1)[1]
        heights = (top, (top + bottom - high) / 2, bottom - high)
        rewritten = 0.1 * (len(lines) != len(label.lines))
        moves = [
            (12 * (1 - shrink) + abs(right) * 0.8 + abs(down) + rewritten, right, down)
            for right, down in itertools.product(AWAY, AWAY)
        ]
        moves = [move for move in moves if not best or move[0] < best[0]]
        for x, y, (cost, right, down) in itertools.product(begins, heights, moves):
            if best and cost >= best[0]:
                continue
            box = _within(
                (x + right * letters, y + down * letters, x + right * letters + wide, y + down * letters + high), bounds
            )
            cost += 60 * sum(_meet(box, other) for other in taken) + 0.1 * _covered(box, points)
            if best is None or cost < best[0]:
                best = cost, lines, letters, box
    return best[1:]


def _within(box, bounds):
    """A box moved as little as need be to lie within bounds."""
    across = min(0, bounds[2] - box[2]) + max(0, bounds[0] - box[0] - max(0, box[2] - bounds[2]))
    down = min(0, bounds[3] - box[3]) + max(0, bounds[1] - box[1])
    return box[0] + across, box[1] + down, box[2] + across, box[3] + down


def _meet(one, other):
    return min(one[2], other[2]) + 5 > max(one[0], other[0]) and min(one[3], other[3]) > max(one[1], other[1])


def _covered(box, points):
    x, y = points[:, 0], points[:, 1]
    inside = (x > box[0] - 2) & (x < box[2] + 2) & (y > box[1] - 4) & (y < box[3] + 4)
    return int(inside.sum())


def _drawn(label, lines, letters, box, inside):
    """A label as SVG; with a white edge where it may lie over a mark."""
    if label.outline:
        grown = letters / label.size
        across, down = box[0] - label.box[0] * grown, box[1] - label.box[1] * grown
        drawn = "".join(ET.tostring(path, encoding="unicode") for path in label.outline)
        return f'<g class="outlined" transform="translate({across:.1f} {down:.1f}) scale({grown:.3f})">{drawn}</g>'
    edge = "" if inside or "#fff" in label.style else '; paint-order: stroke" stroke="#fff" stroke-width="6'
    side, more = 0.5 if inside else label.side, f' style="{label.style}{edge}"'
    x, anchor = box[0] + side * (box[2] - box[0]), {0: "start", 1: "end"}.get(side, "middle")
    return "".join(
        drawing.text_at(x, box[1] + (0.75 + 1.1 * n) * letters, line, anchor, letters, more=more)
        for n, line in enumerate(lines)
    )


# --- the legend -----------------------------------------------------------------------------------------------------


def _legend(group, size):
    """What a legend explains: (words, what is drawn before them, its box)."""
    entries, handles = [], []
    for legend in [one for one in group if one.get("id", "").startswith("legend")]:
        for part in legend:
            words = " ".join(drawing.lines_of(part))
            if words:
                entries.append((words, handles))
                handles = []
            else:
                handles = [*handles, part]
    return [(words, handles, drawing.width_of(words, size) + 3 * size) for words, handles in entries]


def _rows(entries, width):
    """The entries of a legend in rows that are no wider than a panel."""
    rows, room = [], 0
    for words, handles, wide in entries:
        if wide > room:
            rows.append([])
            room = width
        rows[-1].append((words, handles, wide))
        room -= wide
    return rows


def _drawn_rows(rows, size):
    """The legend, above the panels."""
    parts = []
    for number, row in enumerate(rows):
        x, y = 0, (1 + 1.3 * number) * size
        for words, handles, wide in row:
            parts += [_handle(handle, x + 0.7 * size, y - 0.35 * size, size) for handle in handles]
            parts.append(drawing.text_at(x + 1.8 * size, y, words, "start"))
            x += wide
    return "".join(parts)


def _handle(group, x, y, size):
    """What a legend draws before its words, around a place."""
    spots = [(float(use.get("x")), float(use.get("y"))) for use in group.iter(f"{SVG}use")]
    x0, y0, x1, y1 = _around([(*spot, *spot) for spot in spots] or [_box(path) for path in group.iter(f"{SVG}path")])
    grown = min(0.7 * size / OUTLINED, 1.3 * size / max(x1 - x0, 14))
    move = f"translate({x:.1f} {y:.1f}) scale({grown:.2f}) translate({-(x0 + x1) / 2:.1f} {-(y0 + y1) / 2:.1f})"
    return f'<g transform="{move}">{ET.tostring(group, encoding="unicode")}</g>'
