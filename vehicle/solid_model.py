"""The vehicle's outer body: a DXF outline for CAD, and a three-dimensional body as glTF, with a page that turns it offline."""

import base64
import json
from html import escape
from io import StringIO
from typing import Any

import numpy as np

from .aerodynamics import booster_outline
from .body_loads import profile
from .drawing_bodies import BODY, METAL, STRUCTURE
from .layout import fairing_profile, layout
from .parts import nose_profile
from .structure.zones import stage_zones
from .vehicle import Vehicle

SIDES = 64  # of a body of revolution


def outline_dxf(vehicle: Vehicle) -> str:
    """Side view as DXF R2010 text, in metres: the outline closed about its axis, tank walls, joints and overall dimension."""
    import ezdxf
    from ezdxf import units

    drawing = ezdxf.new("R2010", setup=True)  # type: ignore[attr-defined]
    drawing.units = units.M
    for name, colour in (("OUTLINE", 7), ("AXIS", 1), ("TANKS", 5), ("DIMENSIONS", 3)):
        drawing.layers.add(name, color=colour)
    space = drawing.modelspace()
    x, r = profile(vehicle, 0, True)
    upper = list(zip(x.tolist(), r.tolist(), strict=True))
    space.add_lwpolyline([*upper, *((a, -b) for a, b in reversed(upper))], close=True, dxfattribs={"layer": "OUTLINE"})
    space.add_line((x[0], 0), (x[-1], 0), dxfattribs={"layer": "AXIS"})
    place = layout(vehicle)
    for stage in vehicle.stages:
        for zone in stage_zones(stage, place.part("stage", stage.name).bottom):
            if zone.tank is None:
                continue
            a, b, h = zone.bottom, zone.top, zone.lower_radius
            corners = [(a, h), (b, h), (b, -h), (a, -h)]
            space.add_lwpolyline(corners, close=True, dxfattribs={"layer": "TANKS"})
    below = -1.3 * float(r.max())
    space.add_linear_dim(base=(0, below), p1=(x[0], 0), p2=(x[-1], 0), dxfattribs={"layer": "DIMENSIONS"}).render()
    text = StringIO()
    drawing.write(text)
    return text.getvalue()


def scene(vehicle: Vehicle) -> Any:
    """The outer body as a `trimesh.Scene`, in metres, the nose up the z axis; strap-ons around the core."""
    import trimesh
    from trimesh.visual import TextureVisuals
    from trimesh.visual.material import PBRMaterial

    found = trimesh.Scene()
    place = layout(vehicle)

    def add(name: str, stations: Any, radii: Any, colour: str, across: tuple[float, float] = (0.0, 0.0)) -> None:
        points = [
            (0.0, float(stations[0])),
            *zip(map(float, radii), map(float, stations), strict=True),
            (0.0, float(stations[-1])),
        ]
        line = np.array([p for k, p in enumerate(points) if k == 0 or np.hypot(*np.subtract(p, points[k - 1])) > 1e-6])
        mesh = trimesh.creation.revolve(line, sections=SIDES)
        mesh.visual = TextureVisuals(
            material=PBRMaterial(baseColorFactor=_rgba(colour), metallicFactor=0.1, roughnessFactor=0.7)
        )
        mesh.apply_translation((*across, 0.0))
        found.add_geometry(mesh, node_name=name, geom_name=name)

    for k, stage in enumerate(vehicle.stages):
        at = place.part("stage", stage.name)
        below = vehicle.interstage_on(vehicle.stages[k - 1]) if k else None
        start = at.bottom + (below.encloses if below is not None else 0.0)
        add(stage.name, (start, at.top), (stage.diameter / 2,) * 2, BODY)
        part = vehicle.interstage_on(stage)
        if part is not None:
            joint = place.part("interstage", part.name)
            add(part.name, (joint.bottom, joint.top), (part.lower_diameter / 2, part.upper_diameter / 2), STRUCTURE)
    if vehicle.fairing is not None:
        heights, radii = fairing_profile(vehicle)
        add(vehicle.fairing.name, heights + place.part("fairing").bottom, radii, BODY)
    for group in vehicle.boosters:
        nose, cones = booster_outline(group)
        at = place.part("booster", group.stage.name)
        core = next(s for s in vehicle.stages if s.name == (group.beside or vehicle.stages[0].name))
        stations, radii = [at.bottom], [group.stage.diameter / 2]
        if nose is not None:
            xs, rs = nose_profile(nose[0], nose[1], nose[2] / 2)
            stations += [at.top - v for v in reversed(xs)]
            radii += list(reversed(rs))
        else:
            stations, radii = [*stations, at.top], [*radii, cones[-1].aft / 2]
        distance = (core.diameter + group.stage.diameter) / 2
        for k in range(group.count):
            angle = 2 * np.pi * k / group.count
            across = (float(distance * np.cos(angle)), float(distance * np.sin(angle)))
            add(f"{group.stage.name} {k + 1}", stations, radii, METAL, across)
    return found


