// The whole flight on one line: phases, events, faults, and where the page looks.
import { FONT, surface } from "./store.js";

const BANDS = ["#1d4467", "#255b54", "#4b4a7d", "#5d4a33"];

export class Timeline {
  constructor(canvas) { this.canvas = canvas; }

  // facts' phases; range of the line [s]; cursor [s]; events as made by `events`
  draw(store, facts, range, cursor, events) {
    const found = surface(this.canvas);
    if (!found) return;
    const [g, w, h] = found, pad = 8, x = t => pad + (w - 2 * pad) * (t - range[0]) / (range[1] - range[0]);
    g.font = `11px ${FONT}`; g.textBaseline = "middle";
    const top = 14, band = h - top - 6;
    g.fillStyle = "#152333"; g.fillRect(pad, top, w - 2 * pad, band);
    for (const p of phases(store)) {
      const a = x(p.from), b = x(p.to), name = facts.phases[p.phase] || `phase ${p.phase + 1}`;
      g.fillStyle = BANDS[p.phase % BANDS.length]; g.fillRect(a, top, Math.max(b - a - 1, 1), band);
      g.fillStyle = "#d5e0ea"; g.textAlign = "left";
      const short = fitted(g, name, b - a - 12);
      if (short) g.fillText(short, a + 6, top + band / 2 + .5);
    }
    let free = -Infinity;
    for (const e of events) {
      const px = x(e.time);
      g.fillStyle = e.kind === "fault" ? "#f0808c" : e.kind === "end" ? "#b79cf2" : "#ffb454";
      g.fillRect(px - .75, top - 4, 1.5, band + 4);
      g.textAlign = "left";
      const width = g.measureText(e.short).width;
      if (e.short && px > free && px + width + 3 < w) { g.fillText(e.short, px + 4, 6); free = px + width + 14; }
    }
    g.fillStyle = "rgba(6, 12, 19, .55)";
    const now = x(store.last);
    if (cursor < store.last) g.fillRect(x(cursor), top, Math.max(now - x(cursor), 0), band);
    g.strokeStyle = "#fff"; g.lineWidth = 1.5; g.beginPath(); g.moveTo(x(cursor), top - 5); g.lineTo(x(cursor), h - 1); g.stroke();
  }
}

function fitted(g, text, room) {
  if (room < 16) return "";
  if (g.measureText(text).width <= room) return text;
  let cut = text;
  while (cut.length > 2 && g.measureText(`${cut}…`).width > room) cut = cut.slice(0, -1);
  return cut.length > 3 ? `${cut}…` : "";
}

// Spans of time in one phase; found again only when there are new samples.
let known = { version: -1, n: 0, list: [] };
export function phases(store) {
  if (known.store === store && known.version === store.version) return known.list;
  if (known.store !== store || store.n < known.n) known = { store, n: 0, list: [] };
  const column = store.columns["vehicle.phase"], list = known.list;
  for (let i = known.n; i < store.n; i++) {
    const phase = column[i], last = list[list.length - 1];
    if (last && last.phase === phase) last.to = store.time[i];
    else { if (last) last.to = store.time[i]; list.push({ phase, from: store.time[i], to: store.time[i] }); }
  }
  known.version = store.version; known.n = store.n;
  return list;
}

const FAULT = /^fault '(.*)' (begins|ends)$/;

// Everything that happened: from the samples (lift-off, phases, landing) and from the bench's own words.
export function events(store, facts, lines) {
  const list = [];
  const rise = (name, text) => { const c = store.columns[name]; for (let i = 1; i < store.n; i++) if (c[i] > .5 && c[i - 1] <= .5) { list.push({ time: store.time[i], text, short: text, kind: "good" }); return; } };
  rise("vehicle.lifted", "lift-off");
  rise("vehicle.landed", "touchdown");
  for (const p of phases(store).slice(1)) list.push({ time: p.from, text: facts.phases[p.phase] || `phase ${p.phase + 1}`, short: "", kind: "phase" });
  for (const line of lines) {
    if (line.end) { list.push({ time: line.end.time ?? store.last, text: line.end.status, short: "", kind: "end" }); continue; }
    const fault = FAULT.exec(line.text);
    list.push(fault ? { time: line.time, text: `${fault[1]} ${fault[2]}`, short: fault[2] === "begins" ? fault[1] : "", kind: "fault" } : { time: line.time, text: line.text, short: "", kind: "word" });
  }
  return list.sort((a, b) => a.time - b.time);
}
