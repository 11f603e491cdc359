// The visitor's page becomes live. Without this file, or without a connection, its forms work.

import { byId } from '../shared/dom.js';
import * as exit from './exit.js';
import * as frame from './frame.js';
import * as memory from './memory.js';
import * as plain from './plain.js';

const { view, home } = document.body.dataset;

exit.watch();
frame.watch();
document.documentElement.classList.add('live');

if (view === 'notice') {
  if (memory.recall()) window.location.replace(home); // the chat is still known in this tab
} else {
  plain.lookAgain();
  if (window.io) begin();
}

async function begin() {
  const [chat, choices, composer, connection, welcome, wire] = await Promise.all([
    import('./chat.js'),
    import('./choices.js'),
    import('./composer.js'),
    import('./connection.js'),
    import('./welcome.js'),
    import('./wire.js'),
  ]);
  wire.prepare({ up: connection.up, down: connection.down, hear: chat.hear });
  for (const part of [connection, welcome, composer, choices]) part.watch();
  const token = byId('say').elements.token.value || memory.recall();
  if (token) chat.enter(token);
}