def glb(vehicle: Vehicle) -> bytes:
    """The body as binary glTF 2.0, in metres."""
    return bytes(scene(vehicle).export(file_type="glb"))


def page(vehicle: Vehicle) -> str:
    """A page that shows the body and turns it by the mouse: everything inside, nothing fetched."""
    vertices, normals, colours = [], [], []
    for mesh in scene(vehicle).dump():
        corners = mesh.triangles.reshape(-1, 3)
        vertices.append(corners)
        normals.append(np.repeat(mesh.face_normals, 3, axis=0))
        colour = np.asarray(mesh.visual.material.baseColorFactor, float)[:3] / 255
        colours.append(np.tile(colour, (len(corners), 1)))
    points = np.concatenate(vertices)
    middle, size = (points.max(0) + points.min(0)) / 2, float(np.ptp(points[:, 2]))
    packed = np.hstack([(points - middle) / size, np.concatenate(normals), np.concatenate(colours)]).astype("<f4")
    data = base64.b64encode(packed.tobytes()).decode()
    return _PAGE.replace("@TITLE@", escape(vehicle.name)).replace("@DATA@", json.dumps(data))


def _rgba(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)] + [255]


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>@TITLE@</title>
<style>body{margin:0;font:15px Helvetica,Arial,sans-serif;color:#1f2933;background:#fff}
canvas{width:100vw;height:100vh;display:block;cursor:grab}p{position:fixed;margin:12px 18px}</style>
<p><b>@TITLE@</b><br>drag to turn, wheel to come nearer</p><canvas id="c"></canvas>
<script>
const c=document.getElementById("c"),g=c.getContext("webgl",{antialias:true,preserveDrawingBuffer:true});
const d=new Float32Array(Uint8Array.from(atob(@DATA@),x=>x.charCodeAt(0)).buffer);
function shader(t,s){const h=g.createShader(t);g.shaderSource(h,s);g.compileShader(h);return h}
const p=g.createProgram();
g.attachShader(p,shader(g.VERTEX_SHADER,"attribute vec3 v,n,k;uniform vec3 u;uniform float w;varying vec3 a,b;void main(){float "+
"s=sin(u.x),o=cos(u.x),S=sin(u.y),O=cos(u.y);mat3 m=mat3(o,s*S,s*O,-s,o*S,o*O,0.,O,-S);vec3 q=m*v;a=m*n;b=k;"+
"gl_Position=vec4(q.x*u.z/w,q.y*u.z,q.z*.5,1.);}"));
g.attachShader(p,shader(g.FRAGMENT_SHADER,"precision mediump float;varying vec3 a,b;void main(){vec3 n=normalize(a);float "+
"l=.35+.6*max(dot(n,normalize(vec3(-.5,.45,-.75))),0.);gl_FragColor=vec4(b*l,1.);}"));
g.linkProgram(p);g.useProgram(p);g.bindBuffer(g.ARRAY_BUFFER,g.createBuffer());g.bufferData(g.ARRAY_BUFFER,d,g.STATIC_DRAW);
["v","n","k"].forEach((x,i)=>{const l=g.getAttribLocation(p,x);g.enableVertexAttribArray(l);
g.vertexAttribPointer(l,3,g.FLOAT,false,36,12*i)});
let u=[.6,.25,1.8];
function draw(){c.width=innerWidth*devicePixelRatio;c.height=innerHeight*devicePixelRatio;g.viewport(0,0,c.width,c.height);
g.clearColor(1,1,1,1);g.enable(g.DEPTH_TEST);g.clear(g.COLOR_BUFFER_BIT|g.DEPTH_BUFFER_BIT);
g.uniform3fv(g.getUniformLocation(p,"u"),u);g.uniform1f(g.getUniformLocation(p,"w"),c.width/c.height);
g.drawArrays(g.TRIANGLES,0,d.length/9)}
let held=null;c.onpointerdown=e=>held=[e.clientX,e.clientY];onpointerup=()=>held=null;
onpointermove=e=>{if(held){u[0]+=(e.clientX-held[0])*.01;u[1]+=(e.clientY-held[1])*.01;held=[e.clientX,e.clientY];draw()}};
onwheel=e=>{u[2]*=Math.exp(-e.deltaY*.001);draw()};onresize=draw;draw();
</script></html>
"""
