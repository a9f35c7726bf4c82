// A launch: countdown, globe, timeline, payloads, separation vectors, recovery, downloads; all of it follows the live feed.

import { all, clock, day, get, h, kindOf, linkTo, met, moment, ms, now, number, pill, section, short, table } from "./base.js";
import { Countdown } from "./countdown.js";
import { globe } from "./globe.js";
import { orbit, sigmas } from "./orbit.js";
import { recoveryRows, RECOVERY_HEADS } from "./boosters.js";

const KINDS = ["launch", "opportunity", "manifest-slot", "countdown-clock", "countdown-event", "trajectory", "separation-state",
  "screening-package", "hazard-area", "impact-prediction", "recovery", "flight-unit-log", "anomaly", "price-offer", "registration",
  "environments", "interface-document"];
const TRACKS = ["#ffb454", "#7fd1ff", "#c7a6ff", "#9fe6a8"];

export async function launch(first) {
  const records = new Map();
  const names = new Map();
  for (const record of await all(`/v1/records?launch=${encodeURIComponent(first.id)}`, 2000)) records.set(record.id, record);
  records.set(first.id, first);
  const about = [first.vehicle_type, first.pad, first.mission, first.provider, ...(first.items || []), ...(first.payloads || [])];
  const other = await Promise.all(about.map((id) => get(`/v1/records/${encodeURIComponent(id)}`).catch(() => null)));
  for (const record of other.filter(Boolean)) names.set(record.id, record);
  const of = (kind) => [...records.values()].filter((r) => kindOf(r) === kind);
  const current = () => records.get(first.id);
  const title = (id) => names.get(id)?.name || names.get(id)?.serial || short(id);

  const countdown = new Countdown(first);
  of("countdown-clock").sort((a, b) => a.sequence - b.sequence).forEach((c) => countdown.take(c));
  const live = h("span.link", {}, "not connected");
  const state = h("span");
  const facts = h("dl.hero-facts");
  const canvas = h("canvas", { role: "img", "aria-label": "The trajectory on a globe" });
  const body = h("div.inner");
  const place = h("div.globe", {}, canvas, h("p", {}, "Drag to turn"));
  const hero = h("div.hero", {}, h("div.inner", {},
    h("div", {},
      h("p.lead", {}, state, "  ", live),
      h("h1", {}, first.name),
      h("p.lead", {}, names.get(first.mission)?.name || ""),
      countdown.element, facts),
    place));

  function drawFacts() {
    const l = current();
    state.replaceChildren(pill(l.state));
    const rows = [
      ["T-0", moment(l.t0)], ["Vehicle", h("a", { href: linkTo(l.vehicle_type) }, title(l.vehicle_type))],
      ["Pad", h("a", { href: linkTo(l.pad) }, title(l.pad))], ["Provider", h("a", { href: linkTo(l.provider) }, title(l.provider))],
    ];
    facts.replaceChildren(...rows.map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, v))));
  }

  function timeline() {
    const events = of("countdown-event").sort((a, b) => a.time_s - b.time_s);
    if (!events.length) return null;
    const next = events.find((e) => e.status !== "actual");
    const line = (e) => h(`li.${e.status === "actual" ? "done" : e === next ? "next" : "planned"}`, {},
      h("span.t", {}, met(e.time_s)), h("span", {}, e.name), h("span.at", {}, e.at ? `${clock(e.at)} UTC` : "planned"));
    return section("Timeline", h("ol.timeline", {}, events.map(line)));
  }

  function attempts() {
    const l = current();
    const windows = of("opportunity").sort((a, b) => ms(a.t0) - ms(b.t0));
    const rows = (l.attempts || []).map((a) => [String(a.number), `${day(a.t0)}, ${clock(a.t0)}`, pill(a.result),
      [a.reason, a.stopped_at_t_s !== undefined ? `stopped at ${met(a.stopped_at_t_s)}` : ""].filter(Boolean).join(", ") || "–"]);
    const open = windows.map((w) => [`${day(w.window.start)}, ${clock(w.window.start, false)}–${clock(w.window.end, false)}`,
      clock(w.t0), pill(w.state), (w.closures || []).map((c) => `${c.reason} ${clock(c.interval.start)}–${clock(c.interval.end)}`).join(", ") || "none"]);
    return [rows.length && section("Attempts", table(["No.", "T-0 (UTC)", "Result", "Why"], rows)),
      open.length && section("Windows", table(["Window (UTC)", "T-0", "State", "Closed for"], open))];
  }

  function payloads() {
    const slots = of("manifest-slot").sort((a, b) => (a.deployment_order || 99) - (b.deployment_order || 99));
    const named = new Set(slots.map((s) => s.payload));
    const rows = slots.map((s) => [s.payload ? h("a", { href: linkTo(s.payload) }, title(s.payload)) : "free", names.get(s.payload)?.operator || "–",
      s.name, s.interface, names.get(s.payload)?.mass_kg ? `${number(names.get(s.payload).mass_kg)} kg` : "–", pill(s.state)]);
    for (const id of (current().payloads || []).filter((p) => !named.has(p))) {
      rows.push([h("a", { href: linkTo(id) }, title(id)), names.get(id)?.operator || "–", "–", "–", names.get(id)?.mass_kg ? `${number(names.get(id).mass_kg)} kg` : "–", "–"]);
    }
    return rows.length ? section("Payloads", table(["Payload", "Operator", "Slot", "Interface", "Mass", "State"], rows, "wide")) : null;
  }

  function vectors() {
    const states = of("separation-state").sort((a, b) => a.mission_elapsed_time_s - b.mission_elapsed_time_s);
    if (!states.length) return null;
    const km = (v, d) => h("span.number", {}, v.map((x) => number(x / 1000, d)).join("  "));
    const rows = states.map((s) => {
      const o = orbit(s), sigma = sigmas(s);
      return [h("span", {}, h("a", { href: linkTo(s.id) }, title(s.payload)), h("span.sub", {}, s.status)),
        h("span", {}, met(s.mission_elapsed_time_s), h("span.sub", {}, `${day(s.epoch)}, ${clock(s.epoch)}`)),
        s.frame, km(s.position_m, 3), km(s.velocity_m_s, 5),
        sigma ? h("span.number", {}, `${number(sigma.position)} m, ${number(sigma.velocity, 2)} m/s`) : "–",
        o ? h("span.number", {}, `${number(o.perigee / 1000)} × ${number(o.apogee / 1000)} km, ${o.inclination.toFixed(2)}°`) : "–"];
    });
    return section("Separation vectors", table(["Payload", "When", "Frame", "Position, km", "Velocity, km/s", "1 σ", "Orbit"], rows, "wide"),
      h("p.small", {}, "Orbit: osculating heights over 6378.137 km, computed on this page from the vector."));
  }

  function recovery() {
    const rows = recoveryRows(of("recovery"), title, () => first.name);
    return rows.length ? section("Recovery", table(RECOVERY_HEADS, rows, "wide")) : null;
  }

  function downloads() {
    const kinds = new Map(), files = new Map();
    for (const record of records.values()) {
      kinds.set(kindOf(record), [...(kinds.get(kindOf(record)) || []), record]);
      for (const f of [record.file, ...(record.files || []), ...(record.objects || []).map((o) => o.file)].filter(Boolean)) files.set(f.sha256, f);
    }
    const fileRows = [...files.values()].map((f) => [h("a", { href: `/v1/files/${f.sha256}`, download: f.path.split("/").at(-1) }, f.path.split("/").at(-1)),
      f.format, h("code", {}, `${f.sha256.slice(0, 16)}…`)]);
    const records_ = [...kinds.entries()].sort().map(([kind, list]) => h("details", {},
      h("summary", {}, kind.replaceAll("-", " "), h("span.amount", {}, String(list.length))),
      h("p", {}, list.map((r) => h("a", { href: linkTo(r.id) }, r.name || r.title || short(r.id))))));
    return section("Downloads", fileRows.length ? table(["File", "Format", "SHA-256"], fileRows, "wide") : "",
      h("div.kinds", {}, records_),
      h("p.small", {}, h("a", { href: `/v1/records?launch=${encodeURIComponent(first.id)}&limit=100`, download: "records.json" }, "Records of this launch as JSON"),
        " · ", h("a", { href: `/v1/records/${encodeURIComponent(first.id)}/revisions` }, "every revision of the launch")));
  }

  function draw() {
    drawFacts();
    body.replaceChildren(...[h("div.columns", {}, timeline(), h("div", {}, ...attempts().filter(Boolean))), payloads(), vectors(), recovery(), downloads()].filter(Boolean));
  }

  let view = null, tracks = [], ticking = null, source = null;
  async function drawGlobe() {
    const found = await Promise.all(of("trajectory").map((t) => get(`/v1/tracks/${encodeURIComponent(t.id)}`).catch(() => null)));
    tracks = found.filter(Boolean).map((t, i) => ({ points: t.points.map((p) => [p[1], p[2], p[3]]), times: t.points.map((p) => p[0]), colour: TRACKS[i % TRACKS.length] }));
    const pad = names.get(current().pad);
    const places = pad ? [{ lon: pad.location.longitude_deg, lat: pad.location.latitude_deg, label: pad.name }] : [];
    for (const one of of("impact-prediction")) places.push({ lon: one.nominal.longitude_deg, lat: one.nominal.latitude_deg, label: one.body });
    view = await globe(canvas, { tracks, places, areas: of("hazard-area").map((a) => a.geometry), from: places[0] && [places[0].lon, places[0].lat] });
  }

  function tick() {
    const at = countdown.flying ? (now() - ms(current().t0.value)) / 1000 : null;
    const track = tracks[0];
    if (!view || !track || at === null || at < track.times[0] || at > track.times.at(-1)) return;
    const i = Math.max(1, track.times.findIndex((t) => t >= at));
    const f = (at - track.times[i - 1]) / (track.times[i] - track.times[i - 1] || 1);
    const [a, b] = [track.points[i - 1], track.points[i]];
    const turn = ((b[0] - a[0] + 540) % 360) - 180;
    view.mark({ lon: a[0] + f * turn, lat: a[1] + f * (b[1] - a[1]), height: a[2] + f * (b[2] - a[2]), label: met(at) });
  }

  function listen() {
    source = new EventSource(`/v1/launches/${encodeURIComponent(first.id)}/events`);
    source.onopen = () => { live.textContent = "live"; live.className = "link on"; };
    source.onerror = () => { live.textContent = "connection lost, trying again"; live.className = "link"; };
    let due = null;
    const told = (event) => {
      const record = JSON.parse(event.data).data;
      const known = records.get(record.id);
      if (known && (known.revision ?? 1) > (record.revision ?? 1)) return;
      records.set(record.id, record);
      if (record.id === first.id || kindOf(record) === "countdown-clock") countdown.take(record);
      if (known && JSON.stringify(known) === JSON.stringify(record)) return;
      clearTimeout(due); // many at once are drawn once
      due = setTimeout(() => { draw(); if (["trajectory", "hazard-area", "impact-prediction"].includes(kindOf(record))) drawGlobe(); }, 30);
    };
    for (const kind of KINDS) source.addEventListener(`osea.launch-data.${kind}.v1`, told);
  }

  draw();
  return {
    title: first.name,
    element: h("div", {}, hero, body),
    shown() { countdown.start(); drawGlobe(); listen(); ticking = setInterval(tick, 500); },
    leave() { countdown.stop(); clearInterval(ticking); source?.close(); },
  };
}
