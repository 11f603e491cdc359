// The live connection of a staff page: asks and answers, a banner while it is lost, a fresh
// board whenever the page wakes up. The banner's words stand on the element #connection.

import { byId, el } from './dom.js';

const ANSWER_WITHIN_MS = 8000;
const CONNECT_WITHIN_MS = 3000; // a press while the page still connects is not lost
const SAY_LOST_AFTER_MS = 2000;
const FINAL = { not_signed_in: 'signedOut', not_allowed: 'notAllowed' };

/**
 * Opens a namespace. `up` is called when connected and each time the page wakes: fetch what may
 * have been missed there. Gives {ask, tell, on, isUp, restart}.
 */
export function connect(namespace, { up, down = () => {} }) {
  const banner = byId('connection');
  const csrf = document.querySelector('meta[name="csrf-token"]')?.content;
  const socket = window.io(namespace, {
    transports: ['websocket'],
    auth: { csrf },
    reconnectionDelay: 500,
    reconnectionDelayMax: 5000,
    timeout: ANSWER_WITHIN_MS,
  });
  let sayLost = null;
  let over = false;

  socket.on('connect', () => {
    clearTimeout(sayLost);
    sayLost = null;
    banner.replaceChildren();
    up();
  });

  socket.on('disconnect', (why) => {
    lose();
    if (why === 'io server disconnect') setTimeout(() => socket.connect(), 1000);
  });

  socket.on('connect_error', (error) => {
    const final = FINAL[error.data?.code];
    if (!final) {
      lose();
      if (!socket.active) setTimeout(() => socket.connect(), 5000);
      return;
    }
    over = true;
    clearTimeout(sayLost);
    socket.disconnect();
    const link = el('a', { href: '/sign-in' }, banner.dataset.signIn);
    banner.replaceChildren(el('span', null, banner.dataset[final]), ' ', link);
    down();
  });

  function lose() {
    down();
    sayLost ??= setTimeout(() => banner.replaceChildren(banner.dataset.lost), SAY_LOST_AFTER_MS);
  }

  function refusal(code, message) {
    return { ok: false, error: { code, message } };
  }

  function isUpSoon() {
    if (socket.connected || !socket.active) return socket.connected;
    return new Promise((resolve) => {
      const late = setTimeout(() => settle(false), CONNECT_WITHIN_MS);
      const settle = (isUp) => {
        clearTimeout(late);
        socket.off('connect', connected);
        resolve(isUp);
      };
      const connected = () => settle(true);
      socket.on('connect', connected);
    });
  }

  /** Says something and waits for the answer; never throws. `offline` and `no_answer` are ours. */
  async function ask(event, payload = {}) {
    if (!(await isUpSoon())) return refusal('offline', banner.dataset.offline);
    return new Promise((resolve) => {
      socket.timeout(ANSWER_WITHIN_MS).emit(event, payload, (late, answer) => {
        resolve(late ? refusal('no_answer', banner.dataset.noAnswer) : answer);
      });
    });
  }

  /** Says something that needs no answer; lost without harm while offline. */
  function tell(event, payload = {}) {
    if (socket.connected) socket.emit(event, payload);
  }

  /** For a connection that is open but silent. */
  function restart() {
    socket.disconnect();
    socket.connect();
  }

  function wake() {
    if (document.visibilityState !== 'visible') return;
    if (socket.connected) up();
    else if (!over) socket.connect();
  }

  document.addEventListener('visibilitychange', wake);
  window.addEventListener('pageshow', (event) => event.persisted && wake());
  window.addEventListener('online', wake);

  const on = (event, hear) => socket.on(event, hear);
  return { ask, tell, on, isUp: () => socket.connected, restart };
}
