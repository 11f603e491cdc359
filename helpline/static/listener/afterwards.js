// After a hard chat: five minutes, or a word with the lead. Nobody has to say anything.

import { el, when } from '../shared/dom.js';
import { say } from '../shared/words.js';
import { button } from './bits.js';
import { told } from './notices.js';
import { changed, takeChat } from './state.js';

const ANSWERS = ['pause', 'ok', 'talk'];
let connection = null;

export function begin(opened) {
  connection = opened;
}

/** At the head of a chat that has just ended. */
export function afterwards(chat) {
  if (!chat.hard) return null;
  const buttons = ANSWERS.map((how) => button('after-hard', say(`hard_${how}`), { chat: chat.id, how }));
  return el('div', { class: 'notice aside' }, el('span', null, say('hard_ask')), el('div', { class: 'row' }, buttons));
}

when('after-hard', async ({ chat, how }) => {
  const answer = await connection.ask('after_hard', { chat, how });
  if (told(answer, say(`hard_told_${how}`))) takeChat(answer.chat);
  changed();
});
