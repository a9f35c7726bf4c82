"""An OpenRocket tree as a small rocket's document, with a list of all that the document cannot hold.

The file format is OpenRocket's own (info.openrocket.core.file.openrocket; versions 1.0 to 1.10): components nest in
`subcomponents`, positions count from the parent by `axialoffset` or, before 1.7, `position`; masses follow from materials.
"""

from dataclasses import dataclass, field
from math import pi
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...core.errors import InputError
from ...launch_data.ccsds.xml_tree import Node
from ...vehicle.parts import nose_profile
from ...vehicle.small_rocket import SmallRocket
from .masses import dimension, fin_area, number, own_mass, shoulders
from .reader import read_ork

BODY = ("nosecone", "bodytube", "transition")
FINS = ("trapezoidfinset", "ellipticalfinset")
_SHAPES = {"ogive": "ogive", "conical": "conical", "ellipsoid": "ellipsoidal", "haack": "von-karman"}
_LOST = ("tubefinset", "podset", "parallelstage", "freeformfinset")


@dataclass
class _Found:
    """What the walk through the tree gathers, as a document's plain values in SI."""

    body: list[dict[str, Any]] = field(default_factory=list)
    fins: list[dict[str, Any]] = field(default_factory=list)
    masses: list[dict[str, Any]] = field(default_factory=list)
    parachutes: list[dict[str, Any]] = field(default_factory=list)
    motors: list[dict[str, Any]] = field(default_factory=list)
    nose: dict[str, Any] | None = None
    lost: list[str] = field(default_factory=list)


def import_ork(path: Path) -> tuple[SmallRocket, tuple[str, ...]]:
    """(the rocket, what was left out or simplified). Raises InputError for files that are broken, hostile, or no rocket."""
    root = read_ork(path)
    try:
        return _import(root, path)
    except InputError as error:  # an element knows its line and not its file
        if error.where is None or not error.where.isdigit():
            raise
        raise InputError(error.message, where=f"{path}:{error.where}") from None


def _import(root: Node, path: Path) -> tuple[SmallRocket, tuple[str, ...]]:
    rocket = root.child("rocket")
    if rocket is None:
        raise InputError("there is no <rocket> in it", where=f"{path}:{root.line}")
    found, station = _Found(), 0.0
    chosen = next(
        (c.attributes.get("configid") for c in rocket.all("motorconfiguration") if c.attributes.get("default")), None
    )
    for stage in _children(rocket):
        if stage.tag != "stage":
            found.lost.append(f"line {stage.line}: <{stage.tag}> beside the stages is left out")
            continue
        if found.body:
            found.lost.append(
                f"line {stage.line}: stage '{_text(stage, 'name') or 'without a name'}' stays on the body above it: "
                "no separation is taken over"
            )
        pieces = [c for c in _children(stage) if c.tag in BODY]
        for k, piece in enumerate(pieces):
            station = _body_piece(piece, station, _neighbours(pieces, k), found, path, chosen)
        _override(stage, found)
    if found.nose is None or not found.body:
        raise InputError("a nose and a body tube are needed", where=f"{path}:{rocket.line}")
    source = {
        "fields": ["nose", "body", "fins", "masses", "parachutes", "motors"],
        "grade": "read",
        "citation": f"OpenRocket file {path.name}, version {root.attributes.get('version', 'not said')}",
    }
    plain = {
        "schema": "osea/small-rocket/v1", "name": _text(rocket, "name") or path.stem, "nose": found.nose, "body": found.body,
        "fins": found.fins, "masses": [m for m in found.masses if m["mass"] > 0], "parachutes": found.parachutes,
        "motors": found.motors, "sources": [source],
    }  # fmt: skip
    try:
        made = SmallRocket.model_validate(plain)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"'{path}' holds no rocket that can be: {where}: {first['msg']}") from None
    return made, tuple(found.lost)


def _children(node: Node) -> list[Node]:
    inner = node.child("subcomponents")
    return inner.children if inner is not None else []


def _text(node: Node, tag: str) -> str:
    found = node.child(tag)
    return found.text if found is not None else ""


def _neighbours(pieces: list[Node], k: int) -> list[float]:
    """Radii that an 'auto' may take: of the piece before, then of the one after."""
    near = []
    for other, tags in ((k - 1, ("aftradius", "radius")), (k + 1, ("foreradius", "radius"))):
        if 0 <= other < len(pieces):
            near += [r for t in tags if (r := dimension(pieces[other], t, None)) is not None]
    return near


