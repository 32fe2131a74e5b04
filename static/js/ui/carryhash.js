// The view stands behind `#`, which no server sees: forms that lead back to a page take it along.

/** Put the address's hash behind the `next` of every form that has one, when it is sent. */
export function carryHash() {
  document.addEventListener("submit", ({ target }) => {
    const next = target.elements.next;
    if (next && location.hash && !next.value.includes("#")) next.value = (next.value || "/") + location.hash;
  });
}
