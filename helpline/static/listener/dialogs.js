// Dialogs that are forms: opened, filled in, sent, closed when the server said yes.

import { byId, when } from '../shared/dom.js';
import { state } from './state.js';

/** Opens a dialog with an empty form. `prepare` gets its form. */
export function open(id, prepare = () => {}) {
  const dialog = byId(id);
  const form = dialog.querySelector('form');
  form?.reset();
  const refusal = dialog.querySelector('.refusal');
  if (refusal) refusal.textContent = '';
  dialog.dataset.chat = state.chosen ?? '';
  if (form) prepare(form);
  if (!dialog.open) dialog.showModal();
}

export function close(id) {
  byId(id).close();
}

export function isOpen() {
  return Boolean(document.querySelector('dialog[open]'));
}

/**
 * Sends a form: `send(values, chatId)` gives the server's answer. Not ok: the reason is shown and
 * what was filled in stays. `chatId` is the chat the dialog was opened for.
 */
export function submits(form, send) {
  const dialog = form.closest('dialog');
  const refusal = form.querySelector('.refusal');
  const submit = form.querySelector('button:not([type="button"])');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    refusal.textContent = '';
    const values = Object.fromEntries(new FormData(form));
    const answer = await send(values, dialog?.dataset.chat ?? state.chosen);
    submit.disabled = false;
    if (!answer.ok) refusal.textContent = answer.error.message;
    else if (dialog) dialog.close();
    else if (!form.matches('[role=search]')) form.reset();
  });
}

when('dismiss-dialog', () => document.querySelector('dialog[open]')?.close());
