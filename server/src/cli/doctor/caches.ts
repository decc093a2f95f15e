import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { tryMemcachedAt, tryRedisAt } from '../../boot/admin/try-caches.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'

/** A start makes a connection within this time too. */
const answerMs = 1000

/** A registry goes on without those that are servers, and is slower; without the folder it does not start. */
export const cachesCheck: Check = {
  name: 'caches',
  async run({ config: { cache } }) {
    const { disk, redis, memcached, ca } = cache
    const servers = memcached === undefined ? [] : memcached.split(',').map((each) => each.trim())
    return [
      ...(disk === undefined ? [] : [await lookAtFolder(disk)]),
      ...(redis === undefined ? [] : [await lookAtRedis({ url: redis, ca })]),
      ...(await Promise.all(servers.map(lookAtMemcached))),
    ]
  },
}

async function lookAtRedis(place: {
  readonly url: string
  readonly ca: string | undefined
}): Promise<Finding> {
  const { url } = place
  const shown = URL.canParse(url) ? new URL(url).host : 'the server'
  return found('Redis', shown, {
    wrong: await tryRedisAt(place, answerMs),
    mend: 'see whether it runs, and correct cache.redis (redis://user:password@host:port)',
  })
}

async function lookAtMemcached(address: string): Promise<Finding> {
  const shown = address.slice(address.lastIndexOf('@') + 1)
  return found('Memcached', shown, {
    wrong: await tryMemcachedAt(address, answerMs),
    mend: 'see whether it runs, and correct cache.memcached (user:password@host:port)',
  })
}

function found(
  name: string,
  shown: string,
  { wrong, mend }: { readonly wrong: string | undefined; readonly mend: string },
): Finding {
  if (wrong === undefined) return ok(`${name} at ${shown} answers`)
  return warning(`${name} at ${shown} cannot be used: ${wrong}; the registry works without, and slower`, mend)
}

async function lookAtFolder(folder: string): Promise<Finding> {
  const there = await stat(folder).catch(() => undefined)
  const mend = 'name another folder with cache.disk, or give it to the user that Lading runs as'
  if (there !== undefined && !there.isDirectory())
    return problem(`${folder} of cache.disk is not a folder`, mend)
  const place = there === undefined ? await nearest(dirname(folder)) : folder
  try {
    await access(place, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return problem(`this user may not write to ${place}, where cache.disk is`, mend)
  }
  return ok(
    there === undefined
      ? `${folder} is not there yet; the next start makes it`
      : `${folder} can be read and written`,
  )
}

async function nearest(folder: string): Promise<string> {
  const there = await stat(folder).catch(() => undefined)
  return there !== undefined || dirname(folder) === folder ? folder : await nearest(dirname(folder))
}
