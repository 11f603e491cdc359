// Handing a chat over, a step at a time; and what is under way: an answer awaited, a call made.

import { byId, el, when } from '../shared/dom.js';
import { secondsUntil } from '../shared/clock.js';
import { phrase, say, span } from '../shared/words.js';
import { button } from './bits.js';
import * as dialogs from './dialogs.js';
import { find, offerRegions } from './finder.js';
import { expect } from './leaving.js';
import { notice, told } from './notices.js';
import { changed, chatOf, chosen, epochOf, levelRank, me, shelf, state } from './state.js';

const LAST = 3;
const HIGH = 2;
const TYPED = 300; // ms after the last letter, then the directory is asked
const WENT = ['calling', 'reached', 'not_reached', 'did_not_want'];

let connection = null;
let step = 1;
let services = []; // what the directory answered last
let asked = 0; // how often it was asked: an earlier answer that comes later counts nothing
let soon = null;

export function begin(opened) {
  connection = opened;
  const form = byId('hand-off-dialog').querySelector('form');
  form.addEventListener('submit', goOnFirst); // before the one that sends
  dialogs.submits(form, handOff);
  form.addEventListener('change', (event) => event.target.name === 'kind' && offer(event.target.value));
  const finder = byId('hand-off-find');
  finder.addEventListener('input', () => {
    byId('hand-off-resource').replaceChildren(); // nobody is handed to what they no longer look for
    clearTimeout(soon);
    soon = setTimeout(offerServices, TYPED);
  });
  finder.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault(); // it would go on to the next step
    offerServices();
  });
  for (const each of ['hand-off-region', 'hand-off-language']) byId(each).addEventListener('change', offerServices);
  offerRegions(byId('hand-off-region'), '');
}

function goOnFirst(event) {
  if (step === LAST) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  goOn();
}

function goOn() {
  const { kind } = Object.fromEntries(new FormData(byId('hand-off-dialog').querySelector('form')));
  const lacks = step === 1 && kind === 'resource' && !byId('hand-off-resource').value;
  if (lacks) byId('hand-off-find').focus();
  else show(step + 1);
}

function show(next) {
  step = next;
  const dialog = byId('hand-off-dialog');
  for (const part of dialog.querySelectorAll('[data-step]')) part.hidden = Number(part.dataset.step) !== step;
  dialog.querySelector('[data-do="hand-off-back"]').hidden = step === 1;
  dialog.querySelector('[data-do="hand-off-next"]').hidden = step === LAST;
  dialog.querySelector('button:not([type="button"])').hidden = step !== LAST;
  if (step === LAST) preview();
  const first = { 1: 'input[name="kind"]:checked', 2: '#hand-off-note', 3: '#hand-off-told-title' };
  if (dialog.open) dialog.querySelector(first[step]).focus();
}

// -- to whom -------------------------------------------------------------------------------------

function offer(kind) {
  byId('hand-off-who').hidden = !['listener', 'lead'].includes(kind);
  byId('hand-off-where').hidden = kind !== 'resource';
  byId('hand-off-reason').hidden = kind === 'resource';
  if (kind === 'resource') offerServices();
  else offerPeople(kind);
}

