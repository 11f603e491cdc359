// A form that is sent into nothing takes its words along: first it is asked whether anybody answers.

import { say } from './sentences.js';
import * as view from './view.js';

const WITHIN_MS = 4000;

/** Sends a form the plain way once the line answers; else the words stay, and that is said. */
export async function sendPlainly(form, problem) {
  if (await answers()) form.submit();
  else view.tellProblem(problem, say('not_reached'));
}

/** For a page without a live connection of its own. */
export function guard(form, problem) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    sendPlainly(form, problem);
  });
}

async function answers() {
  const given = new AbortController();
  const late = setTimeout(() => given.abort(), WITHIN_MS);
  try {
    const answer = await fetch('/healthz', { cache: 'no-store', signal: given.signal });
    return answer.ok;
  } catch {
    return false;
  } finally {
    clearTimeout(late);
  }
}
