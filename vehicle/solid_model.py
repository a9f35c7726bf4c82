"""The vehicle's outer body: a DXF outline for CAD, and a three-dimensional body as glTF, with a page that turns it offline."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from io import StringIO
from typing import Any

import numpy as np

from .aero_table import fin_sets
from .aerodynamics import booster_outline
from .body_loads import profile
from .drawing_bodies import BODY, METAL, STRUCTURE
from .fin_methods import FinSet
from .layout import fairing_profile, layout
from .parts import nose_profile
from .tank import Tank
from .vehicle import StrapOns, Vehicle

SIDES = 64  # of a body of revolution
THIN = 0.004  # [m] of a fin whose thickness is not given

Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Revolved:
    """A closed body of revolution about a line along the vehicle: stations up and radii, and where its axis stands [m]."""

    name: str
    stations: tuple[float, ...]
    radii: tuple[float, ...]
    colour: str
    across: tuple[float, float] = (0.0, 0.0)

    @property
    def meridian(self) -> Points:
        """(radius, station) from axis to axis, without points that coincide."""
        points = [(0.0, self.stations[0]), *zip(self.radii, self.stations, strict=True), (0.0, self.stations[-1])]
        return [p for k, p in enumerate(points) if k == 0 or np.hypot(*np.subtract(p, points[k - 1])) > 1e-6]


def outline_dxf(vehicle: Vehicle) -> str:
    """Side view as DXF R2010 text, in metres: the outline closed about its axis, strap-ons and fins above and below it, tanks
    with their domes, and the overall dimension."""
    import ezdxf
    from ezdxf import units

    drawing = ezdxf.new("R2010", setup=True)  # type: ignore[attr-defined]
    drawing.units = units.M
    for name, colour in (("OUTLINE", 7), ("STRAP-ONS", 7), ("FINS", 7), ("AXIS", 1), ("TANKS", 5), ("DIMENSIONS", 3)):
        drawing.layers.add(name, color=colour)
    space = drawing.modelspace()
    place, reach = layout(vehicle), 0.0

    def closed(points: Points, layer: str, off: float = 0.0) -> None:
        nonlocal reach
        moved = [(float(a), float(b) + off) for a, b in points]
        reach = max(reach, *(abs(b) for _, b in moved))
        space.add_lwpolyline(moved, close=True, dxfattribs={"layer": layer})

    x, r = profile(vehicle, 0, True)
    upper = list(zip(x.tolist(), r.tolist(), strict=True))
    closed([*upper, *((a, -b) for a, b in reversed(upper))], "OUTLINE")
    ends = [x[0], x[-1]]
    space.add_line((x[0], 0), (x[-1], 0), dxfattribs={"layer": "AXIS"})
    stages = [(s, place.part("stage", s.name).bottom, 0.0) for s in vehicle.stages]
    for group in vehicle.boosters:
        stations, radii, distance = _booster(vehicle, group)
        half = list(zip(stations, radii, strict=True))
        ends += [stations[0], stations[-1]]
        for side in (1, -1):
            closed([*half, *((a, -b) for a, b in reversed(half))], "STRAP-ONS", side * distance)
            stages.append((group.stage, stations[0], side * distance))
    for stage, bottom, off in stages:
        for tank, station in zip(stage.tanks, stage.tank_stations, strict=True):
            closed(_tank_outline(tank, bottom + station), "TANKS", off)
    for fins in fin_sets(vehicle):
        for side in (1, -1):
            closed([(a, side * b) for a, b in fins.outline], "FINS")
    space.add_linear_dim(
        base=(0, -1.3 * reach), p1=(min(ends), 0), p2=(max(ends), 0), dxfattribs={"layer": "DIMENSIONS"}
    ).render()
    text = StringIO()
    drawing.write(text)
    return text.getvalue()


def _tank_outline(tank: Tank, bottom: float) -> Points:
    """A tank's section (station, distance from its axis) [m] once around: barrel and elliptic domes, inward ones too."""
    r, turn = tank.radius, np.linspace(0.0, np.pi, 33)
    lower, upper = tank.lower_dome.height(r), tank.upper_dome.height(r)
    start = bottom + (0.0 if tank.lower_dome.inward else lower)
    end = start + tank.barrel_length
    fore = end + (-upper if tank.upper_dome.inward else upper) * np.sin(turn)
    aft = start - (-lower if tank.lower_dome.inward else lower) * np.sin(turn)
    return [*zip(fore, r * np.cos(turn), strict=True), *zip(aft, -r * np.cos(turn), strict=True)]


