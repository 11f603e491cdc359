// Perhaps the same person: a lead links two chats, and their listeners see it.

import { byId, el, fill, when } from '../shared/dom.js';
import { languageName, say } from '../shared/words.js';
import { button } from './bits.js';
import * as dialogs from './dialogs.js';
import { notice, told } from './notices.js';
import { draws, me, nameOf, state } from './state.js';

let connection = null;
let listed = '';

export function begin(opened) {
  connection = opened;
  if (!me.leads) return;
  byId('same-form').elements.csrf_token.remove(); // over the wire from here on
  dialogs.submits(byId('same-form'), link);
  draws(draw);
}

/** What the listener of a chat sees: which other one it may be, and how urgent that is. */
export function likenesses(chat) {
  return chat.same_person.map(({ chat: id, level, goes_on: goesOn }) => {
    const words = say(goesOn ? 'same_person' : 'same_ended', { name: nameOf(id), level: say(`level_${level}`) });
    return el('p', { class: 'notice' }, words);
  });
}

function draw() {
  const chats = state.board.line_chats;
  const choices = JSON.stringify(chats);
  if (choices !== listed) ['same-one', 'same-other'].forEach((id, nth) => list(byId(id), chats, nth));
  listed = choices;
  fill(byId('same-pairs'), pairs(chats).map(pair));
}

/** What was chosen stays chosen; before that it is the nth, so that two lists show two chats. */
export function list(select, chats, nth) {
  const { value } = select;
  select.replaceChildren(...chats.map((each) => el('option', { value: each.chat }, wordsOf(each))));
  if (chats.some(({ chat }) => chat === value)) select.value = value;
  else if (chats.length > nth) select.selectedIndex = nth;
}

function wordsOf({ chat, level, language, listener }) {
  return say('same_choice', {
    name: nameOf(chat),
    level: say(`level_${level}`),
    language: languageName(language),
    listener: listener ?? say('same_nobody'),
  });
}

function pairs(chats) {
  return chats.flatMap(({ chat, same_person: likes }) =>
    likes.filter((like) => chat < like.chat || !like.goes_on).map((like) => [chat, like.chat]));
}

function pair([chat, other]) {
  return el(
    'div',
    { class: 'row' },
    el('span', null, say('same_pair', { name: nameOf(chat), other: nameOf(other) })),
    button('unlink', say('same_undo'), { chat, other }),
  );
}

async function link({ chat, other }) {
  const answer = await connection.ask('link', { chat, other });
  if (answer.ok) notice(say('same_linked'), 'ok');
  return answer;
}

when('unlink', async ({ chat, other }) => {
  told(await connection.ask('unlink', { chat, other }), say('same_unlinked'));
});
