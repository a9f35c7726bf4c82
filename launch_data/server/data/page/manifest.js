// The manifest: what comes next, with its countdown, and what has flown.

import { all, get, h, linkTo, moment, now, pill, section, short, table } from "./base.js";
import { Countdown } from "./countdown.js";

export async function manifest() {
  const at = new Date(now()).toISOString().replace(/\.\d+Z$/, "Z");
  const [coming, flown, types, pads, sites, missions] = await Promise.all([
    get(`/v1/launches?from=${at}&limit=20`),
    get(`/v1/launches?to=${at}&order=-time&limit=20`),
    all("/v1/records?kind=vehicle-type"),
    all("/v1/records?kind=pad"),
    all("/v1/records?kind=site"),
    all("/v1/records?kind=mission"),
  ]);
  const known = new Map([...types, ...pads, ...sites, ...missions].map((r) => [r.id, r]));
  const name = (id) => known.get(id)?.name || short(id);
  const where = (id) => [name(id), known.has(known.get(id)?.site) ? name(known.get(id).site) : ""].filter(Boolean).join(", ");

  const row = (launch) => [
    h("span", {}, moment(launch.t0)),
    h("span", {}, h("a", { href: linkTo(launch.id) }, launch.name), h("span.sub", {}, known.get(launch.mission)?.name || "")),
    name(launch.vehicle_type),
    where(launch.pad),
    pill(launch.state),
  ];
  const heads = ["T-0", "Launch", "Vehicle", "From", "State"];
  const list = (title, page, path) => {
    if (!page.records.length) return null;
    const shown = table(heads, page.records.map(row));
    const body = shown.querySelector("tbody");
    let next = page.next;
    const more = h("button.more", { hidden: !next, onclick: async () => {
      const following = await get(`${path}&cursor=${next}`);
      body.append(...table(heads, following.records.map(row)).querySelectorAll("tbody tr"));
      next = following.next;
      more.hidden = !next;
    } }, "More");
    return section(title, shown, more);
  };

  const next = flown.records.find((l) => l.state === "in-flight") || coming.records[0];
  const countdown = next ? new Countdown(next) : null;
  const empty = !next && !flown.records.length;
  const element = h("div", {},
    next && h("div.hero.alone", {}, h("div.inner", {}, h("div", {},
      h("p.lead", {}, next.state === "in-flight" ? "Under way" : "Next launch", "  ", pill(next.state)),
      h("h1", {}, h("a", { href: linkTo(next.id) }, next.name)),
      h("p.lead", {}, `${known.get(next.mission)?.name || name(next.vehicle_type)} · ${where(next.pad)}`),
      countdown.element))),
    h("div.inner", {},
      empty && h("p.quiet", {}, "No launch has been made public here yet."),
      list("Coming", coming, `/v1/launches?from=${at}&limit=20`),
      list("Flown", { ...flown, records: flown.records.filter((l) => l !== next) }, `/v1/launches?to=${at}&order=-time&limit=20`)));
  return { title: "Manifest", element, shown: () => countdown?.start(), leave: () => countdown?.stop() };
}

