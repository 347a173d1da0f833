"""Words for what a chart draws: days, numbers, colours, and how a series runs. Used by reading.py and publishing.py.

Two kinds of words. *Exact* ones (2020-10, 1211.52) stand in the plain text of a chart, so that a changed value is seen
by a test. Those *for people* (October 2020, 1,212) are rounded as on the chart and stand in its table and its
alternative text.
"""

import colorsys
import functools
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import matplotlib.dates as mdates
import numpy as np
from matplotlib import units
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryConverter
from matplotlib.colors import to_hex, to_rgba
from matplotlib.ticker import FixedLocator, FuncFormatter, ScalarFormatter, StrMethodFormatter

from .metrics import METRICS
from .prose import true_minus

Colour = str | tuple | np.ndarray

DATES = (mdates.DateConverter, type(units.registry[datetime]))     # what matplotlib turns days into places with

NOTHING = "\N{EM DASH}"    # stands in a table where there is no value
MEANINGS = {to_hex(metric.color): metric.color_name for metric in METRICS.values()} | {
    "#8c939b": "quiet grey", "#333333": "dark", "#ffffff": "white"}
HUES = ((0.04, "red"), (0.11, "orange"), (0.19, "yellow"), (0.45, "green"), (0.7, "blue"), (0.88, "purple"), (1, "red"))
MARKERS = {"o": "dots", ".": "dots", ",": "dots", "s": "squares", "^": "triangles up", "v": "triangles down",
           "D": "diamonds",
           "_": "dashes", "|": "strokes", "x": "crosses", "+": "crosses", "*": "stars"}
NO_MARK = ("None", "none", "", " ", None)
STYLES = {"-": "", "--": "dashed ", ":": "dotted ", "-.": "dash-dotted "}
FAINT = 0.5     # opacity: below it the paper shows more than the colour
SCALES = {"log": "has a logarithmic scale: equal steps are equal factors",
          "symlog": "has a symmetrical logarithmic scale: even around zero, beyond it equal steps are equal factors"}
UNEVEN = "has a scale of its own: equal steps are not equal amounts"
LONG = 15       # rows: a longer series is summarised, and its table stands closed


def one_line(text: object) -> str:
    """Return a text on one line."""
    return " ".join(str(text).split())


# --- axes ----------------------------------------------------------------------------------------------------------

def is_dates(axis: Axis) -> bool:
    return isinstance(_converter(axis), DATES)


def is_names(axis: Axis) -> bool:
    return isinstance(_converter(axis), StrCategoryConverter)


def _converter(axis):
    """What turns days or names into places; the older matplotlib of the web edition has it as an attribute."""
    return axis.get_converter() if hasattr(axis, "get_converter") else axis.converter


def named_ticks(axis: Axis) -> dict:
    """Return the ticks that were given names by hand: position to name."""
    locator, formatter = axis.get_major_locator(), axis.get_major_formatter()
    by_hand = isinstance(locator, FixedLocator) and not isinstance(formatter, (ScalarFormatter, mdates.DateFormatter))
    if is_names(axis) or not by_hand:
        return {}
    return {float(place): one_line(name) for place, name in zip(locator.locs, formatter.format_ticks(locator.locs))}


def categories(axis: Axis) -> dict:
    """Return the names of an axis of categories: position to name."""
    # _mapping is private to matplotlib, which has no other way from a place to its name; the lock pins it, and
    # tests/test_charts.py tells when it is gone.
    return {float(place): one_line(name) for name, place in axis.units._mapping.items()} if is_names(axis) else {}


def names_shown(axis: Axis) -> list[str]:
    """Return what is written along an axis of categories, in order."""
    return [one_line(name) for name in axis.get_major_formatter().format_ticks(axis.get_majorticklocs())]


@functools.lru_cache(maxsize=4096)
def day_of(value: float) -> datetime:
    """Return the day that matplotlib counts as this number."""
    return mdates.num2date(value)


def exact(axis: Axis, value: float) -> str:
    """Return a position on an axis to the day or to six digits; a category by its name."""
    value = float(value)
    if not np.isfinite(value):
        return NOTHING
    if is_dates(axis):
        day = day_of(value)
        return f"{day:%Y-%m}" if day.day == 1 else f"{day:%Y-%m-%d}"
    return categories(axis).get(value) or exact_number(value)


def exact_number(value: float) -> str:
    """Return a number to six digits, whole numbers whole."""
    value = float(value)
    if not np.isfinite(value):
        return NOTHING
    return f"{value:.0f}" if value == round(value) or abs(value) >= 1e6 else f"{value:.6g}"


