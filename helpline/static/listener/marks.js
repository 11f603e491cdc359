// Flagged words in a text. Offsets count code points, while a JavaScript string counts UTF-16
// units: an emoji before a word would shift every mark.

import { el } from '../shared/dom.js';

/** The text as nodes, the flagged parts in <mark>. Parts that overlap become one. */
export function marked(text, flags) {
  const points = Array.from(text);
  const nodes = [];
  let at = 0;
  for (const [start, end] of merged(flags, points.length)) {
    nodes.push(points.slice(at, start).join(''));
    nodes.push(el('mark', null, points.slice(start, end).join('')));
    at = end;
  }
  nodes.push(points.slice(at).join(''));
  return nodes;
}

/** The words that one flag is about. */
export function wordsOf(text, flag) {
  return Array.from(text).slice(flag.start, flag.end).join('');
}

function merged(flags, length) {
  const parts = flags
    .filter((flag) => Number.isInteger(flag.start) && Number.isInteger(flag.end))
    .map((flag) => [Math.max(0, flag.start), Math.min(length, flag.end)])
    .filter(([start, end]) => start < end)
    .sort((one, other) => one[0] - other[0]);
  const together = [];
  for (const [start, end] of parts) {
    const last = together.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else together.push([start, end]);
  }
  return together;
}
