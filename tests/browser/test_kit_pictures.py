"""What the kit looks like in a browser: nothing runs off a slide, and a sheet is one sheet."""
import re

import lab
import pytest
from classroom import kit, reveal

from takeaways import charts

# For each slide how far its lowest line reaches, and where its foot or its own edge begins.
REACH = """() => [...document.querySelectorAll(".slide")].map(slide => {
    const box = slide.getBoundingClientRect(), foot = slide.querySelector(".foot");
    const parts = [...slide.children].filter(part => !/\\b(kind|foot)\\b/.test(part.className))
        .map(part => part.getBoundingClientRect());
    return [Math.max(0, ...parts.map(part => part.bottom - box.top)), foot ? foot.getBoundingClientRect().top - box.top : 700,
            Math.max(0, ...parts.map(part => part.right - box.left))].map(Math.round); })"""

# Of each picture on a slide: its place among the slides, how large its smallest letters are, in points of a slide 960
# points wide, which texts meet another one, and which are cut off.
LETTERS = """outlined => [...document.querySelectorAll(".slide")].flatMap((slide, place) =>
    [...slide.querySelectorAll("img")].map(image => {
    const box = document.body.appendChild(document.createElement("div"));
    box.innerHTML = new TextDecoder().decode(Uint8Array.from(atob(image.src.split(",")[1]), one => one.charCodeAt(0)));
    const svg = box.firstChild, shown = 0.75 * image.width / svg.viewBox.baseVal.width, whole = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text, .outlined")], boxes = texts.map(text => text.getBoundingClientRect());
    const sizes = texts.map(text => shown * text.getCTM().a
        * (text.tagName === "g" ? outlined : parseFloat(getComputedStyle(text).fontSize)));
    const meets = boxes.map((one, n) => boxes.slice(0, n).some(other =>
        Math.min(one.right, other.right) - Math.max(one.left, other.left) > 3
        && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 0.3 * Math.min(one.height, other.height)));
    const off = boxes.map(one => one.left < whole.left - 2 || one.right > whole.right + 2 || one.top < whole.top - 6
        || one.bottom > whole.bottom + 6);
    const words = texts.map(text => text.textContent || "outlines");
    box.remove();
    return [place + 1, Math.min(...sizes), words.filter((_, n) => meets[n]), words.filter((_, n) => off[n])]; }))"""

# The pictures with a label under 24 points, in the order of the slides, and how many points it has at least: a label
# that stands in a narrow mark, one between others, and answers of a poll, which are as long as they are.
SMALLER = {
    "00_start_here 5": 20, "01_mistrust 5": 18, "01_mistrust 26": 20, "02_bargain 5": 18, "02_bargain 8": 22,
    "02_bargain 12": 22, "03_threat 9": 19, "03_threat 10": 22, "04_results 20": 21,
}


@pytest.fixture(scope="module")
def pages(kit_folder):
    """The pages of the kit: name to HTML."""
    top = kit_folder / "kit"
    return {page.relative_to(top).as_posix(): page.read_text(encoding="utf-8") for page in top.rglob("*.html")}


