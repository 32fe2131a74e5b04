// A village as the server gives it to a tablet: a large grid, a small one in it, households by number.

export const VILLAGE = "431024111005";
const square = (lon, lat, size) => ({
  type: "Polygon",
  coordinates: [
    [
      [lon, lat],
      [lon + size, lat],
      [lon + size, lat + size],
      [lon, lat + size],
      [lon, lat],
    ],
  ],
});
export const household = (id, more = {}) => ({
  id,
  rev: 1,
  area: `${VILLAGE}00${1 + (id % 2)}`,
  head: `户主${id}`,
  address: `上坪组${id}号`,
  phone: "138****5678",
  place: [112.4 + id / 1e4, 25.6],
  tags: [],
  ...more,
});
export const GRIDS = [
  {
    id: 1,
    rev: 1,
    area: VILLAGE,
    code: VILLAGE,
    name: "上坪村",
    level: "large",
    geometry: square(112, 25, 1),
  },
  {
    id: 2,
    rev: 1,
    area: `${VILLAGE}001`,
    code: `${VILLAGE}001`,
    name: "上坪组",
    level: "small",
    geometry: square(112.4, 25.5, 0.2),
  },
];
