import assert from 'node:assert/strict'
import { test } from 'node:test'
import { declaredTable } from '../../../src/adapters/store/shared/declared.ts'
import { checkKeyBytes } from '../../../src/adapters/store/shared/key-bytes.ts'
import { schema } from '../../../src/boot/schema.ts'
import {
  checkKeyText,
  checkMetadata,
  cutToKey,
  longestKeyText,
} from '../../../src/core/artifacts/check-metadata.ts'
import { defaultLimits } from '../../../src/core/ledger/limits.ts'
import { longestKindName } from '../../../src/domain/kind-name.ts'
import { maxMediaType } from '../../../src/domain/media-type.ts'
import { maxRepositoryName } from '../../../src/domain/repository-name.ts'
import { maxTagLength } from '../../../src/domain/tag.ts'
import { longestReference } from '../../../src/kinds/reference.ts'

const uuid = 36
const digest = 'sha512:'.length + 128
const word = 40
/** The most bytes of what a caller can put into a column of a key or an order; of others, what Lading makes itself. */
const longest: Readonly<Record<string, number>> = {
  name: longestKeyText,
  author: longestKeyText,
  organization: longestKeyText,
  term: longestKeyText,
  user: longestKeyText,
  owner: longestKeyText,
  target: longestReference,
  artifactType: maxMediaType,
  namespace: maxRepositoryName,
  slug: maxRepositoryName,
  tag: maxTagLength,
  version: maxTagLength,
  kind: longestKindName,
  digest,
  subject: digest,
  manifest: digest,
  relation: word,
}

test('the longest texts that are legal fit into every key and order of every table', () => {
  for (const table of schema.tables.map(declaredTable)) {
    const row = Object.fromEntries(
      table.columns.map(({ name, type }) => [name, type === 'text' ? 'x'.repeat(longest[name] ?? uuid) : 0]),
    )
    checkKeyBytes(table, row)
  }
})

test('a text of a key is bounded in bytes as well, whatever characters are allowed', () => {
  const limits = { ...defaultLimits, titleLength: 1_000, termLength: 1_000 }
  const [most, more] = ['長'.repeat(longestKeyText / 3), '長'.repeat(longestKeyText / 3 + 1)]
  assert.equal(checkKeyText(most, 'userId', 1_000), most)
  for (const field of ['name', 'author', 'organization'] as const) {
    assert.equal(checkMetadata({ name: 'x', [field]: most }, limits)[field], most)
    assert.throws(() => checkMetadata({ name: 'x', [field]: more }, limits), /longer than 1200 bytes/)
  }
  for (const field of ['topics', 'skills'] as const)
    assert.throws(() => checkMetadata({ name: 'x', [field]: [more] }, limits), /longer than 1200 bytes/)
  // Of fields that no list is ordered by, characters alone count.
  assert.equal(checkMetadata({ name: 'x', homepage: more }, limits).homepage, more)
  // What an image says of itself is cut, between two characters.
  assert.equal(cutToKey(more), most)
  assert.equal(cutToKey(`x${more}`), `x${'長'.repeat(longestKeyText / 3 - 1)}`)
})
