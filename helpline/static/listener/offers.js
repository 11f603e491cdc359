// Offers: how urgent, how long they waited, why, and a countdown; never a word of the visitor.

import { byId, el, fill, when } from '../shared/dom.js';
import { now, secondsUntil } from '../shared/clock.js';
import { has, phrase, say, span } from '../shared/words.js';
import { button, language, levelBadge } from './bits.js';
import { aloud, notice } from './notices.js';
import { changed, chosen, draws, dropOffer, offersInOrder } from './state.js';
import { state, takeChat, takeOffer } from './state.js';
import { catchUp, hear } from './talks.js';

const shownSince = new Map();
const answered = new Set();
const unfolded = new Set(); // offers whose reasons were asked for during a chat
let connection = null;
let choose = null;

/** `chooseChat` opens an accepted chat. */
export function begin(opened, chooseChat) {
  connection = opened;
  choose = chooseChat;
  draws(draw);
  connection.on('offer', (offer) => {
    takeOffer(offer);
    changed();
  });
  connection.on('offer_gone', ({ id, why }) => {
    if (dropOffer(id) && !answered.has(id) && has(`offer_gone_${why}`)) notice(say(`offer_gone_${why}`));
    changed();
  });
}

export function draw() {
  const offers = offersInOrder();
  for (const offer of offers) {
    if (shownSince.has(offer.id)) continue;
    shownSince.set(offer.id, now());
    aloud(say('offer_aloud', { level: say(`level_${offer.level}`) }), { atOnce: true });
  }
  const byKey = open()?.id;
  fill(byId('offers'), offers.map((offer) => card(offer, { hasKeys: offer.id === byKey })));
}

/** In one line while a chat goes on, so that what is said there stays in sight; the note of a
    hand-off is needed to decide and stays too. */
function card(offer, { hasKeys }) {
  const left = secondsUntil(offer.expires_at);
  const isOpen = left > 0 && !answered.has(offer.id);
  if (chosen()?.state === 'active' && !offer.from) return folded(offer, { left, isOpen, hasKeys });
  const title = offer.from ? phrase('offer_from', { name: offer.from }) : say('offer_new');
  return el(
    'article',
    { class: `offer ${offer.level}`, id: `offer-${offer.id}`, 'aria-label': say('offer_new') },
    el('h2', null, title, ' ', levelBadge(offer.level)),
    el(
      'p',
      { class: 'row' },
      el('span', null, say('offer_waited', { span: span(waited(offer)) })),
      language(offer.language),
      el('strong', null, isOpen ? say('offer_left', { span: span(left + 1) }) : say('offer_over')),
    ),
    el('div', { class: 'row' }, answers(offer, isOpen, hasKeys)),
    more(offer),
  );
}

function folded(offer, { left, isOpen, hasKeys }) {
  const isUnfolded = unfolded.has(offer.id);
  return el(
    'article',
    { class: `offer folded ${offer.level}`, id: `offer-${offer.id}`, 'aria-label': say('offer_new') },
    el(
      'div',
      { class: 'row' },
      levelBadge(offer.level),
      el('strong', null, isOpen ? countdown(left) : say('offer_over')),
      answers(offer, isOpen, hasKeys),
      button('unfold', say('why'), { offer: offer.id }, { 'aria-expanded': String(isUnfolded) }),
    ),
    isUnfolded && more(offer),
  );
}

/** "0:29" for the eye, "29 seconds left to answer" for the ear. */
function countdown(left) {
  const seconds = Math.ceil(left);
  const digits = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return [
    el('span', { 'aria-hidden': 'true' }, digits),
    el('span', { class: 'visually-hidden' }, say('offer_left', { span: span(left + 1) })),
  ];
}

function answers(offer, isOpen, hasKeys) {
  return [
    answerButton('accept', offer, isOpen, 'main', hasKeys && 'a'),
    answerButton('pass', offer, isOpen, null, hasKeys && 'p'),
  ];
}

/** All that is known of it: why it is urgent, how it came here. */
function more(offer) {
  return [
    reasons(offer),
    (offer.note ?? '').split(' ').map((code) => has(`note_${code}`) && el('p', null, say(`note_${code}`))),
    offer.ring && el('p', null, say('offer_ring')),
    offer.surge && el('p', null, say('offer_surge')),
    offer.words && [
      el('p', { class: 'hint' }, phrase('from_colleague', { name: offer.from ?? '' })),
      el('blockquote', { dir: 'auto' }, offer.words),
    ],
  ].flat();
}

function answerButton(deed, offer, isOpen, look, key) {
  const label = [say(`offer_${deed}`), key && [' ', el('kbd', null, key)]].flat();
  return button(deed, label, { offer: offer.id }, { class: look, disabled: !isOpen });
}

function waited(offer) {
  return offer.waited_s + (now() - shownSince.get(offer.id)) / 1000;
}

function reasons(offer) {
  const why = [...new Set(offer.flags.map((flag) => flag.reason))];
  if (!why.length) return el('p', { class: 'hint' }, say('no_flags'));
  const rows = why.map((reason) => el('li', { dir: 'auto' }, reason));
  return [el('p', { class: 'why' }, say('why')), el('ul', { class: 'reasons' }, rows)];
}

/** The offer named, or the first that is still open. */
function open(id) {
  const offers = offersInOrder().filter((offer) => secondsUntil(offer.expires_at) > 0);
  return id ? offers.find((offer) => offer.id === id) : offers[0];
}

/** An answer goes out once; what is refused is told, and the offer goes when it is over. */
async function answer(event, offer) {
  if (!offer || answered.has(offer.id)) return null;
  answered.add(offer.id);
  changed();
  const said = await connection.ask(event, { offer: offer.id });
  if (said.ok) dropOffer(offer.id);
  else {
    if (said.error.code.startsWith('offer_')) dropOffer(offer.id);
    answered.delete(offer.id);
    notice(said.error.message);
  }
  changed();
  return said.ok ? said : null;
}

when('accept', async ({ offer }) => {
  const said = await answer('accept', open(offer));
  if (!said) return;
  takeChat(said.chat);
  for (const message of said.messages) hear(message);
  if (said.more) catchUp(said.chat.id);
  choose(said.chat.id, { write: true });
});

when('pass', async ({ offer }) => {
  if (await answer('decline', open(offer))) notice(say('offer_gone_declined'));
});

when('unfold', ({ offer }) => {
  if (!unfolded.delete(offer)) unfolded.add(offer);
  changed();
});

export function isWaitingForAnswer() {
  return state.board.offers.some((offer) => !answered.has(offer.id));
}
