// Small helpers for the page's own elements.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** An element with attributes, listeners (`onclick`) and children. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** An icon of the sprite; it says nothing by itself, words stand beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.querySelector("[data-icons]").dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** Put server-rendered markup into an element; scripts in it would not run. */
export function fill(target, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  target.replaceChildren(template.content);
  paintSymbols(target);
}

/** Draw the symbols that fragments of the server only name: `<canvas data-symbol data-colour>`. */
export function paintSymbols(root) {
  for (const canvas of root.querySelectorAll("canvas[data-symbol]")) {
    paintSymbol(canvas, canvas.dataset.symbol, canvas.dataset.colour);
  }
}

let drawer = null;

/** Who draws symbols; the map's own pen, so that legend and map agree. */
export function useSymbolPen(pen) {
  drawer = pen;
}

export function paintSymbol(canvas, symbol, colour, side = 22) {
  const ratio = Math.max(1, Math.min(devicePixelRatio, 3));
  canvas.width = side * ratio;
  canvas.height = side * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.translate(side / 2, side / 2);
  drawer(context, symbol, colour, side / 2 - 3);
}

/** Run `work` only for the last of several calls within `ms`. */
export function debounced(work, ms) {
  let timer = null;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), ms);
  };
}
