// Why a chat counts as urgent: each rule that matched, its words, and a person's verdict on it.

import { bdi, byId, el, fill, when } from '../shared/dom.js';
import { has, say } from '../shared/words.js';
import { button, levelBadge } from './bits.js';
import { wordsOf } from './marks.js';
import { told } from './notices.js';
import { changed, chosen, draws, isMine, levelRank } from './state.js';
import { talkOf } from './talks.js';

let connection = null;

export function begin(opened) {
  connection = opened;
  draws(draw);
}

function draw() {
  const chat = chosen();
  if (!chat) {
    fill(byId('flags'));
    return;
  }
  byId('judging').hidden = !isMine(chat);
  const flags = [...chat.flags].sort((one, other) => levelRank(other.level) - levelRank(one.level));
  fill(
    byId('flags'),
    has(`flagged_${chat.level}`) && el('p', null, say(`flagged_${chat.level}`)),
    el('p', null, say('words_say', { level: say(`level_${chat.urgency}`) })),
    el('p', null, judged(chat)),
    el('ul', { class: 'flag-list' }, flags.map((flag) => row(flag, chat))),
  );
}

function judged({ assessed }) {
  if (!assessed) return say('nobody_says');
  return say('person_says', { level: say(`level_${assessed}`) });
}

function row(flag, chat) {
  const message = talkOf(chat.id).messages.find((each) => each.seq === flag.seq);
  const words = message && wordsOf(message.text, flag);
  return el(
    'li',
    { id: `flag-${flag.id}` },
    el('p', null, levelBadge(flag.level), ' ', el('span', { dir: 'auto' }, flag.reason)),
    el(
      'dl',
      null,
      words && fact('words', words),
      fact('where', where(flag)),
      fact('rule', flag.rule),
      flag.pack && fact('pack', flag.pack),
      flag.lowered_by && fact('lowered_by', flag.lowered_by),
    ),
    isMine(chat) && el('div', { class: 'row' }, ['agree', 'misread'].map((verdict) => verdictButton(flag, verdict))),
  );
}

function fact(key, value) {
  return el('div', null, el('dt', null, say(key)), el('dd', null, bdi(value)));
}

function where({ seq, source }) {
  if (seq) return say('number', { seq });
  return has(`source_${source}`) ? say(`source_${source}`) : (source ?? '');
}

function verdictButton(flag, verdict) {
  const pressed = { 'aria-pressed': String(flag.verdict === verdict) };
  return button('answer-flag', say(verdict), { flag: flag.id, verdict }, pressed);
}

when('answer-flag', async ({ flag: id, verdict }) => {
  const answer = await connection.ask('answer_flag', { flag: id, verdict });
  if (!answer.ok) told(answer);
  const flag = chosen()?.flags.find((each) => each.id === id);
  if (answer.ok && flag) flag.verdict = verdict;
  changed();
});

when('missed', async () => {
  const chat = chosen();
  if (chat) told(await connection.ask('missed', { chat: chat.id }), say('missed_thanks'));
});
