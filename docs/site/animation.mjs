/** Turns screenshots into a small animated GIF: one palette, and only the changed pixels of each frame. */

import gifenc from 'gifenc';

// A GIF has 256 colors; the last one stands for "as before".
const unchanged = 255;

/**
 * Encodes an animation that repeats forever.
 *
 * @param page - an empty page of the browser, which decodes the screenshots
 * @param frames - `{ png, ms }`: a screenshot, and how long it is shown
 */
export async function animation(page, frames) {
  const pictures = [];
  for (const { png } of frames) pictures.push(await pixelsOf(page, png));
  const [{ width, height }] = pictures;
  const palette = mostFrequent(pictures);
  const indexOf = nearestIn(palette);
  const gif = gifenc.GIFEncoder();
  let before;
  for (const [at, { colors }] of pictures.entries()) {
    const now = Uint8Array.from(colors, indexOf);
    const shown = before
      ? now.map((color, pixel) => (color === before[pixel] ? unchanged : color))
      : now;
    gif.writeFrame(shown, width, height, {
      palette: at === 0 ? [...palette, [0, 0, 0]] : undefined,
      delay: frames[at].ms,
      transparent: at > 0,
      transparentIndex: unchanged,
      dispose: 1,
    });
    before = now;
  }
  gif.finish();
  return gif.bytes();
}

/** The pixels of a screenshot, decoded by the browser. */
async function pixelsOf(page, png) {
  const { width, height, base64 } = await page.evaluate(async (source) => {
    const response = await fetch(`data:image/png;base64,${source}`);
    const bitmap = await createImageBitmap(await response.blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const parts = [];
    for (let at = 0; at < data.length; at += 32_768)
      parts.push(String.fromCharCode(...data.subarray(at, at + 32_768)));
    return { width, height, base64: btoa(parts.join('')) };
  }, png.toString('base64'));
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return { width, height, colors: new Uint32Array(bytes.buffer).map((color) => color & 0xffffff) };
}

/** One color of each hue, so that small emoji keep theirs, and then the most frequent colors: a page has few, and the edges of letters. */
function mostFrequent(pictures) {
  const counts = new Map();
  for (const { colors } of pictures)
    for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1);
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([color]) => color);
  const hues = new Map(byCount.toReversed().map((color) => [color & 0xe0e0e0, color]));
  const found = new Set([...hues.values(), ...byCount]);
  const palette = [...found].slice(0, unchanged).map(channels);
  // The index of "as before" is the same whatever a page has.
  while (palette.length < unchanged) palette.push([0, 0, 0]);
  return palette;
}

/** Finds the index of the color that is most like another. */
function nearestIn(palette) {
  const known = new Map();
  return (color) => {
    const found = known.get(color);
    if (found !== undefined) return found;
    const wanted = channels(color);
    const distances = palette.map((each) =>
      each.reduce((sum, value, channel) => sum + (value - wanted[channel]) ** 2, 0),
    );
    const index = distances.indexOf(Math.min(...distances));
    known.set(color, index);
    return index;
  };
}

/** Red, green and blue. */
const channels = (color) => [color & 255, (color >> 8) & 255, (color >> 16) & 255];
