// The live connection: asks and answers, and what the line says by itself.

const ANSWER_WITHIN_MS = 8000;
const BACK_AFTER_MS = 1000;

let socket = null;
let wasUp = false;
let isWanted = false; // a chat goes on: a connection that the server closed is opened again

const nobody = { up() {}, down() {} };
let listener = nobody;

/** Prepares the connection without opening it. `hear` maps events to functions. */
export function prepare({ up, down, hear }) {
  listener = { up, down };
  socket = window.io('/visitor', {
    transports: ['websocket'],
    autoConnect: false,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5000,
    timeout: ANSWER_WITHIN_MS,
  });
  socket.on('connect', () => {
    wasUp = true;
    listener.up();
  });
  socket.on('disconnect', (why) => {
    listener.down();
    if (isWanted && why === 'io server disconnect') setTimeout(() => socket.connect(), BACK_AFTER_MS);
  });
  for (const [event, act] of Object.entries(hear)) {
    socket.on(event, (payload, answer) => {
      act(payload ?? {});
      if (typeof answer === 'function') answer({});
    });
  }
}

export function isUp() {
  return Boolean(socket?.connected);
}

/** Whether this page was ever connected; until then its plain forms do the work. */
export function hasBeenUp() {
  return wasUp;
}

export function open({ wanted = false } = {}) {
  isWanted ||= wanted;
  if (socket && !socket.connected) socket.connect();
}

/** Connected within so many milliseconds, or not; a first refusal is answer enough. */
export function reach(within) {
  if (isUp()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const late = setTimeout(done, within);
    function done() {
      clearTimeout(late);
      socket.off('connect', done);
      socket.off('connect_error', done);
      resolve(isUp());
    }
    socket.on('connect', done);
    socket.on('connect_error', done);
    open();
  });
}

/** Says something and waits for the answer; never throws. `offline` and `no_answer` are ours. */
export function ask(event, payload = {}) {
  if (!isUp()) return Promise.resolve({ ok: false, error: { code: 'offline' } });
  return new Promise((resolve) => {
    socket.timeout(ANSWER_WITHIN_MS).emit(event, payload, (late, answer) => {
      resolve(late ? { ok: false, error: { code: 'no_answer' } } : answer);
    });
  });
}

/** Says something that needs no answer; lost without harm. */
export function tell(event, payload = {}) {
  if (isUp()) socket.emit(event, payload);
}

/** For a connection that is open but silent. */
export function restart() {
  if (!socket) return;
  socket.disconnect();
  socket.connect();
}

/** Not needed any more; a new chat may open it again. */
export function rest() {
  isWanted = false;
  socket?.disconnect();
}

/** Over: nobody is there to hear anything. */
export function close() {
  listener = nobody;
  socket?.off();
  rest();
}
