/** The soft tick of an answer's last ten seconds, and whether it is wanted. */

const KEY = "hotseat.tick";
const FREQUENCY_HZ = 1400;
const LENGTH_S = 0.025;
const VOLUME = 0.06; // Low enough not to be taken for speech.

export const isTickWanted = () => localStorage.getItem(KEY) !== "off";
export const wantTick = (isWanted) => localStorage.setItem(KEY, isWanted ? "on" : "off");

export function playTick(context) {
  const tone = new OscillatorNode(context, { frequency: FREQUENCY_HZ });
  const volume = new GainNode(context, { gain: VOLUME });
  volume.gain.setTargetAtTime(0, context.currentTime, LENGTH_S / 3);
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + LENGTH_S);
}
