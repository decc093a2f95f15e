import type { CopyTarget } from './copy-target.ts'
import { refusedTarget } from './refusals.ts'

/** A copy takes its target's rows for its own, so what somebody else has put there must not be in it. @throws RegistryError `parameter-invalid` */
export async function requireEmpty({ store, blobs, schema }: CopyTarget): Promise<void> {
  for (const table of schema.tables) {
    if ((await store.count(table, { index: 'key', upTo: 1 })) > 0) {
      throw refusedTarget(`it holds a registry already: there are rows in ${table.name}`)
    }
  }
  for (const log of schema.logs) {
    // A first page without entries would say less: they may be hidden by a commit under way.
    if ((await store.last(log)) !== undefined)
      throw refusedTarget(`it holds a registry already: there are entries in ${log.name}`)
  }
  for await (const { file } of blobs.list()) {
    throw refusedTarget(`there is content in it already, such as the file ${file}`)
  }
}
