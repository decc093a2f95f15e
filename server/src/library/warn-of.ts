/** A warning of the process, of whatever was thrown. Never throws. */
export function warnOf(error: unknown): void {
  process.emitWarning(sayable(error))
}

/** What is warned of is written later, where nobody could catch what it throws. */
function sayable(error: unknown): Error | string {
  try {
    const text = String(error)
    return error instanceof Error && typeof error.stack === 'string' ? error : text
  } catch {
    return 'something was thrown that cannot be made text of'
  }
}
