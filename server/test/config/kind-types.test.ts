import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KindSetting } from '../../src/config/config.ts'
import { longestKindSchema } from '../../src/config/kind-checks.ts'
import { kinds } from '../../src/config/kind-types.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { artifactKinds, protocolNames } from '../../src/domain/reserved-names.ts'
import { type GivenConfig, inputOf } from './given-config.ts'

const files = { '/here/recipe.schema.json': '{"type":"object"}', '/here/sub/note.json': '{}' }

function read(given: GivenConfig): readonly KindSetting[] {
  const loaded = loadConfig(inputOf(given))
  assert.ok(!('mistakes' in loaded), JSON.stringify(loaded))
  return loaded.config.kinds
}

function mistakes(yaml: string, more: Readonly<Record<string, string>> = {}): string[] {
  const loaded = loadConfig(inputOf({ files: { ...files, ...more, '/here/lading.yaml': yaml } }))
  assert.ok('mistakes' in loaded, 'it was taken')
  return loaded.mistakes.map(({ where, message }) => `${where}: ${message}`)
}

const recipe: KindSetting = {
  name: 'recipe',
  schema: '/here/recipe.schema.json',
  about: 'How something is cooked',
  extension: 'md',
  needs: { uses: 'uses', base: 'extends' },
}

test('kinds are read from a file and from the environment, with what is not said filled in', () => {
  const yaml = `
kinds:
  - name: recipe
    schema: recipe.schema.json
    about: How something is cooked
    extension: md
    needs: { uses: uses, base: extends }
  - { name: lab-note, schema: ./sub/note.json }
`
  const note = {
    name: 'lab-note',
    schema: '/here/sub/note.json',
    about: 'Artifacts of the kind lab-note',
    extension: 'txt',
    needs: {},
  }
  assert.deepEqual(read({ files: { ...files, '/here/lading.yaml': yaml } }), [recipe, note])
  const given = JSON.stringify([{ ...recipe, schema: './recipe.schema.json' }])
  assert.deepEqual(read({ files, env: { LADING_KINDS: given } }), [recipe])
  assert.deepEqual(read({ files, flags: { kinds: given } }), [recipe])
  assert.deepEqual(read({}), [])
  const complain = (message: string): undefined => assert.fail(message)
  assert.deepEqual(kinds.read(kinds.write([recipe, note]), { base: '/', complain }), [recipe, note])
})

