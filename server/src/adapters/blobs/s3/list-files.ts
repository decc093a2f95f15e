import type { FileName } from '../../../ports/blobs/blobs.ts'
import { type ListedObject, listObjects } from './listed-objects.ts'
import { headObject } from './objects.ts'
import type { S3State } from './s3-state.ts'
import { lengthOf, lookAtTail } from './tails.ts'

/** Tails looked at together. */
const looksAtOnce = 16

export interface ListedFile {
  readonly file: FileName
  readonly length: number
}

interface Named {
  readonly file: FileName
  /** Of a sealed file; that of another is asked for. */
  readonly length?: number
}

export async function* listFiles(state: S3State, after?: FileName): AsyncGenerator<ListedFile, void> {
  const { blobs, tails } = state.keys
  const sealed = named(state, blobs, listObjects(state, blobs, after))
  const open = named(state, tails, listObjects(state, tails, after))
  const batch: Named[] = []
  for await (const each of merged(sealed, open)) {
    batch.push(each)
    if (batch.length < looksAtOnce) continue
    yield* measured(state, batch.splice(0))
  }
  yield* measured(state, batch)
}

async function* measured(state: S3State, batch: readonly Named[]): AsyncGenerator<ListedFile, void> {
  const files = await Promise.all(batch.map((each) => measure(state, each)))
  for (const file of files) if (file !== undefined) yield file
}

async function measure(state: S3State, { file, length }: Named): Promise<ListedFile | undefined> {
  if (length !== undefined) return { file, length }
  const tail = await lookAtTail(state, file)
  if (tail !== undefined) return { file, length: lengthOf(tail) }
  // Sealed meanwhile, or gone.
  const sealed = await headObject(state, state.keys.blob(file))
  return sealed === undefined ? undefined : { file, length: sealed.length }
}

async function* named(
  state: S3State,
  folder: string,
  objects: AsyncIterable<ListedObject>,
): AsyncGenerator<Named, void> {
  for await (const { key, bytes } of objects) {
    const file = state.keys.fileOf(folder, key)
    if (file !== undefined) yield folder === state.keys.blobs ? { file, length: bytes } : { file }
  }
}

/** Both in the order of names. Of a name that both have, the first one's. */
async function* merged(
  sealed: AsyncGenerator<Named, void>,
  open: AsyncGenerator<Named, void>,
): AsyncGenerator<Named, void> {
  let [one, other] = await Promise.all([sealed.next(), open.next()])
  while (!one.done || !other.done) {
    if (other.done || (!one.done && one.value.file <= other.value.file)) {
      if (one.done) return
      yield one.value
      if (!other.done && other.value.file === one.value.file) other = await open.next()
      one = await sealed.next()
    } else {
      yield other.value
      other = await open.next()
    }
  }
}
