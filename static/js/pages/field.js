// The page for the field: opens what lies on the tablet, then the map; the server comes in when there is one.

import { App } from "../field/app.js";
import { Ground } from "../field/ground.js";
import { begin } from "../field/life.js";
import { Originals } from "../field/originals.js";
import { notice } from "../field/parts.js";
import { Prefs } from "../field/prefs.js";
import { Shrinker } from "../field/shrinking.js";
import { trouble } from "../field/words.js";
import { drawSymbol } from "../map/symbols.js";
import { FieldApi } from "../offline/api.js";
import { Device } from "../offline/device.js";
import { Outbox } from "../offline/outbox.js";
import { Pack } from "../offline/pack.js";
import { Sender } from "../offline/sender.js";
import { openStore } from "../offline/store.js";
import { Vault } from "../offline/vault.js";
import { byId, element, useSymbolPen } from "../ui/dom.js";
import { t, useTexts } from "../ui/texts.js";

const config = JSON.parse(byId("config").textContent);
useSymbolPen(drawSymbol);
const prefs = new Prefs();
useTexts(config.texts[prefs.now.language || "zh-hans"], prefs.now.language || "zh-hans");

/** The server says forms and reasons in the language of the page, not of the browser. */
const inOurLanguage = (url, options) =>
  fetch(url, {
    ...options,
    headers: { ...options.headers, "Accept-Language": prefs.now.language || "zh-hans" },
  });

/** The parts that know no page, over one database. */
async function parts() {
  const store = await openStore();
  const vault = await Vault.open(store);
  const device = new Device({ store, vault });
  const api = new FieldApi({ token: () => device.token(), fetch: inOurLanguage });
  const outbox = new Outbox({ store, vault });
  const sender = new Sender({ outbox, api });
  const pack = new Pack({ store, vault, api, outbox });
  const originals = new Originals(vault, outbox);
  const shrinker = new Shrinker(config.photoWorker);
  return {
    config,
    prefs,
    store,
    vault,
    device,
    api,
    outbox,
    sender,
    pack,
    originals,
    shrinker,
    ground: new Ground(pack),
  };
}

try {
  const app = new App(await parts());
  await begin(app);
} catch (error) {
  // No database, no crypto: said in words, for a blank page helps nobody.
  byId("page").append(
    element(
      "div",
      { class: "welcome", id: "failed" },
      element("h1", {}, t("app.name")),
      notice("bad", trouble(error)),
    ),
  );
  throw error;
}
