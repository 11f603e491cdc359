// The core way through the line with the official JavaScript client.
// `node core_way.mjs URL TOKEN` prints one JSON object: what was answered, and what was heard.
import { randomUUID } from 'node:crypto'
import process from 'node:process'
import { io } from 'socket.io-client'

const [url, token] = process.argv.slice(2)
const PATIENCE = 15_000

function connect (namespace, auth) {
  const socket = io(url + namespace, { transports: ['websocket'], forceNew: true, reconnection: false, auth })
  socket.everything = []
  socket.onAny((event, data) => socket.everything.push([event, data]))
  return socket
}

const ask = (socket, event, payload) => socket.timeout(PATIENCE).emitWithAck(event, payload)

function hear (socket, event, test = () => true) {
  const known = socket.everything.find(([kind, data]) => kind === event && test(data))
  if (known) return Promise.resolve(known[1])
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ${event} came`)), PATIENCE)
    socket.on(event, data => {
      if (!test(data)) return
      clearTimeout(late)
      resolve(data)
    })
  })
}

const refusal = socket => new Promise(resolve => socket.on('connect_error', error => resolve(error.data)))

const acks = {}
const refused = await refusal(connect('/listener', { token: 'nobody' }))
const listener = connect('/listener', { token })
listener.on('beat', (data, answer) => answer?.({}))
acks.ready = await ask(listener, 'ready')

const visitor = connect('/visitor')
acks.open = await ask(visitor, 'open', { client_id: randomUUID(), text: 'hello 🙂' })
const chat = acks.open.chat.id

const again = connect('/visitor')
acks.resume = await ask(again, 'resume', { token: acks.open.token, after: 0 })

const offer = await hear(listener, 'offer', data => data.chat === chat)
acks.accept = await ask(listener, 'accept', { offer: offer.id })
acks.visitorSays = await ask(visitor, 'say', { client_id: randomUUID(), text: 'is anyone there?' })
acks.listenerSays = await ask(listener, 'say', { chat, client_id: randomUUID(), text: 'yes, I am here' })
await hear(visitor, 'message', data => data.text === 'yes, I am here')
await hear(again, 'message', data => data.seq === acks.listenerSays.seq)
acks.unknown = await ask(visitor, 'no-such-event', {})
acks.close = await ask(listener, 'close', { chat, outcome: 'felt_heard' })
await hear(visitor, 'chat', data => data.state === 'closed')
await hear(again, 'message', data => data.code === 'closed')

console.log(JSON.stringify({ acks, refused, offer, heard: again.everything }))
process.exit(0)
