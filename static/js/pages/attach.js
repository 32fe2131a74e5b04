// The file of a case: a photo or file goes to it in pieces, and goes on after a break by itself.

import { HttpError, request, sendJson } from "../net/http.js";

const PIECE = 1 << 20;
const WAIT_MS = 3000;

const form = document.querySelector("form.attach");
const csrf = document.querySelector("meta[name=csrf-token]").content;
const wait = () => new Promise((resolve) => setTimeout(resolve, WAIT_MS));

/** Whether it is the net or a busy server, and not the file, that is in the way. */
const passes = (error) => error instanceof HttpError && [0, 502, 503, 504].includes(error.status);

/** What a file is known by when it is chosen again after the page was closed. */
const nameOf = ({ name, size, lastModified }) =>
  `attach:${form.dataset.uploads}:${name}:${size}:${lastModified}`;

async function ask(url, options) {
  const response = await request(url, options);
  return response.json();
}

/** How far the upload has come; one is begun where there is none. */
async function begun(file) {
  const key = sessionStorage.getItem(nameOf(file));
  if (key) {
    try {
      return await ask(`${form.dataset.uploads}/${key}`, { cache: "no-store" });
    } catch (error) {
      if (error.status !== 404) throw error;
    }
  }
  const made = await sendJson(form.dataset.uploads, { name: file.name, size: file.size }, csrf);
  sessionStorage.setItem(nameOf(file), made.upload);
  return made;
}

async function send(file, onProgress) {
  const { upload, offset: first } = await begun(file);
  for (let offset = first; offset < file.size; ) {
    onProgress(offset / file.size);
    try {
      const sent = await ask(`${form.dataset.uploads}/${upload}?offset=${offset}`, {
        method: "PUT",
        body: file.slice(offset, offset + PIECE),
        headers: { "X-CSRFToken": csrf, "Content-Type": "application/octet-stream" },
      });
      offset = sent.offset;
    } catch (error) {
      // A piece whose answer was lost is there already.
      if (error.status !== 409 || !(error.details?.offset > offset)) throw error;
      offset = error.details.offset;
    }
  }
  sessionStorage.removeItem(nameOf(file));
}

async function sendAll(files) {
  const [said, bar] = [form.querySelector("output"), form.querySelector("progress")];
  const { sending, waiting } = form.dataset;
  bar.hidden = false;
  for (const [index, file] of files.entries()) {
    for (let isSent = false; !isSent; ) {
      try {
        await send(file, (share) => {
          bar.value = (index + share) / files.length;
          said.textContent = sending.replace("{name}", file.name).replace("{p}", Math.round(share * 100));
        });
        isSent = true;
      } catch (error) {
        if (!passes(error)) throw error;
        said.textContent = waiting;
        await wait();
      }
    }
  }
  bar.value = 1;
}

if (form) {
  const field = form.querySelector("input[type=file]");
  const button = form.querySelector("button");
  field.multiple = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await sendAll([...field.files]);
      location.reload();
    } catch (error) {
      form.querySelector("progress").hidden = true;
      form.querySelector("output").textContent = error.message || form.dataset.failed;
    } finally {
      button.disabled = false;
    }
  });
}
