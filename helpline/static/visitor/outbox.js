// Words on their way: in memory only, one in flight, tried again under the same id until stored.

import { newId } from './ids.js';
import * as transcript from './transcript.js';
import * as wire from './wire.js';

const AGAIN_MS = 3000;
const GIVE_BACK = ['empty', 'too_long', 'bad_request', 'chat_closed', 'line_closed'];

const waiting = []; // {id, text}, oldest first
let isBusy = false;
let again = null;
let chat = null;

/** `chat` has stored(item, answer), refused(item, error), rebind() and lost(). */
export function serve(owner) {
  chat = owner;
}

export function put(text) {
  const item = { id: newId(), text };
  waiting.push(item);
  transcript.addUnsent(item.id, text);
  if (!wire.isUp()) halt();
  flush();
}

export async function flush() {
  clearTimeout(again);
  if (isBusy) return;
  isBusy = true;
  while (waiting.length && wire.isUp() && (await sendFirst()));
  isBusy = false;
}

/** Nothing is on its way any more: each of them is only on this page, and says so. */
export function halt() {
  for (const { id } of waiting) transcript.mark(id, 'not_sent');
}

export function clear() {
  waiting.length = 0;
  transcript.forgetUnsent();
}

/** What never left this page, as one text. */
export function unsentWords() {
  return waiting.map((item) => item.text).join('\n');
}

/** True when the next one may follow at once. */
async function sendFirst() {
  const item = waiting[0];
  transcript.mark(item.id, 'sending');
  const answer = await wire.ask('say', { client_id: item.id, text: item.text });
  if (waiting[0] !== item) return false; // all was cleared meanwhile
  if (answer.ok) {
    waiting.shift();
    chat.stored(item, answer);
    return true;
  }
  return refused(item, answer.error);
}

function refused(item, error) {
  if (error.code === 'client_id_reused') {
    transcript.settle(item.id);
    item.id = newId();
    transcript.addUnsent(item.id, item.text);
    return true;
  }
  if (GIVE_BACK.includes(error.code)) {
    waiting.shift();
    transcript.settle(item.id);
    chat.refused(item, error);
    return true;
  }
  halt();
  if (error.code === 'unknown_token') chat.lost();
  else if (error.code === 'not_open') chat.rebind();
  else if (error.code === 'no_answer' && wire.isUp()) wire.restart(); // open, and silent
  else again = setTimeout(flush, (error.retry_after_s ?? 0) * 1000 || AGAIN_MS);
  if (error.resources) chat.helpElsewhere(error.resources);
  return false;
}
