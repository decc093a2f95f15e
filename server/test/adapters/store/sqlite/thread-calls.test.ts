import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageChannel, Worker } from 'node:worker_threads'
import { ThreadCalls } from '../../../../src/adapters/store/sqlite/thread-calls.ts'
import { StoreError } from '../../../../src/ports/store/errors.ts'
import { until } from '../../../kit/until.ts'

/** Answers each question with itself; one that says "die" ends the thread instead. */
const echo = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', (message) => {
    if (message === 'stop') return parentPort.close()
    if (message.some(([, question]) => question === 'die')) process.exit(3)
    setImmediate(() => parentPort.postMessage(message))
  })`

test('questions open when a thread is lost fail as told; the next one starts another thread', async () => {
  let started = 0
  const calls = new ThreadCalls<string, string>(
    () => {
      started += 1
      return new Worker(echo, { eval: true })
    },
    (cause) => new StoreError('unknown', 'lost', { cause }),
  )
  assert.equal(await calls.ask('a'), 'a')
  const lost = await Promise.allSettled([calls.ask('b'), calls.ask('die'), calls.ask('c')])
  for (const one of lost) {
    assert.equal(one.status, 'rejected')
    assert.ok(one.reason instanceof StoreError)
    assert.match(String(one.reason.cause), /code 3/)
  }
  assert.equal(calls.open, 0)
  assert.deepEqual(await Promise.all([calls.ask('d'), calls.ask('e')]), ['d', 'e'])
  assert.equal(started, 2)
  await calls.close()
})

test('close waits for the answers that are still to come, and the thread has ended when it returns', async () => {
  let worker: Worker | undefined
  const calls = new ThreadCalls<string, string>(
    () => {
      worker = new Worker(echo, { eval: true })
      return worker
    },
    (cause) => new StoreError('unknown', 'lost', { cause }),
  )
  const asked = Promise.all([calls.ask('a'), calls.ask('b')])
  await calls.close()
  assert.deepEqual(await asked, ['a', 'b'])
  assert.equal(worker?.threadId, -1)
  await calls.close()
})

/** The same, for whoever is admitted too. */
const echoForAll = `
  const { parentPort } = require('node:worker_threads')
  const listenTo = (line) => line.on('message', (message) => {
    if (message === 'stop') return line.close()
    if (message.admitted !== undefined) return listenTo(message.admitted)
    if (message.some(([, question]) => question === 'die')) process.exit(3)
    setImmediate(() => line.postMessage(message))
  })
  listenTo(parentPort)`

test('whoever was admitted asks by a port of its own; where the thread is lost it is told so, and gets a new one', async () => {
  const lost = (cause: unknown): StoreError => new StoreError('unknown', 'lost', { cause })
  let started = 0
  const starter = new ThreadCalls<string, string>(() => {
    started += 1
    return new Worker(echoForAll, { eval: true })
  }, lost)
  const admitted = new ThreadCalls<string, string>(() => {
    const { port1, port2 } = new MessageChannel()
    starter.admit(port2)
    return port1
  }, lost)
  // The first to ask starts the thread, although it is another's.
  assert.deepEqual(await Promise.all([admitted.ask('a'), admitted.ask('b')]), ['a', 'b'])
  assert.equal(await starter.ask('c'), 'c')
  const open = await Promise.allSettled([admitted.ask('d'), admitted.ask('die'), admitted.ask('e')])
  for (const one of open) {
    assert.equal(one.status, 'rejected')
    assert.ok(one.reason instanceof StoreError)
  }
  // Whoever asks before the starter has heard of the loss is told the same once more.
  await until(async () => (await admitted.ask('f').catch(() => undefined)) === 'f')
  assert.equal(started, 2)
  await admitted.close()
  assert.equal(await starter.ask('g'), 'g')
  await starter.close()
})

test('an answer to a question that has failed already settles no other', async () => {
  const { port1: here, port2: there } = new MessageChannel()
  const calls = new ThreadCalls<unknown, string>(
    () => here,
    (cause) => new StoreError('unknown', 'lost', { cause }),
  )
  const asked: number[] = []
  there.on('message', (message: 'stop' | [number, unknown][]) => {
    if (message === 'stop') there.close()
    else asked.push(...message.map(([ticket]) => ticket))
  })
  const failed = [calls.ask('a'), calls.ask('b')]
  await until(async () => asked.length === 2)
  // What cannot be sent fails all that is open.
  failed.push(calls.ask(() => undefined))
  for (const one of await Promise.allSettled(failed)) assert.equal(one.status, 'rejected')
  const next = calls.ask('c')
  await until(async () => asked.length === 3)
  there.postMessage(asked.map((ticket, at) => [ticket, ['to a', 'to b', 'to c'][at]]))
  assert.equal(await next, 'to c')
  assert.equal(calls.open, 0)
  await calls.close()
})
