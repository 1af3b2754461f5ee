// What stands around the messages: the channels, who one is, who is typing, what is wrong.

import { avatar, byId, el, nameOf, whenReleased } from "./dom.js";
import { icon } from "./icons.js";

const TYPING = 9000; // milliseconds; Discord shows it for ten seconds, and clients say it anew before

export class Frame {
  constructor(app) {
    this.app = app;
    this.lost = false; // the sandbox doesn't answer
    this.unread = new Set();
    this.typists = new Map();
  }

  draw() {
    const { guild, bot, humans } = this.app.world;
    const { channel } = this.app;
    const name = channel ? this.app.label(channel) : "";
    byId("guild-name").textContent = guild.name;
    document.title = name ? `${name} · ${guild.name}` : guild.name;
    byId("channel-name").textContent = name;
    byId("topic").textContent = channel?.topic ?? "";
    byId("presence").textContent = bot.online ? "Bot online" : "Bot offline";
    byId("presence").classList.toggle("online", bot.online);
    byId("viewer").replaceChildren(...humans.map((user) =>
      el("option", { value: user.id, selected: user.id === this.app.viewer }, this.called(user))));
    byId("my-avatar").replaceChildren(avatar(this.app.user(this.app.viewer), "small"));
    const banner = byId("banner");
    banner.hidden = !this.lost && bot.online;
    banner.textContent = this.lost
      ? "The sandbox doesn't answer. The page connects again by itself."
      : "The bot is not connected. It comes back by itself when it starts.";
    this.drawChannels();
    this.drawTyping();
    this.app.timeline?.drawFirstUse();
  }

  called(user) {
    return user.id === this.app.world.owner_id ? `${nameOf(user)} (admin)` : nameOf(user);
  }

  // Something was said in a channel that isn't open.
  mark(channel) {
    if (this.unread.has(channel)) return;
    this.unread.add(channel);
    this.drawChannels();
  }

  drawChannels() {
    whenReleased("channels", () => this.showChannels());
  }

  showChannels() {
    const { channels } = this.app.world;
    const text = channels.filter((channel) => channel.type === 0).sort((a, b) => a.position - b.position);
    const direct = channels.filter((channel) => channel.type === 1
      && channel.recipients.some((user) => user.id === this.app.viewer));
    byId("channels").replaceChildren(
      el("h2", {}, "Channels"),
      ...text.flatMap((channel) => [this.entry(channel, "hash"), ...this.threads(channel)]),
      ...(direct.length ? [el("h2", {}, "Direct messages"), ...direct.map((channel) => this.entry(channel, "at"))] : []));
  }

  threads(parent) {
    return this.app.world.channels
      .filter((channel) => channel.parent_id === parent.id && [10, 11, 12].includes(channel.type))
      .map((thread) => this.entry(thread, "branch", thread.thread_metadata.archived ? "thread closed" : "thread"));
  }

  entry(channel, sign, kind = "") {
    return el("button", {
      class: `channel ${kind} ${this.unread.has(channel.id) ? "unread" : ""}`,
      "aria-current": channel.id === this.app.channel?.id ? "page" : undefined,
      onclick: () => this.app.open(channel.id),
    },
    el("span", { class: "sign", "aria-hidden": "true" }, icon(sign, 18)),
    el("span", { class: "name" }, channel.type === 1 ? nameOf(this.app.world.bot) : channel.name));
  }

  type({ user_id: user, channel_id: channel }) {
    if (channel !== this.app.channel?.id || user === this.app.viewer) return;
    clearTimeout(this.typists.get(user));
    this.typists.set(user, setTimeout(() => this.stopTyping(user), TYPING));
    this.drawTyping();
  }

  stopTyping(user) {
    this.typists.delete(user);
    this.drawTyping();
  }

  drawTyping() {
    const names = [...this.typists.keys()].map((id) => this.app.names?.user(id));
    byId("typing").textContent = names.length ? `${names.join(", ")} is typing…` : "";
  }
}
