"""Draw a figure with letters from memory: each letter is shaped once and laid on the picture wherever it stands again.

matplotlib shapes every letter anew whenever it is drawn, and that is a third of the time of a chart. Here the lines of
letters, the letters and the outlines under a halo are remembered; the picture is the same to the last byte.

matplotlib has no public way to a single letter, so what is used of its inside stands in PRIVATE. The lock pins it, and
tests/test_letters.py tells when a name is gone. Where one is not there (the older matplotlib of the web edition) all
is drawn as usual.
"""

import math
from functools import lru_cache

import numpy as np
from matplotlib import ft2font
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.figure import Figure
from matplotlib.font_manager import FontManager, FontProperties, fontManager, get_font
from matplotlib.textpath import TextToPath

KEPT = 20_000    # letters, some hundred bytes each; a place between two pixels makes a letter of its own
LINES = 2_000    # lines of text, their sizes and their outlines
PART = 64        # matplotlib counts in parts of a pixel
PRIVATE = {RendererAgg: ("_draw_text_glyphs_and_boxes",), FontManager: ("_find_fonts_by_props",),
           ft2font.FT2Font: ("_layout", "_render_glyph", "_set_transform")}


def canvas_of(fig: Figure) -> FigureCanvasAgg:
    """Return the canvas on which a figure is measured and drawn; it gets one where it has none with a memory."""
    if not all(hasattr(part, name) for part, names in PRIVATE.items() for name in names):
        return fig.canvas if isinstance(fig.canvas, FigureCanvasAgg) else FigureCanvasAgg(fig)
    if not isinstance(fig.canvas, _Canvas):
        manager = fig.canvas.manager
        _Canvas(fig).manager = manager      # it stays a figure of pyplot, should publish refuse it
    return fig.canvas


class _Canvas(FigureCanvasAgg):
    def get_renderer(self):
        size = (*self.figure.bbox.size, self.figure.dpi)
        if getattr(self, "size_drawn", None) != size:
            self.renderer, self.size_drawn = _Paint(*size), size
        return self.renderer


class _Outlines(TextToPath):
    """Text as outlines, under a halo."""

    def get_text_path(self, prop, s, ismath=False, **how):
        return _outline(s, prop.copy(), ismath, *how.items())


class _Paint(RendererAgg):
    def __init__(self, *size):
        super().__init__(*size)
        self._text2path = _Outlines()

    def get_text_width_height_descent(self, s, prop, ismath):
        return super().get_text_width_height_descent(s, prop, ismath) if ismath else _size(s, prop.copy(), self.dpi)

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if ismath:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        else:
            how = (mtext.get_fontfeatures(), mtext.get_language()) if mtext else (None, None)
            self._draw_text_glyphs_and_boxes(gc, x, y, angle, _line(s, prop.copy(), self.dpi, *how), ())

    def _draw_text_glyphs_and_boxes(self, gc, x, y, angle, glyphs, boxes):
        if boxes or not gc.get_antialiased():
            super()._draw_text_glyphs_and_boxes(gc, x, y, angle, glyphs, boxes)
            return
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        for font, size, number, slant, wide, dx, dy in glyphs:
            column, right = divmod(round(PART * (x + dx * cos - dy * sin)), PART)
            row, up = divmod(round(PART * (self.height - y + dx * sin + dy * cos)), PART)   # counted from below
            pixels, left, bottom = _letter(font, size, self.dpi, number, angle, slant, wide, right, up)
            if pixels.size:
                self._renderer.draw_text_image(pixels, column + left, int(self.height) - row - bottom, 0, gc)


def _font(prop, dpi):
    font = get_font(fontManager._find_fonts_by_props(prop))
    font.clear()
    font.set_size(prop.get_size_in_points(), dpi)
    return font


@lru_cache(LINES)
def _line(text: str, prop: FontProperties, dpi: float, features: tuple | None, language: str | None):
    """The letters of a line and where they stand: font, size, number in the font, slant, width, right, up."""
    letters = _font(prop, dpi)._layout(text, flags=get_hinting_flag(), features=features, language=language)
    return [(one.ft_object, prop.get_size_in_points(), one.glyph_index, 0, 1, one.x, one.y) for one in letters]


@lru_cache(LINES)
def _size(text, prop, dpi):
    """Width, height and descent of a line, in pixels."""
    font = _font(prop, dpi)
    font.set_text(text, 0.0, flags=get_hinting_flag())
    return tuple(part / PART for part in (*font.get_width_height(), font.get_descent()))


@lru_cache(LINES)
def _outline(text, prop, ismath, *how):
    return TextToPath().get_text_path(prop, text, ismath, **dict(how))


@lru_cache(KEPT)
def _letter(font, size, dpi, number, angle, slant, wide, right, up):
    """A letter as grey values, with its left and lower edge in pixels; right, up: parts of a pixel by which it stands
    off the grid.
    """
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    turned = np.array([[cos, -sin], [sin, cos]]) @ [[wide, wide * slant], [0, 1]]
    font.set_size(size, dpi)
    font._set_transform((0x10000 * turned).round().astype(int), [right, up])
    shape = font._render_glyph(number, get_hinting_flag(), ft2font.RenderMode.NORMAL)
    pixels = np.array(shape.buffer)
    return pixels, shape.left, shape.top - len(pixels)
