import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { html } from '../../src/pages/home/html.ts'
import { shownSize, shownType } from '../../src/pages/home/shown.ts'
import { ask } from '../kit/http-client.ts'
import { startTestRegistry } from '../kit/test-registry.ts'
import { OciClient } from '../protocols/oci/requirements/oci-client.ts'

describe('the page at /', () => {
  it('lists repositories with their tags and how to use them', async () => {
    await using registry = await startTestRegistry({ publicUrl: 'https://registry.example.com' })
    const client = new OciClient(registry.url)
    const { digest } = await client.pushImage('acme/app', 'v1.0')
    const page = await ask(registry.url, { path: '/' })
    assert.equal(page.status, 200)
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8')
    for (const text of [
      'href="/r/acme/app"',
      'v1.0',
      digest.slice(0, 19),
      'docker push registry.example.com/',
      'datetime="2026-01-01T00:00:00Z"',
    ]) {
      assert.ok(page.text().includes(text), text)
    }
    const one = await ask(registry.url, { path: '/r/acme/app' })
    assert.equal(one.status, 200)
    assert.ok(one.text().includes('docker pull registry.example.com/acme/app:v1.0'))
    assert.equal((await ask(registry.url, { path: '/r/no/such' })).status, 404)
  })

  it('turns by links', async () => {
    await using registry = await startTestRegistry()
    const client = new OciClient(registry.url)
    for (let n = 10; n < 35; n++) await client.pushBlob(`acme/app${n}`, Buffer.from('{}'))
    const first = (await ask(registry.url, { path: '/' })).text()
    const next = /href="(\/\?last=[^"]+)" rel="next"/.exec(first)?.[1]
    assert.ok(next)
    const second = (await ask(registry.url, { path: next })).text()
    const named = (text: string): string[] =>
      [...text.matchAll(/<h3><a href="\/r\/([^"]+)"/g)].map((match) => match[1]!)
    assert.deepEqual(
      [...named(first), ...named(second)],
      Array.from({ length: 25 }, (_, n) => `acme/app${n + 10}`),
    )
    assert.ok(!second.includes('rel="next"'))
  })

  it('runs and loads nothing but its own style', async () => {
    await using registry = await startTestRegistry()
    const page = await ask(registry.url, { path: '/' })
    const style = /<style>([\s\S]*?)<\/style>/.exec(page.text())?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    const policy = String(page.headers['content-security-policy'])
    assert.ok(policy.startsWith(`default-src 'none'; style-src 'sha256-${hash}';`))
    assert.ok(!/<script|style="|onclick/.test(page.text()))
  })

  it('shows nothing that a visitor wrote as markup', async () => {
    await using registry = await startTestRegistry()
    const evil = '<img src=x onerror=alert(1)>"\''
    for (const path of [`/r/${encodeURIComponent(evil)}`, `/?last=${encodeURIComponent(evil)}`, '/']) {
      const page = await ask(registry.url, { path, headers: { Host: evil } })
      assert.ok(!page.text().includes('<img'), path)
    }
    assert.equal(html`<a title="${evil}">${[evil]}</a>`.text.includes('<img'), false)
  })

  it('asks for credentials where reading needs them', async () => {
    await using registry = await startTestRegistry({
      users: { rita: 'reads' },
      access: { read: ['rita'], write: ['rita'] },
    })
    for (const path of ['/', '/r/acme/app']) {
      const refused = await ask(registry.url, { path })
      assert.equal(refused.status, 401)
      assert.match(refused.headers['www-authenticate'] ?? '', /^Basic /)
    }
    assert.equal((await ask(registry.url, { path: '/', auth: 'rita:reads' })).status, 200)
    assert.equal((await ask(registry.url, { path: '/', auth: 'rita:wrong' })).status, 401)
  })
})

describe('what people read', () => {
  it('is short', () => {
    assert.deepEqual([0, 1, 1023, 1024, 1536, 1024 ** 3 * 250].map(shownSize), [
      '0 bytes',
      '1 byte',
      '1023 bytes',
      '1.0 KiB',
      '1.5 KiB',
      '250 GiB',
    ])
    assert.equal(shownType('application/vnd.cncf.helm.config.v1+json'), 'chart')
    assert.equal(shownType('application/x.note'), 'x.note')
  })
})
