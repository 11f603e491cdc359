// Building and replacing parts of a page without ever parsing a string as HTML.

/** A new element. An attribute that is null, undefined or false is left out; true is empty. */
export function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat(2).filter((child) => child || child === 0));
  return node;
}

/** What a person wrote or is called: isolated, so that it cannot turn the words around it. */
export function bdi(text) {
  return el('bdi', null, text);
}

export function byId(id) {
  return document.getElementById(id);
}

/** The data that the server put into the page under this id. */
export function data(id) {
  return JSON.parse(byId(id).textContent);
}

const MORPH = { morphStyle: 'innerHTML', ignoreActiveValue: true, restoreFocus: true };

/** Makes `target` hold these nodes, keeping what is the same: focus, caret and scrolling stay. */
export function fill(target, ...nodes) {
  const children = nodes.flat(2).filter(Boolean);
  const held = target.contains(document.activeElement);

  if (window.Idiomorph) window.Idiomorph.morph(target, children, MORPH);
  else target.replaceChildren(...children);

  const isLost = held && !target.contains(document.activeElement);
  if (isLost && target.hasAttribute('tabindex')) target.focus({ preventScroll: true });
}

const deeds = new Map();

/** What a press on an element with `data-do="name"` does; it gets that element's data. */
export function when(name, act) {
  deeds.set(name, act);
}

export function press(name, given = {}) {
  deeds.get(name)?.(given);
}

document.addEventListener('click', (event) => {
  const pressed = event.target.closest?.('[data-do]');
  if (!pressed || pressed.disabled) return;
  press(pressed.dataset.do, pressed.dataset);
});
