// Serialised items: how often each has flown, how it came back, what of its life is used; all derived from records.

import { all, day, h, kindOf, linkTo, ms, number, pill, section, short, span, table } from "./base.js";

export const RECOVERY_HEADS = ["Item", "Launch", "Mode", "Outcome", "Touchdown", "Off target", "Down / across", "Tilt"];

export function recoveryRows(records, title, launchName) {
  return records.map((r) => {
    const t = r.touchdown;
    return [h("a", { href: linkTo(r.item) }, title(r.item)), h("a", { href: linkTo(r.launch) }, launchName(r.launch)), r.mode, pill(r.outcome),
      t ? `${day(t.at)}` : "–", t ? `${number(t.distance_m, 1)} m` : "–",
      t ? h("span.number", {}, `${number(t.vertical_speed_m_s, 1)} / ${number(t.horizontal_speed_m_s, 1)} m/s`) : "–", t ? `${number(t.tilt_deg, 1)}°` : "–"];
  });
}

const lifted = (launch) => launch.t0.kind === "actual" || (launch.attempts || []).some((a) => a.result === "lifted-off");

async function history(id) {
  const named = await all(`/v1/records?about=${encodeURIComponent(id)}`);
  const of = (kind) => named.filter((r) => kindOf(r) === kind);
  return { flights: of("launch").filter(lifted), recoveries: of("recovery"), logs: of("flight-unit-log"), anomalies: of("anomaly") };
}

export async function boosters() {
  const items = await all("/v1/records?kind=vehicle-item");
  const known = await Promise.all(items.map((i) => history(i.id)));
  const card = (one, { flights, recoveries }) => h("div.card", {},
    h("h3", {}, h("a", { href: linkTo(one.id) }, one.serial), pill(one.state)),
    h("p", {}, one.kind.replaceAll("-", " ")),
    h("div.figures", {},
      h("div", {}, h("b", {}, String(flights.length)), h("span", {}, flights.length === 1 ? "flight" : "flights")),
      h("div", {}, h("b", {}, `${recoveries.filter((r) => r.outcome === "success").length}/${recoveries.filter((r) => r.attempted).length}`), h("span", {}, "recovered"))));
  const element = h("div.inner", {}, section("Boosters and other items", items.length
    ? h("div.cards", {}, items.map((one, i) => card(one, known[i])))
    : h("p.quiet", {}, "No item has been made public here yet.")));
  return { title: "Boosters", element };
}

export async function item(record) {
  const { flights, recoveries, logs, anomalies } = await history(record.id);
  flights.sort((a, b) => ms(a.t0.value) - ms(b.t0.value));
  const rows = flights.map((launch, i) => {
    const recovery = recoveries.find((r) => r.launch === launch.id);
    const before = i ? ms(launch.t0.value) - ms(flights[i - 1].t0.value) : 0;
    const log = logs.find((l) => l.launch === launch.id);
    return [String(i + 1), h("span", {}, h("a", { href: linkTo(launch.id) }, launch.name), h("span.sub", {}, day(launch.t0.value))),
      before ? span(before / 1000) : "first flight", log ? `${log.starts} starts, ${span(log.burn_time_s)}` : "–",
      recovery ? pill(recovery.outcome) : "–",
      recovery?.touchdown ? h("span.number", {}, `${number(recovery.touchdown.distance_m, 1)} m, ${number(Math.abs(recovery.touchdown.vertical_speed_m_s), 1)} m/s`) : "–"];
  });
  const last = logs.sort((a, b) => ms(a.lifted_off_at) - ms(b.lifted_off_at)).at(-1);
  const life = (last?.life || []).map((l) => [l.limit, `${number(l.used, l.used % 1 ? 2 : 0)} of ${number(l.allowed, l.allowed % 1 ? 2 : 0)}`,
    h("span", {}, meter(l.used / l.allowed)), l.rule]);
  const element = h("div", {},
    h("div.hero.alone", {}, h("div.inner", {}, h("div", {}, h("p.lead", {}, record.kind.replaceAll("-", " ")), h("h1", {}, record.serial), h("p.lead", {}, pill(record.state)),
      h("dl.hero-facts", {}, [["Flights", String(flights.length)], ["Recovered", `${recoveries.filter((r) => r.outcome === "success").length} of ${recoveries.filter((r) => r.attempted).length} attempts`],
        ["Built", record.built ? day(record.built.value).slice(record.built.precision === "month" ? 2 : 0) : "–"], ["Type", h("a", { href: linkTo(record.vehicle_type) }, short(record.vehicle_type))]]
        .map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, v))))))),
    h("div.inner", {},
      rows.length ? section("Flights", table(["No.", "Launch", "After", "Engines", "Recovery", "Touchdown"], rows)) : h("p.quiet", {}, "It has not flown yet."),
      life.length > 0 && section("Life used", table(["Limit", "Used", "", "Rule"], life)),
      recoveries.some((r) => r.findings?.length || r.parts_replaced?.length) && section("Between flights", table(["After", "Found", "Replaced", "Released"],
        recoveries.map((r) => [flights.find((f) => f.id === r.launch)?.name || short(r.launch), (r.findings || []).join("; ") || "nothing",
          (r.parts_replaced || []).map((p) => `${p.count ?? 1} × ${p.part}`).join(", ") || "nothing", r.released_at ? day(r.released_at) : "–"]))),
      anomalies.length > 0 && section("Anomalies", table(["When", "What", "Severity", "State"],
        anomalies.map((a) => [day(a.occurred_at.value), h("a", { href: linkTo(a.id) }, a.title), a.severity, pill(a.state)])))));
  return { title: record.serial, element };
}

function meter(fraction) {
  const bar = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [k, v] of Object.entries({ viewBox: "0 0 100 6", preserveAspectRatio: "none", class: "meter" })) bar.setAttribute(k, v);
  const used = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [k, v] of Object.entries({ width: 100 * Math.min(1, fraction), height: 6, fill: fraction > 0.9 ? "#b3261e" : "#1f4e79" })) used.setAttribute(k, v);
  bar.append(used);
  return bar;
}
