// What can go wrong on the tablet itself. The page says it in its own words, by the class or `code`.

/** Base of all of them; `code` names the kind. */
export class OfflineError extends Error {
  code = "offline";

  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The device has no room for what should be written; what was kept before stands as it was. */
export class StorageFull extends OfflineError {
  code = "storage_full";
}

/** No operation or photo of this id is kept here. */
export class NotHere extends OfflineError {
  code = "not_here";
}

/** It was sealed already, here or in another tab: it can't be written to, and this was not written. */
export class NotADraft extends OfflineError {
  code = "not_a_draft";
}

/** A photo without a byte, as cameras give that have failed: better told now than never being accepted by a server. */
export class EmptyPhoto extends OfflineError {
  code = "empty_photo";
}

/** A draft of a change in which everything stands as it stood: there is nothing to send. */
export class NothingChanged extends OfflineError {
  code = "nothing_changed";
}

/** Sealing needs to know which device this is. */
export class NotEnrolled extends OfflineError {
  code = "not_enrolled";
}

/** Work of another person is kept here: it must not be sent in this one's name. */
export class OtherPerson extends OfflineError {
  code = "other_person";
}

/** Work that no server has would be lost. */
export class WorkUnsent extends OfflineError {
  code = "work_unsent";
}

/** What is kept can't be read with this browser's key. */
export class Unreadable extends OfflineError {
  code = "unreadable";
}

/** A rescue file that is none, or is cut off. */
export class BadRescue extends OfflineError {
  code = "bad_rescue";
}

/** Browsers give encryption and durable storage only to pages that come over HTTPS (or from this machine). */
export class NoCrypto extends OfflineError {
  code = "no_crypto";
}

/** Whether the browser refused to write for want of room; Dexie wraps the reason in its own errors. */
export function isFull(error) {
  for (let cause = error, depth = 0; cause && depth < 5; cause = cause.inner ?? cause.cause, depth++) {
    if (cause.name === "QuotaExceededError") return true;
    // Firefox's own name for it.
    if (cause.name === "NS_ERROR_DOM_QUOTA_REACHED") return true;
    if (cause.failures?.some(isFull)) return true;
  }
  return false;
}

/**
 * Run what writes; a full device becomes StorageFull.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function writing(work) {
  try {
    return await work();
  } catch (error) {
    if (!isFull(error)) throw error;
    throw new StorageFull("The device has no room left; this was not kept.", { cause: error });
  }
}
