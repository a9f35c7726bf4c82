// Which view is shown: the manifest, a launch, the boosters, or any record.

import { h } from "./base.js";
import { boosters, item } from "./boosters.js";
import { launch } from "./launch.js";
import { manifest } from "./manifest.js";
import { anyRecord } from "./record.js";
import { get, kindOf } from "./base.js";

const main = document.getElementById("main");
let leave = () => {};
let turn = 0;

async function show() {
  leave();
  leave = () => {};
  const mine = ++turn;
  main.replaceChildren(h("p.quiet", {}, "Reading…"));
  try {
    const view = await choose(location.hash);
    if (mine !== turn) {
      view.leave?.();
      return;
    }
    leave = view.leave || leave;
    document.title = `${view.title} · Launch data`;
    main.replaceChildren(view.element);
    view.shown?.();
    window.scrollTo(0, 0);
  } catch (error) {
    if (mine === turn) main.replaceChildren(h("p.error", { role: "alert" }, `This cannot be shown: ${error.message}`));
  }
}

async function choose(hash) {
  if (hash.startsWith("#/vehicles")) return boosters();
  if (!hash.startsWith("#/record/")) return manifest();
  const record = await get(`/v1/records/${encodeURIComponent(decodeURIComponent(hash.slice("#/record/".length)))}`);
  if (kindOf(record) === "launch") return launch(record);
  return kindOf(record) === "vehicle-item" ? item(record) : anyRecord(record);
}

window.addEventListener("hashchange", show);
show();
