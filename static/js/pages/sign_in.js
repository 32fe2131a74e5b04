// The sign-in page: who follows a link to a view comes to that view.

import { carryHash } from "../ui/carryhash.js";

carryHash();
