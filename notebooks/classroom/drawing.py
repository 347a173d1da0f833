"""Two drawings made from a stored chart: its axes without a mark, to vote on, and the chart itself in larger letters.

The blank chart takes over no mark, no title and no limit of a value axis. It is drawn anew from what is written at the
axes, and its rulers follow a rule that cannot give the answer away: a change in per cent runs from -100 to +100 or
further, so that neither its sign nor its size shows; a share from 0 to 100; a count from zero to a round number above
what is drawn. Names stand in the order of the alphabet, since the lesson's own order is often that of the result.
"""

import html
import math
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

SVG = "{http://www.w3.org/2000/svg}"
ROOM = 1.3  # a count axis reaches at least this many times its last printed tick
AT_MARKS = 1.5  # how much a label at a mark grows at most: it has less room than one at an axis
LETTER = 0.61  # width of an average letter, in its size
ET.register_namespace("", "http://www.w3.org/2000/svg")
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
MINUS = "\N{MINUS SIGN}"


@dataclass
class Axis:
    """What is written at an axis: its label and its ticks, each (place from 0 to 1, text)."""

    label: str
    ticks: list


def panels(svg: str) -> list[tuple[str, Axis, Axis]]:
    """Return what is written at the axes of a chart: (panel title, horizontal, vertical), panel by panel."""
    figure = ET.fromstring(svg).find(f"{SVG}g")
    several = len([group for group in figure if group.get("id", "").startswith("axes_")]) > 1
    return [_panel(axes, several) for axes in figure if axes.get("id", "").startswith("axes_")]


def _panel(axes, several):
    across, up = [group for group in axes if group.get("id", "").startswith("matplotlib.axis_")]
    left, right, top, bottom = _frame(axes)
    heads = [" ".join(_lines(group)) for group in _own_texts(axes) if several and _is_above(group, top)]
    title = re.sub(r":[^:]*\d.*$", "", heads[0]) if heads else ""  # a finding behind a colon is left out
    return (
        title,
        _axis(across, lambda x, y: (x - left) / (right - left)),
        _axis(up, lambda x, y: (bottom - y) / (bottom - top)),
    )


def _own_texts(axes):
    """The texts of a panel that stand at no axis: its title, and labels at its marks."""
    return [group for group in axes if group.get("id", "").startswith("text_") and group.find(f"{SVG}text") is not None]


def _is_above(group, top):
    return max(_spot(text)[1] for text in group.iter(f"{SVG}text")) < top