function offerPeople(kind) {
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

/** The directory's answer. An emergency number is no service to stay with: that is the emergency call. */
async function offerServices() {
  clearTimeout(soon);
  asked += 1;
  const mine = asked;
  const value = (id) => byId(id).value.trim();
  const answer = await find(connection, {
    query: value('hand-off-find'), region: value('hand-off-region'), language: value('hand-off-language'),
  });
  if (mine !== asked) return;
  services = answer.ok ? answer.resources.filter((each) => !each.emergency) : [];
  const label = (each) => (each.open_now ? each.name : `${each.name}, ${say('service_closed')}`);
  byId('hand-off-resource').replaceChildren(
    ...services.map((each) => el('option', { value: each.id }, label(each))),
  );
  const said = answer.ok ? answer.widened || (services.length ? '' : say('nothing_found')) : answer.error.message;
  byId('hand-off-widened').textContent = said;
}

// -- what the visitor hears ----------------------------------------------------------------------

function preview() {
  const { kind, why } = Object.fromEntries(new FormData(byId('hand-off-dialog').querySelector('form')));
  const name = me.name;
  const atOnce = kind === 'queue' && levelRank(chosen().level) >= HIGH;
  const parts = {
    resource: [say('told_we_stay', { name })],
    queue: atOnce && [say('told_handed_to_queue', { name })],
  };
  const asks = [say(`told_pass_${kind}`, { name }), why && say(`why_${why}`), say('told_may_say_no', { name })];
  byId('hand-off-told').textContent = (parts[kind] || asks).filter(Boolean).join(' ');
  byId('hand-off-then').textContent = say(atOnce ? 'then_at_once' : `then_${kind}`);
}

async function handOff({ kind, person, resource, why, note: words }, chatId) {
  const id = kind === 'resource' ? resource : person;
  const said = { chat: chatId, epoch: epochOf(chatId), to: kind !== 'queue' && id ? { kind, id } : { kind } };
  if (words.trim()) said.note = words;
  if (why && kind !== 'resource') said.why = why;
  if (kind === 'queue') said.ask = true;
  const answer = await connection.ask('hand_off', said);
  if (!answer.ok) return answer;
  const chat = chatOf(chatId);
  if (answer.hand_off.state === 'accepted') {
    expect(chatId);
    notice(say('handed_to_queue'), 'ok');
  } else if (chat) chat.hand_off ??= named(answer.hand_off);
  changed();
  return answer;
}

function named(handOff) {
  const known = handOff.to.kind === 'resource' ? services : shelf.people;
  const found = known.find((each) => each.id === handOff.to.id);
  return { ...handOff, to: { ...handOff.to, name: found?.name } };
}

when('hand-off', () => {
  if (chosen()?.state !== 'active') return;
  dialogs.open('hand-off-dialog', () => offer('listener'));
  show(1);
});
when('hand-off-next', goOn);
when('hand-off-back', () => show(step - 1));

// -- what is under way ---------------------------------------------------------------------------

/** In the head of the chat: whom it waits for, or the call that the visitor makes. */
export function underWay({ hand_off: handOff }) {
  if (!handOff) return null;
  return handOff.to.kind === 'resource' ? call(handOff) : awaited(handOff);
}

function awaited({ id, to, expires_at: until, visitor }) {
  const left = span(secondsUntil(until));
  const key = to.kind === 'queue' ? 'pending_to_line' : 'pending_hand_off';
  return el(
    'div',
    { class: 'notice warn' },
    el('span', null, phrase(key, { name: to.name ?? '', span: left })),
    visitor === 'agrees' && el('span', { class: 'hint' }, say('visitor_agrees')),
    button('withdraw', say('withdraw'), { hand: id }),
  );
}

function call({ id, to, state: stands, overdue }) {
  const asked = WENT.filter((each) => each !== stands);
  return el(
    'div',
    { class: `notice${overdue ? ' warn' : ''}` },
    el('span', null, phrase(overdue ? 'call_overdue' : `call_${stands}`, { name: to.name ?? '' })),
    el('div', { class: 'row' }, asked.map((each) => button('tell-outcome', say(`went_${each}`), { hand: id, went: each }))),
  );
}

when('withdraw', async ({ hand }) => {
  const answer = await connection.ask('withdraw', { hand_off: hand });
  const chat = chosen();
  if (told(answer, say('hand_off_withdrawn')) && chat?.hand_off?.id === hand) chat.hand_off = null;
  changed();
});

when('tell-outcome', async ({ hand, went }) => {
  const answer = await connection.ask('tell_outcome', { hand_off: hand, state: went });
  told(answer, say('outcome_kept'));
  if (answer.ok && answer.hand_off.next) suggest(answer.hand_off.next);
});

/** Nobody was reached: the next that answers now, to be offered in the same way. */
export function suggest({ name }) {
  notice(say('try_next', { name }), 'ok');
}

// -- at the end of a chat ------------------------------------------------------------------------

/** The end of a chat asks once what became of a call; not to know is an answer. */
export function askAtTheEnd() {
  const { hand_off: handOff } = chosen();
  const open = handOff?.to.kind === 'resource';
  byId('close-call').hidden = !open;
  if (open) byId('close-call-name').textContent = handOff.to.name ?? '';
}

export async function tellAtTheEnd(chatId, went) {
  const handOff = chatOf(chatId)?.hand_off;
  if (!went || handOff?.to.kind !== 'resource') return;
  await connection.ask('tell_outcome', { hand_off: handOff.id, state: went, last: true });
}
