/** What the microphone gave, as a file that an audio element plays. */

import { RATE } from "./resampler.js";

const HEADER_BYTES = 44;

/** `frames` are 16-bit samples of one channel. The address holds them until the page is left. */
export function addressOfSound(frames) {
  const bytes = frames.reduce((sum, frame) => sum + frame.byteLength, 0);
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  const write = (at, text) => [...text].forEach((letter, n) => header.setUint8(at + n, letter.charCodeAt(0)));
  write(0, "RIFF");
  header.setUint32(4, HEADER_BYTES - 8 + bytes, true);
  write(8, "WAVEfmt ");
  header.setUint32(16, 16, true); // bytes of the format
  header.setUint16(20, 1, true); // plain samples
  header.setUint16(22, 1, true); // channels
  header.setUint32(24, RATE, true);
  header.setUint32(28, 2 * RATE, true); // bytes a second
  header.setUint16(32, 2, true); // bytes a sample
  header.setUint16(34, 16, true); // bits a sample
  write(36, "data");
  header.setUint32(40, bytes, true);
  return URL.createObjectURL(new Blob([header, ...frames], { type: "audio/wav" }));
}
