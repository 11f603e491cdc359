// The page's sentences (from the block `words`), and times, spans and languages in its language.

import { bdi, byId, data } from './dom.js';

const language = document.documentElement.lang || 'en';
const sentences = byId('words') ? data('words') : {};
const HOLE = /\{(\w+)\}/;

/** A sentence with its values filled in. */
export function say(key, values = {}) {
  const sentence = sentences[key] ?? key;
  return sentence.replace(new RegExp(HOLE, 'g'), (_, name) => String(values[name] ?? ''));
}

/** The same as nodes, each value isolated from the direction of the words around it. */
export function phrase(key, values = {}) {
  const parts = (sentences[key] ?? key).split(HOLE);
  return parts.map((part, place) => (place % 2 ? bdi(String(values[part] ?? '')) : part));
}

export function has(key) {
  return key in sentences;
}

function amount(count, unit) {
  const style = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 };
  return new Intl.NumberFormat(language, style).format(count);
}

/** A span in words, rounded down: "40 seconds", "6 minutes", "1 hour 12 minutes". */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return amount(whole, 'second');
  const minutes = Math.floor(whole / 60);
  if (minutes < 90) return amount(minutes, 'minute');
  const rest = minutes % 60;
  const hours = amount(Math.floor(minutes / 60), 'hour');
  return rest ? `${hours} ${amount(rest, 'minute')}` : hours;
}

const FAR_MS = 20 * 3600 * 1000;

/** A time of day as this person's own clock shows it; with the weekday when it is not near. */
export function time(iso) {
  const isFar = Math.abs(Date.parse(iso) - Date.now()) > FAR_MS;
  const style = { hour: '2-digit', minute: '2-digit', weekday: isFar ? 'long' : undefined };
  return new Intl.DateTimeFormat(language, style).format(new Date(iso));
}

/** A language by its name; the code itself where the browser knows no name. */
export function languageName(code) {
  return named(code, 'language');
}

export function countryName(code) {
  return named(code, 'region');
}

function named(code, type) {
  try {
    return new Intl.DisplayNames(language, { type }).of(code) ?? code;
  } catch {
    return code;
  }
}
