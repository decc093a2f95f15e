import { namingNearest } from '../domain/nearest.ts'
import type { Config, ConfigKey } from './config.ts'
import { whyNotSchemaFile } from './kind-checks.ts'
import type { Mistake } from './mistake.ts'
import { isLoopback, listenAddress } from './place-types.ts'
import type { Sources } from './source.ts'
import { minute } from './units.ts'
import { waitsForAccount, writersOf } from './writers-of.ts'

/** ms by which S3 may take a link for younger than it is: it works with clocks that are so wrong. */
const redirectClockError = 15 * minute

interface Check {
  /** Made only where each of these could be read. */
  readonly keys: readonly ConfigKey[]
  find(config: Config, places: Sources, readFile: (path: string) => string): Iterable<Mistake>
}

/** What no setting can be asked for alone. `failed`: settings whose own value is already known to be wrong. */
export function* checkTogether(
  config: Config,
  places: Sources,
  failed: ReadonlySet<ConfigKey>,
  readFile: (path: string) => string,
): Generator<Mistake> {
  for (const { keys, find } of checks) {
    if (!keys.some((key) => failed.has(key))) yield* find(config, places, readFile)
  }
}

const checks: readonly Check[] = [
  {
    keys: ['tls.cert', 'tls.key'],
    *find({ tls }, places) {
      if ((tls.cert === undefined) === (tls.key === undefined)) return
      const [given, missing] =
        tls.cert === undefined ? (['key', 'cert'] as const) : (['cert', 'key'] as const)
      yield {
        where: places[`tls.${given}`].where,
        message: `tls.${given} wants tls.${missing} with it: TLS takes both, or neither`,
      }
    },
  },
  ...(['cert', 'key'] as const).map(
    (part): Check => ({
      keys: [`tls.${part}`],
      *find({ tls }, places, readFile) {
        const path = tls[part]
        if (path === undefined) return
        const reason = whyNotPem(path, readFile)
        if (reason !== undefined) {
          yield {
            where: places[`tls.${part}`].where,
            message: `tls.${part} wants a PEM file: ${path} ${reason}`,
          }
        }
      },
    }),
  ),
  {
    keys: ['blobs.accessKeyId', 'blobs.secretAccessKey'],
    *find({ blobs }, places) {
      if ((blobs.accessKeyId === undefined) === (blobs.secretAccessKey === undefined)) return
      const [given, missing] =
        blobs.accessKeyId === undefined
          ? (['secretAccessKey', 'accessKeyId'] as const)
          : (['accessKeyId', 'secretAccessKey'] as const)
      yield {
        where: places[`blobs.${given}`].where,
        message: `blobs.${given} wants blobs.${missing} with it`,
      }
    },
  },
  ...(['store', 'blobs', 'cache', 'search', 'rates', 'outgoing'] as const).map(
    (group): Check => ({
      keys: [`${group}.ca`],
      *find(config, places, readFile) {
        const { ca } = config[group]
        const reason = ca === undefined ? undefined : whyNotPem(ca, readFile)
        if (reason === undefined) return
        yield { where: places[`${group}.ca`].where, message: `${group}.ca wants a PEM file: ${ca} ${reason}` }
      },
    }),
  ),
  {
    keys: ['search.engine', 'search.url'],
    *find({ search: { engine, url } }, places) {
      const isOutside = engine === 'opensearch' || engine === 'elasticsearch'
      if (isOutside === (url !== undefined)) return
      yield isOutside
        ? {
            where: places['search.engine'].where,
            message: `search.engine ${engine} wants search.url with it`,
          }
        : {
            where: places['search.url'].where,
            message: 'search.url wants search.engine with it: opensearch or elasticsearch',
          }
    },
  },
  {
    keys: ['search.username', 'search.password'],
    *find({ search }, places) {
      if ((search.username === undefined) === (search.password === undefined)) return
      const [given, missing] =
        search.username === undefined
          ? (['password', 'username'] as const)
          : (['username', 'password'] as const)
      yield {
        where: places[`search.${given}`].where,
        message: `search.${given} wants search.${missing} with it`,
      }
    },
  },
  {
    keys: ['cache.redis', 'cache.ca'],
    *find({ cache }, places) {
      if (cache.ca === undefined || cache.redis?.startsWith('rediss:')) return
      yield {
        where: places['cache.ca'].where,
        message: 'cache.ca is for TLS, and cache.redis names no rediss: URL',
      }
    },
  },
  {
    keys: ['rates.redis', 'rates.ca'],
    *find({ rates }, places) {
      if (rates.ca === undefined || rates.redis?.startsWith('rediss:')) return
      yield {
        where: places['rates.ca'].where,
        message: 'rates.ca is for TLS, and rates.redis names no rediss: URL',
      }
    },
  },
  {
    keys: ['store.url', 'store.replicas', 'store.schema'],
    *find({ store }, places) {
      if (store.url?.startsWith('postgres')) return
      for (const name of ['replicas', 'schema'] as const) {
        if (store[name] === undefined || store[name].length === 0) continue
        yield {
          where: places[`store.${name}`].where,
          message: `store.${name} is for PostgreSQL, and store.url names none`,
        }
      }
    },
  },
  {
    keys: ['kinds'],
    *find({ kinds }, places, readFile) {
      for (const { name, schema } of kinds) {
        const reason = whyNotSchemaFile(schema, readFile)
        if (reason === undefined) continue
        yield {
          where: places.kinds.where,
          message: `kinds wants a JSON Schema file for ${name}: ${schema} ${reason}`,
        }
      }
    },
  },
  {
    keys: ['kinds', 'namespaces'],
    *find({ kinds, namespaces }, places) {
      for (const { name } of kinds) {
        if (!Object.hasOwn(namespaces, name)) continue
        yield {
          where: places.namespaces.where,
          message: `namespaces has rules for ${name}, which is a kind and so no namespace: a kind's artifacts are in the namespace that follows it, as in ${name}/acme/thing`,
        }
      }
    },
  },
  {
    keys: ['signIn.workloads', 'publicUrl'],
    *find({ signIn, publicUrl }, places) {
      for (const { name, audience } of signIn.workloads) {
        if (audience !== undefined || publicUrl !== undefined) continue
        yield {
          where: places['signIn.workloads'].where,
          message: `signIn.workloads wants an audience for ${name}, whom its tokens are for, or publicUrl: else a token for somebody else would be good here`,
        }
      }
    },
  },
  {
    keys: ['listen', 'users', 'access.read', 'access.write', 'access.allowAnonymousWrite'],
    *find(config, places) {
      if (config.access.read === 'anyone' || writersOf(config) !== 'anyone') return
      yield {
        where: places['access.read'].where,
        message:
          'access.read names users, but access.write lets anyone write, and who may write may read: set access.write too',
      }
    },
  },
  {
    keys: ['blobs.redirect', 'limits.redirectLifetime', 'limits.trashDelay'],
    *find({ blobs, limits }, places) {
      if (!blobs.redirect || limits.redirectLifetime + redirectClockError <= limits.trashDelay) return
      yield {
        where: places['limits.redirectLifetime'].where,
        message:
          'limits.redirectLifetime is not 15 minutes under limits.trashDelay, by which the clock of S3 may be wrong: a link would outlive the bytes that it leads to',
      }
    },
  },
  {
    keys: ['limits.manifestBytes', 'limits.heldBodyBytes'],
    *find({ limits }, places) {
      if (limits.heldBodyBytes >= limits.manifestBytes) return
      yield {
        where: places['limits.heldBodyBytes'].where,
        message:
          'limits.heldBodyBytes is under limits.manifestBytes: the largest manifest would never be taken',
      }
    },
  },
  ...(['read', 'write', 'metrics'] as const).map(
    (action): Check => ({
      keys: ['users', 'access.administrator', `access.${action}`],
      *find(config, places) {
        const allowed = config.access[action]
        if (allowed === undefined || allowed === 'anyone') return
        const { administrator } = config.access
        const names = [...config.users, ...(administrator ? [administrator] : [])].map(({ name }) => name)
        for (const name of allowed) {
          if (names.includes(name)) continue
          const way = namingNearest(name, names) || `; make one with \`lading passwd ${name}\``
          const { where } = places[`access.${action}`]
          yield { where, message: `access.${action} names ${name}, who is not in users${way}` }
        }
      },
    }),
  ),
  {
    keys: ['listen', 'users', 'access.write', 'access.allowAnonymousWrite'],
    *find(config, places) {
      const { listen, access } = config
      if (access.write !== 'anyone' || access.allowAnonymousWrite || isLoopback(listen.host)) return
      if (waitsForAccount(config)) return
      yield {
        where: places.listen.where,
        message: `listen ${listenAddress.write(listen)} lets other machines in, there are users, and access.write is anyone: name those in access.write who may, or nobody by an empty list, or leave users out and make accounts, or listen on 127.0.0.1, or set access.allowAnonymousWrite to true if that is what you want`,
      }
    },
  },
]

function whyNotPem(path: string, readFile: (path: string) => string): string | undefined {
  try {
    return readFile(path).includes('-----BEGIN ') ? undefined : 'has no "-----BEGIN" line'
  } catch (error) {
    return `cannot be read (${error instanceof Error ? error.message : String(error)})`
  }
}
