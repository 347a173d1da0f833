"""What is written at the axes of a stored chart, and its axes drawn anew in large letters, without a mark, to vote on.

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
LETTER = 0.61  # width of an average letter, in its size
BOLD = 1.13  # how much wider bold letters are
ET.register_namespace("", "http://www.w3.org/2000/svg")
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
MARGIN = 1.2  # what stays free on the right of a panel, in its letters
MINUS = "\N{MINUS SIGN}"


@dataclass
class Axis:
    """What is written at an axis: its label and its ticks, each (place from 0 to 1, text)."""

    label: str
    ticks: list


def panels(svg: str, findings: bool = False) -> list[tuple[str, Axis, Axis]]:
    """Return what is written at the axes of a chart: (panel title, horizontal, vertical), panel by panel.

    findings: whether a title keeps what it says behind a colon.
    """
    found = panels_of(ET.fromstring(svg))
    return [_panel(axes, len(found) > 1, findings) for axes in found]


def panels_of(root) -> list:
    """The groups of a chart that are its panels."""
    return [group for group in root.find(f"{SVG}g") if group.get("id", "").startswith("axes_")]


def _panel(axes, several, findings):
    across, up = [group for group in axes if group.get("id", "").startswith("matplotlib.axis_")]
    left, right, top, bottom = frame_of(axes)
    heads = [" ".join(lines_of(group)) for group in own_texts(axes) if several and is_above(group, top)]
    title = heads[0] if heads else ""
    return (
        title if findings else re.sub(r":[^:]*\d.*$", "", title),
        _axis(across, lambda x, y: (x - left) / (right - left)),
        _axis(up, lambda x, y: (bottom - y) / (bottom - top)),
    )


def own_texts(axes) -> list:
    """The texts of a panel that stand at no axis: its title, and labels at its marks."""
    return [group for group in axes if group.get("id", "").startswith("text_") and group.find(f"{SVG}text") is not None]


def is_above(group, top: float) -> bool:
    """Whether a text stands above a height."""
    return max(spot_of(text)[1] for text in group.iter(f"{SVG}text")) < top


def heights(svg: str) -> list[float]:
    """The heights of panels that stand one over the other, from the top; empty where they stand side by side."""
    frames = [frame_of(axes) for axes in panels_of(ET.fromstring(svg))]
    tops = [top for _, _, top, _ in frames]
    return [bottom - top for _, _, top, bottom in frames] if max(tops) - min(tops) > 20 else []


def frame_of(axes) -> tuple[float, float, float, float]:
    """The box of a panel: its paper is the first thing drawn."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", axes.find(f"{SVG}g/{SVG}path").get("d"))]
    return min(numbers[::2]), max(numbers[::2]), min(numbers[1::2]), max(numbers[1::2])


def _axis(group, place):
    label, ticks = "", []
    for part in group:
        texts = list(part.iter(f"{SVG}text"))
        if not texts:
            continue
        words = " ".join(lines_of(part))
        if "tick" in part.get("id", ""):
            x, y = spot_of(texts[0])[0], sum(spot_of(text)[1] - 4 for text in texts) / len(texts)
            line = part.find(f".//{SVG}use")  # the small line of the tick stands in the very place
            ticks.append((place(*(map(float, (line.get("x"), line.get("y"))) if line is not None else (x, y))), words))
        else:
            label = words
    return Axis(label, ticks)


def lines_of(group) -> list[str]:
    """The words of a text, line by line."""
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
    return _length(text or "") * size / 100


@cache
def _length(text):
    return _face().getlength(text)


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


# --- the axes, drawn ------------------------------------------------------------------------------------------------


def blank(svg: str, width: int, height: int, size: float) -> str:
    """Return the axes of a chart without marks as SVG.

    width, height: of the picture; size: of its letters, all in pixels.
    """
    found = panels(svg)
    ends = ways(found[0][2].label)  # panels side by side share them
    found = [(title, ruler(across, reordered=False), ruler(without_ways(up))) for title, across, up in found]
    drawn = framed(found, heights(svg), width, height, size)
    parts = [part + (_signposts(ends, frame, size) if ends else "") for part, frame in drawn]
    return picture("".join(parts), width, height, size)


