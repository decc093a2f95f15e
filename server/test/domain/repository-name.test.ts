import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isRegistryError } from '../../src/domain/error.ts'
import {
  artifactNameOf,
  defaultNamespace,
  isRepositorySegment,
  kindOf,
  maxRepositoryName,
  namespaceOf,
  parseNamespace,
  parseRepositoryName,
  repositoryNameOf,
} from '../../src/domain/repository-name.ts'
import { artifactKinds, isReservedName, protocolNames } from '../../src/domain/reserved-names.ts'
import { paths, segments } from './names.ts'
import { refuses } from './refusal.ts'

/** The distribution spec's own expression for the whole of a name. */
const specification = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/

describe('repository name', () => {
  it('is canonical: what it parses to parses to itself, and is built again from its parts', () => {
    let accepted = 0
    fc.assert(
      fc.property(paths, (path) => {
        const name = parsedOrUndefined(path)
        if (name === undefined) return
        accepted++
        assert.equal(parseRepositoryName(name), name)
        assert.equal(repositoryNameOf(kindOf(name), namespaceOf(name), artifactNameOf(name)), name)
        assert.equal(parseNamespace(namespaceOf(name)), namespaceOf(name))
        assert.match(name, specification)
        assert.ok(name.endsWith(path.slice(path.lastIndexOf('/') + 1)))
      }),
    )
    assert.ok(accepted > 20, `only ${accepted} of the generated paths were names`)
  })

  it('takes exactly the segments of the specification', () => {
    fc.assert(fc.property(segments, (segment) => isRepositorySegment(segment)))
    const near = fc.string({ unit: fc.constantFrom(...'aA0._-/'), maxLength: 8 })
    fc.assert(
      fc.property(near, (text) => {
        assert.equal(isRepositorySegment(text), specification.test(text) && !text.includes('/'))
      }),
    )
  })

  it('puts one segment into the default namespace, whatever word it is', () => {
    for (const word of ['foo', 'model', 'npm', 'v2', 'library']) {
      assert.equal(parseRepositoryName(word), `library/${word}`)
    }
    assert.equal(parseRepositoryName('library/foo'), parseRepositoryName('foo'))
    assert.equal(defaultNamespace, 'library')
  })

  it('reads kind, namespace and name off a path', () => {
    const parts = (text: string): string[] => {
      const name = parseRepositoryName(text)
      return [name, kindOf(name), namespaceOf(name), artifactNameOf(name)]
    }
    assert.deepEqual(parts('acme/app'), ['acme/app', 'image', 'acme', 'app'])
    assert.deepEqual(parts('acme/team-a/app'), ['acme/team-a/app', 'image', 'acme', 'team-a/app'])
    assert.deepEqual(parts('model/acme/llama'), ['model/acme/llama', 'model', 'acme', 'llama'])
    assert.deepEqual(parts('chart/library/a/b'), ['chart/library/a/b', 'chart', 'library', 'a/b'])
    assert.deepEqual(parts('image/acme/app'), ['acme/app', 'image', 'acme', 'app'])
    assert.deepEqual(parts('acme/model'), ['acme/model', 'image', 'acme', 'model'])
  })

  it('keeps every kind and protocol free of namespaces', () => {
    for (const kind of artifactKinds) {
      refuses(() => parseRepositoryName(`${kind}/name`), 'name-invalid', /is a kind of artifact/)
      refuses(() => parseRepositoryName(`model/${kind}/name`), 'name-invalid', /reserved and not a namespace/)
      refuses(() => parseNamespace(kind), 'name-invalid', /reserved/)
    }
    for (const protocol of protocolNames) {
      refuses(() => parseRepositoryName(`${protocol}/name`), 'name-invalid', /name of a protocol/)
      refuses(() => parseRepositoryName(`${protocol}/acme/name`), 'name-invalid', /name of a protocol/)
      refuses(() => parseRepositoryName(`model/${protocol}/name`), 'name-invalid', /reserved/)
      refuses(() => parseNamespace(protocol), 'name-invalid', /reserved/)
    }
    assert.equal(isReservedName('acme'), false)
  })

  it('says what is wrong with a name', () => {
    refuses(() => parseRepositoryName(''), 'name-invalid', /empty segment/)
    refuses(() => parseRepositoryName('acme//app'), 'name-invalid', /empty segment/)
    refuses(() => parseRepositoryName('Acme/app'), 'name-invalid', /lower case/)
    refuses(() => parseRepositoryName('acme/a..b'), 'name-invalid', /joined by one of/)
    refuses(() => parseRepositoryName('acme/../etc'), 'name-invalid', /joined by one of/)
    refuses(() => parseNamespace('acme/app'), 'name-invalid', /one segment/)
  })

  it('has a longest length, which the default namespace counts towards', () => {
    const longest = `acme/${'a'.repeat(maxRepositoryName - 5)}`
    assert.equal(parseRepositoryName(longest), longest)
    refuses(() => parseRepositoryName(`${longest}a`), 'name-invalid', /longer than 229/)
    refuses(() => parseRepositoryName('a'.repeat(maxRepositoryName)), 'name-invalid', /with its namespace/)
    refuses(() => parseNamespace('a'.repeat(maxRepositoryName + 1)), 'name-invalid', /longer than/)
  })
})

function parsedOrUndefined(path: string): ReturnType<typeof parseRepositoryName> | undefined {
  try {
    return parseRepositoryName(path)
  } catch (error) {
    assert.ok(isRegistryError(error, 'name-invalid'))
    return undefined
  }
}
