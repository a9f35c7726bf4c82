"""Equations as MathML, which browsers draw by themselves: no script, no fonts, nothing from a network.

Sphinx has no such writer; the conversion is that of Docutils, on which Sphinx stands.
"""

from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)


def _write(self: Any, node: nodes.math | nodes.math_block, block: bool) -> None:
    """Write one formula; LaTeX that Docutils does not know is a warning, and so ends the build."""
    try:
        made = tex2mathml(node.astext(), as_block=block)
    except MathError as error:
        logger.warning("formula %r: %s", node.astext(), error, location=node)
        made = f"<code>{self.encode(node.astext())}</code>"
    self.body.append(f'<div class="math">{made}</div>' if block else made)
    raise nodes.SkipNode


def inline(self: Any, node: nodes.math) -> None:
    """A formula in a sentence."""
    _write(self, node, block=False)


def display(self: Any, node: nodes.math_block) -> None:
    """A formula on a line of its own."""
    _write(self, node, block=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the writer under the name ``mathml``."""
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
