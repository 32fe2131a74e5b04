// Boots the drawing page: makes the parts and tells each what the others did.

import { askNew } from "../draw/asknew.js";
import { Draft } from "../draw/draft.js";
import { DrawMap } from "../draw/drawmap.js";
import { Editor } from "../draw/editor.js";
import { startKeys } from "../draw/keys.js";
import { Checks, moveLine } from "../draw/panels/checks.js";
import { Chosen } from "../draw/panels/chosen.js";
import { Compare } from "../draw/panels/compare.js";
import { Conflict } from "../draw/panels/conflict.js";
import { History } from "../draw/panels/history.js";
import { Importing } from "../draw/panels/importing.js";
import { Presence } from "../draw/panels/presence.js";
import { Proposal } from "../draw/panels/proposal.js";
import { Statistics } from "../draw/panels/statistics.js";
import { Steps } from "../draw/panels/steps.js";
import { Talk } from "../draw/panels/talk.js";
import { Side } from "../draw/side.js";
import { Strip } from "../draw/strip.js";
import { CreateTool } from "../draw/tools/create.js";
import { LassoTool } from "../draw/tools/lasso.js";
import { LineTool } from "../draw/tools/line.js";
import { MergeTool } from "../draw/tools/merge.js";
import { PinTool } from "../draw/tools/pin.js";
import { PointsTool } from "../draw/tools/points.js";
import { SelectTool } from "../draw/tools/select.js";
import { boundsOf } from "../geo/planar.js";
import { drawSymbol } from "../map/symbols.js";
import { getJson } from "../net/http.js";
import { byId, useSymbolPen } from "../ui/dom.js";
import { mapTrouble, say, sentenceOf, watchConnection } from "../ui/notices.js";
import { startReading } from "../ui/reading.js";
import { t, useTexts } from "../ui/texts.js";

const config = JSON.parse(byId("config").textContent);
useTexts(config.texts, config.language);
useSymbolPen(drawSymbol);
config.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const hadPlace = location.hash.length > 1;
let drawmap = null;
config.textScale = startReading((scale) => {
  config.textScale = scale;
  drawmap.map.invalidateSize({ pan: false });
  drawmap.redraw();
});

const draft = new Draft(config);
const editor = new Editor(draft, []);
drawmap = new DrawMap(config, draft, {
  paintActive: (pen) => (draft.topology ? editor.paint(pen) : false),
  words: wordsOf,
  onTrouble: mapTrouble,
});
editor.attach(drawmap);
const side = new Side({ onResize: () => drawmap.map.invalidateSize({ pan: false }) });
const raise = () => side.raise();

new Strip(editor);
new Importing(draft, editor);
new Statistics(draft, editor, config.tags, { onGrid: (code) => showGrids([code]) });
new History(draft, { onGrids: showGrids });
new Checks(draft, editor, { onPlace: showIssue, onGrids: showGrids });
new Proposal(draft, editor, { onGrids: showGrids, onShown: raise });
new Chosen(draft, editor, { onShown: showChosen });
new Conflict(draft, editor);
new Steps(draft, editor, { onMoves: (move) => moveLine(draft, move, () => {}) });
new Compare(draft, drawmap, { onGrids: showGrids });
const pin = new PinTool(editor);
new Talk(draft, drawmap, {
  onPin: (done) => pin.ask(done),
  onPlace: (place) => drawmap.look(place),
});

editor.add("select", new SelectTool(editor));
editor.add("points", new PointsTool(editor));
editor.add("split", new LineTool(editor, "split"));
editor.add("reshape", new LineTool(editor, "reshape"));
editor.add("merge", new MergeTool(editor));
editor.add("lasso", new LassoTool(editor));
editor.add("create", new CreateTool(editor, (wishes, done) => askNew(draft, wishes, done)));
editor.add("pin", pin);

editor.addEventListener("tool", ({ detail }) => detail.name !== "select" && side.giveWay());
draft.addEventListener("refused", ({ detail }) => editor.refused(detail.error));
draft.addEventListener("applied", () => drawmap.mark({ issues: [] }));
draft.addEventListener("copied", ({ detail }) =>
  location.assign(config.urls.other.replace("0", detail.plan)),
);
draft.addEventListener("queue", showQueue);
byId("undo").addEventListener("click", () => draft.undo());
byId("redo").addEventListener("click", () => draft.redo());
byId("zoom-in").addEventListener("click", () => drawmap.map.zoomIn());
byId("zoom-out").addEventListener("click", () => drawmap.map.zoomOut());
byId("whole").addEventListener("click", showWhole);
byId("base")?.addEventListener("change", ({ target }) =>
  drawmap.setBase(target.value).catch(() => say(t("base.failed"), { isError: true })),
);
for (const button of document.querySelectorAll("dialog [data-close]"))
  button.addEventListener("click", () => button.closest("dialog").close());
startKeys(editor, { onEscape: () => editor.use("select") });
watchConnection(config.urls.health, () => (draft.plan ? draft.queue.restart() : start()));
addEventListener("beforeunload", (event) => {
  if (draft.queue.waiting.length > 0) event.preventDefault();
});

editor.use("select");
start();

async function start() {
  try {
    await draft.load();
    if (!hadPlace) showWhole();
    new Presence(draft, editor, { onNews: () => draft.reload() });
    editor.references = (await getJson(config.urls.reference)).lines;
    // A grid that was chosen meanwhile can now be split along them.
    if (editor.chosen) editor.choose(editor.chosen);
  } catch (error) {
    say(sentenceOf(error), { isError: true });
  }
}

/** The grid that was tapped must not lie under what opens for it. */
function showChosen(feature) {
  raise();
  const { bottom = 0, right = 0 } = side.covered();
  const [west, south, east, north] = boundsOf(feature.geometry.coordinates.flat(2));
  const { map } = drawmap;
  const middle = map.latLngToContainerPoint([(south + north) / 2, (west + east) / 2]);
  const isUnder = middle.y > map.getSize().y - bottom || middle.x > map.getSize().x - right;
  if (isUnder)
    drawmap.fit(boundsOf(feature.geometry.coordinates.flat(2)), { bottom, right, maxZoom: map.getZoom() });
}

function showQueue() {
  const { length } = draft.queue.waiting;
  byId("unsent").hidden = length === 0;
  byId("unsent-count").textContent = t("draw.unsent_count", { count: length });
}

function wordsOf({ code, kind }) {
  if (kind === "void" || !draft.census) return [];
  return [t("label.households", { households: draft.census.of(code).households })];
}

function showGrids(codes) {
  const known = codes.filter((code) => draft.features.has(code));
  const places = known.flatMap((code) => draft.features.get(code).geometry.coordinates.flat(2));
  if (places.length === 0) return;
  drawmap.fit(boundsOf(places), side.covered());
  drawmap.mark({ chosen: known });
}

function showIssue(place, issue) {
  drawmap.mark({ issues: [{ place, message: issue.message }] });
  drawmap.look(place);
}

function showWhole() {
  const inside = [...draft.features.values()].filter(({ properties }) => properties.why !== "outside");
  const places = (inside.length > 0 ? inside : [...draft.features.values()]).flatMap(({ geometry }) =>
    geometry.coordinates.flat(2),
  );
  if (places.length > 0) drawmap.fit(boundsOf(places), side.covered());
}
