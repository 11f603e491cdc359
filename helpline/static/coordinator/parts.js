// The parts of the dashboard that live on, built from a board; templates/coordinator/live.html
// makes the same ones on the server, so that the page works without this script.

import { bdi, el } from '../shared/dom.js';
import { phrase, say, span } from '../shared/words.js';
import { secondsSince } from '../shared/clock.js';

export const GAPS_SHOWN = 8;

export function health(board) {
  const { light, words } = board.health;
  return el('p', { class: `health ${light}` }, el('strong', null, say(`now_${light}`)), ' ', words);
}

export function queue(board) {
  if (!board.queue.length) return el('p', null, say('nobody_waits'));
  const askable = board.people.filter((each) => each.askable);
  return el('ol', { class: 'queue' }, board.queue.map((chat) => inLine(chat, askable)));
}

function inLine(chat, askable) {
  const waited = span(secondsSince(chat.arrived_at));
  return el('li', { id: `chat-${chat.chat}` },
    el('p', null,
      el('span', { class: `badge ${chat.level}` }, chat.level_words), ' ',
      el('span', null, say('waited', { span: waited })), ' ',
      chat.late && el('strong', { class: 'late' }, say('late')), ' ',
      el('span', null, chat.language_name)),
    el('p', { class: 'hint' }, chat.why_words),
    askable.length ? offerTo(chat, askable, waited)
      : el('p', { class: 'hint' }, say('nobody_to_ask')));
}

function offerTo(chat, askable, waited) {
  const id = `to-${chat.chat}`;
  const people = askable.map((each) => el('option', { value: each.id }, each.name));
  const aloud = say('offer_this', { level: chat.level_words, span: waited });
  return el('div', { class: 'row' },
    el('label', { for: id }, say('offer_to')),
    el('select', { id }, people),
    el('button', {
      type: 'button', 'data-do': 'assign', 'data-chat': chat.chat, 'aria-label': aloud,
    }, say('offer')));
}

export function parked(board) {
  if (!board.parked.length) return [];
  return [
    el('h3', null, say('set_aside')),
    el('ul', { class: 'plain' }, board.parked.map((each) => el('li', { id: `parked-${each.chat}` },
      el('span', { class: `badge ${each.level}` }, each.level_words), ' ',
      el('span', { class: 'hint' }, each.words)))),
  ];
}

export function people(board) {
  if (!board.people.length) return el('p', null, say('nobody_on_shift'));
  return el('ul', { class: 'plain' }, board.people.map((each) => el('li', null,
    el('strong', null, bdi(each.name)), ' ',
    each.role === 'lead' && el('span', { class: 'badge' }, say('lead')), ' ',
    each.overrunning && el('strong', { class: 'late' }, say('overrunning')), ' ',
    el('span', { class: 'hint' }, each.words))));
}

export function shifts(board) {
  if (!board.shifts.length) return el('p', null, say('no_shifts'));
  return el('ul', { class: 'plain' }, board.shifts.map((each) => el('li', null,
    el('span', { class: 'when' }, each.when), ' ', bdi(each.title), ': ',
    each.people.length ? list(each.people.map((person) => bdi(person.name)))
      : say('no_one_booked'))));
}

function list(nodes) {
  return nodes.flatMap((node, place) => (place ? [', ', node] : [node]));
}

export function alerts(board) {
  if (!board.alerts.length) return el('p', null, say('no_alerts'));
  return el('ul', { class: 'plain alerts' }, board.alerts.map((each) => el('li', null,
    el('p', null, each.text, ' ', el('span', { class: 'hint' }, each.since_words)),
    each.acknowledged_by
      ? el('p', { class: 'hint' }, phrase('owned', { name: each.acknowledged_by }))
      : el('button', { type: 'button', 'data-do': 'own', 'data-alert': each.id }, say('own')),
    each.answers.length > 0 && el('div', { class: 'row' }, each.answers.map((answer) =>
      answerTo(each, answer))))));
}

function answerTo({ id }, answer) {
  return el('button', {
    type: 'button', 'data-do': 'answer', 'data-alert': id, 'data-answer': answer,
  }, say(`answer_${answer}`));
}

export function calls(board) {
  if (!board.call_outs.length) return el('p', null, say('no_calls'));
  return el('ul', { class: 'plain' }, board.call_outs.map((each) => el('li', null,
    el('p', null,
      each.running && [el('strong', { class: 'badge elevated' }, say('call_runs')), ' '],
      el('span', { class: 'when' }, each.when), ' ', bdi(each.words)),
    el('p', { class: 'hint' }, bdi(each.why_words)),
    each.running && el('button', {
      type: 'button', 'data-do': 'end-call-out', 'data-call': each.id,
    }, say('call_end')))));
}

export function gaps(board) {
  if (!board.gaps.length) return el('p', null, say('no_gaps'));
  const more = board.gaps.length - GAPS_SHOWN;
  return [
    el('ul', { class: 'plain' }, board.gaps.slice(0, GAPS_SHOWN).map((each) => el('li', null,
      el('span', { class: 'when' }, each.when), ' ', el('span', null, each.words)))),
    more > 0 && el('p', { class: 'hint' }, say('more_gaps', { count: more })),
  ];
}

export function line(board) {
  const { words, by_hand_words: byHand, reason, waiting_words: waiting, door_words: door } = board.line;
  return [
    el('p', null, words),
    byHand && el('p', { class: 'hint' }, byHand, reason && [' ', phrase('reason', { reason })]),
    el('p', { class: 'hint' }, door),
    el('p', { class: 'hint' }, say('still_wait', { levels: waiting })),
  ];
}
