import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { kindOf, shownType } from '../../src/pages/home/artifact-kind.ts'
import { shownSize } from '../../src/pages/home/shown.ts'
import { html } from '../../src/pages/shared/html.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { startTestRegistry } from '../kit/test-registry.ts'
import { until } from '../kit/until.ts'
import { indexType, OciClient } from '../protocols/oci/requirements/oci-client.ts'

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

  it('is led to from an address at which there is nothing, and so is the page of a repository', async () => {
    await using registry = await startTestRegistry()
    await new OciClient(registry.url).pushImage('acme/app', 'v1.0')
    const at = (path: string, accept: string, method = 'GET'): Promise<Answer> =>
      ask(registry.url, { method, path, headers: { Accept: accept } })
    const browsers = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
    for (const path of ['/acme/app', '/acme/app:v1.0', '/acme/app@sha256:00', '/acme/app/', '/no/such']) {
      const page = await at(path, browsers)
      assert.deepEqual([page.status, page.headers['content-type']], [404, 'text/html; charset=utf-8'])
      assert.match(String(page.headers.vary), /Accept/)
      assert.ok(page.text().includes('<a href="/">'))
      assert.ok(page.text().includes(String(page.headers['x-request-id'])))
      const name = path === '/no/such' ? 'no/such' : 'acme/app'
      assert.ok(page.text().includes(`<a href="/r/${name}">`), path)
    }
    for (const path of ['/wp-login.php/%3Cscript%3E', '/%00', '/%', '/A/B', `/${'a'.repeat(2000)}`]) {
      const page = await at(path, browsers)
      assert.equal(page.status, 404)
      assert.ok(!page.text().includes('/r/') && !page.text().includes('<script>'), path)
    }
    assert.equal((await at('/acme/app', browsers, 'HEAD')).body.length, 0)
    for (const [accept, method] of [
      ['*/*', 'GET'],
      ['application/json', 'GET'],
      [browsers, 'POST'],
    ] as const) {
      const told = await at('/acme/app', accept, method)
      assert.deepEqual([told.status, told.json().code], [404, 'path-unknown'])
    }
  })

  it('has a box to search by where something can be searched with, and none elsewhere', async () => {
    for (const engine of ['store', 'none'] as const) {
      await using registry = await startTestRegistry({ search: { engine } })
      await new OciClient(registry.url).pushImage('acme/app', 'v1.0')
      for (const path of ['/', '/r/acme/app', '/r/no/such']) {
        const text = (await ask(registry.url, { path })).text()
        assert.equal(text.includes('role="search"'), engine === 'store', path)
      }
      const asked = await ask(registry.url, { path: '/?q=app' })
      assert.equal(asked.status, engine === 'store' ? 200 : 501)
      assert.equal(asked.text().includes('role="search"'), engine === 'store')
    }
  })

  it('says plainly where nothing is searched, here and to programs, and reports no fault', async () => {
    await using registry = await startTestRegistry({ search: { engine: 'none' } })
    const plain = 'this registry does not search: its operator has switched that off (search.engine)'
    assert.ok((await ask(registry.url, { path: '/?q=app' })).text().includes(`<p role="alert">${plain}</p>`))
    for (const path of ['/api/v1/search?q=app', '/api/v1/suggest?q=app']) {
      const said = await ask(registry.url, { path })
      const { title, detail, code, parameter } = said.json()
      assert.deepEqual(
        [said.status, title, detail, code, parameter],
        [501, 'Search off', plain, 'search-off', undefined],
      )
    }
    const faults = registry.telemetry.lines.filter(({ level }) => level === 'error' || level === 'warn')
    assert.deepEqual(faults, [])
  })

  it('leads from what was found to where it was pushed', async () => {
    await using registry = await startTestRegistry()
    const client = new OciClient(registry.url)
    const { config, ...chart } = await client.image('charts/greeter')
    const mediaType = 'application/vnd.cncf.helm.config.v1+json'
    await client.putManifest('charts/greeter', '0.1.0', { ...chart, config: { ...config, mediaType } })
    let page = ''
    await until(async () => {
      page = (await ask(registry.url, { path: '/?q=greeter' })).text()
      return page.includes('class="hit"')
    })
    const links = [...page.matchAll(/<h3><a href="([^"]+)"/g)].map((match) => match[1])
    assert.deepEqual(links, ['/r/charts/greeter'])
    assert.equal((await ask(registry.url, { path: '/r/charts/greeter' })).status, 200)
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

/** What the blocks of commands say, by the title above them. */
function commandsOf(page: string): Record<string, string[]> {
  const blocks = page.matchAll(/<summary>(.+?) <span[\s\S]*?<code>([\s\S]*?)<\/code><\/pre>/g)
  return Object.fromEntries([...blocks].map((match) => [match[1]!, match[2]!.split('\n')]))
}

describe('the commands to copy', () => {
  it('begin with the login of each tool where writing wants credentials', async () => {
    const access = { read: 'anyone', write: ['rita'] } as const
    for (const [publicUrl, plain] of [
      ['https://r.example', ''],
      ['http://r.example', ' --plain-http'],
    ] as const) {
      await using registry = await startTestRegistry({ users: { rita: 'writes' }, access, publicUrl })
      const home = (await ask(registry.url, { path: '/' })).text()
      const first = Object.entries(commandsOf(home)).map(([title, lines]) => [title, lines[0]])
      const logins = {
        'Docker, Podman': 'docker login r.example',
        ORAS: `oras login${plain} r.example`,
        Helm: `helm registry login r.example${plain}`,
        crane: 'crane auth login r.example -u your-name --password-stdin',
      }
      assert.deepEqual(Object.fromEntries(first), logins)
      assert.equal(home.includes('<code>--tls-verify=false</code>'), plain !== '')
      await new OciClient(registry.url, 'rita:writes').pushImage('acme/app', 'v1')
      assert.deepEqual(commandsOf((await ask(registry.url, { path: '/r/acme/app' })).text()), {
        'Docker, Podman': [logins['Docker, Podman'], 'docker pull r.example/acme/app:v1'],
        crane: [logins.crane, 'crane manifest r.example/acme/app:v1'],
      })
    }
  })

  it('want no login where anyone may write', async () => {
    await using registry = await startTestRegistry()
    assert.ok(!(await ask(registry.url, { path: '/' })).text().includes('login'))
  })

  it('are those of the tools that fit what is there', async () => {
    await using registry = await startTestRegistry({ publicUrl: 'https://r.example' })
    const client = new OciClient(registry.url)
    const config = Buffer.from('{}')
    const withConfig = async (repository: string, mediaType: string): Promise<object> => ({
      config: { mediaType, digest: await client.pushBlob(repository, config), size: config.length },
    })
    const image = await client.pushImage('acme/index', 'first')
    const { mediaType, digest, size } = image
    const index = { schemaVersion: 2, mediaType: indexType, manifests: [{ mediaType, digest, size }] }
    await client.putManifest('acme/index', 'a', index, indexType)
    const chart = await withConfig('acme/chart', 'application/vnd.cncf.helm.config.v1+json')
    await client.pushImage('acme/chart', '1.0.0_b1', chart)
    await client.pushImage('acme/report', 'v1', await withConfig('acme/report', 'text/vnd.acme.report'))
    const cases: [name: string, type: string, commands: Record<string, string[]>][] = [
      [
        'acme/index',
        'index',
        {
          'Docker, Podman': ['docker pull r.example/acme/index:a'],
          crane: ['crane manifest r.example/acme/index:a'],
        },
      ],
      [
        'acme/chart',
        'chart',
        {
          Helm: ['helm pull oci://r.example/acme/chart --version 1.0.0+b1'],
          crane: ['crane manifest r.example/acme/chart:1.0.0_b1'],
        },
      ],
      [
        'acme/report',
        'text/vnd.acme.report',
        {
          ORAS: ['oras pull r.example/acme/report:v1'],
          crane: ['crane manifest r.example/acme/report:v1'],
        },
      ],
    ]
    for (const [name, type, commands] of cases) {
      const page = (await ask(registry.url, { path: `/r/${name}` })).text()
      assert.deepEqual(commandsOf(page), commands)
      assert.equal(page.match(/<details open>/g)?.length, 1)
      assert.match(page, new RegExp(`class="type soft" title="[^"]+">${type} <code`))
    }
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
  })

  it('calls a type by its name, or shows it as it is', () => {
    const image = 'application/vnd.oci.image.manifest.v1+json'
    const cases: [mediaType: string, artifactType: string, kind: string, shown?: string][] = [
      [image, 'application/vnd.oci.image.config.v1+json', 'image'],
      [
        'application/vnd.docker.distribution.manifest.v2+json',
        'application/vnd.docker.container.image.v1+json',
        'image',
      ],
      [image, 'application/vnd.cncf.helm.config.v1+json', 'chart'],
      ['application/vnd.oci.image.index.v1+json', '', 'index'],
      ['application/vnd.docker.distribution.manifest.list.v2+json', '', 'index'],
      ['application/vnd.oci.image.index.v1+json', 'application/x.set', 'other', 'application/x.set'],
      [image, 'text/vnd.acme.report', 'other', 'text/vnd.acme.report'],
      ['application/x.note', '', 'other', 'application/x.note'],
    ]
    for (const [mediaType, artifactType, kind, shown = kind] of cases) {
      const types = { mediaType, artifactType }
      assert.deepEqual([kindOf(types), shownType(types)], [kind, shown])
    }
  })
})
