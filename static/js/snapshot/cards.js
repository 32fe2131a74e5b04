// Cards of a snapshot: made of text nodes, so that no name is taken for markup.

/** An element with a heading and lines; empty lines are left out. */
export function card(title, lines) {
  const box = document.createElement("div");
  const head = document.createElement("b");
  head.textContent = title;
  box.append(head);
  for (const line of lines.filter(Boolean)) {
    const row = document.createElement("div");
    row.textContent = line;
    box.append(row);
  }
  return box;
}
