// In a frame of another site: three words to the page around it, and nothing of the chat.

const FRAMED = 'framed' in document.body.dataset;
const ALLOWED = (document.body.dataset.parents ?? '').split(' ').filter(Boolean);

let parentOrigin = null; // known once an allowed page has spoken to us

export function watch() {
  if (!FRAMED || window.parent === window) return;
  window.addEventListener('message', (event) => {
    if (event.source !== window.parent || !ALLOWED.includes(event.origin)) return;
    if (event.data?.helpline !== 'open') return;
    parentOrigin = event.origin;
    tellSize();
  });
  window.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) tell('close');
  });
  new ResizeObserver(tellSize).observe(document.body);
}

function tellSize() {
  if (document.body) tell('resize', { height: document.body.scrollHeight });
}

function tell(word, more = {}) {
  if (parentOrigin) window.parent.postMessage({ helpline: word, ...more }, parentOrigin);
}
