import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { collect } from '../../../src/core/gc/collect.ts'
import { emptyTrash } from '../../../src/core/gc/empty-trash.ts'
import { expireUploads } from '../../../src/core/gc/expire-uploads.ts'
import { sweep } from '../../../src/core/gc/sweep.ts'
import { digestOf } from '../../../src/domain/digest-of.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import { BlobsError, type BlobsErrorKind } from '../../../src/ports/blobs/errors.ts'
import { StoreError, type StoreErrorKind } from '../../../src/ports/store/errors.ts'
import type { BlobsCall } from '../../kit/faulty-blobs.ts'
import type { Answer, Ask } from '../../kit/http-client.ts'
import { RawConnection } from '../../kit/raw-connection.ts'
import { app, type Bench, faultBench, largeBytes } from './fault-bench.ts'

interface Operation {
  readonly name: string
  readonly request: (bench: Bench) => Ask
  /** Its answer where nothing fails; and again, where it was answered before. */
  readonly status: number
  readonly writes: boolean
  /** Calls of the blob engine that it makes. */
  readonly blobs: readonly BlobsCall[]
}

const fresh = (length: number): Buffer => Buffer.alloc(length, `fresh content of ${length} bytes. `)
const push = (length: number): Ask => {
  const body = fresh(length)
  return { method: 'POST', path: `${app}/blobs/uploads/?digest=${digestOf(body)}`, body }
}
const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const annotated = ({ image }: Bench): Buffer =>
  Buffer.from(JSON.stringify({ ...JSON.parse(image.manifest.bytes.toString()), annotations: { a: 'b' } }))

/** Of every use case of the registry, one request that reaches it. */
const operations: readonly Operation[] = [
  { name: 'push of a small blob', request: () => push(1000), status: 201, writes: true, blobs: [] },
  {
    name: 'push of a large blob',
    request: () => push(largeBytes),
    status: 201,
    writes: true,
    blobs: ['append', 'seal'],
  },
  {
    name: 'next chunk',
    request: ({ upload }) => ({ method: 'PATCH', path: upload, body: fresh(largeBytes) }),
    status: 202,
    writes: true,
    blobs: ['length', 'append'],
  },
  {
    name: 'end of an upload',
    request: ({ upload, begun }) => ({ method: 'PUT', path: `${upload}?digest=${digestOf(begun)}` }),
    status: 201,
    writes: true,
    blobs: ['length', 'seal'],
  },
  {
    name: 'status of an upload',
    request: ({ upload }) => ({ path: upload }),
    status: 204,
    writes: false,
    blobs: ['length'],
  },
  {
    name: 'cancelled upload',
    request: ({ upload }) => ({ method: 'DELETE', path: upload }),
    status: 204,
    writes: true,
    blobs: [],
  },
  {
    name: 'mount',
    request: ({ loose }) => ({
      method: 'POST',
      path: `/v2/acme/other/blobs/uploads/?mount=${loose.digest}&from=acme/app`,
    }),
    status: 201,
    writes: true,
    blobs: [],
  },
  {
    name: 'push of a manifest',
    request: (bench) => ({
      method: 'PUT',
      path: `${app}/manifests/v2`,
      headers: { 'Content-Type': manifestType },
      body: annotated(bench),
    }),
    status: 201,
    writes: true,
    blobs: [],
  },
  {
    name: 'move of a tag',
    request: ({ image }) => ({
      method: 'PUT',
      path: `${app}/manifests/v3`,
      headers: { 'Content-Type': manifestType },
      body: image.manifest.bytes,
    }),
    status: 201,
    writes: true,
    blobs: [],
  },
  {
    name: 'deletion of a tag',
    request: () => ({ method: 'DELETE', path: `${app}/manifests/v1` }),
    status: 202,
    writes: true,
    blobs: [],
  },
  {
    name: 'deletion of a manifest',
    request: ({ image }) => ({ method: 'DELETE', path: `${app}/manifests/${image.manifest.digest}` }),
    status: 202,
    writes: true,
    blobs: [],
  },
  {
    name: 'deletion of a blob',
    request: ({ loose }) => ({ method: 'DELETE', path: `${app}/blobs/${loose.digest}` }),
    status: 202,
    writes: true,
    blobs: [],
  },
  {
    name: 'pull of a manifest',
    request: () => ({ path: `${app}/manifests/v1` }),
    status: 200,
    writes: false,
    blobs: [],
  },
  {
    name: 'look at a manifest',
    request: () => ({ method: 'HEAD', path: `${app}/manifests/v1` }),
    status: 200,
    writes: false,
    blobs: [],
  },
  {
    name: 'pull of a blob',
    request: ({ loose }) => ({ path: `${app}/blobs/${loose.digest}` }),
    status: 200,
    writes: false,
    blobs: ['open'],
  },
  {
    name: 'look at a blob',
    request: ({ loose }) => ({ method: 'HEAD', path: `${app}/blobs/${loose.digest}` }),
    status: 200,
    writes: false,
    blobs: [],
  },
  {
    name: 'list of tags',
    request: () => ({ path: `${app}/tags/list` }),
    status: 200,
    writes: false,
    blobs: [],
  },
  {
    name: 'list of repositories',
    request: () => ({ path: '/v2/_catalog' }),
    status: 200,
    writes: false,
    blobs: [],
  },
  {
    name: 'list of referrers',
    request: ({ image }) => ({ path: `${app}/referrers/${image.manifest.digest}` }),
    status: 200,
    writes: false,
    blobs: [],
  },
]

