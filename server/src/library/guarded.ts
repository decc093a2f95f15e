/** Runs a call, or refuses it. What the call throws, it rejects with. */
export type Guard = <T>(call: () => Promise<T>) => Promise<T>

/** The same object, whose methods, and those of the objects in it, go through `guard`. */
export function guarded<T extends object>(target: T, guard: Guard): T {
  const members = Object.entries(target).map(([name, member]: [string, unknown]) => {
    if (typeof member === 'function') {
      return [
        name,
        (...given: unknown[]): unknown => guard(() => member.apply(target, given) as Promise<unknown>),
      ]
    }
    return [name, typeof member === 'object' && member !== null ? guarded(member, guard) : member]
  })
  return Object.fromEntries(members) as T
}