def _frame(axes):
    """The box of a panel: its paper is the first thing drawn."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", axes.find(f"{SVG}g/{SVG}path").get("d"))]
    return min(numbers[::2]), max(numbers[::2]), min(numbers[1::2]), max(numbers[1::2])


def _axis(group, place):
    label, ticks = "", []
    for part in group:
        texts = list(part.iter(f"{SVG}text"))
        if not texts:
            continue
        words = " ".join(_lines(part))
        if "tick" in part.get("id", ""):
            x, y = _spot(texts[0])[0], sum(_spot(text)[1] - 4 for text in texts) / len(texts)
            ticks.append((place(x, y), words))
        else:
            label = words
    return Axis(label, ticks)


def _lines(group):
    return [text.text.strip() for text in group.iter(f"{SVG}text") if text.text]


def ruler(axis: Axis, reordered: bool = True) -> Axis:
    """Return an axis whose limits and order say nothing about what was drawn.

    Years, dates and odds keep their places.
    """
    values = [_value(text) for _, text in axis.ticks]
    if not axis.ticks or any(value is None for value in values):
        if axis.ticks and not _is_scale(axis.ticks) and reordered:
            return _alphabet(axis)
        return axis
    if all(value == int(value) and 1900 <= value <= 2100 for value in values) and "," not in axis.ticks[0][1]:
        return axis
    if re.fullmatch(r"[A-Z][a-z]+ (?:19|20)\d\d", axis.label):  # days of a month
        return axis
    low, high = _limits(axis.label, min(values), max(values))
    step = _step((high - low) / 4)
    low, high = step * math.floor(low / step), step * math.ceil(high / step)
    marks = [low + number * step for number in range(round((high - low) / step) + 1)]
    return Axis(axis.label, [((mark - low) / (high - low), _number(mark)) for mark in marks])


def _limits(label, low, high):
    if "per cent" in label and "change" in label:
        return -100, max(100, _round_up(high))
    if "per cent" in label or "0 to 100" in label:
        return 0, 100
    if "Brier" in label:
        return 0, 1
    high = _round_up(ROOM * high)
    return (-high if low < 0 else 0), high


def _round_up(value):
    if value <= 0:
        return 0
    size = 10 ** math.floor(math.log10(value))
    return next(size * lead for lead in (1, 2, 3, 4, 5, 8, 10) if size * lead >= value)


@cache
def _face():
    return ImageFont.truetype(Path(find_spec("matplotlib").origin).parent / "mpl-data/fonts/ttf/DejaVuSans.ttf", 100)


def width_of(text: str, size: float) -> float:
    """Return the width of a text in DejaVu Sans, the face of the charts."""
    return _face().getlength(text or "") * size / 100


def _step(rough):
    size = 10 ** math.floor(math.log10(rough))
    return next(size * lead for lead in (1, 2, 2.5, 5, 10) if size * lead >= rough * 0.999)


def _value(text):
    try:
        return float(text.replace(",", "").replace(MINUS, "-"))
    except ValueError:
        return None


def _number(value):
    text = f"{value:,.0f}" if value == int(value) else f"{value:,g}"
    return text.replace("-", MINUS)


def _is_scale(ticks):
    """Dates in order, or odds: their places mean something, unlike those of names."""
    return all(re.match(r"\d+ to \d+$|(?:[A-Z][a-z]{2} )?(?:19|20)\d\d$|[A-Z][a-z]{2}$", text) for _, text in ticks)


def _alphabet(axis):
    names = sorted((re.sub(r" \([\d.]+\)$", "", text) for _, text in axis.ticks), key=str.casefold)
    return Axis(axis.label, [(1 - (number + 0.5) / len(names), name) for number, name in enumerate(names)])


# --- the blank chart ------------------------------------------------------------------------------------------------


def blank(svg: str, width: int, height: int, size: float) -> str:
    """Return the axes of a chart without marks as SVG.

    width, height: of the picture; size: of its letters, all in pixels.
    """
    found = panels(svg)
    ends = ways(found[0][2].label)  # panels side by side share them
    found = [_without_ways(panel) for panel in found]
    ups = [ruler(up) for _, _, up in found]
    one_over_other = len(found) == 3 and not any(
        across.ticks for _, across, _ in found[:2]
    )  # years stand below the last
    names = 0 if one_over_other else _beside(ups[0], width, height, size)[0]
    each = (width - names) / len(found)
    heads = [
        [*_wrap(title, each / (size * LETTER)), *filter(None, [up.label])] if title else [up.label] * bool(up.label)
        for (title, _, _), up in zip(found, ups)
    ]
    lead, parts = max(map(len, heads)), []
    for number, ((title, across, _), up) in enumerate(zip(found, ups)):
        box = (
            (0, number * height / 3, width, height / 3)
            if one_over_other
            else (names + number * each - (0 if number else names), 0, each + (0 if number else names), height)
        )
        parts.append(
            _blank_panel(heads[number], lead, ruler(across, reordered=False), up, box, size, width, bool(title))
        )
        parts.append(_signposts(ends, parts[-1], size) if ends else "")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="\'DejaVu Sans\', Verdana, sans-serif" font-size="{size:g}" fill="#333">{"".join(parts)}</svg>'
    )


def ways(label):
    """What the two ends of a vertical axis mean, where its words say so between arrows: (down, up); else nothing."""
    found = re.fullmatch(r"(.+?)\s*←.*→\s*(.+)", label)
    return found.groups() if found else ()


def _without_ways(panel):
    title, across, up = panel
    return title, across, Axis("", up.ticks) if ways(up.label) else up


def _signposts(ends, panel, size):
    """A level line in the middle of a panel, and at its top and bottom what up and down mean."""
    box = re.search(r'x="(.+?)" y="(.+?)" width="(.+?)" height="(.+?)"', panel)
    x, y, wide, high = map(float, box.groups())
    return (
        f'<path d="M{x:.1f} {y + high / 2:.1f}H{x + wide:.1f}" stroke="#8a8f94"/>'
        + _text(x + 0.4 * size, y + 1.2 * size, f"up: {ends[1]}", "start")
        + _text(x + 0.4 * size, y + high - 0.5 * size, f"down: {ends[0]}", "start")
    )


def _beside(up, width, height, size):
    """What stands beside a vertical axis: its width, its names in lines, and the size of their letters."""
    small = size
    while True:
        names = [_wrap(text, 0.5 * width / (small * LETTER)) for _, text in up.ticks]
        if small < 0.6 * size or sum(len(lines) + 0.35 for lines in names) * 1.1 * small < height - 4 * size:
            break
        small *= 0.92
    return max((width_of(line, small) for lines in names for line in lines), default=0) + 0.6 * small, names, small


def _blank_panel(heads, lead, across, up, box, size, whole, titled):
    left, top, width, height = box
    beside, names, small = _beside(up, whole, height, size)
    x0, x1 = left + beside, left + width - 1.6 * size
    y0 = top + (1.3 * lead + 0.5) * size
    below = _wrap(across.label, width / (size * LETTER))
    y1 = top + height - (1.5 * size if across.ticks else 0.3 * size) - (1.3 * size * len(below) if across.label else 0)
    parts = [
        f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" fill="none" stroke="#8a8f94"/>'
    ]
    parts += [
        _text(x0 if titled else left, top + (1.1 + 1.3 * n) * size, head, "start", bold=titled and head != up.label)
        for n, head in enumerate(heads)
    ]
    for place, text in _thinned(across.ticks, (x1 - x0) / size):
        x = x0 + place * (x1 - x0)
        meets = left > 0 and x - width_of(text, size) / 2 < x0  # would run into the panel on the left
        parts += [
            f'<path d="M{x:.1f} {y0:.1f}V{y1:.1f}" stroke="#e4e6e8"/>',
            _text(x0 if meets else x, y1 + 1.2 * size, text, "start" if meets else "middle"),
        ]
    for (place, _), lines in zip(up.ticks, names):
        y = y1 - place * (y1 - y0)
        parts.append(f'<path d="M{x0:.1f} {y:.1f}H{x1:.1f}" stroke="#e4e6e8"/>')
        parts += [
            _text(x0 - 0.4 * small, y + (0.35 + 1.1 * (n - (len(lines) - 1) / 2)) * small, line, "end", small)
            for n, line in enumerate(lines)
        ]
    for n, line in enumerate(below if across.label else ()):
        x = min((x0 + x1) / 2, left + width - width_of(line, size) / 2)
        parts.append(_text(x, top + height - (0.3 + 1.2 * (len(below) - 1 - n)) * size, line, "middle"))
    return "".join(parts)


def _text(x, y, words, anchor, size=0.0, bold=False):
    style = (' font-weight="bold"' if bold else "") + (f' font-size="{size:.1f}"' if size else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{html.escape(words)}</text>'


def _wrap(text, letters):
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > max(letters, 8):
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _thinned(ticks, room):
    """Leave out every second tick until they stand apart. room: the width of the axis in letters' sizes."""
    ticks = sorted(ticks)
    if _crowded(ticks, room):
        ticks = [tick for tick in ticks if re.fullmatch(r"(?:19|20)\d\d", tick[1])] or ticks  # years before months
    while len(ticks) > 2 and _crowded(ticks, room):
        ticks = ticks[::2]
    return ticks


