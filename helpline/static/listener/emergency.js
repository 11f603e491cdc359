// An emergency call: the number first, then one step on a screen; and concerns about somebody.

import { bdi, byId, el, fill, when } from '../shared/dom.js';
import { phrase, say, time } from '../shared/words.js';
import { button } from './bits.js';
import * as dialogs from './dialogs.js';
import { notice } from './notices.js';
import { changed, chatOf, chosen, draws, me, shelf } from './state.js';

const STEPS = 5;
let connection = null;
let step = 1;

const dialog = byId('emergency-dialog');

export function begin(opened) {
  connection = opened;
  for (const form of dialog.querySelectorAll('form')) form.addEventListener('submit', keep);
  dialogs.submits(byId('concern-dialog').querySelector('form'), raise);
  draws(draw);
}

/** In the head of a chat: the way to the number, also once the visitor has gone. */
export function ways(chat) {
  if (chat.listener?.id !== me.id || !chat.emergency) return null;
  const { call } = chat.emergency;
  const runs = call && !call.ended_at;
  return el(
    'div',
    { class: 'row' },
    button('emergency', say(runs ? 'emergency_go_on' : 'emergency_open'), {}, { class: 'urgent' }),
    button('concern', say('concern_open')),
    runs && el('span', { class: 'hint' }, say('emergency_runs', { time: time(call.begun_at) })),
    chat.concerns.map(({ lead, due_at: due }) =>
      el('span', { class: 'hint' }, say('concern_with', { name: lead, time: time(due) })),
    ),
  );
}

function about() {
  return chatOf(dialog.dataset.chat);
}

function show(next, { focus = true } = {}) {
  step = Math.min(STEPS, Math.max(1, next));
  for (const part of dialog.querySelectorAll('[data-step]')) part.hidden = Number(part.dataset.step) !== step;
  dialog.querySelector('[data-do="emergency-back"]').disabled = step === 1;
  dialog.querySelector('[data-do="emergency-next"]').disabled = step === STEPS;
  byId('emergency-step').textContent = say('emergency_step', { step, steps: STEPS });
  if (focus) byId('emergency-step').focus();
}

function draw() {
  const chat = dialog.open ? about() : null;
  if (!chat?.emergency) return;
  const { numbers, ways: allowed, call } = chat.emergency;
  byId('emergency-none').hidden = numbers.length > 0;
  fill(byId('emergency-numbers'), numbers.map(callButton));
  for (const choice of dialog.querySelectorAll('[data-way]')) choice.hidden = !allowed.includes(choice.dataset.way);
  byId('emergency-unknown').hidden = Object.keys(call?.place ?? {}).length > 0;
  fill(byId('emergency-log'), (call?.log ?? []).map(line));
}

function callButton({ name, number }) {
  const label = [phrase('emergency_dial', { number }), ' ', bdi(name)];
  return el('a', { class: 'button urgent', href: `tel:${number}`, 'data-do': 'emergency-called' }, label);
}

function line({ words, by, at, note }) {
  return el('li', null, `${time(at)} ${words}, `, bdi(by), note && el('p', { class: 'text', dir: 'auto' }, note));
}

// -- what is written down ------------------------------------------------------------------------

/** The call that runs, begun now if there is none. The number never waits for this. */
async function running() {
  const { id, emergency } = about();
  if (emergency.call && !emergency.call.ended_at) return { ok: true, id: emergency.call.id };
  const answer = await connection.ask('hand_off', { chat: id, to: { kind: 'emergency' } });
  return answer.ok ? { ok: true, id: answer.hand_off.id } : answer;
}

async function log(said) {
  const call = await running();
  if (!call.ok) return call;
  const answer = await connection.ask('log_call', { emergency: call.id, ...said });
  if (answer.ok && about()) about().emergency.call = answer.emergency;
  changed();
  return answer;
}

async function keep(event) {
  event.preventDefault();
  const form = event.target;
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()));
  const said = form.dataset.log === 'place' ? { step: 'place', place: given } : { step: form.dataset.log, ...given };
  const refusal = form.querySelector('.refusal');
  refusal.textContent = '';
  const answer = await log(said);
  if (!answer.ok) {
    refusal.textContent = answer.error.message;
    return;
  }
  form.reset();
  if (form.dataset.log === 'ended') {
    dialog.close();
    notice(say('emergency_over'), 'ok');
  } else show(step + 1);
}

when('emergency', () => {
  if (!chosen()) return;
  dialogs.open('emergency-dialog');
  show(1, { focus: false });
  draw();
  dialog.querySelector('#emergency-numbers a, [data-do="emergency-called"]').focus();
});
when('emergency-next', () => show(step + 1));
when('emergency-back', () => show(step - 1));
when('emergency-called', async () => {
  if (about().emergency.call?.log.some((each) => each.step === 'called') && !about().emergency.call.ended_at) {
    show(2);
    return;
  }
  const answer = await log({ step: 'called' });
  if (answer.ok) show(2);
  else notice(say('refused', { message: answer.error.message }), 'warn');
});

// -- a concern -----------------------------------------------------------------------------------

function offerLeads() {
  const leads = shelf.people.filter((each) => each.role === 'lead');
  const rows = leads.map((each) => el('option', { value: each.id }, each.name));
  byId('concern-lead').replaceChildren(el('option', { value: '' }, say('who_leads')), ...rows);
}

async function raise({ lead, due_hours: hours, their_words: words, told: whom, ...said }, chatId) {
  const concern = { chat: chatId, due_hours: Number(hours), ...said };
  if (lead) concern.lead = lead;
  if (words.trim()) concern.their_words = words;
  if (whom.trim()) concern.told = whom;
  const answer = await connection.ask('raise_concern', concern);
  if (answer.ok) notice(say('concern_kept'), 'ok');
  return answer;
}

when('concern', () => chosen() && dialogs.open('concern-dialog', offerLeads));
