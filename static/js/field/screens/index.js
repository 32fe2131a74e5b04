// All screens by their names.

import { underOnePen } from "../pen.js";
import { camera, cameraCard } from "./camera.js";
import { conflicts } from "./conflicts.js";
import { enrol } from "./enrol.js";
import { chooser, grid, layers, near, search } from "./finding.js";
import { elsewhere } from "./form.js";
import { household, householdCard, visitForm } from "./household.js";
import { incident, incidentCard, note } from "./incident.js";
import { moment } from "./moment.js";
import { outbox } from "./outbox.js";
import { patrol } from "./patrol.js";
import { leave, more } from "./settings.js";
import { takealong } from "./takealong.js";

// Forms of drafts, which two tabs must not write at once.
const FORMS = { camera, household, incident, moment, note, visit: visitForm };

export const SCREENS = {
  cameraCard,
  chooser,
  conflicts,
  enrol,
  grid,
  householdCard,
  incidentCard,
  layers,
  leave,
  more,
  near,
  outbox,
  patrol,
  search,
  takealong,
  ...Object.fromEntries(
    Object.entries(FORMS).map(([name, form]) => [name, underOnePen(name, form, elsewhere)]),
  ),
};
