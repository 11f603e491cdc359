// A page that is no longer here, in a tab that still knows its chat: back to the chat.

import * as exit from './exit.js';
import * as frame from './frame.js';
import * as memory from './memory.js';

exit.watch();
frame.watch();

const asksFirst = document.querySelector('main form');
if (memory.recall() && !asksFirst) window.location.replace(document.body.dataset.home);
