import { createHash, type Hash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'

/** The next bytes of a hash, which begins with its first; the hex form of those so far; or that it is not needed. */
export type HashQuestion =
  | { readonly hash: number; readonly bytes: Uint8Array }
  | { readonly hash: number; readonly forget?: true }

/** To bytes, an empty text: they are hashed. Undefined, which the thread itself never says: it is gone. */
export type HashAnswer = string | undefined

const hashes = new Map<number, Hash>()

parentPort?.on('message', (question: HashQuestion) => {
  const { hash: id } = question
  if ('bytes' in question) {
    hashOf(id).update(question.bytes)
    parentPort?.postMessage('')
  } else if (question.forget) hashes.delete(id)
  else parentPort?.postMessage(hashOf(id).copy().digest('hex'))
})

function hashOf(id: number): Hash {
  const known = hashes.get(id)
  if (known !== undefined) return known
  const hash = createHash('sha256')
  hashes.set(id, hash)
  return hash
}
