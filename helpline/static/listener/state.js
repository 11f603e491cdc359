// What the console knows: the board as the server last told it, and the chat being looked at.
// Views draw it after each change; only the functions here change it.

import { data } from '../shared/dom.js';

export const me = data('me');
export const shelf = data('shelf');
const hidden = new Set();
const told = new Map(); // chat -> its snapshot, while a board from before it may be on its way
export const state = { board: once(data('board')), chosen: null };

const LEVELS = ['routine', 'elevated', 'high', 'critical'];
const views = [];
let due = false;

/** Draws now and after every change. Not in an animation frame: hidden tabs must stay true. */
export function draws(view) {
  views.push(view);
}

export function changed() {
  if (due) return;
  due = true;
  queueMicrotask(() => {
    due = false;
    for (const view of views) view();
  });
}

/** A larger version replaces a smaller one, but for chats that were told later than this board was
    made. Gives the chats that are no longer ours. */
export function takeBoard(board) {
  if (board.version < state.board.version) return [];
  const before = state.board.chats;
  state.board = once(board);
  for (const chat of told.values()) {
    if (chat.version > board.version) place(chat);
    else told.delete(chat.id);
  }
  return before.filter((chat) => !chatOf(chat.id));
}

/** A chat may be told under two headings of the board: keep its first. */
function once(board) {
  const seen = new Map();
  for (const chat of [...board.chats, ...(board.along ?? [])]) if (!seen.has(chat.id)) seen.set(chat.id, chat);
  for (const id of hidden) seen.delete(id);
  return { ...board, chats: [...seen.values()] };
}

/** Takes a chat out of sight, whatever the server still tells about it. */
export function hide(chatId) {
  hidden.add(chatId);
  told.delete(chatId);
  state.board = once({ ...state.board, along: [] });
  changed();
}

export function unhide(chatId) {
  hidden.delete(chatId);
}

/** One chat's newer snapshot. Gives what we had of it when it is no longer ours. */
export function takeChat(chat) {
  const before = chatOf(chat.id);
  told.set(chat.id, chat);
  place(chat);
  return before && !chatOf(chat.id) ? [before] : [];
}

function place(chat) {
  const others = state.board.chats.filter((each) => each.id !== chat.id);
  const isOurs = (isMine(chat) || chat.along) && !hidden.has(chat.id);
  state.board.chats = isOurs ? [...others, chat] : others;
}

/** Whether we hold it; else it is one that we read along in. */
export function isMine(chat) {
  return chat?.listener?.id === me.id;
}

export function takeOffer(offer) {
  dropOffer(offer.id);
  state.board.offers.push(offer);
}

/** Gives the offer that was dropped, if it was there. */
export function dropOffer(id) {
  const gone = state.board.offers.find((offer) => offer.id === id);
  state.board.offers = state.board.offers.filter((offer) => offer.id !== id);
  return gone;
}

export function takeAlert(alert) {
  const others = state.board.alerts.filter((each) => each.id !== alert.id);
  state.board.alerts = alert.over_at ? others : [...others, alert];
}

export function chatOf(id) {
  return state.board.chats.find((chat) => chat.id === id) ?? null;
}

/** Since which change of holder the chat is ours, as far as this page knows. */
export function epochOf(id) {
  return chatOf(id)?.epoch;
}

export function chosen() {
  return chatOf(state.chosen);
}

/** Chats that go on first, each group by arrival. */
export function chatsInOrder() {
  const rank = (chat) => `${chat.state === 'active' ? 0 : 1}${chat.arrived_at}`;
  return [...state.board.chats].sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

/** The gravest first, then the one that lapses first. */
export function offersInOrder() {
  const rank = (offer) => `${9 - levelRank(offer.level)}${offer.expires_at}`;
  return [...state.board.offers].sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

export function levelRank(level) {
  return LEVELS.indexOf(level);
}

/** How we speak of a chat: a few characters of its id, which means nothing. */
export function nameOf(chatId) {
  return chatId.replace(/[^a-zA-Z0-9]/g, '').slice(0, 4).toUpperCase();
}

export function maySpeak(chat) {
  return chat?.state === 'active' && !chat.left_quickly && Boolean(isMine(chat) || chat.along?.joined);
}
