// The line one types in: messages, and the list of commands that "/" opens.

import { upload } from "./api.js";
import { commandForm, leaves } from "./commands.js";
import { bytes, el, listKeys, nameOf } from "./dom.js";
import { icon } from "./icons.js";

export class Composer {
  constructor(place, app) {
    this.place = place;
    this.app = app;
    this.files = [];
    this.replyTo = null;
    this.picker = el("input", { type: "file", multiple: true, hidden: true, onchange: () => this.addFiles(this.picker.files) });
    this.input = el("textarea", {
      rows: 1,
      "aria-label": "Message",
      maxLength: 2000,
      disabled: true, // until it is known which channel this is for
      onkeydown: (event) => this.key(event),
      oninput: () => this.typed(),
      onpaste: (event) => this.addFiles(event.clipboardData.files),
    });
    this.chips = el("div", { class: "chips", hidden: true });
    this.line = el("div", { class: "composer-line" },
      el("button", { class: "icon", "aria-label": "Attach files", onclick: () => this.picker.click() }, icon("plus")),
      this.picker, this.input,
      el("button", { class: "icon", "aria-label": "Send message", onclick: () => this.send() }, icon("send")));
    this.box = el("div", { class: "composer" }, this.chips, this.line);
    place.replaceChildren(this.box);
  }

  // Which channel this is for; nobody writes in a locked thread.
  aim(name, locked) {
    const narrow = matchMedia("(max-width: 760px)").matches;
    const invitation = narrow ? `Message ${name}` : `Message ${name}, or type / for commands`;
    this.input.placeholder = locked ? "This thread is locked" : invitation;
    this.input.disabled = Boolean(locked);
  }

  focus() {
    (this.form?.first ?? this.input).focus();
  }

  key(event) {
    if (event.isComposing) return;
    if (this.palette?.keys?.(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape" && this.replyTo) {
      this.reply(null);
    }
  }

  typed() {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight}px`;
    const text = this.input.value;
    if (text.startsWith("/") && !text.includes("\n")) this.showPalette(text.slice(1));
    else this.hidePalette();
  }

  showPalette(query) {
    this.hidePalette();
    const words = query.toLowerCase().trim().split(/\s+/);
    const all = leaves(this.app.world.commands);
    const found = all.filter((leaf) => words.every((word) => `${leaf.path} ${leaf.shown}`.includes(word)))
      .sort((a, b) => b.path.startsWith(words[0]) - a.path.startsWith(words[0]));
    const choose = (leaf) => this.openCommand(leaf);
    const items = found.map((leaf) => el("button", {
      class: "choice", role: "option", type: "button", onclick: () => choose(leaf),
    },
    el("span", { class: "name" }, `/${leaf.shown}`,
      leaf.options.filter((o) => o.required).map((o) => el("i", {}, o.shown))),
    el("span", { class: "about" }, leaf.description)));
    const empty = this.app.world.bot.online ? "No command of that name." : "The bot is offline: it has no commands yet.";
    const node = el("div", { class: "palette", role: "listbox", "aria-label": "Commands" },
      el("h3", {}, nameOf(this.app.world.bot)),
      items.length ? items : el("p", { class: "empty" }, empty));
    this.palette = { node };
    if (items.length) {
      this.palette.keys = listKeys(items, {
        choose: (_, at) => choose(found[at]),
        close: () => this.hidePalette(),
      });
    }
    this.box.append(node);
  }

  hidePalette() {
    this.palette?.node.remove();
    this.palette = null;
  }

  openCommand(leaf, values) {
    this.hidePalette();
    this.input.value = "";
    this.typed();
    if (!leaf.options.length) {
      this.app.deeds.command(leaf, {});
      return;
    }
    this.form = commandForm(leaf, this.app, {
      values,
      close: () => {
        this.closeCommand();
        this.input.focus();
      },
    });
    this.line.hidden = true;
    this.box.append(this.form.node);
    this.form.first.focus();
  }

  closeCommand() {
    this.form?.node.remove();
    this.form = null;
    this.line.hidden = false;
    this.hidePalette();
  }

  reply(message) {
    this.replyTo = message;
    this.showChips();
    this.input.focus();
  }

  addFiles(files) {
    this.files.push(...files);
    this.picker.value = "";
    this.showChips();
  }

  showChips() {
    const chip = (label, words, drop) => el("span", { class: "chip" }, label,
      el("button", { "aria-label": words, onclick: drop }, icon("close", 14)));
    const chips = this.files.map((file, index) =>
      chip(`${file.name} · ${bytes(file.size)}`, `Remove ${file.name}`, () => {
        this.files.splice(index, 1);
        this.showChips();
      }));
    if (this.replyTo) {
      chips.unshift(chip(`Replying to ${nameOf(this.app.author(this.replyTo))}`, "Don't reply", () => this.reply(null)));
    }
    this.chips.replaceChildren(...chips);
    this.chips.hidden = !chips.length;
  }

  async send() {
    const content = this.input.value.trim();
    if (!content && !this.files.length) return;
    const files = this.files;
    const replyTo = this.replyTo;
    this.input.value = "";
    this.files = [];
    this.replyTo = null;
    this.showChips();
    this.typed();
    try {
      const kept = await Promise.all(files.map((file) => upload(file, this.app.channel.id)));
      await this.app.deeds.say(content, { reply_to: replyTo?.id, attachments: kept.map((file) => file.id) });
    } catch (error) {
      this.restore(content, files, replyTo);
      this.app.timeline.notice(error.message);
    }
  }

  // What could not be sent comes back, before whatever was typed in the meantime.
  restore(content, files, replyTo) {
    this.input.value = [content, this.input.value].filter(Boolean).join("\n");
    this.files.unshift(...files);
    this.replyTo ??= replyTo;
    this.showChips();
    this.typed();
  }
}
