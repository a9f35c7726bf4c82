// The interface for people, from the OpenAPI document.

import { get, h, section, table } from "./base.js";

const TITLES = { reading: "Reading", live: "Live", writing: "Writing" };
const FORMS = [ // what people read in place of a pattern
  [(s) => s?.format === "date-time", "a time in UTC, such as 2027-03-01T12:00:00Z"],
  [(s) => s?.pattern?.startsWith("^urn:"), "a URN"],
  [(s) => s?.pattern?.startsWith("^[^"), "a word"],
];
const form = (s) => FORMS.find(([fits]) => fits(s))?.[1] || s?.enum?.join(", ") || s?.const || s?.pattern || [s?.type, s?.format].filter(Boolean).join(" ") || (s?.anyOf || []).filter((x) => x.type !== "null").map(form).join(" or ");
const bounds = (s) => [s?.minimum !== undefined ? `from ${s.minimum}` : "", s?.maximum !== undefined ? `to ${s.maximum}` : "", s?.default !== undefined && s.default !== null ? `else ${s.default}` : ""].filter(Boolean).join(" ");

function route(path, method, operation) {
  const rows = (operation.parameters || []).map((p) => [h("span", {}, h("code", {}, p.name), h("span.sub", {}, p.in)), p.description || p.schema?.description || "",
    h("span", {}, [form(p.schema), bounds(p.schema)].filter(Boolean).join("; ").slice(0, 160))]);
  const answers = Object.entries(operation.responses).filter(([code]) => code !== "422" || !operation.responses[code].content?.["application/json"])
    .map(([code, r]) => `${code} ${r.description}`);
  return h("div.route", {},
    h("h3", {}, h("span.method", {}, method.toUpperCase()), h("code", {}, path)),
    h("p", {}, operation.summary || ""),
    rows.length ? table(["Parameter", "Meaning", "Form"], rows) : "",
    h("p", {}, answers.join(" · ")));
}

const main = document.getElementById("main");
try {
  const api = await get("/openapi.json");
  const groups = { reading: [], live: [], writing: [] };
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) groups[operation.tags[0]].push(route(path, method, operation));
  }
  const example = `curl ${location.origin}/v1/launches?limit=5\ncurl -N ${location.origin}/v1/events\ncurl -H "Authorization: Bearer osea_…" -H "Content-Type: application/json" \\\n     --data-binary @launch.json ${location.origin}/v1/records`;
  main.replaceChildren(section("Interface", h("p", {}, api.info.description), h("pre", {}, example)),
    ...Object.entries(groups).map(([tag, routes]) => section(TITLES[tag], ...routes)));
} catch (error) {
  main.replaceChildren(h("p.error", { role: "alert" }, `This cannot be shown: ${error.message}`));
}
