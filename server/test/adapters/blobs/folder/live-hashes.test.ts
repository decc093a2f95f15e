import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LiveHashes } from '../../../../src/adapters/blobs/shared/live-hashes.ts'
import type { FileName } from '../../../../src/ports/blobs/blobs.ts'
import { bytesOf, digestOf } from '../../../../src/ports/blobs/suite/content.ts'

const minutes = 60_000
const part = bytesOf(10)
const hex = digestOf(part).slice('sha256:'.length)

function world(): {
  readonly clock: { time: number; now(): number }
  /** Writes ten bytes of the file, behind those that are there. */
  write(file: string, offset?: number): void
  /** Of so many bytes. */
  hexOf(file: string, length?: number): Promise<string | undefined>
} {
  const clock = { time: 0, now: () => clock.time }
  const hashes = new LiveHashes(undefined, clock)
  return {
    clock,
    write(file, offset = 0) {
      const hash = hashes.take(file as FileName, offset)
      hash?.update(part)
      hashes.keep(file as FileName, hash)
    },
    hexOf: (file, length = 10) => hashes.hexOf(file as FileName, length),
  }
}

test('the hash of a file is forgotten five minutes after the last bytes of it, when another one is written', async () => {
  const { clock, write, hexOf } = world()
  write('left')
  write('slow')
  clock.time = 4 * minutes
  write('slow', 10)
  clock.time = 5 * minutes
  write('other')
  assert.equal(await hexOf('left'), hex)
  clock.time = 5 * minutes + 1
  write('another')
  assert.equal(await hexOf('left'), undefined)
  assert.equal(await hexOf('slow', 20), digestOf(Buffer.concat([part, part])).slice('sha256:'.length))
  assert.equal(await hexOf('other'), hex)
  // It goes on no more: the first bytes are not known.
  write('left', 10)
  assert.equal(await hexOf('left', 20), undefined)
})

test('of more than 4096 files the one written longest ago is forgotten', async () => {
  const { write, hexOf } = world()
  for (let at = 0; at < 4096; at++) write(`file ${at}`)
  write('file 0', 10)
  assert.equal(await hexOf('file 1'), hex)
  write('one more')
  assert.equal(await hexOf('file 1'), undefined)
  assert.equal(await hexOf('file 2'), hex)
  assert.notEqual(await hexOf('file 0', 20), undefined)
})
