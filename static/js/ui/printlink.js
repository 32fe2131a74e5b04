// The view stands behind `#`, which no server sees: the way to print takes it along.

/** Have the link lead to the page of prints with what the map shows now. */
export function carryView(link) {
  link?.addEventListener("click", () => {
    const view = location.hash.slice(1).split("?")[0];
    if (view) link.search = `?view=${encodeURIComponent(view)}`;
  });
}
