// Any record: its envelope, its revisions, and its text.

import { day, clock, get, h, kindOf, linkTo, pill, section, table } from "./base.js";

export async function anyRecord(record) {
  const path = `/v1/records/${encodeURIComponent(record.id)}`;
  const revisions = (await get(`${path}/revisions?limit=100`)).records.reverse();
  const name = record.name || record.serial || record.title || record.designator || record.object_name || kindOf(record).replaceAll("-", " ");
  const facts = [["Identifier", record.id], ["Issued by", h("a", { href: linkTo(record.issuer) }, record.issuer)], ["Access", record.access?.level || "public"],
    ["Made by", (record.provenance || []).map((p) => [p.method, p.software, p.source].filter(Boolean).join(", ")).join("; ") || "not told"]];
  const names = Object.entries(record).filter(([k, v]) => typeof v === "string" && v.startsWith("urn:") && !["id", "issuer"].includes(k));
  for (const [field, urn] of names) facts.push([field.replaceAll("_", " "), h("a", { href: linkTo(urn) }, urn)]);
  const element = h("div", {},
    h("div.hero.alone", {}, h("div.inner", {}, h("div", {}, h("p.lead", {}, kindOf(record).replaceAll("-", " ")), h("h1", {}, name), h("p.lead", {}, pill(record.status))))),
    h("div.inner", {},
      section("About", h("dl.facts", {}, facts.flatMap(([k, v]) => [h("dt", {}, k), h("dd", {}, v)]))),
      section("Revisions", table(["Revision", "Issued (UTC)", "Status", ""], revisions.map((r) => [String(r.revision ?? 1), `${day(r.issued_at)}, ${clock(r.issued_at)}`,
        pill(r.status), h("a", { href: `${path}?revision=${r.revision ?? 1}` }, "JSON")]))),
      section("The record", h("pre", { tabindex: "0" }, JSON.stringify(record, null, 2)))));
  return { title: name, element };
}
