// Strips over one scale of time: extremes of each pixel's samples, so that nothing is lost between them.
import { DEG, FONT, surface } from "./store.js";

const BLUE = "#6cb2f0", AMBER = "#ffb454", GREEN = "#4fd08a", ROSE = "#f0808c";
const column = (name, scale = 1) => (s, i) => s.columns[name][i] * scale;
const STRIPS = [
  { title: "Altitude", unit: "km", lines: [["", BLUE, column("truth.altitude", 1e-3)]], floor: 0 },
  { title: "Speed", unit: "m/s", lines: [["over ground", BLUE, (s, i) => s.speed(i)], ["through air", AMBER, (s, i) => s.at("truth.dynamic_pressure", i) > 1 ? s.at("truth.airspeed", i) : NaN]], floor: 0 },
  { title: "Throttle", unit: "%", lines: [["commanded", AMBER, column("command.throttle", 100), [4, 3]], ["thrust level", GREEN, column("engine.level", 100)]], floor: 0, least: 100 },
  { title: "TVC", unit: "deg", lines: [["y commanded", AMBER, column("command.gimbal_y", DEG), [4, 3]], ["y", BLUE, column("gimbal.y", DEG)], ["z commanded", ROSE, column("command.gimbal_z", DEG), [4, 3]], ["z", GREEN, column("gimbal.z", DEG)]], even: true, least: 0.5 },
];

export class Strips {
  constructor(root, pick) {
    this.canvases = STRIPS.map(strip => {
      const box = document.createElement("div"), canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img"); canvas.setAttribute("aria-label", strip.title);
      box.append(canvas); root.append(box);
      let held = false;
      const seek = e => { const [a, b] = this.range, r = canvas.getBoundingClientRect(); pick(a + (b - a) * Math.max(0, Math.min(1, (e.clientX - r.left - LEFT) / (r.width - LEFT - RIGHT)))); };
      canvas.onpointerdown = e => { held = e.pointerType === "mouse"; seek(e); };
      canvas.onpointermove = e => { if (held) seek(e); };
      window.addEventListener("pointerup", () => { held = false; });
      return canvas;
    });
    this.range = [0, 1];
  }

  draw(store, range, cursor) {
    this.range = range;
    STRIPS.forEach((strip, k) => strip_(surface(this.canvases[k]), strip, store, range, cursor, k === STRIPS.length - 1));
  }
}

const LEFT = 46, RIGHT = 8, TOP = 22;

