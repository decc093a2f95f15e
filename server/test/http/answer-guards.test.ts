import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { madeCertificate } from '../cli/made-certificate.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { startTestRegistry } from '../kit/test-registry.ts'

/** Each header comes once: of two that differ browsers may take either. */
function only(answer: Answer, name: string): string | undefined {
  const values = answer.rawHeaders.filter(
    (_, at) => answer.rawHeaders[at - 1]?.toLowerCase() === name && at % 2,
  )
  assert.ok(values.length <= 1, `${name}: ${values.join(' | ')}`)
  return values[0]
}

describe('what browsers are told of every answer', () => {
  const programs = [
    '/v2/',
    '/v2/a/b/tags/list',
    '/api/v1/me',
    '/api/v1/nothing',
    '/token',
    '/healthz',
    '/metrics',
    '/nowhere',
  ]
  const pages = ['/', '/login', '/problems', '/r/a/b', '/account']

  it('is that it is what it says, runs nothing, and is shown nowhere else', async () => {
    await using registry = await startTestRegistry()
    for (const path of [...programs, ...pages]) {
      const answer = await ask(registry.url, { path })
      assert.equal(only(answer, 'x-content-type-options'), 'nosniff', path)
      assert.equal(only(answer, 'cross-origin-resource-policy'), 'same-origin', path)
      const policy = only(answer, 'content-security-policy') ?? ''
      assert.match(policy, /default-src 'none'/, path)
      assert.match(policy, /frame-ancestors 'none'/, path)
      assert.doesNotMatch(policy, /unsafe|script-src/)
      assert.equal(policy.includes('sandbox'), programs.includes(path), path)
      assert.equal(only(answer, 'strict-transport-security'), undefined)
    }
  })

  it('is to come by TLS alone where that is set, and said over TLS', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lading-hsts-'))
    const gate = { strictTransport: 86_400_000, proxies: ['192.0.2.1'] }
    try {
      const tls = madeCertificate(folder, 'own')
      await using secure = await startTestRegistry({ tls, gate })
      const ca = await readFile(tls.cert, 'utf8')
      for (const path of ['/', '/v2/', '/nowhere'])
        assert.equal(only(await ask(secure.url, { path, ca }), 'strict-transport-security'), 'max-age=86400')
      await using plain = await startTestRegistry({ gate })
      const forged = { 'X-Forwarded-Proto': 'https' }
      const told = await ask(plain.url, { path: '/', headers: forged })
      assert.equal(only(told, 'strict-transport-security'), undefined)
      await using behind = await startTestRegistry({ gate: { ...gate, proxies: ['127.0.0.1'] } })
      const brought = await ask(behind.url, { path: '/', headers: forged })
      assert.equal(only(brought, 'strict-transport-security'), 'max-age=86400')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
