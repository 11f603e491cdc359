// Which part of the page is in sight, and what stands in its boxes.

import { byId } from '../shared/dom.js';
import { newId } from './ids.js';
import * as plain from './plain.js';
import { say } from './sentences.js';

export function showChat(token) {
  byId('welcome').hidden = true;
  byId('chat').hidden = false;
  for (const field of document.querySelectorAll('input[name="token"]')) field.value = token;
}

/** The live page has taken over: it stays at one address, with one entry in the history. */
export function isLive() {
  plain.stop();
  byId('chat').classList.add('live');
  byId('transcript').removeAttribute('tabindex'); // it scrolls with the page now
  const { home } = document.body.dataset;
  if (window.location.pathname !== new URL(home, window.location).pathname) {
    window.history.replaceState(null, '', home);
  }
}

/** A fresh start: nothing that is sent from here belongs to what was before. */
export function showWelcome(sentence, words, tone = '') {
  const box = byId('first');
  const writing = byId('text');
  byId('chat').hidden = true;
  byId('welcome').hidden = false;
  box.value = [words, writing.value].filter(Boolean).join('\n');
  writing.value = '';
  for (const field of document.querySelectorAll('input[name="token"]')) field.value = '';
  byId('open').elements.client_id.value = newId();
  tellProblem('open-problem', sentence, tone);
  box.focus();
}

/** Refused words stand in the box again, before whatever was begun since. */
export function giveBack(words, sentence) {
  const box = byId('text');
  box.value = [words, box.value].filter(Boolean).join('\n');
  tellProblem('say-problem', sentence ?? say('try_again'));
  box.focus();
}

/** A sentence beside a box and read with it; none takes it away. */
export function tellProblem(id, sentence = '', tone = '') {
  const line = byId(id);
  line.classList.toggle('calm', tone === 'calm');
  line.textContent = sentence;
  line.hidden = !sentence;
}
