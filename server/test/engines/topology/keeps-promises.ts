import { digestOf } from '../../../../conformance/kit/image.ts'
import { checkInvariants } from '../../core/invariants.ts'
import { ask } from '../../kit/http-client.ts'
import type { Topology } from '../../kit/servers/topology.ts'
import { openTopologyRegistry } from '../../kit/servers/topology-registry.ts'
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

/** What its rows and objects say of each other once no process runs any more. */
export async function checkRows(topology: Topology): Promise<void> {
  await using registry = await openTopologyRegistry(topology)
  await checkInvariants(registry.core, { strays: true })
}
