// Line icons of our own, 24 x 24: not every machine has a font with these signs.

const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  tools: "M4 8h9M17 8h3M4 16h3M11 16h9M13 5.5v5M7 13.5v5",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  send: "M4 5l16 7-16 7 2.5-7zM6.5 12H20",
  reply: "M10 6l-6 6 6 6M4 12h9a7 7 0 0 1 7 7",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  like: "M7 11v8H4v-8zM7 12l4-8c2 0 3 1 2.5 3L13 10h5.5c1.2 0 2 1 1.7 2.2l-1.4 5.4c-.2.9-1 1.4-1.8 1.4H7",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  thread: "M5 5h14v10h-7l-4 4v-4H5zM9 9h6M9 12h4",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  spark: "M12 3l2 6.5 6.5 2.5-6.5 2.5L12 21l-2-6.5L3.5 12 10 9.5z",
  hash: "M9 4L7 20M17 4l-2 16M4 9h16M3.5 15h16",
  at: "M15.5 12a3.5 3.5 0 1 0-7 0 3.5 3.5 0 0 0 7 0zm0 0c0 3.5 5 3.5 5 0A8.5 8.5 0 1 0 17 18.8",
  warn: "M12 4l9 16H3zM12 10v4.5M12 17.3v.1",
  branch: "M7 4v8a4 4 0 0 0 4 4h7",
  down: "M12 5v14M6 13l6 6 6-6",
  out: "M9 6h9v9M18 6L7 17",
};

export function icon(name, size = 20) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = {
    viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor",
    "stroke-width": name === "more" ? 3 : 1.9, "stroke-linecap": "round", "stroke-linejoin": "round",
    "aria-hidden": "true", class: "glyph",
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
