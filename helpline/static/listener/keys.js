// A single key for everything but sending and stepping out: only outside text boxes and dialogs,
// and it can be turned off.

import { byId, press, when } from '../shared/dom.js';
import * as dialogs from './dialogs.js';

const KEPT = 'console-settings';
const SWITCHES = ['keys-on', 'sound-on'];
const WRITES = 'input, textarea, select, [contenteditable]';

const KEYS = {
  a: 'accept',
  p: 'pass',
  j: 'next-chat',
  k: 'previous-chat',
  r: 'write',
  '/': 'find-reply',
  '.': 'find-resource',
  n: 'write-note',
  h: 'hand-off',
  g: 'ask-lead',
  e: 'end-chat',
  '?': 'keys',
};

export function begin() {
  document.addEventListener('keydown', onKey);
  remember();
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  if (event.target.closest?.(WRITES) || dialogs.isOpen() || !byId('keys-on').checked) return;
  const deed = KEYS[event.key];
  if (!deed) return;
  event.preventDefault();
  press(deed);
}

/** The two switches stay as they were left on this computer; nothing else is kept. */
function remember() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? '{}');
    for (const id of SWITCHES) byId(id).checked = kept[id] ?? true;
  } catch {
    return;
  }
  byId('settings-dialog').addEventListener('change', () => {
    const now = Object.fromEntries(SWITCHES.map((id) => [id, byId(id).checked]));
    localStorage.setItem(KEPT, JSON.stringify(now));
  });
}

when('keys', () => dialogs.open('keys-dialog'));
when('settings', () => dialogs.open('settings-dialog'));
