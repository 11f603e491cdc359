// Leads beside a chat: who reads along is always in sight, what they whisper stands in yellow, and a
// lead's own board lists who is at risk now.

import { bdi, byId, el, fill, when } from '../shared/dom.js';
import { phrase, say, span, time } from '../shared/words.js';
import { button, language, levelBadge } from './bits.js';
import * as dialogs from './dialogs.js';
import { expect } from './leaving.js';
import { list } from './likes.js';
import { aloud, notice, told } from './notices.js';
import { call } from './signals.js';
import { changed, chatOf, draws, isMine, me, nameOf, state, takeChat } from './state.js';
import { catchUp, hear } from './talks.js';

let connection = null;
let choose = null;
let listed = '';

export function begin(opened, chooseChat) {
  connection = opened;
  choose = chooseChat;
  connection.on('whisper', whispered);
  connection.on('hint', ({ text }) => notice(text, 'warn'));
  dialogs.submits(byId('whisper-dialog').querySelector('form'), whisper);
  if (!me.leads) return;
  byId('watch-form').elements.csrf_token?.remove();
  dialogs.submits(byId('watch-form'), watch);
  dialogs.submits(byId('take-over-dialog').querySelector('form'), takeOver);
  draws(draw);
}

// -- what a chat shows ---------------------------------------------------------------------------

/** At the head of a chat: who else reads it and why, or one's own place beside it. */
export function besideOf(chat) {
  const others = chat.beside.filter(({ id }) => id !== me.id).map(reader);
  return [...others, chat.along && ownPlace(chat), isMine(chat) && others.length > 0 && answer(chat)];
}

function reader({ name, joined, reason }) {
  const words = phrase(joined ? 'beside_joined' : 'beside_reads', { name });
  return el('p', { class: 'notice aside' }, el('span', null, words, reason && ': ', reason && bdi(reason)));
}

function answer({ id }) {
  return el('div', { class: 'row' }, button('whisper', say('whisper_answer'), { chat: id }));
}

function ownPlace({ id, along }) {
  const until = { time: time(along.until) };
  return el(
    'div',
    { class: 'notice aside' },
    el('span', null, say(along.joined ? 'along_joined' : 'along_reads', until)),
    el('div', { class: 'row' }, ...deedsFor(id, along), button('unwatch', say('unwatch'), { chat: id })),
  );
}

function deedsFor(chat, along) {
  return [
    button('whisper', say('whisper'), { chat }),
    !along?.joined && button('join', say('join'), { chat }),
    button('take-over', say('take_over'), { chat }),
    along && button('read-along', say('read_longer'), { chat }),
  ];
}

/** Whispers with their time, to stand among what was said. */
export function whispersOf(chat) {
  return chat.notes
    .filter(({ kind }) => kind === 'whisper')
    .map(({ id, by, text, written_at: at }) => ({
      at,
      row: el(
        'li',
        { class: 'message whisper', id: `whisper-${id}` },
        el('p', { class: 'by' }, el('strong', null, phrase('whisper_by', { name: by })), ` ${time(at)}`),
        el('p', { class: 'text', dir: 'auto' }, text),
      ),
    }));
}

function whispered({ chat, by, own, text }) {
  if (own || !chatOf(chat)) return;
  call();
  aloud(say('whisper_aloud', { name: by, text }), { atOnce: true });
  if (chat !== state.chosen) notice(say('whisper_elsewhere', { name: nameOf(chat) }));
}

// -- a lead's board ------------------------------------------------------------------------------

function draw() {
  const rows = state.board.at_risk.map(row);
  fill(byId('at-risk'), rows.length ? el('ul', { class: 'at-risk' }, rows) : el('p', null, say('at_risk_none')));
  const others = state.board.line_chats.filter(({ listener, chat }) => listener && !isMine(chatOf(chat)));
  const choices = JSON.stringify(others);
  if (choices !== listed) list(byId('watch-chat'), others, 0);
  listed = choices;
}

function row({ chat, level, language: code, flags, waited_s: waited, listener, beside, apart }) {
  const found = [...new Set(flags.map(({ reason }) => reason))].join(', ');
  const holds = listener ? phrase('at_risk_with', { name: listener.name }) : say('at_risk_waits');
  return el(
    'li',
    { id: `at-risk-${chat}` },
    el('p', { class: 'row' }, el('strong', null, say('chat', { name: nameOf(chat) })), levelBadge(level), language(code)),
    el('p', null, holds, ' ', say('at_risk_waited', { span: span(waited) })),
    found && el('p', { class: 'hint', dir: 'auto' }, found),
    beside.length > 0 && el('p', { class: 'hint' }, say('at_risk_beside', { names: beside.join(', ') })),
    apart ? el('p', { class: 'hint' }, say('at_risk_apart')) : ways(chat, listener),
  );
}

function ways(chat, listener) {
  if (!listener || listener.id === me.id || chatOf(chat)?.along) return null;
  return el('div', { class: 'row' }, button('read-along', say('read_along'), { chat }), ...deedsFor(chat));
}

// -- what they do --------------------------------------------------------------------------------

async function stand(event, said) {
  const reply = await connection.ask(event, said);
  if (!reply.ok) return reply;
  takeChat(reply.chat);
  reply.messages.forEach(hear);
  if (reply.more) catchUp(said.chat);
  choose(said.chat, { write: event !== 'watch' });
  return reply;
}

async function watch({ chat, why, reason }) {
  const words = [why, reason.trim()].filter(Boolean).join(': ');
  return stand('watch', words ? { chat, reason: words } : { chat });
}

async function whisper({ text }, chat) {
  return connection.ask('whisper', { chat, text });
}

async function takeOver(_, chat) {
  const reply = await stand('take_over', { chat });
  if (reply.ok) notice(say('taken_over'), 'ok');
  return reply;
}

function dialog(id, { chat }) {
  dialogs.open(id);
  byId(id).dataset.chat = chat;
}

when('read-along', async ({ chat }) => {
  const reason = chatOf(chat)?.beside.find(({ id }) => id === me.id)?.reason;
  const reply = await stand('watch', reason ? { chat, reason } : { chat });
  if (!reply.ok) told(reply);
});
when('join', async ({ chat }) => {
  const reply = await stand('join', { chat });
  told(reply, say('joined'));
});
when('unwatch', async ({ chat }) => {
  expect(chat);
  told(await connection.ask('unwatch', { chat }), say('unwatched'));
  changed();
});
when('whisper', (given) => dialog('whisper-dialog', given));
when('take-over', (given) => dialog('take-over-dialog', given));
