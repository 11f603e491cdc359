// Where the live connection cannot be had, the page looks again by itself, but never while
// somebody writes.

import { byId } from '../shared/dom.js';

const EVERY_MS = 15_000;
let timer = null;

export function lookAgain() {
  const { next } = document.body.dataset;
  if (!next) return;
  timer = setTimeout(() => {
    if (byId('text').value) lookAgain();
    else window.location.replace(next);
  }, EVERY_MS);
}

export function stop() {
  clearTimeout(timer);
}
