// Chats that are no longer ours: said once, and everything about them leaves this page.

import { say } from '../shared/words.js';
import * as composer from './composer.js';
import { hush, notice } from './notices.js';
import * as outbox from './outbox.js';
import { changed, chatsInOrder, nameOf, state } from './state.js';
import * as talks from './talks.js';

const expected = new Set();

/** What happens to this chat was told already. */
export function expect(chatId) {
  expected.add(chatId);
}

/** Chats that were on the board and are not any more. One that had ended goes without a word. */
export function gone(chats) {
  for (const { id, state: before, along } of chats) {
    const hasUnsent = forget(id);
    const isExpected = expected.delete(id) || before !== 'active';
    if (hasUnsent) notice(say('moved_on_unsent', { name: nameOf(id) }), 'warn');
    else if (!isExpected) notice(say(along ? 'along_over' : 'moved_on', { name: nameOf(id) }));
  }
}

/** The words of this chat leave the page. True when something written there was not sent. */
export function forget(chatId) {
  talks.forget(chatId);
  hush();
  const unsent = outbox.forget(chatId);
  const draft = composer.forget(chatId);
  if (state.chosen === chatId) state.chosen = chatsInOrder()[0]?.id ?? null;
  changed();
  return Boolean(unsent || draft);
}
