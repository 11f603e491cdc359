// Small parts that several views draw alike.

import { bdi, el } from '../shared/dom.js';
import { countryName, languageName, phrase, say } from '../shared/words.js';

/** The level by its word; the colour only helps the eye. */
export function levelBadge(level) {
  return el('span', { class: `badge ${level}` }, say(`level_${level}`));
}

export function language(code) {
  return el('span', null, languageName(code));
}

export function button(deed, label, data = {}, attributes = {}) {
  const given = Object.entries(data).map(([name, value]) => [`data-${name}`, value]);
  const all = { type: 'button', 'data-do': deed, ...Object.fromEntries(given), ...attributes };
  return el('button', all, label);
}

/** A crisis resource with its ways, and whether it is open. */
export function resourceCard(resource) {
  return el(
    'div',
    { class: 'card' },
    el('strong', null, bdi(resource.name)),
    ' ',
    resource.emergency && el('span', { class: 'badge high' }, say('emergency')),
    el('ul', null, resource.ways.map((way) => el('li', null, wayOf(way)))),
    el('p', { class: 'hint' }, [resource.when, countryName(resource.country)].join(' ')),
    resource.note && el('p', { class: 'hint', dir: 'auto', lang: resource.note_language }, resource.note),
    resource.checked && el('p', { class: 'badge' }, resource.checked),
  );
}

function wayOf({ kind, value, word }) {
  if (kind === 'text' && word) return phrase('text_word', { word, value });
  return [say(`way_${kind}`), ': ', bdi(value)];
}

