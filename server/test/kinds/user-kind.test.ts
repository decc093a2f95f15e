import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isRegistryError } from '../../src/domain/error.ts'
import { parseNamespace } from '../../src/domain/repository-name.ts'
import {
  artifactKinds,
  kindsWithoutPrefix,
  protocolNames,
  reserveKinds,
} from '../../src/domain/reserved-names.ts'
import { builtInKinds, kindsByName } from '../../src/kinds/kinds.ts'
import { repositoryOfKind } from '../../src/kinds/repository-of-kind.ts'
import { defineUserKind, type UserKind } from '../../src/kinds/user-kind.ts'

const recipe: UserKind = {
  name: 'recipe',
  about: 'How something is cooked',
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://example.org/recipe.schema.json',
    type: 'object',
    required: ['serves', 'steps'],
    additionalProperties: false,
    properties: {
      serves: { type: 'integer', minimum: 1 },
      code: { type: 'string', pattern: '^(?:[A-Z]+-?)+[0-9]$' },
      steps: { type: 'array', items: { $ref: '#/$defs/step' }, minItems: 1 },
      uses: { type: 'array', items: { type: 'string' } },
      base: { type: 'string' },
    },
    $defs: { step: { type: 'string', minLength: 1 } },
  },
  extension: 'md',
  needs: { uses: 'uses', base: 'extends' },
}

async function reasonOf(changes: Partial<UserKind>): Promise<string> {
  try {
    await defineUserKind({ ...recipe, ...changes })
  } catch (error) {
    assert.ok(isRegistryError(error, 'parameter-invalid'), String(error))
    return `${error.data.parameter}: ${error.data.reason}`
  }
  return 'it was taken'
}

describe('a kind of somebody’s own', () => {
  it('checks documents by its schema, and knows what they need', async () => {
    const kind = await defineUserKind(recipe)
    const good = {
      serves: 2,
      code: 'AB-C1',
      steps: ['Boil.'],
      uses: ['acme/stock@^1.2', '@acme/salt'],
      base: 'acme/soup',
    }
    assert.deepEqual(await kind.check(good, '', 5), [])
    assert.deepEqual(await kind.check(undefined, '', 5), [])
    assert.deepEqual(kind.facts(good, "import 'nothing'").dependencies, [
      { relation: 'uses', target: 'acme/stock', range: '^1.2' },
      { relation: 'uses', target: '@acme/salt', range: '' },
      { relation: 'extends', target: 'acme/soup', range: '' },
    ])
    assert.deepEqual(await kind.check({ serve: 0, steps: [''], code: 'x' }, '', 5), [
      { path: '/serves', reason: 'it is missing' },
      { path: '/serve', reason: 'there is no such member; did you mean serves?' },
      { path: '/code', reason: 'it does not match ^(?:[A-Z]+-?)+[0-9]$' },
      { path: '/steps/0', reason: 'it is empty' },
    ])
    assert.deepEqual(await kind.check({ serves: 1, steps: ['a'], uses: ['acme/a@soon'] }, '', 5), [
      {
        path: '/uses/0',
        reason: 'what follows the @ is no range of versions, such as ^1.2, ~1.2.3 or >=1 <3',
      },
    ])
    assert.equal(kind.fileName('deep/pie'), 'deep-pie.md')
    assert.equal(kind.textSource, true)
    assert.deepEqual(
      kind.install({ host: 'h', repository: 'recipe/acme/pie', slug: 'pie', version: '1.0.0' }),
      [{ what: 'oras', with: 'oras pull h/recipe/acme/pie:1.0.0' }],
    )
    assert.deepEqual([...kindsByName([kind]).keys()], [...builtInKinds.map(({ name }) => name), 'recipe'])
    assert.equal(kindsByName([kind]).get('recipe'), kind)
  })

  it('is what it was when it was defined', async () => {
    const schema = structuredClone(recipe.schema) as { properties: Record<string, unknown> }
    const kind = await defineUserKind({ ...recipe, schema })
    schema.properties = {}
    assert.deepEqual(await kind.check({ serves: 1, steps: ['a'] }, '', 5), [])
  })

  it('is refused where its name is taken, or no word', async () => {
    for (const name of [...artifactKinds, ...protocolNames, ...kindsWithoutPrefix])
      assert.equal(
        await reasonOf({ name }),
        `kind ${name}: ${name} is reserved for Lading itself; choose another name`,
      )
    for (const name of ['Recipe', 'a b', '', '1a'])
      assert.match(await reasonOf({ name }), /its name is no word of lower-case letters/)
    assert.equal((await reasonOf({ name: 'x'.repeat(1_000_000) })).length < 300, true)
  })

  it('is refused where its schema cannot be used, with where and what', async () => {
    const cases: [unknown, string][] = [
      [true, 'its schema is no JSON object'],
      [[], 'its schema is no JSON object'],
      [
        { type: 'objekt' },
        'its schema cannot be used: /type: it is none of array, boolean, integer, null, number, object, string; did you mean object?',
      ],
      [
        { properties: { a: { $ref: 'https://example.org/a.json' } } },
        'its schema cannot be used: /properties/a/$ref: "https://example.org/a.json" is elsewhere, and nothing is fetched: put it below $defs and write #/$defs/…',
      ],
      [{ pattern: '(' }, 'its schema cannot be used: /pattern: it is no regex'],
      [{ $ref: '#' }, 'its schema cannot be used: it refers to itself, for the same value'],
      [
        { minLength: -1, maxLength: -1 },
        'its schema cannot be used: /maxLength: it is less than 0; /minLength: it is less than 0',
      ],
    ]
    for (const [schema, reason] of cases) assert.equal(await reasonOf({ schema }), `kind recipe: ${reason}`)
    assert.equal(
      await reasonOf({ extension: '.md' }),
      'kind recipe: its extension is one to ten letters and digits, such as md, not ".md"',
    )
  })
})

describe('the repository of an artifact', () => {
  const acme = parseNamespace('acme')

  it('begins with its kind, where it is not one that OCI clients push without', async () => {
    assert.equal(repositoryOfKind('persona', acme, 'ada'), 'persona/acme/ada')
    assert.equal(repositoryOfKind('chart', acme, 'web'), 'chart/acme/web')
    assert.equal(repositoryOfKind('image', acme, 'web'), 'acme/web')
    assert.equal(repositoryOfKind('file', acme, 'deep/web'), 'acme/deep/web')
  })

  it('begins with a kind of somebody’s own while that is reserved, and else is not made', async () => {
    assert.throws(() => repositoryOfKind('recipe', acme, 'pie'), /the kind recipe was not reserved/)
    const release = reserveKinds(['recipe'])
    try {
      assert.equal(repositoryOfKind('recipe', acme, 'pie'), 'recipe/acme/pie')
    } finally {
      release()
    }
  })
})
