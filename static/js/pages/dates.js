// Pages beside the map whose forms ask for days.

import { showIso } from "../ui/isodate.js";

const { pick } = document.querySelector("[data-icons]").dataset;
for (const field of document.querySelectorAll("input[type=date]")) showIso(field, pick);
