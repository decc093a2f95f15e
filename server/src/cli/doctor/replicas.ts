import { placeOfRecords } from '../../boot/admin/places-of.ts'
import { tryReplicaOf } from '../../boot/admin/try-records.ts'
import { type Check, ok, warning } from './check.ts'

/** A registry goes on without them: the primary answers instead. */
export const replicasCheck: Check = {
  name: 'replicas',
  async run({ config }) {
    const { store, data } = config
    return await Promise.all(
      store.replicas.map(async (url) => {
        const shown = placeOfRecords({ data, store: { ...store, url } })
        const wrong = await tryReplicaOf(config, url).catch((error: unknown) => messageOf(error))
        if (wrong === undefined) return ok(`${shown} follows a primary`)
        const mend = 'correct store.replicas, or leave it out until it is there'
        return warning(`${shown}: ${wrong}; the primary answers instead`, mend)
      }),
    )
  },
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
