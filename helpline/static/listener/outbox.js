// What was written and is not kept by the server yet: one on its way for each chat, in order,
// tried again under the same client id until it is kept or refused. What is kept stays in sight here
// until its place in the talk is reached: what was said before it may still be on its way to us.

import { changed, chatOf, epochOf, me } from './state.js';
import { hear, talkOf } from './talks.js';

const TRY_AGAIN_AFTER_MS = 2000;
const WAITS = new Set(['offline', 'no_answer', 'try_again', 'slow_down']);
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const boxes = new Map();
let connection = null;

export function begin(opened) {
  connection = opened;
}

function boxOf(chatId) {
  if (!boxes.has(chatId)) boxes.set(chatId, { items: [], busy: false });
  return boxes.get(chatId);
}

/** The wire's rules for text, so that what we show is what is kept. */
export function clean(text) {
  return text.replace(/\r\n?/g, '\n').replace(CONTROLS, '');
}

export function put(chatId, text) {
  add(chatId, 'say', { text }, { text, resource: null });
}

export function putResource(chatId, resource) {
  add(chatId, 'send_resource', { resource: resource.id }, { text: '', resource });
}

function add(chatId, event, payload, shown) {
  const clientId = uuid();
  const said = { chat: chatId, client_id: clientId, epoch: epochOf(chatId), ...payload };
  boxOf(chatId).items.push({ clientId, event, said, ...shown, refused: null, keptAs: null });
  changed();
  empty(chatId);
}

export function itemsOf(chatId) {
  return boxOf(chatId).items;
}

export function remove(chatId, clientId) {
  const box = boxOf(chatId);
  const item = box.items.find((each) => each.clientId === clientId);
  box.items = box.items.filter((each) => each !== item);
  changed();
  return item;
}

export function forget(chatId) {
  const unsent = itemsOf(chatId).filter((each) => !each.keptAs).length;
  boxes.delete(chatId);
  return unsent;
}

/** Sends what waits, one after the other. Called again whenever the connection is back. */
export async function empty(chatId) {
  const box = boxOf(chatId);
  if (box.busy) return;
  box.busy = true;
  for (;;) {
    const item = box.items.find((each) => !each.refused && !each.keptAs);
    if (!item || !connection.isUp()) break;
    const answer = await connection.ask(item.event, item.said);
    if (boxes.get(chatId) !== box) return;
    if (answer.ok) keep(chatId, item, answer);
    else if (waits(answer.error)) await again(answer.error);
    else item.refused = answer.error;
    changed();
  }
  box.busy = false;
}

/** A line that is open and silent is opened anew; what waits goes on when it is up. */
function again(error) {
  if (error.code === 'no_answer' && connection.isUp()) connection.restart();
  return pause(error);
}

export function emptyAll() {
  for (const chatId of boxes.keys()) empty(chatId);
}

function keep(chatId, item, { seq, sent_at: sentAt }) {
  if (!chatOf(chatId)) return remove(chatId, item.clientId);
  item.keptAs = seq;
  const { text, resource, clientId } = item;
  const sent_at = sentAt ?? new Date().toISOString();
  hear({ chat: chatId, seq, from: 'listener', name: me.name, text, resource, sent_at, client_id: clientId });
  const box = boxOf(chatId);
  box.items = box.items.filter((each) => !each.keptAs || each.keptAs > talkOf(chatId).last);
}

/** Whether the same words may be said again later, because nothing was decided about them. */
export function waits(error) {
  return WAITS.has(error.code);
}

export function pause({ retry_after_s: seconds }) {
  return new Promise((resolve) => setTimeout(resolve, seconds ? seconds * 1000 : TRY_AGAIN_AFTER_MS));
}

/** A random UUID; also where the browser has no `randomUUID` (plain http on a local network). */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
