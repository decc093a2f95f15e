import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqliteSearch } from '../../../src/adapters/search/sqlite/open-sqlite-search.ts'
import { foldText } from '../../../src/core/search/text/fold.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import { asked, build, documentOf, firstMark, phrase, word } from '../../../src/ports/search/suite/harness.ts'
import { RandomSearch } from '../../kit/random-search.ts'

const seed = Number(process.env['LADING_FUZZ_SEED'] ?? randomInt(2 ** 31))
const isOfWord = /^[\p{L}\p{N}\p{M}]$/u

/** Letters, numbers and marks of the whole of Unicode, folded as the registry does. */
function signs(random: RandomSearch): readonly string[] {
  const found = new Set<string>()
  while (found.size < 400) {
    const sign = String.fromCodePoint(random.among([random.number(0x3000), random.number(0x2_0000)]))
    for (const one of isOfWord.test(sign) ? foldText(sign) : '') if (isOfWord.test(one)) found.add(one)
  }
  return [...found]
}

test(`words of any signs are found as they are and as no others, seed ${seed}`, async () => {
  const random = new RandomSearch(seed)
  const all = signs(random)
  // Each sign alone, two of them, and neighbours that an engine might take for the same, or for two words.
  const words = [
    ...new Set(all.flatMap((sign) => [sign, `a${sign}`, `${sign}a`, sign + random.among(all), `a${sign}b`])),
  ]
  const folder = await mkdtemp(join(tmpdir(), 'lading-search-'))
  const engine = openSqliteSearch({ folder })
  try {
    await build(
      engine,
      words.map((text, at) =>
        documentOf(`d${at}`, { words: { name: text, description: `before ${text} after` } }),
      ),
    )
    for (const [at, text] of words.entries()) {
      const told = `${text} ${[...text].map((sign) => sign.codePointAt(0)?.toString(16)).join(' ')}`
      for (const clause of [word(text), phrase(`before ${text} after`)])
        assert.deepEqual(
          (await asked(engine, { clauses: [clause] })).hits.map(({ id }) => id),
          [`d${at}`],
          told,
        )
    }
    for (const sign of all) {
      const begun = words.flatMap((text, at) => (text.startsWith(sign) ? [`d${at}`] : []))
      const { hits, total } = await asked(engine, {
        clauses: [{ ...word(sign, true), fields: ['name'] }],
        sort: 'name',
        limit: 1_000,
      })
      assert.equal(total, begun.length)
      assert.deepEqual(
        hits.map(({ id }) => id),
        begun.toSorted().slice(0, 1_000),
        `${sign} ${sign.codePointAt(0)?.toString(16)}`,
      )
    }
  } finally {
    await engine.close()
    await rm(folder, { recursive: true })
  }
})

test('what keeps an index from being opened is told, and once it is gone the next who asks has an answer', async () => {
  const above = await mkdtemp(join(tmpdir(), 'lading-search-'))
  const folder = join(above, 'search')
  await writeFile(folder, 'in the way')
  const engine = openSqliteSearch({ folder })
  try {
    await assert.rejects(engine.mark(), SearchError)
    await assert.rejects(async () => await asked(engine), SearchError)
    await rm(folder)
    assert.equal(await engine.mark(), undefined)
    await build(engine, [documentOf('a')])
    assert.equal(await engine.mark(), firstMark)
    assert.equal((await asked(engine)).total, 1)
  } finally {
    await engine.close()
    await rm(above, { recursive: true })
  }
})
