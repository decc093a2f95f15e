import assert from 'node:assert/strict'
import { isDigest, parseDigest } from '../../src/domain/digest.ts'
import {
  decodeForeignName,
  decodeForeignVersion,
  decodePackageName,
  encodeForeignName,
  encodeForeignVersion,
  encodePackageName,
} from '../../src/domain/foreign-name.ts'
import { formatReference, parseReference } from '../../src/domain/reference.ts'
import {
  artifactNameOf,
  isRepositorySegment,
  kindOf,
  namespaceOf,
  parseNamespace,
  parseRepositoryName,
  repositoryNameOf,
} from '../../src/domain/repository-name.ts'
import { isTag, parseTag, parseTagOrDigest } from '../../src/domain/tag.ts'
import { fuzz } from './fuzz.ts'

const sha256 = `sha256:${'0123456789abcdef'.repeat(4)}`
const sha512 = `sha512:${'0123456789abcdef'.repeat(8)}`

fuzz({
  name: 'repository-name',
  seeds: ['foo', 'acme/app', 'model/acme/llama', 'image/acme/app', 'acme/a-b/c__d/e.f'],
  tokens: ['a', '0', '.', '_', '__', '-', '--', '/', 'model/', 'npm/', 'library/', 'a-', 'a.', 'a_'],
  read(text) {
    const name = parseRepositoryName(text)
    assert.equal(parseRepositoryName(name), name)
    assert.equal(repositoryNameOf(kindOf(name), namespaceOf(name), artifactNameOf(name)), name)
    assert.equal(parseNamespace(namespaceOf(name)), namespaceOf(name))
    return true
  },
})

fuzz({
  name: 'tag',
  seeds: ['latest', '1.2.3', '_a', 'v1.0.0-rc.1', sha256],
  tokens: ['a', '0', '.', '_', '-', ':', 'sha256:'],
  read(text) {
    const found = parseTagOrDigest(text)
    if (found.kind === 'tag') assert.ok(isTag(text) && parseTag(text) === text)
    else assert.equal(found.digest, text)
    return true
  },
})

fuzz({
  name: 'digest',
  seeds: [sha256, sha512],
  tokens: ['sha256:', 'sha512:', 'a', '0', ':', '+', '.', '_', '-', '=', 'F', 'a+', 'a.'],
  read(text) {
    assert.equal(parseDigest(text), text)
    assert.ok(isDigest(text))
    return true
  },
})

fuzz({
  name: 'reference',
  seeds: [
    'foo',
    'acme/app@1.2.3-rc.1+b',
    'localhost:5000/acme/app:v1',
    `h.io/model:acme/llama:1@${sha256}`,
    '@scope/name@^1.2',
    'h.io/users/ann/app@>=1 <2 || 3.x',
    'acme/users@tsv:1732186200-users-042',
    'acme/users@2026-01-02T03:04:05.6+01:00',
    '[::1]:80/a/b',
  ],
  tokens: [
    'a',
    '0',
    '.',
    '-',
    '_',
    '/',
    ':',
    '@',
    'tsv:',
    'sha256:',
    '^',
    '||',
    ' - ',
    'users/',
    'model:',
    '[',
    ']',
    'a.',
    'x',
    '*',
    ':1',
  ],
  read(text) {
    const reference = parseReference(text)
    assert.deepEqual(parseReference(formatReference(reference)), reference)
    return true
  },
})

fuzz({
  name: 'foreign-name',
  seeds: ['lodash', '@babel/core', '@Foo/Bar', 'x__46oo', '1.0.0+build', 'zx__c3__bc'],
  tokens: [
    'a',
    'x',
    'z',
    'F',
    '_',
    '__',
    '__2b',
    '__46',
    '__c3',
    '__bc',
    '__ff',
    '.',
    '-',
    '@',
    '/',
    '+',
    'ü',
  ],
  read(text) {
    if (isRepositorySegment(text)) assert.equal(encodeForeignName(decodeForeignName(text)), text)
    if (isTag(text)) assert.equal(encodeForeignVersion(decodeForeignVersion(text)), text)
    const name = encodePackageName(text)
    assert.equal(decodePackageName(name.namespace, name.name), text)
    assert.equal(decodeForeignVersion(encodeForeignVersion(text)), text)
    return true
  },
})
