// A contact plan as the listener of the chat sees it: what was agreed, and whether the person knows.

import { el, when } from '../shared/dom.js';
import { phrase, say } from '../shared/words.js';
import { button } from './bits.js';
import { told } from './notices.js';
import { isMine } from './state.js';

let connection = null;

export function begin(opened) {
  connection = opened;
}

export function planOf(chat) {
  const { plan } = chat;
  if (!plan) return null;
  if (plan.standing === 'not_applied') return el('p', { class: 'notice' }, say('plan_not_applied'));
  const inForce = plan.standing === 'in_force';
  const state = inForce ? phrase('plan_told', { name: plan.told_by ?? '' }) : say('plan_not_told');
  return el(
    'div',
    { class: 'notice aside' },
    el('div', null, el('strong', null, say('plan')), el('p', { class: 'text', dir: 'auto' }, plan.text), el('p', null, state)),
    !inForce && isMine(chat) && button('tell-plan', say('plan_tell'), { chat: chat.id }),
  );
}

when('tell-plan', async ({ chat }) => {
  told(await connection.ask('tell_plan', { chat }), say('plan_thanks'));
});
