/** An error as plain data, for a line of JSON. */
export interface DescribedError {
  readonly name: string
  readonly message: string
  readonly stack?: string
  /** Codes of the system and kinds of the ports. */
  readonly code?: string
  readonly kind?: string
  readonly cause?: DescribedError
}

/** Causes that are followed; a circle of them ends here. */
const maxCauses = 8

export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { name: 'thrown', message: thrownText(error) }
  return {
    name: error.name,
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...textMember(error, 'code'),
    ...textMember(error, 'kind'),
    ...(error.cause === undefined || depth >= maxCauses
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  }
}

/** `message`, then its causes' messages, on one line. */
export function errorChain(error: DescribedError): string {
  const own = `${error.name}: ${error.message}`
  return error.cause === undefined ? own : `${own} (because of ${errorChain(error.cause)})`
}

function textMember(error: Error, name: 'code' | 'kind'): { readonly [member: string]: string } {
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' ? { [name]: value } : {}
}

function thrownText(value: unknown): string {
  try {
    return String(value)
  } catch {
    return `something that has no text (${typeof value})`
  }
}
