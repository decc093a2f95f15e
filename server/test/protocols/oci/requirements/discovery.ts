import assert from 'node:assert/strict'
import type { Answer } from '../../../kit/http-client.ts'
import {
  assertError,
  configType,
  type Descriptor,
  describe,
  digestOf,
  indexType,
  manifestType,
  type OciClient,
  uniqueBytes,
} from './oci-client.ts'
import type { Requirement } from './requirement.ts'

const names = ['b', 'B', 'a', '1.10', '1.9', '_x', 'A', 'latest', 'v1.0']
/** As Go's sort.Strings orders them. */
const sorted = ['1.10', '1.9', 'A', 'B', '_x', 'a', 'b', 'latest', 'v1.0']

async function tagged(client: OciClient): Promise<string> {
  const repository = client.repository()
  const image = await client.image(repository)
  for (const tag of names) await client.putManifest(repository, tag, image)
  return repository
}

/** The address of the next page, by its Link header. */
function next(answer: Answer): string | undefined {
  const link = answer.headers['link']
  if (link === undefined) return undefined
  const match = /^<([^>]+)>; rel="next"$/.exec(String(link))
  assert.ok(match?.[1], 'Link is <address>; rel="next"')
  const url = new URL(match[1], 'http://registry.invalid')
  return url.pathname + url.search
}

async function walk(client: OciClient, path: string): Promise<Answer[]> {
  const pages: Answer[] = []
  for (let at: string | undefined = path; at !== undefined; at = next(pages.at(-1)!)) {
    pages.push(await client.ask('GET', at))
    assert.equal(pages.at(-1)?.status, 200)
    assert.ok(pages.length < 50, 'the pages end')
  }
  return pages
}

function wanted(referrer: Descriptor, more: object): object {
  return { ...describe(referrer), ...more }
}

function byDigest(descriptors: { digest: string }[]): object[] {
  return [...descriptors].sort((a, b) => (a.digest < b.digest ? -1 : 1))
}

async function withReferrers(client: OciClient): Promise<{
  repository: string
  subject: Descriptor
  referrers: { digest: string; artifactType?: string }[]
}> {
  const repository = client.repository()
  const subject = describe(await client.pushImage(repository, 'v1'))
  const annotations = { 'org.example.note': 'first', 'org.example.more': 'é' }
  const typed = await client.pushImage(repository, 'typed', {
    subject,
    artifactType: 'application/x.sbom+json',
    annotations,
  })
  const untyped = await client.pushImage(repository, 'untyped', { subject })
  const index = await client.putManifest(
    repository,
    'index',
    { schemaVersion: 2, mediaType: indexType, manifests: [], subject, artifactType: 'application/x.list' },
    indexType,
  )
  const bare = await client.putManifest(
    repository,
    'bare',
    { schemaVersion: 2, mediaType: indexType, manifests: [], subject },
    indexType,
  )
  return {
    repository,
    subject,
    referrers: [
      wanted(typed, { artifactType: 'application/x.sbom+json', annotations }),
      wanted(untyped, { artifactType: configType }),
      wanted(index, { artifactType: 'application/x.list' }),
      wanted(bare, {}),
    ] as { digest: string; artifactType?: string }[],
  }
}

