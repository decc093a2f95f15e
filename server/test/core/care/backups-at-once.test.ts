import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { openMemoryDirectory } from '../../../src/adapters/directory/memory/open-memory-directory.ts'
import { holds } from '../../../src/core/content/tables.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import type { Directory } from '../../../src/ports/directory/directory.ts'
import { allRows, checkInvariants } from '../invariants.ts'
import { app, type Piece } from '../scenario.ts'
import {
  backUp,
  folder,
  freshDisk,
  lasting,
  overDirectory,
  putBack,
  type World,
  world,
} from './backup-world.ts'

/** A directory that stands still before its nth call until it may go on. */
function stopping(directory: Directory, at: number) {
  const reached = Promise.withResolvers<void>()
  const goesOn = Promise.withResolvers<void>()
  let calls = 0
  const pass = async (): Promise<void> => {
    if (calls++ !== at) return
    reached.resolve()
    await goesOn.promise
  }
  const stopped = overDirectory(directory, {
    size: (path) => pass().then(() => directory.size(path)),
    open: (path, signal) => pass().then(() => directory.open(path, signal)),
    list: (path) => pass().then(() => directory.list(path)),
    write: (path, size, bytes, signal) => pass().then(() => directory.write(path, size, bytes, signal)),
    remove: (path) => pass().then(() => directory.remove(path)),
  })
  return { directory: stopped, reached: reached.promise, goOn: () => goesOn.resolve(), calls: () => calls }
}

interface Ended {
  readonly first: boolean
  readonly second: boolean
  readonly calls: readonly [number, number]
}

/** The first backup stops at its call `i`; the second begins, and stops at its `j`; the first ends, and then the second. */
async function interleaved(
  [first, second]: readonly [World, World],
  to: Directory,
  [i, j]: readonly [number, number],
  between: () => Promise<void> = async () => {},
): Promise<Ended> {
  const [one, two] = [stopping(to, i), stopping(to, j)]
  const run = (w: World, { directory }: { readonly directory: Directory }): Promise<boolean> =>
    backUp(w.s.test, directory).then(
      ({ sound }) => sound || assert.fail('nothing is damaged'),
      (error: unknown) => {
        if (isRegistryError(error, 'unavailable') || isRegistryError(error, 'parameter-invalid')) return false
        throw error
      },
    )
  const a = run(first, one)
  await Promise.race([one.reached, a])
  await between()
  const b = run(second, two)
  await Promise.race([two.reached, b])
  one.goOn()
  const firstIs = await a
  two.goOn()
  const secondIs = await b
  for (const { s } of [first, second]) assert.deepEqual(await allRows(s.test.store, holds), [])
  return { first: firstIs, second: secondIs, calls: [one.calls(), two.calls()] }
}

/** Every place of the first, and of the second each `stride`th, others each time, until both have ended before their place. */
async function everywhere(
  stride: number,
  visit: (at: readonly [number, number]) => Promise<Ended>,
): Promise<void> {
  for (let [i, more] = [0, true]; more; i++) {
    for (let j = i % stride; ; j += stride) {
      const { calls } = await visit([i, j])
      more = calls[0] > i
      if (calls[1] <= j) break
    }
  }
}

test('of two registries that back up into one folder at once one alone says it did, and that one comes back', async () => {
  const one = await world()
  const two = await world({ seed: 7, blobs: openMemoryBlobs({ files: freshDisk() }) })
  await one.s.push(one.s.piece('of one', 100_000))
  await two.s.push(two.s.piece('of two', 120_000))
  const had = await Promise.all([one, two].map(lasting))
  const seen = new Set<string>()
  await everywhere(5, async (at) => {
    const { files, directory } = folder()
    const ended = await interleaved([one, two], directory, at)
    const what = `${at}: ${ended.first} ${ended.second}`
    assert.ok(!(ended.first && ended.second), what)
    seen.add(`${ended.first} ${ended.second}`)
    if (!ended.first && !ended.second) assert.equal(files.has('backup.json'), false, what)
    else {
      const again = await putBack(one, directory).catch((error: unknown) => assert.fail(`${what}: ${error}`))
      assert.equal(again.report.sound, true, what)
      assert.deepEqual(await lasting(again), had[ended.first ? 0 : 1], what)
      assert.equal(files.has('backup.claim'), false, what)
    }
    return ended
  })
  assert.ok(seen.has('true false') && seen.has('false true'), `${[...seen]}`)
})

test('of two backups of one registry into one folder at once, the folder has a whole one wherever they meet', async () => {
  const outcomes = new Set<string>()
  await everywhere(13, async (at) => {
    const w = await world()
    const push = async (label: string): Promise<Piece> => {
      const piece = w.s.piece(label, 100_000)
      await w.s.push(piece)
      return piece
    }
    const to = folder()
    const pieces = [await push('a'), await push('b')]
    const states = [await lasting(w)]
    await backUp(w.s.test, to.directory)
    const change = async (label: string): Promise<void> => {
      await w.s.test.clock.advance(1)
      await w.s.registry.blobs.delete(w.s.caller, app, (pieces.shift() as Piece).digest)
      await push(label)
      states.push(await lasting(w))
    }
    await change('c')
    const ended = await interleaved([w, w], to.directory, at, () => change('d'))
    const again = await putBack(w, openMemoryDirectory(to.files)).catch((error: unknown) =>
      assert.fail(`${at}: ${error}`),
    )
    assert.equal(again.report.sound, true)
    await checkInvariants(again.s.test.core)
    const found = await lasting(again)
    const state = states.findIndex((each) => isDeepStrictEqual(each, found))
    const what = `${at}: ${ended.first} ${ended.second}: ${state}`
    if (ended.second) assert.equal(state, 2, what)
    // The first may take its snapshot before the change or after it.
    else if (ended.first) assert.ok(state >= 1, what)
    else assert.ok(state >= 0, what)
    outcomes.add(`${ended.first} ${ended.second}`)
    return ended
  })
  assert.ok(outcomes.has('true true') && outcomes.has('false true'), `${[...outcomes]}`)
})
