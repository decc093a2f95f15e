import { parentPort, workerData } from 'node:worker_threads'
import { followedGenerations, Generations } from '../../core/cache/generations.ts'
import { Slots } from '../../domain/slots.ts'
import { Departure } from '../departure.ts'
import { joinEngines } from '../engines.ts'
import { RemoteSearch } from './remote-search.ts'
import { RemoteUploadTurns } from './remote-upload-turns.ts'
import { type ServedThread, serveThread } from './serve-thread.ts'
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts'

/** One of the threads beside the main one: the same doors, over the same records and files. */
if (parentPort === null) throw new Error('serving-thread runs as a thread only')
const main = parentPort
const data = workerData as ThreadData
const { config } = data
const post = (message: FromThread): void => main.postMessage(message)
const asks = new Slots<() => void>()
const turns = new RemoteUploadTurns(post)
const search = new RemoteSearch((ticket, call) => post({ say: 'search', ticket, call }))
const departure = new Departure()
let served: ServedThread | undefined
main.on('message', (message: ToThread) => {
  switch (message.say) {
    case 'published':
      served?.composed.events.publish()
      return
    case 'heard':
      asks.take(message.ticket)?.()
      return
    case 'found':
      search.answered(message.ticket, message.answer)
      return
    case 'taken':
      turns.taken(message.ticket, message.refused)
      return
    case 'leave':
      void departure.say()
      return
    case 'close':
      void close(message.graceMs)
  }
})

served = await serveThread({ ...(await joinEngines(data)), search }, config, {
  bootId: data.bootId,
  generations:
    data.hearing === undefined
      ? new Generations(data.generations)
      : followedGenerations({ generations: data.generations, hearing: data.hearing }),
  turns,
  published: () => post({ say: 'published' }),
  heardByAll: () => new Promise<void>((resolve) => post({ say: 'ask', ticket: asks.put(resolve) })),
  wake: () => post({ say: 'wake' }),
  leaving: departure.said,
})
post({ say: 'listening' })

/** One that has not come as far as to serve has nothing to end. */
async function close(graceMs: number): Promise<void> {
  try {
    await served?.close(graceMs)
  } catch (error) {
    // Nobody is left to be told but the log; the main thread goes on with its own end.
    served?.report('a thread could not close what it had open', error, {})
  } finally {
    post({ say: 'closed' })
  }
}
