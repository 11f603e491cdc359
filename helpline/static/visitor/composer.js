// The box: Enter sends on a keyboard, never in the middle of a composed letter, never on touch.

import { byId } from '../shared/dom.js';
import * as length from './length.js';
import * as outbox from './outbox.js';
import { sendPlainly } from './reachable.js';
import { say } from './sentences.js';
import * as transcript from './transcript.js';
import * as view from './view.js';
import * as wire from './wire.js';

const TYPING_EVERY_MS = 3000;
const onTouch = window.matchMedia('(hover: none) and (pointer: coarse)');

let toldTyping = -Infinity;

export function watch() {
  const form = byId('say');
  const box = byId('text');
  length.watch(box);
  form.addEventListener('submit', send);
  box.addEventListener('input', tellTyping);
  sendOnEnter(box, form);
  window.addEventListener('resize', () => {
    if (document.activeElement === box) transcript.scrollToEnd(); // a phone's keyboard came up
  });
}

/** Enter sends, Shift and Enter is a new line. */
export function sendOnEnter(box, form) {
  box.addEventListener('keydown', (event) => {
    const composes = event.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || composes || onTouch.matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

function send(event) {
  const box = byId('text');
  const text = box.value;
  const problem = problemWith(box);
  event.preventDefault();
  if (!problem && !wire.hasBeenUp()) return sendPlainly(event.target, 'say-problem');
  view.tellProblem('say-problem', problem);
  if (!problem) {
    box.value = '';
    outbox.put(text);
  }
  box.focus();
}

/** What stands in the way of sending this; nothing in most cases. */
export function problemWith(box) {
  if (!box.value.trim()) return say('empty');
  return length.isTooMuch(box) ? say('too_long') : '';
}

function tellTyping(event) {
  const now = performance.now();
  if (!event.target.value || now - toldTyping < TYPING_EVERY_MS) return;
  toldTyping = now;
  wire.tell('typing');
}
