import type { Db, Filter } from 'mongodb'
import { type Migration, type MigrationStep, type Schema, schemaVersion } from '../../../ports/store/table.ts'
import type { Downgrade, Loss, WayBack } from '../../../ports/store/way-back.ts'
import { type Connected, connect } from '../../shared/mongodb-connect.ts'
import { storeErrorOf } from '../../shared/mongodb-store-error-of.ts'
import { refused } from '../shared/refuse.ts'
import { inversesOf, schemaAt, standingAt } from '../shared/standing.ts'
import { collectionNames, collectionsOf, ownPrefix } from './collections.ts'
import type { RowDocument } from './documents.ts'
import { refuseDifferences } from './found-collections.ts'
import { changeAlone, forgetAnnouncement, refuseNewer, stateOf } from './migrate.ts'
import { type MigrationLock, takeMigrationLock } from './migration-lock.ts'
import { bsonOf, carryOut } from './migration-steps.ts'
import { type MongodbSettings, type MongodbStoreOptions, usualWaits } from './options.ts'

/**
 * Keeps others from changing the tables until it is disposed. Throws StoreError: `permanent` where the records are newer than
 * the schema, `transient` where somebody else changes them.
 */
export async function openMongodbDowngrade(options: MongodbStoreOptions, schema: Schema): Promise<Downgrade> {
  const full = { ...options, waits: { ...usualWaits, ...options.waits } }
  try {
    const connected = await connect(full, true)
    try {
      return await open(connected, full, schema)
    } catch (error) {
      await connected.client.close()
      throw error
    }
  } catch (error) {
    throw storeErrorOf(error)
  }
}

async function open(
  { client, db }: Connected,
  { waits }: MongodbSettings,
  schema: Schema,
): Promise<Downgrade> {
  const collections = collectionsOf(db)
  const lock = await takeMigrationLock({ db, collections, waits })
  try {
    const { version, isHalf } = await stateToLeave(db, schema)
    return {
      version,
      plan: (to) => inStoreErrors(() => planned(db, schema, { from: version, to })),
      run: (to) =>
        inStoreErrors(async () => {
          const between = { from: version, to }
          undone(schema, between)
          let copies = ''
          await changeAlone({ db, waits }, { lock, to, inTheWay: () => true }, async () => {
            copies = await copyAside(db, losing(inverses(schema, between)), { version, isHalf })
            await takeBack(db, { schema, lock }, between)
          })
          return copies
        }),
      [Symbol.asyncDispose]: async () => {
        await forgetAnnouncement(collections)
        await lock[Symbol.asyncDispose]()
        await client.close()
      },
    }
  } catch (error) {
    await lock[Symbol.asyncDispose]()
    throw error
  }
}

interface Leaving {
  readonly version: number
  /** An earlier try was cut off. */
  readonly isHalf: boolean
}

/** Throws `permanent` where it is no version that a release with this schema can leave. */
async function stateToLeave(db: Db, schema: Schema): Promise<Leaving> {
  const state = await stateOf(collectionsOf(db))
  if (state === undefined) throw refused(`the database ${db.databaseName} holds no registry`)
  refuseNewer(db, state, schemaVersion(schema))
  const { version, changing } = state
  if (changing !== undefined && changing > version)
    throw refused(
      `the database ${db.databaseName} is on its way from version ${version} to ${changing}: start the release that began it ` +
        'once more, so that it comes there',
    )
  // What a way back that was cut off has left is between two versions; going on ends that.
  if (changing === undefined) await refuseDifferences(db, schemaAt(schema, version))
  return { version, isHalf: changing !== undefined }
}

interface Between {
  readonly from: number
  readonly to: number
}

/**
 * Of all that goes, or loses a column, as it was before: in collections of its own beside it, which nothing reads. Those of a
 * try that was cut off stay, since they were taken while all was there. Answers where.
 */
async function copyAside(db: Db, names: ReadonlySet<string>, { version, isHalf }: Leaving): Promise<string> {
  const prefix = `${ownPrefix}before_down_from_${version}_`
  const there = await collectionNames(db)
  for (const name of names) {
    if (!there.has(name) || (isHalf && there.has(prefix + name))) continue
    const out = db.collection(name).aggregate([{ $unset: '_checks' }, { $out: prefix + name }])
    await out.toArray()
  }
  return `${db.databaseName}.${prefix}*`
}

function losing(steps: readonly MigrationStep[]): Set<string> {
  return new Set(
    steps.flatMap((step) => {
      if (step.do === 'dropTable' || step.do === 'dropColumn') return [step.table]
      return step.do === 'dropLog' ? [step.log] : []
    }),
  )
}

function inverses(schema: Schema, between: Between): readonly MigrationStep[] {
  return undone(schema, between).flatMap(({ version, steps }) =>
    inversesOf(standingAt(schema, version - 1), steps),
  )
}

async function planned(db: Db, schema: Schema, between: Between): Promise<WayBack> {
  const migrations = undone(schema, between)
  return {
    ...between,
    migrations: migrations.map(({ version, name }) => ({ version, name })),
    losses: await lossesOf(db, schema, inverses(schema, between)),
  }
}

/** The newest first. Throws `permanent`. */
function undone({ migrations }: Schema, { from, to }: Between): readonly Migration[] {
  if (!Number.isSafeInteger(to) || to < 1 || to >= from)
    throw refused(`from version ${from} there is no way back to version ${to}`)
  return migrations.slice(to, from).reverse()
}

async function takeBack(
  db: Db,
  { schema, lock }: { readonly schema: Schema; readonly lock: MigrationLock },
  between: Between,
): Promise<void> {
  for (const { version, steps } of undone(schema, between)) {
    const back = inversesOf(standingAt(schema, version - 1), steps)
    await carryOut(db, { before: standingAt(schema, version), steps: back, goOn: lock.refuseLost })
    await collectionsOf(db).schema.updateOne({ _id: 'schema' }, { $set: { version: version - 1 } })
  }
}

async function lossesOf(db: Db, schema: Schema, steps: readonly MigrationStep[]): Promise<Loss[]> {
  const going = new Set(
    steps.flatMap((step) =>
      step.do === 'dropTable' ? [step.table] : step.do === 'dropLog' ? [step.log] : [],
    ),
  )
  const losses: Loss[] = []
  for (const table of going) losses.push({ table, rows: await rowsIn(db, table, {}) })
  const standing = standingAt(schema, schema.migrations.length)
  for (const step of steps) {
    if (step.do !== 'dropColumn' || going.has(step.table)) continue
    const { table, column } = step
    const filter = { [column]: { $ne: bsonOf(standing, step, step.fill) } }
    losses.push({ table, column, rows: await rowsIn(db, table, filter as Filter<RowDocument>) })
  }
  return losses
}

async function rowsIn(db: Db, table: string, filter: Filter<RowDocument>): Promise<number> {
  return await collectionsOf(db).table(table).countDocuments(filter)
}

async function inStoreErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storeErrorOf(error)
  }
}
