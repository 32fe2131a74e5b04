// Small sheets of unit squares, in degrees as good as in pixels.

import { Topology } from "../../static/js/geo/topology.js";

export const square = (code, x, y, side = 1) => ({
  type: "Feature",
  properties: { code },
  geometry: {
    type: "MultiPolygon",
    coordinates: [
      [
        [
          [x, y],
          [x + side, y],
          [x + side, y + side],
          [x, y + side],
          [x, y],
        ],
      ],
    ],
  },
});

export const four = () =>
  new Topology([square("a", 0, 0), square("b", 1, 0), square("c", 0, 1), square("d", 1, 1)]);
