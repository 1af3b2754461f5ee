// The page: which channel is open, what is in it, and what one can do there.

import { get, listen, post, put } from "./api.js";
import { Composer } from "./composer.js";
import { leaves, localized } from "./commands.js";
import { openDialog } from "./dialog.js";
import { announce, avatar, byId, el, nameOf, whenReleased } from "./dom.js";
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
    this.unread = new Set();
    this.typists = new Map();
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
        this.lost = false;
        await put("/locale", { user: this.viewer, locale: navigator.language });
        await this.load();
        if (this.channel && !(this.user(this.viewer) && this.find(this.channel.id))) location.reload();
        if (this.channel) await this.timeline.reload();
        this.drawFrame();
        heard();
      });
    });
  }

  happen(name, data) {
    if (name === "LOST") {
      this.lost = true;
      this.drawFrame();
    } else if (name === "API_CALL" || name === "GATEWAY") {
      this.tools.add(data);
    } else if (name === "BOT_PRESENCE") {
      this.changes += 1;
      this.world.bot.online = data.online;
      this.drawFrame();
    } else if (name === "COMMANDS" || name === "GUILD_MEMBER_ADD") {
      this.changes += 1;
      this.load().then(() => this.drawFrame());
    } else if (name === "TYPING_START") {
      this.type(data);
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
      this.drawFrame();
    }
  }

  changeMessage(name, data) {
    if (data.channel_id === this.channel?.id) {
      this.timeline.change(name, data);
      if (name === "MESSAGE_CREATE") {
        this.typists.delete(data.author.id);
        this.drawTyping();
        if (data.author.id !== this.viewer) announce(`New message from ${nameOf(data.author)}`);
      }
    } else if (name === "MESSAGE_CREATE" && !this.unread.has(data.channel_id)) {
      this.unread.add(data.channel_id);
      this.drawChannels();
    }
  }

  type({ user_id: user, channel_id: channel }) {
    if (channel !== this.channel?.id || user === this.viewer) return;
    clearTimeout(this.typists.get(user));
    this.typists.set(user, setTimeout(() => {
      this.typists.delete(user);
      this.drawTyping();
    }, 9000));
    this.drawTyping();
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
    this.unread.delete(id);
    document.body.classList.remove("drawer-open");
    history.replaceState(null, "", `#${id}`);
    this.drawFrame();
    this.aim();
    await this.timeline.open(id);
    if (matchMedia("(min-width: 761px)").matches) this.composer.focus();
  }

  place(more) {
    return { user: this.viewer, channel: this.channel.id, ...more };
  }

  aim() {
    this.composer.aim(this.label(this.channel), this.channel.thread_metadata?.locked);
  }

  async say(content, more) {
    await post("/say", this.place({ content, ...more }));
    this.timeline.toEnd();
  }

  // Runs a command; a refusal by the member's own client is thrown with `quiet`, else shown.
  async command(leaf, options, { quiet } = {}) {
    const body = this.place({ name: leaf.path, options });
    const run = post("/command", body);
    if (quiet) this.finish(await run, `/${leaf.path}`);
    else await run.then((outcome) => this.finish(outcome, `/${leaf.path}`), (error) => this.timeline.notice(error.message));
  }

  async contextMenu(command, message) {
    const body = this.place({ channel: message.channel_id, name: command.name, target: message.id });
    await this.attempt(post("/command", body), command.name);
  }

  async use(message, customId, values, node) {
    node?.classList.add("busy");
    const body = this.place({ channel: message.channel_id, message: message.id, custom_id: customId, values });
    await this.attempt(post("/use", body), "");
    node?.classList.remove("busy");
  }

  async attempt(request, what) {
    try {
      this.finish(await request, what);
    } catch (error) {
      this.timeline.notice(error.message);
    }
  }

  // What the bot made of an interaction. Messages come by the stream.
  finish(outcome, what) {
    if (outcome.failed) this.timeline.notice(outcome.failed, what);
    if (!outcome.modal) return;
    openDialog(outcome.modal, {
      bot: this.world.bot,
      names: this.names,
      world: this.world,
      channel: this.channel.id,
      submit: async (values) => {
        const answer = await post("/submit", { user: this.viewer, interaction: outcome.interaction, values });
        if (answer.failed) throw new Error(`${answer.failed} Nothing is lost: press Submit again.`);
        this.finish(answer, what);
      },
    }).then(() => this.composer.focus());
  }

  react(message, emoji) {
    this.attempt(post("/react", this.place({ channel: message.channel_id, message: message.id, emoji })).then(() => ({})), "");
  }

  reply(message) {
    this.composer.reply(message);
  }

  retract(message) {
    this.attempt(post("/retract", this.place({ channel: message.channel_id, message: message.id })).then(() => ({})), "");
  }

  menu(message, x, y) {
    messageMenu(message, x, y, this);
  }

  // The command a newcomer should try first.
  get firstCommand() {
    const all = leaves(this.world.commands);
    return all.find((leaf) => leaf.path === "comic") ?? all[0];
  }

  tryFirst() {
    this.composer.openCommand(this.firstCommand);
    if (!this.firstCommand.options.some((option) => option.required) && this.composer.form) {
      this.composer.form.node.requestSubmit();
    }
  }

  // drawing

  called(user) {
    return user.id === this.world.owner_id ? `${nameOf(user)} (admin)` : nameOf(user);
  }

  label(channel) {
    if (channel.type === 1) return `@${nameOf(this.world.bot)}`;
    return channel.type === 0 ? `#${channel.name}` : channel.name;
  }

  drawFrame() {
    const { guild, bot, humans } = this.world;
    byId("guild-name").textContent = guild.name;
    document.title = this.channel ? `${this.label(this.channel)} · ${guild.name}` : guild.name;
    byId("channel-name").textContent = this.channel ? this.label(this.channel) : "";
    byId("topic").textContent = this.channel?.topic ?? "";
    byId("presence").textContent = bot.online ? "Bot online" : "Bot offline";
    byId("presence").classList.toggle("online", bot.online);
    byId("viewer").replaceChildren(...humans.map((user) =>
      el("option", { value: user.id, selected: user.id === this.viewer }, this.called(user))));
    byId("my-avatar").replaceChildren(avatar(this.user(this.viewer), "small"));
    const banner = byId("banner");
    banner.hidden = !this.lost && bot.online;
    banner.textContent = this.lost
      ? "The sandbox doesn't answer. The page connects again by itself."
      : "The bot is not connected. It comes back by itself when it starts.";
    this.drawChannels();
    this.drawTyping();
    this.timeline?.drawFirstUse();
  }

  drawChannels() {
    whenReleased("channels", () => this.showChannels());
  }

  showChannels() {
    const entry = (channel, sign, kind = "") => el("button", {
      class: `channel ${kind} ${this.unread.has(channel.id) ? "unread" : ""}`,
      "aria-current": channel.id === this.channel?.id ? "page" : undefined,
      onclick: () => this.open(channel.id),
    }, el("span", { class: "sign", "aria-hidden": "true" }, icon(sign, 18)),
    el("span", { class: "name" }, channel.type === 1 ? nameOf(this.world.bot) : channel.name));
    const text = this.world.channels.filter((channel) => channel.type === 0).sort((a, b) => a.position - b.position);
    const threads = (parent) => this.world.channels
      .filter((channel) => channel.parent_id === parent.id && [10, 11, 12].includes(channel.type))
      .map((thread) => entry(thread, "branch", thread.thread_metadata.archived ? "thread closed" : "thread"));
    const direct = this.world.channels.filter((channel) => channel.type === 1
      && channel.recipients.some((user) => user.id === this.viewer));
    byId("channels").replaceChildren(
      el("h2", {}, "Channels"),
      ...text.flatMap((channel) => [entry(channel, "hash"), ...threads(channel)]),
      ...(direct.length ? [el("h2", {}, "Direct messages"), ...direct.map((channel) => entry(channel, "at"))] : []));
  }

  drawTyping() {
    const names = [...this.typists.keys()].map((id) => this.names?.user(id));
    byId("typing").textContent = names.length ? `${names.join(", ")} is typing…` : "";
  }
}

new App().start();