test('what is wrong with a kind is told where it stands', () => {
  const list =
    'kinds wants a list of at most 50 kinds, each { name, schema, about, extension, needs }, such as [{ name: recipe, schema: ./recipe.schema.json }], not '
  const named = 'wants a word of at most 40 of a-z 0-9 and hyphens, such as recipe, not'
  const word = 'its name is no word of lower-case letters and digits, with hyphens between them'
  const cases: [string, string[]][] = [
    ['kinds: recipe', [`lading.yaml:1: ${list}"recipe"`]],
    ['kinds: {}', [`lading.yaml:1: ${list}{}`]],
    ['kinds: [recipe]', ['lading.yaml:1: kinds[0] wants { name, schema, about, extension, needs }']],
    [
      'kinds:\n  - {}',
      [
        `lading.yaml:2: kinds[0].name ${named} undefined`,
        'lading.yaml:2: kinds[0].schema is missing: it wants the path of a JSON Schema file, such as ./recipe.schema.json',
      ],
    ],
    [
      'kinds:\n  - name: Recipe\n    schema: a.json',
      [`lading.yaml:2: kinds[0].name ${named} "Recipe": ${word}`],
    ],
    ['kinds:\n  - name: 3\n    schema: a.json', [`lading.yaml:2: kinds[0].name ${named} 3`]],
    [
      'kinds:\n  - { name: recipe, schema: 3 }',
      ['lading.yaml:2: kinds[0].schema wants a path, such as ./lading-data or /var/lib/lading, not 3'],
    ],
    [
      'kinds:\n  - { name: recipe, schema: recipe.schema.json, zzzzzzzz: md }',
      ['lading.yaml:2: kinds[0].zzzzzzzz has no "zzzzzzzz"'],
    ],
    [
      'kinds:\n  - { name: recipe, schema: recipe.schema.json, extention: md }',
      ['lading.yaml:2: kinds[0].extention has no "extention"; did you mean extension?'],
    ],
    [
      'kinds:\n  - { name: recipe, schema: recipe.schema.json, extension: .md }',
      ['lading.yaml:2: kinds[0].extension wants one to ten letters and digits, such as md, not ".md"'],
    ],
    [
      'kinds:\n  - { name: recipe, schema: recipe.schema.json, about: "" }',
      ['lading.yaml:2: kinds[0].about wants a sentence of at most 200 characters, not ""'],
    ],
    [
      'kinds:\n  - { name: recipe, schema: recipe.schema.json, needs: [uses] }',
      [
        'lading.yaml:2: kinds[0].needs wants at most 20 members of the document with what they mean, such as { ingredients: uses }, not ["uses"]',
      ],
    ],
    [
      'kinds:\n  - { name: recipe, schema: recipe.schema.json, needs: { uses: "To Use" } }',
      ['lading.yaml:2: kinds[0].needs.uses wants a word of a-z and hyphens, such as uses, not "To Use"'],
    ],
    [
      'kinds:\n  - { name: recipe, schema: recipe.schema.json }\n  - { name: recipe, schema: sub/note.json }',
      ['lading.yaml:3: kinds[1].name names the kind recipe a second time'],
    ],
  ]
  for (const [yaml, expected] of cases) {
    const told = mistakes(yaml).map((one) => one.replace('/here/', ''))
    assert.deepEqual(told, expected, yaml)
  }
  for (const name of [...artifactKinds, ...protocolNames, 'file', 'library']) {
    assert.deepEqual(mistakes(`kinds: [{ name: ${name}, schema: recipe.schema.json }]`).length, 1, name)
    assert.match(
      mistakes(`kinds: [{ name: ${name}, schema: recipe.schema.json }]`)[0] ?? '',
      /is reserved for Lading itself; choose another name/,
      name,
    )
  }
  const many = Array.from({ length: 51 }, (_, at) => ({ name: `k${at}`, schema: 'recipe.schema.json' }))
  assert.match(mistakes(JSON.stringify({ kinds: many }))[0] ?? '', /at most 50 kinds/)
})

test('a schema file is there, small enough, and holds an object', () => {
  const yaml = 'kinds: [{ name: recipe, schema: own.json }]'
  const told = (text: string): string[] => mistakes(yaml, { '/here/own.json': text })
  const start = 'lading.yaml:1: kinds wants a JSON Schema file for recipe: /here/own.json'
  const without = (all: string[]): string[] => all.map((one) => one.replace(/^\/here\//, ''))
  assert.deepEqual(without(mistakes(yaml)), [`${start} cannot be read (ENOENT: /here/own.json)`])
  assert.deepEqual(without(told('[]')), [`${start} is no JSON object, as a schema is`])
  assert.match(without(told('{"type":'))[0] ?? '', /own\.json is no JSON \(/)
  assert.deepEqual(without(told('['.repeat(101))), [`${start} has too many brackets open at a time`])
  const long = `{"a":"${'a'.repeat(longestKindSchema)}"}`
  assert.deepEqual(without(told(long)), [
    `${start} has ${long.length} characters; a schema has at most 1048576`,
  ])
})

test('a kind has no rules of a namespace', () => {
  const yaml =
    'kinds: [{ name: recipe, schema: recipe.schema.json }]\nnamespaces: { recipe: { quota: { bytes: 1 } } }'
  const [only, ...more] = mistakes(yaml)
  assert.deepEqual(more, [])
  assert.match(
    only ?? '',
    /lading\.yaml:2: namespaces has rules for recipe, which is a kind and so no namespace/,
  )
})
