import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { below, foreignShare, machineTicks, processorTime, processTicks } from './processor-time.ts'

test('of a machine: what processes did and what was kept back, not idling and not interrupts', () => {
  const stat = 'cpu  1000 20 300 9999 8888 7777 6666 4 50 60\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 5\n'
  assert.equal(machineTicks(stat), 1324)
})

test('of a process: its own and that of its ended children, whatever it is called', () => {
  const stat = '42 (a (b) 1 2) S 1 42 42 0 -1 4194560 100 0 0 0 700 80 6 5 20 0 9 0 12345 1 2'
  assert.equal(processTicks(stat), 791)
})

test('what is neither own nor idle is foreign', () => {
  const before = { at: 10, all: 100, own: 50 }
  const cores = availableParallelism()
  assert.equal(foreignShare(before, { at: 14, all: 100 + 4 * cores, own: 50 + cores }), 0.75)
  assert.equal(foreignShare(before, { at: 14, all: 101, own: 52 }), 0, 'ticks are coarse')
})

test('work of this process is its own', async (t) => {
  const before = await processorTime()
  if (before === undefined) return t.skip('the system does not tell')
  const used = process.cpuUsage()
  for (let busy = 0; busy < 100_000; ) {
    const { user, system } = process.cpuUsage(used)
    busy = user + system
  }
  const after = await processorTime()
  assert.ok(after!.own - before.own >= 0.02, JSON.stringify({ before, after }))
  assert.ok(after!.all >= before.all)
})

test('what descends from a process is found, however far below', () => {
  const stats = [
    '7 (one) S 1 0',
    '8 (a (b) c) S 7 0',
    '9 (two) S 1 0',
    '10 (three) R 8 0',
    '11 (four) S 10 0',
  ]
  assert.deepEqual(
    below(7, stats).map((stat) => Number.parseInt(stat, 10)),
    [7, 8, 10, 11],
  )
  assert.deepEqual(below(12, stats), [])
})
