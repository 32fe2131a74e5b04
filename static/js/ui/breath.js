// Long work in pieces.

/** Let the page draw and answer to fingers, then go on. */
export const breath = () => globalThis.scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