@pytest.fixture(scope="module")
def sheet(browser):
    """A page that shows what it is given."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True).new_page()
    yield page
    page.context.close()


def test_a_clicker_moves_the_slides(pages, sheet, tmp_path):
    (tmp_path / "slides.html").write_text(pages["slides/01_mistrust.html"], encoding="utf-8")
    sheet.goto((tmp_path / "slides.html").as_uri())
    seen = []
    for key in ("ArrowRight", "PageDown", "PageDown", "ArrowRight", "PageUp", "b", "b", "Escape"):
        sheet.keyboard.press(key)
        place = sheet.evaluate("document.querySelector('.slide.now')?.getAttribute('aria-label') ?? 'none'")
        black = sheet.evaluate("document.body.classList.contains('black')")
        seen.append(place.replace("Slide ", "").split(" of ")[0] + " black" * black)
    assert seen == ["2", "3", "4", "5", "4", "4 black", "4", "none"]      # it opens on the first, not on the list


def decks_of(pages):
    return {name[len("slides/"):-len(".html")]: pages[name] for name in sorted(pages) if name.startswith("slides/")}


def test_nothing_runs_off_a_slide(pages, sheet):
    decks = list(decks_of(pages).values())
    slides = [slide for page in decks for slide in re.findall(r'<section class="slide.*?</section>', page, re.DOTALL)]
    sheet.set_content(f"{decks[0].split('<main>')[0]}<main>{''.join(slides)}</main></body></html>")
    reach = sheet.evaluate(REACH)
    assert len(reach) == len(slides) > 150
    assert [number for number, (low, limit, wide) in enumerate(reach, 1) if low > limit or wide > 1280] == []


def test_letters_of_charts_can_be_read_from_the_back_of_a_room(pages, sheet):
    """24 points, but for the few that are named; no word meets another or is cut off."""
    assert charts.STYLE["font.size"] == reveal.OUTLINED
    smaller = {}
    for name, page in decks_of(pages).items():
        sheet.set_content(page)
        sheet.keyboard.press("Escape")      # a deck opens on its first slide; the list shows them all
        found = sheet.evaluate(LETTERS, reveal.OUTLINED)
        assert len(found) > 2
        for place, size, meeting, cut in found:
            assert not meeting and not cut, (name, place, meeting, cut)
            if size < 23.9:
                smaller[f"{name} {place}"] = size
    assert set(smaller) == set(SMALLER)
    assert all(size >= SMALLER[one] for one, size in smaller.items()), smaller


@pytest.fixture
def printed(sheet):
    """Print a text; returns how many pages it takes, and the bytes of its PDF."""
    def printed(page):
        sheet.set_content(page)
        pdf = sheet.pdf(prefer_css_page_size=True, tagged=True, outline=True, print_background=True)
        return counted(pdf), pdf
    return printed


def counted(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_a_sheet_is_a_sheet_and_tagged(pages, printed):
    for name in sorted(pages):
        if name.startswith("handouts/"):
            count, pdf = printed(pages[name])
            assert count <= 2 and b"/StructTreeRoot" in pdf and b"/Lang" in pdf, (name, count)
            assert pdf.count(b"/MediaBox [0 0 594.95996 841.91998]") == count, f"{name} is not on A4"


def test_a_lesson_of_the_guide_can_be_read_and_takes_at_most_four_pages(pages, printed):
    guide = pages["guide.html"]
    printed_sizes = [float(size) for size in re.findall(r"\.lesson \{ font-size: ([\d.]+)pt", guide)]
    assert min(printed_sizes) >= 9.5
    head, *lessons = re.split(r'(?=<section class="lesson page")', guide)
    style = head.split("<main>")[0] + "<main>"
    for lesson in lessons:
        lesson = lesson.split("</section>")[0].replace(" page", "") + "</section></main></body></html>"
        assert printed(style + lesson)[0] <= 4


def test_each_sheet_of_the_negotiation_begins_a_page_and_ends_on_it(pages, printed):
    page = pages["negotiation.html"]
    assert printed(page)[0] <= page.count('class="sheet"') + 2  # the common facts may take two


def test_the_kit_prints_as_the_browser_does(pages, printed, tmp_path):
    """With Chromium's own command, which is all that the kit needs of it."""
    name = "handouts/01_mistrust_sheet_1.html"
    (tmp_path / "sheet.html").write_text(pages[name], encoding="utf-8")
    assert kit.print_page(lab.CHROMIUM, tmp_path / "sheet.html")
    pdf = (tmp_path / "sheet.pdf").read_bytes()
    assert counted(pdf) == printed(pages[name])[0] and b"/StructTreeRoot" in pdf and b"/Lang" in pdf
    assert not kit.print_page("false", tmp_path / "none.html")
