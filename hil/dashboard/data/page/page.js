// The dashboard: follows a bench by its WebSocket, or plays a recording; one cursor for all that is drawn.
import { Attitude, gimbal } from "./attitude.js";
import { Links, jitter, make, number } from "./links.js";
import { DEG, Store, angles, clock } from "./store.js";
import { Strips } from "./strips.js";
import { Timeline, events } from "./timeline.js";

const $ = id => document.getElementById(id);
const SPANS = [["all", 0], ["60 s", 60], ["10 s", 10]];
const SPEEDS = [1, 2, 5, 10, 30];

let store = null, facts = null, responses = null, mode = "", state = "", lines = [], health = null, buttons = false;
let cursor = 0, follow = true, playing = false, speed = 1, span = 0, dirty = true, permitted = false, refused = "";
let token = new URLSearchParams(location.hash.slice(1)).get("token") || "";
let socket = null, happened = [], happenedAt = [-1, -1], listed = "";

const seek = t => { cursor = Math.max(store.first, Math.min(store.last, t)); follow = mode === "live" && cursor >= store.last; playing = false; dirty = true; };
const attitude = new Attitude($("attitude"), () => { dirty = true; });
const strips = new Strips($("strips"), seek);
const timeline = new Timeline($("track"));
const links = new Links($("links"));

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
  socket.binaryType = "arraybuffer";
  socket.onmessage = e => { typeof e.data === "string" ? heard(JSON.parse(e.data)) : samples(e.data); dirty = true; };
  socket.onopen = () => { if (token) socket.send(JSON.stringify({ token })); };
  socket.onclose = () => { chip("state", "connection lost", "bad"); setTimeout(connect, 1500); };
}

function samples(buffer) {
  const began = store.n === 0;
  store.append(buffer);
  if (mode === "recording") { if (began) { cursor = store.first; playing = false; } }
  else if (follow) cursor = store.last;
}

function heard(m) {
  if (m.hello) { store = new Store(m.hello.names); buttons = m.hello.buttons; }
  else if (m.none) { $("empty").hidden = false; $("main").hidden = $("time").hidden = true; chip("state", "no bench"); }
  else if (m.show) begin(m.show);
  else if (m.health) { health = m.health; links.heard(health); faults(); }
  else if (m.permitted) { permitted = true; refused = ""; faults(); }
  else if (m.refused) { refused = m.refused; if (m.refused.includes("token")) { permitted = false; token = ""; } faults(); }
  if (m.state !== undefined) { state = m.state; lines = lines.concat(m.lines); status(); }
}

function begin(show) {
  ({ mode, facts, responses } = show);
  store.clear(); lines = []; health = null; happenedAt = [-1, -1]; listed = ""; follow = mode === "live"; playing = false; links.reset();
  $("empty").hidden = true; $("main").hidden = $("time").hidden = false;
  $("bench").textContent = facts.bench; document.title = facts.bench;
  $("live").hidden = mode !== "live"; $("verdict").hidden = true;
  faults();
}

function chip(id, text, kind = "") { const e = $(id); e.textContent = text; e.className = `chip ${kind}`; e.hidden = !text; }

function status() {
  const end = lines.map(l => l.end).find(Boolean);
  if (mode === "recording") chip("state", "recording");
  else if (state === "flying") chip("state", "live", "good");
  else if (state === "waiting") chip("state", "waiting for the computer", "warn");
  else if (!end) chip("state", "the bench is gone", "bad");
  else chip("state", end.passed ? "ended: all hold" : end.passed === false ? "ended: requirements fail" : end.complete ? "ended: not all shown" : "stopped", end.passed ? "good" : end.passed === false ? "bad" : "warn");
  const card = $("verdict"), verdicts = end ? end.verdicts : [];
  card.hidden = !verdicts.length;
  card.replaceChildren(make("h2", "Requirements"), ...verdicts.map(v => {
    const row = make("li", "", v.holds === true ? "yes" : v.holds === false ? "no" : ""), text = make("span", v.name);
    text.append(make("small", v.reason)); row.append(text);
    return row;
  }));
}

