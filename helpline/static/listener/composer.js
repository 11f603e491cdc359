// The box for a reply: a draft for each chat in this page's memory, Enter, and "is typing".

import { byId, when } from '../shared/dom.js';
import { say } from '../shared/words.js';
import { notice } from './notices.js';
import * as outbox from './outbox.js';
import { chosen, draws, maySpeak, state } from './state.js';

const LONGEST = 4000;
const COUNT_FROM = 3500;
const TYPING_EVERY_MS = 3000;
const box = byId('reply');
const problem = byId('reply-problem');
const drafts = new Map();
let drawnFor = null;
let toldTyping = 0;
let connection = null;

export function begin(opened) {
  connection = opened;
  draws(draw);
  box.addEventListener('input', onInput);
  box.addEventListener('keydown', onKey);
  byId('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
}

function draw() {
  if (drawnFor !== state.chosen) {
    if (drawnFor) drafts.set(drawnFor, box.value);
    drawnFor = state.chosen;
    box.value = drafts.get(drawnFor) ?? '';
    count();
  }
  const isOpen = maySpeak(chosen());
  box.disabled = !isOpen;
  byId('composer').querySelector('button').disabled = !isOpen;
}

/** The draft goes; true when there was one. */
export function forget(chatId) {
  const had = Boolean((chatId === drawnFor ? box.value : drafts.get(chatId) ?? '').trim());
  drafts.delete(chatId);
  if (chatId === drawnFor) box.value = '';
  return had;
}

export function focus() {
  if (!box.disabled) box.focus();
}

/** Puts a text into the box at the caret, to be changed before it is sent. */
export function insert(text) {
  if (!maySpeak(chosen())) return;
  focus();
  const gap = box.selectionStart > 0 && !/\s$/.test(box.value.slice(0, box.selectionStart)) ? ' ' : '';
  box.setRangeText(gap + text, box.selectionStart, box.selectionEnd, 'end');
  count();
  notice(say('inserted'));
}

function onInput() {
  problem.textContent = '';
  count();
  if (!box.value.trim() || Date.now() - toldTyping < TYPING_EVERY_MS) return;
  toldTyping = Date.now();
  connection.tell('typing', { chat: state.chosen });
}

function count() {
  const length = lengthOf(box.value);
  byId('reply-count').textContent = length > COUNT_FROM ? say('box_count', { count: length }) : '';
}

/** In code points, as the server counts. */
function lengthOf(text) {
  return Array.from(outbox.clean(text)).length;
}

/** Enter sends with a keyboard; not while a word is being composed, and not on touch screens. */
function onKey(event) {
  if (event.key === 'Escape') byId('transcript').focus();
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  if (matchMedia('(pointer: coarse)').matches) return;
  event.preventDefault();
  send();
}

function send() {
  const chat = chosen();
  const text = outbox.clean(box.value);
  if (!maySpeak(chat) || !text.trim()) return;
  const length = lengthOf(text);
  if (length > LONGEST) {
    problem.textContent = say('too_long', { count: length });
    return;
  }
  outbox.put(chat.id, text);
  box.value = '';
  drafts.delete(chat.id);
  toldTyping = 0;
  count();
}

when('rewrite', ({ item }) => {
  const taken = outbox.remove(state.chosen, item);
  if (taken) box.value = [taken.text, box.value].filter(Boolean).join('\n');
  focus();
});

when('write', focus);
