// The page's sentences, and moments as this person's own clock shows them.

export { say } from '../shared/words.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const language = document.documentElement.lang || 'en';

/** "18:00" within a day, else with the weekday. */
export function when(iso) {
  const at = new Date(iso);
  const style = { hour: '2-digit', minute: '2-digit' };
  if (at - Date.now() > DAY_MS / 2) style.weekday = 'long';
  return new Intl.DateTimeFormat(language, style).format(at);
}
