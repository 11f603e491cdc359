// What calls a listener back to this page: title, badge, soft tones, a desktop notice without
// content. The tones are our own: two sines a third apart, faded in and out.

import { byId, when } from '../shared/dom.js';
import { say } from '../shared/words.js';
import { aloud } from './notices.js';
import { isWaitingForAnswer } from './offers.js';
import { chatsInOrder, draws, state } from './state.js';
import { unread } from './talks.js';

const TONE_EVERY_MS = 5000;
const BADGE_SIZE = 32;
const folder = new URL('.', import.meta.url);
const tones = { offer: tone('offer.wav'), reply: tone('reply.wav') };
const icon = document.querySelector('link[rel="icon"]');
const plainIcon = icon.href;
const seen = new Set();
let ringing = null;
let lastUnread = 0;
let shown = 0;

export function begin() {
  draws(draw);
  document.addEventListener('visibilitychange', draw);
}

function tone(file) {
  const sound = new Audio(new URL(file, folder));
  sound.preload = 'auto';
  return sound;
}

function draw() {
  const news = chatsInOrder().reduce((sum, chat) => sum + unread(chat.id), 0);
  const alerts = state.board.alerts.filter((alert) => !alert.acknowledged_by);
  const count = news + state.board.offers.length + alerts.length;
  document.title = count ? `(${count}) ${say('console')}` : say('console');
  if (count !== shown) drawBadge(count);
  shown = count;

  ring(isWaitingForAnswer());
  if (document.hidden && news > lastUnread) play('reply');
  lastUnread = news;
  callLead(alerts);
  notify();
}

/** A soft tone at once and every five seconds, until the offer is answered or gone. */
function ring(isNeeded) {
  if (isNeeded === Boolean(ringing)) return;
  clearInterval(ringing);
  ringing = isNeeded ? setInterval(play, TONE_EVERY_MS, 'offer') : null;
  if (isNeeded) play('offer');
}

async function play(name, { always = false } = {}) {
  if (!always && !byId('sound-on').checked) return;
  try {
    tones[name].currentTime = 0;
    await tones[name].play();
    byId('sound-state').textContent = '';
  } catch {
    byId('sound-state').textContent = say('muted');
  }
}

/** A soft tone, once. */
export function call() {
  play('reply');
}

/** An alert that nobody owns is heard once; it stays on the page until somebody is on it. */
function callLead(alerts) {
  const fresh = alerts.filter((alert) => !seen.has(alert.id));
  for (const alert of fresh) {
    seen.add(alert.id);
    aloud(alert.text, { atOnce: true });
  }
  if (fresh.length) play('reply');
}

/** Says that there is an offer, and nothing of what it is about. */
function notify() {
  const fresh = state.board.offers.filter((offer) => !seen.has(offer.id));
  for (const offer of fresh) seen.add(offer.id);
  if (!fresh.length || !document.hidden || window.Notification?.permission !== 'granted') return;
  const note = new Notification(say('offer_new'), { tag: 'offer', silent: true });
  note.addEventListener('click', () => {
    window.focus();
    note.close();
  });
}

function drawBadge(count) {
  if (!count) {
    icon.href = plainIcon;
    icon.type = 'image/svg+xml';
    return;
  }
  const canvas = document.createElement('canvas');
  canvas.width = BADGE_SIZE;
  canvas.height = BADGE_SIZE;
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#a3201d';
  pen.arc(BADGE_SIZE / 2, BADGE_SIZE / 2, BADGE_SIZE / 2, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = '#ffffff';
  pen.font = 'bold 22px sans-serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(count > 9 ? '9+' : String(count), BADGE_SIZE / 2, BADGE_SIZE / 2 + 1);
  icon.type = 'image/png';
  icon.href = canvas.toDataURL('image/png');
}

when('test-sound', ({ tone: name }) => play(name, { always: true }));

when('allow-notices', async () => {
  const answer = window.Notification ? await Notification.requestPermission() : 'denied';
  const key = answer === 'granted' ? 'notices_on' : 'notices_blocked';
  byId('notices-state').textContent = say(key);
});
