// The token, in this tab only: in sessionStorage where the browser allows it, else in the page.

const KEY = 'chat';
let held = null;

export function keep(token) {
  held = token;
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // a browser that keeps nothing: the page itself remembers until it closes
  }
}

export function recall() {
  try {
    return held ?? sessionStorage.getItem(KEY);
  } catch {
    return held;
  }
}

export function forget() {
  held = null;
  try {
    sessionStorage.clear();
  } catch {
    // nothing was kept
  }
}
