import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { Deed, DiskEvent } from './disk-events.ts'
import { wrongOrder } from './flush-order.ts'

const content = Buffer.from('some content')
const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
const file = '/srv/data/blobs/00/a'
const log = '/srv/data/lading.db-wal'

function frame(page: Buffer, endsTransaction: boolean): Deed[] {
  const header = Buffer.alloc(24)
  header.writeUInt32BE(endsTransaction ? 40 : 0, 4)
  return [
    { do: 'write', path: log, at: 32, bytes: header },
    { do: 'write', path: log, at: 56, bytes: page },
  ]
}

const names: Record<string, Deed[]> = {
  make: [{ do: 'open', path: file, creates: true, empties: false }],
  bytes: [{ do: 'write', path: file, at: 0, bytes: content }],
  file: [{ do: 'sync', path: file }],
  folder: [{ do: 'sync', path: '/srv/data/blobs/00' }],
  commit: [...frame(Buffer.from(digest.padEnd(4096)), false), ...frame(Buffer.alloc(4096), true)],
  flush: [{ do: 'sync', path: log }],
  answer: [
    { do: 'answer', bytes: Buffer.from(`HTTP/1.1 201 Created\r\nDocker-Content-Digest: ${digest}\r\n`) },
  ],
}

/** One step after the other, each over before the next begins. */
function inOrder(...steps: string[]): DiskEvent[] {
  return steps
    .flatMap((step) => names[step] ?? [])
    .map((step, at) => ({ ...step, begun: at, ended: at }) as DiskEvent)
}

const sound = ['make', 'bytes', 'file', 'folder', 'commit', 'flush', 'answer']

test('the order of a sound run is sound', () => {
  assert.deepEqual(wrongOrder(inOrder(...sound), digest, true), [])
  assert.deepEqual(wrongOrder(inOrder('commit', 'flush', 'answer'), digest, false), [])
  assert.deepEqual(
    wrongOrder(inOrder('make', 'folder', 'bytes', 'file', 'commit', 'flush', 'answer'), digest, true),
    [],
  )
})

const without = (step: string): string[] => sound.filter((one) => one !== step)
/** `step` right behind `other`. */
const behind = (step: string, other: string): string[] =>
  without(step).flatMap((one) => (one === other ? [one, step] : [one]))

const file_ = ['the file is not flushed before the commit']
const folder_ = ['the folder is not flushed before the commit']
const log_ = ['the 201 leaves before the log is flushed']
const wrong: readonly (readonly [string, string[], string[]])[] = [
  ['no flush of the file', without('file'), file_],
  ['the file flushed before its bytes', behind('bytes', 'file'), file_],
  ['the file flushed after the commit', behind('file', 'commit'), file_],
  ['no flush of the folder', without('folder'), folder_],
  ['the folder flushed before the file was made', ['folder', ...without('folder')], folder_],
  ['the folder flushed after the commit', behind('folder', 'commit'), folder_],
  ['no flush of the log', without('flush'), log_],
  ['the log flushed before the commit', behind('flush', 'folder'), log_],
  ['the log flushed after the answer', behind('flush', 'answer'), log_],
  ['no file', ['commit', 'flush', 'answer'], ['no file has the content']],
  ['no commit', without('commit'), ['the log never names the digest']],
  ['no answer', without('answer'), ['no 201 names the digest']],
]

for (const [what, steps, told] of wrong) {
  test(`told: ${what}`, () => assert.deepEqual(wrongOrder(inOrder(...steps), digest, true), told))
}

test('told: the log flushed when only a part of the transaction was written', () => {
  const events = inOrder('make', 'bytes', 'file', 'folder', 'commit', 'answer')
  const [page, end] = [
    events.findIndex((event) => event.do === 'write' && event.bytes.length === 4096),
    events.length - 1,
  ]
  const flush = { do: 'sync', path: log, begun: page + 0.2, ended: page + 0.4 } as const
  assert.deepEqual(wrongOrder(events.toSpliced(page + 1, 0, flush), digest, true), log_)
  assert.equal(events[end]?.do, 'answer')
})

test('told: a flush that began before the last byte was written', () => {
  const events = inOrder(...sound).map((event) =>
    event.do === 'sync' && event.path === file ? { ...event, begun: event.begun - 1.5 } : event,
  )
  assert.deepEqual(wrongOrder(events, digest, true), file_)
})
