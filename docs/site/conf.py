"""Sphinx's settings of the documentation site; `make docs` puts the pages together and runs it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # mathml.py stands beside this file

project = "OSEA-Rocket"
author = "The OSEA-Rocket engineers"
copyright = "The OSEA-Rocket engineers; Apache-2.0, the standard's pages CERN-OHL-W-2.0"
language = "en"

extensions = ["myst_parser", "mathml"]
source_suffix = {".md": "markdown"}
root_doc = "index"
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 4
html_math_renderer = "mathml"
suppress_warnings = ["myst.header"]  # some pages begin below their top heading

html_theme = "furo"
html_title = "OSEA-Rocket"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": True}
