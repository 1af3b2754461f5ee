// Message components, versions 1 and 2.
// https://docs.discord.com/developers/components/reference

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { enlarge, file, gallery, picture } from "./media.js";

const STYLES = { 1: "primary", 2: "", 3: "success", 4: "danger", 6: "primary" };

// `use(custom id, values)` tells the bot; `names` words mentions; `world` fills selects.
export function components(list, context) {
  return list.map((component) => draw(component, context));
}

function draw(component, context) {
  const inner = () => components(component.components, context);
  switch (component.type) {
    case 1: return el("div", { class: "row" }, inner());
    case 2: return button(component, context);
    case 3: case 5: case 6: case 7: case 8: return select(component, context);
    case 9: return el("div", { class: "section" }, el("div", {}, inner()), draw(component.accessory, context));
    case 10: return markdown(component.content, context.names);
    case 11: return thumbnail(component);
    case 12: return gallery(component.items.map(medium));
    case 13: return file(component.name || "file", component.size, component.file.url);
    case 14: return el("div", {
      class: `separator ${component.divider === false ? "" : "divider"} ${component.spacing === 2 ? "large" : ""}`,
    });
    case 17: return container(component, inner());
    default: return el("p", { class: "hint" }, `Component of type ${component.type}`);
  }
}

const medium = (item) => ({
  url: item.media.url,
  content_type: item.media.content_type,
  alt: item.description,
  spoiler: item.spoiler,
  width: item.media.width,
  height: item.media.height,
});

function thumbnail(component) {
  const item = medium(component);
  const node = picture(item, () => enlarge([item], 0));
  node.classList.add("thumbnail");
  return node;
}

function container(component, inner) {
  const accent = component.accent_color;
  const stripe = accent === null || accent === undefined ? "" : `#${accent.toString(16).padStart(6, "0")}`;
  const node = el("div", {
    class: `container ${stripe ? "accented" : ""} ${component.spoiler ? "spoiler" : ""}`,
    style: stripe ? `--stripe: ${stripe}` : "",
  }, inner);
  if (component.spoiler) node.addEventListener("click", () => node.classList.remove("spoiler"), { once: true });
  return node;
}

function emoji(value) {
  if (!value) return null;
  return el("span", { class: "emoji" }, value.id ? `:${value.name}:` : value.name);
}

function button(component, context) {
  if (component.style === 5) {
    return el("a", { class: "button", href: component.url, target: "_blank", rel: "noreferrer noopener" },
      emoji(component.emoji), component.label, icon("out", 16));
  }
  const node = el("button", {
    class: `button ${STYLES[component.style] ?? ""}`,
    disabled: component.disabled,
    "data-custom-id": component.custom_id,
    onclick: () => context.use(component.custom_id, undefined, node),
  }, emoji(component.emoji), component.label);
  return node;
}

export function choicesFor(component, world) {
  const users = [world.bot, ...world.humans].map((user) =>
    ({ value: user.id, label: user.global_name || user.username }));
  const roles = world.roles.map((role) => ({ value: role.id, label: role.name }));
  if (component.type === 5) return users;
  if (component.type === 6) return roles;
  if (component.type === 7) return [...users, ...roles];
  if (component.type === 8) {
    return world.channels.filter((c) => c.name).map((c) => ({ value: c.id, label: `#${c.name}` }));
  }
  return component.options || [];
}

export function select(component, context) {
  const many = (component.max_values || 1) > 1;
  const label = component.placeholder || "Make a selection";
  const node = el("select", {
    "aria-label": label,
    multiple: many,
    disabled: component.disabled,
    "data-custom-id": component.custom_id,
  },
  !many && el("option", { value: "", disabled: true, selected: true }, label),
  choicesFor(component, context.world).map((option) =>
    el("option", { value: option.value, selected: option.default },
      option.emoji?.name ? `${option.emoji.name} ` : "", option.label,
      option.description ? ` — ${option.description}` : "")));
  const values = () => [...node.selectedOptions].map((option) => option.value).filter(Boolean);
  if (!context.use) return node;
  if (!many) {
    node.addEventListener("change", () => context.use(component.custom_id, values(), node));
    return node;
  }
  const done = el("button", {
    class: "button primary",
    onclick: () => context.use(component.custom_id, values(), done),
  }, "Choose");
  return el("div", { class: "row" }, node, done);
}
