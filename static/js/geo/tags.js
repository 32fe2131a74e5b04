// Which tag symbols a household shows. Masks may hold up to 50 bits, beyond what `&` can do.

/** True where `bit` is set in `mask`, a whole number below 2 ** 53. */
export function hasBit(mask, bit) {
  return Math.floor(mask / 2 ** bit) % 2 === 1;
}

/**
 * Tags to draw for a household, in the legend's order; `tags` is in that order.
 * Hidden tags are left out; at most `limit` of the others are given.
 */
export function shownTags(mask, tags, hidden, limit) {
  const shown = [];
  if (mask === 0) return shown;
  for (const tag of tags) {
    if (shown.length === limit) break;
    if (!hidden.has(tag.slug) && hasBit(mask, tag.bit)) shown.push(tag);
  }
  return shown;
}

/** `tags` sorted by a list of slugs; those not named keep their place behind. */
export function ordered(tags, slugs) {
  const rank = new Map(slugs.map((slug, i) => [slug, i]));
  const place = (tag, i) => rank.get(tag.slug) ?? slugs.length + i;
  return tags
    .map((tag, i) => [place(tag, i), tag])
    .sort((a, b) => a[0] - b[0])
    .map(([, tag]) => tag);
}
