import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { withOwnMarks } from '../../../src/core/search/own-marks.ts'
import { overriding } from '../../../src/domain/overriding.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'

/** One index, as two registries see it. */
function seenBy(engine: SearchEngine, registry: string, era: string): SearchEngine {
  return withOwnMarks(engine, async () => ({ registry, era }))
}

const shared = (): SearchEngine => overriding(openMemorySearch(), { can: { shared: true, durable: true } })

async function build(engine: SearchEngine, mark: string): Promise<void> {
  await using rebuilding = await engine.rebuild()
  await rebuilding.finish(mark)
}

const isAnothers = (error: unknown): boolean =>
  error instanceof SearchError && error.kind === 'refused' && /search\.index/.test(error.message)

test('an index of an earlier log is to be built, and one of this log has its mark', async () => {
  const engine = shared()
  const now = seenBy(engine, 'ours', 'second')
  assert.equal(await now.mark(), undefined)
  await build(seenBy(engine, 'ours', 'first'), '[1]')
  assert.equal(await now.mark(), undefined)
  await build(now, '[2]')
  assert.equal(await now.mark(), '[2]')
  assert.equal(await now.apply([], '[2]', '[3]'), 'applied')
  assert.equal(await now.apply([], '[2]', '[4]'), 'moved')
  assert.equal(await now.mark(), '[3]')
})

test('an index of another registry is left to that one, until it is taken over by will', async () => {
  const engine = shared()
  const [ours, theirs] = [seenBy(engine, 'ours', 'one'), seenBy(engine, 'theirs', 'one')]
  await build(theirs, '[7]')
  await assert.rejects(ours.mark(), isAnothers)
  assert.equal(await theirs.mark(), '[7]')
  await build(ours, '[1]')
  assert.equal(await ours.mark(), '[1]')
  await assert.rejects(theirs.mark(), isAnothers)
})

test('an index that nobody else can have is built anew, whatever it was of', async () => {
  const engine = openMemorySearch()
  await build(seenBy(engine, 'theirs', 'one'), '[7]')
  assert.equal(await seenBy(engine, 'ours', 'one').mark(), undefined)
})
