// Two tabs of one visitor share one chat: a tab that has one tells its key to another tab of this
// browser that asks. It passes from page to page, is kept nowhere, and ends with the last of them.

const ANSWER_WITHIN_MS = 250;

let channel = 'BroadcastChannel' in window ? new BroadcastChannel('chat') : null;
const asking = new Set();
let key = () => null;
let left = () => {};

/** `ours` gives the key of the chat that goes on in this tab, or null. */
export function serve(ours) {
  key = ours;
}

channel?.addEventListener('message', ({ data }) => {
  if (data?.key) for (const answer of asking) answer(data.key);
  else if (data?.asks && key()) channel.postMessage({ key: key() });
  else if (data?.leaves) left(data.voids);
});

/** `leave(voids)` is called when this visitor leaves the site in another tab; `voids` tells whether
 * that tab knew the chat, and ends it for all. */
export function whenLeft(leave) {
  left = leave;
}

/** This visitor leaves: every tab is to know, not only where the button was pressed. */
export function tellLeft(voids) {
  channel?.postMessage({ leaves: true, voids });
}

/** The key of a chat that goes on in another tab; null when there is none. */
export function ask() {
  if (!channel) return Promise.resolve(null);
  return new Promise((resolve) => {
    const answer = (heard) => {
      asking.delete(answer);
      resolve(heard);
    };
    asking.add(answer);
    channel.postMessage({ asks: true });
    setTimeout(answer, ANSWER_WITHIN_MS, null);
  });
}

/** This page is left: it neither asks nor answers any more. */
export function close() {
  key = () => null;
  channel?.close();
  channel = null;
}
