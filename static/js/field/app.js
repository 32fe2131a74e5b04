// What the screens share: the outbox, the sender, what was taken along, the map, and the one sheet.

import { byId } from "../ui/dom.js";
import { say } from "../ui/notices.js";
import { t, useTexts } from "../ui/texts.js";
import { Chrome } from "./chrome.js";
import { FieldMap } from "./map/fieldmap.js";
import { Compass, Me } from "./me.js";
import { Mine } from "./mine.js";
import { Patrolling } from "./patrolling.js";
import { Position } from "./position.js";
import { SCREENS } from "./screens/index.js";
import { Sheet } from "./sheet.js";
import { trouble } from "./words.js";

const LARGE = 1.3;
const TOAST_MS = 4000;
const REFRESH_MS = 5 * 60_000;
// Screens that need nothing but grids and forms, or wait by themselves.
const AT_ONCE = new Set(["enrol", "incident", "leave", "more", "search", "takealong"]);

export class App {
  onMapTap = null;

  /** `parts`: config, prefs, store, vault, outbox, api, sender, device, pack, ground, originals, shrinker. */
  constructor(parts) {
    Object.assign(this, parts);
    this.position = new Position();
    this.#applyLanguage();
    this.map = new FieldMap(
      byId("map"),
      {
        leaflet: this.config.leaflet,
        calm: matchMedia("(prefers-reduced-motion: reduce)").matches,
        scale: this.prefs.now.large ? LARGE : 1,
      },
      {
        onPick: (thing, place) => this.#pick(thing, place),
        words: ({ households }) => (households ? [t("label.households", { households })] : []),
      },
    );
    this.sheet = new Sheet({ onChange: () => this.#sheetChanged() });
    this.mine = new Mine(this);
    this.patrolling = new Patrolling(this);
    this.compass = new Compass((degrees, word) => this.chrome.showHeading(degrees, word));
    this.#buildChrome();
    this.me = new Me(this.map.map, this.position, {
      onLine: (text, problem) => {
        this.chrome.showFix(text, problem);
        if (this.position.last) this.chrome.showGrid(this.ground.gridAt(this.position.last.place));
      },
      onState: (state) => this.chrome.showMe(state),
      // While a form is open the map stays where its pin is.
      goTo: (place, zoom) => this.#isForm || this.map.goTo(place, { zoom, cover: this.cover }),
    });
    this.map.map.on("resize", () => this.sheet.fit());
    this.prefs.onChange(() => this.#applyPrefs());
    this.#applyPrefs();
  }

  get language() {
    return this.prefs.now.language || "zh-hans";
  }

  /** What lies over the map, in px from each of its sides. */
  get cover() {
    return { top: this.chrome.depth, ...this.sheet.cover };
  }

  #permissions = null;

  /** Whether the person may do something, as the server said last; while nobody knows, yes. */
  may(permission) {
    return this.#permissions === null || this.#permissions.includes(permission);
  }

  async learnPermissions() {
    this.#permissions = (await this.device.me())?.permissions ?? null;
    this.chrome.showMay();
  }

  /** Whether the person is in the middle of something: then no new version is put on. */
  get isBusy() {
    return this.#isForm || this.patrolling.run !== null;
  }

  get isSending() {
    return this.sender.state.phase === "sending";
  }

  #isForm = false;

  async open(name, params = {}) {
    try {
      // Whatever is told of a house must not say "unknown" because it is not open yet.
      if (!AT_ONCE.has(name)) await this.ground.whole.catch(() => {});
      const screen = await SCREENS[name](this, params);
      this.#isForm = Boolean(screen.isForm);
      this.sheet.show(name, screen);
    } catch (error) {
      this.failed(error);
    }
  }

  /** A place of the bar. */
  goTo(name) {
    if (name === "map") this.sheet.close();
    else this.open(name);
  }

  say(text, options) {
    say(text, { ms: TOAST_MS, ...options });
  }

  failed(error) {
    say(trouble(error), { isError: true });
  }

  async toggleCompass() {
    if (this.compass.isOn) {
      this.compass.stop();
      return;
    }
    const problem = await this.compass.start();
    if (problem) this.say(t(problem), { isError: true });
    else this.say(t("compass.on"));
  }

  changeLanguage(language = this.language === "en" ? "zh-hans" : "en") {
    this.prefs.set({ language });
    this.#applyLanguage();
    this.#buildChrome();
    this.onLanguage?.();
    this.refreshSoon(0);
    if (this.sheet.name === "more") this.open("more");
  }

  /** Settles when all that was taken along stands on the map. */
  drawn = Promise.resolve();

  /** Draw anew what was taken along: the grids at once, the rest (`drawn`) behind them. */
  async showGround({ isFirst = false } = {}) {
    const { ground } = this;
    await ground.begin();
    this.map.showGrids(ground.grids);
    if (isFirst) this.map.goHome(ground.grids);
    this.chrome.line(
      "empty",
      ground.grids.length === 0
        ? {
            text: t("take.first"),
            tone: "info",
            word: t("take.title"),
            onclick: () => this.open("takealong"),
          }
        : null,
    );
    this.drawn = this.#showRest().catch((error) => this.failed(error));
  }

  async #showRest() {
    const { ground } = this;
    await ground.open();
    await this.map.showRest(
      {
        households: ground.households,
        incidents: ground.incidents,
        cameras: ground.cameras,
        routes: ground.routes,
        reference: ground.reference,
        tags: ground.forms.tags,
      },
      { looks: (one) => ground.lookOf(one), maskOf: (slugs) => ground.forms.maskOf(slugs) },
    );
    await this.mine.load();
  }

  #refreshTimer = null;

  /** Fetch what has changed, a little later: several wishes become one. */
  refreshSoon(ms = 2000) {
    clearTimeout(this.#refreshTimer);
    this.#refreshTimer = setTimeout(() => this.refresh().catch(() => {}), ms);
  }

  refreshNowAndThen() {
    setInterval(() => {
      if (document.visibilityState === "visible" && navigator.onLine) this.refreshSoon(0);
    }, REFRESH_MS);
  }

  #buildChrome() {
    this.chrome = new Chrome(this);
    this.chrome.mark("map");
    this.chrome.showMay();
    this.chrome.showSending();
  }

  #applyLanguage() {
    useTexts(this.config.texts[this.language], this.language);
    document.documentElement.lang = this.language;
    document.title = t("app.name");
    byId("map").setAttribute("aria-label", t("map.label"));
  }

  #applyPrefs() {
    const { hand, large, off, hiddenTags } = this.prefs.now;
    document.documentElement.classList.toggle("large-text", large);
    byId("page").classList.toggle("left-hand", hand === "left");
    this.map.setScale(large ? LARGE : 1);
    this.map.hide({ off, tags: hiddenTags });
  }

  #sheetChanged() {
    const { name } = this.sheet;
    if (!name) this.#isForm = false;
    byId("page").classList.toggle("has-sheet", Boolean(name));
    byId("page").classList.toggle("is-form", this.#isForm);
    this.chrome.mark(["outbox", "conflicts", "patrol", "more"].includes(name) ? name : "map");
  }

  #pick(thing, place) {
    if (this.onMapTap) {
      this.onMapTap(place);
      return;
    }
    if (!thing) {
      this.sheet.close();
      return;
    }
    const { kind, properties, others = [] } = thing;
    if (kind === "cluster" || kind === "incident_heap") {
      this.map.zoomInto(thing);
      return;
    }
    if (kind === "mine") {
      this.open("outbox");
      return;
    }
    const stack = [thing, ...others].filter((one) => ["household", "incident", "camera"].includes(one.kind));
    if (stack.length > 1) this.open("chooser", { things: stack });
    else if (kind === "grid") this.open("grid", { code: properties.code, place });
    else this.open(`${kind}Card`, { id: properties.id });
  }
}
