import { digestOf } from '../../../../conformance/kit/image.ts'
import { systemClock as clock } from '../../../src/adapters/clock/system/system-clock.ts'
import { cryptoRandom as random } from '../../../src/adapters/random/crypto/crypto-random.ts'
import { openBlobs } from '../../../src/boot/open-blobs.ts'
import { openStore } from '../../../src/boot/open-store.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import type { Core } from '../../../src/core/ledger/core.ts'
import { checkInvariants } from '../../core/invariants.ts'
import { ask } from '../../kit/http-client.ts'
import type { Topology } from '../../kit/servers/topology.ts'
import { bytesOf, type Promises } from './promises.ts'

/** All that was acknowledged is to be had from each process, byte for byte, and all say the same of tags. */
export async function checkPromises({ ladings }: Topology, promises: Promises): Promise<string[]> {
  const wrong: string[] = []
  for (const { url } of ladings) {
    for (const [key, { number, size }] of promises.blobs) {
      const { status, body } = await ask(url, { path: `/v2/${key.replace(' ', '/blobs/')}` })
      if (status !== 200) wrong.push(`${url}: blob ${key}: ${status} ${body.toString().slice(0, 200)}`)
      else if (!body.equals(bytesOf(number, size))) wrong.push(`${url}: blob ${key}: other bytes`)
    }
    for (const [key, bytes] of promises.manifests) {
      const { status, body } = await ask(url, { path: `/v2/${key.replace(' ', '/manifests/')}` })
      if (status !== 200 || !body.equals(bytes)) wrong.push(`${url}: manifest ${key}: ${status}`)
    }
  }
  for (const tag of promises.tags) {
    const seen = new Set<string>()
    for (const { url } of ladings) {
      const { status, body } = await ask(url, { path: `/v2/${tag.replace(' ', '/manifests/')}` })
      const digest = status === 200 ? digestOf(body) : `${status}`
      seen.add(digest)
      const mayBe = promises.mayBe(tag)
      if (!mayBe.has(digest))
        wrong.push(`${url}: ${tag} is at ${digest}, and must be at ${[...mayBe].join(' or ')}`)
    }
    if (seen.size > 1) wrong.push(`${tag}: the processes differ: ${[...seen].join(', ')}`)
  }
  return wrong
}

/** Each tag was moved to each digest once: what was tried again was not done twice. */
export async function checkHistories({ url }: Topology, promises: Promises): Promise<string[]> {
  const wrong: string[] = []
  for (const tag of promises.tags) {
    const [repository, name] = tag.split(' ')
    const seen = new Set<string>()
    let path: string | undefined = `/v2/${repository}/_lading/tags/${name}/history?n=100`
    while (path !== undefined) {
      const { headers, json, status }: Awaited<ReturnType<typeof ask>> = await ask(url, { path })
      if (status !== 200) {
        wrong.push(`${path}: ${status}`)
        break
      }
      for (const { digest } of json().entries as { digest: string }[]) {
        if (seen.has(digest)) wrong.push(`${tag} was moved to ${digest} twice`)
        seen.add(digest)
      }
      path = /^<([^>]+)>/.exec(String(headers['link'] ?? ''))?.[1]
    }
  }
  return wrong
}

/** What its rows and objects say of each other, past all spoilers, while nobody writes. */
export async function checkRows(topology: Topology): Promise<void> {
  const env = {
    ...topology.settings,
    LADING_STORE_URL: topology.databaseUrl,
    LADING_BLOBS_ENDPOINT: topology.s3.endpoint,
  }
  const loaded = loadConfig({
    flags: {},
    env: { ...env, LADING_DATA: topology.ladings[0]?.data },
    cwd: '/',
    readFile: () => {
      throw Object.assign(new Error('there is no file'), { code: 'ENOENT' })
    },
  })
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes))
  const { store } = await openStore(loaded.config, clock)
  try {
    const blobs = await openBlobs(loaded.config, { clock, random })
    try {
      await checkInvariants({ store, blobs } as Pick<Core, 'store' | 'blobs'>, { strays: true })
    } finally {
      await blobs.close()
    }
  } finally {
    await store.close()
  }
}