function faults() {
  const card = $("faults"), declared = facts.faults;
  card.hidden = !declared.length;
  if (card.hidden || card.contains(document.activeElement) && document.activeElement.tagName === "INPUT") return;
  const acting = new Set(health ? health.acting : []), open = permitted && facts.buttons && state === "flying";
  const rows = declared.map((f, i) => {
    const row = make("div", "", acting.has(i) ? "fault acting" : "fault"), text = make("span");
    text.append(make("b", f.name), make("small", f.text));
    row.append(text);
    if (f.by_hand && mode === "live") {
      const b = make("button", acting.has(i) ? "End" : "Begin");
      b.disabled = !open;
      b.setAttribute("aria-label", `${b.textContent} ${f.name}`);
      b.onclick = () => socket.send(JSON.stringify({ token, fault: i, begin: !acting.has(i) }));
      row.append(b);
    } else row.append(make("small", acting.has(i) ? "acting" : ""));
    return row;
  });
  const notes = [];
  if (mode === "live" && declared.some(f => f.by_hand)) {
    if (!facts.buttons) notes.push(make("p", "The bench takes no faults by hand (osea hil run --by-hand).", "quiet"));
    else if (!buttons) notes.push(make("p", "Read-only: start the dashboard with --control.", "quiet"));
    else if (!permitted) {
      const form = make("form", "", "token"), field = make("input"), ok = make("button", "Unlock");
      field.placeholder = "token"; field.setAttribute("aria-label", "Token"); field.type = "password"; field.autocomplete = "off";
      form.onsubmit = e => { e.preventDefault(); token = field.value; field.blur(); socket.send(JSON.stringify({ token })); };
      form.append(field, ok); notes.push(form);
    }
  }
  if (refused) notes.push(make("p", refused, "refused"));
  card.replaceChildren(make("h2", "Faults"), ...rows, ...notes);
}

const FIGURES = [
  ["Altitude", "km", i => number(store.at("truth.altitude", i) / 1e3, .01)],
  ["Speed", "m/s", i => number(store.speed(i), .1)],
  ["Climb", "m/s", i => number(-store.at("truth.down", i), .1)],
  ["Pitch", "deg", (i, a) => number(a.pitch, .1)],
  ["Heading", "deg", (i, a) => Math.abs(a.pitch) > 89 ? "–" : number(a.heading, .1)],
  ["Roll rate", "deg/s", i => number(store.at("truth.rate.x", i) * DEG, .01)],
  ["Mach", "", i => store.at("truth.dynamic_pressure", i) > .01 ? number(store.at("truth.mach", i), .01) : "–"],
  ["Dyn. pressure", "kPa", i => number(store.at("truth.dynamic_pressure", i) / 1e3, .01)],
  ["Angle of attack", "deg", i => store.at("truth.dynamic_pressure", i) > 100 ? number(store.at("truth.angle_of_attack", i) * DEG, .01) : "–"],
  ["Mass", "t", i => number(store.at("truth.mass", i) / 1e3, .01)],
  ["Propellant", "t", i => number(store.at("propellant.mass", i) / 1e3, .01)],
  ["Bus", "V", i => number(store.at("power.voltage", i), .01)],
  ["Perigee", "km", i => number(store.at("truth.perigee", i) / 1e3, .1)],
  ["Apogee", "km", i => number(store.at("truth.apogee", i) / 1e3, .1)],
  ["Computer's state", "", i => String(store.at("answer.state", i)) + (store.at("answer.health", i) ? `, health ${store.at("answer.health", i)}` : "")],
];
const cells = FIGURES.map(([name, unit]) => {
  const box = make("div"), dd = make("dd"), value = document.createTextNode("");
  dd.append(value, make("small", unit)); box.append(make("dt", name), dd); $("figures").append(box);
  return value;
});

function flightRange() {
  const end = facts.planned && mode === "live" && state !== "ended" ? Math.max(facts.planned, store.last) : store.last;
  return [store.first, Math.max(end, store.first + 1)];
}

