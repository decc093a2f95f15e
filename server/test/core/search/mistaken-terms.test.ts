import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRegistryError } from '../../../src/domain/error.ts'
import { searchWorld } from './kit.ts'

async function refusal(work: Promise<unknown>): Promise<readonly [parameter: string, reason: string]> {
  try {
    await work
  } catch (error) {
    assert.ok(isRegistryError(error, 'parameter-invalid'), String(error))
    return [error.data.parameter, error.data.reason]
  }
  assert.fail('it was answered')
}

test('a kind that there is not is refused with those that there are, wherever it is asked for', async () => {
  await using world = await searchWorld()
  await world.publish({ one: 'some pages' })
  const kinds = [...world.test.core.kinds.keys()].join(', ')
  const near = `there is no kind “skil”; there are ${kinds}; did you mean skill?`
  assert.deepEqual(await refusal(world.search('pages kind:skil')), ['q', near])
  assert.deepEqual(await refusal(world.search('type:"skil"')), ['q', near])
  assert.deepEqual(await refusal(world.search({ facets: { kind: ['image', 'skil'] } })), ['kind', near])
  const [, far] = await refusal(world.search(`kind:${'x'.repeat(500)}`))
  assert.equal(far, `there is no kind “${'x'.repeat(40)}…”; there are ${kinds}`)
  assert.deepEqual(await world.names({ text: 'kind:PERSONA', facets: { kind: ['Persona', 'image'] } }), [
    'one',
  ])
})

test('a term that is nearly a known one is searched as words, and the answer says what may have been meant', async () => {
  await using world = await searchWorld()
  await world.publish({ 'one of pages': 'some', one: 'some pages', two: 'kindd persona of a kind' })
  const meant: Readonly<Record<string, string>> = {
    'pages kindd:persona': 'pages kind:persona',
    'kindd:persona': 'kind:persona',
    'Licens:"MIT or so" pages': 'license:"MIT or so" pages',
    'tags:x': 'tag:x',
    'star:>10': 'stars:>10',
    'create:>=2026-01-01': 'created:>=2026-01-01',
    'titel:page nmae:one': 'title:page name:one',
    'titel:pagws': 'title:pages',
  }
  for (const [text, suggestion] of Object.entries(meant))
    assert.equal((await world.search(text)).suggestion, suggestion, text)
  assert.deepEqual(await world.names('kindd:persona'), ['two'])
})

test('what has a colon and is no term stays what it is', async () => {
  await using world = await searchWorld()
  await world.publish({
    one: 'std::vector node:fs https://example.com/type',
    two: 'crate:serde and types::list',
  })
  const plain = [
    ...[
      'std::vector',
      'node:fs',
      'https://example.com/type',
      'crate:serde',
      'types::list',
      'kindd://persona',
    ],
    ...['colour:red', 'kindd:', 'kindd:nothing', '-kindd:persona', ':kindd', 'kind:persona'],
  ]
  for (const text of plain) assert.equal((await world.search(text)).suggestion, undefined, text)
  assert.deepEqual(await world.names('std::vector'), ['one'])
  assert.deepEqual(await world.names('node:fs'), ['one'])
  assert.deepEqual(await world.names('crate:serde'), ['two'])
})
