// What a listener decides about a chat: ask for help, judge, note, step out, end it.

import { byId, el, press, when } from '../shared/dom.js';
import { say } from '../shared/words.js';
import * as dialogs from './dialogs.js';
import * as handing from './handing.js';
import { forget } from './leaving.js';
import { notice, told } from './notices.js';
import * as outbox from './outbox.js';
import { changed, chosen, epochOf, hide, levelRank } from './state.js';
import { shelf, takeChat, unhide } from './state.js';

let connection = null;

export function begin(opened) {
  connection = opened;
  submits('ask-lead-dialog', askLead);
  submits('assess-dialog', assess);
  submits('close-dialog', end);
  dialogs.submits(byId('note-form'), note);
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

async function end({ outcome: code, anyway, note: words, went, next_step: step }, chatId) {
  await handing.tellAtTheEnd(chatId, went);
  const said = { chat: chatId, epoch: epochOf(chatId), outcome: code };
  if (words.trim()) said.note = words;
  if (anyway?.trim()) said.anyway = anyway;
  if (step?.trim()) said.next_step = step;
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
  about('close-dialog', () => {
    guard(levelRank(chosen().level) >= 2 && !chosen().assessed);
    handing.askAtTheEnd();
  });
});

when('assess-first', () => {
  dialogs.close('close-dialog');
  press('assess');
});
