// The first word opens the chat: live where it can be, by the plain form where it cannot.

import { byId } from '../shared/dom.js';
import * as chat from './chat.js';
import { problemWith, sendOnEnter } from './composer.js';
import * as length from './length.js';
import * as outbox from './outbox.js';
import * as reachable from './reachable.js';
import { say, when } from './sentences.js';
import * as tabs from './tabs.js';
import * as urgent from './urgent.js';
import * as view from './view.js';
import * as wire from './wire.js';

const CONNECT_WITHIN_MS = 5000;
const BY_FORM = ['offline', 'no_answer', 'already_open', 'bad_request', 'not_open'];

let isOpening = false;

export function watch() {
  const form = byId('open');
  length.watch(byId('first'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    open(form);
  });
  form.addEventListener('input', () => wire.open(), { once: true });
  sendOnEnter(byId('first'), form);
}

async function open(form) {
  const problem = problemWith(form.elements.text);
  if (problem) return refuse(problem);
  if (isOpening) return;
  if ('plain' in form.dataset) return reachable.sendPlainly(form, 'open-problem');
  isOpening = true;
  view.tellProblem('open-problem', say('starting'), 'calm');
  const elsewhere = await tabs.ask();
  if (elsewhere) return join(elsewhere, form.elements.text);
  const answer = await askToOpen(form.elements);
  if (answer.ok) await begin(form, answer);
  else if (BY_FORM.includes(answer.error.code)) await reachable.sendPlainly(form, 'open-problem');
  else refused(answer.error);
  isOpening = false;
}

/** A chat goes on in another tab: these words belong to it, and it is shown here too. */
async function join(token, box) {
  const words = box.value;
  box.value = '';
  view.tellProblem('open-problem');
  await wire.reach(CONNECT_WITHIN_MS);
  await chat.enter(token);
  isOpening = false;
  if (chat.isOpen()) outbox.put(words);
  else byId('text').value = words; // that chat is no more: the welcome takes them back from there
}

async function askToOpen({ text, client_id, lang, nickname, topic }) {
  await wire.reach(CONNECT_WITHIN_MS);
  return wire.ask('open', {
    client_id: client_id.value,
    text: text.value,
    language: lang.value,
    nickname: nickname.value,
    topic: topic.value,
  });
}

async function begin(form, answer) {
  view.tellProblem('open-problem');
  for (const name of ['text', 'nickname', 'topic']) form.elements[name].value = '';
  if (answer.urgent_help) urgent.open(answer.resources);
  await chat.enter(answer.token);
  byId('text').focus({ preventScroll: true });
}

/** While this page stood here the line closed: a new one says until when no one reads. */
function refused(error) {
  if (error.may_leave) return reachable.sendPlainly(byId('open'), 'open-problem');
  const isClosed = error.code === 'line_closed';
  const opens = isClosed && error.opens_at ? say('opens', { when: when(error.opens_at) }) : '';
  urgent.open(error.resources);
  refuse(`${error.message} ${opens}`.trim());
}

function refuse(sentence) {
  view.tellProblem('open-problem', sentence);
  byId('first').focus();
}
