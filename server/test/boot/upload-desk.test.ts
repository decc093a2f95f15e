import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../src/adapters/clock/manual/manual-clock.ts'
import { RemoteUploadTurns } from '../../src/boot/threads/remote-upload-turns.ts'
import { UploadDesk } from '../../src/boot/threads/upload-desk.ts'
import { LocalUploadTurns } from '../../src/core/content/upload-turns.ts'
import { isRegistryError } from '../../src/domain/error.ts'

/** The main thread's turns, and another thread that asks for them. */
function world(uploadsInProgress = 10): {
  readonly clock: ManualClock
  readonly main: LocalUploadTurns
  readonly other: RemoteUploadTurns
} {
  const clock = new ManualClock()
  const main = new LocalUploadTurns({ clock, limits: { uploadWait: 5_000, uploadsInProgress } })
  const desk = new UploadDesk(
    main,
    (message) => {
      if (message.say === 'taken') other.taken(message.ticket, message.refused)
    },
    (message) => assert.fail(message),
  )
  const other = new RemoteUploadTurns((message) => {
    if (message.say === 'take') void desk.take(message.ticket, message.upload)
    if (message.say === 'end') desk.end(message.ticket)
  })
  return { clock, main, other }
}

test('a turn that one thread has keeps the other waiting until it ends', async () => {
  const { main, other } = world()
  for (const [first, second] of [
    [main, other],
    [other, main],
  ] as const) {
    const end = await first.take('one')
    let came = false
    const next = second.take('one').then((endIt) => {
      came = true
      return endIt
    })
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(came, false)
    end()
    ;(await next)()
  }
})

test('who has waited long enough, or finds too many, is told the same in another thread', async () => {
  const { clock, main, other } = world(2)
  const end = await main.take('one')
  const late = assert.rejects(other.take('one'), (error) => {
    return isRegistryError(error, 'upload-busy') && error.data.upload === 'one'
  })
  await clock.advance(5_000)
  await late
  const endAnother = await other.take('two')
  await assert.rejects(other.take('three'), (error) => isRegistryError(error, 'too-many-requests'))
  endAnother()
  ;(await other.take('three'))()
  end()
  ;(await other.take('one'))()
})

test('who waits behind others that wait has as long as they have, in the order in which they came', async () => {
  const { clock, main, other } = world()
  const order: string[] = []
  const ends: (() => void)[] = []
  const take = (name: string, turns: LocalUploadTurns | RemoteUploadTurns): Promise<void> =>
    turns.take('one').then(
      (end) => {
        order.push(name)
        ends.push(end)
      },
      (error) => {
        assert.ok(isRegistryError(error, 'upload-busy'))
        order.push(`${name} was refused`)
      },
    )
  await take('first', main)
  const rest = [take('second', main), take('third', other), take('fourth', main)]
  await clock.advance(2_000)
  assert.deepEqual(order, ['first'])
  ends[0]?.()
  await clock.advance(2_000)
  assert.deepEqual(order, ['first', 'second'])
  ends[1]?.()
  await clock.advance(999)
  assert.deepEqual(order, ['first', 'second', 'third'])
  await clock.advance(1)
  assert.deepEqual(order, ['first', 'second', 'third', 'fourth was refused'])
  ends[2]?.()
  await Promise.all(rest)
  await take('fifth', other)
  assert.equal(order.at(-1), 'fifth')
  assert.equal(clock.sleeping, 0)
})

test('a turn that is ended again ends no other, although its number is used again', async () => {
  const { main, other } = world()
  const end = await other.take('one')
  end()
  const endNext = await other.take('two')
  end()
  let came = false
  const waiting = main.take('two').then((endIt) => {
    came = true
    return endIt
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(came, false)
  endNext()
  ;(await waiting)()
})