def _booster(vehicle: Vehicle, group: StrapOns) -> tuple[list[float], list[float], float]:
    """Stations up, radii, and the distance of its axis from the vehicle's [m]."""
    nose, cones = booster_outline(group)
    at = layout(vehicle).part("booster", group.stage.name)
    core = next(s for s in vehicle.stages if s.name == (group.beside or vehicle.stages[0].name))
    stations, radii = [at.bottom], [group.stage.diameter / 2]
    if nose is not None:
        xs, rs = nose_profile(nose[0], nose[1], nose[2] / 2)
        stations += [at.top - float(v) for v in reversed(xs)]
        radii += [float(v) for v in reversed(rs)]
    else:
        stations, radii = [*stations, at.top], [*radii, cones[-1].aft / 2]
    return stations, radii, (core.diameter + group.stage.diameter) / 2


def bodies(vehicle: Vehicle) -> Iterator[Revolved]:
    """The bodies of revolution: stages, interstages, fairing, strap-ons around the core."""
    place = layout(vehicle)
    for k, stage in enumerate(vehicle.stages):
        at = place.part("stage", stage.name)
        below = vehicle.interstage_on(vehicle.stages[k - 1]) if k else None
        start = at.bottom + (below.encloses if below is not None else 0.0)
        yield Revolved(stage.name, (start, at.top), (stage.diameter / 2,) * 2, BODY)
        part = vehicle.interstage_on(stage)
        if part is not None:
            joint = place.part("interstage", part.name)
            ends = (joint.bottom, joint.top)
            yield Revolved(part.name, ends, (part.lower_diameter / 2, part.upper_diameter / 2), STRUCTURE)
    if vehicle.fairing is not None:
        heights, radii = fairing_profile(vehicle)
        base = place.part("fairing").bottom
        stations = tuple(base + float(h) for h in heights)
        yield Revolved(vehicle.fairing.name, stations, tuple(map(float, radii)), BODY)
    for group in vehicle.boosters:
        stations, radii, distance = _booster(vehicle, group)
        for k in range(group.count):
            angle = 2 * np.pi * k / group.count
            across = (float(distance * np.cos(angle)), float(distance * np.sin(angle)))
            yield Revolved(f"{group.stage.name} {k + 1}", tuple(stations), tuple(radii), METAL, across)


def plates(vehicle: Vehicle) -> Iterator[tuple[str, np.ndarray]]:
    """The planar fins: (name, corners (8, 3) [m]), the first four on one face, the others opposite them."""
    for number, fins in enumerate(fin_sets(vehicle), start=1):
        for k in range(fins.count):
            yield f"fins {number}, {k + 1}", _plate(fins, 2 * np.pi * k / fins.count)


def _plate(fins: FinSet, angle: float) -> np.ndarray:
    out = np.array([np.cos(angle), np.sin(angle), 0.0])
    side = np.array([-np.sin(angle), np.cos(angle), 0.0]) * (fins.thickness or THIN) / 2
    face = np.array([b * out + np.array([0.0, 0.0, a]) for a, b in fins.outline])
    return np.vstack([face + side, face - side])


# Corners of a plate's twelve triangles, outwards.
FACES = ((0, 3, 2), (0, 2, 1), (4, 5, 6), (4, 6, 7), *(
    t for a, b in ((0, 1), (1, 2), (2, 3), (3, 0)) for t in ((a, b, b + 4), (a, b + 4, a + 4))
))  # fmt: skip


