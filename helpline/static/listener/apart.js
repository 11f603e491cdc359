// What a lead does with a chat that they do not hold: keeps somebody apart from it, or closes it
// while it waits.

import { byId, el, fill, when } from '../shared/dom.js';
import { phrase, say } from '../shared/words.js';
import { button } from './bits.js';
import * as dialogs from './dialogs.js';
import { list } from './likes.js';
import { notice, told } from './notices.js';
import { draws, me, nameOf, state } from './state.js';

let connection = null;
const MAY_CLOSE = ['routine', 'elevated'];
let listed = '';

export function begin(opened) {
  connection = opened;
  if (!me.leads) return;
  for (const [id, send] of [['apart-form', keep], ['close-waiting-form', close]]) {
    byId(id).elements.csrf_token.remove(); // over the wire from here on
    dialogs.submits(byId(id), send);
  }
  draws(draw);
}

function draw() {
  const chats = state.board.line_chats;
  const choices = JSON.stringify(chats);
  if (choices !== listed) {
    list(byId('apart-chat'), chats, 0);
    const inLine = chats.filter(({ listener, level }) => !listener && MAY_CLOSE.includes(level));
    list(byId('close-waiting-chat'), inLine, 0);
  }
  listed = choices;
  fill(byId('apart-pairs'), chats.flatMap(({ chat, apart }) => apart.map((each) => pair(chat, each))));
}

function pair(chat, { id, name }) {
  return el(
    'div',
    { class: 'row' },
    el('span', null, phrase('apart_of', { name, chat: nameOf(chat) })),
    button('bring-together', say('apart_undo'), { chat, listener: id }),
  );
}

async function keep({ chat, listener }) {
  const answer = await connection.ask('keep_apart', { chat, listener, apart: true });
  if (answer.ok) notice(say('apart_kept'), 'ok');
  return answer;
}

async function close({ chat, outcome }) {
  const answer = await connection.ask('close_waiting', { chat, outcome });
  if (answer.ok) notice(say('closed_waiting'), 'ok');
  return answer;
}

when('bring-together', async ({ chat, listener }) => {
  const answer = await connection.ask('keep_apart', { chat, listener, apart: false });
  told(answer, say('apart_over'));
});
