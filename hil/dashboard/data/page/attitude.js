// The vehicle in three dimensions above a compass disc; plain canvas, so that it runs without a graphics card.
import { FONT, surface } from "./store.js";

const SIDES = 48, LIGHT = norm([-.45, .55, .7]);
const PLAIN = [[0, 1, 4, 30, 36, 40], [1.4, 1.6, 1.8, 1.8, 1.2, .05]];  // where no outline is known

function norm(v) { const l = Math.hypot(...v) || 1; return v.map(a => a / l); }
function dot(a, b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

export class Attitude {
  constructor(canvas, changed) {
    this.canvas = canvas; this.turn = -.55; this.tilt = .2; this.zoom = 1;
    let held = null;
    canvas.onpointerdown = e => { held = [e.clientX, e.clientY]; canvas.setPointerCapture(e.pointerId); };
    canvas.onpointerup = canvas.onpointercancel = () => { held = null; };
    canvas.onpointermove = e => {
      if (!held) return;
      this.turn -= (e.clientX - held[0]) * .008;
      this.tilt = Math.max(-.4, Math.min(1.4, this.tilt + (e.clientY - held[1]) * .006));
      held = [e.clientX, e.clientY]; changed();
    };
    canvas.onwheel = e => { e.preventDefault(); this.zoom = Math.max(.5, Math.min(6, this.zoom * Math.exp(-e.deltaY * .001))); changed(); };
  }

  // v: quaternion body to north-east-down, outline, engine level, gimbal angles [rad], velocity (north, east, down) [m/s],
  // altitude [m]; longest: length of the whole vehicle [m]
  draw(v) {
    const found = surface(this.canvas);
    if (!found) return;
    const [g, w, h] = found;
    this.g = g;
    sky(g, w, h, v.altitude);
    const [xs, rs] = v.outline || PLAIN, own = xs[xs.length - 1] - xs[0], length = Math.max(own, .4 * (v.longest || 0)), middle = (xs[0] + xs[xs.length - 1]) / 2;
    // view axes: right, up, towards the eye, in east-north-up
    const c = Math.cos(this.turn), s = Math.sin(this.turn), ct = Math.cos(this.tilt), st = Math.sin(this.tilt);
    const right = [c, s, 0], eye = [s * ct, -c * ct, st], up = [-s * st, c * st, ct];
    const scale = .68 * Math.min(w * 1.25, h) * this.zoom, far = 3.4;
    const project = p => { const k = far / (far - dot(p, eye)); return [w / 2 + scale * k * dot(p, right), h * .45 - scale * k * dot(p, up), k]; };
    this.disc(project, v);
    // body axes in east-north-up
    const [qw, qx, qy, qz] = v.attitude;
    const enu = (n, e, d) => [e, n, -d];
    const X = enu(1 - 2 * (qy * qy + qz * qz), 2 * (qx * qy + qw * qz), 2 * (qx * qz - qw * qy));
    const Y = enu(2 * (qx * qy - qw * qz), 1 - 2 * (qx * qx + qz * qz), 2 * (qy * qz + qw * qx));
    const Z = enu(2 * (qx * qz + qw * qy), 2 * (qy * qz - qw * qx), 1 - 2 * (qx * qx + qy * qy));
    const place = (x, r, a) => { const y = r * Math.cos(a), z = r * Math.sin(a); return [0, 1, 2].map(i => ((x - middle) * X[i] + y * Y[i] + z * Z[i]) / length); };
    this.shadow(project, X);
    const flame = () => { if (v.level > .01) this.plume(project, v, X, Y, Z, rs, length, (xs[0] - middle) / length); };
    const base = dot(X, eye) > 0;  // the nose is towards the eye: the flame lies behind the body
    if (base) flame();
    this.body(project, place, xs, rs, X, Y, Z, eye, length);
    if (!base) flame();
    this.velocity(project, v, .5 * own / length);
  }

  disc(project, v) {
    const g = this.g, z = -.62;
    const ring = (r, fill) => {
      g.beginPath();
      for (let i = 0; i <= 72; i++) { const a = i * Math.PI / 36, p = project([r * Math.sin(a), r * Math.cos(a), z]); i ? g.lineTo(p[0], p[1]) : g.moveTo(p[0], p[1]); }
      if (fill) { g.fillStyle = fill; g.fill(); }
      g.stroke();
    };
    g.lineWidth = 1; g.strokeStyle = "rgba(160, 190, 215, .35)"; ring(.62, "rgba(11, 26, 38, .45)");
    g.strokeStyle = "rgba(160, 190, 215, .16)"; ring(.41); ring(.205);
    for (let k = 0; k < 12; k++) {
      const a = k * Math.PI / 6, inner = k % 3 ? .56 : 0, p = project([inner * Math.sin(a), inner * Math.cos(a), z]), q = project([.62 * Math.sin(a), .62 * Math.cos(a), z]);
      g.strokeStyle = k % 3 ? "rgba(160, 190, 215, .35)" : "rgba(160, 190, 215, .16)";
      g.beginPath(); g.moveTo(p[0], p[1]); g.lineTo(q[0], q[1]); g.stroke();
    }
    g.textAlign = "center"; g.textBaseline = "middle"; g.font = `600 12px ${FONT}`;
    "NESW".split("").forEach((letter, k) => { const a = k * Math.PI / 2, p = project([.69 * Math.sin(a), .69 * Math.cos(a), z]); g.fillStyle = k ? "#c3d2df" : "#ffb454"; g.fillText(letter, p[0], p[1]); });
  }

  shadow(project, X) {
    const g = this.g, a = project([-.5 * X[0], -.5 * X[1], -.62]), b = project([.5 * X[0], .5 * X[1], -.62]), m = project([0, 0, -.62]), o = project([0, 0, 0]);
    g.strokeStyle = "rgba(0, 0, 0, .5)"; g.lineWidth = 5; g.lineCap = "round"; g.beginPath(); g.moveTo(a[0], a[1]); g.lineTo(b[0], b[1]); g.stroke();
    g.strokeStyle = "rgba(200, 220, 235, .25)"; g.lineWidth = 1; g.setLineDash([3, 4]); g.beginPath(); g.moveTo(m[0], m[1]); g.lineTo(o[0], o[1]); g.stroke(); g.setLineDash([]);
  }

  body(project, place, xs, rs, X, Y, Z, eye, length) {
    const g = this.g, faces = [];
    const rings = xs.map((x, i) => Array.from({ length: SIDES }, (_, k) => place(x, rs[i], 2 * Math.PI * k / SIDES)));
    for (let i = 0; i + 1 < xs.length; i++) {
      const slope = (rs[i] - rs[i + 1]) / Math.max(xs[i + 1] - xs[i], 1e-6), t = (xs[i] - xs[0]) / length;
      const pieces = xs[i + 1] - xs[i] > .1 * length ? 6 : 1;  // long cylinders in pieces, for the pattern of the roll
      for (let p = 0; p < pieces; p++) for (let k = 0; k < SIDES; k++) {
        const a = 2 * Math.PI * (k + .5) / SIDES, n = norm([0, 1, 2].map(j => slope * X[j] + Math.cos(a) * Y[j] + Math.sin(a) * Z[j]));
        const j = (k + 1) % SIDES, mix = (u, v, f) => [0, 1, 2].map(m => u[m] + (v[m] - u[m]) * f);
        const q = [mix(rings[i][k], rings[i + 1][k], p / pieces), mix(rings[i][j], rings[i + 1][j], p / pieces), mix(rings[i][j], rings[i + 1][j], (p + 1) / pieces), mix(rings[i][k], rings[i + 1][k], (p + 1) / pieces)];
        const centre = [0, 1, 2].map(m => (q[0][m] + q[2][m]) / 2), view = [0, 1, 2].map(m => 3.4 * eye[m] - centre[m]);
        if (dot(n, view) <= 0) continue;
        const quarter = Math.floor(4 * k / SIDES), f = t + (p / pieces) * (xs[i + 1] - xs[i]) / length;
        const dark = (quarter === 0 && f > .06) || (f < .1 && quarter % 2 === 0);
        faces.push({ depth: dot(centre, eye), q, light: .3 + .72 * Math.max(0, dot(n, LIGHT)), dark });
      }
    }
    for (const [i, way] of [[0, -1], [xs.length - 1, 1]]) {  // the ends, flat
      const n = X.map(a => way * a), centre = place(xs[i], 0, 0);
      if (dot(n, [0, 1, 2].map(m => 3.4 * eye[m] - centre[m])) > 0) faces.push({ depth: dot(centre, eye), q: rings[i], light: .25, dark: true });
    }
    faces.sort((a, b) => a.depth - b.depth);
    for (const f of faces) {
      const base = f.dark ? [58, 70, 84] : [236, 240, 244];
      const colour = `rgb(${base.map(c => Math.round(Math.min(255, c * f.light))).join(",")})`;
      g.fillStyle = g.strokeStyle = colour; g.lineWidth = .7;
      g.beginPath();
      f.q.forEach((p, k) => { const s = project(p); k ? g.lineTo(s[0], s[1]) : g.moveTo(s[0], s[1]); });
      g.closePath(); g.fill(); g.stroke();
    }
  }

  plume(project, v, X, Y, Z, rs, length, base) {
    const g = this.g, thin = 1 - Math.exp(-v.altitude / 22e3), long = (.3 + .25 * thin) * (.4 + .6 * v.level), r = Math.max(rs[0] * .75, .4) / length;
    // the jet leaves against the thrust, which leans by the gimbals: about body y towards -z, about z towards +y
    const way = norm([0, 1, 2].map(i => -X[i] + v.gimbal[0] * Z[i] - v.gimbal[1] * Y[i]));
    const start = [0, 1, 2].map(i => base * X[i]), side = norm(cross(way, [.31, .77, .55])), over = cross(way, side);
    for (let k = 9; k >= 0; k--) {
      const f = k / 9, spread = r * (1 + f * (.9 + 4.5 * thin)) * (1 - .75 * f * (1 - thin) * f), at = start.map((a, i) => a + way[i] * long * f);
      const p = project(at), pixels = Math.hypot(...[0, 1].map(i => project(at.map((a, m) => a + spread * (i ? over[m] : side[m])))[0] - p[0]), ...[0, 1].map(i => project(at.map((a, m) => a + spread * (i ? over[m] : side[m])))[1] - p[1]));
      const glow = g.createRadialGradient(p[0], p[1], 0, p[0], p[1], Math.max(pixels, 1));
      const strength = Math.min(1, 1.25 * (1 - f) * (1 - .45 * thin) * (.35 + .65 * v.level));
      glow.addColorStop(0, `rgba(255, ${Math.round(235 - 90 * f)}, ${Math.round(190 - 150 * f)}, ${.85 * strength})`);
      glow.addColorStop(1, "rgba(255, 120, 40, 0)");
      g.fillStyle = glow; g.beginPath(); g.arc(p[0], p[1], Math.max(pixels, 1), 0, 7); g.fill();
    }
  }

  velocity(project, v, half) {
    const speed = Math.hypot(...v.velocity);
    if (!(speed > 1)) return;
    const g = this.g, [n, e, d] = v.velocity.map(a => a / speed), [near, far] = [half + .03, half + .12], tip = [far * e, far * n, -far * d], a = project([near * e, near * n, -near * d]), b = project(tip);
    const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
    g.strokeStyle = g.fillStyle = "#6cb2f0"; g.lineWidth = 2; g.beginPath(); g.moveTo(a[0], a[1]); g.lineTo(b[0], b[1]); g.stroke();
    g.beginPath(); g.moveTo(b[0] + 7 * Math.cos(angle), b[1] + 7 * Math.sin(angle));
    for (const s of [2.5, -2.5]) g.lineTo(b[0] + 6 * Math.cos(angle + s), b[1] + 6 * Math.sin(angle + s));
    g.fill();
    g.font = `11px ${FONT}`; g.textAlign = "left"; g.textBaseline = "middle"; const right = 2 * project([0, 0, 0])[0], edge = b[0] + 60 > right;
    g.fillText("velocity", edge ? right - 50 : b[0] + 11, Math.max(edge ? b[1] + 16 : b[1], 9));
  }
}

function cross(a, b) { return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]; }

