// Activity (each API call the bot makes) and faults.

import { get, patch, post, put, remove } from "./api.js";
import { byId, el } from "./dom.js";
import { icon } from "./icons.js";

const SWITCHES = [
  ["latency", "Slow answers (seconds)", 0.1],
  ["rate_limited", "Next requests get 429", 1],
  ["rate_limited_share", "Share of requests with 429", 0.05],
  ["broken", "Next requests get 500", 1],
  ["broken_share", "Share of requests with 500", 0.05],
  ["broken_after", "Next requests: done, but answered with 500", 1],
];
const FLAGS = [
  ["duplicate_events", "Send each gateway event twice"],
  ["refuse_intents", "Refuse privileged intents at login"],
];
const STRICT = [
  ["strict_limits", "Rate limits like Discord's own"],
  ["refuse_old_edits", "No edits of messages older than an hour"],
  ["forget_nonces", "Forget nonces"],
  ["cdn_gone", "Links to files have expired"],
];
const SEND = 2048 + 32768 + 2 ** 38; // send, attach files, send in threads
const KEPT = 150; // calls shown

export class Tools {
  constructor(app) {
    this.app = app;
    this.calls = el("ol", { class: "calls" });
    this.faults = el("div", {});
    this.panel = el("div", { class: "tool-panel" });
    this.tabs = [["Activity", this.calls], ["Faults", this.faults]].map(([name, content]) =>
      el("button", { class: "tab", role: "tab", onclick: () => this.show(name, content) }, name));
    byId("tools").replaceChildren(
      el("div", { class: "tools-head" },
        el("div", { role: "tablist" }, this.tabs),
        el("button", { class: "icon", "aria-label": "Close", onclick: () => this.toggle() }, icon("close"))),
      this.panel);
    byId("tools-toggle").addEventListener("click", () => this.toggle());
    this.show("Activity", this.calls);
  }

  async toggle() {
    const tools = byId("tools");
    tools.hidden = !tools.hidden;
    byId("tools-toggle").setAttribute("aria-expanded", String(!tools.hidden));
    if (tools.hidden) return;
    const early = this.early = this.newest = []; // what comes while the log is on its way
    const calls = await get("/log").finally(() => { if (this.early === early) this.early = null; });
    if (this.newest !== early) return; // closed and opened again
    this.calls.replaceChildren();
    const last = calls.at(-1)?.number ?? 0;
    [...calls.slice(-KEPT), ...early.filter((call) => call.number > last)].forEach((call) => this.add(call));
    this.drawFaults(await get("/faults"));
  }

  show(name, content) {
    this.tabs.forEach((tab) => tab.setAttribute("aria-selected", String(tab.textContent === name)));
    this.panel.replaceChildren(content);
  }

  add(call) {
    if (byId("tools").hidden) return;
    if (this.early) return void this.early.push(call);
    const badge = el("span", { class: "check" }, "…");
    const said = el("div", { class: "said" });
    const line = el("details", {}, el("summary", {}, badge, call.event ? drawEvent(call) : drawCall(call)), said);
    this.calls.prepend(el("li", {}, line));
    while (this.calls.children.length > KEPT) this.calls.lastChild.remove();
    this.checked = (this.checked ?? Promise.resolve()).then(() => this.check(call, badge, said));
  }

  // One after the other: a check takes the sandbox some time.
  async check(call, badge, said) {
    if (!badge.isConnected) return;
    const { problems, note, ...bodies } = await get(`/log/${call.number}`).catch((error) => ({ problems: null, note: error.message }));
    const fits = problems?.length === 0;
    badge.textContent = fits ? "✓" : problems ? "✗" : "–";
    badge.className = `check ${fits ? "fits" : problems ? "bad" : ""}`;
    badge.title = fits ? "As Discord describes it" : note ?? "Not as Discord describes it";
    badge.setAttribute("role", "img");
    badge.setAttribute("aria-label", badge.title);
    said.append(
      el("p", { class: "hint" }, fits ? "As Discord describes it." : note ?? "Not as Discord describes it:"),
      ...(problems ?? []).map((problem) => el("p", { class: "failed" }, problem)),
      ...Object.entries(bodies).filter(([, body]) => body !== null).map(([name, body]) =>
        el("div", {}, el("b", {}, name), el("pre", {}, JSON.stringify(body, null, 1)))));
  }

  drawFaults(faults) {
    const number = ([name, label, step]) => el("label", { class: "switch" }, el("span", {}, label),
      el("input", {
        type: "number", min: "0", step: String(step), value: String(faults[name]),
        onchange: (event) => patch("/faults", { [name]: Number(event.target.value) }),
      }));
    const flag = ([name, label]) => el("label", { class: "switch" }, el("span", {}, label),
      el("input", {
        type: "checkbox", checked: faults[name],
        onchange: (event) => patch("/faults", { [name]: event.target.checked }),
      }));
    const act = (label, run) => el("button", { class: "button", onclick: run }, label);
    const here = () => this.app.channel.id;
    const archive = () => {
      const archived = this.app.channel.thread_metadata?.archived;
      if (archived !== undefined) patch(`/channels/${here()}`, { archived: !archived });
    };
    this.faults.replaceChildren(
      el("h3", {}, "Requests"), ...SWITCHES.map(number), ...STRICT.map(flag),
      el("h3", {}, "Gateway"), ...FLAGS.map(flag),
      act("Drop, resumable", () => post("/gateway/drop", { resumable: true })),
      act("Drop for good", () => post("/gateway/drop", { resumable: false })),
      el("h3", {}, "Interactions"),
      act("Expire all tokens", () => post("/tokens/expire", {})),
      el("h3", {}, "This channel"),
      act("Take the bot's right to write", () => put("/permissions", { channel: here(), deny: SEND })),
      act("Give it back", () => put("/permissions", { channel: here(), deny: 0 })),
      act("Archive or reopen thread", archive),
      act("Delete it", () => confirm("Delete this channel and its messages?") && remove(`/channels/${here()}`)));
  }
}

function drawEvent(call) {
  return el("span", { class: "event" }, `→ ${call.event}`);
}

function drawCall(call) {
  const kind = call.status >= 500 || call.status === 429 ? "warn" : call.status >= 400 ? "bad" : "";
  const path = call.path.replace(/\/[\w-]{60,}/, "/…");
  return el("span", {},
    el("span", { class: "took" }, `${call.milliseconds} ms`),
    el("span", { class: `status ${kind}` }, call.status), ` ${call.method} ${path}`,
    call.error && el("pre", {}, JSON.stringify(call.error, null, 1)));
}
