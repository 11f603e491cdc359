// The page about the line: it only has to be left as quickly as any other.

import * as exit from './exit.js';
import * as frame from './frame.js';

exit.watch();
frame.watch();
