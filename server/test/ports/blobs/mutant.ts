import type { Blobs } from '../../../src/ports/blobs/blobs.ts'

/** An engine with one fault, and the case of the suite that must see it. */
export interface Mutant {
  readonly name: string
  readonly seenBy: string
  wrap(blobs: Blobs): Blobs
}

/** The engine as it is, but for what is changed. */
export function but(blobs: Blobs, changes: Partial<Blobs>): Blobs {
  return {
    can: blobs.can,
    name: () => blobs.name(),
    append: (file, offset, body, signal) => blobs.append(file, offset, body, signal),
    length: (file) => blobs.length(file),
    seal: (file, want, signal) => blobs.seal(file, want, signal),
    open: (file, range, signal) => blobs.open(file, range, signal),
    remove: (file) => blobs.remove(file),
    list: (after) => blobs.list(after),
    close: () => blobs.close(),
    ...changes,
  }
}
