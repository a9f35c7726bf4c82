// Samples as they come: one growing column a signal, and what follows from them.
export class Store {
  constructor(names) { this.names = names; this.clear(); }

  clear() {
    this.n = 0; this.room = 4096; this.version = 0;
    this.columns = Object.fromEntries(this.names.map(name => [name, new Float32Array(this.room)]));
  }

  append(buffer) {
    const width = this.names.length, found = new Float32Array(buffer), rows = found.length / width;
    while (this.n + rows > this.room) {
      this.room *= 2;
      for (const name of this.names) { const wider = new Float32Array(this.room); wider.set(this.columns[name]); this.columns[name] = wider; }
    }
    this.names.forEach((name, k) => { const c = this.columns[name]; for (let i = 0; i < rows; i++) c[this.n + i] = found[i * width + k]; });
    this.n += rows; this.version++;
  }

  get time() { return this.columns["clock.time"]; }
  get first() { return this.n ? this.time[0] : 0; }
  get last() { return this.n ? this.time[this.n - 1] : 0; }

  at(name, i) { return this.columns[name][i]; }

  // Number of the last sample at or before a time.
  find(time) {
    let a = 0, b = this.n - 1;
    while (a < b) { const m = (a + b + 1) >> 1; if (this.time[m] <= time) a = m; else b = m - 1; }
    return a;
  }

  speed(i) { return Math.hypot(this.at("truth.north", i), this.at("truth.east", i), this.at("truth.down", i)); }
}

export const DEG = 180 / Math.PI;

// Body x axis in north, east, down; pitch above the horizon, heading, roll [deg].
export function angles(w, x, y, z) {
  const n = 1 - 2 * (y * y + z * z), e = 2 * (x * y + w * z), d = 2 * (x * z - w * y);
  return {
    axis: [n, e, d],
    pitch: Math.asin(Math.max(-1, Math.min(1, -d))) * DEG,
    heading: (Math.atan2(e, n) * DEG + 360) % 360,
    roll: Math.atan2(2 * (y * z + w * x), 1 - 2 * (x * x + y * y)) * DEG,
  };
}

export function clock(t, tenths = true) {
  const s = Math.abs(t), whole = Math.floor(tenths ? s : Math.round(s)), p = v => String(v).padStart(2, "0");
  const text = `${p(Math.floor(whole / 3600))}:${p(Math.floor(whole / 60) % 60)}:${p(whole % 60)}`;
  return [t < 0 ? "−" : "+", text, tenths ? `.${Math.floor((s % 1) * 10)}` : ""];
}

// A canvas at the screen's own resolution; null while it has no room.
export function surface(canvas) {
  const ratio = window.devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
  if (!w || !h) return null;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
    canvas.width = Math.round(w * ratio); canvas.height = Math.round(h * ratio);
  }
  const g = canvas.getContext("2d");
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, w, h);
  return [g, w, h];
}
export const FONT = '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif';