function sky(g, w, h, altitude) {
  const f = Math.exp(-Math.max(altitude, 0) / 28e3), mix = (a, b) => `rgb(${a.map((c, i) => Math.round(b[i] + (c - b[i]) * f)).join(",")})`;
  const fill = g.createLinearGradient(0, 0, 0, h);
  fill.addColorStop(0, mix([34, 74, 112], [6, 10, 16])); fill.addColorStop(.75, mix([92, 140, 178], [10, 20, 32])); fill.addColorStop(1, mix([120, 150, 168], [20, 44, 66]));
  g.fillStyle = fill; g.fillRect(0, 0, w, h);
}

// Deflection as looked at from behind: ring commanded, dot measured.
export function gimbal(canvas, commanded, measured, limit) {
  const found = surface(canvas);
  if (!found) return;
  const [g, w] = found, m = w / 2, r = m - 13;
  g.fillStyle = "rgba(8, 16, 25, .62)"; g.beginPath(); g.arc(m, m, m - 1, 0, 7); g.fill();
  g.strokeStyle = "rgba(185, 205, 222, .35)"; g.lineWidth = 1;
  for (const k of [1, .5]) { g.beginPath(); g.arc(m, m, r * k, 0, 7); g.stroke(); }
  g.beginPath(); g.moveTo(m - r, m); g.lineTo(m + r, m); g.moveTo(m, m - r); g.lineTo(m, m + r); g.stroke();
  const at = v => [m + r * Math.max(-1, Math.min(1, v[1] / limit)), m - r * Math.max(-1, Math.min(1, v[0] / limit))];
  const [a, b] = [at(commanded), at(measured)];
  g.strokeStyle = "#ffb454"; g.lineWidth = 1.6; g.beginPath(); g.arc(a[0], a[1], 5, 0, 7); g.stroke();
  g.fillStyle = "#6cb2f0"; g.beginPath(); g.arc(b[0], b[1], 3, 0, 7); g.fill();
  g.fillStyle = "#c3d2df"; g.font = `10px ${FONT}`; g.textAlign = "center"; g.textBaseline = "middle";
  g.fillText("y", m, 7); g.fillText("z", w - 6, m);
  g.fillText(`±${(limit * 180 / Math.PI).toFixed(limit < .02 ? 1 : 0)}°`, m, w - 6);
}
