import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../src/domain/digest-of.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { type Connection, startThreaded } from '../kit/threaded-server.ts'

const password = 'a sparrow counts its steps'
const auth = `ada:${password}`

test('what is set of a namespace, and who was made, holds in every thread from the answer on', async () => {
  await using server = await startThreaded({ threads: 3 })
  const [first, ...others] = server.connections
  assert.ok(first !== undefined && others.length === 2)
  const all = server.connections
  const token =
    /setup\?token=([\w-]+)/.exec(server.spawned.printed())?.[1] ?? assert.fail('no link was printed')
  const made = await ask(server.spawned.url, {
    method: 'POST',
    path: '/setup',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: server.spawned.url },
    body: new URLSearchParams({ token, name: 'ada', email: '', password }).toString(),
  })
  assert.equal(made.status, 303, made.text())
  const send = async (connection: Connection, line: string, body?: object): Promise<Answer> => {
    const [method = '', path = ''] = line.split(' ')
    const json = { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }
    return await connection.ask({ method, path: `/api/v1/${path}`, auth, ...(body && json) })
  }
  assert.equal((await send(first, 'POST organisations', { name: 'acme' })).status, 201)
  const push = async (connection: Connection, repository: string): Promise<number> => {
    const path = `/v2/${repository}/blobs/uploads/?digest=${digestOf(Buffer.from(repository))}`
    return (await connection.ask({ method: 'POST', path, body: repository, auth })).status
  }
  assert.equal(await push(first, 'acme/app'), 201)
  const pulled = async (): Promise<readonly number[]> => {
    const path = `/v2/acme/app/blobs/${digestOf(Buffer.from('acme/app'))}`
    return await Promise.all(all.map(async (connection) => (await connection.ask({ path })).status))
  }
  for (let round = 0; round < 10; round++) {
    const setter = all[round % all.length] ?? assert.fail()
    for (const [visibility, answer] of [
      ['public', 200],
      ['private', 401],
    ] as const) {
      assert.equal((await send(setter, 'PATCH namespaces/acme', { visibility })).status, 204)
      assert.deepEqual(await pulled(), [answer, answer, answer], `${visibility}, round ${round}`)
    }
  }
  assert.equal((await send(first, 'PATCH namespaces/acme', { quota: { repositories: 1 } })).status, 204)
  for (const [n, connection] of all.entries()) assert.equal(await push(connection, `acme/more-${n}`), 403)
  assert.equal((await send(first, 'PATCH namespaces/acme', { quota: { repositories: null } })).status, 204)
  for (const [n, connection] of all.entries()) assert.equal(await push(connection, `acme/more-${n}`), 201)
})
