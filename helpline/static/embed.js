// Puts the helpline on another site: a button, and a frame that opens with it.
//
//   <script src="https://helpline.example/embed.js" data-label="Chat" data-lang="en" defer></script>
//
// The frame is on the helpline's own origin; the page around it learns only: open, close, resize.
(() => {
  'use strict';

  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const label = script.dataset.label || 'Chat';
  const SMALL = window.matchMedia('(max-width: 480px)');
  const LEAST = 320;
  const MOST = 640;
  const GAP = '16px';
  const BAR = '76px'; // the button and its distances, left free below the frame

  let frame = null;
  let isLoaded = false;
  let wished = MOST;

  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = label;
  button.setAttribute('aria-expanded', 'false');
  Object.assign(button.style, {
    position: 'fixed',
    insetBlockEnd: GAP,
    insetInlineEnd: GAP,
    zIndex: '2147483646',
    minBlockSize: '44px',
    minInlineSize: '44px',
    padding: '8px 20px',
    border: '2px solid #ffffff',
    borderRadius: '8px',
    background: '#0b5e6b',
    color: '#ffffff',
    font: '600 18px system-ui, sans-serif',
    cursor: 'pointer',
  });
  button.addEventListener('click', () => (isOpen() ? close() : open()));

  function isOpen() {
    return Boolean(frame) && !frame.hidden;
  }

  function open() {
    frame ??= makeFrame();
    frame.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    place();
    tell('open');
    frame.focus();
  }

  function close() {
    frame.hidden = true;
    frame.style.display = 'none';
    button.setAttribute('aria-expanded', 'false');
    tell('close');
    button.focus();
  }

  function makeFrame() {
    const made = document.createElement('iframe');
    const language = script.dataset.lang;
    made.src = `${origin}/widget${language ? `?lang=${encodeURIComponent(language)}` : ''}`;
    made.title = label;
    made.referrerPolicy = 'no-referrer';
    made.setAttribute(
      'sandbox',
      'allow-scripts allow-same-origin allow-forms allow-popups ' +
        'allow-top-navigation-by-user-activation',
    );
    made.addEventListener('load', () => {
      isLoaded = true;
      if (isOpen()) tell('open');
    });
    button.before(made);
    return made;
  }

  function place() {
    const edge = SMALL.matches ? '0px' : GAP;
    const height = Math.min(MOST, Math.max(LEAST, wished));
    Object.assign(frame.style, {
      display: 'block',
      position: 'fixed',
      insetBlockEnd: BAR,
      insetInlineEnd: edge,
      zIndex: '2147483647',
      inlineSize: SMALL.matches ? '100%' : '400px',
      blockSize: SMALL.matches ? `calc(100% - ${BAR})` : `min(${height}px, calc(100% - 92px))`,
      border: '1px solid #7d8b94',
      borderRadius: SMALL.matches ? '0' : '12px',
      background: '#fbfaf7',
      colorScheme: 'normal',
    });
  }

  function tell(word) {
    if (isLoaded) frame.contentWindow?.postMessage({ helpline: word }, origin);
  }

  window.addEventListener('message', (event) => {
    if (!frame || event.origin !== origin || event.source !== frame.contentWindow) return;
    const { helpline: word, height } = Object(event.data);
    if (word === 'close') close();
    if (word === 'resize' && Number.isFinite(height)) {
      wished = height;
      if (isOpen()) place();
    }
  });
  SMALL.addEventListener('change', () => isOpen() && place());

  if (document.body) document.body.append(button);
  else document.addEventListener('DOMContentLoaded', () => document.body.append(button));
})();
