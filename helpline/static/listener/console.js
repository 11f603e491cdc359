// The listener's console: begins every part, and ties the chosen chat to what is seen of it.

import { byId, when } from '../shared/dom.js';
import { connect } from '../shared/connection.js';
import { say } from '../shared/words.js';
import * as afterwards from './afterwards.js';
import * as apart from './apart.js';
import * as beside from './beside.js';
import * as callouts from './callouts.js';
import * as chats from './chats.js';
import * as checkins from './checkins.js';
import * as composer from './composer.js';
import * as deeds from './deeds.js';
import * as emergency from './emergency.js';
import * as flags from './flags.js';
import * as handing from './handing.js';
import * as keys from './keys.js';
import { expect, gone } from './leaving.js';
import * as life from './life.js';
import * as likes from './likes.js';
import { aloud, notice } from './notices.js';
import * as offers from './offers.js';
import * as outbox from './outbox.js';
import * as plans from './plans.js';
import * as presence from './presence.js';
import * as quiet from './quiet.js';
import * as shelf from './shelf.js';
import * as signals from './signals.js';
import * as sparing from './sparing.js';
import { changed, chatOf, chatsInOrder, draws, nameOf, state } from './state.js';
import { takeAlert, takeChat } from './state.js';
import * as talk from './talk.js';
import * as talks from './talks.js';

const TICK_MS = 1000;
const SAID_OF_HAND_OFFS = new Set(['accepted', 'declined', 'lapsed', 'refused']);
const GOES_ON = new Set(['pending', 'offered', 'calling']);
const shell = byId('console');

function begin() {
  const connection = connect('/listener', { up: comeBack, down: presence.cut });
  for (const part of [talks, outbox, presence, talk, flags, composer]) part.begin(connection);
  offers.begin(connection, choose);
  chats.begin(choose);
  shelf.begin(connection);
  deeds.begin(connection);
  handing.begin(connection);
  emergency.begin(connection);
  sparing.begin(connection);
  afterwards.begin(connection);
  callouts.begin(connection);
  quiet.begin(connection);
  likes.begin(connection);
  apart.begin(connection);
  beside.begin(connection, choose);
  plans.begin(connection);
  checkins.begin(connection);
  life.begin(connection);
  signals.begin();
  keys.begin();
  draws(() => see(connection));

  connection.on('chat', (chat) => {
    gone(takeChat(chat));
    talks.catchUpAll({ [chat.id]: chat.seq });
    changed();
  });
  connection.on('message', hear);
  connection.on('typing', ({ chat, from }) => from === 'visitor' && chatOf(chat) && talks.typing(chat));
  connection.on('hand_off', handedOff);
  connection.on('alert', (alert) => {
    takeAlert(alert);
    changed();
  });

  for (const wake of ['focus', 'visibilitychange']) window.addEventListener(wake, changed);
  setInterval(tick, TICK_MS);
  byId('needs-script').hidden = true;
  for (const part of [shell, byId('tools')]) part.hidden = false;
  state.chosen = chatsInOrder()[0]?.id ?? null;
  changed();
}

async function comeBack() {
  await life.sync();
  outbox.emptyAll();
}

/** What changes with the clock alone. */
function tick() {
  presence.draw();
  offers.draw();
  chats.draw();
  talk.drawHead();
}

function hear(message) {
  if (!chatOf(message.chat) || !talks.hear(message) || message.from !== 'visitor') return;
  if (message.chat === state.chosen) {
    aloud(say('aloud', { name: message.name ?? say('visitor'), text: message.text }));
  } else {
    aloud(say('aloud_elsewhere', { name: nameOf(message.chat) }));
  }
}

function handedOff(handOff) {
  const { id, chat: chatId, state: outcome, to } = handOff;
  const chat = state.board.chats.find((each) => each.id === chatId || each.hand_off?.id === id);
  if (chat) chat.hand_off = GOES_ON.has(outcome) ? handOff : null;
  if (handOff.next) handing.suggest(handOff.next);
  if (SAID_OF_HAND_OFFS.has(outcome)) {
    notice(say(`hand_off_${outcome}`, { name: to?.name ?? '' }), outcome === 'accepted' ? 'ok' : '');
    if (outcome === 'accepted' && chat) expect(chat.id);
    if (outcome === 'refused') state.chosen ??= chatId; // it may be back from whoever took it
  }
  changed();
}

function choose(chatId, { write = false } = {}) {
  state.chosen = chatId;
  showTab('talk');
  changed();
  queueMicrotask(() => (write ? composer.focus() : byId('talk-title').focus()));
}

function showTab(name) {
  shell.dataset.tab = name;
  for (const tab of document.querySelectorAll('.tabs button')) {
    if (tab.dataset.tab === name) tab.setAttribute('aria-current', 'true');
    else tab.removeAttribute('aria-current');
  }
}

/** What is on the screen in front of somebody counts as seen. */
function see(connection) {
  const isShown = byId('transcript').checkVisibility?.() ?? true;
  if (!state.chosen || document.hidden || !document.hasFocus() || !isShown) return;
  const seq = talks.see(state.chosen);
  if (seq === null) return;
  connection.tell('seen', { chat: state.chosen, seq });
  changed();
}

function goTo(id) {
  showTab('help');
  byId(id).focus();
}

when('tab', ({ tab }) => {
  showTab(tab);
  changed();
});
when('find-reply', () => goTo('find-reply'));
when('find-resource', () => goTo('find-resource'));
when('write-note', () => state.chosen && goTo('note'));

showTab('chats');
if (window.io) begin();
