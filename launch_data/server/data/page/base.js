// What every view needs: elements without markup from outside, requests, words and numbers for people.

export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

let skew = 0; // ms, server less this device
export const now = () => Date.now() + skew;

export async function get(path) {
  const response = await fetch(path, { headers: { Accept: "application/json" } });
  const date = Date.parse(response.headers.get("Date") || "");
  if (!Number.isNaN(date) && Math.abs(date - Date.now()) > 1500) skew = date + 500 - Date.now();
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail || `the server answered ${response.status}`);
  }
  return response.json();
}

export async function all(path, most = 500) {
  const found = [];
  let cursor = "";
  do {
    const page = await get(`${path}&limit=100${cursor}`);
    found.push(...page.records);
    cursor = page.next ? `&cursor=${page.next}` : "";
  } while (cursor && found.length < most);
  return found;
}

export const kindOf = (record) => record.schema.split("/")[2];
export const linkTo = (id) => `#/record/${encodeURIComponent(id)}`;
export const short = (urn) => urn.split(":").slice(-2).join(" ");
export const ms = (utc) => Date.parse(utc.replace(/:60(\.\d+)?Z$/, ":59.999Z").replace(/(\.\d{3})\d+Z$/, "$1Z"));

const two = (n) => String(n).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function day(utc) {
  const d = new Date(ms(utc));
  return `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
}

export function clock(utc, seconds = true) {
  const d = new Date(ms(utc));
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}${seconds ? `:${two(d.getUTCSeconds())}` : ""}`;
}

const COARSE = { year: 0, half: 0, quarter: 0, month: 1, day: 2 };
export function moment(t) {
  const d = new Date(ms(t.value));
  const net = t.kind === "net" ? "NET " : "";
  if (!(t.precision in COARSE)) return `${net}${day(t.value)}, ${clock(t.value)} UTC`;
  if (t.precision === "half" || t.precision === "quarter") {
    const part = t.precision === "half" ? `H${d.getUTCMonth() < 6 ? 1 : 2}` : `Q${1 + Math.floor(d.getUTCMonth() / 3)}`;
    return `${net}${part} ${d.getUTCFullYear()}`;
  }
  return net + [d.getUTCFullYear(), MONTHS[d.getUTCMonth()], d.getUTCDate()].slice(0, COARSE[t.precision] + 1).reverse().join(" ");
}

// T-clock: sign, days, hours, minutes, seconds
export function count(seconds) {
  const whole = Math.floor(Math.abs(seconds) + (seconds < 0 ? 0.999 : 0));
  const days = Math.floor(whole / 86400);
  const rest = `${two(Math.floor(whole / 3600) % 24)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return { sign: seconds < 0 ? "T−" : "T+", days, rest };
}

export function met(seconds) {
  const c = count(seconds);
  return `${c.sign}${c.days ? `${c.days} d ` : ""}${c.rest}`;
}

export function span(seconds) {
  if (seconds >= 2 * 86400) return `${(seconds / 86400).toFixed(seconds < 864000 ? 1 : 0)} d`;
  if (seconds >= 7200) return `${(seconds / 3600).toFixed(1)} h`;
  return seconds >= 120 ? `${Math.round(seconds / 60)} min` : `${seconds.toFixed(0)} s`;
}

export const number = (value, digits = 0) =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replaceAll(",", "\u202f");

const TONES = {
  go: "good", success: "good", active: "good", "lifted-off": "good", open: "good", used: "good", booked: "good", flown: "good",
  hold: "warn", holding: "warn", scrubbed: "bad", failure: "bad", lost: "bad", "partial-failure": "warn", damaged: "warn",
  aborted: "bad", "in-flight": "live", counting: "live", refurbishing: "warn",
};
export const pill = (word) => h(`span.pill.${TONES[word] || "plain"}`, {}, word.replaceAll("-", " "));

export function table(heads, rows, name = "") {
  const body = rows.map((row) => h("tr", {}, row.map((cell, i) => h("td", { "data-head": heads[i] }, cell ?? "–"))));
  return h("div.scroll", {}, h(`table${name ? `.${name}` : ""}`, {}, h("thead", {}, h("tr", {}, heads.map((t) => h("th", { scope: "col" }, t)))), h("tbody", {}, body)));
}

export function section(title, ...children) {
  return h("section", {}, h("h2", {}, title), ...children);
}
