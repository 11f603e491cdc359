// Short notices about what just happened, and the voice for screen readers.

import { byId, el, fill, when } from '../shared/dom.js';
import { say } from '../shared/words.js';
import { button } from './bits.js';

const SHOWN_MS = 30000;
const AT_MOST = 3;
const ALOUD_KEPT_MS = 60000;
let notices = [];
let count = 0;

/** `kind` is '', 'ok', 'warn' or 'urgent'. */
export function notice(text, kind = '') {
  const id = String((count += 1));
  notices = [...notices, { id, text, kind }].slice(-AT_MOST);
  setTimeout(() => dismiss({ notice: id }), SHOWN_MS);
  draw();
}

/** Tells how a request ended: the thanks, or truthfully why not. */
export function told(answer, thanks) {
  if (answer.ok) notice(thanks, 'ok');
  else notice(say('refused', { message: answer.error.message }), 'warn');
  return answer.ok;
}

function dismiss({ notice: id }) {
  notices = notices.filter((each) => each.id !== id);
  draw();
}

function draw() {
  const rows = notices.map(({ id, text, kind }) =>
    el(
      'div',
      { class: `notice ${kind}`, id: `notice-${id}` },
      el('span', { dir: 'auto' }, text),
      button('dismiss-notice', say('dismiss'), { notice: id }, { class: 'plain' }),
    ),
  );
  fill(byId('notices'), rows);
}

when('dismiss-notice', dismiss);

/** Nothing that was read out stays: it may be words of a chat that is no longer ours. */
export function hush() {
  byId('aloud').replaceChildren();
}

/** Read out once, then taken away so that it is never read again. */
export function aloud(text, { atOnce = false } = {}) {
  const line = el('p', { dir: 'auto' }, text);
  byId(atOnce ? 'aloud-now' : 'aloud').append(line);
  setTimeout(() => line.remove(), ALOUD_KEPT_MS);
}