def picture(parts: str, width: int, height: int, size: float) -> str:
    """A whole SVG, of what was drawn for it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="\'DejaVu Sans\', Verdana, sans-serif" font-size="{size:g}" fill="#333">{parts}</svg>'
    )


def framed(found: list, stack: list, width: int, height: int, size: float, boxed: bool = True) -> list[tuple]:
    """Draw the axes of panels; return for each its SVG and its frame: (left, top, right, bottom).

    found: as panels(); stack: as heights(); boxed: whether to draw a box around each.
    """
    names = 0 if stack else _beside(found[0][2], width, height, size)[0]
    each = width if stack else (width - names) / len(found)
    rooms = [
        each - (_beside(up, width, height, size)[0] if number or stack else 0) - MARGIN * size
        for number, (_, _, up) in enumerate(found)
    ]
    heads = [_heads(title, up.label, bool(stack), room, size) for (title, _, up), room in zip(found, rooms)]
    leads = [len(head) for head in heads]
    if not stack:
        leads = [max(leads)] * len(found)
    boxes, top = [], 0
    outside = sum(_outside(lead, across, width, size) for lead, (_, across, _) in zip(leads, found))
    for number, (lead, (_, across, _)) in enumerate(zip(leads, found)):
        if stack:
            high = _outside(lead, across, width, size) + (height - outside) * stack[number] / sum(stack)
            boxes.append((0, top, width, high))
            top += high
        else:
            first = names if number == 0 else 0
            boxes.append((names + number * each - first, 0, each + first, height))
    beside = [_beside(up, width, height, size) for _, _, up in found]
    if stack:  # one clock for all
        beside = [(max(wide for wide, _, _ in beside), *rest) for _, *rest in beside]
    return [
        _panel_axes(heads[number], leads[number], across, up, beside[number], boxes[number], size, bool(title), boxed)
        for number, (title, across, up) in enumerate(found)
    ]


def _heads(title, unit, stacked, room, size):
    """The lines above a panel: its title and its unit; in one where panels stand one over the other."""
    if stacked and title and unit:
        return wrapped(f"{title}, {unit}", (room + MARGIN * size) / (size * LETTER))
    return [*(wrapped(title, room / (size * LETTER * BOLD)) if title else []), *([unit] if unit else [])]


def _outside(lead, across, width, size):
    """What a panel needs above and below its frame."""
    below = wrapped(across.label, width / (size * LETTER)) if across.label else ()
    return (1.3 * lead + 0.5) * size + (1.5 if across.ticks else 0.3) * size + 1.3 * size * len(below)


def ways(label):
    """What the two ends of a vertical axis mean, where its words say so between arrows: (down, up); else nothing."""
    found = re.fullmatch(r"(.+?)\s*←.*→\s*(.+)", label)
    return found.groups() if found else ()


def without_ways(up: Axis) -> Axis:
    """A vertical axis without the words between arrows, which stand in its panels."""
    return Axis("", up.ticks) if ways(up.label) else up


def _signposts(ends, frame, size):
    """A level line in the middle of a panel, and at its top and bottom what up and down mean."""
    x0, y0, x1, y1 = frame
    return (
        f'<path d="M{x0:.1f} {(y0 + y1) / 2:.1f}H{x1:.1f}" stroke="#8a8f94"/>'
        + text_at(x0 + 0.4 * size, y0 + 1.2 * size, f"up: {ends[1]}", "start")
        + text_at(x0 + 0.4 * size, y1 - 0.5 * size, f"down: {ends[0]}", "start")
    )


def _beside(up, width, height, size):
    """What stands beside a vertical axis: its width, its names in lines, and the size of their letters.

    Names may take from a third to six tenths of the width: the least of those that give the largest letters.
    """
    if all(_value(text) is not None for _, text in up.ticks):  # numbers are thinned, not made smaller
        names = [[text] for _, text in up.ticks]
        return max((width_of(text, size) for [text] in names), default=0) + 0.6 * size, names, size
    found = []
    for share in (0.34, 0.42, 0.5, 0.6):
        small = size
        while True:
            names = [wrapped(text, share * width / (small * LETTER)) for _, text in up.ticks]
            if small < 0.6 * size or sum(len(lines) + 0.35 for lines in names) * 1.1 * small < height - 4 * size:
                break
            small *= 0.96
        found.append((small, names))
    small, names = max(found, key=lambda one: one[0])
    return max((width_of(line, small) for lines in names for line in lines), default=0) + 0.6 * small, names, small


def _panel_axes(heads, lead, across, up, beside, box, size, titled, boxed):
    left, top, width, height = box
    beside, names, small = beside
    x0, x1 = left + beside, left + width - MARGIN * size
    y0 = top + (1.3 * lead + 0.5) * size
    columns = _columns(across, x1 - x0, size)
    under = 1.5 + 1.1 * (max(len(lines) for _, lines in columns) - 1) if columns else 0.3
    below = wrapped(across.label, width / (size * LETTER)) if across.label else []
    y1 = top + height - (under + 1.3 * len(below)) * size
    parts = (
        [f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" fill="none" stroke="#8a8f94"/>']
        if boxed
        else []
    )
    for n, head in enumerate(heads):
        is_title = titled and not (up.label and head.endswith(up.label))
        parts.append(text_at(x0 if titled else left, top + (1.1 + 1.3 * n) * size, head, "start", bold=is_title))
    parts += _across(columns, (x0, y0, x1, y1), left, left + width, size, boxed)
    is_named = any(_value(text) is None for _, text in up.ticks)
    parts += _up(_rows(up, names, (y1 - y0) / small), (x0, y0, x1, y1), small, boxed or not is_named)
    for n, line in enumerate(below):
        x = min((x0 + x1) / 2, left + width - width_of(line, size) / 2)
        parts.append(text_at(x, top + height - (0.3 + 1.2 * (len(below) - 1 - n)) * size, line, "middle"))
    return "".join(parts), (x0, y0, x1, y1)


def _columns(across, width, size):
    """The ticks of a horizontal axis: (place, lines). Numbers and dates are thinned, names are broken into lines."""
    if not across.ticks:
        return []
    if _is_scale(across.ticks) or all(_value(text) is not None for _, text in across.ticks):
        return [(place, [text]) for place, text in _thinned(across.ticks, width / size)]
    letters = width / len(across.ticks) / (size * LETTER)
    return [(place, wrapped(text, letters)) for place, text in across.ticks]


def _across(columns, frame, left, right, size, lined):
    """A horizontal axis: its lines, and its words below the frame, none beyond the panel."""
    x0, y0, x1, y1 = frame
    parts, end = [], left
    for place, lines in columns:
        x, half = x0 + place * (x1 - x0), max(width_of(line, size) for line in lines) / 2
        meets = left > 0 and x - half < x0  # would run into the panel on the left
        if lined:
            parts.append(f'<path d="M{x:.1f} {y0:.1f}V{y1:.1f}" stroke="#e4e6e8"/>')
        at, anchor = (x0, "start") if meets else (min(x, right - half), "middle")
        if at - (0 if meets else half) < end:  # would run into the one before
            continue
        end = at + (2 if meets else 1) * half + 0.3 * size
        parts += [text_at(at, y1 + (1.2 + 1.1 * n) * size, line, anchor) for n, line in enumerate(lines)]
    return parts


def _up(rows, frame, small, lined):
    """A vertical axis: its lines, and its words to the left of the frame."""
    x0, _, x1, y1 = frame
    parts = []
    for place, lines in rows:
        y = y1 - place * (y1 - frame[1])
        if lined:
            parts.append(f'<path d="M{x0:.1f} {y:.1f}H{x1:.1f}" stroke="#e4e6e8"/>')
        for n, line in enumerate(lines):
            down = (0.35 + 1.1 * (n - (len(lines) - 1) / 2)) * small
            parts.append(text_at(x0 - 0.4 * small, y + down, line, "end", small))
    return parts


def _rows(up, names, room):
    """The ticks of a vertical axis that have room: (place, lines). Numbers are thinned, names are not."""
    rows = [(place, lines) for (place, _), lines in zip(up.ticks, names)]
    if any(_value(text) is None for _, text in up.ticks):
        return rows
    while len(rows) > 2 and any(abs(b[0] - a[0]) * room < 1.05 for a, b in zip(rows, rows[1:])):
        rows = rows[::2]
    return rows


def text_at(x: float, y: float, words: str, anchor: str, size: float = 0.0, bold: bool = False, more: str = "") -> str:
    """A line of text as SVG. size: of its letters, where they are not those of the picture; more: attributes."""
    style = (' font-weight="bold"' if bold else "") + (f' font-size="{size:.1f}"' if size else "") + more
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{html.escape(words)}</text>'


def wrapped(text: str, letters: float, least: int = 8) -> list[str]:
    """A text in lines no wider than so many average letters, or than so many at least."""
    lines = [""]
    for word in text.split():
        if lines[-1] and width_of(f"{lines[-1]} {word}", 1 / LETTER) > max(letters, least):
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


def spot_of(text) -> tuple[float, float]:
    """Where a text stands: by its own coordinates or, as one of several lines, by a shift."""
    if text.get("x"):
        return float(text.get("x")), float(text.get("y"))
    return tuple(
        float(number) for number in re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", text.get("transform")).groups()
    )