interface Told {
  readonly status: number
  readonly code: string
  readonly retries: boolean
}

const unavailable: Told = { status: 503, code: 'UNAVAILABLE', retries: true }
const storeFaults: Readonly<Partial<Record<StoreErrorKind, Told>>> = {
  transient: unavailable,
  denied: unavailable,
  full: { status: 507, code: 'UNAVAILABLE', retries: true },
}
const blobFaults: Readonly<Partial<Record<BlobsErrorKind, Told>>> = {
  transient: unavailable,
  denied: unavailable,
  permanent: unavailable,
  full: { status: 507, code: 'UNAVAILABLE', retries: true },
}

/** In the protocol's form, with when to come back; and the operator has heard of it, with the cause. */
function assertTold(bench: Bench, answer: Answer, request: Ask, told: Told): void {
  assert.equal(answer.status, told.status, answer.text())
  assert.equal(Number(answer.headers['retry-after']) > 0, told.retries)
  if (request.method !== 'HEAD') {
    const { errors } = answer.json()
    assert.deepEqual([errors.length, errors[0].code], [1, told.code])
    assert.ok(errors[0].message.length > 20)
    assert.ok(!answer.text().includes('of the engine'), 'an engine’s own words are told to a client')
  }
  const lines = bench.registry.telemetry.lines.filter(
    ({ message }) => message === 'a request could not be served',
  )
  assert.equal(lines.length, 1)
  const cause = (lines[0]?.error as Error | undefined)?.cause
  assert.match(String(cause), /of the engine/)
}

/** The whole state stands; what failed is done once all is well again, by the same process. */
async function assertHeals(bench: Bench, { request, status }: Operation): Promise<void> {
  bench.store.heal()
  bench.blobs.heal()
  await bench.checkInvariants()
  const again = await bench.ask(request(bench))
  assert.equal(again.status, status, again.text())
  await bench.checkInvariants()
}

