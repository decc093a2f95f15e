import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openGuardedOutgoing } from '../../src/adapters/outgoing/guarded/open-guarded-outgoing.ts'
import { trustAuthorities } from '../../src/boot/trust-authorities.ts'
import { AddressRanges } from '../../src/domain/address-ranges.ts'
import { madeCertificate } from '../cli/made-certificate.ts'

const settings = (ca: string | undefined) => ({
  outgoing: { ca, allow: [], timeout: 1, bytes: 1, redirects: 0 },
})

test('authorities of the operator are trusted beside the others, by all that asks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-ca-'))
  const { cert, key } = madeCertificate(folder, 'inside', 'DNS:inside.example,IP:127.0.0.1')
  const server = createServer({ cert: await readFile(cert), key: await readFile(key) }, (request, response) =>
    response.end(String(request.headers.host)),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const guarded = openGuardedOutgoing({
    allow: new AddressRanges(['127.0.0.1']),
    timeoutMs: 10_000,
    maxBytes: 1_000,
    maxRedirects: 0,
    resolve: async () => ['127.0.0.1'],
  })
  const asked = async (ask: (url: string) => Promise<Response>, host: string): Promise<string> =>
    await ask(`https://${host}:${port}/`).then(
      (response) => response.text(),
      (error) => String(error.cause?.code ?? error.cause),
    )
  try {
    trustAuthorities(settings(undefined))
    assert.equal(await asked(fetch, '127.0.0.1'), 'DEPTH_ZERO_SELF_SIGNED_CERT')
    trustAuthorities(settings(cert))
    assert.equal(await asked(fetch, '127.0.0.1'), `127.0.0.1:${port}`)
    assert.equal(await asked(guarded.fetch, 'inside.example'), `inside.example:${port}`)
    // An address that was looked at is still asked for by its name.
    assert.equal(await asked(guarded.fetch, 'other.example'), 'ERR_TLS_CERT_ALTNAME_INVALID')
    const { getCACertificates } = process.getBuiltinModule('node:tls')
    assert.ok(getCACertificates('default').length > getCACertificates('bundled').length)
    const empty = join(folder, 'empty.pem')
    await writeFile(empty, 'nothing')
    assert.throws(() => trustAuthorities(settings(empty)), /outgoing\.ca has no certificates/)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(folder, { recursive: true, force: true })
  }
})