function draw() {
  const i = store.find(cursor), v = name => store.at(name, i), t = store.time[i];
  const [sign, text, tenth] = clock(t);
  const face = $("clock"), mark = make("i", `T${sign}`);
  face.replaceChildren(mark, text, make("small", tenth));
  const phase = v("vehicle.phase");
  $("phase").textContent = facts.phases[phase] || "";
  const a = angles(v("truth.attitude_ned.w"), v("truth.attitude_ned.x"), v("truth.attitude_ned.y"), v("truth.attitude_ned.z"));
  FIGURES.forEach((f, k) => { const s = f[2](i, a); if (cells[k].data !== s) cells[k].data = s; });
  const shapes = facts.outlines, outline = shapes && shapes.shapes[shapes.of_phase[phase]];
  attitude.draw({
    attitude: [v("truth.attitude_ned.w"), v("truth.attitude_ned.x"), v("truth.attitude_ned.y"), v("truth.attitude_ned.z")], outline,
    level: v("engine.level"), gimbal: [v("gimbal.y"), v("gimbal.z")], velocity: [v("truth.north"), v("truth.east"), v("truth.down")],
    altitude: v("truth.altitude"), longest: shapes ? Math.max(...shapes.shapes.map(([x]) => x[x.length - 1] - x[0])) : 0,
  });
  gimbal($("gimbal"), [v("command.gimbal_y"), v("command.gimbal_z")], [v("gimbal.y"), v("gimbal.z")], widest());
  const whole = flightRange();
  const shown = span ? [Math.max(store.first, cursor - (follow ? span : span / 2)), 0] : whole;
  if (span) shown[1] = shown[0] + span;
  strips.draw(store, shown, t);
  if (happenedAt[0] !== store.version || happenedAt[1] !== lines.length) { happened = events(store, facts, lines); happenedAt = [store.version, lines.length]; }
  timeline.draw(store, facts, whole, t, happened);
  const scrub = $("scrub");
  scrub.min = whole[0]; scrub.max = whole[1];
  if (document.activeElement !== scrub || follow || playing) scrub.value = t;
  scrub.setAttribute("aria-valuetext", `T${sign}${text}`);
  const step = v("host.step"), pace = facts.rate && step > 0 ? 1e6 / (facts.rate * step) : 0;
  chip("pace", pace && (state === "flying" || mode === "recording") ? `${pace < 9.95 ? pace.toFixed(1) : Math.round(pace)} × real time` : "");
  links.draw(facts, health, responses, t, state === "flying");
  jitter($("jitter"), facts, health, responses, store, i);
  const seen = happened.filter(e => e.time <= t).length, key = `${happened.length} ${lines.length}`;
  const list = $("events");
  if (key !== listed) {
    listed = key;
    list.replaceChildren(...happened.map(e => {
      const row = make("li"), b = make("button", `${e.time < 0 ? "−" : "+"}${Math.abs(e.time).toFixed(1)} s`);
      b.onclick = () => seek(e.time);
      row.append(b, make("span", e.text, e.kind === "fault" ? "bad" : e.kind === "good" ? "good" : ""));
      return row;
    }));
    if (follow) list.scrollTop = list.scrollHeight;
  }
  [...list.children].forEach((row, k) => row.classList.toggle("later", k >= seen));
  $("play").textContent = playing ? "❚❚" : "▶"; $("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  $("live").classList.toggle("on", follow);
}

let widestAt = -1, widestFound = .01;
function widest() {
  if (widestAt !== store.version) {
    widestAt = store.version;
    let most = 0;
    for (const name of ["gimbal.y", "gimbal.z"]) { const c = store.columns[name]; for (let i = 0; i < store.n; i++) most = Math.max(most, Math.abs(c[i])); }
    widestFound = ([.5, 1, 2, 3, 5, 8, 10, 15, 20].find(d => d / DEG >= most) || 30) / DEG;
  }
  return widestFound;
}

for (const [name, seconds] of SPANS) {
  const b = make("button", name);
  b.setAttribute("aria-pressed", seconds === span);
  b.onclick = () => { span = seconds; [...document.querySelector(".spans").children].forEach(o => o.setAttribute("aria-pressed", o === b)); dirty = true; };
  document.querySelector(".spans").append(b);
}
for (const s of SPEEDS) { const o = make("option", `${s} ×`); o.value = s; $("speed").append(o); }
$("speed").onchange = e => { speed = Number(e.target.value); };
$("play").onclick = () => { playing = !playing; if (playing) { follow = false; if (cursor >= store.last) cursor = store.first; } dirty = true; };
$("live").onclick = () => { follow = true; playing = false; cursor = store.last; dirty = true; };
$("scrub").oninput = e => seek(Number(e.target.value));
window.addEventListener("resize", () => { dirty = true; });

let before = performance.now();
function frame(now) {
  const dt = Math.min((now - before) / 1e3, .2);
  before = now;
  if (store && store.n && facts) {
    if (playing) { cursor += dt * speed; dirty = true; if (cursor >= store.last) { cursor = store.last; playing = false; follow = mode === "live"; } }
    if (dirty) { dirty = false; draw(); }
  }
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
connect();
