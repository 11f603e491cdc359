// What a listener decides about a chat: hand it over, ask for help, judge, note, step out, end it.

import { byId, el, press, when } from '../shared/dom.js';
import { say } from '../shared/words.js';
import * as dialogs from './dialogs.js';
import { expect, forget } from './leaving.js';
import { notice, told } from './notices.js';
import * as outbox from './outbox.js';
import { changed, chatOf, chosen, epochOf, hide, levelRank, me } from './state.js';
import { shelf, state, takeChat, unhide } from './state.js';

let connection = null;

export function begin(opened) {
  connection = opened;
  submits('hand-off-dialog', handOff);
  submits('ask-lead-dialog', askLead);
  submits('assess-dialog', assess);
  submits('close-dialog', end);
  dialogs.submits(byId('note-form'), note);
  byId('hand-off-dialog').addEventListener('change', (event) => {
    if (event.target.name === 'kind') offerPeople(event.target.value);
  });
  byId('outcomes').append(...shelf.outcomes.map(outcome));
}

function submits(id, send) {
  dialogs.submits(byId(id).querySelector('form'), send);
}

/** Opens a dialog about the chat that goes on. */
function about(id, prepare) {
  if (chosen()?.state === 'active') dialogs.open(id, prepare);
}

function outcome(code) {
  const choice = el('input', { type: 'radio', name: 'outcome', value: code, required: true });
  return el('label', { class: 'choice' }, choice, ' ', say(`outcome_${code}`));
}

// -- hand over -----------------------------------------------------------------------------------

function offerPeople(kind) {
  byId('hand-off-who').hidden = kind === 'queue';
  const there = state.board.on_shift.filter(
    (each) => each.here && each.id !== me.id && (kind !== 'lead' || each.role === 'lead'),
  );
  const rows = there.map((each) =>
    el('option', { value: each.id }, `${each.name}, ${say(`role_${each.role}`)}, ${freeSeats(each)}`),
  );
  byId('hand-off-person').replaceChildren(el('option', { value: '' }, say('anyone')), ...rows);
}

function freeSeats({ seats, used }) {
  return say('free_seats', { count: Math.max(0, seats - used) });
}

async function handOff({ kind, person, note: words }, chatId) {
  const to = person && kind !== 'queue' ? { kind, id: person } : { kind };
  const answer = await connection.ask('hand_off', {
    chat: chatId,
    epoch: epochOf(chatId),
    to,
    note: words,
  });
  if (!answer.ok) return answer;
  const chat = chatOf(chatId);
  if (kind === 'queue') {
    expect(chatId);
    notice(say('handed_to_queue'), 'ok');
  } else if (chat) chat.hand_off ??= named(answer.hand_off);
  changed();
  return answer;
}

function named(handOff) {
  const person = shelf.people.find((each) => each.id === handOff.to.id);
  return { ...handOff, to: { ...handOff.to, name: person?.name } };
}

when('hand-off', () => about('hand-off-dialog', () => offerPeople('listener')));

// -- help ----------------------------------------------------------------------------------------

async function askLead({ why }, chatId) {
  const answer = await connection.ask('ask_help', why.trim() ? { chat: chatId, why } : { chat: chatId });
  if (answer.ok) notice(say('help_asked'), 'ok');
  return answer;
}

when('ask-lead', () => about('ask-lead-dialog'));

/** One press. The words go from the screen at once; the server is told until it has heard. */
when('step-out', async () => {
  const chat = chosen();
  if (chat?.state !== 'active') return;
  hide(chat.id);
  forget(chat.id);
  let answer = await connection.ask('step_out', { chat: chat.id });
  while (!answer.ok && outbox.waits(answer.error)) {
    await outbox.pause(answer.error);
    answer = await connection.ask('step_out', { chat: chat.id });
  }
  unhide(chat.id);
  told(answer, say('stepped_out'));
});

// -- judge and note ------------------------------------------------------------------------------

async function assess({ level, reason }, chatId) {
  const said = { chat: chatId, epoch: epochOf(chatId), level, reason };
  const answer = await connection.ask('assess', said);
  if (!answer.ok) return answer;
  if (answer.chat) takeChat(answer.chat);
  notice(say('assessed_thanks'), 'ok');
  changed();
  return answer;
}

when('assess', () => chosen() && dialogs.open('assess-dialog'));

async function note({ text }, chatId) {
  const answer = await connection.ask('note', { chat: chatId, epoch: epochOf(chatId), text });
  if (answer.ok) notice(say('note_kept'), 'ok');
  return answer;
}

// -- end -----------------------------------------------------------------------------------------

async function end({ outcome: code, anyway, note: words }, chatId) {
  const said = { chat: chatId, epoch: epochOf(chatId), outcome: code };
  if (words.trim()) said.note = words;
  if (anyway?.trim()) said.anyway = anyway;
  const answer = await connection.ask('close', said);
  if (answer.ok) notice(say('closed'), 'ok');
  if (answer.error?.field !== 'anyway') return answer;
  guard(true);
  return { ok: false, error: { ...answer.error, message: say('close_guarded') } };
}

function guard(isNeeded) {
  byId('close-guard').hidden = !isNeeded;
  byId('close-anyway').required = isNeeded;
}

when('end-chat', () => {
  about('close-dialog', () => guard(levelRank(chosen().level) >= 2 && !chosen().assessed));
});

when('assess-first', () => {
  dialogs.close('close-dialog');
  press('assess');
});
