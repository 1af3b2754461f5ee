// A button that leads to the end of the messages, shown when something came there that one can't see.

import { el } from "./dom.js";
import { icon } from "./icons.js";

export class Below {
  constructor(scroller, toEnd) {
    this.node = el("button", { class: "below", hidden: true, onclick: toEnd }, "New messages", icon("down", 16));
    scroller.after(this.node);
  }

  show() {
    this.node.hidden = false;
  }

  hide() {
    this.node.hidden = true;
  }
}
