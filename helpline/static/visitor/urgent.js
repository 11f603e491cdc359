// The urgent help: one tap away in every state, open by itself when the words call for it.

import { bdi, byId, el } from '../shared/dom.js';
import { say } from './sentences.js';
import * as wire from './wire.js';

const NOT_DIALLED = /[^0-9+*#]/g;

const listed = new WeakMap(); // list -> what it shows
let shown = '';

/** Puts these services on the card, the emergency number first. */
export function fill(resources) {
  const now = JSON.stringify(resources ?? []);
  if (!resources?.length || now === shown) return;
  shown = now;
  const emergency = resources.find((each) => each.emergency);
  const number = emergency?.ways[0]?.value;
  byId('urgent-heading').textContent = number
    ? say('call_now_if', { number })
    : say('emergency_now_if');
  byId('emergency').replaceChildren(...(emergency ? [ways(emergency, 'urgent')] : []));
  list(byId('resources'), resources);
}

/** The services but for the emergency number, one below the other. */
export function list(target, resources) {
  const now = JSON.stringify(resources);
  if (listed.get(target) === now) return; // a focus in it stays where it is
  listed.set(target, now);
  const others = resources.filter((each) => !each.emergency);
  target.replaceChildren(...others.map((each) => el('li', null, card(each))));
}

/** Opens the card and reads out that there is help. */
export function open(resources) {
  fill(resources);
  const help = byId('urgent');
  help.open = true;
  help.scrollIntoView({ block: 'nearest' });
  byId('danger').textContent = say('danger');
}

/** A service with its name and one button for each way to reach it, as nodes. */
export function card(resource) {
  const parts = [el('h3', null, bdi(resource.name))];
  const { note, note_language: lang, when } = resource;
  if (note) parts.push(el('p', lang ? { dir: 'auto', lang } : { dir: 'auto' }, note));
  if (when) parts.push(el('p', { class: 'hint' }, when));
  const places = resource.ways.filter(({ kind }) => kind === 'visit');
  return [...parts, ...places.map(({ value }) => el('p', { dir: 'auto' }, value)), ways(resource)];
}

function ways(resource, tone = '') {
  const links = resource.ways.map((way) => link(way, tone)).filter(Boolean);
  for (const each of links) {
    each.addEventListener('click', () => wire.tell('card', { resource: resource.id }));
  }
  return el('p', { class: 'ways' }, links);
}

/** A way as a link; nothing for what must not become one. */
function link({ kind, value, word }, tone) {
  const number = encodeURIComponent(value.replace(NOT_DIALLED, '')).replace('%2B', '+');
  if (kind === 'call' && number) return button(`tel:${number}`, say('call', { number: value }), tone);
  if (kind === 'text' && number) {
    const body = word ? `?body=${encodeURIComponent(word)}` : '';
    const words = say(word ? 'text_word' : 'text', { word, number: value });
    return button(`sms:${number}${body}`, words);
  }
  if ((kind === 'web' || kind === 'chat') && value.startsWith('https://')) {
    const node = button(value, say(kind, { site: new URL(value).hostname }));
    node.target = '_blank';
    node.rel = 'noopener noreferrer';
    return node;
  }
  return null;
}

function button(href, words, tone = '') {
  return el('a', { class: `button ${tone}`.trim(), href }, words);
}