def scene(vehicle: Vehicle) -> Any:
    """The outer body as a `trimesh.Scene`, in metres, the nose up the z axis; strap-ons and fins around the core."""
    import trimesh
    from trimesh.visual import TextureVisuals
    from trimesh.visual.material import PBRMaterial

    found = trimesh.Scene()

    def add(name: str, mesh: Any, colour: str) -> None:
        mesh.visual = TextureVisuals(
            material=PBRMaterial(baseColorFactor=_rgba(colour), metallicFactor=0.1, roughnessFactor=0.7)
        )
        found.add_geometry(mesh, node_name=name, geom_name=name)

    for body in bodies(vehicle):
        mesh = trimesh.creation.revolve(np.array(body.meridian), sections=SIDES)
        mesh.apply_translation((*body.across, 0.0))
        add(body.name, mesh, body.colour)
    for name, corners in plates(vehicle):
        add(name, trimesh.Trimesh(corners, FACES), METAL)
    return found


def glb(vehicle: Vehicle) -> bytes:
    """The body as binary glTF 2.0, in metres."""
    return bytes(scene(vehicle).export(file_type="glb"))


def page(vehicle: Vehicle) -> str:
    """A page that shows the body and turns it by mouse or finger: a few kB, everything inside, nothing fetched."""
    turned = list(bodies(vehicle))
    data = {
        "sides": SIDES,
        "bodies": [
            [_rgba(b.colour)[:3], b.across, [[round(r, 4), round(z, 4)] for r, z in b.meridian]] for b in turned
        ],
        "plates": [np.round(corners, 4).tolist() for _, corners in plates(vehicle)],
        "metal": _rgba(METAL)[:3],
        "faces": FACES,
        "low": min(b.stations[0] for b in turned),
        "high": max(b.stations[-1] for b in turned),
    }
    text = json.dumps(data, separators=(",", ":"))
    return _PAGE.replace("@TITLE@", escape(vehicle.name)).replace("@DATA@", text)


