// One message as a list item.

import { components } from "./components.js";
import { avatar, clock, day, el, local, nameOf } from "./dom.js";
import { icon } from "./icons.js";
import { markdown, plain } from "./markdown.js";
import { attachments, enlarge } from "./media.js";

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const V2 = 1 << 15;
const TOGETHER = 7 * 60 * 1000; // ms; later messages of one author get their own head

export const isEphemeral = (message) => Boolean(message.flags & EPHEMERAL);

// `app` gives names, world, viewer and what can be done with a message.
export function messageItem(message, previous, app) {
  if (message.type === 18) return threadNotice(message, app);
  const follows = continues(message, previous);
  const author = app.author(message);
  const mentioned = message.mentions.some((user) => user.id === app.viewer);
  const name = nameOf(author);
  return el("li", {
    class: [
      "message", follows && "follows", isEphemeral(message) && "ephemeral", mentioned && "mentioned",
    ].filter(Boolean).join(" "),
    "data-id": message.id,
    "aria-label": `${name}, ${clock(message.timestamp)}`,
    oncontextmenu: (event) => {
      if (event.target.closest("a, img, textarea") || String(getSelection())) return;
      event.preventDefault();
      app.menu(message, event.clientX, event.clientY);
    },
  },
  reference(message, app),
  avatar(author),
  el("div", { class: "body" },
    el("div", { class: "author-line" },
      el("span", { class: "author" }, name),
      author.bot && el("span", { class: "tag" }, "APP"),
      el("time", { class: "time", datetime: message.timestamp }, clock(message.timestamp))),
    content(message, app),
    reactions(message, app),
    message.thread && threadCard(message.thread, app),
    isEphemeral(message) && onlyYou(message, app)),
  actions(message, app));
}

export function dayLine(message, previous) {
  if (previous && day(previous.timestamp) === day(message.timestamp)) return null;
  return el("li", { class: "day" }, day(message.timestamp));
}

function continues(message, previous) {
  return previous && previous.author.id === message.author.id && !message.message_reference
    && previous.type !== 18 && !message.interaction_metadata
    && isEphemeral(previous) === isEphemeral(message)
    && day(previous.timestamp) === day(message.timestamp)
    && new Date(message.timestamp) - new Date(previous.timestamp) < TOGETHER;
}

function content(message, app) {
  if (message.flags & LOADING) {
    return el("p", { class: "thinking", role: "status" },
      el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
      `${nameOf(message.author)} is thinking…`);
  }
  const context = {
    names: app.names,
    world: app.world,
    use: (customId, values, node) => app.deeds.use(message, customId, values, node),
  };
  const edited = message.edited_timestamp
    && el("span", { class: "edited", title: new Date(message.edited_timestamp).toLocaleString() }, "(edited)");
  if (message.flags & V2) {
    return el("div", { class: "v2" }, components(message.components, context), edited);
  }
  const starter = message.type === 21 && message.referenced_message;
  if (starter) return content(message.referenced_message, app);
  const text = message.content && markdown(message.content, app.names);
  if (text && edited) (text.lastElementChild?.tagName === "P" ? text.lastElementChild : text).append(" ", edited);
  return [
    text,
    ...attachments(message.attachments.filter((a) => !embedded(message, a))),
    ...message.embeds.map((embed) => embedCard(embed, app)),
    ...components(message.components, context),
    !text && edited,
  ];
}

const embedded = (message, attachment) => message.embeds.some((embed) =>
  embed.image?.url === attachment.url || embed.thumbnail?.url === attachment.url);

function embedCard(embed, app) {
  const stripe = embed.color ? `--stripe: #${embed.color.toString(16).padStart(6, "0")}` : "";
  const large = embed.image && { url: embed.image.url, width: embed.image.width, height: embed.image.height };
  return el("article", { class: "embed", style: stripe },
    embed.author && el("div", { class: "hint" }, embed.author.name),
    embed.title && el("div", { class: "title" }, embed.url ? el("a", { href: embed.url }, embed.title) : embed.title),
    embed.description && markdown(embed.description, app.names),
    embed.fields?.length && el("div", { class: "fields" }, embed.fields.map((field) =>
      el("div", { class: field.inline ? "field inline" : "field" },
        el("b", {}, field.name), markdown(field.value, app.names)))),
    large && el("button", { class: "picture", "aria-label": "Enlarge picture", onclick: () => enlarge([large], 0) },
      el("img", { src: local(large.url), alt: embed.title || "", style: "max-height: 380px; width: auto; max-width: 100%" })),
    embed.thumbnail && el("img", { src: local(embed.thumbnail.url), alt: "", width: 80 }),
    embed.footer && el("div", { class: "foot" }, embed.footer.text));
}

function reference(message, app) {
  const used = message.interaction ?? opener(message);
  if (used && !message.message_reference) {
    const menu = message.type === 23;
    return line(used.user, el("span", {}, el("b", {}, nameOf(used.user)), " used ", el("b", {}, menu ? used.name : `/${used.name}`)));
  }
  if (!message.message_reference || message.type === 21) return null;
  const target = message.referenced_message;
  if (!target) return line(null, el("span", {}, "Original message was deleted"));
  const wordless = target.components.length ? "Click to see message" : "Click to see attachment";
  const excerpt = target.content ? plain(target.content, app.names) : wordless;
  return line(target.author, el("span", {}, el("b", {}, nameOf(app.author(target))), " ", excerpt));
}

// The command whose dialog this message answers.
function opener(message) {
  const opened = message.interaction_metadata?.triggering_interaction_metadata;
  return opened?.name ? opened : null;
}

function line(user, words) {
  return el("div", { class: "reference" }, user && avatar(user, "tiny"), words);
}

function reactions(message, app) {
  if (!message.reactions?.length) return null;
  return el("div", { class: "reactions" }, message.reactions.map((reaction) =>
    el("button", {
      class: "reaction",
      "aria-pressed": String(reaction.me),
      "aria-label": `${reaction.emoji.name}, ${reaction.count}`,
      onclick: () => app.deeds.react(message, reaction.emoji.name),
    }, `${reaction.emoji.name} ${reaction.count}`)));
}

function threadCard(thread, app) {
  return el("button", { class: "thread-card", onclick: () => app.open(thread.id) },
    icon("thread", 22),
    el("span", {}, el("b", {}, thread.name), el("span", { class: "hint" }, `${thread.message_count} messages · See thread ›`)));
}

function threadNotice(message, app) {
  const thread = app.world.channels.find((channel) => channel.id === message.message_reference?.channel_id);
  return el("li", { class: "system", "data-id": message.id },
    icon("thread", 18), " ", el("b", {}, nameOf(message.author)), " started a thread: ", el("b", {}, message.content), ". ",
    thread && el("button", { onclick: () => app.open(thread.id) }, "See the thread"));
}

function onlyYou(message, app) {
  return el("div", { class: "only-you" }, icon("eye", 15), "Only you can see this · ",
    el("button", { onclick: () => app.deeds.retract(message) }, "Dismiss message"));
}

function actions(message, app) {
  const more = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    app.menu(message, box.right - 200, box.bottom);
  };
  return [
    el("div", { class: "actions" },
      el("button", { class: "icon", "aria-label": "React with 👍", onclick: () => app.deeds.react(message, "👍") }, icon("like")),
      el("button", { class: "icon", "aria-label": "Reply", onclick: () => app.reply(message) }, icon("reply")),
      el("button", { class: "icon", "aria-label": "More for this message", onclick: more }, icon("more"))),
    el("button", { class: "icon more-touch", "aria-label": "More for this message", onclick: more }, icon("more")),
  ];
}
