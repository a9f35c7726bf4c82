// Links and jitter: of a bench that runs by its counters, of a recording by the delays of its answers.
import { surface } from "./store.js";
import { number } from "./strips.js";

export function make(tag, text = "", kind = "") {
  const e = document.createElement(tag);
  e.textContent = text; if (kind) e.className = kind;
  return e;
}

const micro = v => !Number.isFinite(v) ? "–" : v >= 1e5 ? `${(v / 1e6).toFixed(2)} s` : v >= 1e4 ? `${(v / 1e3).toFixed(1)} ms` : v >= 100 ? `${v.toFixed(0)} µs` : `${v.toFixed(1)} µs`;

export class Links {
  constructor(root) { this.root = root; this.before = null; this.rates = []; }

  reset() { this.before = null; this.rates = []; }

  // Answers a second, from two looks at the counters.
  heard(health) {
    const now = performance.now() / 1e3;
    if (this.before && now - this.before.at > .4) {
      this.rates = health.seats.map((s, i) => (s.answers - this.before.seats[i].answers) / (now - this.before.at));
    }
    if (!this.before || now - this.before.at > .4) this.before = { at: now, seats: health.seats };
  }

  draw(facts, health, responses, time, flying) {
    const rows = facts.computers.map((computer, i) => {
      const row = make("div", "", "seat"), rate = make("span", "", "rate");
      row.append(make("b", computer.name), rate);
      const say = text => row.append(make("span", text, "sub"));
      if (computer.link) say(computer.link);
      if (health) {
        const s = health.seats[i], found = Math.round(this.rates[i] || 0);
        row.classList.add(s.lost ? "ill" : flying ? "on" : "off");
        rate.append(flying ? found.toLocaleString("en").replace(/,/g, "\u2009") : "–", make("small", " answers/s"));
        const parts = [`${s.answers.toLocaleString("en").replace(/,/g, "\u2009")} answers`];
        if (s.resent) parts.push(`${s.resent} asked again`);
        if (s.duplicates) parts.push(`${s.duplicates} twice`);
        if (s.rejected) parts.push(`${s.rejected} thrown away (${Object.entries(s.reasons).map(([k, n]) => `${n} ${k}`).join(", ") || "…"})`);
        if (!s.resent && !s.rejected) parts.push("none lost");
        say((s.lost ? "silent; " : "") + parts.join(", "));
      } else if (responses) {
        const list = responses[i] || [], at = list.find(r => r[0] >= Math.floor(time)) || list[list.length - 1];
        row.classList.add(at ? "on" : "ill");
        if (at) { rate.append(String(at[1]), make("small", " answers/s of flight")); say(`answer after ${micro(at[2])}, 99 % within ${micro(at[3])}`); }
        else say("never answered");
      }
      return row;
    });
    this.root.replaceChildren(make("h2", rows.length > 1 ? "Computers" : "Computer"), ...rows);
  }
}

export function jitter(card, facts, health, responses, store, i) {
  const [head, canvas, list] = card.children;
  let title, note, values, cells, bars = true;
  const paced = health && health.clock;
  if (paced) {
    const c = health.clock;
    [title, note, values] = ["Lateness of steps", "the last ones", c.recent];
    cells = [["median", micro(c.late[0])], ["99 %", micro(c.late[1])], ["worst", micro(c.late[2])], ["work, median", micro(c.work[0])], ["overruns", String(c.overruns)], ["machine's gaps", String(c.gaps)]];
  } else if (responses && responses.length) {
    const all = responses[0] || [];
    [title, note, values, bars] = ["Delay of answers", "99 % of each second's within", all.map(r => r[3]), false];
    const sorted = all.map(r => r[2]).sort((a, b) => a - b), worst = values.length ? values.reduce((a, b) => Math.max(a, b)) : NaN;
    cells = [["median", micro(sorted[sorted.length >> 1])], ["worst", micro(worst)]];
  } else {
    const c = store.columns["host.step"], from = Math.max(1, i - 239);
    [title, note] = ["Time a step takes", "the last samples"];
    values = Array.from(c.slice(from, i + 1)).filter(Number.isFinite);
    const sorted = [...values].sort((a, b) => a - b);
    cells = [["median", micro(sorted[sorted.length >> 1])], ["99 %", micro(sorted[Math.floor(sorted.length * .99)])], ["worst", micro(sorted[sorted.length - 1])]];
  }
  head.replaceChildren(title, make("small", note));
  list.replaceChildren(...cells.map(([k, v]) => { const box = make("div"); box.append(make("dt", k), make("dd", v)); return box; }));
  const found = surface(canvas);
  if (!found || !values.length) return;
  const [g, w, h] = found, sorted = [...values].sort((a, b) => a - b), most = Math.max(sorted[Math.floor(sorted.length * .995)] * 1.15, 1e-3);
  g.strokeStyle = "#1e2f41"; g.beginPath(); g.moveTo(0, h - .5); g.lineTo(w, h - .5); g.moveTo(0, .5); g.lineTo(w, .5); g.stroke();
  g.fillStyle = "#6cb2f0"; g.strokeStyle = "#6cb2f0";
  g.beginPath();
  values.forEach((v, k) => {
    const x = w * (k + .5) / values.length, y = h - 1 - (h - 4) * Math.min(v / most, 1);
    if (bars) g.rect(x - w / values.length * .4, y, Math.max(w / values.length * .8, 1), h - 1 - y); else k ? g.lineTo(x, y) : g.moveTo(x, y);
  });
  bars ? g.fill() : g.stroke();
  g.fillStyle = "#8094a6"; g.font = "10px sans-serif"; g.textBaseline = "top"; g.fillText(micro(most), 2, 3);
}

export { number };
