// The countdown: the T clock as the provider's clock records say it (it can hold), mission elapsed time after lift-off.

import { clock, count, day, h, ms, now } from "./base.js";

export class Countdown {
  constructor(launch) {
    this.launch = launch;
    this.clock = null; // the newest clock record
    this.face = h("p.count", { role: "timer", "aria-label": "countdown" });
    this.note = h("p.count-note");
    this.element = h("div", {}, this.face, this.note);
    this.draw();
  }

  // Take a newer revision of the launch, or a clock; a clock of a lower sequence is late.
  take(record) {
    if (record.id === this.launch.id) this.launch = record;
    else if (!this.clock || record.sequence >= this.clock.sequence) this.clock = record;
    this.draw();
  }

  get flying() {
    return this.launch.t0.kind === "actual";
  }

  // Seconds on the clock, and what is said beside it
  reading() {
    const c = this.clock, t0 = this.launch.t0;
    if (this.flying) return { seconds: (now() - ms(t0.value)) / 1000, note: `Lift-off ${day(t0.value)}, ${clock(t0.value)} UTC` };
    if (c?.state === "lifted-off" && c.t0) return { seconds: (now() - ms(c.t0)) / 1000, note: "In flight" };
    if (this.launch.state === "scrubbed" || c?.state === "scrubbed") {
      return { words: "Scrubbed", note: this.launch.attempts?.at(-1)?.reason || c?.hold_reason || "A new T-0 will be told." };
    }
    if (c?.state === "holding") {
      const until = c.resumes_at ? ` · resumes at ${clock(c.resumes_at)} UTC` : "";
      return { seconds: c.t_s, stopped: true, note: `Hold: ${c.hold_reason || "no reason told"}${until}` };
    }
    if (c?.state === "recycled") return { seconds: c.t_s, stopped: true, note: "Recycled; the count starts again from here." };
    const zero = c?.state === "counting" && c.t0 ? c.t0 : t0.value;
    if (["year", "half", "quarter", "month", "day"].includes(t0.precision) && !c) return { words: "", note: "" };
    const seconds = (now() - ms(zero)) / 1000;
    if (seconds > 60) return { words: "Awaiting news", note: `T-0 was planned for ${day(zero)}, ${clock(zero)} UTC` };
    return { seconds, note: `T-0 ${day(zero)}, ${clock(zero)} UTC` };
  }

  draw() {
    const { seconds, words, stopped, note } = this.reading();
    this.note.textContent = note;
    this.face.className = `count${stopped ? " stopped" : ""}${words !== undefined ? " ended" : ""}`;
    if (words !== undefined) return this.face.replaceChildren(words);
    const c = count(seconds);
    return this.face.replaceChildren(h("span.sign", {}, c.sign), c.days ? h("span", {}, String(c.days), h("small", {}, " d")) : "", c.rest);
  }

  start() {
    this.stop();
    this.timer = setInterval(() => this.draw(), 200);
  }

  stop() {
    clearInterval(this.timer);
  }
}
