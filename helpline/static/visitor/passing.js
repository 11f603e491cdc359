// Before a chat is passed on its visitor is asked; and a call that they make is asked after.

import { byId } from '../shared/dom.js';
import { say } from './sentences.js';

const PEOPLE = ['agrees', 'refuses'];

/** `asked` is the `hand_off` of the wire's snapshot, or null. What was said already is not asked. */
export function show(asked) {
  const form = byId('passing');
  form.hidden = !asked;
  if (!asked) return;
  const { id, kind, state, to_name: name, answer } = asked;
  const group = kind === 'resource' ? 'resource' : 'people';
  form.elements.hand_off.value = id;
  const question = state === 'accepted' ? 'taken' : group;
  byId('passing-question').textContent = say(`passing_${question}`, { name: name ?? '' });
  for (const button of form.querySelectorAll('button')) {
    button.hidden = button.dataset.kind !== group || [state, answer].includes(button.value);
  }
}

/** What the wire is told when this button was pressed. */
export function said(button) {
  const hand_off = byId('passing').elements.hand_off.value;
  const { value } = button;
  return PEOPLE.includes(value) ? { hand_off, agrees: value === 'agrees' } : { hand_off, state: value };
}
