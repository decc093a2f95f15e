import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { readBuffer, writeBuffer } from '../../../../src/adapters/blobs/folder/buffers.ts'
import { HashThread } from '../../../../src/adapters/blobs/shared/hash-thread.ts'
import { assertRefused, bodyOf, bytesOf, calm, digestOf } from '../../../../src/ports/blobs/suite/content.ts'
import { VolatileFileSystem } from './volatile-file-system.ts'
import { openOver } from './volatile-harness.ts'

const file = new URL('../../../../src/adapters/blobs/shared/hash-on-thread.ts', import.meta.url)
const content = bytesOf(3 * writeBuffer + 1000)

/** A hash thread that is up, and the worker that it runs on. */
async function startThread(): Promise<{ readonly thread: HashThread; readonly workers: Worker[] }> {
  const workers: Worker[] = []
  const thread = new HashThread(() => {
    const worker = new Worker(file)
    workers.push(worker)
    return worker
  })
  assert.equal(thread.begin(), undefined, 'who asks first would wait for the start')
  const [worker] = workers
  assert.ok(worker !== undefined)
  await once(worker, 'online')
  return { thread, workers }
}

test('hashes on the thread are told apart, go on after they were asked, and are those of their bytes', async () => {
  const { thread, workers } = await startThread()
  const [one, other] = [thread.begin(), thread.begin()]
  assert.ok(one !== undefined && other !== undefined)
  const shared = Buffer.from(new SharedArrayBuffer(5))
  shared.write('hello')
  await Promise.all([one.update(shared), other.update(Buffer.from('good'))])
  const hex = (text: string): string => createHash('sha256').update(text).digest('hex')
  assert.equal(await one.hex(), hex('hello'))
  await Promise.all([one.update(Buffer.from(' you')), other.update(Buffer.from('bye'))])
  assert.deepEqual(await Promise.all([one.hex(), other.hex()]), [hex('hello you'), hex('goodbye')])
  assert.equal(workers.length, 1)
  await thread.close()
})

test('a large file is verified by the hash of the thread, without reading it again', async () => {
  const { thread } = await startThread()
  const fs = new VolatileFileSystem()
  const blobs = await openOver(fs, { hashThread: thread })
  for (const [want, outcome] of [
    [digestOf(content), 'sealed'],
    [digestOf(bytesOf(7)), 'digest'],
  ] as const) {
    const name = blobs.name()
    await blobs.append(name, 0, bodyOf(content.subarray(0, writeBuffer + 9), 65_536), calm)
    await blobs.append(name, writeBuffer + 9, bodyOf(content.subarray(writeBuffer + 9), 65_536), calm)
    const sealing = blobs.seal(name, want, calm)
    if (outcome === 'sealed') assert.deepEqual(await sealing, { length: content.length })
    else await assertRefused(sealing, outcome)
  }
  assert.equal(fs.count('read'), 0)
  await blobs.close()
})

test('where the thread is lost, the file is read again, and the next one has another thread', async () => {
  const { thread, workers } = await startThread()
  const fs = new VolatileFileSystem()
  const blobs = await openOver(fs, { hashThread: thread })
  const name = blobs.name()
  await blobs.append(name, 0, bodyOf(content.subarray(0, writeBuffer), 65_536), calm)
  await workers[0]?.terminate()
  await blobs.append(name, writeBuffer, bodyOf(content.subarray(writeBuffer), 65_536), calm)
  await blobs.seal(name, digestOf(content), calm)
  assert.equal(fs.count('read'), Math.ceil(content.length / readBuffer))
  assert.equal(thread.begin(), undefined)
  assert.equal(workers.length, 2)
  await blobs.close()
})

test('a process that waits for a hash alone does not end meanwhile, and one that waits for nothing does', () => {
  const program = `
    import { HashThread } from ${JSON.stringify(new URL('hash-thread.ts', file).href)}
    const thread = new HashThread()
    thread.begin()
    let hash
    while ((hash = thread.begin()) === undefined) await new Promise((resolve) => setImmediate(resolve))
    await hash.update(Buffer.from('hello'))
    console.log(await hash.hex())`
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    timeout: 30_000,
  })
  assert.deepEqual(
    [stdout.trim(), stderr, status],
    [createHash('sha256').update('hello').digest('hex'), '', 0],
  )
})
