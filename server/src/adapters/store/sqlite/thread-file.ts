/** A thread's file beside this one: TypeScript in a clone, JavaScript when built. */
export function threadFile(name: string): URL {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  return new URL(`./${name}${extension}`, import.meta.url)
}
