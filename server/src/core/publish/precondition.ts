import { RegistryError } from '../../domain/error.ts'

/** `If-Match` and `If-None-Match`, as entity tags without quotes: `*` or digests (RFC 9110, section 13.1). */
export interface Precondition {
  readonly ifMatch?: '*' | readonly string[]
  readonly ifNoneMatch?: '*' | readonly string[]
}

/** @throws RegistryError `precondition-failed` */
export function checkPrecondition(
  expect: Precondition,
  reference: string,
  current: string | undefined,
): void {
  const { ifMatch, ifNoneMatch } = expect
  const matches = (wanted: '*' | readonly string[]): boolean =>
    current !== undefined && (wanted === '*' || wanted.includes(current))
  if ((ifMatch !== undefined && !matches(ifMatch)) || (ifNoneMatch !== undefined && matches(ifNoneMatch))) {
    throw new RegistryError('precondition-failed', { reference, ...(current !== undefined && { current }) })
  }
}
