"""The web edition runs with matplotlib 3.8: what it draws otherwise is told in the same words."""
import matplotlib.pyplot as plt
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.patches import Polygon
from takeaways import wording
from takeaways.errors import CourseError
from takeaways.reading import read_figure


def words(draw):
    fig, ax = plt.subplots()
    ax.plot([2001, 2005], [1, 2])
    draw(ax)
    (_, panels) = read_figure(fig)
    plt.close(fig)
    return panels[0].marks, panels[0].people, [(one.kind, one.rows) for one in panels[0].series]


def older_span(ax, low, high, *, upright, **how):
    """axvspan and axhspan as matplotlib drew them before 3.9."""
    corners = [(low, 0), (low, 1), (high, 1), (high, 0)]
    shape = Polygon(corners if upright else [corner[::-1] for corner in corners], **how)
    shape.set_transform(ax.get_xaxis_transform(which="grid") if upright else ax.get_yaxis_transform(which="grid"))
    ax.add_patch(shape)


@pytest.mark.parametrize("upright", [True, False])
def test_a_shaded_span_of_either_form(upright):
    how = {"color": "#ECEEF0", "zorder": 0}
    now = words(lambda ax: (ax.axvspan if upright else ax.axhspan)(2002, 2003, **how))
    assert words(lambda ax: older_span(ax, 2002, 2003, upright=upright, **how)) == now
    assert "shaded from" in now[0][0] and "layer 0" in now[0][0]


def test_a_polygon_that_is_no_span_is_still_refused():
    for corners in ([(2001, 0), (2002, 1), (2003, 0.5), (2002, 0)], [(2001, 0), (2002, 1), (2003, 0)]):
        with pytest.raises(CourseError, match="Polygon"):
            words(lambda ax: ax.add_patch(Polygon(corners, transform=ax.get_xaxis_transform(which="grid"))))
    with pytest.raises(CourseError, match="Polygon"):
        words(lambda ax: ax.add_patch(Polygon([(2001, 1), (2001, 2), (2002, 2), (2002, 1)])))


def test_a_band_of_either_form():
    def older_band(ax):
        ax.add_collection(PolyCollection([[(2001, 0), (2001, 1), (2005, 2), (2005, 0)]], facecolor="#ECEEF0"))
    kind, rows = words(older_band)[2][-1]
    assert kind == "band" and rows == [("2001", "0", "1"), ("2005", "0", "2")]


def test_an_axis_without_get_converter_tells_what_it_holds():
    class Older:
        converter = wording.StrCategoryConverter()
    assert wording.is_names(Older()) and not wording.is_dates(Older())