def _body_piece(node: Node, station: float, near: list[float], found: _Found, path: Path, chosen: str | None) -> float:
    """One nose, tube or cone at a station [m], and all in it; the station of its aft end."""
    length, radius = dimension(node, "length", 0.0), near[0] if near else None
    name = _text(node, "name") or node.tag
    if node.tag == "bodytube":
        fore = aft = dimension(node, "radius", radius)
    else:
        fore = dimension(node, "foreradius", radius if node.tag == "transition" else 0.0)
        aft = dimension(node, "aftradius", near[-1] if near else None)
    if not length or aft is None or fore is None or min(length, aft, fore) < 0:
        raise InputError(
            f"<{node.tag}> '{name}' has no length or radius that can be found", where=f"{path}:{node.line}"
        )
    shape = _text(node, "shape")
    if node.tag == "nosecone" and found.nose is None and station == 0.0:
        usual = {"ogive": 1.0, "haack": 0.0}.get(shape)  # a tangent ogive, the von Kármán curve
        if shape not in _SHAPES or (usual is not None and dimension(node, "shapeparameter", usual) != usual):
            found.lost.append(f"line {node.line}: nose of shape '{shape}' is taken as a tangent ogive")
            shape = "ogive"
        found.nose = {"shape": _SHAPES[shape], "length": length, "diameter": 2 * aft}
        outline = nose_profile(_SHAPES[shape], length, aft)
    else:
        if fore <= 0:
            raise InputError(f"<{node.tag}> '{name}' narrows to a point within the body", where=f"{path}:{node.line}")
        found.body.append({"name": name, "length": length, "fore_diameter": 2 * fore, "aft_diameter": 2 * aft})
        outline = ([0.0, length], [fore, aft])
    _mass(node, station, length, own_mass(node, length, max(fore, aft), outline), found)
    first = len(found.masses) - 1
    for mass, place, long in shoulders(node, length):
        found.masses.append({"name": f"{name}, shoulder", "mass": mass, "station": station + place, "length": long})
    if node.child("motormount") is not None:
        _motor(node, station, length, found, chosen)
    wall, hole = dimension(node, "thickness", 0.0) or 0.0, _hole(node)
    for child in _children(node):
        _inner(child, station, length, max(fore, aft), wall, hole, found, path, chosen)
    _override(node, found, first)
    return station + length


def _inner(
    node: Node,
    start: float,
    parent: float,
    radius: float,
    wall: float,
    hole: float,
    found: _Found,
    path: Path,
    chosen: str | None,
) -> None:
    """A component in or on another one that begins at *start* and is *parent* long [m]. radius, wall: of the other; hole: that an
    'auto' centering ring leaves for the tube beside it [m]."""
    name = _text(node, "name") or node.tag
    length = dimension(node, "rootchord" if node.tag.endswith("finset") else "length", None)
    length = (dimension(node, "packedlength", 0.0) if length is None else length) or 0.0
    station = _station(node, start, parent, length)
    if node.tag in _LOST:
        found.lost.append(f"line {node.line}: <{node.tag}> '{name}' is left out, with its mass and its lift")
        return
    inner = dimension(node, "outerradius", max(radius - wall, 0.0)) or 0.0
    if node.tag == "launchlug":
        inner = dimension(node, "radius", 0.0) or 0.0
    if node.tag in FINS:
        inner = radius
        _fins(node, name, station, radius, found)
    if node.tag == "parachute":
        _parachute(node, name, found)
    outline = ([0.0, length], [inner, inner])
    _mass(node, station, length, own_mass(node, length, inner, outline, hole), found)
    first = len(found.masses) - 1
    if node.child("motormount") is not None:
        if _text(node, "clusterconfiguration") not in ("", "single"):
            found.lost.append(f"line {node.line}: the cluster '{name}' is taken as one motor")
        _motor(node, station, length, found, chosen)
    own_wall, own_hole = dimension(node, "thickness", 0.0) or 0.0, _hole(node)
    for child in _children(node):
        _inner(child, station, length, inner, own_wall, own_hole, found, path, chosen)
    _override(node, found, first)


def _hole(node: Node) -> float:
    """Outer radius [m] of the widest tube inside a component."""
    return max([dimension(c, "outerradius", 0.0) or 0.0 for c in _children(node) if c.tag == "innertube"], default=0.0)


def _station(node: Node, start: float, parent: float, length: float) -> float:
    """Of a component's fore end [m]."""
    place = node.child("axialoffset") or node.child("position")
    if place is None:
        return start
    method = place.attributes.get("method") or place.attributes.get("type") or "top"
    offset = number(place, 0.0) or 0.0
    begin = {
        "top": start,
        "middle": start + (parent - length) / 2,
        "bottom": start + parent - length,
        "after": start + parent,
    }
    return begin.get(method, 0.0) + offset  # 'absolute' counts from the tip


