import { randomBytes } from 'node:crypto'

const wellFormed = /^[A-Za-z0-9._:/+=-]{1,128}$/

/** Answers ids: the client's own where it is well formed, so that its logs and ours can be laid side by side. */
export function createRequestIds(): (given: string | undefined) => string {
  // Unique by its chance and its count: nothing random has to be drawn for each request.
  const prefix = randomBytes(8).toString('hex')
  let count = 0
  return (given) =>
    given !== undefined && wellFormed.test(given) ? given : `${prefix}-${(++count).toString(36)}`
}
