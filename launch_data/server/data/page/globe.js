// The Earth as a globe on a canvas (d3-geo), with tracks at their true height, places and areas. Drag turns it.

const RADIUS = 6371008.8;
let land;

async function coast() {
  if (!land) {
    const data = await (await fetch("/page/land.json")).json();
    const rings = data.rings.map((ring) => {
      const points = [];
      let x = 0, y = 0;
      for (let i = 0; i < ring.length; i += 2) points.push([(x += ring[i]) * data.unit_deg, (y += ring[i + 1]) * data.unit_deg]);
      return points;
    });
    const turn = (r) => r.reduce((s, p, i) => s + p[0] * r[(i + 1) % r.length][1] - r[(i + 1) % r.length][0] * p[1], 0);
    const largest = rings.reduce((a, b) => (Math.abs(turn(b)) > Math.abs(turn(a)) ? b : a));
    const outwards = Math.sign(turn(largest));
    const part = (sign) => ({ type: "GeometryCollection", geometries: rings.filter((r) => Math.sign(turn(r)) === sign).map(polygon) });
    land = { ground: part(outwards), lakes: part(-outwards) };
  }
  return land;
}

// A polygon whose ring turns as d3 wants it: what it holds is the smaller part of the Earth.
function polygon(ring) {
  const one = { type: "Polygon", coordinates: [ring] };
  return d3.geoArea(one) > 2 * Math.PI ? { type: "Polygon", coordinates: [[...ring].reverse()] } : one;
}

function polygons(geometry) {
  if (geometry.type === "Polygon") return [polygon(geometry.coordinates[0])];
  if (geometry.type === "MultiPolygon") return geometry.coordinates.map((part) => polygon(part[0]));
  return [];
}

// tracks: [{points: [[lon, lat, height_m]…], colour, dash}], places: [{lon, lat, label}], areas: [GeoJSON geometry]
export async function globe(canvas, { tracks, places, areas, from }) {
  const shape = await coast();
  const drawing = canvas.getContext("2d");
  const graticule = d3.geoGraticule10();
  const projection = d3.geoOrthographic().clipAngle(90);
  const centre = middle(tracks, places, from);
  let rotate = [-centre[0], -centre[1], 0];
  let marker = null;

  function place(lon, lat, height) {
    const [a, b] = d3.geoRotation(rotate)([lon, lat]).map((v) => (v * Math.PI) / 180);
    const r = 1 + height / RADIUS;
    const x = Math.cos(b) * Math.sin(a) * r, y = Math.sin(b) * r, z = Math.cos(b) * Math.cos(a);
    const s = projection.scale(), [cx, cy] = projection.translate();
    return { x: cx + s * x, y: cy - s * y, seen: z > 0 || x * x + y * y > 1 };
  }

  function draw() {
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
      canvas.width = width * ratio;
      canvas.height = height * ratio;
    }
    drawing.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawing.clearRect(0, 0, width, height);
    const scale = Math.min(width, height) * 0.44;
    projection.translate([width / 2, height / 2]).scale(scale).rotate(rotate);
    const path = d3.geoPath(projection, drawing);
    const fill = (thing, colour) => { drawing.beginPath(); path(thing); drawing.fillStyle = colour; drawing.fill(); };
    const stroke = (thing, colour, thick) => { drawing.beginPath(); path(thing); drawing.strokeStyle = colour; drawing.lineWidth = thick; drawing.stroke(); };

    const halo = drawing.createRadialGradient(width / 2, height / 2, scale * 0.98, width / 2, height / 2, scale * 1.13);
    halo.addColorStop(0, "rgba(110,170,230,.38)");
    halo.addColorStop(1, "rgba(110,170,230,0)");
    drawing.beginPath();
    drawing.arc(width / 2, height / 2, scale * 1.13, 0, 2 * Math.PI);
    drawing.fillStyle = halo;
    drawing.fill();
    const sea = drawing.createRadialGradient(width / 2 - scale * 0.35, height / 2 - scale * 0.4, scale * 0.1, width / 2, height / 2, scale);
    sea.addColorStop(0, "#2c5f8d");
    sea.addColorStop(1, "#10283f");
    fill({ type: "Sphere" }, sea);
    stroke(graticule, "rgba(255,255,255,.09)", 0.6);
    fill(shape.ground, "#7f9a86");
    fill(shape.lakes, "#26547d");
    stroke(shape.ground, "rgba(15,30,40,.45)", 0.5);
    for (const area of areas.flatMap(polygons)) {
      fill(area, "rgba(255,120,90,.30)");
      stroke(area, "rgba(255,150,120,.95)", 1);
    }
    tracks.forEach(line);
    for (const one of places) dot(one, "#fff", 3, one.label);
    if (marker) dot(marker, "#ffcf70", 5, marker.label);
  }

  function line(track) {
    for (const hidden of [true, false]) {
      drawing.beginPath();
      let down = false;
      for (const [lon, lat, height] of track.points) {
        const p = place(lon, lat, height);
        if (p.seen === hidden) { down = false; continue; }
        if (down) drawing.lineTo(p.x, p.y); else drawing.moveTo(p.x, p.y);
        down = true;
      }
      drawing.strokeStyle = track.colour;
      drawing.globalAlpha = hidden ? 0.16 : 1;
      drawing.lineWidth = hidden ? 1.2 : 2.4;
      drawing.setLineDash(track.dash || []);
      drawing.lineJoin = drawing.lineCap = "round";
      drawing.stroke();
      drawing.setLineDash([]);
      drawing.globalAlpha = 1;
    }
  }

  function dot(one, colour, size, label) {
    const p = place(one.lon, one.lat, one.height || 0);
    if (!p.seen) return;
    drawing.beginPath();
    drawing.arc(p.x, p.y, size, 0, 2 * Math.PI);
    drawing.fillStyle = colour;
    drawing.fill();
    drawing.strokeStyle = "rgba(8,18,28,.8)";
    drawing.lineWidth = 1.2;
    drawing.stroke();
    if (!label) return;
    drawing.font = "600 12px Helvetica, Arial, 'Liberation Sans', sans-serif";
    const left = p.x + 8 + drawing.measureText(label).width > canvas.clientWidth - 4;
    drawing.textAlign = left ? "right" : "left";
    drawing.lineWidth = 3;
    drawing.strokeStyle = "rgba(8,18,28,.75)";
    drawing.strokeText(label, p.x + (left ? -8 : 8), p.y + 4);
    drawing.fillStyle = "#fff";
    drawing.fillText(label, p.x + (left ? -8 : 8), p.y + 4);
  }

  let held = null;
  canvas.addEventListener("pointerdown", (e) => { held = [e.clientX, e.clientY, ...rotate]; canvas.setPointerCapture(e.pointerId); });
  canvas.addEventListener("pointermove", (e) => {
    if (!held) return;
    const k = 60 / projection.scale();
    rotate = [held[2] + (e.clientX - held[0]) * k, Math.max(-85, Math.min(85, held[3] - (e.clientY - held[1]) * k)), 0];
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { held = null; });
  new ResizeObserver(draw).observe(canvas);
  draw();
  return { mark(point) { marker = point; draw(); } };
}

// Where to look from: the middle of the flight's first part, or the pad.
function middle(tracks, places, from) {
  const points = (tracks[0]?.points || []).slice(0, 400).map((p) => [p[0], p[1]]);
  if (points.length > 1) return d3.geoCentroid({ type: "MultiPoint", coordinates: points });
  if (from) return from;
  return places.length ? [places[0].lon, places[0].lat] : [105, 20];
}