def for_people(axis: Axis, values: Sequence[float]) -> Callable[[float], str]:
    """Return a function that says a value of this axis for people; `values` are those told together,
    which share their rounding.
    """
    values = [float(value) for value in values if np.isfinite(float(value))]
    names = categories(axis) | named_ticks(axis)
    of_numbers = _say_year if has_years(axis) else _say_alone if axis.get_scale() != "linear" else say_numbers(values)
    say = _say_days(values) if is_dates(axis) else _as_written(axis) or of_numbers

    def told(value):
        value = float(value)
        return names.get(value) or true_minus(say(value)) if np.isfinite(value) else NOTHING

    return told


def runs_in_order(axis: Axis) -> bool:
    """Do values rise and fall along this axis: dates, numbers, names with numbers? Not along mere names."""
    return not is_names(axis) and all(re.search(r"\d", name) for name in named_ticks(axis).values())


def beside(axis: Axis, places: Sequence[float]) -> Callable[[float], str]:
    """Return `for_people`, but a bar that stands beside a named tick, in a group, gets its name."""
    say, ticks = for_people(axis, places), list(named_ticks(axis).items())

    def told(place):
        near = [name for at, name in ticks if abs(at - place) < 0.5]
        return near[0] if len(near) == 1 else say(place)

    return told


def say_numbers(values: Sequence[float]) -> Callable[[float], str]:
    """Return a function that says numbers with as many decimals as the largest needs for three digits."""
    whole = all(value == round(value) for value in values)
    largest = max(map(abs, values), default=0)
    if 0 < largest < 0.001:
        return _say_alone
    decimals = 0 if whole or largest == 0 else min(4, max(0, 2 - int(np.floor(np.log10(largest)))))
    return lambda value: f"{value:,.{decimals}f}"


def _say_alone(value):
    """A number with three digits of its own: beside much larger or smaller ones, or on a scale of factors."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    decimals = 2 - int(np.floor(np.log10(abs(value))))
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".") if decimals < 12 else f"{value:.3g}"


def has_years(axis: Axis) -> bool:
    """Is this an axis of calendar or fiscal years? (A mark within a year is told by its year.)"""
    return (not is_dates(axis) and not is_names(axis)
            and 1900 < min(axis.get_view_interval()) < max(axis.get_view_interval()) < 2100)


def _say_year(value):
    return f"{int(np.floor(value))}"


def _as_written(axis):
    """How the axis itself writes its numbers, where that was chosen ("{x:,.0f}", odds) and not left to matplotlib."""
    formatter = axis.get_major_formatter()
    named_by_hand = isinstance(formatter, FuncFormatter) and isinstance(formatter.func, functools.partial)
    if isinstance(formatter, (StrMethodFormatter, FuncFormatter)) and not named_by_hand:
        return functools.partial(_written_by, formatter)
    return None


def _written_by(formatter, value):
    """What a formatter writes for a value that is no tick (it has no number among them); or the plain number."""
    try:
        return str(formatter(value, None))
    except Exception:       # a function of the learner's, made for ticks alone
        return _say_alone(value)


def _say_days(values):
    days = [day_of(value) for value in values]
    if len({day.year for day in days}) == len(days) > 1 and all((day.month, day.day) == (7, 1) for day in days):
        return lambda value: f"{day_of(value):%Y}"     # yearly counts, drawn in the middle of their year
    if len({day.date() for day in days}) < len(set(days)):     # several times of one day
        return lambda value: f"{day_of(value).day} {day_of(value):%B %Y, %H:%M}"
    firsts = all(day.day == 1 for day in days)
    lasts = all(day_of(value + 1).day == 1 for value in values)
    if firsts or lasts:
        return lambda value: f"{day_of(value):%B %Y}"
    return lambda value: f"{day_of(value).day} {day_of(value):%B %Y}"


# --- colours, marks and lines ----------------------------------------------------------------------------------------

def colour(value: Colour) -> str:
    """Return the name of a colour by its meaning in the course, or by its hue and lightness."""
    red, green, blue, opacity = to_rgba(value)
    if opacity == 0:
        return "invisible"
    if opacity < FAINT:
        return f"faint {colour((red, green, blue))}"
    if (known := MEANINGS.get(to_hex((red, green, blue)))) is not None:
        return known
    hue, light, strength = colorsys.rgb_to_hls(red, green, blue)
    depth = "very light " if light > 0.85 else "light " if light > 0.65 else "dark " if light < 0.3 else ""
    if strength < 0.15 or light in (0, 1):
        return "black" if light < 0.1 else f"{depth}grey"
    return depth + next(name for end, name in HUES if hue <= end)


def hex_of(value: Colour) -> str:
    """Return a colour as #rrggbb, with its opacity where that is not full."""
    return to_hex(value, keep_alpha=to_rgba(value)[3] < 1)


