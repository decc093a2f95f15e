import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { generateKeyPair, SignJWT } from 'jose'
import { openGuardedOutgoing } from '../../src/adapters/outgoing/guarded/open-guarded-outgoing.ts'
import { openOutgoing } from '../../src/boot/open-outgoing.ts'
import type { WorkloadSetting } from '../../src/config/sign-in-config.ts'
import { documentType } from '../../src/core/artifacts/document-type.ts'
import { AddressRanges } from '../../src/domain/address-ranges.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { isPublicAddress } from '../../src/domain/public-address.ts'
import type { Outgoing } from '../../src/ports/outgoing/outgoing.ts'
import { readTree } from '../architecture/tree.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { password, type SignInWorld, startSignInWorld } from '../kit/sign-in-world.ts'
import { startTestRegistry } from '../kit/test-registry.ts'

/** Something on this machine that answers whoever asks it. */
interface Inside extends AsyncDisposable {
  readonly url: string
  readonly asked: string[]
}

async function startInside(): Promise<Inside> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.end('a secret of the inside')
  })
  server.on('connection', () => asked.push('a connection'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Of each sort that only this machine or its surroundings reach, written as people and attackers write it. */
const insides = [
  ...[
    '127.0.0.1',
    '127.255.255.254',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    'localhost',
    '0.0.0.0',
    '0',
  ],
  ...[
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.254',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '169.254.1.1',
  ],
  ...['192.0.0.170', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['[::]', '[::1]', '[fe80::1]', '[fc00::1]', '[fd00:ec2::254]', '[ff02::1]', '[::127.0.0.1]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[64:ff9b::7f00:1]', '[64:ff9b:1::1]', '[2002:7f00:1::]'],
  ...['[2002:a9fe:a9fe::]', '[2001:0:7f00:1::1]', '[2001:db8::1]'],
]

const ofWorkload: Omit<WorkloadSetting, 'issuer' | 'name'> = {
  ...{
    audience: 'registry',
    robot: 'acme/ci',
    permissions: undefined,
    lifetime: 900_000,
    reuse: false,
    require: {},
  },
}

/** A token that says that `url` made it, and has its keys. */
async function tokenOf(url: string): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256')
  return await new SignJWT({ iss: url, aud: 'registry', sub: 'x' })
    .setProtectedHeader({ alg: 'RS256', kid: url, jku: `${url}/jku`, x5u: `${url}/x5u` })
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey)
}

async function exchange({ registry }: SignInWorld, token: string): Promise<Answer> {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  }).toString()
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  return await ask(registry.url, { method: 'POST', path: '/oauth/token', headers, body })
}

