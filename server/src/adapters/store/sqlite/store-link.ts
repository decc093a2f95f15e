import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { closedStore } from '../shared/refuse.ts'
import type { QueueRoom } from './queue-room.ts'
import { Readers } from './readers.ts'
import { Writer } from './writer.ts'

/** What lets another thread of the process work with an opened store. To be transferred with `port`. */
export interface StoreLink {
  readonly file: string
  /** Of QueueRoom. */
  readonly room: SharedArrayBuffer
  readonly reserveBytes: number
  /** How many reader threads there are. */
  readonly readers: number
  /** To the thread that opened the store. */
  readonly port: MessagePort
}

/** `to`: the writer thread, or the reader thread of that number. */
interface Wanted {
  readonly to: 'writer' | number
  readonly port: MessagePort
}

export interface Shared {
  readonly file: string
  readonly reserveBytes: number
  readonly room: QueueRoom
  readonly readers: Readers
  readonly writer: Writer
}

/** A link, and how to cut it: nobody can join by it any more. */
export interface GivenLink {
  readonly link: StoreLink
  cut(): void
}

/** Each line that the other thread opens goes on to the thread that it is for, which starts where it does not run. */
export function shareThreads({ file, reserveBytes, room, readers, writer }: Shared): GivenLink {
  const { port1: own, port2: port } = new MessageChannel()
  own.on('message', ({ to, port }: Wanted) => {
    if (to === 'writer') writer.admit(port)
    else readers.admit(to, port)
  })
  own.unref()
  const link = { file, reserveBytes, room: room.shared, readers: readers.count, port }
  return { link, cut: () => own.close() }
}

/** The asking sides in the other thread. */
export function joinThreads(
  { readers, port }: StoreLink,
  room: QueueRoom,
): { readonly readers: Readers; readonly writer: Writer; readonly leave: () => void } {
  let isCut = false
  port.on('close', () => {
    isCut = true
  })
  port.unref()
  const line = (to: Wanted['to']): MessagePort => {
    if (isCut) throw closedStore()
    const { port1, port2 } = new MessageChannel()
    port.postMessage({ to, port: port2 } satisfies Wanted, [port2])
    return port1
  }
  return {
    readers: new Readers(readers, line),
    writer: new Writer(() => line('writer'), room),
    leave: () => port.close(),
  }
}
