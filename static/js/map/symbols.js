// Household symbols: shapes of their own, so that colour is never all that tells them apart.
// Each is drawn once for a size and then copied.

const HALO = 1.6;
const TAU = Math.PI * 2;

const polygon =
  (sides, turn, inner = 1) =>
  (path, r) => {
    const count = inner === 1 ? sides : sides * 2;
    for (let i = 0; i < count; i++) {
      const radius = i % 2 === 1 && inner !== 1 ? r * inner : r;
      const angle = turn + (i * TAU) / count;
      path[i === 0 ? "moveTo" : "lineTo"](radius * Math.cos(angle), radius * Math.sin(angle));
    }
    path.closePath();
  };

const bars = (turn) => (path, r) => {
  const arm = r * 0.36;
  const corners = [
    [-arm, -r],
    [arm, -r],
    [arm, -arm],
    [r, -arm],
    [r, arm],
    [arm, arm],
    [arm, r],
    [-arm, r],
    [-arm, arm],
    [-r, arm],
    [-r, -arm],
    [-arm, -arm],
  ];
  corners.forEach(([x, y], i) => {
    const at = [x * Math.cos(turn) - y * Math.sin(turn), x * Math.sin(turn) + y * Math.cos(turn)];
    path[i === 0 ? "moveTo" : "lineTo"](...at);
  });
  path.closePath();
};

const UP = -Math.PI / 2;
const SHAPES = {
  star: polygon(5, UP, 0.45),
  diamond: polygon(4, UP),
  triangle: polygon(3, UP),
  hexagon: polygon(6, UP),
  square: polygon(4, Math.PI / 4),
  plus: bars(0),
  cross: bars(Math.PI / 4),
  dot: (path, r) => path.arc(0, 0, r * 0.8, 0, TAU),
  disc: (path, r) => path.arc(0, 0, r * 0.95, 0, TAU),
  bubble: (path, r) => {
    path.moveTo(-r * 0.45, r);
    path.lineTo(-r * 0.4, r * 0.55);
    path.lineTo(-r, r * 0.55);
    path.lineTo(-r, -r * 0.85);
    path.lineTo(r, -r * 0.85);
    path.lineTo(r, r * 0.55);
    path.lineTo(r * 0.1, r * 0.55);
    path.closePath();
  },
  sheet: (path, r) => {
    path.moveTo(-r * 0.75, -r);
    path.lineTo(r * 0.25, -r);
    path.lineTo(r * 0.75, -r * 0.5);
    path.lineTo(r * 0.75, r);
    path.lineTo(-r * 0.75, r);
    path.closePath();
  },
};
// Shapes of one radius do not look of one size; these make them.
const WEIGHT = { star: 1.18, diamond: 1.08, triangle: 1.12, square: 1.02, ring: 0.86 };

/** Draw a symbol around (0, 0) with radius `r`; with a thin edge where `edge` gives its colour. */
export function drawSymbol(context, symbol, colour, r, edge = null) {
  const radius = r * (WEIGHT[symbol] ?? 1);
  context.lineJoin = "round";
  const path = new Path2D();
  if (symbol === "ring") {
    path.arc(0, 0, radius * 0.8, 0, TAU);
    context.fillStyle = "#fff";
    context.fill(path);
    context.strokeStyle = "#fff";
    context.lineWidth = radius * 0.5 + HALO * 2;
    context.stroke(path);
    context.strokeStyle = colour;
    context.lineWidth = radius * 0.5;
    context.stroke(path);
    return;
  }
  (SHAPES[symbol] ?? SHAPES.dot)(path, radius);
  context.strokeStyle = "#fff";
  context.lineWidth = HALO * 2;
  context.stroke(path);
  context.fillStyle = colour;
  context.fill(path);
  if (!edge) return;
  context.strokeStyle = edge;
  context.lineWidth = 1;
  context.stroke(path);
}

const sprites = new Map();

/** A canvas with the symbol in its middle, `side` CSS pixels wide. */
export function sprite(symbol, colour, r, ratio) {
  const key = `${symbol} ${colour} ${r} ${ratio}`;
  let made = sprites.get(key);
  if (!made) {
    const side = Math.ceil(r * 2.5 + HALO * 2);
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(side * ratio);
    canvas.height = canvas.width;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.translate(side / 2, side / 2);
    drawSymbol(context, symbol, colour, r);
    made = { canvas, side };
    sprites.set(key, made);
  }
  return made;
}
