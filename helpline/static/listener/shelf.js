// What lies ready beside the chat: quick replies to edit, resources to send, private notes.

import { bdi, byId, el, fill, when } from '../shared/dom.js';
import { has, languageName, say, time } from '../shared/words.js';
import { button, resourceCard } from './bits.js';
import * as composer from './composer.js';
import * as dialogs from './dialogs.js';
import { find, offerRegions } from './finder.js';
import { notice } from './notices.js';
import { putResource } from './outbox.js';
import { chosen, draws, isMine, maySpeak, shelf } from './state.js';

const SHOWN = 12;
const findReply = byId('find-reply');
const findResource = byId('find-resource');
const finder = byId('find-resources');
let found = null; // what the server found; null: what lies ready, as it is typed

export function begin(connection) {
  draws(draw);
  dialogs.submits(finder, (values) => search(connection, values));
  findResource.addEventListener('input', () => show(null));
  byId('find-country').addEventListener('input', (event) => offerRegions(byId('find-region'), event.target.value));
  offerRegions(byId('find-region'), '');
  for (const field of [findReply, findResource]) {
    field.addEventListener('input', draw);
    field.addEventListener('keydown', (event) => event.key === 'Escape' && composer.focus());
  }
}

function draw() {
  const chat = chosen();
  const language = chat?.language;
  const replies = shelf.quick_replies.filter((each) => matches(findReply, each.title, each.text));
  replies.sort((one, other) => (other.language === language) - (one.language === language));
  fill(byId('replies'), listed(replies, reply));

  fill(byId('resources'), listed(found ?? ready(), resource));
  fill(byId('notes'), chat && notesOf(chat));
  byId('note-form').hidden = !isMine(chat);
}

function ready() {
  return shelf.resources.filter((each) =>
    matches(findResource, each.name, each.note, each.country, ...(each.languages ?? [])),
  );
}

/** Asks the whole directory. The form keeps what was asked. */
async function search(connection, values) {
  const answer = await find(connection, values);
  if (answer.ok) show(answer.resources, answer.widened);
  return answer;
}

function show(resources, widened = '') {
  found = resources;
  byId('widened').textContent = widened;
  draw();
}

/** Every word that is searched for is somewhere in it. */
function matches(field, ...texts) {
  const all = texts.join(' ').toLocaleLowerCase();
  return field.value.toLocaleLowerCase().split(/\s+/).every((word) => all.includes(word));
}

function listed(found, row) {
  if (!found.length) return el('p', null, say('nothing_found'));
  const rows = found.slice(0, SHOWN).map(row);
  return [
    el('ul', null, rows),
    found.length > SHOWN && el('p', { class: 'hint' }, say('more')),
  ];
}

function reply({ id, language, title, text }) {
  return el(
    'li',
    { id: `reply-${id}` },
    el('strong', { dir: 'auto' }, title),
    ' ',
    el('span', { class: 'hint' }, languageName(language)),
    el('p', { dir: 'auto', lang: language }, text),
    pick('insert', 'insert', title, { reply: id }),
  );
}

function resource(each) {
  return el(
    'li',
    { id: `resource-${each.id}` },
    resourceCard(each),
    pick('send-resource', 'send', each.name, { resource: each.id }),
  );
}

/** A button whose name for screen readers also says what it is about. */
function pick(deed, key, about, given) {
  const label = [say(key), ' ', el('span', { class: 'visually-hidden' }, bdi(about))];
  return button(deed, label, given, { disabled: !maySpeak(chosen()) });
}

function notesOf({ notes }) {
  if (!notes.length) return el('p', { class: 'hint' }, say('notes_none'));
  return el('ul', null, notes.map(noteRow));
}

function noteRow({ kind, by, text, written_at: at }) {
  const name = has(`note_kind_${kind}`) ? say(`note_kind_${kind}`) : kind;
  return el(
    'li',
    null,
    el('p', { class: 'by' }, el('strong', null, name), ' ', bdi(by), ` ${time(at)}`),
    el('p', { class: 'text', dir: 'auto' }, text),
  );
}

when('insert', ({ reply: id }) => {
  composer.insert(shelf.quick_replies.find((each) => String(each.id) === id).text);
});

when('send-resource', ({ resource: id }) => {
  putResource(chosen().id, [...(found ?? []), ...shelf.resources].find((each) => each.id === id));
  notice(say('resource_kept'), 'ok');
});
