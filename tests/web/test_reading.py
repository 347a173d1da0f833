"""The pages to read: on a phone, a tablet and a screen, in light and dark, with and without scripts, and on paper."""
import html
import json
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag

import pytest
from conftest import BEYOND, BUT_COLOURS, COLOURS, LESSONS, NOTEBOOKS, axe_faults

PAGES = ["index", "lessons", *LESSONS, "revision", "terms", "data/index", "data/events", "search"]
every_page = pytest.mark.parametrize("name", PAGES)
every_lesson = pytest.mark.parametrize("lesson", LESSONS)
SEEN = "nodes => nodes.filter(node => node.checkVisibility()).length"
# Beyond the right edge of what holds it, where a sheet of paper cuts it off.
CUT = """() => [...document.querySelectorAll('pre, img, figcaption, p')].filter(node => node.checkVisibility() && !node.closest('.unseen'))
    .filter(node => node.clientWidth && node.scrollWidth > node.clientWidth + 1 || node.getBoundingClientRect().right > innerWidth + 1)
    .map(node => node.textContent.trim().slice(0, 60))"""


def stored(lesson):
    return json.loads((NOTEBOOKS / f"{lesson}.ipynb").read_text(encoding="utf-8"))["cells"]


def closed_in(lesson):
    return [cell for cell in stored(lesson) if cell["metadata"].get("jupyter", {}).get("outputs_hidden")]


AROUND = {"exclude": ["article"]}     # what stands about the text: it alone has other parts on a wider screen


@every_page
def test_a_page_fits_is_accessible_and_leads_to_the_live_edition(host, visitor, site, name):
    """On a phone, a tablet and a screen, in light and dark: all of it on the phone, where the text is narrowest; on the others what
    stands about the text, whose parts and colours are the same at every width.
    """
    page = visitor().new_page()
    page.set_viewport_size({"width": 390, "height": 850})   # before: what scrolls is told when a page is loaded
    page.goto(f"{host.address}{name}.html")
    for width in (390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 850})
        within = "document" if width == 390 else AROUND
        assert axe_faults(page, BUT_COLOURS, within) == [], width
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, scheme)
            assert page.evaluate(BEYOND) == [], (width, scheme)
            assert width == 768 or axe_faults(page, COLOURS, within) == [], (width, scheme)
        address = page.locator("a.live-button:visible").first.evaluate("link => link.href")
        path, _, lesson = address.removeprefix(host.address).partition("?path=")
        assert (site / path).is_file() and lesson == f"my_work/{name if name in LESSONS else '00_start_here'}.ipynb"


def test_the_text_has_the_same_colours_at_every_width(site):
    """Or it would have to be looked at on a screen too."""
    rules = re.findall(r"@media \([^{]*width[^{]*\{(.*?)\n\}", (site / "_static" / "course.css").read_text(), re.DOTALL)
    assert rules and not [rule for rule in rules if re.search(r"color|background|opacity", rule)]


@every_lesson
def test_without_scripts_a_lesson_is_whole_and_its_answers_are_closed(host, visitor, lesson):
    page = visitor(java_script_enabled=False).new_page()
    page.goto(f"{host.address}{lesson}.html")
    answers, charts = page.locator("details.hide"), page.locator("figure img")
    assert answers.count() == len(closed_in(lesson)) > 0
    seen, all_charts = sum(charts.nth(i).is_visible() for i in range(charts.count())), charts.count()
    hidden = page.locator("details.hide figure img").count()
    assert (seen, hidden > 0) == (all_charts - hidden, True)
    answers.first.locator("summary").first.click()
    assert answers.first.locator("figure img").first.is_visible()


@every_lesson
def test_a_lesson_says_what_the_notebook_says(host, visitor, lesson):
    """Every chart with its words, every table, every spoken sentence; but for what a check says of an empty cell."""
    page = visitor(java_script_enabled=False).new_page()
    page.goto(f"{host.address}{lesson}.html")
    outputs = [output for cell in stored(lesson) for output in cell.get("outputs", ())]
    pages = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs]
    assert page.locator("figure").count() == sum("<figure" in text for text in pages)
    alts = [re.search(r'alt="([^"]+)"', text)[1] for text in pages if "<figure" in text]
    assert all(len(alt) > 40 for alt in alts)
    for number in range(len(alts)):
        figure = page.locator("figure").nth(number)
        assert figure.locator("img").get_attribute("alt").startswith(alts[number][:20].split("&")[0])
        assert figure.locator("details summary").first.inner_text(timeout=1000) is not None
    assert page.locator(".not-live").count() == sum("takeaways-asleep" in text for text in pages)
    text = page.content()
    assert "Predict first; then click here" not in text and "not answered yet" not in text and "came alone" not in text


