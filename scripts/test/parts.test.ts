import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../pinned-node.js'
import { choose, dealt, partOf, parts, testFiles } from './parts.ts'

const files = [
  'conformance/clients/crane.test.ts',
  'scripts/test/parts.test.ts',
  'server/test/adapters/store/memory.contract.test.ts',
  'server/test/architecture/house.test.ts',
  'server/test/contract/store.test.ts',
  'server/test/core/gc.model.test.ts',
  'server/test/domain/digest.test.ts',
  'server/test/end-to-end/push.test.ts',
  'server/test/ports/store/mutants.test.ts',
]

function chosen(...words: string[]): Record<string, readonly string[]> {
  return Object.fromEntries(choose(words, files).map(({ part, files }) => [part.name, files]))
}

test('every test file belongs to one part', () => {
  assert.deepEqual(files.map(partOf), [
    'conformance',
    'unit',
    'contract',
    'architecture',
    'contract',
    'model',
    'unit',
    'end-to-end',
    'mutants',
  ])
})

test('a word inside a name makes no part', () => {
  assert.equal(partOf('server/test/domain/contractor.test.ts'), 'unit')
  assert.equal(partOf('server/test/kinds/model-card.test.ts'), 'unit')
  assert.equal(partOf('server/test/kinds/model/card.test.ts'), 'unit')
})

test('without a word every part runs, the empty ones too', () => {
  assert.deepEqual(
    choose([], files).map(({ part }) => part.name),
    [
      'types',
      'lint',
      'architecture',
      'unit',
      'contract',
      'mutants',
      'fuzz',
      'model',
      'end-to-end',
      'engines',
      'conformance',
    ],
  )
  assert.deepEqual(
    choose([], files)
      .flatMap(({ files }) => files)
      .sort(),
    files,
  )
})

test('parts, files and folders can be asked for', () => {
  assert.deepEqual(chosen('lint', 'model'), { lint: [], model: ['server/test/core/gc.model.test.ts'] })
  assert.deepEqual(chosen('./server/test/co'), {
    contract: ['server/test/contract/store.test.ts'],
    model: ['server/test/core/gc.model.test.ts'],
  })
})

test('a word that names nothing is refused', () => {
  assert.throws(() => chosen('unit', 'unti'), /no part and no test file is called unti/)
})

test('the files are those of the checkout, this one among them', () => {
  const found = testFiles(new URL('../..', import.meta.url).pathname)
  assert.ok(found.includes('scripts/test/parts.test.ts'))
  assert.ok(!found.some((path) => path.includes('node_modules')))
})

test('files are dealt out, each once, to no more processes than there are files', () => {
  assert.deepEqual(dealt(['a', 'b', 'c', 'd', 'e'], 2), [
    ['a', 'c', 'e'],
    ['b', 'd'],
  ])
  assert.deepEqual(dealt(['a'], 2), [['a']])
  assert.deepEqual(dealt([], 2), [])
})

test('files that share a process have no hooks that would be those of all others too', () => {
  const shared = parts.flatMap((part) => ('together' in part && part.together === true ? [part.name] : []))
  const together = testFiles(root).filter((file) => shared.includes(partOf(file) ?? ''))
  assert.ok(together.length > 100)
  for (const file of together)
    assert.doesNotMatch(readFileSync(join(root, file), 'utf8'), /^(?:before|after)Each\(/m, file)
})
