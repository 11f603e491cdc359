// A check-in as the listener of the chat proposes it, and as it stands.

import { byId, el, when } from '../shared/dom.js';
import { say } from '../shared/words.js';
import { button } from './bits.js';
import * as dialogs from './dialogs.js';
import { notice, told } from './notices.js';
import { chosen, isMine, shelf } from './state.js';

let connection = null;

export function begin(opened) {
  connection = opened;
  byId('offer-follow-up').hidden = !shelf.follow_ups;
  dialogs.submits(byId('follow-up-dialog').querySelector('form'), offer);
}

async function offer({ day, from, until }, chat) {
  const answer = await connection.ask('offer_follow_up', { chat, day, from, until });
  if (answer.ok) notice(say('check_in_asked'), 'ok');
  return answer;
}

when('offer-follow-up', () => {
  if (chosen()?.state === 'active') dialogs.open('follow-up-dialog');
});

/** In the head of the chat: what was proposed here, or what its visitor brought along. */
export function checkInOf(chat) {
  const { follow_up: known } = chat;
  if (!known) return null;
  return el(
    'div',
    { class: `notice ${known.brought ? 'warn' : 'aside'}`, id: 'check-in' },
    el('span', { dir: 'auto' }, known.text),
    known.may_withdraw && isMine(chat) && button('withdraw-follow-up', say('check_in_withdraw'), { which: known.id }),
  );
}

when('withdraw-follow-up', async ({ which }) => {
  told(await connection.ask('withdraw_follow_up', { follow_up: which }), say('check_in_withdrawn'));
});
