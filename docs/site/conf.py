# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx settings of the documentation site, which `./dev docs` builds."""

from __future__ import annotations

import os
import re
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx

GALAXY = yaml.safe_load(Path(__file__).with_name("galaxy.yml").read_text(encoding="utf-8"))
REPOSITORY = GALAXY["repository"]

project = f"{GALAXY['namespace']}.{GALAXY['name']}"
version = release = GALAXY["version"]
author = project_copyright = ", ".join(GALAXY["authors"])
extensions = ["myst_parser", "sphinx_antsibull_ext"]
exclude_patterns = ["README.md"]  # The landing page includes it.
default_role = "any"
highlight_language = "YAML+Jinja"
myst_heading_anchors = 4
# Labels of other projects cannot be resolved without downloading their indexes.
# CHANGELOG.md and the benchmark are generated with other heading levels than MyST expects.
suppress_warnings = ["ref.ref", "myst.header"]

html_theme = "furo"
html_title = project
html_baseurl = GALAXY["documentation"]
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "source_repository": REPOSITORY,
    "source_branch": "main",
    "footer_icons": [],
    "top_of_page_buttons": [],
    "light_css_variables": {"font-stack": "system-ui, sans-serif", "color-brand-primary": "#0b62a4"},
    "dark_css_variables": {"color-brand-primary": "#6cb6ff"},
}
antsibull_ext_color_scheme = "none"  # The colors are in site.css, for light and dark.

# Repository files that are pages of the site. A link to one of them on GitHub becomes a link within the site.
PAGES = {"README.md": "index", "CHANGELOG.md": "changelog", "docs/benchmark.md": "benchmark"}


def page_of(uri: str) -> tuple[str, str] | None:
    """Return the page of the site, and the anchor, for a link to a file of the repository."""
    path, _separator, anchor = uri.removeprefix(f"{REPOSITORY}/blob/main/").partition("#")
    guide = re.fullmatch(r"docs/docsite/rst/(\w+)\.rst", path)
    page = f"docsite/{guide[1]}" if guide else PAGES.get(path)
    return (page, f"#{anchor}" if anchor else "") if page else None


def link_within_site(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace links to files on GitHub that are pages of the site."""
    for reference in doctree.findall(nodes.reference):
        found = page_of(reference.get("refuri", ""))
        if found:
            reference["refuri"] = app.builder.get_relative_uri(docname, found[0]) + found[1]


def remove_contents(app: Sphinx, doctree: nodes.document) -> None:
    """Remove the tables of contents from the plugin pages, because the theme shows one on each page."""
    for topic in list(doctree.findall(nodes.topic)):
        if "contents" in topic["classes"]:
            topic.parent.remove(topic)
            for title in doctree.findall(nodes.title):
                title.attributes.pop("refid", None)  # Headings link back to their entries.


def use_local_images(app: Sphinx, doctree: nodes.document) -> None:
    """Replace images on GitHub by those of the site."""
    for image in doctree.findall(nodes.image):
        found = re.fullmatch(rf"{REPOSITORY}/raw/main/docs/(docsite/rst/)?([\w/.-]+)", image["uri"])
        if found:
            target = f"docsite/{found[2]}" if found[1] else found[2]
            image["uri"] = os.path.relpath(target, str(Path(app.env.docname).parent))


def setup(app: Sphinx) -> None:
    app.connect("doctree-read", remove_contents)
    app.connect("doctree-read", use_local_images, priority=400)  # Before Sphinx collects the images.
    app.connect("doctree-resolved", link_within_site)