def _mass(node: Node, station: float, length: float, mass: tuple[float, float], found: _Found) -> None:
    """Of the component alone: (mass [kg], place of its centre behind its fore end [m])."""
    found.masses.append(
        {"name": _text(node, "name") or node.tag, "mass": mass[0], "station": station + mass[1], "length": length}
    )


def _override(node: Node, found: _Found, first: int | None = None) -> None:
    """What the file says in place of computed masses: of the component, or of it with all inside."""
    mass, place = dimension(node, "overridemass", None), dimension(node, "overridecg", None)
    if mass is None and place is None:
        return
    tags = ("overridesubcomponents", "overridesubcomponentsmass")
    whole = any(_text(node, t) == "true" for t in tags) or first is None
    chosen = found.masses[first or 0 :] if whole else found.masses[first : (first or 0) + 1]
    own = dict(chosen[0])
    if mass is not None and whole:
        total = sum(m["mass"] for m in chosen)
        center = sum(m["mass"] * m["station"] for m in chosen) / total if total > 0 else own["station"]
        found.masses[first or 0 :] = [{**own, "mass": mass, "station": center}]
    elif mass is not None:
        chosen[0]["mass"] = mass
    if place is not None:
        begin = own["station"] if first is None else own["station"] - own["length"] / 2
        if first is None or (whole and mass is None):
            found.lost.append(f"line {node.line}: a centre of mass given for a whole assembly is left out")
        else:
            found.masses[first]["station"] = begin + place


def _fins(node: Node, name: str, station: float, radius: float, found: _Found) -> None:
    root, span = dimension(node, "rootchord", 0.0) or 0.0, dimension(node, "height", 0.0) or 0.0
    tip, sweep = dimension(node, "tipchord", 0.0) or 0.0, dimension(node, "sweeplength", 0.0) or 0.0
    if root <= 0 or span <= 0:
        raise InputError(f"the fins '{name}' have no root or no height", where=str(node.line))
    if node.tag == "ellipticalfinset":
        tip = 2 * fin_area(node) / span - root
        sweep = (root - tip) / 2
        found.lost.append(
            f"line {node.line}: elliptic fins '{name}' are taken as trapezoids of their area, root and span"
        )
    count = int(dimension(node, "fincount", 1.0) or 0)
    if count < 3 or count > 8:
        found.lost.append(
            f"line {node.line}: {count} fins '{name}' lift unevenly around the axis, and are left out but for their mass"
        )
        return
    if dimension(node, "cant", 0.0):
        found.lost.append(f"line {node.line}: the cant of '{name}' is left out")
    found.fins.append(
        {
            "name": name, "count": count, "root": root, "tip": tip, "span": span, "sweep": sweep,
            "thickness": dimension(node, "thickness", 0.0), "station": station, "diameter": 2 * radius,
        }
    )  # fmt: skip


def _parachute(node: Node, name: str, found: _Found) -> None:
    diameter, drag = dimension(node, "diameter", 0.0) or 0.0, dimension(node, "cd", 0.8) or 0.8
    event = _text(node, "deployevent") or "ejection"
    if event not in ("apogee", "altitude", "ejection"):
        found.lost.append(f"line {node.line}: '{name}' opens at '{event}', which is taken as the apogee")
        event = "apogee"
    found.parachutes.append(
        {
            "name": name, "drag_area": drag * pi * diameter**2 / 4, "opens": event,
            "altitude": dimension(node, "deployaltitude", 0.0) if event == "altitude" else 0.0,
            "delay": dimension(node, "deploydelay", 0.0) or 0.0,
        }
    )  # fmt: skip


def _motor(node: Node, station: float, length: float, found: _Found, chosen: str | None) -> None:
    mount = node.child("motormount")
    assert mount is not None
    motors = list(mount.all("motor"))
    motor = next((m for m in motors if m.attributes.get("configid") == chosen), motors[0] if motors else None)
    if motor is None:
        return
    if len(motors) > 1:
        found.lost.append(
            f"line {mount.line}: of {len(motors)} motors the default configuration's is taken, {_text(motor, 'designation')}"
        )
    delay = _text(motor, "delay")
    found.motors.append(
        {
            "designation": _text(motor, "designation"), "manufacturer": _text(motor, "manufacturer"),
            "diameter": dimension(motor, "diameter", 0.0), "length": dimension(motor, "length", 0.0),
            "station": station + length + (dimension(mount, "overhang", 0.0) or 0.0),
            "ejection_delay": float(delay) if delay.replace(".", "", 1).isdigit() else None,
        }
    )  # fmt: skip
