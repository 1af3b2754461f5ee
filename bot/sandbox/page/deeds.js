// What the member does: says, commands, presses, reacts. What comes of it comes by the stream.

import { post } from "./api.js";
import { leaves } from "./commands.js";
import { openDialog } from "./dialog.js";

export class Deeds {
  constructor(app) {
    this.app = app;
  }

  place(more) {
    return { user: this.app.viewer, channel: this.app.channel.id, ...more };
  }

  async say(content, more) {
    await post("/say", this.place({ content, ...more }));
    this.app.timeline.toEnd();
  }

  // Runs a command; a refusal by the member's own client is thrown with `quiet`, else shown.
  async command(leaf, options, { quiet } = {}) {
    this.app.timeline.toEnd(); // the answer comes there
    const body = this.place({ name: leaf.path, options });
    const run = post("/command", body);
    if (quiet) this.finish(await run, `/${leaf.path}`);
    else await run.then((outcome) => this.finish(outcome, `/${leaf.path}`), (error) => this.app.timeline.notice(error.message));
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

  react(message, emoji) {
    const body = this.place({ channel: message.channel_id, message: message.id, emoji });
    this.attempt(post("/react", body).then(() => ({})), "");
  }

  retract(message) {
    const body = this.place({ channel: message.channel_id, message: message.id });
    this.attempt(post("/retract", body).then(() => ({})), "");
  }

  async attempt(request, what) {
    try {
      this.finish(await request, what);
    } catch (error) {
      this.app.timeline.notice(error.message);
    }
  }

  // What the bot made of an interaction. Messages come by the stream.
  finish(outcome, what) {
    const { app } = this;
    if (outcome.failed) app.timeline.notice(outcome.failed, what);
    if (!outcome.modal) return;
    openDialog(outcome.modal, {
      bot: app.world.bot,
      names: app.names,
      world: app.world,
      channel: app.channel.id,
      submit: async (values) => {
        const answer = await post("/submit", { user: app.viewer, interaction: outcome.interaction, values });
        if (answer.failed) throw new Error(`${answer.failed} Nothing is lost: press Submit again.`);
        this.finish(answer, what);
      },
    }).then(() => app.composer.focus());
  }

  // The command a newcomer should try first.
  get first() {
    const all = leaves(this.app.world.commands);
    return all.find((leaf) => leaf.path === "comic") ?? all[0];
  }

  tryFirst() {
    const { composer } = this.app;
    composer.openCommand(this.first);
    if (!this.first.options.some((option) => option.required) && composer.form) {
      composer.form.node.requestSubmit();
    }
  }
}