export const discovery: readonly Requirement[] = [
  {
    id: 'tags/all-in-order',
    section: 'Listing Tags',
    async check(client) {
      const repository = await tagged(client)
      const answer = await client.ask('GET', `/v2/${repository}/tags/list`)
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.json(), { name: repository, tags: sorted })
      assert.equal(next(answer), undefined)
    },
  },
  {
    id: 'tags/n',
    section: 'Listing Tags',
    async check(client) {
      const repository = await tagged(client)
      const answer = await client.ask('GET', `/v2/${repository}/tags/list?n=4`)
      assert.deepEqual(answer.json().tags, sorted.slice(0, 4))
    },
  },
  {
    id: 'tags/n-of-zero',
    section: 'Listing Tags',
    async check(client) {
      const repository = await tagged(client)
      const answer = await client.ask('GET', `/v2/${repository}/tags/list?n=0`)
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.json().tags, [])
      assert.equal(answer.headers['link'], undefined)
    },
  },
  {
    id: 'tags/n-invalid',
    section: 'Listing Tags',
    async check(client) {
      const repository = await tagged(client)
      for (const n of ['-1', 'x', '1.5']) {
        assert.equal((await client.ask('GET', `/v2/${repository}/tags/list?n=${n}`)).status, 400, n)
      }
    },
  },
  {
    id: 'tags/last',
    section: 'Listing Tags',
    async check(client) {
      const repository = await tagged(client)
      const list = async (query: string): Promise<unknown> =>
        (await client.ask('GET', `/v2/${repository}/tags/list?${query}`)).json().tags
      assert.deepEqual(await list('last=B'), sorted.slice(4))
      assert.deepEqual(await list('n=2&last=B'), sorted.slice(4, 6))
      assert.deepEqual(await list('last=Z'), sorted.slice(4), 'one that is not there')
      assert.deepEqual(await list('last=v1.0'), [])
    },
  },
  {
    id: 'tags/link',
    section: 'Listing Tags',
    async check(client) {
      const repository = await tagged(client)
      const pages = await walk(client, `/v2/${repository}/tags/list?n=4`)
      assert.deepEqual(
        pages.map((page) => page.json().tags),
        [sorted.slice(0, 4), sorted.slice(4, 8), sorted.slice(8)],
      )
    },
  },
  {
    id: 'tags/unknown-repository',
    section: 'Error Codes',
    async check(client) {
      assertError(await client.ask('GET', `/v2/${client.repository()}/tags/list`), 404, 'NAME_UNKNOWN')
    },
  },
  {
    id: 'tags/none',
    section: 'Listing Tags',
    async check(client) {
      const repository = client.repository()
      await client.pushBlob(repository, uniqueBytes())
      const answer = await client.ask('GET', `/v2/${repository}/tags/list`)
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.json(), { name: repository, tags: [] })
    },
  },
  {
    id: 'referrers/none',
    section: 'Listing Referrers',
    async check(client) {
      const repository = client.repository()
      await client.pushImage(repository, 'v1')
      for (const name of [repository, client.repository()]) {
        const answer = await client.referrers(name, digestOf(uniqueBytes()))
        assert.equal(answer.headers['content-type'], indexType)
        assert.deepEqual(answer.json(), { schemaVersion: 2, mediaType: indexType, manifests: [] })
      }
    },
  },
  {
    id: 'referrers/all',
    section: 'Listing Referrers',
    async check(client) {
      const { repository, subject, referrers } = await withReferrers(client)
      const answer = await client.referrers(repository, subject.digest)
      assert.equal(answer.headers['content-type'], indexType)
      const index = answer.json()
      assert.equal(index.schemaVersion, 2)
      assert.equal(index.mediaType, indexType)
      assert.deepEqual(byDigest(index.manifests), byDigest(referrers))
      assert.equal(answer.headers['oci-filters-applied'], undefined)
    },
  },
  {
    id: 'referrers/filter',
    section: 'Listing Referrers',
    async check(client) {
      const { repository, subject, referrers } = await withReferrers(client)
      for (const [artifactType, asked] of [
        ['application/x.sbom+json', 'application%2Fx.sbom%2Bjson'],
        ['application/x.sbom+json', 'application/x.sbom+json'],
        [configType, encodeURIComponent(configType)],
        ['application/x.absent', 'application/x.absent'],
      ] as const) {
        const answer = await client.referrers(repository, subject.digest, `?artifactType=${asked}`)
        assert.equal(answer.headers['oci-filters-applied'], 'artifactType')
        const expected = referrers.filter((referrer) => referrer.artifactType === artifactType)
        assert.deepEqual(answer.json().manifests, expected)
      }
    },
  },
  {
    id: 'referrers/pages',
    section: 'Listing Referrers',
    async check(client) {
      const { repository, subject, referrers } = await withReferrers(client)
      const pages = await walk(client, `/v2/${repository}/referrers/${subject.digest}?n=2`)
      assert.equal(pages.length, 2)
      assert.deepEqual(byDigest(pages.flatMap((page) => page.json().manifests)), byDigest(referrers))
    },
  },
  {
    id: 'referrers/before-their-subject',
    section: 'Push',
    async check(client) {
      const repository = client.repository()
      const image = await client.image(repository)
      const bytes = Buffer.from(JSON.stringify(image))
      const subject = { mediaType: manifestType, digest: digestOf(bytes), size: bytes.length }
      const about = await client.pushImage(repository, 'about', { subject })
      await client.putManifest(repository, 'v1', image)
      const { manifests } = (await client.referrers(repository, subject.digest)).json()
      assert.deepEqual(manifests, [wanted(about, { artifactType: configType })])
    },
  },
  {
    id: 'referrers/bad-digest',
    section: 'Listing Referrers',
    async check(client) {
      assertError(
        await client.ask('GET', `/v2/${client.repository()}/referrers/sha256:no`),
        400,
        'DIGEST_INVALID',
      )
    },
  },
  {
    id: 'catalog/pages',
    section: 'Lading',
    async check(client) {
      const mine = [client.repository(), client.repository(), client.repository()].sort()
      for (const repository of mine) await client.pushImage(repository, 'v1')
      const pages = await walk(client, `/v2/_catalog?n=2&last=check/${process.pid}`)
      const all = pages.flatMap((page) => page.json().repositories as string[])
      assert.deepEqual(all, [...all].sort(), 'in order')
      assert.deepEqual(
        all.filter((name) => mine.includes(name)),
        mine,
      )
      for (const page of pages) assert.ok(page.json().repositories.length <= 2)
    },
  },
  {
    id: 'history/moves',
    section: 'Lading',
    async check(client) {
      const repository = client.repository()
      const first = await client.pushImage(repository, 'v1')
      const second = await client.pushImage(repository, 'v1')
      assert.equal((await client.ask('DELETE', `/v2/${repository}/manifests/v1`)).status, 202)
      const path = `/v2/${repository}/_lading/tags/v1/history`
      const { name, tag, entries } = (await client.ask('GET', path)).json()
      assert.deepEqual({ name, tag }, { name: repository, tag: 'v1' })
      assert.deepEqual(
        entries.map(({ seq, change, digest, previous }: Record<string, unknown>) => ({
          seq,
          change,
          digest,
          previous,
        })),
        [
          { seq: 3, change: 'delete', digest: null, previous: second.digest },
          { seq: 2, change: 'move', digest: second.digest, previous: first.digest },
          { seq: 1, change: 'create', digest: first.digest, previous: null },
        ],
      )
      for (const { at, by } of entries) {
        assert.match(at, /^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-9:.]+Z$/)
        assert.equal(typeof by, 'string')
      }
      const page = (await client.ask('GET', `${path}?n=1`)).json()
      assert.equal(page.next, 3)
      assert.equal((await client.ask('GET', `${path}?n=1&last=${page.next}`)).json().entries[0].seq, 2)
    },
  },
]
