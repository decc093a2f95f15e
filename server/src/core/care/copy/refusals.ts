import { RegistryError } from '../../../domain/error.ts'

export function refusedTarget(why: string): RegistryError<'parameter-invalid'> {
  const reason = `${why}; name a place that holds nothing, or the target of a copy of this registry that has not ended`
  return new RegistryError('parameter-invalid', { parameter: 'to', reason })
}

export function takenOver(): RegistryError<'unavailable'> {
  return new RegistryError('unavailable', {
    reason: 'another copy is at work on the target; let one end before the next begins',
    retryAfterMs: 60_000,
  })
}
