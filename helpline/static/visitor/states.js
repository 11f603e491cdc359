// Shows a chat as the line describes it: in the queue, with somebody, ended, erased.

import { byId } from '../shared/dom.js';
import * as follow from './follow.js';
import * as passing from './passing.js';
import { say, when } from './sentences.js';
import * as status from './status.js';
import * as urgent from './urgent.js';

const ENDED = ['closed', 'left'];
const MOST_AHEAD = 21; // from here on the sentence is "more than 20"

let before = {};

export function current() {
  return before;
}

export function forget() {
  before = {};
  byId('kept').hidden = true;
  byId('code').textContent = '';
  follow.show(null);
  showSummary(null);
}

/** `chat` is the wire's snapshot; a newer one simply replaces what is shown. */
export function show(chat) {
  byId('chat').dataset.state = chat.state;
  for (const id of ['held', 'complained']) byId(id).textContent = chat[id] ?? '';
  showQueue(chat);
  showEnd(chat);
  passing.show(chat.hand_off);
  follow.show(chat.follow_up);
  const hasEnded = ENDED.includes(chat.state);
  byId('leave').hidden = hasEnded;
  byId('say').hidden = chat.state === 'closed' && !chat.open_until; // it opens for a check-in only
  byId('say').querySelector('label').textContent = say(hasEnded ? 'write_again' : 'your_message');
  if (chat.parked) {
    status.rest(say('parked'));
  } else if (chat.state === 'active') {
    status.rest(say('here', { name: chat.listener?.name ?? say('listener') }));
  } else if (hasEnded) {
    status.rest(say(chat.state === 'left' ? 'left' : 'ended'), { heardOnly: true });
  }
  if (hasEnded && before.state && !ENDED.includes(before.state)) {
    byId('ended').scrollIntoView({ block: 'center' });
  }
  urgent.fill(chat.resources);
  if (chat.urgent_help && !before.urgent_help) urgent.open();
  before = chat;
}

function showQueue(chat) {
  const waits = chat.state === 'waiting';
  byId('waiting').hidden = !waits;
  if (!waits) return;
  if (before.state !== 'waiting') status.rest(''); // nobody is here any more
  const ahead = chat.place ? say(`ahead_${Math.min(chat.place - 1, MOST_AHEAD)}`) : '';
  byId('ahead').textContent = ahead;
  byId('wait').textContent = range(chat.estimate);
  const closed = showClosed(chat);
  byId('slipped').hidden = byId('call-instead').hidden = !chat.slipped;
  byId('rose').hidden = !(before.state === 'waiting' && chat.place > before.place);
  status.queue(`${say('in_queue')} ${closed || ahead}`);
}

/** The line takes no new chats: who waits is told so, and where else there is help. */
function showClosed({ line_open: isOpen, estimate, opens_at: opensAt, resources }) {
  byId('line-closed').hidden = isOpen;
  byId('place').hidden = !isOpen && !estimate; // nobody is there: "you are next" promises too much
  if (isOpen) return '';
  const words = say(estimate ? 'line_closing' : 'line_closed');
  byId('closed-words').textContent = words;
  byId('opens-again').textContent = opensAt ? say('opens', { when: when(opensAt) }) : '';
  urgent.list(byId('instead'), resources);
  return words;
}

function range(estimate) {
  if (!estimate) return say('wait_unknown');
  const { low_minutes: low, high_minutes: high } = estimate;
  return low ? say('wait_range', { low, high }) : say('wait_up_to', { high });
}

function showEnd(chat) {
  const hasEnded = ENDED.includes(chat.state);
  byId('ended').hidden = !hasEnded;
  if (!hasEnded) return;
  byId('ended-heading').textContent = say(chat.state === 'left' ? 'left' : 'ended');
  byId('until').hidden = !chat.open_until;
  if (chat.open_until) byId('until').textContent = say('until', { time: when(chat.open_until) });
  urgent.list(byId('elsewhere'), chat.resources);
  showThanks(chat.feedback);
  showSummary(chat.summary);
}

/** What stands in the box while somebody types stays theirs; once deleted, nothing is left of it. */
function showSummary(summary) {
  byId('summary').hidden = !summary;
  byId('summary-text').textContent = summary?.text ?? '';
  const box = byId('step');
  if (summary && document.activeElement === box) return;
  box.value = box.defaultValue = summary?.next_step ?? '';
}

export function showThanks(feeling) {
  byId('feedback').hidden = Boolean(feeling);
  byId('thanks').hidden = !feeling;
  if (feeling) byId('more').elements.feeling.value = feeling;
}
