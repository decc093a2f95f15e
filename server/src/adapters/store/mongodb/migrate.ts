import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from 'mongodb'
import { StoreError } from '../../../ports/store/errors.ts'
import { type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { schemaAt, standingAt } from '../shared/standing.ts'
import {
  type Collections,
  collectionNames,
  collectionsOf,
  ownNames,
  ownPrefix,
  type SchemaDocument,
} from './collections.ts'
import { refuseDifferences } from './found-collections.ts'
import { type MigrationLock, takeMigrationLock } from './migration-lock.ts'
import { carryOut } from './migration-steps.ts'
import { idsKeptSeconds, type MongodbWaits } from './options.ts'
import { type LiveProcess, liveProcesses } from './registration.ts'

export interface MigrateParts {
  readonly db: Db
  readonly waits: MongodbWaits
}

const lookAgainMs = 50

/**
 * Brings the database to the schema's version: one process at a time, and only while none of an earlier release works,
 * since where a row stands in a new index is told by whoever writes it. Throws StoreError: `permanent` where the database is
 * newer than the schema or not as Lading has left it, `transient` where others do not end in time.
 */
export async function migrate(parts: MigrateParts, schema: Schema): Promise<void> {
  refuseMalformed(schema)
  const { db, waits } = parts
  const collections = collectionsOf(db)
  const target = schemaVersion(schema)
  const found = await stateOf(collections)
  if (found !== undefined) refuseNewer(db, found, target)
  if (found === undefined || found.version < target || found.changing !== undefined || found.announced) {
    await using lock = await takeMigrationLock({ db, collections, waits })
    const state = (await stateOf(collections)) ?? (await begin(db, schema))
    refuseNewer(db, state, target)
    if (state.version < target || state.changing !== undefined) {
      const older = (one: LiveProcess): boolean => one.version !== target
      await changeAlone(parts, { lock, to: target, inTheWay: older }, async () => {
        for (const migration of schema.migrations.slice(standing(state))) {
          const before = standingAt(schema, migration.version - 1)
          await carryOut(db, { before, steps: migration.steps, goOn: lock.refuseLost })
          await collections.schema.updateOne({ _id: 'schema' }, { $set: { version: migration.version } })
        }
      })
    } else await forgetAnnouncement(collections)
  }
  await refuseDifferences(db, schema)
}

export interface Changing {
  readonly lock: MigrationLock
  readonly to: number
  /** Who must have ended before. */
  readonly inTheWay: (one: LiveProcess) => boolean
}

/**
 * From the announcement on no process begins to work; from the change on none does until it has come to its end, though it
 * take several tries.
 */
export async function changeAlone(
  { db, waits }: MigrateParts,
  { lock, to, inTheWay }: Changing,
  change: () => Promise<void>,
): Promise<void> {
  const collections = collectionsOf(db)
  await collections.schema.updateOne({ _id: 'schema' }, { $set: { announced: lock.holder } })
  const end = performance.now() + waits.migration
  for (;;) {
    const others = (await liveProcesses({ db, collections, waits })).filter(
      (one) => one.id !== 'lock' && inTheWay(one),
    )
    if (others.length === 0) break
    if (performance.now() > end) {
      await forgetAnnouncement(collections)
      throw new StoreError(
        'transient',
        `processes of another release still work on the database: ${others.map(({ who }) => who).join(', ')}; ` +
          'its tables change once they have ended',
      )
    }
    await pause(lookAgainMs)
  }
  lock.refuseLost()
  const { matchedCount } = await collections.schema.updateOne(
    { _id: 'schema', announced: lock.holder },
    { $set: { changing: to } },
  )
  if (matchedCount !== 1)
    throw new StoreError('transient', 'somebody else has announced to change the tables: start again')
  await change()
  await collections.schema.updateOne({ _id: 'schema' }, { $unset: { announced: '', changing: '' } })
}

export async function forgetAnnouncement({ schema }: Collections): Promise<void> {
  await schema.updateOne({ _id: 'schema', changing: { $exists: false } }, { $unset: { announced: '' } })
}

/** The version of which all is there: of one that was on its way back, a part may have gone. */
const standing = ({ version, changing = version }: SchemaDocument): number =>
  changing < version ? version - 1 : version

export async function stateOf({ schema }: Collections): Promise<SchemaDocument | undefined> {
  return (await schema.findOne({ _id: 'schema' })) ?? undefined
}

/** Throws `permanent`. */
export function refuseNewer(db: Db, { version, changing }: SchemaDocument, known: number): void {
  const found = Math.max(version, changing ?? 0)
  if (found <= known) return
  const half = changing === undefined ? '' : `, or on its way from version ${version} to ${changing}`
  throw new StoreError(
    'permanent',
    `the database ${db.databaseName} is at schema version ${found}${half}, and this release of Lading knows versions up to ` +
      `${known}: start the newer release again, have it take the data back with \`lading migrate down --to ${known}\`, or ` +
      `restore a dump of version ${known}`,
  )
}

/** Throws `permanent` where the database holds what Lading has not made under a name that it needs. */
async function begin(db: Db, schema: Schema): Promise<SchemaDocument> {
  const needed = new Set([...schema.tables, ...schema.logs].map(({ name }) => name))
  const taken = [...(await collectionNames(db))].filter((name) => needed.has(name))
  if (taken.length > 0)
    throw new StoreError(
      'permanent',
      `the database ${db.databaseName} has collections that Lading did not make and needs the names of: ` +
        `${taken.join(', ')}; name another database`,
    )
  const { batches, schema: schemas } = collectionsOf(db)
  await batches.createIndex({ at: 1 }, { name: 'forget', expireAfterSeconds: idsKeptSeconds })
  const state: SchemaDocument = { _id: 'schema', version: 0, era: randomUUID() }
  await schemas.insertOne(state)
  return state
}

function refuseMalformed(schema: Schema): void {
  schema.migrations.forEach(({ version }, at) => {
    if (version !== at + 1) throw new StoreError('permanent', `migration ${at + 1} is numbered ${version}`)
  })
  // Says what contradicts itself before anything is changed.
  schemaAt(schema, schemaVersion(schema))
  for (const { name } of [...schema.tables, ...schema.logs])
    if (name.startsWith(ownPrefix) || Object.values(ownNames).includes(name))
      throw new StoreError('permanent', `${name}: names that begin with ${ownPrefix} are the engine's own`)
}