def _crowded(ticks, room):
    return any(
        (later[0] - tick[0]) * room < (width_of(tick[1], 1) + width_of(later[1], 1)) / 2 + 0.5
        for tick, later in zip(ticks, ticks[1:])
    )


# --- the chart in larger letters -------------------------------------------------------------------------------------


@dataclass
class Words:
    """A text of a chart, the point about which it grows, and its corners before it does."""

    group: object
    x: float
    y: float
    box: tuple
    factor: float
    free: bool  # at a mark, where it may meet another; not at an axis

    def grown(self):
        x0, y0, x1, y1 = self.box
        return (
            self.x + self.factor * (x0 - self.x),
            self.y + self.factor * (y0 - self.y),
            self.x + self.factor * (x1 - self.x),
            self.y + self.factor * (y1 - self.y),
        )


def larger(svg: str, factor: float) -> str:
    """Return a chart with larger letters, without its title, note and source, which stand around it on a slide."""
    root = ET.fromstring(svg)
    figure = root.find(f"{SVG}g")
    axes = [group for group in figure if group.get("id", "").startswith("axes_")]
    for group in [group for group in figure if group.get("id", "").startswith(("text_", "patch_"))]:
        figure.remove(group)
    words = [one for panel in axes for one in _panel_words(panel, factor, alone=len(axes) == 1)]
    _part(words)
    for one in words:
        there, back = f"translate({one.x:.2f} {one.y:.2f})", f"translate({-one.x:.2f} {-one.y:.2f})"
        one.group.set("transform", f"{there} scale({one.factor:.3f}) {back}")
    frames = [(left, top, right, bottom) for left, right, top, bottom in map(_frame, axes)]
    _crop(root, [one.grown() for one in words] + frames)
    return ET.tostring(root, encoding="unicode").replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")


