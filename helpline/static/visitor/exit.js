// "Leave this site": the screen is blank before anything else happens, then the token is voided,
// then another website takes the place of this one in the history.

import { byId } from '../shared/dom.js';
import * as memory from './memory.js';
import * as tabs from './tabs.js';
import * as wire from './wire.js';

const PRESSES = 3;
const WITHIN_MS = 1500;

let isGone = false;
let alone = false; // Shift is down and nothing else was pressed with it
let presses = [];

export function watch() {
  byId('exit').addEventListener('submit', (event) => {
    event.preventDefault();
    leave();
  });
  tabs.whenLeft((voids) => {
    if (!voids || document.body.dataset.view === 'about') leave();
  });
  document.documentElement.classList.add('js'); // shows the word on the Shift key
  window.addEventListener('keydown', keyDown, true);
  window.addEventListener('keyup', keyUp, true);
  window.addEventListener('pointerdown', startOver, true);
  window.addEventListener('pageshow', stayBlank);
}

function leave() {
  const { exitUrl } = document.body.dataset;
  const token = memory.recall() || byId('exit').elements.token.value;
  isGone = true;
  document.documentElement.replaceChildren();
  memory.forget();
  tabs.tellLeft(Boolean(token));
  tabs.close();
  wire.close();
  if (token) navigator.sendBeacon('/exit', new URLSearchParams({ token, in_passing: '1' }));
  try {
    window.top.location.replace(exitUrl);
  } catch {
    window.location.replace(exitUrl);
  }
}

function keyDown(event) {
  if (event.key !== 'Shift') return startOver();
  if (!event.repeat) alone = !event.ctrlKey && !event.altKey && !event.metaKey;
}

/** Three times Shift by itself; a Shift that made a capital letter does not count. */
function keyUp(event) {
  if (event.key !== 'Shift' || !alone) return;
  alone = false;
  presses = [...presses, event.timeStamp].slice(-PRESSES);
  if (presses.length === PRESSES && event.timeStamp - presses[0] <= WITHIN_MS) leave();
}

function startOver() {
  alone = false;
  presses = [];
}

/** Whoever goes back finds an empty page that starts anew. */
function stayBlank(event) {
  if (isGone && event.persisted) window.location.replace('/');
}
