// The dashboard, live: a larger board replaces a smaller one, and what is old says so.

import { byId, data, fill, when } from '../shared/dom.js';
import { say, span } from '../shared/words.js';
import { connect } from '../shared/connection.js';
import * as parts from './parts.js';

const SYNC_EVERY_MS = 10_000; // waits grow and lights turn without anything happening
const STALE_AFTER_S = 20;

let board = data('first-board');
let heardAt = performance.now();

const line = connect('/coordinator', { up: sync });
line.on('board', show);
line.on('alert', (alert) => {
  if (!alert.over_at && !alert.acknowledged_by) tell(say('alert_aloud', { text: alert.text }));
  sync();
});

async function sync() {
  const answer = await line.ask('sync');
  if (answer.ok) show(answer.board);
}

/** The same version may come again: time has passed, and what depends on it has changed. */
function show(fresh) {
  if (fresh.version < board.version) return;
  const before = board.health.light;
  board = fresh;
  heardAt = performance.now();
  for (const [name, build] of Object.entries(parts)) {
    if (typeof build === 'function') fill(byId(name), build(board));
  }
  showAge();
  if (board.health.light !== before) {
    tell(say('light_aloud', { light: say(`now_${board.health.light}`), words: board.health.words }));
  }
}

function tell(words) {
  byId('aloud').textContent = words;
}

function showAge() {
  const age = (performance.now() - heardAt) / 1000;
  const stale = byId('stale');
  stale.hidden = age < STALE_AFTER_S;
  stale.textContent = stale.hidden ? '' : say('stale', { span: span(age) });
}

function answered(answer, words) {
  byId('refusal').textContent = answer.ok ? '' : say('refused', { message: answer.error.message });
  if (answer.ok && words) tell(words);
  if (answer.ok) sync();
}

when('assign', async ({ chat }) => {
  const listener = byId(`to-${chat}`).value;
  answered(await line.ask('assign', { chat, listener }), say('assigned'));
});

when('own', async ({ alert }) => answered(await line.ask('acknowledge', { alert })));

when('end-call-out', async ({ call }) => {
  answered(await line.ask('end_call_out', { call_out: call }), say('call_over'));
});

byId('call-out').addEventListener('submit', async (event) => {
  if (!line.isUp()) return; // without a connection the form goes the plain way
  event.preventDefault();
  answered(await line.ask('call_out'), say('called'));
});

when('answer', async ({ alert, answer }) => {
  answered(await line.ask('answer_alert', { alert, answer }), say('answered'));
});

byId('switch').addEventListener('submit', async (event) => {
  if (!line.isUp()) return; // without a connection the form goes the plain way
  event.preventDefault();
  const open = event.submitter?.value === 'open';
  const reason = byId('reason').value;
  const hours = (open && Number(byId('hours').value)) || null;
  const answer = await line.ask('set_line', { open, reason, hours });
  answered(answer);
  if (answer.ok) byId('reason').value = '';
});

setInterval(() => document.visibilityState === 'visible' && sync(), SYNC_EVERY_MS);
setInterval(showAge, 1000);
