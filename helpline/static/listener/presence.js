// The top of the console: ready or away, the seats, the shift, and alerts for leads.

import { bdi, byId, el, fill, press, when } from '../shared/dom.js';
import { secondsUntil } from '../shared/clock.js';
import { phrase, say, span, time } from '../shared/words.js';
import { button } from './bits.js';
import { callOut, running } from './callouts.js';
import { aloud, notice, told } from './notices.js';
import { call } from './signals.js';
import { answersTo } from './quiet.js';
import { chosenToday, heavyWeeks, liftable } from './sparing.js';
import { changed, chatsInOrder, draws, me, nameOf, state } from './state.js';

// What can wait until somebody looks.
const CALM = [
  'heavy_week', 'hand_over_left', 'not_fit', 'no_channel', 'notice_failed', 'hold_asked',
  'plan_review', 'wants_call', 'contact_details', 'same_listener_minor',
];
const TAKES_OFFERS = ['ready', 'paused'];
let connection = null;
let before = state.board.me.state;
let wasCut = false; // the connection was lost since we last pressed a button here
let isOwnWish = false; // away was pressed here
let setAway = null; // the sentence that says so

export function begin(opened) {
  connection = opened;
  draws(draw);
}

export function draw() {
  noticeAway();
  fill(byId('presence'), standing(), buttons(), shift(), chosenToday());
  byId('left-messages').hidden = !state.board.left_messages;
  byId('left-count').textContent = state.board.left_messages;
  byId('follow-ups').hidden = !state.board.follow_ups;
  byId('follow-up-count').textContent = state.board.follow_ups;
  const overruns = state.board.overrunning.map(overrun);
  const alerts = state.board.alerts.map(alertRow);
  fill(
    byId('alerts'), callOut(), setAway && awayRow(), alerts, running(), overruns, liftable(), heavyWeeks(),
  );
}

export function cut() {
  wasCut = true;
}

/** Nobody is away without knowing it: said, heard, and there until Ready is pressed. */
function noticeAway() {
  const { state: now } = state.board.me;
  if (now !== 'away') setAway = null;
  if (now === 'away' && TAKES_OFFERS.includes(before) && !isOwnWish) {
    setAway = say(wasCut ? 'set_away_cut' : 'set_away');
    aloud(setAway, { atOnce: true });
    call();
  }
  before = now;
}

function awayRow() {
  return el(
    'div',
    { class: 'notice warn', id: 'set-away' },
    el('span', null, setAway),
    button('ready', say('ready_again'), {}, { class: 'main' }),
  );
}

function standing() {
  const { state: presence, until, recovers, seats, used } = state.board.me;
  const rest = until ? secondsUntil(until) : 0;
  const more = {
    paused: say('paused_kindly'),
    off_shift: say('off_shift_kindly'),
    ready: say('seats', { used, seats }),
    away: say('seats', { used, seats }),
  };
  const isResting = presence === 'ready' && rest > 0;
  const badge = presence === 'ready' && !isResting ? 'ok' : 'elevated';
  return el(
    'p',
    { class: 'standing' },
    el('strong', { class: `badge ${badge}` }, say(isResting ? 'state_resting' : `state_${presence}`)),
    ' ',
    isResting ? say(recovers ? 'recovering' : 'resting', { span: span(rest) }) : more[presence],
  );
}

function buttons() {
  const { state: presence, until } = state.board.me;
  const isReady = presence === 'ready' && !(until && secondsUntil(until) > 0);
  const is = (pressed) => ({ 'aria-pressed': String(pressed) });
  const { fit_due: mustAsk } = state.board.me;
  return el(
    'div',
    { class: 'row' },
    mustAsk && el('p', { class: 'fit', id: 'fit' }, say('fit_ask')),
    button('ready', say('ready'), {}, { ...is(isReady), class: isReady ? null : 'main' }),
    mustAsk && button('not-fit', say('fit_no')),
    button('away', say('away'), {}, is(presence === 'away')),
    presence !== 'off_shift' && button('not-today', say('not_today_open')),
  );
}

function shift() {
  const { shift: stint } = state.board;
  if (!stint) return null;
  const begins = secondsUntil(stint.starts_at);
  const [key, edge] = begins > 0 ? ['shift_from', stint.starts_at] : ['shift_until', stint.ends_at];
  const words = say(key, { time: time(edge), span: span(secondsUntil(edge)) });
  return el('p', { class: 'hint' }, words);
}

function alertRow(alert) {
  const owner = alert.acknowledged_by;
  return el(
    'div',
    { class: `notice ${owner || CALM.includes(alert.kind) ? '' : 'urgent'} alert`, id: `alert-${alert.id}` },
    el('span', null, bdi(alert.text), ' ', say('alert_since', { time: time(alert.since) }), ' ', of(alert)),
    owner
      ? el('span', null, phrase('alert_owned', { name: owner }))
      : me.leads && button('own-alert', say('alert_own'), { alert: alert.id }),
    me.leads && answersTo(alert),
  );
}

function of({ chat }) {
  return chat && el('span', { class: 'hint' }, say('alert_chat', { name: nameOf(chat) }));
}

/** A shift that is over while chats go on: one's own with the way to hand over, others' for a lead. */
function overrun({ id, name, chats, ended_at: endedAt }) {
  const isOwn = id === me.id;
  const at = endedAt ? time(endedAt) : '';
  const open = isOwn ? chatsInOrder().filter((chat) => chat.state === 'active') : [];
  return el(
    'div',
    { class: 'notice warn', id: `overrun-${id}` },
    el('span', null, isOwn ? say('overrun') : phrase('overrun_of', { name, count: String(chats) })),
    at && el('span', { class: 'hint' }, say('overrun_since', { time: at })),
    open.map((chat) =>
      button('hand-over', say('hand_over_chat', { name: nameOf(chat.id) }), { chat: chat.id }),
    ),
  );
}

when('hand-over', ({ chat }) => {
  state.chosen = chat;
  changed();
  press('hand-off');
});

async function stand(event, said = {}) {
  isOwnWish = event !== 'ready';
  wasCut = false;
  const answer = await connection.ask(event, said);
  if (answer.ok) state.board.me = answer.presence;
  else told(answer);
  changed();
  return answer.ok;
}

/** Ready is also the answer to the question of the shift's beginning. */
when('ready', () => stand('ready', state.board.me.fit_due ? { fit: true } : {}));
when('not-fit', async () => {
  if (await stand('not_fit')) notice(say('fit_thanks'), 'ok');
});
when('away', () => stand('away'));

when('own-alert', async ({ alert }) => {
  const answer = await connection.ask('acknowledge', { alert });
  if (!answer.ok) told(answer);
  const owned = state.board.alerts.find((each) => each.id === alert);
  if (answer.ok && owned) owned.acknowledged_by ??= me.name;
  changed();
});
