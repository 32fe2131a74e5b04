// The ways of an operation and of a photo, each state with its reason. Nothing else decides what a state means.

/**
 * `unsent`: no server has it, losing it loses work. `onServer`: a final receipt is stored that says so.
 * `final`: the sender has nothing more to do for it. `next`: what may follow.
 * @typedef {"draft"|"sealed"|"sending"|"received"|"applied"|"duplicate"|"conflict"|"held"|"refused"} State
 * @type {Object<State, {unsent: boolean, onServer: boolean, final: boolean, next: State[], reason: string}>}
 */
export const STATES = {
  draft: {
    unsent: true,
    onServer: false,
    final: false,
    next: ["sealed"],
    reason: "being written; saved with every keystroke, sent only after the person has finished it",
  },
  sealed: {
    unsent: true,
    onServer: false,
    final: false,
    next: ["sending", "received", "applied", "duplicate", "conflict", "held", "refused"],
    reason:
      "finished and unchangeable, waits to be sent; also one whose answer was lost or could not be read",
  },
  sending: {
    unsent: true,
    onServer: false,
    final: false,
    next: ["sealed", "received", "applied", "duplicate", "conflict", "held", "refused"],
    reason: "in a request under way; whoever sends next puts back to sealed what a closed page left here",
  },
  received: {
    unsent: false,
    onServer: false,
    final: false,
    next: ["applied", "duplicate", "conflict", "held", "refused"],
    reason:
      "the server has stored it but not judged it: no final receipt, so not told as being on the server",
  },
  applied: { unsent: false, onServer: true, final: true, next: [], reason: "done" },
  duplicate: {
    unsent: false,
    onServer: true,
    final: true,
    next: [],
    reason: "what it wants was there already, by another operation",
  },
  conflict: {
    unsent: false,
    onServer: true,
    final: true,
    next: [],
    reason: "done but for fields that somebody else changed; those are open conflicts on the server",
  },
  held: {
    unsent: false,
    onServer: true,
    final: true,
    next: ["applied", "duplicate", "conflict", "refused"],
    reason: "the server keeps it for an office to settle; asked for again until it is",
  },
  refused: {
    unsent: true,
    onServer: false,
    final: true,
    next: [],
    reason: "can't be done as it is; what it says is still only here, until a corrected one takes its place",
  },
};

/** States of the server's receipts (`outcome`) as the tablet's own. */
export const OUTCOMES = {
  received: "received",
  applied: "applied",
  duplicate: "duplicate",
  conflict: "conflict",
  held: "held",
  rejected: "refused",
};

/**
 * `sent`: the server has said that it holds the whole photo; nothing else counts as sent. `open`: is yet to be sent.
 * @typedef {"draft"|"waiting"|"wanted"|"kept"|"attached"|"refused"|"unwanted"} PhotoState
 * @type {Object<PhotoState, {sent: boolean, open: boolean, reason: string}>}
 */
export const PHOTO_STATES = {
  draft: { sent: false, open: false, reason: "its operation is being written" },
  waiting: { sent: false, open: true, reason: "its operation is sealed, the server has said nothing of it" },
  wanted: { sent: false, open: true, reason: "the server has not all of it" },
  kept: { sent: true, open: false, reason: "the server has all of it, its SHA-256 is right" },
  attached: { sent: true, open: false, reason: "it hangs on what it belongs to" },
  refused: { sent: false, open: false, reason: "the server won't have it: no picture, too large" },
  unwanted: { sent: false, open: false, reason: "its operation was refused; a corrected one takes it along" },
};

/** What the server may say of a photo. */
export const PHOTO_WORDS = ["wanted", "kept", "attached", "refused"];

/** Conflicts of a receipt that nobody has settled yet. */
export function openConflicts(receipt) {
  const conflicts = receipt?.outcome === "conflict" ? receipt.conflicts : [];
  return Array.isArray(conflicts) ? conflicts.filter((one) => one?.open !== false) : [];
}

/** Whether an operation in state `from` may go to `to`. */
export const mayBecome = (from, to) => STATES[from].next.includes(to);