function strip_(found, strip, s, [from, to], cursor, last) {
  if (!found) return;
  const [g, w, h] = found, bottom = h - (last ? 20 : 9), width = w - LEFT - RIGHT;
  const x = t => LEFT + width * (t - from) / (to - from);
  const a = s.find(from), b = s.find(to);
  const traces = strip.lines.map(line => trace(s, a, b, line[2], Math.max(width | 0, 50)));
  let low = Infinity, high = -Infinity;
  for (const t of traces) { low = Math.min(low, t.low); high = Math.max(high, t.high); }
  if (!(high >= low)) { low = 0; high = 1; }
  if (strip.floor !== undefined) low = Math.min(low, strip.floor);
  if (strip.even) { high = Math.max(high, -low, strip.least); low = -high; }
  else if (strip.least) high = Math.max(high, strip.least);
  if (high - low < 1e-6) high = low + 1;
  const step = nice((high - low) / Math.max(2, Math.floor((bottom - TOP) / 30)));
  high = strip.even ? high * 1.08 : Math.max(Math.ceil(high / step - 1e-6) * step, low + step);
  if (strip.even) low = -high;
  const y = v => bottom - (bottom - TOP) * (v - low) / (high - low);
  g.font = `11px ${FONT}`; g.textBaseline = "middle"; g.lineWidth = 1;
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + 1e-9 * step; v += step) {
    const py = Math.round(y(v)) + .5;
    g.strokeStyle = Math.abs(v) < 1e-9 * step ? "#31485f" : "#1b2b3b"; g.beginPath(); g.moveTo(LEFT, py); g.lineTo(w - RIGHT, py); g.stroke();
    g.fillStyle = "#8094a6"; g.textAlign = "right"; g.fillText(number(v, step), LEFT - 7, py);
  }
  const ticks = nice((to - from) / Math.max(3, width / 90), true);
  for (let t = Math.ceil(from / ticks) * ticks; t <= to + 1e-9; t += ticks) {
    const px = Math.round(x(t)) + .5;
    g.strokeStyle = "#16242f"; g.beginPath(); g.moveTo(px, TOP); g.lineTo(px, bottom); g.stroke();
    if (last) { g.fillStyle = "#8094a6"; g.textAlign = "center"; g.fillText(`${number(t, ticks)} s`, Math.min(px, w - 20), h - 8); }
  }
  g.save(); g.beginPath(); g.rect(LEFT, TOP - 2, width, bottom - TOP + 4); g.clip();
  strip.lines.forEach((line, k) => {
    g.strokeStyle = line[1]; g.lineWidth = 1.5; g.lineJoin = "round"; g.setLineDash(line[3] || []);
    g.beginPath();
    let pen = false;
    for (const [t, v] of traces[k].points) { if (Number.isNaN(v)) { pen = false; continue; } pen ? g.lineTo(x(t), y(v)) : g.moveTo(x(t), y(v)); pen = true; }
    g.stroke();
  });
  g.restore(); g.setLineDash([]);
  const i = s.find(cursor);
  if (s.n && cursor >= from && cursor <= to) {
    g.strokeStyle = "rgba(255, 180, 84, .8)"; g.beginPath(); g.moveTo(Math.round(x(cursor)) + .5, TOP); g.lineTo(Math.round(x(cursor)) + .5, bottom); g.stroke();
    strip.lines.forEach(line => { const v = line[2](s, i); if (Number.isFinite(v)) { g.fillStyle = line[1]; g.beginPath(); g.arc(x(cursor), y(v), 2.8, 0, 7); g.fill(); } });
  }
  // the head: what it is, and what it says at the cursor
  g.textAlign = "left"; g.fillStyle = "#b9c7d4"; g.font = `600 12px ${FONT}`; g.fillText(strip.title, 4, 9);
  let at = 10 + g.measureText(strip.title).width;
  g.font = `11px ${FONT}`; g.fillStyle = "#8094a6"; g.fillText(strip.unit, at, 9);
  at += g.measureText(strip.unit).width + 16;
  const narrow = w < 460;
  for (const line of strip.lines) {
    const v = s.n ? line[2](s, i) : NaN, shown = Number.isFinite(v) ? number(v, step / 500) : "–";
    const label = narrow && line[3] ? "" : line[0];
    g.fillStyle = line[1]; g.setLineDash([]);
    const text = label ? `${label} ${shown}` : shown;
    if (narrow && line[3]) continue;
    g.fillText(text, at, 9);
    at += g.measureText(text).width + 14;
  }
}

// Points of a line, at most two a pixel: the least and the greatest of the samples there.
function trace(s, a, b, value, pixels) {
  const points = [], every = Math.max(1, Math.ceil((b - a) / pixels));
  let low = Infinity, high = -Infinity;
  for (let i = a; i <= b && i < s.n; i += every) {
    let least = Infinity, most = -Infinity, li = i, mi = i, gap = true;
    for (let j = i; j < Math.min(i + every, b + 1, s.n); j++) {
      const v = value(s, j);
      if (!Number.isFinite(v)) continue;
      gap = false;
      if (v < least) { least = v; li = j; }
      if (v > most) { most = v; mi = j; }
    }
    if (gap) { points.push([s.time[i], NaN]); continue; }
    low = Math.min(low, least); high = Math.max(high, most);
    if (li === mi) points.push([s.time[li], least]);
    else if (li < mi) points.push([s.time[li], least], [s.time[mi], most]);
    else points.push([s.time[mi], most], [s.time[li], least]);
  }
  return { points, low, high };
}

export function nice(rough, ofTime = false) {
  const p = 10 ** Math.floor(Math.log10(rough)), m = rough / p;
  if (ofTime && rough > 10) { for (const t of [15, 20, 30, 60, 120, 300, 600, 1200, 3600]) if (rough <= t) return t; }
  return (m <= 1 ? 1 : m <= 2 ? 2 : m <= 5 ? 5 : 10) * p;
}

export function number(v, step) {
  const digits = Math.max(0, Math.min(3, -Math.floor(Math.log10(Math.abs(step) || 1) + 1e-9)));
  const text = Math.abs(v) >= 10000 ? Math.round(v).toLocaleString("en").replace(/,/g, "\u2009") : v.toFixed(digits);
  return text.replace(/^-(?=0(\.0*)?$)/, "").replace("-", "−");
}
