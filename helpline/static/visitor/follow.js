// A check-in: what is asked, what was agreed, and what was written when its time came.

import { byId } from '../shared/dom.js';
import { say, when } from './sentences.js';

const AHEAD = ['asked', 'agreed', 'due'];

/** `asked` is the `follow_up` of the wire's snapshot, or null. */
export function show(asked) {
  const form = byId('follow-up');
  form.hidden = !asked;
  const { id = '', state, text = '', words, may_cancel: mayCancel } = asked ?? {};
  form.elements.follow_up.value = id;
  put('text', text);
  put('words', words ?? '');
  put('own', AHEAD.includes(state) ? ownTime(asked) : '');
  byId('follow-up-page').hidden = state !== 'agreed';
  for (const button of form.querySelectorAll('button')) {
    button.hidden = button.value === 'cancel' ? !mayCancel : state !== 'asked';
  }
}

/** The window on this person's own clock, where it is not the line's. */
function ownTime({ zone, starts_at: from, ends_at: until }) {
  const at = new Date(from);
  if (at.toLocaleString('en') === at.toLocaleString('en', { timeZone: zone })) return '';
  return say('own_time', { from: when(from), until: when(until) });
}

/** What did not change is not read out again. */
function put(part, words) {
  const line = byId(`follow-up-${part}`);
  if (line.textContent !== words) line.textContent = words;
}

/** What the wire is told when this button was pressed: the event, and what goes with it. */
export function said({ value }) {
  if (value === 'cancel') return ['cancel_follow_up', {}];
  const { follow_up: which } = byId('follow-up').elements;
  return ['answer_follow_up', { follow_up: which.value, agrees: value === 'agrees' }];
}
