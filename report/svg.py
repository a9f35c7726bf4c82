"""SVG made safe for a page: checked to need nothing from outside, ids made unique, numbers shortened."""

import re
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^)'\"\s]+)['\"]?\s*\)")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_RULE = re.compile(r"([^{}]+)\{")
_DROPPED = {"metadata", "title", "desc"}
_FORBIDDEN = {"script", "foreignObject", "iframe", "a"}
_GEOMETRY = ("d", "points", "x", "y", "cx", "cy", "r", "width", "height", "x1", "x2", "y1", "y2")


class UnsafeSvgError(ValueError):
    """The drawing is not well-formed, or it would load or run something."""


def embed(svg: str, prefix: str, *, decimals: int = 2) -> str:
    """The `<svg>` element of a drawing for use inside a page.

    Prolog, comments, metadata and unreferenced ids go; the others get `prefix`; coordinates keep `decimals`. Width and height
    give way to the viewBox, so that the page sets the size. Raises UnsafeSvgError for scripts, event handlers, links, foreign
    content and anything fetched from elsewhere.
    """
    if "<!ENTITY" in svg:
        raise UnsafeSvgError("the drawing declares XML entities")
    ElementTree.register_namespace("", SVG)
    try:
        root = ElementTree.fromstring(svg)  # noqa: S314 no entities, and expat does not fetch external ones
    except ElementTree.ParseError as error:
        raise UnsafeSvgError(f"the drawing is not well-formed XML: {error}") from None
    if root.tag not in (f"{{{SVG}}}svg", "svg"):
        raise UnsafeSvgError(f"the drawing's root is <{root.tag}>, not <svg>")
    referenced = _check(root)
    _set_view_box(root)
    for element in root.iter():
        for child in [c for c in element if _name(c) in _DROPPED]:
            element.remove(child)
        _rewrite(element, referenced, prefix, decimals)
    if any(_name(element) == "style" for element in root.iter()):
        root.set("id", f"{prefix}drawing")
    return ElementTree.tostring(root, encoding="unicode").replace("\n", " ")


def aspect(svg: str) -> float:
    """Height over width, of the viewBox."""
    match = re.search(r'viewBox="\s*[-\d.eE]+[ ,]+[-\d.eE]+[ ,]+([-\d.eE]+)[ ,]+([-\d.eE]+)', svg)
    if match is None:
        raise UnsafeSvgError("the drawing has no viewBox")
    return float(match[2]) / float(match[1])


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _check(root: ElementTree.Element) -> set[str]:
    """Refuse what is not self-contained; the ids that are referred to."""
    referenced: set[str] = set()
    for element in root.iter():
        if _name(element) in _FORBIDDEN:
            raise UnsafeSvgError(f"the drawing holds a <{_name(element)}>")
        texts = (
            [*element.attrib.values(), element.text or ""]
            if _name(element) == "style"
            else list(element.attrib.values())
        )
        for text in texts:
            referenced.update(_REFERENCE.findall(text))
            if "url(" in _REFERENCE.sub("", text) or "@import" in text:
                raise UnsafeSvgError(f"the drawing fetches something: {text[:80]!r}")
        for key, value in element.attrib.items():
            name = key.rpartition("}")[2]
            if name.lower().startswith("on"):
                raise UnsafeSvgError(f"the drawing has an event handler {name!r}")
            if name == "href":
                if not value.startswith(("#", "data:image/png", "data:image/jpeg")):
                    raise UnsafeSvgError(f"the drawing refers to {value[:80]!r}")
                if value.startswith("#"):
                    referenced.add(value[1:])
    return referenced


def _set_view_box(root: ElementTree.Element) -> None:
    width, height = root.attrib.pop("width", ""), root.attrib.pop("height", "")
    if "viewBox" not in root.attrib:
        sizes = [re.match(r"[\d.]+", s) for s in (width, height)]
        if not all(sizes):
            raise UnsafeSvgError("the drawing has neither a viewBox nor a size")
        root.set("viewBox", "0 0 " + " ".join(m[0] for m in sizes if m))


def _scoped(selectors: str, prefix: str) -> str:
    """A drawing's style sheet would rule the whole page: bind each selector to the drawing."""
    return ",".join(f"#{prefix}drawing {selector.strip()}" for selector in selectors.split(","))


def _rewrite(element: ElementTree.Element, referenced: set[str], prefix: str, decimals: int) -> None:
    for key in list(element.attrib):
        value, name = element.attrib[key], key.rpartition("}")[2]
        if name == "id":
            if value in referenced:
                element.set(key, prefix + value)
            else:
                del element.attrib[key]
            continue
        if name == "href":
            del element.attrib[key]
            element.set("href", f"#{prefix}{value[1:]}" if value.startswith("#") else value)
            continue
        value = _REFERENCE.sub(lambda m: f"url(#{prefix}{m[1]})", value)
        if name in _GEOMETRY:
            value = _LONG_NUMBER.sub(lambda m: f"{float(m[0]):.{decimals}f}".rstrip("0").rstrip("."), value)
            value = " ".join(value.split())
        element.set(key, value)
    if _name(element) == "style" and element.text:
        rules = _REFERENCE.sub(lambda m: f"url(#{prefix}{m[1]})", element.text)
        element.text = _RULE.sub(lambda m: _scoped(m[1], prefix) + "{", rules)
    for attribute in ("text", "tail"):
        text = getattr(element, attribute)
        if text and not text.strip():
            setattr(element, attribute, None)