@every_lesson
def test_hints_and_solution_are_folded_below_each_exercise(host, visitor, lesson):
    from takeaways.exercises.asking import find
    page = visitor(java_script_enabled=False).new_page()
    page.goto(f"{host.address}{lesson}.html")
    numbers = [number for cell in stored(lesson) for number in re.findall(r'check\("(\d\.\d)"', "".join(cell["source"])) if cell["cell_type"] == "code"]
    asked = [number for number in numbers if find(number).kind not in ("guess", "vote")]
    words = page.locator("details.help > summary").all_inner_texts()
    for number in asked:
        assert f"Solution of exercise {number}" in words
        assert sum(f"for exercise {number}" in word for word in words) == len(find(number).hints)
    assert page.locator("details.help[open]").count() == 0
    help_ = page.locator("details.help").last
    help_.locator("summary").click()
    assert help_.locator("p, div, pre").first.is_visible()


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, _, attributes):
        self.found += [value for name, value in attributes if name in ("href", "src") and value]


def test_every_link_within_the_course_leads_somewhere_and_none_loads_from_outside(site):
    broken = []
    for path in [path for path in site.rglob("*.html") if not {"live", "_static"} & {*path.relative_to(site).parts}]:
        for link in Links(path.read_text(encoding="utf-8")).found:
            if re.match(r"[a-z]+:", link) or link.startswith("#"):
                continue
            there = (path.parent / unquote(urldefrag(link).url.partition("?")[0])).resolve()
            if not there.exists():
                broken.append(f"{path.relative_to(site)}: {link}")
    assert broken == []


def test_each_page_has_a_title_of_its_own_and_says_the_course_once(site):
    pages = list(site.glob("*.html"))
    titles = [html.unescape(re.search("<title>(.*?)</title>", page.read_text("utf-8"), re.DOTALL)[1]) for page in pages]
    assert len(pages) > 8 and len(set(titles)) == len(titles)
    assert [title for title in titles if title.count("Four Takeaways") != 1] == []


def test_what_a_host_is_told_to_keep_for_ever_changes_its_name_with_its_content(site):
    """_headers, and the service worker in the same way, which keeps whatever lies in runtime/."""
    told = re.findall(r"^(/\S+)\n  Cache-Control: (.*)$", (site / "_headers").read_text(), re.MULTILINE)
    assert [path for path, how in told if "immutable" in how] == ["/live/runtime/*"]
    for path, how in told:
        assert list(site.glob(path[1:])) and ("immutable" in how) == path.endswith("*")
    kept = [path.name for path in (site / "live" / "runtime").rglob("*") if path.is_file()]
    of_pyodide = {"pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "pyodide-lock.json"}      # below the number of its release
    assert of_pyodide < {*kept} and all(re.search(r"-[0-9a-f]{12}\.", name) for name in {*kept} - of_pyodide)


@pytest.mark.parametrize("missing", ["nowhere", "data/cards/nowhere.html", "live/notebooks/a/b/c/"])
def test_what_is_not_there_leads_home_from_any_depth(host, visitor, missing):
    page = visitor().new_page()
    answer = page.goto(f"{host.address}{missing}")
    assert answer.status == 404
    page.wait_for_function("document.documentElement.dataset.home")
    links = page.evaluate("[...document.links].map(link => link.href)")
    assert {*links} == {f"{host.address}{name}.html" for name in ("index", "search", *LESSONS)}
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 850})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width and page.evaluate(BEYOND) == []
            assert axe_faults(page, {}) == [], (width, scheme)
    page.get_by_role("link", name="The first page").click()
    assert page.url == f"{host.address}index.html"


def test_what_is_not_there_follows_the_colours_that_she_chose(host, visitor):
    page = visitor(color_scheme="light").new_page()
    page.goto(f"{host.address}nowhere")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.evaluate("localStorage.setItem('theme', 'dark')")      # as the button on every page does
    page.reload()
    assert page.evaluate(colour) != light


def test_what_is_not_there_leads_home_without_scripts(host, visitor):
    """At least from the folder in which the course lies."""
    page = visitor(java_script_enabled=False).new_page()
    page.goto(f"{host.address}nowhere")
    assert page.locator("noscript").is_visible()
    page.get_by_role("link", name="The first page").click()
    assert page.url == f"{host.address}index.html"


def test_search_finds_a_word(host, visitor):
    page = visitor().new_page()
    page.goto(f"{host.address}search.html?q=placebo")
    page.locator("#search-results li").first.wait_for()
    assert any("01_mistrust" in link for link in page.locator("#search-results li a").evaluate_all("all => all.map(one => one.href)"))


@every_lesson
def test_a_lesson_on_paper(host, visitor, lesson):
    """A4 with its margins leaves 698 pixels. Answers stay closed until somebody opens them; then they are printed."""
    page = visitor(viewport={"width": 698, "height": 900}).new_page()
    page.goto(f"{host.address}{lesson}.html")
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    page.evaluate("document.querySelectorAll('details.hide').forEach(one => one.open = true)")
    assert page.evaluate(CUT) == []
    assert len(page.pdf(format="A4", tagged=True)) > 100_000
