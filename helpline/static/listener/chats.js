// The list of my chats: what is new, who has waited longest, and which one is open.

import { bdi, byId, el, fill, when } from '../shared/dom.js';
import { secondsSince } from '../shared/clock.js';
import { phrase, say, span } from '../shared/words.js';
import { language, levelBadge } from './bits.js';
import { chatsInOrder, draws, isMine, nameOf, state } from './state.js';
import { isTyping, unansweredSince, unread } from './talks.js';

let choose = null;

export function begin(chooseChat) {
  choose = chooseChat;
  draws(draw);
}

export function draw() {
  const chats = chatsInOrder();
  const longest = longestUnanswered(chats);
  const rows = chats.map((chat) => el('li', { id: `chat-${chat.id}` }, row(chat, chat === longest)));
  const list = rows.length ? el('ul', { class: 'chats' }, rows) : el('p', null, say('chats_none'));
  fill(byId('chats'), list);

  const count = chats.reduce((sum, chat) => sum + unread(chat.id), 0);
  byId('tab-count').textContent = count ? `(${count})` : '';
}

function longestUnanswered(chats) {
  const open = chats.filter((chat) => isMine(chat) && chat.state === 'active' && unansweredSince(chat.id));
  if (open.length < 2) return null;
  return open.reduce((one, other) =>
    unansweredSince(one.id) <= unansweredSince(other.id) ? one : other,
  );
}

function row(chat, isLongest) {
  const isOpen = chat.id === state.chosen;
  const count = unread(chat.id);
  return el(
    'button',
    {
      type: 'button',
      class: 'chat-row',
      'data-do': 'choose',
      'data-chat': chat.id,
      'aria-current': isOpen ? 'true' : null,
    },
    el(
      'span',
      { class: 'row' },
      el('strong', null, say('chat', { name: nameOf(chat.id) })),
      chat.nickname && bdi(chat.nickname),
      count > 0 && el('span', { class: 'badge fresh' }, say('new', { count })),
    ),
    el('span', { class: 'row' }, levelBadge(chat.level), language(chat.language)),
    !isMine(chat) && chat.listener && el('span', { class: 'badge aside wraps' }, phrase('along_with', { name: chat.listener.name })),
    el('span', { class: 'hint' }, presenceOf(chat)),
    waits(chat, isLongest),
  );
}

/** Whether they are there, or how it ended. */
export function presenceOf(chat) {
  if (chat.left_quickly) return say('left_short');
  if (chat.state !== 'active') return say('ended');
  if (isTyping(chat.id)) return say('writing');
  const presence = say(chat.here ? 'here' : 'not_here');
  const here = chat.parked ? `${say('parked')}, ${presence}` : presence;
  return chat.hand_off ? `${here}, ${say('handing_over')}` : here;
}

function waits(chat, isLongest) {
  const since = isMine(chat) && chat.state === 'active' && unansweredSince(chat.id);
  if (!since) return null;
  const words = say(isLongest ? 'waits_longest' : 'waits', { span: span(secondsSince(since)) });
  return el('span', { class: isLongest ? 'badge elevated wraps' : 'hint' }, words);
}

function step(by) {
  const ids = chatsInOrder().map((chat) => chat.id);
  if (!ids.length) return;
  const at = ids.indexOf(state.chosen);
  choose(ids.at((at + by + ids.length) % ids.length), {});
}

when('choose', ({ chat }) => choose(chat, {}));
when('next-chat', () => step(1));
when('previous-chat', () => step(state.chosen ? -1 : 0));
