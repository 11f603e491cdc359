// How much a box takes. A browser that keeps to it by itself cuts off what is pasted, unseen: once
// this page runs, it lets everything in and says what is too much before it is sent.

const takes = new Map();

export function watch(box) {
  takes.set(box, box.maxLength);
  box.removeAttribute('maxlength');
}

/** Counted as the line counts: a letter outside the first plane is one. */
export function isTooMuch(box) {
  return [...box.value].length > takes.get(box);
}
