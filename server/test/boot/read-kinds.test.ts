import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { readKinds } from '../../src/boot/read-kinds.ts'
import type { KindSetting } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { inputOf } from '../config/given-config.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-kinds-'))
})
after(() => rm(folder, { recursive: true, force: true }))

async function setting(text: string): Promise<KindSetting> {
  const schema = join(folder, 'recipe.schema.json')
  await writeFile(schema, text)
  return {
    name: 'recipe',
    schema,
    about: 'How something is cooked',
    extension: 'md',
    needs: { uses: 'uses' },
  }
}

describe('the kinds of a configuration', () => {
  it('are read from their files', async () => {
    const [kind, ...others] = await readKinds([await setting('{"required":["serves"]}')])
    assert.deepEqual(others, [])
    assert.deepEqual(
      [kind?.name, kind?.about, kind?.fileName('pie')],
      ['recipe', 'How something is cooked', 'pie.md'],
    )
    assert.deepEqual(await kind?.check({}, '', 5), [{ path: '/serves', reason: 'it is missing' }])
    assert.deepEqual(kind?.facts({ uses: 'acme/a' }, '').dependencies.length, 1)
    assert.deepEqual(await readKinds([]), [])
  })

  it('are refused with the file, the place in it and what to do', async () => {
    const refusal = async (text: string): Promise<string> => {
      const given = await setting(text)
      const failed = await readKinds([given]).then(
        () => undefined,
        (error: unknown) => error,
      )
      assert.ok(failed instanceof Error && failed.cause === undefined)
      return failed.message.replaceAll(given.schema, 'FILE')
    }
    const advice = '. Mend FILE, or take recipe out of kinds in the configuration'
    assert.equal(
      await refusal('{"properties":{"a":{"minLength":-1}}}'),
      `the kind recipe cannot be used: its schema cannot be used: /properties/a/minLength: it is less than 0${advice}`,
    )
    assert.equal(
      await refusal('{"$ref":"https://example.org/a.json"}'),
      `the kind recipe cannot be used: its schema cannot be used: /$ref: "https://example.org/a.json" is elsewhere, and nothing is fetched: put it below $defs and write #/$defs/…${advice}`,
    )
    assert.match(
      await refusal('{'),
      /^the kind recipe cannot be used: it cannot be read \(.+\)\. Mend FILE, or take/,
    )
    const gone = { ...(await setting('{}')), schema: join(folder, 'gone.json') }
    await assert.rejects(
      readKinds([gone]),
      /the kind recipe cannot be used: it cannot be read \(ENOENT.+\)\. Mend .+gone\.json, or/,
    )
  })

  it('are those of the guide, which does what it says', async () => {
    const page = await readFile(join(import.meta.dirname, '../../../docs/guide/kinds.md'), 'utf8')
    const files = Object.fromEntries(
      Array.from(page.matchAll(/^cat > (\S+) <<'EOF'\n(.*?)^EOF$/gms), ([, name = '', text = '']) => [
        join(folder, name),
        text,
      ]),
    )
    assert.equal(Object.keys(files).length, 2)
    for (const [name, text] of Object.entries(files)) await writeFile(name, text)
    const loaded = loadConfig({ ...inputOf({ files }), cwd: folder })
    assert.ok('config' in loaded, JSON.stringify(loaded))
    const [recipe] = await readKinds(loaded.config.kinds)
    const good = {
      serves: 2,
      course: 'main',
      time: '40min',
      steps: ['Boil.'],
      ingredients: ['acme/stock@^1'],
    }
    assert.deepEqual(await recipe?.check(good, '', 5), [])
    assert.deepEqual(recipe?.facts(good, '').dependencies, [
      { relation: 'uses', target: 'acme/stock', range: '^1' },
    ])
    assert.deepEqual(await recipe?.check({ ...good, time: 'soon', course: 'mian', step: [] }, '', 5), [
      { path: '/step', reason: 'there is no such member; did you mean steps?' },
      { path: '/course', reason: 'it is none of starter, main, dessert; did you mean main?' },
      { path: '/time', reason: 'it does not match ^[0-9]+(min|h)$, as "40min" does' },
    ])
  })
})
