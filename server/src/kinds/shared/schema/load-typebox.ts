export type TypeBox = typeof import('./typebox.ts')

/** Where all that is registered are images it is never asked for: 7 MB in each thread, and most of a start's time. */
export async function loadTypeBox(): Promise<TypeBox> {
  return await import('./typebox.ts')
}