describe('where the store', () => {
  for (const [kind, told] of Object.entries(storeFaults) as [StoreErrorKind, Told][]) {
    for (const operation of operations.filter(({ writes }) => writes)) {
      test(`is ${kind} at a commit, a ${operation.name} says so, leaves nothing half, and is made afterwards`, async () => {
        await using bench = await faultBench()
        bench.store.before = (call) => {
          if (call === 'commit') throw new StoreError(kind, 'words of the engine')
        }
        const request = operation.request(bench)
        assertTold(bench, await bench.ask(request), request, told)
        await assertHeals(bench, operation)
      })
    }
    if (kind === 'full') continue
    for (const operation of operations) {
      test(`is ${kind} at a read, a ${operation.name} says so, leaves nothing half, and is answered afterwards`, async () => {
        await using bench = await faultBench()
        bench.store.before = (call) => {
          if (call !== 'commit') throw new StoreError(kind, 'words of the engine')
        }
        const request = operation.request(bench)
        assertTold(bench, await bench.ask(request), request, told)
        await assertHeals(bench, operation)
      })
    }
  }

  test('has made a change and cannot say so, the repeat under the same id answers, and nothing is made twice', async () => {
    await using bench = await faultBench()
    let lost = 0
    bench.store.committed = () => {
      lost += 1
      if (lost === 1) throw new StoreError('unknown', 'words of the engine')
    }
    assert.equal((await bench.ask(push(1000))).status, 201)
    assert.equal(lost, 2)
    await bench.checkInvariants()
  })

  test('is slow, others are answered meanwhile', async () => {
    await using bench = await faultBench()
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    bench.store.before = async (call) => {
      if (call !== 'commit') return
      reached.resolve()
      await released.promise
    }
    const pushed = bench.ask(push(1000))
    await reached.promise
    for (const { name, request, status } of operations.filter(({ writes }) => !writes)) {
      assert.equal((await bench.ask(request(bench))).status, status, name)
    }
    released.resolve()
    assert.equal((await pushed).status, 201)
  })
})

describe('where the blobs', () => {
  for (const [kind, told] of Object.entries(blobFaults) as [BlobsErrorKind, Told][]) {
    for (const operation of operations) {
      for (const broken of operation.blobs) {
        if (kind === 'full' && (broken === 'length' || broken === 'open')) continue
        test(`are ${kind} at ${broken}, a ${operation.name} says so, leaves nothing half, and is made afterwards`, async () => {
          await using bench = await faultBench()
          bench.blobs.before = (call) => {
            if (call === broken) throw new BlobsError(kind, 'words of the engine')
          }
          const request = operation.request(bench)
          assertTold(bench, await bench.ask(request), request, told)
          if (kind === 'full' && request.path.startsWith(bench.upload)) {
            bench.blobs.heal()
            // It is gone, and begins anew where its client can do so.
            const status = await bench.ask({ path: bench.upload })
            assert.equal(status.headers['range'], '0-0')
            await bench.checkInvariants()
          } else await assertHeals(bench, operation)
        })
      }
    }
  }

  for (const [where, at] of [
    ['first', 0],
    ['middle', largeBytes / 2],
    ['last', largeBytes],
  ] as const) {
    test(`are full at the ${where} byte of a push, its bytes are gone at once and the next one goes through`, async () => {
      await using bench = await faultBench()
      const before = await bench.stored()
      bench.blobs.passing = (call, bytes) => {
        if (call === 'append' && bytes >= at) throw new BlobsError('full', 'words of the engine')
      }
      const answer = await bench.ask(push(largeBytes))
      assertTold(bench, answer, push(largeBytes), { status: 507, code: 'UNAVAILABLE', retries: true })
      assert.match(answer.json().errors[0].message, /lading gc/)
      await bench.until(async () => (await bench.stored()) === before)
      await bench.checkInvariants()
      const uploads = bench.registry.telemetry.lines.filter(({ message }) => message.includes('upload'))
      assert.deepEqual(uploads, [])
      bench.blobs.heal()
      assert.equal((await bench.ask(push(largeBytes))).status, 201)
      await bench.checkInvariants()
    })
  }

  test('and the store are full, the upload that cannot even be ended goes on once there is room', async () => {
    await using bench = await faultBench()
    bench.store.before = (call) => {
      if (call === 'commit') throw new StoreError('full', 'words of the engine')
    }
    bench.blobs.before = (call) => {
      if (call === 'seal') throw new BlobsError('full', 'words of the engine')
    }
    const end: Ask = { method: 'PUT', path: `${bench.upload}?digest=${digestOf(bench.begun)}` }
    assert.equal((await bench.ask(end)).status, 507)
    bench.store.heal()
    bench.blobs.heal()
    assert.equal((await bench.ask(end)).status, 201)
    await bench.checkInvariants()
  })

  test('break off while they are read, the connection is cut: no short answer looks like a whole one', async () => {
    await using bench = await faultBench()
    bench.blobs.passing = (call, bytes) => {
      if (call === 'open' && bytes >= largeBytes / 2) throw new BlobsError('permanent', 'words of the engine')
    }
    using client = await RawConnection.open(bench.registry.url)
    client.head(`GET ${app}/blobs/${bench.loose.digest} HTTP/1.1`, 'Host: registry')
    await bench.until(() => client.closed)
    const [head = '', body = ''] = client.received.split('\r\n\r\n')
    assert.match(head, new RegExp(`^HTTP/1.1 200 OK.*Content-Length: ${largeBytes}`, 's'))
    assert.equal(body.length, largeBytes / 2)
    const told = bench.registry.telemetry.lines.filter(({ message }) => message === 'an answer broke off')
    assert.equal(told.length, 1)
    bench.blobs.heal()
    const whole = await bench.ask({ path: `${app}/blobs/${bench.loose.digest}` })
    assert.deepEqual(whole.body, bench.loose.bytes)
  })

  test('have less free than the limit, pushes are refused and nothing else is', async () => {
    await using bench = await faultBench({ limits: { minFreeBytes: 1_000_000 } })
    bench.blobs.free = 1_000_000 + largeBytes - 1
    await bench.registry.clock.advance(1_000)
    assert.equal((await bench.ask(push(largeBytes))).status, 507)
    assert.equal((await bench.ask(push(largeBytes - 2))).status, 201)
    bench.blobs.free = 999_999
    await bench.registry.clock.advance(1_000)
    const bringing = [
      'push of a small blob',
      'push of a large blob',
      'next chunk',
      'mount',
      'push of a manifest',
      'move of a tag',
    ]
    for (const { name, request } of operations) {
      const { status } = await bench.ask(request(bench))
      if (bringing.includes(name)) assert.equal(status, 507, name)
      else assert.ok(status < 500, `${name}: ${status}`)
    }
    const begin: Ask = { method: 'POST', path: `${app}/blobs/uploads/` }
    assert.equal((await bench.ask(begin)).status, 507)
    bench.blobs.free = 2_000_000
    await bench.registry.clock.advance(1_000)
    assert.equal((await bench.ask(begin)).status, 202)
    await bench.checkInvariants()
  })
})

