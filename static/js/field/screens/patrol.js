// Patrols: choose a route, walk it, end it.

import { element } from "../../ui/dom.js";
import { t } from "../../ui/texts.js";
import { Draft } from "../draft.js";
import { button, notice, row, textField } from "../parts.js";
import { trouble, when } from "../words.js";

export function patrol(app) {
  const now = element("div", { class: "field" });
  const body = element("div", {}, now);
  const foot = element("div", { class: "field" });
  let note = null;
  const show = () => {
    const isOn = Boolean(app.patrolling.run);
    const isOurs = isOn && !app.patrolling.isElsewhere;
    now.replaceChildren(...(isOn ? underWay(app) : choosing(app)));
    if (isOurs && !note) {
      note = noteField(app);
      body.append(note);
    } else if (!isOurs) {
      note?.remove();
      note = null;
    }
    foot.replaceChildren(...(isOurs ? [endButton(app)] : []));
    foot.parentElement?.toggleAttribute("hidden", !isOurs);
  };
  app.patrolling.addEventListener("change", show);
  show();
  return {
    title: t("nav.patrol"),
    body,
    foot,
    size: "half",
    onShow: show,
    onClose: () => app.patrolling.removeEventListener("change", show),
  };
}

function choosing(app) {
  const { routes } = app.ground;
  if (routes.length === 0) return [notice("info", t("patrol.none"))];
  const start = async (route, planned) => {
    try {
      await app.patrolling.start(route, planned);
      app.say(t("patrol.started"));
    } catch (error) {
      app.say(trouble(error), { isError: true });
    }
  };
  const rows = routes.flatMap((route) => [
    ...(route.runs ?? []).map((planned) =>
      row({
        title: route.name,
        note: t("patrol.planned", { at: when(planned.planned_at) }),
        end: t("patrol.start"),
        iconName: "calendar-time",
        onclick: () => start(route, planned),
      }),
    ),
    row({
      title: route.name,
      note: t("patrol.now", { n: route.checkpoints?.length ?? 0 }),
      end: t("patrol.start"),
      iconName: "route",
      "data-route": route.id,
      onclick: () => start(route, null),
    }),
  ]);
  return [element("p", { class: "hint" }, t("patrol.only_then")), element("div", { class: "rows" }, ...rows)];
}

function underWay(app) {
  const { run, count, isAwake, problem, isElsewhere } = app.patrolling;
  if (isElsewhere) return [notice("warn", t("patrol.elsewhere"))];
  const route = app.ground.route(run.route);
  const stops = (route?.checkpoints ?? []).map(({ order, name }) => {
    const isPassed = run.passed.includes(order);
    return element(
      "div",
      { class: "row-line" },
      element("span", { class: "row-words" }, element("b", {}, `${order} ${name ?? ""}`)),
      isPassed
        ? element("span", { class: "chip", "data-tone": "good" }, t("patrol.passed"))
        : button(t("patrol.pass"), () => app.patrolling.pass(order).catch((error) => app.failed(error)), {
            "data-stop": order,
          }),
    );
  });
  return [
    element(
      "dl",
      { class: "facts" },
      element("dt", {}, t("patrol.route")),
      element("dd", {}, route?.name ?? ""),
      element("dt", {}, t("patrol.since")),
      element("dd", {}, when(run.startedAt)),
      element("dt", {}, t("patrol.track")),
      element("dd", {}, t("patrol.points", { n: count })),
    ),
    problem ? notice("bad", t(problem)) : "",
    notice(isAwake ? "info" : "warn", t(isAwake ? "patrol.awake" : "patrol.asleep")),
    element("div", { class: "rows" }, ...stops),
  ];
}

/** The note, kept with every keystroke; made once, for what is written anew with every fix takes the pen away. */
function noteField(app) {
  const head = element("div", { class: "form-trouble" });
  const onTrouble = (error) => head.replaceChildren(...(error ? [notice("bad", trouble(error))] : []));
  let draft = null;
  let isBegun = null;
  let typed = "";
  const begin = async () => {
    draft = new Draft(app.outbox, await app.patrolling.note({ isBegun: true }), onTrouble);
  };
  const field = textField(t("patrol.note"), "", async (value) => {
    typed = value;
    try {
      isBegun ??= begin();
      await isBegun;
      draft.set("text", typed);
    } catch (error) {
      isBegun = null;
      onTrouble(error);
    }
  });
  const input = field.querySelector("input");
  app.patrolling.note().then((row) => {
    if (row && !typed) input.value = typed = row.values.text ?? "";
  });
  const keep = async () => {
    if (!typed.trim()) return;
    try {
      isBegun ??= begin();
      await isBegun;
      await draft.seal();
    } catch (error) {
      onTrouble(error);
      return;
    }
    [draft, isBegun, typed, input.value] = [null, null, "", ""];
    app.say(t("form.sealed"));
    app.sender.kick();
  };
  return element(
    "div",
    { class: "field", id: "patrol-note" },
    head,
    field,
    button(t("patrol.note_keep"), keep, { iconName: "note" }),
  );
}

function endButton(app) {
  const end = async ({ currentTarget }) => {
    currentTarget.disabled = true;
    try {
      await app.patrolling.end();
      app.say(t("patrol.ended"));
    } catch (error) {
      app.say(trouble(error), { isError: true });
      currentTarget.disabled = false;
    }
  };
  return button(t("patrol.end"), end, { kind: "primary", iconName: "check", id: "patrol-end" });
}
