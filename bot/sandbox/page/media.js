// Pictures, films, files and the enlarged view.

import { bytes, el, local } from "./dom.js";
import { icon } from "./icons.js";

const isFilm = (item) => (item.content_type || "").startsWith("video/");
const isSeen = (item) => (item.content_type || "").startsWith("image/") || isFilm(item);

export function attachments(list) {
  const pictures = list.filter(isSeen).map((attachment) => ({
    url: attachment.url,
    content_type: attachment.content_type,
    alt: attachment.description,
    width: attachment.width,
    height: attachment.height,
    spoiler: attachment.filename.startsWith("SPOILER_"),
  }));
  const files = list.filter((attachment) => !isSeen(attachment)).map((attachment) =>
    file(attachment.filename, attachment.size, attachment.url));
  return [pictures.length ? gallery(pictures) : null, ...files];
}

export function gallery(items) {
  const count = items.length > 4 ? "many" : `n${items.length}`;
  const single = items.length === 1 ? items[0] : null;
  return el("div", { class: `gallery ${count}` }, items.map((item, index) =>
    isFilm(item) ? film(item) : picture(item, () => enlarge(items, index), single)));
}

// Its first frame stands for it until it is played.
export function film(item) {
  const node = el("div", { class: item.spoiler ? "film spoiler" : "film" },
    el("video", {
      src: local(item.url),
      controls: true,
      preload: "metadata",
      playsinline: true,
      loop: true,
      "aria-label": item.alt ? `Clip: ${item.alt}` : "Clip",
    }),
    item.alt && el("span", { class: "alt", "aria-hidden": "true", title: item.alt }, "ALT"),
    item.spoiler && el("button", {
      class: "veil",
      onclick: (event) => {
        node.classList.remove("spoiler");
        event.target.remove();
      },
    }, "SPOILER"));
  return node;
}

export function picture(item, open, single) {
  let hidden = item.spoiler;
  const size = single && item.width
    ? `aspect-ratio: ${item.width} / ${item.height}; width: ${Math.min(item.width, 560, 440 * item.width / item.height)}px`
    : "";
  const node = el("button", {
    class: hidden ? "picture spoiler" : "picture",
    style: size,
    "aria-label": item.alt ? `Enlarge: ${item.alt}` : "Enlarge picture",
    onclick: () => {
      if (!hidden) return open();
      hidden = false;
      node.classList.remove("spoiler");
      node.querySelector(".veil")?.remove();
    },
  },
  el("img", { src: local(item.url), alt: item.alt || "", loading: "lazy" }),
  item.alt && el("span", { class: "alt", "aria-hidden": "true", title: item.alt }, "ALT"),
  hidden && el("span", { class: "veil" }, "SPOILER"));
  return node;
}

export function file(name, size, url) {
  return el("div", { class: "file" },
    icon("file", 28),
    el("div", {},
      el("a", { href: local(url), download: name }, name),
      el("span", { class: "size" }, bytes(size || 0))));
}

export function enlarge(items, index) {
  const image = el("img", {});
  const caption = el("figcaption", {});
  const original = el("a", { class: "button", target: "_blank" }, "Open original");
  const show = (step) => {
    index = (index + step + items.length) % items.length;
    image.src = local(items[index].url);
    image.alt = items[index].alt || "";
    caption.textContent = items[index].alt || "";
    original.href = local(items[index].url);
  };
  const several = items.length > 1;
  const box = el("dialog", { class: "lightbox", "aria-label": "Picture" },
    el("figure", {}, image, caption),
    el("nav", {},
      several && el("button", { class: "button", onclick: () => show(-1) }, "← Previous"),
      several && el("button", { class: "button", onclick: () => show(1) }, "Next →"),
      original,
      el("button", { class: "button", onclick: () => box.close() }, "Close")));
  box.addEventListener("keydown", (event) => {
    if (several && event.key === "ArrowLeft") show(-1);
    if (several && event.key === "ArrowRight") show(1);
  });
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  box.addEventListener("close", () => box.remove());
  show(0);
  document.body.append(box);
  box.showModal();
}
