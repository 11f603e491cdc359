// The one status line: who is here, who is writing, and the place in the queue now and then.

import { byId } from '../shared/dom.js';
import { say } from './sentences.js';

const WRITING_LASTS_MS = 5000;
const QUEUE_EVERY_MS = 15_000;

const line = byId('status');
let resting = ['']; // the sentence, and whether it is for ears only
let writing = null;
let queueSaid = '';
let queueAt = -Infinity;
let queueLater = null;

/** What the line says while nothing else happens. */
export function rest(text, how) {
  resting = [text, how];
  clearTimeout(queueLater);
  if (!writing) show(text, how);
}

/** Said once, seen until the next change. */
export function tell(text) {
  show(text);
}

export function isWriting(name) {
  clearTimeout(writing);
  if (!writing) show(say('writing', { name }));
  writing = setTimeout(stopWriting, WRITING_LASTS_MS);
}

export function stopWriting() {
  clearTimeout(writing);
  writing = null;
  show(...resting);
}

/** For ears only, since the card shows it: at most one change every fifteen seconds. */
export function queue(text) {
  if (text === queueSaid) return;
  clearTimeout(queueLater);
  const wait = queueAt + QUEUE_EVERY_MS - performance.now();
  if (wait > 0) {
    queueLater = setTimeout(() => queue(text), wait);
    return;
  }
  queueSaid = text;
  queueAt = performance.now();
  show(text, { heardOnly: true });
}

function show(text, { heardOnly = false } = {}) {
  line.classList.toggle('visually-hidden', heardOnly);
  if (line.textContent !== text) line.textContent = text;
}
