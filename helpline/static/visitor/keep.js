// A way back: the code is asked for, shown once, and forgotten by this page with the chat.

import { byId } from '../shared/dom.js';
import { done, live } from './choices.js';
import { say } from './sentences.js';
import * as urgent from './urgent.js';
import * as wire from './wire.js';

export function watch() {
  live('keep', show);
  byId('copy').addEventListener('click', copy);
}

async function show() {
  const { note } = byId('keep').elements;
  const answer = await wire.ask('keep', note.value.trim() ? { note: note.value } : {});
  if (!done(answer)) return;
  if (answer.urgent_help) urgent.open(answer.resources);
  note.value = '';
  byId('code').textContent = answer.code;
  byId('copied').textContent = '';
  byId('kept').hidden = false;
  byId('code').focus();
}

async function copy() {
  try {
    await navigator.clipboard.writeText(byId('code').textContent);
    byId('copied').textContent = say('copied');
  } catch {
    window.getSelection().selectAllChildren(byId('code')); // the browser's own copying is left
  }
}
