// What was said, in order; what is not sent yet stands below it. Words are only ever text.

import { bdi, byId, el } from '../shared/dom.js';
import { say } from './sentences.js';
import { card } from './urgent.js';

const KEEP_ANNOUNCED_MS = 60_000;
const NEAR_THE_END_PX = 160;
const FOR_THE_LISTENER = ['visitor_left', 'visitor_left_quickly'];
const ALARMING = ['listener_lost', 'handed_to_queue', 'stepped_out'];

const list = byId('messages');
const unsent = byId('unsent');
const top = document.querySelector('.top');
const pending = new Map(); // client id -> its node

/** Nothing that was said stays on the page, not even where only a screen reader finds it. */
export function clear() {
  for (const id of ['messages', 'announcer', 'danger']) byId(id).replaceChildren();
}

export function forgetUnsent() {
  pending.clear();
  unsent.replaceChildren();
  unsent.hidden = true;
}

/** Shows a message of the transcript; `isNew` also reads it out, unless it is one's own. */
export function add(message, { isNew }) {
  settle(message.client_id);
  if (FOR_THE_LISTENER.includes(message.code)) return;
  const follow = isNearTheEnd();
  const node = bubble(message);
  list.append(node);
  if (message.from === 'visitor' && isNew) markSent(node);
  if (message.from !== 'visitor' && isNew) announce(message);
  if (follow || message.from === 'visitor') scrollToEnd();
}

/** A message that waits to be sent. */
export function addUnsent(clientId, text) {
  const node = bubble({ from: 'visitor', text });
  node.classList.add('unsent');
  node.append(el('p', { class: 'mark' }, say('sending')));
  pending.set(clientId, node);
  unsent.append(node);
  unsent.hidden = false;
  scrollToEnd();
}

export function mark(clientId, word) {
  const line = pending.get(clientId)?.querySelector('.mark');
  if (line) line.textContent = say(word);
}

/** An unsent message is not unsent any more: it was stored, or given back to its writer. */
export function settle(clientId) {
  pending.get(clientId)?.remove();
  pending.delete(clientId);
  unsent.hidden = pending.size === 0;
}

/** What opens on top, the urgent help, moves the talk; whoever read its end goes on reading it. */
export function watch() {
  let height = top.offsetHeight;
  new ResizeObserver(() => {
    if (!top.isConnected) return; // the page was blanked
    const grown = top.offsetHeight - height;
    height += grown;
    if (grown && !byId('chat').hidden && belowTheBox() - grown < NEAR_THE_END_PX) scrollToEnd();
  }).observe(top);
}

/** Brings the last message between what stays on top and the box. */
export function scrollToEnd() {
  const down = belowTheBox();
  window.scrollBy({ top: down > 0 ? down : -underTheTop() });
}

export function isNearTheEnd() {
  return belowTheBox() < NEAR_THE_END_PX;
}

/** How far the end of the transcript lies below the upper edge of the box, when that is in place. */
function belowTheBox() {
  const end = byId('transcript').getBoundingClientRect().bottom;
  return end - (window.innerHeight - byId('writing').offsetHeight);
}

/** How much of the last message is hidden under what stays on top. */
function underTheTop() {
  const last = [...document.querySelectorAll('#transcript .message')].at(-1);
  if (!last) return 0;
  const room = window.innerHeight - byId('writing').offsetHeight - top.offsetHeight;
  const needed = Math.min(last.offsetHeight, Math.max(0, room));
  const shown = byId('transcript').getBoundingClientRect().bottom - topEdge();
  return Math.max(0, needed - shown);
}

/** Where the page begins below what stays on top. */
function topEdge() {
  return Math.max(0, top.getBoundingClientRect().bottom);
}

function bubble(message) {
  const kind = { visitor: 'me', line: 'line' }[message.from] ?? 'them';
  const node = el('li', { class: `message ${kind}` });
  if (kind === 'me') node.append(el('p', { class: 'who' }, say('you')));
  if (kind === 'them') node.append(el('p', { class: 'who' }, bdi(nameOf(message))));
  const inside = el('div', { class: 'bubble' });
  if (message.text) inside.append(el('p', { dir: 'auto' }, message.text));
  if (message.resource) inside.append(...card(message.resource));
  node.append(inside);
  return node;
}

function nameOf(message) {
  return message.name || say('listener');
}

/** Only the newest of one's own messages says that it was sent. */
function markSent(node) {
  list.querySelector('.mark')?.remove();
  node.append(el('p', { class: 'mark' }, say('sent')));
}

function announce(message) {
  const words = message.text || message.resource?.name || '';
  if (ALARMING.includes(message.code)) {
    byId('danger').textContent = words;
    return;
  }
  const text = message.from === 'line' ? words : say('said', { name: nameOf(message), text: words });
  const line = el('p', null, text);
  byId('announcer').append(line);
  setTimeout(() => line.remove(), KEEP_ANNOUNCED_MS);
}