def _panel_words(panel, factor, alone):
    """The texts of a panel; its title is left out where it is the only panel."""
    left, _, top, bottom = _frame(panel)
    if alone:
        for group in [group for group in _own_texts(panel) if _is_above(group, top) and _is_title(group)]:
            panel.remove(group)
    words = []
    for group in panel:
        if group.get("id", "").startswith("matplotlib.axis_"):
            words += _axis_words(group, factor, left, top, bottom, alone)
    legends = [group for group in panel if group.get("id", "").startswith("legend")]
    in_legend = [group for legend in legends for group in _all_texts(legend)]
    at_axes = [one.group for one in words]
    for group in _all_texts(panel):
        if group not in at_axes:
            at_most = 1 if group in in_legend else min(factor, AT_MARKS)
            words.append(_words(group, at_most, left, bottom, free=True))
    return words


def _is_title(group):
    return "13px" in ET.tostring(group).decode()


def _crop(root, boxes):
    """Let a picture show what these boxes hold."""
    x0, y0 = min(box[0] for box in boxes) - 3, min(box[1] for box in boxes) - 3
    wide, high = max(box[2] for box in boxes) + 3 - x0, max(box[3] for box in boxes) + 3 - y0
    root.set("viewBox", f"{x0:.1f} {y0:.1f} {wide:.1f} {high:.1f}")
    root.set("width", f"{wide:.0f}")
    root.set("height", f"{high:.0f}")


def _all_texts(panel):
    return [
        group
        for group in panel.iter(f"{SVG}g")
        if group.get("id", "").startswith("text_") and group.find(f"{SVG}text") is not None
    ]


def _axis_words(axis, factor, left, top, bottom, alone):
    """The texts of an axis: ticks grow away from it; the label of a vertical axis lies down above it."""
    _thin(axis, factor)
    ticks = [group for tick in axis if "tick" in tick.get("id", "") for group in _all_texts(tick)]
    words = [_words(group, factor, left, bottom) for group in ticks]
    names = [one for one in words if _value("".join(_lines(one.group))) is None]
    if len(names) > 1:  # names of several lines must not run into each other
        beside = names[0].box[2] < left
        middles = sorted(one.y if beside else one.x for one in names)
        room = min(b - a for a, b in zip(middles, middles[1:]))
        fit = min(
            factor, *(room / (one.box[3] - one.box[1] + 1 if beside else one.box[2] - one.box[0] + 4) for one in names)
        )
        for one in names:
            one.factor = max(fit, 1)
    for group in [group for group in axis if group.get("id", "").startswith("text_")]:
        label = _words(group, factor, left, bottom)
        if label.box[2] < left and _is_turned(group):
            if not alone:  # it may not become longer than its panel
                label.factor = max(1, min(factor, (bottom - top) / (label.box[3] - label.box[1])))
            label = _laid_down(group, label, factor, left, top) if alone else _moved(label, words)
        else:
            _shift(label, 0, 11 * (factor - 1) if ticks else 0)
        words.append(label)
    return words


def _is_turned(group):
    return "rotate(-90" in (group.find(f"{SVG}text").get("transform") or "")


def _laid_down(group, label, factor, left, top):
    """The words of a vertical axis in one line above it."""
    texts = list(group.iter(f"{SVG}text"))
    line, style = " ".join(_lines(group)), texts[0].get("style")
    for text in texts[1:]:
        group.remove(text)
    for name in ("transform", "x", "y"):
        texts[0].attrib.pop(name, None)
    texts[0].text = line
    texts[0].set("style", re.sub(r"text-anchor: \w+", "text-anchor: start", style))
    texts[0].set("x", f"{label.box[0]:.1f}")
    texts[0].set("y", f"{top - 13:.1f}")
    return Words(
        group,
        label.box[0],
        top - 13,
        (label.box[0], top - 22, label.box[0] + width_of(line, 11), top - 11),
        factor,
        False,
    )


def _moved(label, ticks):
    """The words of a vertical axis, to the left of its grown ticks."""
    beside = [one.grown()[0] for one in ticks]
    if beside:
        _shift(label, min(0, min(beside) - 4 - label.grown()[2]), 0)
    return label


