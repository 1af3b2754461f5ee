// The page: which channel is open, and who hears of what happens.

import { get, listen, put } from "./api.js";
import { Composer } from "./composer.js";
import { localized } from "./commands.js";
import { Deeds } from "./deeds.js";
import { announce, byId, nameOf } from "./dom.js";
import { Frame } from "./frame.js";
import { icon } from "./icons.js";
import { messageMenu } from "./menus.js";
import { Timeline } from "./timeline.js";
import { Tools } from "./tools.js";

class App {
  constructor() {
    this.world = null;
    this.viewer = localStorage.getItem("viewer");
    this.channel = null;
    this.changes = 0; // of what a snapshot tells
    this.frame = new Frame(this);
    this.deeds = new Deeds(this);
  }

  async start() {
    await this.load();
    if (!this.world.humans.some((user) => user.id === this.viewer)) this.viewer = this.world.humans[0].id;
    this.names = {
      user: (id) => nameOf(this.user(id) || { global_name: "unknown member" }),
      role: (id) => this.world.roles.find((role) => role.id === id)?.name ?? "unknown role",
      channel: (id) => this.find(id)?.name ?? "unknown channel",
    };
    this.timeline = new Timeline(byId("messages"), byId("log"), this);
    this.composer = new Composer(byId("composer-place"), this);
    this.tools = new Tools(this);
    this.wire();
    await this.listen();
    const wanted = decodeURIComponent(location.hash.slice(1));
    await this.open((this.find(wanted) ?? this.world.channels.find((c) => c.type === 0)).id);
  }

  // What happens while a snapshot is on its way can be missing in it.
  async load() {
    let changes;
    let world;
    do {
      changes = this.changes;
      world = await get("/snapshot");
    } while (changes !== this.changes);
    this.world = world;
    this.world.commands = this.world.commands.map((command) => localized(command, navigator.language));
  }

  wire() {
    byId("menu").append(icon("menu"));
    byId("tools-toggle").append(icon("tools"));
    byId("menu").addEventListener("click", () => document.body.classList.toggle("drawer-open"));
    byId("shade").addEventListener("click", () => document.body.classList.remove("drawer-open"));
    byId("viewer").addEventListener("change", async (event) => {
      this.viewer = event.target.value;
      localStorage.setItem("viewer", this.viewer);
      await this.listen();
      await this.open(this.channel.id);
    });
    addEventListener("hashchange", () => {
      const found = this.find(location.hash.slice(1));
      if (found && found !== this.channel) this.open(found.id);
    });
    addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, select, button, dialog, .context-menu");
      if (event.key === "Escape") document.body.classList.remove("drawer-open");
      if (typing || event.ctrlKey || event.metaKey || event.altKey || event.key.length > 1) return;
      this.composer.input.focus();
    });
  }

  // Resolves when the sandbox tells this page what happens. What happened before is loaded only
  // then: loaded earlier, it would lack what falls between.
  listen() {
    this.source?.close();
    return new Promise((heard) => {
      this.source = listen(this.viewer, async (name, data) => {
        if (name !== "HELLO") return this.happen(name, data);
        this.frame.lost = false;
        await put("/locale", { user: this.viewer, locale: navigator.language });
        await this.load();
        if (this.channel && !(this.user(this.viewer) && this.find(this.channel.id))) location.reload();
        if (this.channel) await this.timeline.reload();
        this.frame.draw();
        heard();
      });
    });
  }

  happen(name, data) {
    if (name === "LOST") {
      this.frame.lost = true;
      this.frame.draw();
    } else if (name === "API_CALL" || name === "GATEWAY") {
      this.tools.add(data);
    } else if (name === "BOT_PRESENCE") {
      this.changes += 1;
      this.world.bot.online = data.online;
      this.frame.draw();
    } else if (name === "COMMANDS" || name === "GUILD_MEMBER_ADD") {
      this.changes += 1;
      this.load().then(() => this.frame.draw());
    } else if (name === "TYPING_START") {
      this.frame.type(data);
    } else if (name.startsWith("THREAD_") || name.startsWith("CHANNEL_")) {
      this.changeChannel(name, data);
    } else {
      this.changeMessage(name, data);
    }
  }

  changeChannel(name, data) {
    this.changes += 1;
    const others = this.world.channels.filter((channel) => channel.id !== data.id);
    this.world.channels = name.endsWith("_DELETE")
      ? others.filter((channel) => channel.parent_id !== data.id)
      : [...others, data].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    if (this.channel && !this.find(this.channel.id)) {
      this.open(this.world.channels.find((channel) => channel.type === 0).id);
    } else {
      this.channel = this.find(this.channel?.id);
      if (data.id === this.channel?.id) this.aim();
      this.frame.draw();
    }
  }

  changeMessage(name, data) {
    if (data.channel_id === this.channel?.id) {
      this.timeline.change(name, data);
      if (name === "MESSAGE_CREATE") {
        this.frame.stopTyping(data.author.id);
        if (data.author.id !== this.viewer) announce(`New message from ${nameOf(data.author)}`);
      }
    } else if (name === "MESSAGE_CREATE") {
      this.frame.mark(data.channel_id);
    }
  }

  // looking things up

  find(id) {
    return this.world.channels.find((channel) => channel.id === id);
  }

  user(id) {
    return [this.world.bot, ...this.world.humans].find((user) => user.id === id);
  }

  author(message) {
    if (message.type === 21 && message.referenced_message) return this.author(message.referenced_message);
    return this.user(message.author.id) || message.author;
  }

  // doing things

  async open(id) {
    if (this.channel && id !== this.channel.id) this.composer.closeCommand(); // a form is for its channel
    this.channel = this.find(id);
    this.frame.unread.delete(id);
    document.body.classList.remove("drawer-open");
    history.replaceState(null, "", `#${id}`);
    this.frame.draw();
    this.aim();
    await this.timeline.open(id);
    if (matchMedia("(min-width: 761px)").matches) this.composer.focus();
  }

  aim() {
    this.composer.aim(this.label(this.channel), this.channel.thread_metadata?.locked);
  }

  reply(message) {
    this.composer.reply(message);
  }

  menu(message, x, y) {
    messageMenu(message, x, y, this);
  }

  label(channel) {
    if (channel.type === 1) return `@${nameOf(this.world.bot)}`;
    return channel.type === 0 ? `#${channel.name}` : channel.name;
  }
}

new App().start();
