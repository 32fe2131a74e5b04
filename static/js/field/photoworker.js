// Makes a photo small, off the main thread: the longest side, JPEG. Answers null where it can't be read
// here (then the photo goes as it is).

const LONGEST = 2048;
const QUALITY = 0.85;

self.onmessage = async ({ data: { id, file } }) => {
  try {
    self.postMessage({ id, small: await smaller(file) });
  } catch {
    self.postMessage({ id, small: null });
  }
};

async function smaller(file) {
  // As the camera meant it: upright, whatever the file says of turning it.
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}
