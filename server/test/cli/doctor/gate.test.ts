import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gateCheck } from '../../../src/cli/doctor/gate.ts'
import { freePort } from '../../kit/servers/free-port.ts'
import { patientWith, told } from './patient.ts'

test('a proxy that nobody believes, and one that anybody is', async () => {
  assert.deepEqual(await told(gateCheck, patientWith()), [])
  const behind = { 'public-url': 'https://registry.example' }
  assert.match(
    (await told(gateCheck, patientWith(behind)))[0] ?? '',
    /^warning: a proxy stands before this registry, and is not believed/,
  )
  assert.deepEqual(await told(gateCheck, patientWith({ ...behind, 'gate-proxies': '10.0.0.0/8' })), [])
  for (const range of ['0.0.0.0/0', '::/0', '10.0.0.1,128.0.0.0/1'])
    assert.match(
      (await told(gateCheck, patientWith({ 'gate-proxies': range })))[0] ?? '',
      /^problem: gate\.proxies has .*\/[01]: anybody may say/,
    )
})

test('a Redis for rates that does not answer', async () => {
  const port = await freePort()
  const [found = ''] = await told(
    gateCheck,
    patientWith({ 'rates-redis': `redis://u:hunter2@127.0.0.1:${port}` }),
  )
  assert.match(
    found,
    /^warning: Redis at 127\.0\.0\.1:\d+ cannot be used: .*; each process counts by itself$/,
  )
  assert.doesNotMatch(found, /hunter2/)
})
