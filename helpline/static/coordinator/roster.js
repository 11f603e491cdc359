// A roster that is being thought out: how far it is, looked up every two seconds.

const EVERY_MS = 2_000;
const [state, words, hint] = ['state', 'words', 'hint'].map((id) => document.getElementById(id));

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

async function look() {
  const answer = await fetch(document.getElementById('progress').dataset.from).catch(() => null);
  if (!answer?.ok) return;
  const roster = await answer.json();
  if (!roster.is_under_way) {
    location.replace(location.pathname);
    return;
  }
  put(state, roster.state_words);
  put(words, roster.words);
  put(hint, roster.hint);
}

setInterval(look, EVERY_MS);
