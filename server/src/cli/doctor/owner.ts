import { ownerOfBlobs } from '../../boot/admin/owner-of-blobs.ts'
import { placeOfBlobs } from '../../boot/admin/places-of.ts'
import { refusalOfPlace } from '../../core/content/require-own-content.ts'
import { type Check, ok, problem } from './check.ts'

/** The records and the larger content are of one registry. Nobody is named by looking. */
export const ownerCheck: Check = {
  name: 'owner',
  async run({ config, registry }) {
    // A server that runs has seen to it.
    if (registry === undefined) return []
    // The check of the bucket says why.
    const found = await ownerOfBlobs(config).then(
      (given) => ({ given }),
      () => undefined,
    )
    if (found === undefined) return []
    const { id, contentPlace: known } = registry
    const refusal = refusalOfPlace({ id, known, ...found })
    if (refusal !== undefined)
      return [problem(`${placeOfBlobs(config)}: ${refusal.message}: no server starts on both`, refusal.mend)]
    return found.given === undefined ? [] : [ok('the larger content is that of these records')]
  },
}
