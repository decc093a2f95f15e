export type Checking = typeof import('./checking.ts')

/** Where all that is registered are images it is never asked for: 7 MB in each thread, and a part of a start's time. */
export async function loadChecking(): Promise<Checking> {
  return await import('./checking.ts')
}
