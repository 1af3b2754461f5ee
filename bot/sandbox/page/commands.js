// Slash commands: which there are, and the form for one's options.

import { post, upload } from "./api.js";
import { choicesFor } from "./components.js";
import { el, listKeys } from "./dom.js";
import { icon } from "./icons.js";

const SUBCOMMAND = 1;
const GROUP = 2;
const LONG = 1000; // letters; for such a text the box is as wide as the form
const KINDS = { 4: "whole number", 10: "number" };

// The command with its names and descriptions in the member's language, where it has them.
// What is sent to the bot keeps the original names.
export function localized(node, language) {
  const told = (field) => node[`${field}_localizations`]?.[language] ?? node[field];
  return {
    ...node,
    shown: told("name"),
    description: told("description"),
    options: node.options?.map((option) => localized(option, language)),
  };
}

// Every command one can run, with its whole path: "story start".
export function leaves(commands) {
  const walk = (path, shown, node) => {
    const inner = (node.options || []).filter((option) => option.type === SUBCOMMAND || option.type === GROUP);
    if (inner.length) return inner.flatMap((option) =>
      walk(`${path} ${option.name}`, `${shown} ${option.shown}`, option));
    return [{ path, shown, description: node.description, options: node.options || [] }];
  };
  return commands.filter((command) => command.type === 1)
    .flatMap((command) => walk(command.name, command.shown, command))
    .sort((a, b) => a.path.localeCompare(b.path));
}

export function commandForm(leaf, app, { values = {}, close }) {
  const shown = new Map();
  const options = el("div", { class: "options" });
  const more = el("div", { class: "options" });
  const error = el("span", { class: "error", role: "alert" });
  const current = async (resolveFiles) => {
    const given = {};
    for (const [name, field] of shown) {
      const value = resolveFiles ? await field.value() : field.typed();
      if (value !== "" && value !== null) given[name] = value;
    }
    return given;
  };
  const add = (option, focus) => {
    const field = optionField(option, { app, leaf, current, value: values[option.name] });
    shown.set(option.name, field);
    options.append(field.node);
    showMore();
    if (focus) field.input.focus();
    return field;
  };
  const showMore = () => more.replaceChildren(...leaf.options.filter((option) => !shown.has(option.name)).map((option) =>
    el("button", { class: "add-option", type: "button", title: option.description, onclick: () => add(option, true) },
      `+ ${option.shown}`)));
  const send = async () => {
    const missing = leaf.options.find((option) => option.required && !shown.get(option.name).typed());
    shown.forEach((field, name) => field.node.classList.toggle("wrong", missing?.name === name));
    if (missing) {
      error.textContent = `${missing.shown}: ${missing.description}`;
      shown.get(missing.name).input.focus();
      return;
    }
    try {
      const given = await current(true);
      await app.deeds.command(leaf, given, { quiet: true });
      close();
    } catch (problem) {
      error.textContent = problem.message;
    }
  };
  const node = el("form", {
    class: "command",
    onsubmit: (event) => {
      event.preventDefault();
      send();
    },
    onkeydown: (event) => {
      if (event.key === "Escape") close();
    },
  },
  el("div", { class: "command-head" },
    el("span", { class: "name" }, `/${leaf.shown}`),
    el("span", { class: "about" }, leaf.description),
    el("button", { class: "icon", type: "button", "aria-label": "Don't use the command", onclick: close }, icon("close"))),
  options, more,
  el("div", { class: "command-foot" }, error,
    el("button", { class: "button primary", type: "submit" }, "Send")));
  for (const option of leaf.options.filter((o) => o.required || values[o.name] !== undefined)) add(option);
  showMore();
  return { node, first: options.querySelector("input, select") ?? node.querySelector(".command-foot button") };
}

function optionField(option, { app, leaf, current, value }) {
  const listed = staticChoices(option, app.world);
  const id = `option-${option.name}`;
  let node;
  let chosen = null; // the value behind a name that autocomplete offered
  if (listed) {
    node = el("select", { id, "aria-description": option.description },
      el("option", { value: "" }, option.description.slice(0, 50)),
      listed.map((choice) => el("option", { value: String(choice.value) }, choice.label ?? choice.name)));
  } else if (option.type === 11) {
    node = el("input", { id, type: "file" });
  } else {
    node = el("input", {
      id, type: "text", autocomplete: "off", placeholder: KINDS[option.type] || option.description.slice(0, 60),
      "aria-description": option.description,
      inputMode: KINDS[option.type] ? "numeric" : undefined,
      maxLength: option.max_length ?? undefined,
    });
  }
  if (value !== undefined) node.value = value;
  const long = !listed && option.type === 3 && (option.max_length ?? LONG) >= LONG;
  const wrapper = el("label", { class: `option ${option.required ? "required" : ""} ${long ? "long" : ""}`, title: option.description, for: id },
    el("span", {}, option.shown), node);
  const field = {
    node: wrapper,
    input: node,
    typed: () => chosen ?? (option.type === 11 ? node.files[0]?.name ?? "" : node.value),
    value: async () => {
      if (option.type !== 11) return chosen ?? node.value;
      return node.files[0] ? (await upload(node.files[0], app.channel.id)).id : "";
    },
  };
  node.addEventListener("input", () => {
    chosen = null;
    wrapper.classList.remove("wrong");
  });
  if (option.autocomplete) offer(node, wrapper, { app, leaf, option, current, choose: (choice) => { chosen = choice.value; } });
  return field;
}

function staticChoices(option, world) {
  if (option.choices?.length) return option.choices;
  if (option.type === 5) return [{ value: "true", name: "True" }, { value: "false", name: "False" }];
  const select = { 6: 5, 7: 8, 8: 6, 9: 7 }[option.type];
  return select ? choicesFor({ type: select }, world) : null;
}

// Asks the bot for choices while one types.
function offer(input, wrapper, { app, leaf, option, current, choose }) {
  let palette = null;
  let keys = null;
  let asked = 0;
  const hide = () => {
    palette?.remove();
    palette = keys = null;
  };
  const ask = async () => {
    const mine = ++asked;
    const body = {
      user: app.viewer, channel: app.channel.id, name: leaf.path,
      options: await current(false), focused: option.name,
    };
    const choices = await post("/autocomplete", body).catch(() => []);
    if (mine !== asked || document.activeElement !== input) return;
    hide();
    if (!choices.length) return;
    const take = (choice) => {
      input.value = choice.name;
      choose(choice);
      hide();
    };
    const items = choices.map((choice) => el("button", {
      class: "choice", role: "option", type: "button",
      onpointerdown: (event) => {
        event.preventDefault();
        take(choice);
      },
    }, el("span", { class: "name" }, choice.name)));
    palette = el("div", { class: "palette", role: "listbox", "aria-label": `Choices for ${option.shown}` },
      el("h3", {}, option.shown), items);
    keys = listKeys(items, { choose: (_, at) => take(choices[at]), close: hide });
    wrapper.closest(".composer").append(palette);
  };
  let timer = 0;
  const soon = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  };
  input.addEventListener("input", () => soon(120));
  input.addEventListener("focus", () => soon(0));
  input.addEventListener("blur", hide);
  input.addEventListener("keydown", (event) => {
    if (keys?.(event)) event.stopPropagation();
  });
}
