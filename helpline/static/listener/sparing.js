// What this listener is spared: topics for the rest of a shift, and a person for good.

import { byId, el, when } from '../shared/dom.js';
import { phrase, say } from '../shared/words.js';
import { button } from './bits.js';
import * as dialogs from './dialogs.js';
import { notice, told } from './notices.js';
import { changed, chosen, me, state } from './state.js';

let connection = null;

export function begin(opened) {
  connection = opened;
  dialogs.submits(byId('not-today-dialog').querySelector('form'), choose);
}

/** What was chosen, in one line; nothing while nothing is. */
export function chosenToday() {
  const topics = state.board.not_today.map((topic) => say(`topic_${topic}`));
  return topics.length > 0 && el('p', { class: 'hint' }, say('not_today', { topics: topics.join(', ') }));
}

export function apartButton(chat) {
  return button('keep-apart', say('keep_apart'), {}, { 'aria-pressed': String(chat.apart) });
}

/** For a lead: who had enough critical chats today. */
export function liftable() {
  const those = me.leads ? state.board.on_shift.filter((each) => each.had_enough) : [];
  return those.map(({ id, name }) =>
    el(
      'div',
      { class: 'notice', id: `enough-${id}` },
      el('span', null, phrase('had_enough', { name })),
      button('lift-cap', say('lift_cap'), { listener: id }, { 'aria-label': say('lift_cap_of', { name }) }),
    ),
  );
}

/** Many heavy chats in a week: one's own for everybody, a lead's also of who is on shift. */
export function heavyWeeks() {
  return state.board.heavy_weeks.map(({ id, text }) =>
    el('div', { class: 'notice', id: `heavy-${id}` }, el('span', null, text)));
}

async function choose(values) {
  const answer = await connection.ask('not_today', { topics: Object.keys(values) });
  if (answer.ok) {
    state.board.not_today = answer.not_today;
    notice(say('not_today_kept'), 'ok');
    changed();
  }
  return answer;
}

when('not-today', () => {
  dialogs.open('not-today-dialog', (form) => {
    for (const box of form.querySelectorAll('[type="checkbox"]')) {
      box.checked = state.board.not_today.includes(box.name);
    }
  });
});

when('lift-cap', async ({ listener }) => {
  told(await connection.ask('lift_cap', { listener }), say('cap_lifted'));
});

when('keep-apart', async () => {
  const chat = chosen();
  const apart = !chat.apart;
  const answer = await connection.ask('keep_apart', { chat: chat.id, apart });
  if (told(answer, say(apart ? 'kept_apart' : 'brought_together'))) chat.apart = apart;
  changed();
});
