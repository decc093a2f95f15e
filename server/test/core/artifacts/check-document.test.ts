import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkDocument } from '../../../src/core/artifacts/check-document.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import { kindsByName } from '../../../src/kinds/kinds.ts'

const limits = { documentBytes: 10_000, customDepth: 8, dependencies: 3 }

async function check(document: unknown, source = ''): Promise<string> {
  const kind = kindsByName().get('persona')
  assert.ok(kind)
  try {
    const { facts } = await checkDocument(kind, document, Buffer.from(source), limits)
    return facts.dependencies.map(({ target }) => target).join(' ')
  } catch (error) {
    assert.ok(isRegistryError(error, 'artifact-invalid'), String(error))
    return `${error.data.field}: ${error.data.reason}`
  }
}

describe('the document of a version', () => {
  it('needs as many others as it may, and no more', async () => {
    const needed = (count: number): string[] => Array.from({ length: count }, (_, at) => `acme/a${at}`)
    assert.equal(await check({ extends: needed(3) }), 'acme/a0 acme/a1 acme/a2')
    assert.equal(await check({ extends: needed(2), skills: ['acme/b'] }), 'acme/a0 acme/a1 acme/b')
    const tooMany = 'document: it needs more than 3 others (limits.dependencies)'
    assert.equal(await check({ extends: needed(4) }), tooMany)
    assert.equal(await check({ extends: needed(500) }), tooMany)
    assert.equal(await check({ extends: needed(3) }, 'import { A } from "@acme/base"'), tooMany)
  })

  it('is told the first of what is wrong, and how much more there is', async () => {
    assert.equal(
      await check({ tone: '', role: 3, extend: [] }),
      'document/extend: there is no such member; did you mean extends? (and 2 more)',
    )
    assert.equal(await check({ tone: '' }), 'document/tone: it is empty')
  })
})
