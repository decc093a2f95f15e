import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import { usual } from './world.ts'

/** What cannot be said: whoever makes text of it is thrown at. */
const unsayable: readonly unknown[] = [
  Object.create(null),
  {
    toString: () => {
      throw new Error('not to be said')
    },
  },
  Object.defineProperty(new Error('x'), 'stack', {
    get: () => {
      throw new Error('not to be looked at')
    },
  }),
  Symbol('x'),
]

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate)
}

test('what a listener fails with is warned of whatever it is, and others go on listening', async () => {
  const backend = new MemoryBackend({ jobs: false })
  await backend.connect()
  const registry = new RegistryManager(backend)
  const warned = mock.method(process, 'emitWarning', () => {})
  try {
    for (const thrown of unsayable) {
      registry.on('*', () => Promise.reject(thrown))
      registry.on('*', () => {
        throw thrown
      })
    }
    const heard: string[] = []
    registry.on('*', ({ kind }) => heard.push(kind))
    await registry.create(usual)
    await until(() => heard.length === 1 && warned.mock.callCount() === 2 * unsayable.length)
    for (const { arguments: given } of warned.mock.calls) {
      const [warning] = given as unknown as [unknown]
      assert.ok(typeof warning === 'string' && warning !== '', typeof warning)
    }
  } finally {
    warned.mock.restore()
    await backend.disconnect()
  }
})

test('an onError that fails itself is warned of, and others go on listening', async () => {
  const backend = new MemoryBackend({ jobs: false })
  await backend.connect()
  const failing: readonly (() => unknown)[] = [
    () => {
      throw new Error('thrown')
    },
    () => Promise.reject(new Error('rejected')),
  ]
  for (const onError of failing) {
    const registry = new RegistryManager(backend, undefined, undefined, { onError: onError as () => void })
    const warned = mock.method(process, 'emitWarning', () => {})
    try {
      const end = registry.on('*', () => Promise.reject(new Error('of the listener')))
      const heard: string[] = []
      registry.on('*', ({ kind }) => heard.push(kind))
      await registry.create(usual)
      await until(() => heard.length === 1 && warned.mock.callCount() === 1)
      await registry.create(usual)
      await until(() => heard.length === 2 && warned.mock.callCount() === 2)
      end()
      assert.match(String(warned.mock.calls[0]?.arguments.at(0)), /Error: (thrown|rejected)/)
    } finally {
      warned.mock.restore()
    }
  }
  await backend.disconnect()
})
