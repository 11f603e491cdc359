// The visitor's page becomes live. Without this file, or without a connection, its forms work.

import { byId } from '../shared/dom.js';
import * as chat from './chat.js';
import * as choices from './choices.js';
import * as composer from './composer.js';
import * as connection from './connection.js';
import * as exit from './exit.js';
import * as frame from './frame.js';
import * as keep from './keep.js';
import * as memory from './memory.js';
import * as plain from './plain.js';
import * as reachable from './reachable.js';
import { say } from './sentences.js';
import * as status from './status.js';
import * as transcript from './transcript.js';
import * as welcome from './welcome.js';
import * as wire from './wire.js';

exit.watch();
frame.watch();
plain.lookAgain();
reachable.guard(byId('return'), 'return-problem');

if (window.io) {
  wire.prepare({ up: connection.up, down: connection.down, hear: chat.hear });
  for (const part of [connection, transcript, welcome, composer, choices, keep]) part.watch();
  const token = byId('say').elements.token.value || memory.recall();
  if (token) {
    chat.enter(token);
    status.tell(say('finding'));
  }
} else {
  reachable.guard(byId('open'), 'open-problem');
  reachable.guard(byId('say'), 'say-problem');
}
