"""How Sphinx makes the pages; what is not said here is as myst-nb and the theme have it."""
project = "Four Takeaways"
author = "the authors of Four Takeaways"
language = "en"
extensions = ["myst_nb"]
exclude_patterns = ["_templates"]
templates_path = ["_templates"]

nb_execution_mode = "off"           # the lessons are stored with their outputs
nb_ipywidgets_js = {}               # or every page would load scripts from another host
nb_merge_streams = True
myst_heading_anchors = 3
myst_links_external_new_tab = False
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type"]

html_theme = "pydata_sphinx_theme"
html_title = "Four Takeaways"       # a longer one does not fit a phone
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_favicon = "_static/icon.svg"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_domain_indices = False
html_use_index = False
html_theme_options = {
    "logo": {"text": html_title},
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "navbar_persistent": ["live-button", "search-button"],
    "navbar_end": ["theme-switcher"],
    "article_header_end": [],
    "footer_start": ["footer-licences"],
    "footer_end": ["footer-words"],
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "back_to_top_button": False,
    "show_toc_level": 2,
}
html_sidebars = {"index": [], "lessons": [], "revision": [], "terms": []}


def setup(app):
    app.connect("html-page-context", once_in_its_title)


def once_in_its_title(app, page, template, context, doctree):
    """The first page is called what the course is called: its title says it once."""
    if page == "index":
        context["docstitle"] = ""
