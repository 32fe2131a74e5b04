// All screens by their names.

import { camera, cameraCard } from "./camera.js";
import { conflicts } from "./conflicts.js";
import { enrol } from "./enrol.js";
import { chooser, grid, layers, near, search } from "./finding.js";
import { household, householdCard, visitForm } from "./household.js";
import { incident, incidentCard, note } from "./incident.js";
import { moment } from "./moment.js";
import { outbox } from "./outbox.js";
import { patrol } from "./patrol.js";
import { leave, more } from "./settings.js";
import { takealong } from "./takealong.js";

export const SCREENS = {
  camera,
  cameraCard,
  chooser,
  conflicts,
  enrol,
  grid,
  household,
  householdCard,
  incident,
  incidentCard,
  layers,
  leave,
  moment,
  more,
  near,
  note,
  outbox,
  patrol,
  search,
  takealong,
  visit: visitForm,
};
