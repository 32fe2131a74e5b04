// Which one? Where marks lie on each other, a tap asks.

import { shownTags } from "../geo/tags.js";
import { element, paintSymbol } from "./dom.js";
import { t } from "./texts.js";

/** Ask on the map, at `latlng`, which of `things` is meant; `onPick` is told. */
export function choose(map, latlng, things, config, onPick) {
  const list = element("ul", { class: "chooser" });
  for (const thing of things) {
    const { symbol, colour, words } = signOf(thing, config);
    const canvas = element("canvas", { class: "symbol", "aria-hidden": "true" });
    paintSymbol(canvas, symbol, colour);
    const pick = () => {
      map.closePopup();
      onPick(thing);
    };
    list.append(element("li", {}, element("button", { type: "button", onclick: pick }, canvas, words)));
  }
  const popup = L.popup({ closeButton: false, autoPan: true, className: "chooser-box" });
  popup.setLatLng(latlng).setContent(list).openOn(map);
  list.querySelector("button").focus({ preventScroll: true });
}

function signOf({ kind, properties }, { tags, looks, kinds, cameraStates }) {
  if (kind === "incident") {
    const words = t("choose.incident", { kind: kinds[properties.kind], look: looks[properties.look] });
    return { symbol: `pin:${properties.kind}:${properties.look}`, colour: "", words };
  }
  if (kind === "camera") {
    const words = t("choose.camera", { state: cameraStates[properties.state] });
    return { symbol: `camera:${properties.owner}:${properties.state}`, colour: "", words };
  }
  if (kind === "service_point")
    return { symbol: `point:${properties.kind}`, colour: "", words: properties.name };
  const shown = shownTags(Number(properties.mask ?? 0), tags, new Set(), 3);
  const words = [t("choose.household"), ...shown.map(({ label }) => label)].join(" · ");
  return { symbol: shown[0]?.symbol ?? "dot", colour: shown[0]?.colour ?? "#888888", words };
}
