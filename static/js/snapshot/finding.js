// Search in a snapshot: by name or code, among what stands in the file.

const MOST = 12;
const NEAR = 17;

/** A field in the corner of the map; `found` are `{text, at, mark}`. */
export function addSearch(map, found, words) {
  const control = new L.Control({ position: "topleft" });
  control.onAdd = () => {
    const box = L.DomUtil.create("div", "snapshot-search leaflet-bar");
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    const field = document.createElement("input");
    field.type = "search";
    field.placeholder = words.search;
    field.setAttribute("aria-label", words.search);
    const list = document.createElement("ul");
    field.addEventListener("input", () => show(map, list, field.value, found, words));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") list.querySelector("button")?.click();
    });
    box.append(field, list);
    return box;
  };
  control.addTo(map);
}

function show(map, list, text, found, words) {
  const asked = text.trim().toLowerCase();
  list.replaceChildren();
  list.hidden = false;
  if (!asked) return;
  const hits = found.filter((one) => one.text.toLowerCase().includes(asked)).slice(0, MOST);
  for (const one of hits) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = one.text;
    button.addEventListener("click", () => go(map, one, list));
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
  if (!hits.length) {
    const item = document.createElement("li");
    item.textContent = words.nothing;
    list.append(item);
  }
}

function go(map, one, list) {
  // Hidden and not removed: Leaflet asks where the click was after this.
  list.hidden = true;
  map.setView(one.at, Math.max(map.getZoom(), NEAR), { animate: false });
  one.mark.openPopup(L.latLng(one.at));
}
