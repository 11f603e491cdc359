// The chat that is open: who, how urgent, what was said with the flagged words marked.

import { bdi, byId, el, fill, when } from '../shared/dom.js';
import { say, time } from '../shared/words.js';
import { afterwards } from './afterwards.js';
import { besideOf, whispersOf } from './beside.js';
import { button, language, levelBadge, resourceCard } from './bits.js';
import { presenceOf } from './chats.js';
import { checkInOf } from './checkins.js';
import { ways as emergencyWays } from './emergency.js';
import { underWay } from './handing.js';
import { likenesses } from './likes.js';
import { marked } from './marks.js';
import { told } from './notices.js';
import * as outbox from './outbox.js';
import { planOf } from './plans.js';
import { quietNotice } from './quiet.js';
import { apartButton } from './sparing.js';
import { changed, chosen, draws, isMine, maySpeak, nameOf, takeChat } from './state.js';
import { isTyping, talkOf } from './talks.js';

const NEAR_THE_END_PX = 100;
const AUTHORS = { visitor: 'visitor', listener: 'you', line: 'line' };
let connection = null;
let drawnFor = null;

export function begin(opened) {
  connection = opened;
  draws(draw);
}

function draw() {
  const chat = chosen();
  byId('talk').hidden = !chat;
  byId('talk-none').hidden = Boolean(chat);
  drawHead();
  if (chat) {
    drawTranscript(chat);
    byId('writing').textContent = isTyping(chat.id) ? say('visitor_writes') : '';
    byId('deeds').hidden = chat.state !== 'active' || !isMine(chat);
  }
  drawnFor = chat?.id ?? null;
}

export function drawHead() {
  const chat = chosen();
  if (!chat) {
    fill(byId('talk-title'), say('talk_title'));
    for (const id of ['talk-head', 'transcript']) fill(byId(id));
    return;
  }
  const name = [say('chat', { name: nameOf(chat.id) }), chat.nickname && [' ', bdi(chat.nickname)]];
  fill(byId('talk-title'), name);
  fill(
    byId('talk-head'),
    el(
      'p',
      { class: 'row' },
      levelBadge(chat.level),
      language(chat.language),
      el('span', null, presenceOf(chat)),
      el('span', { class: 'hint' }, say('arrived', { time: time(chat.arrived_at) })),
      isMine(chat) && apartButton(chat),
    ),
    chat.topic && el('p', null, `${say('topic')}: `, bdi(chat.topic)),
    chat.urgent && maySpeak(chat) && el('p', { class: 'hint' }, say('emergency_shown')),
    chat.left_quickly && el('p', { class: 'notice urgent' }, say('left_quickly')),
    chat.state !== 'active' && !chat.left_quickly && ended(chat),
    afterwards(chat),
    emergencyWays(chat),
    isMine(chat) && underWay(chat),
    quietNotice(chat),
    likenesses(chat),
    besideOf(chat),
    planOf(chat),
    checkInOf(chat),
  );
}

function ended(chat) {
  return el(
    'div',
    { class: 'notice' },
    el('span', null, say('talk_ended')),
    chat.can_reopen && button('reopen', say('reopen')),
    chat.can_reopen && el('span', { class: 'hint' }, say('reopen_hint')),
  );
}

function drawTranscript(chat) {
  const box = byId('transcript');
  const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END_PX;
  const { messages, fetching } = talkOf(chat.id);
  const known = new Set(messages.map((message) => message.client_id).filter(Boolean));
  const unsent = outbox.itemsOf(chat.id).filter((item) => !known.has(item.clientId));

  const spoken = messages.map((each) => ({ at: each.sent_at, row: said(each, chat.flags) }));
  const inTime = [...spoken, ...whispersOf(chat)].sort((one, other) => (one.at < other.at ? -1 : 1));
  const rows = [...inTime.map(({ row }) => row), ...unsent.map(notYet)];
  fill(box, el('ol', { class: 'messages' }, rows), !rows.length && fetching && say('loading'));
  if (isNear || drawnFor !== chat.id) box.scrollTop = box.scrollHeight;
}

function said(message, flags) {
  const { from, seq, name, text, resource } = message;
  const found = flags.filter((flag) => flag.seq === seq);
  const isOwn = from === 'listener' && message.client_id;
  return el(
    'li',
    { class: `message ${from}`, id: `message-${message.chat}-${seq}` },
    el(
      'p',
      { class: 'by' },
      el('strong', null, from === 'listener' && !isOwn ? bdi(name ?? '') : say(AUTHORS[from])),
      from === 'visitor' && name && [' ', bdi(name)],
      ` ${time(message.sent_at)} `,
      from === 'visitor' && el('span', { class: 'hint' }, say('number', { seq })),
      isOwn && el('span', { class: 'hint' }, say('sent')),
    ),
    text && el('p', { class: 'text', dir: 'auto' }, marked(text, found)),
    resource && resourceCard(resource),
  );
}

/** Words that are not kept yet, or whose place in the talk is not reached. */
function notYet({ clientId, text, resource, refused, keptAs }) {
  const mark = keptAs ? el('span', { class: 'hint' }, say('sent')) : say(refused ? 'not_sent' : 'not_sent_yet');
  return el(
    'li',
    { class: `message listener${keptAs ? '' : ' unsent'}`, id: `unsent-${clientId}` },
    el('p', { class: 'by' }, el('strong', null, say('you')), ' ', mark),
    text && el('p', { class: 'text', dir: 'auto' }, text),
    resource && resourceCard(resource),
    refused && el('p', { class: 'refusal' }, refused.message),
    refused &&
      el(
        'div',
        { class: 'row' },
        text && button('rewrite', say('back_in_box'), { item: clientId }),
        button('drop', say('drop'), { item: clientId }),
      ),
  );
}

when('drop', ({ item }) => outbox.remove(chosen().id, item));

when('reopen', async () => {
  const answer = await connection.ask('reopen', { chat: chosen().id });
  if (!answer.ok) told(answer);
  else if (answer.chat) takeChat(answer.chat);
  changed();
});
