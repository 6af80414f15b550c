"""Tells Sphinx how these pages become a site (`just site`): the Markdown as it stands, and nothing fetched.

The sidebar is the list in `index.md`, so that a code host and the site show one list. Notebooks are read as pages, with
their kept outputs. It does not know the program: what is generated from code stands in the pages already.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from docs.run_notebooks import as_page

project = "Antiphon"
project_copyright = "The Antiphon authors"
extensions = ["myst_parser"]
exclude_patterns = ["_static"]
source_suffix = {".md": "markdown", ".ipynb": "markdown"}
myst_heading_anchors = 4

html_theme = "furo"
html_title = "Antiphon"
html_static_path = ["_static"]
html_css_files = ["antiphon.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {
        "color-background-primary": "#fbfaf7",
        "color-background-secondary": "#f3f1ec",
        "color-foreground-primary": "#22211f",
        "color-brand-primary": "#8a3b12",
        "color-brand-content": "#8a3b12",
        "color-brand-visited": "#7a2e6e",
    },
    "dark_css_variables": {
        "color-background-primary": "#17171a",
        "color-background-secondary": "#202024",
        "color-foreground-primary": "#e6e3dc",
        "color-brand-primary": "#f0a57e",
        "color-brand-content": "#f0a57e",
        "color-brand-visited": "#e2a4d6",
    },
}
pygments_style = "friendly"
pygments_dark_style = "github-dark"

_CAPTION = re.compile(r"^\*\*(.+)\*\*$")
_ENTRY = re.compile(r"^\* \[([^\]]+)\]\(([\w/-]+)\.(?:md|ipynb)\)")
_WORDS = re.compile(r"\[([^\]]+)\]\(\.\./\.\./src/antiphon/showcase/([a-z-]+)\.md\)")
"""A link to a showcase room's words, which a code host shows; the site has the room's own page instead."""


def sidebar(page: str) -> str:
    """Make the site's tree of pages from the captions and links of the list of them."""
    trees: list[str] = []
    for line in page.splitlines():
        if caption := _CAPTION.match(line):
            trees.append(f"\n```{{toctree}}\n:hidden:\n:caption: {caption[1]}\n\n")
        elif entry := _ENTRY.match(line):
            trees[-1] += f"{entry[1]} <{entry[2]}>\n"
    return "".join(f"{tree}```\n" for tree in trees)


def _read(app: Any, name: str, source: list[str]) -> None:  # noqa: ANN401 - Sphinx's own
    if app.env.doc2path(name).suffix == ".ipynb":
        source[0] = as_page(source[0])
    if name == "index":
        source[0] += sidebar(source[0])
    if name == "gallery/index":
        source[0] = _WORDS.sub(r'<a href="\2.html">\1</a>', source[0])


def setup(app: Any) -> None:  # noqa: ANN401 - Sphinx's own
    """Have each page turned from what a code host wants into what a site wants, as it is read."""
    app.connect("source-read", _read)
