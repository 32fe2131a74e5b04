// A tablet that somebody has revoked: nothing is shown of what lies here; the file may be saved, then nothing stays.

import { hasUnsent } from "../offline/tally.js";
import { byId } from "../ui/dom.js";
import { revokedPage } from "./screens/settings.js";

/** In the address of a page that was wiped because of it. */
export const WIPED = "#revoked";

/** The server has said so. The page begins anew, so that nothing of what it had opened is left in it. */
export async function revoke(app) {
  if (await app.device.isRevoked()) return;
  await app.sender.stop();
  await app.device.revoke();
  location.reload();
}

/** All that the page is from then on, also after a reload and without a connection. With nothing to be saved, nothing is asked. */
export async function showRevoked(app) {
  if (!(await hasUnsent(app.store))) {
    await app.wipe(WIPED);
    return;
  }
  // Another tab may wipe everything.
  app.outbox.addEventListener("wiped", () => location.reload());
  for (const part of ["map", "chrome", "sheet"]) byId(part).remove();
  byId("page").append(await revokedPage(app));
  byId("page").dataset.ready = "true";
}
