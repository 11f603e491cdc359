// Which events make a page ask for what it missed: `node woken.mjs <module> visitor|staff`.
// The module stands beside stand-ins for its neighbours; what wakes it is told on stdout.

const [, , module, face] = process.argv;
const hearing = {};
const listens = { addEventListener: (name, hear) => (hearing[name] ??= []).push(hear) };
const node = { dataset: {}, hidden: true, replaceChildren() {} };

globalThis.asked = 0;
globalThis.document = {
  ...listens,
  visibilityState: 'visible',
  getElementById: () => node,
  querySelector: () => null,
};
globalThis.window = {
  ...listens,
  io: () => ({ connected: true, on() {}, connect: () => (globalThis.asked += 1) }),
};

const page = await import(module);
if (face === 'visitor') page.watch();
else page.connect('/listener', { up: () => (globalThis.asked += 1) });

const woken = [];
for (const name of ['visibilitychange', 'pageshow', 'online']) {
  globalThis.asked = 0;
  for (const hear of hearing[name] ?? []) hear({ persisted: true });
  if (globalThis.asked > 0) woken.push(name);
}
console.log(JSON.stringify(woken));
