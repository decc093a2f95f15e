import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { longestKindName, whyNotKindName } from '../../src/domain/kind-name.ts'
import { formatReference, parseReference } from '../../src/domain/reference.ts'
import {
  artifactNameOf,
  kindOf,
  namespaceOf,
  parseNamespace,
  parseRepositoryName,
} from '../../src/domain/repository-name.ts'
import {
  artifactKinds,
  isArtifactKind,
  isReservedName,
  kindsWithoutPrefix,
  protocolNames,
  reserveKinds,
} from '../../src/domain/reserved-names.ts'
import { refuses } from './refusal.ts'

function partsOf(text: string): string[] {
  const name = parseRepositoryName(text)
  return [name, kindOf(name), namespaceOf(name), artifactNameOf(name)]
}

describe('the kind file', () => {
  it('is no prefix: what is in a namespace called file stays there', () => {
    assert.deepEqual(partsOf('file/app'), ['file/app', 'image', 'file', 'app'])
    assert.deepEqual(partsOf('file/acme/app'), ['file/acme/app', 'image', 'file', 'acme/app'])
    assert.deepEqual(partsOf('model/file/app'), ['model/file/app', 'model', 'file', 'app'])
    assert.equal(parseNamespace('file'), 'file')
    assert.equal(isReservedName('file'), false)
    assert.deepEqual([...kindsWithoutPrefix], ['image', 'file'])
  })

  it('is a name that no other kind can have', () => {
    assert.match(whyNotKindName('file') ?? '', /reserved/)
  })
})

describe('kinds that are added', () => {
  it('stand before a namespace from then on, until they are taken back', () => {
    assert.deepEqual(partsOf('recipe/acme/pie'), ['recipe/acme/pie', 'image', 'recipe', 'acme/pie'])
    const release = reserveKinds(['recipe', 'lab-note'])
    try {
      assert.deepEqual(partsOf('recipe/acme/pie/deep'), [
        'recipe/acme/pie/deep',
        'recipe',
        'acme',
        'pie/deep',
      ])
      assert.deepEqual(partsOf('lab-note/acme/one'), ['lab-note/acme/one', 'lab-note', 'acme', 'one'])
      assert.deepEqual(partsOf('acme/recipe'), ['acme/recipe', 'image', 'acme', 'recipe'])
      assert.deepEqual(partsOf('recipe'), ['library/recipe', 'image', 'library', 'recipe'])
      refuses(() => parseRepositoryName('recipe/pie'), 'name-invalid', /recipe is a kind of artifact/)
      refuses(() => parseRepositoryName('model/recipe/pie'), 'name-invalid', /reserved/)
      refuses(() => parseNamespace('recipe'), 'name-invalid', /reserved/)
      assert.equal(formatReference(parseReference('recipe:acme/pie@^1')), 'recipe:acme/pie@^1')
    } finally {
      release()
    }
    assert.equal(isArtifactKind('recipe'), false)
    assert.deepEqual(partsOf('recipe/pie'), ['recipe/pie', 'image', 'recipe', 'pie'])
  })

  it('stay while one registry of the process has them', () => {
    const first = reserveKinds(['recipe', 'recipe'])
    const second = reserveKinds(['recipe'])
    first()
    first()
    assert.equal(isReservedName('recipe'), true)
    second()
    assert.equal(isReservedName('recipe'), false)
  })

  it('are words, and none that Lading has itself', () => {
    for (const name of ['recipe', 'lab-note', 'a', 'r2d2', 'a'.repeat(longestKindName)])
      assert.equal(whyNotKindName(name), undefined, name)
    for (const name of ['', 'Recipe', '2nd', 'a_b', 'a.b', 'a/b', '-a', 'a-', 'a b', 'é', '__proto__'])
      assert.match(whyNotKindName(name) ?? '', /no word of lower-case letters/, name)
    for (const name of [...artifactKinds, ...protocolNames, ...kindsWithoutPrefix, 'library'])
      assert.match(whyNotKindName(name) ?? '', /reserved for Lading itself; choose another name/, name)
    assert.match(whyNotKindName('a'.repeat(longestKindName + 1)) ?? '', /longer than 40/)
  })
})
