import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ask } from '../kit/http-client.ts'
import { serveMutant } from '../kit/mutant-doors.ts'
import { startTestRegistry } from '../kit/test-registry.ts'

const browser = { 'Accept-Language': 'en' }

describe('a registry that listens on its own machine alone', () => {
  it('answers no page in a browser that calls it by a name which somebody else may own', async () => {
    await using registry = await startTestRegistry()
    for (const host of [
      'evil.example.com',
      'evil.example.com:7070',
      'evil.example.com.',
      'localhost.evil.com',
    ]) {
      for (const sign of [
        browser,
        { 'Accept-Language': '' },
        { 'Accept-Language': '*' },
        { 'Sec-Fetch-Site': 'same-origin' },
        { Origin: `http://${host}` },
      ]) {
        const headers = { Host: host, ...sign }
        const read = await ask(registry.url, { path: '/v2/', headers })
        assert.equal(read.status, 403, `${host} ${JSON.stringify(sign)}`)
        assert.match(read.json().errors[0].message, /set publicUrl or access\.hosts$/)
        const path = '/v2/acme/app/blobs/uploads/'
        assert.equal((await ask(registry.url, { method: 'POST', path, headers })).status, 403)
      }
    }
  })

  it('answers such a page where nobody asks by which name it calls', async () => {
    await using registry = await startTestRegistry()
    await using mutant = await serveMutant(registry, {
      listen: ({ gate = {}, ...options }) => {
        const { own: _, ...rest } = gate
        return { ...options, gate: rest }
      },
    })
    const headers = { ...browser, Host: 'evil.example.com', Origin: 'http://evil.example.com' }
    assert.equal((await ask(mutant.url, { path: '/v2/', headers })).status, 200)
    const path = '/v2/acme/app/blobs/uploads/'
    assert.equal((await ask(mutant.url, { method: 'POST', path, headers })).status, 202)
  })

  it('answers every program, whatever it calls it', async () => {
    await using registry = await startTestRegistry()
    for (const host of ['registry.example.com', 'evil.example.com', 'a..b', '']) {
      const { status } = await ask(registry.url, { path: '/v2/', headers: { Host: host } })
      assert.equal(status, 200, host)
    }
  })

  it('answers a page under an address, and under a name that nobody can register', async () => {
    await using registry = await startTestRegistry()
    for (const host of [
      '127.0.0.1:7070',
      '[::1]:7070',
      '192.168.1.7',
      'localhost:7070',
      'LOCALHOST',
      'app.localhost',
      'registry:5000',
      'laptop.local',
      'host.docker.internal:7070',
      'nas.home.arpa',
    ]) {
      const { status } = await ask(registry.url, { path: '/v2/', headers: { Host: host, ...browser } })
      assert.equal(status, 200, host)
    }
  })

  it('answers a page under its own names', async () => {
    await using registry = await startTestRegistry({
      publicUrl: 'https://registry.example.com:8443',
      access: { hosts: ['other.example.com'] },
    })
    for (const [host, wanted] of [
      ['registry.example.com:8443', 200],
      ['Registry.example.com', 200],
      ['other.example.com', 200],
      ['example.com', 403],
    ] as const) {
      const { status } = await ask(registry.url, { path: '/', headers: { Host: host, ...browser } })
      assert.equal(status, wanted, host)
    }
  })
})