describe('the jobs', () => {
  const jobs = { collect, emptyTrash, expireUploads, sweep }
  for (const [name, job] of Object.entries(jobs)) {
    test(`${name}, where the store or the blobs fail, end with what failed, and do the rest the next time`, async () => {
      await using bench = await faultBench({
        limits: { graceTime: 1_000, trashDelay: 1_000, uploadLifetime: 60_000 },
      })
      const { core } = bench.registry.composed
      const run = (): Promise<unknown> => job(core, new AbortController().signal)
      // Something for each of them: content that nothing names, an upload that is over, a file without a row, trash.
      bench.registry.clock.step(3_600_000)
      const stray = core.blobs.name()
      await core.blobs.append(
        stray,
        0,
        (async function* () {
          yield fresh(10)
        })(),
        new AbortController().signal,
      )
      if (name === 'emptyTrash') {
        await expireUploads(core, new AbortController().signal)
        bench.registry.clock.step(3_600_000)
      }
      for (const kind of ['full', 'denied'] as const) {
        bench.store.before = (call) => {
          if (call === 'commit') throw new StoreError(kind, 'words of the engine')
        }
        await assert.rejects(run(), (error) =>
          isRegistryError(error, kind === 'full' ? 'storage-full' : 'unavailable'),
        )
      }
      bench.store.before = (call) => {
        if (call !== 'commit') throw new StoreError('denied', 'words of the engine')
      }
      await assert.rejects(run(), (error) => isRegistryError(error, 'unavailable'))
      bench.store.heal()
      if (name === 'emptyTrash' || name === 'sweep') {
        bench.blobs.before = (call) => {
          if (call === 'remove' || call === 'list') throw new BlobsError('permanent', 'words of the engine')
        }
        await assert.rejects(run(), /words of the engine/)
        bench.blobs.heal()
      }
      await run()
      for (const rest of Object.values(jobs)) await rest(core, new AbortController().signal)
      await bench.checkInvariants()
    })
  }
})
