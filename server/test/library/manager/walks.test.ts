import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failure, onEachBackend } from './world.ts'

onEachBackend('a walk of dependencies', (open) => {
  test('begins at a version that there is', async () => {
    await using world = await open()
    const { registry } = world
    const module = { orgId: 'acme', type: 'module', published: true } as const
    await registry.create({ ...module, name: 'shapes', sourceCode: 'export const circle = 1\n' })
    const sourceCode = "import { circle } from 'module:acme/shapes@^0.1.0'\n"
    const { id } = await registry.create({ ...module, name: 'scenes', sourceCode })
    await registry.update(id, { version: '0.2.0', sourceCode: 'export const sun = 1\n' })
    const { steps } = await registry.dependencies(id, { version: '0.1.0' })
    assert.deepEqual(
      steps.map(({ name }) => name),
      ['module:acme/shapes'],
    )
    assert.deepEqual((await registry.dependencies(id, { version: '0.2.0' })).steps, [])
    for (const version of ['9.9.9', 'latest', '', 'x', `sha256:${'0'.repeat(64)}`])
      assert.equal(await failure(registry.dependencies(id, { version })), 'NotFoundError NOT_FOUND', version)
  })
})
