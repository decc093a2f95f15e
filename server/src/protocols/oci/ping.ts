import { RegistryError } from '../../domain/error.ts'
import { readBearer } from '../../http/bearer.ts'
import { answerJson } from './answer.ts'
import type { GlobalHandle, Methods } from './call.ts'

/**
 * "Determining Support". Docker and most others look for a challenge here alone, and send no credentials anywhere
 * where they found none: so this asks for them as soon as any repository would.
 */
const get: GlobalHandle = ({ exchange, registry, caller }) => {
  // Whoever has no name has got a token for that too.
  const isNobody = readBearer(exchange.request.headers.authorization) === undefined
  if (isNobody && caller.principal.kind === 'anonymous' && registry.access.wantsCredentials) {
    throw new RegistryError('unauthenticated', { reason: 'log in to use this registry' })
  }
  answerJson(exchange, {})
}

export const ping: Methods<GlobalHandle> = { GET: get, HEAD: get }
