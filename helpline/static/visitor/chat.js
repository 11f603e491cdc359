// One chat on this page: nothing is shown out of order, and what was missed is fetched.

import { byId } from '../shared/dom.js';
import * as memory from './memory.js';
import * as outbox from './outbox.js';
import { say } from './sentences.js';
import * as states from './states.js';
import * as status from './status.js';
import * as tabs from './tabs.js';
import * as transcript from './transcript.js';
import * as urgent from './urgent.js';
import * as view from './view.js';
import * as wire from './wire.js';

const RESUME_AGAIN_MS = 2000;
const GOES_ON = ['waiting', 'active'];

let token = null;
let last = 0; // the highest sequence number that is shown
let isOurs = false; // the list was filled by this page, no longer by the server
let fetching = null;
let fetchAgain = false;

outbox.serve({ stored, refused, lost, rebind: resume, helpElsewhere: urgent.fill });

tabs.serve(() => (GOES_ON.includes(states.current().state) ? token : null));

export const hear = { message: accept, chat: update, typing, notice, beat };

/** Takes up the chat of this token. */
export function enter(its) {
  token = its;
  memory.keep(token);
  view.showChat(token);
  wire.open({ wanted: true });
  return resume();
}

export function isOpen() {
  return token !== null;
}

/** Fetches what is missing and binds the connection; never two at once. */
export function resume() {
  if (!token || !wire.isUp()) return Promise.resolve();
  fetchAgain = Boolean(fetching);
  fetching ??= fetch().finally(() => {
    fetching = null;
    if (fetchAgain) resume();
  });
  return fetching;
}

async function fetch() {
  fetchAgain = false;
  for (let more = true; more; ) {
    const answer = await wire.ask('resume', { token, after: last });
    if (!answer.ok) return notResumed(answer.error);
    takeOver();
    answer.messages.forEach((each) => take(each, answer.chat));
    more = answer.more;
    if (more) continue;
    if (!answer.messages.length && !GOES_ON.includes(answer.chat.state)) last = answer.chat.seq;
    states.show(answer.chat);
  }
  isOurs = true;
  if (document.visibilityState !== 'visible') wire.tell('page', { hidden: true });
  outbox.flush();
}

/** What the visitor asked to delete is not shown again while it waits for its deletion. */
function take(message, { erased }) {
  if (erased && message.sent_at <= erased) last = message.seq;
  else accept(message, { isNew: isOurs });
}

/** Without a resume nothing is heard: it is asked for until it is answered or the line is gone. */
function notResumed({ code, retry_after_s: seconds }) {
  if (code === 'unknown_token' || code === 'bad_request') return lost();
  if (!wire.isUp()) return;
  if (code === 'no_answer') wire.restart();
  else setTimeout(resume, seconds ? seconds * 1000 : RESUME_AGAIN_MS);
}

/** What the server rendered makes room for what the live page keeps. */
function takeOver() {
  if (isOurs || last) return;
  transcript.clear();
  view.isLive();
}

function accept(message, { isNew = true } = {}) {
  if (message.seq <= last) {
    transcript.settle(message.client_id);
  } else if (message.seq === last + 1) {
    last = message.seq;
    transcript.add(message, { isNew });
    if (message.from === 'listener') status.stopWriting();
    if (document.visibilityState === 'visible') wire.tell('seen', { seq: last });
  } else {
    resume();
  }
}

function update(chat) {
  const follow = transcript.isNearTheEnd();
  states.show(chat);
  if (follow && ['waiting', 'active'].includes(chat.state)) transcript.scrollToEnd();
  if (chat.seq > last) resume();
}

function typing({ from }) {
  if (from !== 'visitor') status.isWriting(states.current().listener?.name ?? say('listener'));
}

function notice({ code, text }) {
  if (code === 'listener_lost') byId('danger').textContent = text;
  else status.tell(text);
}

function beat({ heads = {} }) {
  if ((heads[states.current().id] ?? 0) > last) resume();
}

function stored(item, answer) {
  if (answer.urgent_help) urgent.open(answer.resources);
  transcript.mark(item.id, 'sent');
  accept({ seq: answer.seq, from: 'visitor', text: item.text, client_id: item.id });
}

/** The words go back into the box, with the reason beside it. */
function refused(item, error) {
  view.giveBack(item.text, error.message);
  if (error.resources) urgent.open(error.resources);
  resume();
}

/** The line does not know this key any more. Another tab may hold the chat's new one; else whoever
 *  wrote can start again with their words. */
async function lost() {
  const words = outbox.unsentWords();
  const old = token;
  leave();
  const elsewhere = await tabs.ask();
  if (!elsewhere || elsewhere === old) return view.showWelcome(say('lost_chat'), words);
  await enter(elsewhere);
  if (words && isOpen()) outbox.put(words);
}

/** Forgets everything that this page holds. */
export function leave() {
  token = null;
  last = 0;
  isOurs = false;
  memory.forget();
  outbox.clear();
  transcript.clear();
  states.forget();
  wire.rest();
}

/** The screen is emptied, and the chat goes on. */
export function hideWords() {
  outbox.clear();
  transcript.clear();
}
