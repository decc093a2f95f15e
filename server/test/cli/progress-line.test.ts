import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProgressLine } from '../../src/cli/progress-line.ts'
import { TestWorld } from './test-world.ts'

class Terminal extends TestWorld {
  readonly screen: { columns: number } = { columns: 80 }
}

const clear = '\r\u001b[K'

test('a line is written anew, with rate and what is left where they are known', () => {
  const world = new Terminal()
  const line = new ProgressLine(world)
  const bytes = { phase: 'copying', of: 100 * 1024 * 1024, unit: 'bytes' } as const
  line.show({ ...bytes, done: 0 })
  world.time = 2000
  line.show({ ...bytes, done: 20 * 1024 * 1024 })
  world.time = 2050
  line.show({ ...bytes, done: 21 * 1024 * 1024 })
  world.time = 2100
  line.show({ phase: 'tidying up', done: 5, unit: 'files' })
  world.time = 4100
  line.show({ phase: 'tidying up', done: 25, unit: 'files' })
  line[Symbol.dispose]()
  line[Symbol.dispose]()
  assert.deepEqual(world.asked, [
    `${clear}copying: 0 B of 100 MiB, 0 %`,
    `${clear}copying: 20 MiB of 100 MiB, 20 %, 0:08 left, 10 MiB/s`,
    `${clear}tidying up: 5 files`,
    `${clear}tidying up: 25 files, 10 files/s`,
    clear,
  ])
})

test('a narrow terminal loses what is least missed, and never a second line', () => {
  for (const [columns, shown] of [
    [45, 'copying: 20 MiB of 100 MiB, 20 %, 0:08 left'],
    [40, 'copying: 20 MiB of 100 MiB, 20 %'],
    [30, 'copying: 20 MiB of 100 MiB'],
    [12, 'copying: 20'],
    [1, ''],
  ] as const) {
    const world = new Terminal()
    world.screen.columns = columns
    const line = new ProgressLine(world)
    const bytes = { phase: 'copying', of: 100 * 1024 * 1024, unit: 'bytes' } as const
    line.show({ ...bytes, done: 0 })
    world.time = 2000
    line.show({ ...bytes, done: 20 * 1024 * 1024 })
    assert.equal(world.asked[1], `${clear}${shown}`)
  }
})

test('where there is no terminal, nothing is written', () => {
  const world = new TestWorld()
  {
    using line = new ProgressLine(world)
    line.show({ phase: 'copying', done: 1, unit: 'files' })
  }
  assert.deepEqual([world.asked, world.printed, world.complained], [[], [], []])
})

test('hours are told as such', () => {
  const world = new Terminal()
  const line = new ProgressLine(world)
  line.show({ phase: 'x', done: 0, of: 7323, unit: 'rows' })
  world.time = 1000
  line.show({ phase: 'x', done: 1, of: 7323, unit: 'rows' })
  assert.equal(world.asked[1], `${clear}x: 1 rows of 7323 rows, 0 %, 2:02:02 left, 1 rows/s`)
})