def _shift(words, across, down):
    for text in words.group.iter(f"{SVG}text"):
        text.set(
            "transform",
            f"translate({across / words.factor:.2f} {down / words.factor:.2f}) {text.get('transform') or ''}",
        )
    x0, y0, x1, y1 = words.box
    words.box = (
        x0 + across / words.factor,
        y0 + down / words.factor,
        x1 + across / words.factor,
        y1 + down / words.factor,
    )


def _part(words):
    """Let labels at marks grow less where they would meet another text."""
    largest = max(one.factor for one in words)
    for smaller in (0.85, 0.7, 0.6):
        meet = [
            one
            for one in words
            if one.free and any(_overlap(one.grown(), other.grown()) for other in words if other is not one)
        ]
        for one in meet:
            one.factor = min(one.factor, max(1, smaller * largest))


def _overlap(one, other):
    return min(one[2], other[2]) > max(one[0], other[0]) and min(one[3], other[3]) > max(one[1], other[1])


def _thin(axis, factor):
    """Leave out every second tick label of an axis until they stand apart."""
    ticks = [tick for tick in axis if "tick" in tick.get("id", "") and tick.find(f".//{SVG}text") is not None]
    if len(ticks) < 3 or len(_lines(ticks[0])) > 1:
        return
    texts = [tick.find(f".//{SVG}text") for tick in ticks]
    spots = [_spot(text) for text in texts]
    across = len({round(y) for _, y in spots}) == 1
    if not across and _value(texts[0].text) is None:
        return
    places = [x if across else y for x, y in spots]
    widths = [width_of(text.text, 11 * factor) if across else 11 * factor for text in texts]
    needed = max((a + b) / 2 + 4 for a, b in zip(widths, widths[1:]))
    every = 1
    while every * min(abs(b - a) for a, b in zip(places, places[1:])) < needed and every < len(ticks):
        every += 1
    for number, tick in enumerate(ticks):
        if number % every:
            for group in [group for group in tick if group.get("id", "").startswith("text_")]:
                tick.remove(group)


def _spot(text):
    """Where a text stands: by its own coordinates or, as one of several lines, by a shift."""
    if text.get("x"):
        return float(text.get("x")), float(text.get("y"))
    return tuple(
        float(number) for number in re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", text.get("transform")).groups()
    )


def _words(group, factor, left, bottom, free=False) -> Words:
    """Read a text: its corners, and the point that stays in its place when it grows."""
    texts = list(group.iter(f"{SVG}text"))
    size = float(re.search(r"font-size: ([\d.]+)px", texts[0].get("style"))[1])
    spots, widths = [_spot(text) for text in texts], [width_of(text.text, size) for text in texts]
    if _is_turned(group):
        x = max(x for x, _ in spots)
        middles = [
            y if _anchor(text) == "middle" else y - width / 2 for text, (_, y), width in zip(texts, spots, widths)
        ]
        y = sum(middles) / len(middles)
        return Words(
            group, x, y, (min(x for x, _ in spots) - size, y - max(widths) / 2, x, y + max(widths) / 2), factor, free
        )
    begins = [
        x - {"start": 0, "middle": 0.5, "end": 1}[_anchor(text)] * width
        for text, (x, _), width in zip(texts, spots, widths)
    ]
    x0, x1 = min(begins), max(begin + width for begin, width in zip(begins, widths))
    y0, y1 = min(y for _, y in spots) - 0.8 * size, max(y for _, y in spots) + 0.2 * size
    x, y = x0 + _side(texts, begins, widths, x1, left) * (x1 - x0), y0 if y0 > bottom else (y0 + y1) / 2
    in_mark = free and re.search(r"fill: #fff(?:fff)?\b", texts[0].get("style"))  # white on a mark: it must stay inside
    return Words(group, x, y, (x0, y0, x1, y1), 1.1 if in_mark else factor, free)


def _anchor(text):
    return (re.search(r"text-anchor: (\w+)", text.get("style")) or ["", "start"])[1]


def _side(texts, begins, widths, x1, left):
    """Which side of a text stays in its place: 0 the left, 1 the right, or the middle."""
    if texts[0].get("x"):
        return {"start": 0, "middle": 0.5, "end": 1}[_anchor(texts[0])]
    ends = [begin + width for begin, width in zip(begins, widths)]
    if x1 < left or max(ends) - min(ends) < 1:
        return 1
    return 0 if max(begins) - min(begins) < 1 else 0.5