def is_hollow(face: Colour) -> bool:
    """Is a mark empty: transparent, or white as the paper?"""
    red, green, blue, opacity = to_rgba(face)
    return opacity == 0 or red == green == blue == 1


def marks(marker: str, face: Colour) -> str:
    """Return what the marks of a series look like: "hollow dots"."""
    return ("hollow " if is_hollow(face) else "") + MARKERS.get(marker, "marks")


def by_colour(places: Sequence[str], names: Iterable[str]) -> str:
    """Say which of several marks have which colour: the rarest by name, the most frequent as the rest."""
    groups = {}
    for place, one in zip(places, names):
        groups.setdefault(one, []).append(place)
    if len(groups) == 1:
        return next(iter(groups))
    *few, rest = sorted(groups.items(), key=lambda item: len(item[1]))
    return "; ".join([*(f"{name}: {', '.join(dict.fromkeys(some))}" for name, some in few), f"the rest {rest[0]}"])


# --- how a series runs -----------------------------------------------------------------------------------------------

def turns(values: Sequence[float], most: int = 4) -> list[int]:
    """Return where a series begins, turns and ends: a turn goes back by at least a fifth of the whole range.

    values: floats without gaps, two at least. Where there are more than `most` turns, only greater ones count.
    """
    reach = max(values) - min(values)
    for share in (0.2, 0.3, 0.4, 0.6, 1.1):
        found = _zigzag(values, share * reach)
        if len(found) <= most + 2:
            break
    return found


def _zigzag(values, step):
    """The first point, every point after which the series goes back by `step`, and the last."""
    found, high, low, best, up = [0], 0, 0, 0, None
    for i, value in enumerate(values):
        if up is None:
            high, low = max(high, i, key=values.__getitem__), min(low, i, key=values.__getitem__)
            if step <= max(value - values[low], values[high] - value):
                up, best = value - values[low] >= step, i
                found.append(low if up else high)
        elif value != values[best] and (value > values[best]) == up:
            best = i
        elif abs(value - values[best]) >= step:
            up, best, found = not up, i, [*found, best]
    return list(dict.fromkeys([*found, best, len(values) - 1]))


def run_of(places: Sequence[str], values: Sequence[float], written: Sequence[str]) -> str:
    """Say how a series runs: "falls from 77,695 in June 2023 to 40,384 in August 2025".

    places, written: words; values: floats; all without gaps, in the order of the axis.
    """
    if len(values) < 2 or max(values) == min(values):
        return f"{written[0]} throughout" if len(values) > 1 else f"{written[0]} {at(places[0])}"
    small, points = 0.1 * (max(values) - min(values)), turns(values)
    if len(points) > 2 and abs(values[points[1]] - values[0]) < small:
        del points[1]
    told = [f"{_verb(values[points[0]], values[points[1]])} from {written[0]} {at(places[0])} to {written[points[1]]} "
            f"{at(places[points[1]])}"]
    for a, b in zip(points[1:], points[2:]):
        last = b == points[-1] and abs(values[b] - values[a]) < small
        told.append(f"{'ends' if last else _verb(values[a], values[b])} {'at' if last else 'to'} {written[b]} "
                    f"{at(places[b])}")
    unsaid = [f"{name} {written[i]} {at(places[i])}" for name,
              i in _extremes(values) if values[i] not in [values[j] for j in points]]
    return "; ".join([", then ".join(told), *unsaid])


def _verb(before, after):
    return "rises" if after > before else "falls" if after < before else "comes back"


def _extremes(values):
    return ("highest", int(np.nanargmax(values))), ("lowest", int(np.nanargmin(values)))


def extremes_of(places: Sequence[str], values: Sequence[float], written: Sequence[str]) -> str:
    """Say the highest and the lowest value of a series."""
    return ", ".join(f"{name} {written[i]} {at(places[i])}" for name, i in _extremes(values))


def at(place: str) -> str:
    """Return a place with its preposition: "in June 2023", "in 2019", "on 3 September 2025", "at 20"."""
    if re.fullmatch(r"\d{1,2} [A-Z][a-z]+ \d{4}(, \d\d:\d\d)?", place):
        return f"on {place}"
    return f"in {place}" if re.fullmatch(r"([A-Z][a-z]+ )?(19|20)\d\d", place) else f"at {place}"


def says_value(text: str, value: float) -> bool:
    """Does a label write just this value, rounded ("+79%" beside 78.55)?"""
    plain = one_line(text).replace("\N{MINUS SIGN}", "-").replace(",", "")
    if not (found := re.fullmatch(r"([+-]?\d+(?:\.(\d+))?) ?%?", plain)):
        return False
    return abs(float(found[1]) - value) <= 0.5000001 * 10 ** -len(found[2] or "")
