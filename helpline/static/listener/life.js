// Staying true: the heartbeat, and asking anew when the server is ahead of us.

import { gone } from './leaving.js';
import { changed, state, takeBoard } from './state.js';
import { catchUpAll } from './talks.js';

const BEAT_EVERY_MS = 10000;
const SILENT_BEATS_AT_MOST = 2;
let connection = null;
let silent = 0;

export function begin(opened) {
  connection = opened;
  connection.on('board', board);
  connection.on('beat', answerBeat);
  setInterval(beat, BEAT_EVERY_MS);
}

export function board(fresh) {
  gone(takeBoard(fresh));
  catchUpAll(Object.fromEntries(state.board.chats.map((chat) => [chat.id, chat.seq])));
  changed();
}

/** The whole board, and after it every word that is missing. */
export async function sync() {
  const answer = await connection.ask('sync');
  if (answer.ok) board(answer.board);
  else if (answer.error.code === 'no_answer') connection.restart();
}

/** The server asks whether we are there; answering renews the lease also in a sleepy tab. */
function answerBeat(...heard) {
  const answer = heard.at(-1);
  if (typeof answer === 'function') answer({});
  compare(typeof heard[0] === 'object' ? heard[0] : null);
}

async function beat() {
  if (!connection.isUp()) return;
  const answer = await connection.ask('beat');
  silent = answer.error?.code === 'no_answer' ? silent + 1 : 0;
  if (silent >= SILENT_BEATS_AT_MOST) {
    silent = 0;
    connection.restart();
  }
  if (answer.ok) compare(answer);
}

function compare(told) {
  const heads = told?.heads ?? {};
  const known = new Set(state.board.chats.map((chat) => chat.id));
  const isStrange = Object.keys(heads).some((id) => !known.has(id));
  if (told?.version > state.board.version || isStrange) sync();
  catchUpAll(heads);
}
