import { type RegistryError, registryErrorOf } from './errors.ts'

/** What an operation of a backend came to: it never throws. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: RegistryError }

/** The outcome of some work, whatever it throws. */
export async function resultOf<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, error: registryErrorOf(error) }
  }
}

/** The value. @throws the error where there is none */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw result.error
}
