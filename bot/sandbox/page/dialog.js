// A modal that the bot opened.

import { choicesFor } from "./components.js";
import { avatar, el } from "./dom.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { upload } from "./api.js";

// What people bring with them, for a dialog with boxes for characters and panels.
const EXAMPLE = {
  title: "Tabs or spaces",
  characters: `[Tom] A young programmer wearing glasses, with a T-shirt featuring programming slogans.
[Lisa] A female developer with short hair, her laptop covered in stickers with tech logos.`,
  panels: `[Tom] In the office, typing on his keyboard #Tom is writing a piece of code.
[Lisa] In the same office, checking Tom's code on her laptop #Lisa asks Tom if he uses tabs or spaces.
[Tom] and [Lisa] argue, both looking frustrated #Tom argues for tabs, Lisa insists on spaces.
[Tom] and [Lisa] start fighting, papers and notebooks flying everywhere #Their argument escalates into a physical conflict.`,
};

// Resolves when the dialog is closed; `submit(values)` may throw, and its message is shown.
export function openDialog(modal, { bot, names, world, channel, submit }) {
  return new Promise((closed) => {
    const fields = flatten(modal.components).map((part) => field(part, { names, world, channel }));
    const inputs = fields.filter((part) => part.id);
    const error = el("p", { class: "error", role: "alert", hidden: true });
    const send = el("button", { class: "button primary", type: "submit" }, "Submit");
    const fill = examples(inputs);
    const form = el("form", { method: "dialog" },
      el("header", {}, avatar(bot, "small"), el("h2", { id: "dialog-title" }, modal.title),
        el("button", { class: "icon", type: "button", "aria-label": "Close", onclick: () => box.close() }, icon("close"))),
      error,
      el("div", { class: "fields" }, fields.map((part) => part.node)),
      el("footer", {},
        fill && el("button", { class: "button example", type: "button", onclick: fill }, icon("spark", 18), "Fill in an example"),
        el("button", { class: "button ghost", type: "button", onclick: () => box.close() }, "Cancel"),
        send));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      error.hidden = true;
      try {
        const values = {};
        for (const part of inputs) values[part.id] = await part.value();
        await submit(values);
        box.close();
      } catch (problem) {
        error.textContent = problem.message;
        error.hidden = false;
      } finally {
        send.disabled = false;
      }
    });
    const box = el("dialog", { class: "form-dialog", "aria-labelledby": "dialog-title" }, form);
    box.addEventListener("close", () => {
      box.remove();
      closed();
    });
    document.body.append(box);
    box.showModal();
    form.querySelector(".fields :is(input, textarea, select)")?.focus();
  });
}

// Labels, and text inputs in action rows, as one list of {label, description, component}.
function flatten(components) {
  return components.flatMap((part) => {
    if (part.type === 18) return [{ label: part.label, about: part.description, component: part.component }];
    if (part.type === 1) return part.components.map((component) => ({ label: component.label, component }));
    return [{ component: part }];
  });
}

function field({ label, about, component }, context) {
  if (component.type === 10) return { node: markdown(component.content, context.names) };
  const id = `field-${component.id}`;
  const needed = component.required !== false && component.type !== 23;
  const made = (MAKERS[component.type] || MAKERS.select)(component, id, needed, context);
  return {
    id: component.custom_id,
    label,
    component,
    node: el("div", { class: "field" },
      el(made.group ? "div" : "label", made.group ? { class: "label", id: `${id}-label` } : { for: id }, label,
        needed && el("span", { class: "needed", "aria-hidden": "true" }, "*")),
      about && el("p", { class: "about", id: `${id}-about` }, about),
      made.node),
    value: made.value,
    set: made.set,
  };
}

function textInput(component, id, needed) {
  const most = component.max_length || 4000;
  const input = el(component.style === 2 ? "textarea" : "input", {
    id,
    type: component.style === 2 ? undefined : "text",
    name: component.custom_id,
    placeholder: component.placeholder,
    required: needed,
    maxLength: most,
    minLength: component.min_length ?? undefined,
    "aria-describedby": `${id}-count`,
    autocomplete: "off",
  });
  input.value = component.value || "";
  const counter = el("span", { class: "counter", id: `${id}-count` });
  const count = () => {
    counter.textContent = `${input.value.length} / ${most}`;
    counter.classList.toggle("near", input.value.length > most * 0.9);
  };
  input.addEventListener("input", count);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) input.form.requestSubmit();
  });
  count();
  const set = (text) => {
    input.value = text.slice(0, most);
    if (component.style === 2) input.style.height = `${Math.min(input.scrollHeight + 4, 220)}px`;
    count();
  };
  return { node: [input, counter], value: async () => input.value, set };
}

function chooser(component, id, needed, { world }) {
  const many = (component.max_values || 1) > 1;
  const options = choicesFor(component, world);
  const node = el("select", { id, multiple: many, required: needed },
    !many && el("option", { value: "" }, component.placeholder || "Make a selection"),
    options.map((option) => el("option", { value: option.value, selected: option.default }, option.label)));
  return { node, value: async () => [...node.selectedOptions].map((o) => o.value).filter(Boolean) };
}

function filePicker(component, id, needed, { channel }) {
  const most = component.max_values || 1;
  const node = el("input", { id, type: "file", multiple: most > 1, required: needed });
  const value = async () => {
    const files = [...node.files].slice(0, most);
    return (await Promise.all(files.map((file) => upload(file, channel)))).map((file) => file.id);
  };
  return { node, value };
}

function choiceGroup(type) {
  return (component, id, needed) => {
    const picks = (component.options || []).map((option, index) => el("label", { class: "pick" },
      el("input", { type, name: id, value: option.value, checked: option.default, required: needed && type === "radio" }),
      el("span", {}, option.label, option.description && el("span", { class: "hint" }, ` ${option.description}`))));
    const node = el("div", { role: "group", "aria-labelledby": `${id}-label` }, picks);
    const values = () => [...node.querySelectorAll("input:checked")].map((input) => input.value);
    return { node, group: true, value: async () => (type === "radio" ? values()[0] ?? null : values()) };
  };
}

function checkbox(component, id) {
  const node = el("input", { id, type: "checkbox", checked: component.default });
  return { node, value: async () => node.checked };
}

const MAKERS = {
  4: textInput, select: chooser, 19: filePicker, 21: choiceGroup("radio"), 22: choiceGroup("checkbox"), 23: checkbox,
};

// A function that fills empty boxes: with the whole story where the dialog asks for one,
// else with the placeholders as examples.
function examples(inputs) {
  const texts = inputs.filter((part) => part.set);
  const known = (part) => {
    const words = `${part.id} ${part.label}`.toLowerCase();
    return Object.keys(EXAMPLE).find((key) => words.includes(key));
  };
  const story = ["characters", "panels"].every((key) => texts.some((part) => known(part) === key));
  const sample = (part) => (story && EXAMPLE[known(part)]) || part.component.placeholder;
  if (!texts.some((part) => !part.component.value && sample(part))) return null;
  return async () => {
    for (const part of texts) {
      if (!(await part.value()) && sample(part)) part.set(sample(part));
    }
  };
}
