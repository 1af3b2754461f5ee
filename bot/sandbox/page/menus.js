// The menu of a message: reactions, what apps offer for it, and its own commands.

import { el } from "./dom.js";

const FACES = ["👍", "❤️", "😂", "🎨", "🎉"];

export function messageMenu(message, x, y, app) {
  document.querySelector(".context-menu")?.remove();
  const before = document.activeElement;
  const close = () => {
    menu.remove();
    removeEventListener("pointerdown", outside, true);
    before?.focus?.();
  };
  const outside = (event) => {
    if (!menu.contains(event.target)) close();
  };
  const item = (label, act, bad) => el("button", {
    role: "menuitem",
    class: bad ? "bad" : undefined,
    onclick: () => {
      close();
      act();
    },
  }, label);
  const offered = app.world.commands.filter((command) => command.type === 3);
  const mine = message.author.id === app.viewer;
  const menu = el("div", { class: "context-menu", role: "menu", "aria-label": "Message" },
    el("div", { class: "faces" }, FACES.map((face) => item(face, () => app.deeds.react(message, face)))),
    offered.length > 0 && el("h3", {}, "Apps"),
    offered.map((command) => item(command.shown, () => app.deeds.contextMenu(command, message))),
    el("h3", {}, "Message"),
    item("Reply", () => app.reply(message)),
    message.content && item("Copy text", () => navigator.clipboard?.writeText(message.content)),
    item("Copy message id", () => navigator.clipboard?.writeText(message.id)),
    mine && item("Delete message", () => app.deeds.retract(message), true));
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
    else if (event.key === "ArrowUp") items[(at + items.length - 1) % items.length].focus();
    else return;
    event.preventDefault();
  });
  document.body.append(menu);
  const box = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - box.width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - box.height - 8))}px`;
  addEventListener("pointerdown", outside, true);
  menu.querySelector("button:not(.faces button)")?.focus();
}
