"""What the kit looks like in a browser: nothing runs off a slide, and a sheet is one sheet. Needs Chromium."""

import json
import re
import shutil
import types

import pytest

from classroom import browser, kit, reveal
from takeaways import charts

BROWSER = next(filter(None, map(shutil.which, kit.BROWSERS)), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium")

# Says for each slide how far its lowest line reaches, and where its foot or its own edge begins.
MEASURE = """<script>document.title = Array.from(document.querySelectorAll(".slide")).map(function (slide) {
  var box = slide.getBoundingClientRect(), foot = slide.querySelector(".foot"), low = 0, wide = 0;
  Array.from(slide.children).forEach(function (part) { if (/\\b(kind|foot)\\b/.test(part.className)) return;
    var one = part.getBoundingClientRect();
    low = Math.max(low, one.bottom - box.top); wide = Math.max(wide, one.right - box.left); });
  var limit = foot ? foot.getBoundingClientRect().top - box.top : 700;
  return [low, limit, wide].map(Math.round).join("/"); }).join(" ");
</script>"""


# Says of each picture of a slide how large its smallest letters are, in points of a slide 960 points wide, which texts
# meet another one, and which are cut off.
LETTERS = """<script>document.title = JSON.stringify(Array.from(document.querySelectorAll(".slide img"), function (image) {
  var box = document.body.appendChild(document.createElement("div"));
  var bytes = Uint8Array.from(atob(image.src.split(",")[1]), function (one) { return one.charCodeAt(0); });
  box.innerHTML = new TextDecoder().decode(bytes);
  var svg = box.firstChild, shown = 0.75 * image.width / svg.viewBox.baseVal.width, whole = svg.getBoundingClientRect();
  var texts = Array.from(svg.querySelectorAll("text, .outlined"));
  var sizes = texts.map(function (text) { var outlined = text.tagName === "g";
    return shown * text.getCTM().a * (outlined ? OUTLINED : parseFloat(getComputedStyle(text).fontSize)); });
  var boxes = texts.map(function (text) { return text.getBoundingClientRect(); });
  var words = texts.map(function (text) { return text.textContent || "outlines"; });
  function meets(n) { return boxes.some(function (other, m) { var one = boxes[n];
    return m < n && Math.min(one.right, other.right) - Math.max(one.left, other.left) > 3
      && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 0.3 * Math.min(one.height, other.height); }); }
  function off(n) { var one = boxes[n]; return one.left < whole.left - 2 || one.right > whole.right + 2
    || one.top < whole.top - 6 || one.bottom > whole.bottom + 6; }
  box.remove();
  return [Math.min.apply(null, sizes), words.filter(function (word, n) { return meets(n); }),
    words.filter(function (word, n) { return off(n); })];
}));
</script>""".replace("OUTLINED", str(reveal.OUTLINED))

# The pictures with a label under 24 points, in the order of the slides, and how many points it has at least: a label
# that stands in a narrow mark, one between others, and answers of a poll, which are as long as they are.
SMALLER = {
    "00_start_here 5": 20,
    "01_mistrust 5": 18,
    "01_mistrust 26": 20,
    "02_bargain 5": 18,
    "02_bargain 8": 22,
    "02_bargain 12": 22,
    "03_threat 9": 19,
    "03_threat 10": 22,
    "04_results 20": 21,
}


@pytest.fixture(scope="module")
def pages():
    return kit.pages()


@pytest.fixture(scope="module")
def chromium():
    """One browser for all: to start one takes longer than all that these tests ask of it."""
    with browser.Browser(BROWSER) as one:
        yield one


def test_a_clicker_moves_the_slides(pages, chromium, tmp_path):
    press = """<script>
    function press(key) { dispatchEvent(new KeyboardEvent("keydown", {key: key, cancelable: true})); }
    function where() { var now = document.querySelector(".slide.now");
      var black = document.body.classList.contains("black") ? " black" : "";
      return (now ? now.getAttribute("aria-label") : "none") + black; }
    var keys = ["ArrowRight", "PageDown", "PageDown", "ArrowRight", "PageUp", "b", "b", "Escape"];
    document.title = keys.map(function (key) { press(key); return where(); }).join("; ");
    </script>"""
    page = tmp_path / "slides.html"
    page.write_text(pages["slides/01_mistrust.html"].replace("</body>", press + "</body>"), encoding="utf-8")
    seen = [
        where.replace("Slide ", "").split(" of ")[0] + " black" * where.endswith("black")
        for where in chromium.title(page).split("; ")
    ]
    assert seen == ["2", "3", "4", "5", "4", "4 black", "4", "none"]      # it opens on the first, not on the list


def test_nothing_runs_off_a_slide(pages, chromium, tmp_path):
    decks = [page for name, page in sorted(pages.items()) if name.startswith("slides/")]
    slides = "".join(
        slide for page in decks for slide in re.findall(r'<section class="slide.*?</section>', page, re.DOTALL)
    )
    page = tmp_path / "slides.html"
    page.write_text(decks[0].split("<main>")[0] + f"<main>{slides}</main>{MEASURE}</body></html>", encoding="utf-8")
    measured = [tuple(map(int, one.split("/"))) for one in chromium.title(page).split()]
    assert len(measured) == slides.count("<section") > 150
    off = [number for number, (low, limit, wide) in enumerate(measured, 1) if low > limit or wide > 1280]
    assert not off, off


def test_letters_of_charts_can_be_read_from_the_back_of_a_room(pages, chromium, tmp_path):
    """24 points, but for the few that are named; no word meets another or is cut off."""
    assert charts.STYLE["font.size"] == reveal.OUTLINED
    smaller = {}
    for name in sorted(name for name in pages if name.startswith("slides/")):
        page = tmp_path / "slides.html"
        page.write_text(pages[name].replace("</body>", LETTERS + "</body>"), encoding="utf-8")
        places = [
            number
            for number, slide in enumerate(re.findall(r'<section class="slide.*?</section>', pages[name], re.DOTALL), 1)
            if "<img" in slide
        ]
        found = json.loads(chromium.title(page))
        assert len(found) == len(places) > 2
        for place, (size, meeting, cut) in zip(places, found):
            assert not meeting and not cut, (name, place, meeting, cut)
            if size < 23.9:
                smaller[f"{name[7:-5]} {place}"] = size
    assert set(smaller) == set(SMALLER)
    assert all(size >= SMALLER[one] for one, size in smaller.items()), smaller


@pytest.fixture
def printed_pages(chromium, tmp_path):
    """Print a text; returns how many pages it takes, and the bytes of its PDF."""

    def printed_pages(page):
        file = tmp_path / "page.html"
        file.write_text(page, encoding="utf-8")
        chromium.print(file)
        return counted(file.with_suffix(".pdf"))

    return printed_pages


def counted(pdf):
    printed = pdf.read_bytes()
    pdf.unlink()
    return len(re.findall(rb"/Type\s*/Page\b", printed)), printed


def test_a_sheet_is_a_sheet_and_tagged(pages, printed_pages):
    for name in sorted(pages):
        if name.startswith("handouts/"):
            count, printed = printed_pages(pages[name])
            assert count <= 2 and b"/StructTreeRoot" in printed and b"/Lang" in printed, (name, count)
            assert printed.count(b"/MediaBox [0 0 594.95996 841.91998]") == count, f"{name} is not on A4"


def test_a_lesson_of_the_guide_can_be_read_and_takes_at_most_four_pages(pages, printed_pages):
    guide = pages["guide.html"]
    printed_sizes = [float(size) for size in re.findall(r"\.lesson \{ font-size: ([\d.]+)pt", guide)]
    assert min(printed_sizes) >= 9.5
    head, *lessons = re.split(r'(?=<section class="lesson page")', guide)
    style = head.split("<main>")[0] + "<main>"
    for lesson in lessons:
        lesson = lesson.split("</section>")[0].replace(" page", "") + "</section></main></body></html>"
        assert printed_pages(style + lesson)[0] <= 4


def test_each_sheet_of_the_negotiation_begins_a_page_and_ends_on_it(pages, printed_pages):
    page = pages["negotiation.html"]
    assert printed_pages(page)[0] <= page.count('class="sheet"') + 2  # the common facts may take two


def test_the_kit_prints_all_pages_with_one_browser_or_else_each_with_its_own(pages, chromium, tmp_path, monkeypatch):
    files = [tmp_path / f"{number}.html" for number in (1, 2)]
    for file, name in zip(files, ("handouts/01_mistrust_sheet_1.html", "handouts/05_brief_sheet_1.html")):
        file.write_text(pages[name], encoding="utf-8")
    with monkeypatch.context() as alone:
        alone.setattr(kit, "print_page", None)
        assert kit.print_pages(BROWSER, files) == []
    together = [counted(file.with_suffix(".pdf"))[0] for file in files]
    monkeypatch.setattr(browser, "os", types.SimpleNamespace(name="nt"))      # Windows hands no pipes on
    assert kit.print_pages(BROWSER, files[:1]) == [] and together == [2, 1]
    assert counted(files[0].with_suffix(".pdf"))[0] == 2
    monkeypatch.undo()
    assert kit.print_pages(shutil.which("false"), files) == files     # no browser, no PDF, and said so
    with pytest.raises(OSError, match="ERR_FILE_NOT_FOUND"):
        chromium.print(tmp_path / "none.html")
