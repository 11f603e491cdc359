// The server's time, so that a countdown is right on a computer whose clock is not.

const shown = document.querySelector('[data-now]')?.dataset.now;
const arrived = performance.getEntriesByType('navigation')[0]?.responseStart ?? performance.now();
const ahead = shown ? Date.parse(shown) - (performance.timeOrigin + arrived) : 0;

/** Milliseconds since 1970, by the server's clock as it was when the page was made. */
export function now() {
  return Date.now() + ahead;
}

export function secondsSince(iso) {
  return (now() - Date.parse(iso)) / 1000;
}

export function secondsUntil(iso) {
  return -secondsSince(iso);
}
