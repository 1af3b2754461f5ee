// Discord's markdown, as far as bots use it, to DOM nodes.
// https://support.discord.com/hc/en-us/articles/210298617

import { el } from "./dom.js";

// Inside a mark `\\.` is an escaped letter, which never ends it.
const INLINE = [
  [/^```(?:\w*\n)?([\s\S]+?)```/, (m) => el("pre", {}, el("code", {}, m[1].replace(/\n$/, "")))],
  [/^`([^`]+)`/, (m) => el("code", {}, m[1])],
  [/^\*\*\*((?:\\.|[^\\])+?)\*\*\*/s, (m, names) => el("b", {}, el("i", {}, inline(m[1], names)))],
  [/^\*\*((?:\\.|[^\\])+?)\*\*(?!\*)/s, (m, names) => el("b", {}, inline(m[1], names))],
  [/^__((?:\\.|[^\\])+?)__(?!_)/s, (m, names) => el("u", {}, inline(m[1], names))],
  [/^~~((?:\\.|[^\\])+?)~~/s, (m, names) => el("s", {}, inline(m[1], names))],
  [/^\*(?!\s)((?:\\.|[^\\])+?)\*/s, (m, names) => el("i", {}, inline(m[1], names))],
  [/^_(?!_)((?:\\.|[^\\_])+)_(?!\w)/s, (m, names) => el("i", {}, inline(m[1], names))],
  [/^\|\|((?:\\.|[^\\])+?)\|\|/s, (m, names) => spoiler(inline(m[1], names))],
  [/^\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/, (m) => link(m[2], m[1])],
  [/^<(https?:\/\/[^\s>]+)>/, (m) => link(m[1], m[1])],
  [/^https?:\/\/[^\s<]+[^\s<.,:;"')\]]/, (m) => link(m[0], m[0])],
  [/^<@!?(\d+)>/, (m, names) => el("span", { class: "mention" }, `@${names.user(m[1])}`)],
  [/^<@&(\d+)>/, (m, names) => el("span", { class: "mention" }, `@${names.role(m[1])}`)],
  [/^<#(\d+)>/, (m, names) => el("a", { class: "mention", href: `#${m[1]}` }, `#${names.channel(m[1])}`)],
  [/^<\/([^:>]+):\d+>/, (m) => el("span", { class: "mention" }, `/${m[1]}`)],
  [/^<t:(\d+)(?::(\w))?>/, (m) => el("span", { class: "mention" }, moment(Number(m[1]), m[2]))],
  [/^<a?:(\w+):\d+>/, (m) => `:${m[1]}:`],
  [/^\\([*_~`|\\<>#\-[\]()])/, (m) => m[1]],
];

function moment(seconds, style) {
  if (style === "R") {
    const minutes = Math.round((seconds * 1000 - Date.now()) / 60000);
    const format = new Intl.RelativeTimeFormat([], { numeric: "auto" });
    if (Math.abs(minutes) < 60) return format.format(minutes, "minute");
    if (Math.abs(minutes) < 1440) return format.format(Math.round(minutes / 60), "hour");
    return format.format(Math.round(minutes / 1440), "day");
  }
  return new Date(seconds * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

function link(url, text) {
  return el("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, text);
}

function spoiler(children) {
  const node = el("button", { class: "spoiler-text", "aria-label": "Spoiler" }, children);
  node.addEventListener("click", () => {
    node.classList.add("shown");
    node.removeAttribute("aria-label");
  });
  return node;
}

function inline(text, names) {
  const nodes = [];
  let plain = "";
  while (text) {
    const found = INLINE.map(([pattern, make]) => [pattern.exec(text), make]).find(([match]) => match);
    if (found && !(plain && /\w$/.test(plain) && found[0][0][0] === "_")) {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(found[1](found[0], names));
      text = text.slice(found[0][0].length);
    } else {
      const next = text.slice(1).search(/[*_~`|<[\\h]/);
      const length = next < 0 ? text.length : next + 1;
      plain += text.slice(0, length);
      text = text.slice(length);
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

const BLOCKS = [
  [/^(#{1,3}) +(.*)$/, (m, names) => el(`h${m[1].length + 2}`, {}, inline(m[2], names))],
  [/^-# +(.*)$/, (m, names) => el("small", {}, inline(m[1], names))],
];

export function markdown(text, names) {
  const nodes = [];
  let paragraph = [];
  let list = null;
  const flush = () => {
    if (paragraph.length) nodes.push(el("p", {}, inline(paragraph.join("\n"), names)));
    paragraph = [];
    list = null;
  };
  for (const line of fenced(text)) {
    const block = BLOCKS.map(([pattern, make]) => [pattern.exec(line), make]).find(([m]) => m);
    const item = /^\s*(?:([-*])|(\d+)\.) +(.*)$/.exec(line);
    const quote = /^> ?(.*)$/.exec(line);
    if (line.includes("\n")) {
      flush();
      nodes.push(...inline(line, names));
    } else if (block) {
      flush();
      nodes.push(block[1](block[0], names));
    } else if (item) {
      const tag = item[1] ? "UL" : "OL";
      if (!list || list.tagName !== tag) {
        flush();
        list = el(tag.toLowerCase(), item[2] ? { start: item[2] } : {});
        nodes.push(list);
      }
      list.append(el("li", {}, inline(item[3], names)));
    } else if (quote) {
      flush();
      nodes.push(el("blockquote", {}, inline(quote[1], names)));
    } else {
      if (list) flush();
      paragraph.push(line);
    }
  }
  flush();
  return el("div", { class: "text" }, nodes);
}

// The words alone, in one line.
export function plain(text, names) {
  return [...markdown(text, names).childNodes].map((node) => node.textContent).join(" ").replace(/\s+/g, " ");
}

// Lines, with code blocks kept in one piece.
function fenced(text) {
  return text.split(/(```[\s\S]+?```)/).flatMap((part, index) => {
    if (index % 2) return [part.includes("\n") ? part : `${part}`];
    return part === "" ? [] : part.replace(/^\n|\n$/g, "").split("\n");
  });
}