def _rgba(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)] + [255]


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>@TITLE@</title>
<style>body{margin:0;font:15px Helvetica,Arial,sans-serif;color:#1f2933;background:#fff;overflow:hidden}
canvas{width:100vw;height:100vh;display:block;cursor:grab;touch-action:none}
p{position:fixed;margin:12px 16px;max-width:42vw;font-size:13px;pointer-events:none}
</style>
<p><b>@TITLE@</b><br><span id="s">drag to turn, wheel or two fingers to come nearer</span></p><canvas id="c"></canvas>
<script>
const c=document.getElementById("c"),g=c.getContext("webgl",{antialias:true,preserveDrawingBuffer:true}),m=@DATA@;
const out=[],size=m.high-m.low,mid=(m.high+m.low)/2;
function put(p,n,k){out.push(p[0]/size,p[1]/size,(p[2]-mid)/size,n[0],n[1],n[2],k[0]/255,k[1]/255,k[2]/255)}
for(const [k,o,line] of m.bodies)for(let i=0;i+1<line.length;i++){const [ra,za]=line[i],[rb,zb]=line[i+1];
 const l=Math.hypot(rb-ra,zb-za),nr=(zb-za)/l,nz=(ra-rb)/l;
 for(let s=0;s<m.sides;s++){const t=[s,s+1].map(v=>2*Math.PI*v/m.sides).map(a=>[Math.cos(a),Math.sin(a)]);
  const at=(r,z,e)=>[[o[0]+r*e[0],o[1]+r*e[1],z],[nr*e[0],nr*e[1],nz]];
  const q=[at(ra,za,t[0]),at(ra,za,t[1]),at(rb,zb,t[1]),at(rb,zb,t[0])];
  for(const j of [0,1,2,0,2,3])put(q[j][0],q[j][1],k)}}
for(const v of m.plates)for(const f of m.faces){const [a,b,d]=f.map(j=>v[j]),u=b.map((x,j)=>x-a[j]),w=d.map((x,j)=>x-a[j]);
 let n=[u[1]*w[2]-u[2]*w[1],u[2]*w[0]-u[0]*w[2],u[0]*w[1]-u[1]*w[0]];const l=Math.hypot(...n)||1;n=n.map(x=>x/l);
 for(const p of [a,b,d])put(p,n,m.metal)}
const d=new Float32Array(out);
function shader(t,s){const h=g.createShader(t);g.shaderSource(h,s);g.compileShader(h);return h}
if(!g)document.getElementById("s").textContent="this browser draws no WebGL; vehicle.glb beside this page holds the body";
else{const p=g.createProgram();
g.attachShader(p,shader(g.VERTEX_SHADER,"attribute vec3 v,n,k;uniform vec3 u;uniform vec3 w;varying vec3 a,b;void main(){float "+
"s=sin(u.x),o=cos(u.x),S=sin(u.y),O=cos(u.y);mat3 m=mat3(o,s*S,s*O,-s,o*S,o*O,0.,O,-S),l=mat3(0.,-1.,0.,1.,0.,0.,0.,0.,1.);"+
"if(w.z>0.)m=l*m;vec3 q=m*v;a=m*n;b=k;gl_Position=vec4(q.xy*u.z*w.xy,q.z*.5,1.);}"));
g.attachShader(p,shader(g.FRAGMENT_SHADER,"precision mediump float;varying vec3 a,b;void main(){vec3 n=normalize(a);float "+
"l=.45+.55*max(dot(n,normalize(vec3(-.5,.45,-.75))),0.);gl_FragColor=vec4(b*l,1.);}"));
g.linkProgram(p);g.useProgram(p);g.bindBuffer(g.ARRAY_BUFFER,g.createBuffer());g.bufferData(g.ARRAY_BUFFER,d,g.STATIC_DRAW);
["v","n","k"].forEach((x,i)=>{const l=g.getAttribLocation(p,x);g.enableVertexAttribArray(l);
g.vertexAttribPointer(l,3,g.FLOAT,false,36,12*i)});
const u=[.6,.25,1.8],held=new Map(),wide=()=>innerWidth>1.3*innerHeight;  // a wide page shows it lying, nose to the right
const aspect=()=>wide()?[1,innerWidth/innerHeight,1]:[innerHeight/innerWidth,1,0];
function draw(){c.width=innerWidth*devicePixelRatio;c.height=innerHeight*devicePixelRatio;g.viewport(0,0,c.width,c.height);
g.clearColor(1,1,1,1);g.enable(g.DEPTH_TEST);g.clear(g.COLOR_BUFFER_BIT|g.DEPTH_BUFFER_BIT);
g.uniform3fv(g.getUniformLocation(p,"u"),u);g.uniform3fv(g.getUniformLocation(p,"w"),aspect());
g.drawArrays(g.TRIANGLES,0,d.length/9)}
const apart=()=>{const [a,b]=[...held.values()];return Math.hypot(a[0]-b[0],a[1]-b[1])};
c.onpointerdown=e=>{held.set(e.pointerId,[e.clientX,e.clientY]);c.setPointerCapture(e.pointerId)};
c.onpointerup=c.onpointercancel=e=>held.delete(e.pointerId);
c.onpointermove=e=>{const o=held.get(e.pointerId);if(!o)return;const was=held.size>1?apart():0;
held.set(e.pointerId,[e.clientX,e.clientY]);
if(held.size>1)u[2]*=apart()/Math.max(was,1);else{
const x=(e.clientX-o[0])*.01,y=(e.clientY-o[1])*.01;u[0]+=wide()?y:x;u[1]+=wide()?-x:y}draw()};
c.onwheel=e=>{e.preventDefault();u[2]*=Math.exp(-e.deltaY*.001);draw()};onresize=draw;draw()}
</script></html>
"""
