import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import type { Random } from '../../../ports/random/random.ts'

export const cryptoRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  uuid: () => randomUUID(),
  int: (below) => randomInt(below),
}
