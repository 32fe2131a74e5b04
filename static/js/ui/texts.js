// Words and figures in the reader's language; the server sends the words with the page.

let texts = {};
let figures = new Intl.NumberFormat("zh-CN");

export function useTexts(catalogue, language) {
  texts = catalogue;
  figures = new Intl.NumberFormat(language);
}

/** The text of a key with its `{name}` places filled. */
export function t(key, values = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    if (!(name in values)) return whole;
    return typeof values[name] === "number" ? figures.format(values[name]) : String(values[name]);
  });
}

export function n(value) {
  return figures.format(value);
}
