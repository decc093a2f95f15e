import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../src/adapters/random/seeded/seeded-random.ts'
import type { Deed, DiskEvent } from './disk-events.ts'
import { type FateName, fateNames, fateOf } from './fates.ts'
import { RecordedDisk } from './recorded-disk.ts'

const make = (path: string): Deed => ({ do: 'open', path: `/d/${path}`, creates: true, empties: false })
const write = (path: string, at: number, text: string): Deed => ({
  do: 'write',
  path: `/d/${path}`,
  at,
  bytes: Buffer.from(text),
})
const sync = (path: string): Deed => ({ do: 'sync', path: path === '' ? '/d' : `/d/${path}` })

function diskAfter(...steps: Deed[]): RecordedDisk {
  const disk = new RecordedDisk('/d')
  for (const [at, step] of steps.entries()) disk.apply({ ...step, begun: at, ended: at } as DiskEvent)
  return disk
}

/** Texts by path. */
function left(disk: RecordedDisk, fate: FateName, seed = 1): Record<string, string> {
  const { files } = disk.cut(fateOf(fate, seededRandom(seed)))
  return Object.fromEntries([...files].map(([path, { bytes }]) => [path, bytes.toString()]))
}

test('what was flushed stays, whatever becomes of the rest', () => {
  const disk = diskAfter(make('a'), write('a', 0, 'one'), sync('a'), sync(''))
  for (const fate of fateNames) assert.deepEqual(left(disk, fate), { a: 'one' }, fate)
})

test('without a flush of the file its bytes may go, without one of the folder its name', () => {
  const bytes = diskAfter(make('a'), write('a', 0, 'one'), sync(''))
  assert.deepEqual([left(bytes, 'all lost'), left(bytes, 'all kept')], [{ a: '' }, { a: 'one' }])
  const name = diskAfter(make('a'), write('a', 0, 'one'), sync('a'))
  assert.deepEqual([left(name, 'all lost'), left(name, 'all kept')], [{}, { a: 'one' }])
})

test('a flush keeps what was over when it began', () => {
  const disk = diskAfter(make('a'), sync(''), write('a', 0, 'one'))
  disk.apply({ do: 'write', path: '/d/a', at: 3, bytes: Buffer.from('two'), begun: 4, ended: 6 })
  disk.apply({ do: 'sync', path: '/d/a', begun: 5, ended: 7 })
  assert.deepEqual(left(disk, 'all lost'), { a: 'one' })
  assert.deepEqual(left(disk, 'all kept'), { a: 'onetwo' })
})

test('what is appended goes behind what processes see', () => {
  const more: Deed = { do: 'append', path: '/d/a', bytes: Buffer.from('two') }
  const disk = diskAfter(make('a'), sync(''), write('a', 0, 'one'), more)
  assert.deepEqual([left(disk, 'all lost'), left(disk, 'all kept')], [{ a: '' }, { a: 'onetwo' }])
})

test('a name that was removed comes back, and a rename is kept or lost as a whole', () => {
  const before = [
    make('a'),
    write('a', 0, 'new'),
    sync('a'),
    make('b'),
    write('b', 0, 'old'),
    sync('b'),
    sync(''),
  ]
  const removed = diskAfter(...before, { do: 'unlink', path: '/d/a' })
  assert.deepEqual(
    [left(removed, 'all lost'), left(removed, 'all kept')],
    [{ a: 'new', b: 'old' }, { b: 'old' }],
  )
  const renamed = diskAfter(...before, { do: 'rename', path: '/d/a', to: '/d/b' })
  const seen = new Set(
    Array.from({ length: 20 }, (_, seed) => JSON.stringify(left(renamed, 'by write', seed))),
  )
  assert.deepEqual([...seen].sort(), ['{"a":"new","b":"old"}', '{"b":"new"}'])
})

test('the last write is torn between sectors, and the others are whole', () => {
  const disk = diskAfter(
    make('a'),
    sync(''),
    write('a', 0, 'x'.repeat(100)),
    write('a', 100, 'y'.repeat(4000)),
  )
  const lengths = new Set(
    Array.from({ length: 50 }, (_, seed) => left(disk, 'last torn', seed)['a']?.length ?? 0),
  )
  for (const length of lengths)
    assert.ok(length === 100 || length === 4100 || length % 512 === 0, `${length}`)
  assert.ok(lengths.size > 4)
})

test('what was lost before what was kept reads as zeros', () => {
  const disk = diskAfter(
    make('a'),
    sync(''),
    write('a', 0, 'x'.repeat(512)),
    write('a', 512, 'y'.repeat(512)),
  )
  const seen = Array.from({ length: 40 }, (_, seed) => left(disk, 'by sector', seed)['a'])
  assert.ok(seen.includes(`${'\0'.repeat(512)}${'y'.repeat(512)}`))
  assert.ok(seen.includes('x'.repeat(512)))
})

test('a shorter file and a mode are lost or kept like bytes', () => {
  const disk = diskAfter(make('a'), write('a', 0, 'long'), sync('a'), sync(''), {
    do: 'truncate',
    path: '/d/a',
    size: 1,
  })
  assert.deepEqual([left(disk, 'all lost'), left(disk, 'all kept')], [{ a: 'long' }, { a: 'l' }])
  disk.apply({ do: 'mode', path: '/d/a', mode: 0o440, begun: 9, ended: 9 })
  const modes = (['all lost', 'all kept'] as const).map(
    (fate) => disk.cut(fateOf(fate, seededRandom(1))).files.get('a')?.mode,
  )
  assert.deepEqual(modes, [0o600, 0o440])
})
