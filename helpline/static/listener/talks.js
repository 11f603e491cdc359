// The words of each chat: in order, without holes, once each. What is missing is asked for.

import { now } from '../shared/clock.js';
import { changed, chatOf } from './state.js';

const TYPING_SHOWS_MS = 5000;
const talks = new Map();
let ask = null;

/** Says how to ask the server: `resume {chat, after}`. */
export function begin(connection) {
  ask = connection.ask;
}

export function talkOf(chatId) {
  if (!talks.has(chatId)) talks.set(chatId, fresh());
  return talks.get(chatId);
}

function fresh() {
  return { messages: [], last: 0, seen: null, typingUntil: 0, fetching: false, again: false };
}

/** The words leave this page's memory. */
export function forget(chatId) {
  talks.delete(chatId);
}

/** Adds a message if it is the next one; asks for what is missing before it. True when added. */
export function hear(message) {
  const talk = talkOf(message.chat);
  if (message.seq <= talk.last) return false;
  if (message.seq > talk.last + 1) {
    catchUp(message.chat);
    return false;
  }
  talk.messages.push(message);
  talk.last = message.seq;
  if (message.from === 'visitor') talk.typingUntil = 0;
  changed();
  return true;
}

/** Fetches all after the last message we have; one request at a time for each chat. */
export async function catchUp(chatId) {
  const talk = talkOf(chatId);
  if (talk.fetching) {
    talk.again = true;
    return;
  }
  talk.fetching = true;
  let more = true;
  while (more) {
    talk.again = false;
    const answer = await ask('resume', { chat: chatId, after: talk.last });
    if (talks.get(chatId) !== talk) return;
    more = answer.ok && take(talk, answer);
  }
  talk.fetching = false;
  changed();
}

function take(talk, { messages, more }) {
  const before = talk.last;
  for (const message of messages) {
    if (message.seq !== talk.last + 1) continue;
    talk.messages.push(message);
    talk.last = message.seq;
  }
  talk.seen ??= lastAnswered(talk);
  return talk.last > before && (more || talk.again);
}

/** After a reload: what came after our last words counts as unread. */
function lastAnswered(talk) {
  return talk.messages.findLast((message) => message.from === 'listener')?.seq ?? 0;
}

export function catchUpAll(heads) {
  for (const [chatId, seq] of Object.entries(heads)) {
    if (chatOf(chatId) && seq > talkOf(chatId).last) catchUp(chatId);
  }
}

export function typing(chatId) {
  talkOf(chatId).typingUntil = now() + TYPING_SHOWS_MS;
  setTimeout(changed, TYPING_SHOWS_MS + 50);
  changed();
}

export function isTyping(chatId) {
  return talkOf(chatId).typingUntil > now();
}

export function unread(chatId) {
  const { messages, seen } = talkOf(chatId);
  return messages.filter((each) => each.from === 'visitor' && each.seq > (seen ?? 0)).length;
}

/** Marks all as seen. Gives the last sequence number when that is news, else null. */
export function see(chatId) {
  const talk = talkOf(chatId);
  if (talk.last <= (talk.seen ?? 0)) return null;
  talk.seen = talk.last;
  return talk.last;
}

/** When the first message came in that we have not answered, or null. */
export function unansweredSince(chatId) {
  const { messages } = talkOf(chatId);
  const answered = messages.findLast((each) => each.from === 'listener')?.seq ?? 0;
  const open = messages.find((each) => each.from === 'visitor' && each.seq > answered);
  return open?.sent_at ?? null;
}
