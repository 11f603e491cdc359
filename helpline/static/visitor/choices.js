// To end, to be forgotten, to say how it was: each one tap, and always in reach.

import { byId } from '../shared/dom.js';
import * as chat from './chat.js';
import * as follow from './follow.js';
import * as passing from './passing.js';
import { say, when } from './sentences.js';
import * as states from './states.js';
import * as status from './status.js';
import * as urgent from './urgent.js';
import * as view from './view.js';
import * as wire from './wire.js';

export function watch() {
  live('leave', leave);
  live('erase', () => byId('erase-dialog').showModal());
  live('feedback', (event) => tellFeeling(event.submitter.value));
  live('more', tellMore);
  live('passing', answer);
  live('follow-up', checkIn);
  live('complain', complain);
  live('next-step', tellStep);
  byId('copy-summary').addEventListener('click', copySummary);
  byId('erase-dialog').addEventListener('close', erase);
  byId('anew').addEventListener('click', chat.leave);
}

/** A form that goes over the wire once the page is live, and is a plain form until then. */
export function live(id, act) {
  byId(id).addEventListener('submit', (event) => {
    if (!wire.hasBeenUp()) return;
    event.preventDefault();
    act(event);
  });
}

async function leave() {
  if (done(await wire.ask('leave'))) await chat.resume();
}

/** Also when it is over by now: the newer snapshot says so. */
async function answer({ submitter }) {
  const told = await wire.ask('answer_hand_off', passing.said(submitter));
  if (told.ok) states.show(told.chat);
  else if (told.error.code === 'offer_gone') await chat.resume();
  else done(told);
}

/** With a yes the way to a code is at hand. */
async function checkIn({ submitter }) {
  const told = await wire.ask(...follow.said(submitter));
  if (!told.ok) return told.error.code === 'offer_gone' ? chat.resume() : done(told);
  states.show(told.chat);
  byId('way-back').open ||= submitter.value === 'agrees';
  byId('follow-up-heading').focus();
}

async function tellFeeling(feeling) {
  if (feeling === 'worse') urgent.open();
  if (done(await wire.ask('feedback', { feeling }))) states.showThanks(feeling);
}

async function tellMore() {
  const { feeling, text } = byId('more').elements;
  if (!text.value.trim()) return;
  const answer = await wire.ask('feedback', { feeling: feeling.value, text: text.value });
  if (!done(answer)) return;
  if (answer.urgent_help) urgent.open(answer.resources);
  text.value = '';
  byId('more').hidden = true;
  status.tell(say('thanks'));
}

async function tellStep({ target }) {
  const answer = await wire.ask('next_step', { text: target.elements.text.value });
  if (done(answer) && answer.urgent_help) urgent.open(answer.resources);
}

async function copySummary() {
  try {
    await navigator.clipboard.writeText(byId('summary-text').textContent);
    byId('summary-copied').textContent = say('copied');
  } catch {
    window.getSelection().selectAllChildren(byId('summary-text')); // the browser's own copying is left
  }
}

async function complain({ target }) {
  const { text } = target.elements;
  const answer = await wire.ask('complain', { text: text.value });
  if (!done(answer)) return;
  if (answer.urgent_help) urgent.open(answer.resources);
  text.value = '';
  byId('complaint').open = false;
  byId('complained').scrollIntoView({ block: 'center' });
}

async function erase(event) {
  const { returnValue } = event.target;
  event.target.returnValue = '';
  if (returnValue !== 'delete') return;
  const answer = await wire.ask('erase');
  if (!done(answer)) return;
  if (answer.erased === 'by') {
    chat.hideWords();
    if (!answer.held) status.tell(say('erased_by', { time: when(answer.at) }));
    return;
  }
  chat.leave();
  view.showWelcome(say('erased'), '', 'calm');
}

/** Whether it was done; if not, says so beside the box. */
export function done(answer) {
  view.tellProblem('say-problem', answer.ok ? '' : answer.error.message ?? say('try_again'));
  return answer.ok;
}