describe('an address that somebody writes down', () => {
  it('is asked nowhere: the one way out for such addresses is guarded, and the other is the operator’s', async () => {
    const tree = await readTree(join(import.meta.dirname, '../../src'))
    const naming = (pattern: RegExp): readonly string[] =>
      [...tree]
        .filter(([path, text]) => pattern.test(text) && !path.startsWith('ports/'))
        .map(([path]) => path)
    assert.deepEqual(naming(/(?<![.\w`])fetch\(/), [
      'adapters/outgoing/configured/open-configured-outgoing.ts',
    ])
    const asking = naming(/\b(?:client|http|nodeHttps?(?:\(\))?)\.request\(/)
    assert.deepEqual(
      asking.filter((path) => !path.startsWith('cli/')),
      ['adapters/outgoing/guarded/ask-pinned.ts'],
    )
    assert.deepEqual(naming(/\bopenConfiguredOutgoing\(/), [
      'adapters/outgoing/configured/open-configured-outgoing.ts',
      'boot/open-outside.ts',
    ])
  })

  it('in anything that is pushed, sent or shown is asked by nobody', async () => {
    await using inside = await startInside()
    await using world = await startSignInWorld({
      people: {},
      workloads: (issuer) => [{ ...ofWorkload, issuer, name: 'ci' }],
    })
    const elsewhere: string[] = []
    const usual = world.fetch
    world.fetch = async (url, request) => {
      elsewhere.push(String(url))
      return await usual(url, request)
    }
    const { url, clock } = world.registry
    const auth = `root:${password}`
    const bytes = JSON.stringify({
      schema: { $schema: inside.url, $id: inside.url, $ref: `${inside.url}/x` },
    })
    const content = {
      digest: digestOf(Buffer.from(bytes)),
      size: bytes.length,
      urls: [`${inside.url}/layer`],
    }
    for (const type of [documentType('type'), 'application/vnd.oci.image.config.v1+json']) {
      const repository = `root/app-${type.length}`
      const push = `/v2/${repository}/blobs/uploads/?digest=${content.digest}`
      assert.equal((await ask(url, { method: 'POST', path: push, auth, body: bytes })).status, 201)
      const mediaType = 'application/vnd.oci.image.manifest.v1+json'
      const foreign = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'
      const names = ['url', 'source', 'documentation', 'base.name'].map(
        (name) => `org.opencontainers.image.${name}`,
      )
      const manifest = JSON.stringify({
        ...{ schemaVersion: 2, mediaType, config: { mediaType: type, ...content } },
        layers: [{ mediaType: foreign, ...content }],
        annotations: Object.fromEntries(names.map((name) => [name, inside.url])),
      })
      const path = `/v2/${repository}/manifests/v1`
      const put = await ask(url, {
        method: 'PUT',
        path,
        auth,
        headers: { 'Content-Type': mediaType },
        body: manifest,
      })
      assert.ok(put.status === 201 || put.status === 400, put.text())
      for (const shown of [
        path,
        `/r/${repository}`,
        `/v2/${repository}/blobs/${content.digest}`,
        '/api/v1/search?q=app',
      ])
        await ask(url, { path: shown, auth })
    }
    const token = await tokenOf(inside.url)
    assert.equal((await exchange(world, token)).status, 400)
    const to = encodeURIComponent(inside.url)
    const headers = {
      ...{
        Origin: inside.url,
        Referer: inside.url,
        'X-Forwarded-Host': inside.url,
        Forwarded: `host=${inside.url}`,
      },
      ...{ Authorization: `Bearer ${token}`, 'X-Original-URL': inside.url, Link: `<${inside.url}>` },
    }
    for (const path of [
      '/v2/',
      '/api/v1/me',
      '/token',
      '/',
      `/login?next=${to}`,
      `/sign-in/company?next=${to}`,
    ])
      await ask(url, {
        path: `${path}${path.includes('?') ? '&' : '?'}url=${to}&redirect_uri=${to}&iss=${to}`,
        headers,
      })
    await ask(url, { path: `/sign-in/company/callback?code=x&state=x&iss=${to}` })
    await ask(url, {
      method: 'POST',
      path: `/v2/root/other/blobs/uploads/?mount=${content.digest}&from=${to}`,
      auth,
    })
    await clock.advance(60_000)
    assert.deepEqual(inside.asked, [])
    // The provider of the configuration alone is asked, about itself.
    for (const one of elsewhere) assert.ok(one.startsWith(world.provider.issuer), one)
  })

  it('would be asked where every issuer were believed that a token names', async () => {
    await using inside = await startInside()
    await using world = await startSignInWorld({
      people: {},
      workloads: () => [{ ...ofWorkload, issuer: inside.url, name: 'ci' }],
    })
    assert.equal((await exchange(world, await tokenOf(inside.url))).status, 503)
    assert.ok(inside.asked.includes('GET /.well-known/openid-configuration'))
  })
})

describe('the way out for addresses that users name, as the configuration opens it', () => {
  const status = async (outgoing: Outgoing, url: string): Promise<string> =>
    await outgoing.fetch(url).then(
      ({ status: answered }) => `${answered}`,
      (error: { readonly kind?: string }) => String(error.kind),
    )

  it('leads to none of the addresses that only this machine and its surroundings reach', async () => {
    await using registry = await startTestRegistry()
    await using inside = await startInside()
    const { port } = new URL(inside.url)
    const outgoing = openOutgoing(registry.config)
    for (const host of insides)
      for (const scheme of ['http', 'https'])
        assert.equal(await status(outgoing, `${scheme}://${host}:${port}/`), 'refused', `${scheme} ${host}`)
    assert.deepEqual(inside.asked, [])
  })

  it('leads there where nothing is refused, by each spelling, by a name, and by a redirect', async () => {
    await using inside = await startInside()
    const away = createServer((_, response) => response.writeHead(302, { Location: inside.url }).end())
    await new Promise<void>((resolve) => away.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = new URL(inside.url)
      const all = openGuardedOutgoing({
        allow: new AddressRanges(['0.0.0.0/0', '::/0']),
        ...{ timeoutMs: 5_000, maxBytes: 1_000, maxRedirects: 3 },
        resolve: async () => ['127.0.0.1'],
      })
      for (const host of ['127.0.0.1', '127.1', '0x7f000001', '2130706433', '0177.0.0.1', 'any.name.example'])
        assert.equal(
          await (await all.fetch(`http://${host}:${port}/`)).text(),
          'a secret of the inside',
          host,
        )
      const led = await all.fetch(`http://127.0.0.1:${(away.address() as AddressInfo).port}/`)
      assert.equal(await led.text(), 'a secret of the inside')
    } finally {
      away.closeAllConnections()
      await new Promise((resolve) => away.close(resolve))
    }
  })

  it('takes no address for one of the Internet that is written in another family', () => {
    for (const [address, isPublic] of [
      ['8.8.8.8', true],
      ['2606:4700::1111', true],
      ['::ffff:8.8.8.8', true],
      ['::ffff:10.0.0.1', false],
      ['64:ff9b::808:808', true],
      ['64:ff9b::a00:1', false],
      ['2002:808:808::1', true],
      ['2002:a00:1::1', false],
      ['fe80::1%eth0', false],
      ['', false],
      ['localhost', false],
    ] as const)
      assert.equal(isPublicAddress(address), isPublic, address)
  })
})
