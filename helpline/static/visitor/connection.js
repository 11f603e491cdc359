// A lost connection is told only when it lasts, and everything is fetched when the page wakes.

import { byId } from '../shared/dom.js';
import * as chat from './chat.js';
import * as outbox from './outbox.js';
import { say } from './sentences.js';
import * as status from './status.js';
import * as transcript from './transcript.js';
import * as wire from './wire.js';

const SAY_LOST_AFTER_MS = 5000;
let late = null;

export function watch() {
  document.addEventListener('visibilitychange', tellSight);
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('pageshow', wake);
  window.addEventListener('online', () => chat.isOpen() && wire.restart());
  window.addEventListener('offline', down);
}

export function up() {
  clearTimeout(late);
  late = null;
  if (!byId('offline').hidden) status.tell(say('online'));
  byId('offline').hidden = true;
  chat.resume();
}

export function down() {
  if (!chat.isOpen()) return;
  outbox.halt();
  late ??= setTimeout(() => {
    byId('offline').hidden = false;
    transcript.scrollToEnd();
  }, SAY_LOST_AFTER_MS);
}

/** Silence counts for less while nobody can see this page. */
export function tellSight() {
  if (chat.isOpen()) wire.tell('page', { hidden: document.visibilityState !== 'visible' });
}

/** A page that slept asks at once what it missed, over a new connection if the old one is dead. */
function wake() {
  if (document.visibilityState !== 'visible' || !chat.isOpen()) return;
  if (wire.isUp()) chat.resume();
  else wire.open();
}
