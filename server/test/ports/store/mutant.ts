import type { Store } from '../../../src/ports/store/store.ts'

/** A way in which an engine could be wrong, and the case of the suite that must find it. */
export interface Mutant {
  readonly name: string
  readonly caughtBy: string
  spoil(right: Store): Partial<Store>
}

/** `right`, with what is spoilt in its place. */
export function spoilt(right: Store, { spoil }: Mutant): Store {
  const wrong = spoil(right)
  const bound = (name: keyof Store): unknown => {
    const member = right[name]
    return typeof member === 'function' ? member.bind(right) : member
  }
  return new Proxy(right, {
    get: (_, name) => (Object.hasOwn(wrong, name) ? Reflect.get(wrong, name) : bound(name as keyof Store)),
  })
}
