import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { hashPassword } from '../../src/adapters/identity/shared/hash-password.ts'
import { openEngines } from '../../src/boot/engines.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { inputOf } from '../config/given-config.ts'

test('passwords are compared with those of the configuration where it names somebody, and with none otherwise', async () => {
  const users = [{ name: 'ada', passwordHash: await hashPassword('asp', { ln: 4, r: 8, p: 1 }) }]
  for (const named of [[], users]) {
    const folder = await mkdtemp(join(tmpdir(), 'lading-configured-'))
    const loaded = loadConfig(
      inputOf({ flags: { data: folder, threads: '1' }, env: { LADING_USERS: JSON.stringify(named) } }),
    )
    assert.ok(!('mistakes' in loaded), JSON.stringify(loaded))
    const { identity, blobs, store } = await openEngines(loaded.config)
    try {
      assert.equal(identity === undefined, named.length === 0)
      assert.deepEqual(
        [await identity?.verify('ada', 'asp'), await identity?.verify('ada', 'other')],
        [named.length === 0 ? undefined : 'ada', undefined],
      )
    } finally {
      await blobs.close()
      await store.close()
      await rm(folder, { recursive: true })
    }
  }
})
