// Asking the directory, from the panel beside the chat and from a hand-off: the same search.

import { el } from '../shared/dom.js';
import { chosen, shelf } from './state.js';

/** What fits these choices, with a chat near its visitor. Empty ones ask for nothing. */
export function find(connection, values) {
  const asked = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
  if (asked.region) asked.country ??= asked.region.slice(0, 2);
  const chat = chosen() ? { chat: chosen().id } : {};
  return connection.ask('find_resources', { ...asked, ...chat });
}

/** Fills a choice of regions with those of a country; without any the choice is not there. */
export function offerRegions(select, country) {
  const known = shelf.regions[country.trim().toUpperCase() || shelf.country] ?? [];
  const rows = known.map(([code, name]) => el('option', { value: code }, name));
  select.replaceChildren(select.options[0], ...rows);
  select.value = '';
  select.parentElement.hidden = !known.length;
}
