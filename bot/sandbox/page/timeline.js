// The messages of the open channel: loaded in pages, changed live, kept at the end.

import { get } from "./api.js";
import { Below } from "./below.js";
import { el, whenReleased } from "./dom.js";
import { icon } from "./icons.js";
import { dayLine, messageItem } from "./messages.js";

const PAGE = 60; // messages loaded at once
const NEAR = 120; // px from the end that count as the end

export class Timeline {
  constructor(list, scroller, app) {
    this.list = list;
    this.scroller = scroller;
    this.app = app;
    this.messages = [];
    this.missed = null; // what happens while the messages are on their way
    this.complete = false;
    scroller.addEventListener("scroll", () => this.loadOlder());
    // Pictures grow when they arrive: stay at the end if that is where one was.
    this.atEnd = true;
    this.top = scroller.scrollTop; // as it was last seen
    this.below = new Below(scroller, () => this.toEnd());
    scroller.addEventListener("scroll", () => this.scrolled());
    list.addEventListener("load", () => this.stay(), true);
    new ResizeObserver(() => this.stay()).observe(scroller);
  }

  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.top = scrollTop;
    this.atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.atEnd) this.below.hide();
  }

  // The event of scrolling comes a frame late: who has just left the end isn't brought back to it.
  look() {
    if (this.scroller.scrollTop !== this.top) this.scrolled();
  }

  stay() {
    this.look();
    if (this.atEnd) this.toEnd();
  }

  async open(channel) {
    this.channel = channel;
    this.messages = [];
    this.list.replaceChildren();
    await this.reload();
  }

  async reload() {
    const channel = this.channel;
    const missed = [];
    this.missed = missed;
    const found = await this.fetch("");
    if (channel !== this.channel || missed !== this.missed) return; // a newer one is on its way
    this.missed = null;
    this.messages = missed.reduce(changed, found);
    this.complete = found.length < PAGE;
    this.draw();
    this.toEnd();
    if (missed.some(([name]) => isReaction(name))) await this.reload(); // is it counted or not?
  }

  fetch(before) {
    const query = new URLSearchParams({ channel: this.channel, user: this.app.viewer, limit: PAGE });
    if (before) query.set("before", before);
    return get(`/messages?${query}`);
  }

  async loadOlder() {
    if (this.scroller.scrollTop > 200 || this.complete || this.loading || !this.messages.length) return;
    this.loading = true;
    const channel = this.channel;
    const older = await this.fetch(this.messages[0].id);
    this.loading = false;
    if (channel !== this.channel) return;
    this.complete = older.length < PAGE;
    this.messages = [...older, ...this.messages];
    const height = this.scroller.scrollHeight;
    this.draw();
    this.scroller.scrollTop += this.scroller.scrollHeight - height;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.top = this.scroller.scrollTop;
    this.atEnd = true;
    this.below.hide();
  }

  change(name, data) {
    this.missed?.push([name, data]);
    this.look();
    const at = this.messages.findIndex((message) => message.id === (data.message_id ?? data.id));
    if (name === "MESSAGE_CREATE") {
      if (at >= 0) return;
      this.messages.push(data);
      whenReleased(`new ${data.id}`, () => this.appear(data.id));
    } else if (at < 0) {
      return;
    } else if (name === "MESSAGE_DELETE") {
      this.messages.splice(at, 1);
      whenReleased("messages", () => this.draw());
    } else if (name === "MESSAGE_UPDATE") {
      this.messages[at] = data;
      whenReleased(data.id, () => this.redraw(data.id));
    } else {
      this.react(this.messages[at], data, name.endsWith("_ADD") ? 1 : -1);
      whenReleased(data.message_id, () => this.redraw(data.message_id));
    }
    if (this.atEnd) this.toEnd();
  }

  appear(id) {
    const at = this.messages.findIndex((one) => one.id === id);
    if (at < 0 || this.list.querySelector(`[data-id="${id}"]`)) return;
    this.look();
    this.append(this.messages[at], this.messages[at - 1]).forEach((node) => node.classList.add("fresh"));
    this.drawFirstUse();
    if (this.atEnd) this.toEnd();
    else this.below.show();
  }

  react(message, { emoji, user_id: user }, step) {
    const list = message.reactions ?? [];
    const known = list.find((reaction) => reaction.emoji.name === emoji.name);
    const entry = known ?? { emoji, count: 0, me: false };
    entry.count += step;
    if (user === this.app.viewer) entry.me = step > 0;
    message.reactions = (known ? list : [...list, entry]).filter((reaction) => reaction.count > 0);
  }

  draw() {
    const notices = this.list.querySelectorAll(".notice");
    this.list.replaceChildren();
    if (this.complete) this.list.append(welcome(this.app));
    this.messages.forEach((message, index) => this.append(message, this.messages[index - 1]));
    this.list.append(...notices);
    this.drawFirstUse();
  }

  append(message, previous) {
    const nodes = [dayLine(message, previous), messageItem(message, previous, this.app)].filter(Boolean);
    this.list.append(...nodes);
    return nodes;
  }

  // Keeps a picture in place while its successor loads: a preview that develops must not flicker.
  redraw(id) {
    const at = this.messages.findIndex((one) => one.id === id);
    const message = this.messages[at];
    const old = this.list.querySelector(`[data-id="${id}"]`);
    if (!message || !old) return; // gone while a button was pressed
    const fresh = messageItem(message, this.messages[at - 1], this.app);
    const before = [...old.querySelectorAll(".picture img")];
    fresh.querySelectorAll(".picture img").forEach((image, index) => {
      image.loading = "eager";
      const last = before[index];
      if (!last || last.src === image.src) return;
      const next = image.src;
      image.src = last.src;
      const loader = new Image();
      loader.onload = loader.onerror = () => { image.src = next; };
      loader.src = next;
    });
    const focused = old.contains(document.activeElement) && document.activeElement.dataset.customId;
    old.replaceWith(fresh);
    if (focused) fresh.querySelector(`[data-custom-id="${CSS.escape(focused)}"]`)?.focus();
  }

  // A line only this page shows: something went wrong.
  notice(text, what) {
    const node = el("li", { class: "message ephemeral notice fresh" },
      el("div", { class: "body" },
        el("p", { class: "failed", role: "alert", style: "margin: 4px 0" }, icon("warn", 18), " ", what ? `${what}: ` : "", text),
        el("div", { class: "only-you" }, icon("eye", 15), "Only you can see this · ",
          el("button", { onclick: () => node.remove() }, "Dismiss message"))));
    this.list.append(node);
    this.toEnd();
  }

  // Shown until the bot has said something here.
  drawFirstUse() {
    whenReleased("first use", () => this.showFirstUse());
  }

  showFirstUse() {
    this.list.querySelector(".first-use")?.remove();
    const { app } = this;
    const first = app.world.commands.length ? app.deeds.first : null;
    const quiet = !this.messages.some((message) => message.author.bot);
    if (!first || !quiet || app.channel?.type !== 0 || app.channel.position > 0) return;
    this.list.append(el("li", { class: "first-use" },
      el("div", {},
        el("strong", {}, "Type ", el("kbd", {}, `/${first.shown}`), " to draw your first page"),
        el("span", { class: "hint" }, "Or press the button: the dialog can fill itself with an example.")),
      el("button", { class: "button ink", onclick: () => app.deeds.tryFirst() }, `Try /${first.shown}`)));
  }
}

const isReaction = (name) => name.startsWith("MESSAGE_REACTION");

// The messages after an event. It may be in them already.
function changed(messages, [name, data]) {
  if (isReaction(name)) return messages;
  if (name === "MESSAGE_DELETE") return messages.filter((one) => one.id !== data.id);
  const known = messages.some((one) => one.id === data.id);
  if (known) return messages.map((one) => (one.id === data.id ? data : one));
  return name === "MESSAGE_CREATE" ? [...messages, data] : messages;
}

function welcome(app) {
  const { channel } = app;
  const thread = [10, 11, 12].includes(channel.type);
  return el("li", { class: "welcome" },
    el("div", { class: "mark", "aria-hidden": "true" }, icon(thread ? "thread" : "hash", 34)),
    el("h2", {}, thread ? channel.name : `Welcome to ${app.label(channel)}`),
    el("p", {}, thread ? "This is the start of the thread." : channel.topic || "This is the start of the channel."));
}
