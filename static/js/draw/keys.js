// Keys of the drawing page. Nothing is taken from who writes in a field.

export const TOOL_KEYS = {
  v: "select",
  b: "points",
  c: "split",
  r: "reshape",
  m: "merge",
  t: "lasso",
  n: "create",
};

export function startKeys(editor, { onEscape }) {
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select, dialog") || document.querySelector("dialog[open]"))
      return;
    if (act(editor, event, onEscape)) event.preventDefault();
  });
}

function act(editor, event, onEscape) {
  const { draft, tool } = editor;
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    if (!draft.mayDraw) return false;
    if (key === "z") return done(() => (event.shiftKey ? draft.redo() : draft.undo()));
    if (key === "y") return done(() => draft.redo());
    return false;
  }
  if (event.key === "Escape") {
    if (editor.proposal) return done(() => editor.dropProposal());
    if (tool?.cancel?.()) return done(() => editor.changed());
    return done(onEscape);
  }
  const isOnButton = event.target.closest("button, a, summary, [role=tab]");
  if (event.key === "Enter" && !isOnButton) {
    if (editor.proposal) return done(() => editor.accept());
    return done(() => tool?.finish?.());
  }
  if (event.key === "Backspace") return done(() => tool?.back?.());
  if (event.key === "Delete") return done(() => tool?.remove?.());
  if (draft.mayDraw && !event.altKey && key in TOOL_KEYS) return done(() => editor.use(TOOL_KEYS[key]));
  return false;
}

function done(work) {
  work();
  return true;
}
