import { ownerOfBlobs } from '../../boot/admin/owner-of-blobs.ts'
import { placeOfBlobs } from '../../boot/admin/places-of.ts'
import { type Check, ok, problem } from './check.ts'

/** The records and the larger content are of one registry. Nobody is named by looking. */
export const ownerCheck: Check = {
  name: 'owner',
  async run({ config, registry }) {
    // A server that runs has seen to it.
    if (registry === undefined) return []
    // The check of the bucket says why.
    const owner = await ownerOfBlobs(config).catch(() => undefined)
    if (owner === undefined) return []
    const { id } = registry
    if (owner === id) return [ok('the larger content is that of these records')]
    const records = id === undefined ? 'there are no records here yet' : `the records are those of ${id}`
    return [
      problem(
        `${placeOfBlobs(config)} holds the content of a registry (${owner}), and ${records}: no server starts on both`,
        'name the database and the place for the content that go with each other; to begin anew, empty the place for the content, what is called owner in it included',
      ),
    ]
  },
}
