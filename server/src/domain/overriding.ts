/**
 * The same object with some of its methods replaced, or, where they are undefined, without them; all others go on working on
 * the object itself.
 */
export function overriding<T extends object>(
  target: T,
  methods: { readonly [Name in keyof T]?: T[Name] | undefined },
): T {
  const made: Record<PropertyKey, unknown> = {}
  for (let from = target; from !== null && from !== Object.prototype; from = Object.getPrototypeOf(from)) {
    for (const name of Reflect.ownKeys(from)) {
      if (name === 'constructor' || Object.hasOwn(made, name)) continue
      const value: unknown = Reflect.get(target, name)
      const descriptor: PropertyDescriptor =
        typeof value === 'function' ? { value: value.bind(target) } : { get: () => Reflect.get(target, name) }
      Object.defineProperty(made, name, { enumerable: true, configurable: true, ...descriptor })
    }
  }
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(made, name, { enumerable: true, configurable: true, value })
  }
  return made as T
}
