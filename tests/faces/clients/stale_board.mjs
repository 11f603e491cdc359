// What boards do that were made before a chat was taken or given away, and come after it:
// `node stale_board.mjs <folder of the modules>`.

const [, , folder] = process.argv;
const board = (version, ...chats) => ({ version, chats, offers: [], alerts: [] });
const chat = (id, version, holder) => ({ id, version, listener: holder && { id: holder } });
const page = { me: { id: 'leo', name: 'Leo' }, shelf: [], board: board(5, chat('old', 5, 'leo')) };
globalThis.document = {
  getElementById: (id) => ({ textContent: JSON.stringify(page[id]) }),
  addEventListener() {},
};

const { chatsInOrder, hide, takeBoard, takeChat } = await import(`${folder}/listener/state.js`);

const gone = [];
const held = [];
const after = (left) => {
  gone.push(left.map((each) => each.id));
  held.push(chatsInOrder().map((each) => each.id).sort());
};

after(takeChat(chat('new', 6, 'leo')));
after(takeBoard(board(5, chat('old', 5, 'leo')))); // made before Leo accepted
after(takeChat(chat('old', 7, null)));
after(takeBoard(board(6, chat('old', 6, 'leo'), chat('new', 6, 'leo')))); // before Leo gave it back
after(takeBoard(board(8))); // made after both: Leo holds nothing
takeChat(chat('hidden', 9, 'leo'));
hide('hidden');
after(takeBoard(board(8)));
console.log(JSON.stringify({ gone, held }));
