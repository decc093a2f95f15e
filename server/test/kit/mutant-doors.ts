import type { Engines } from '../../src/boot/engines.ts'
import type { Watch } from '../../src/boot/instrument/watch.ts'
import type { Registry } from '../../src/boot/registry.ts'
import { doors, listenOptions } from '../../src/boot/serve-engines.ts'
import { type ListenOptions, listen } from '../../src/http/listen.ts'
import type { TestRegistry } from './test-registry.ts'

/** What is otherwise than in the registry as it is. Absent: as there. */
export interface Mutation {
  readonly registry?: (registry: Registry) => Registry
  readonly listen?: (options: ListenOptions) => ListenOptions
}

/**
 * The same doors once more, on a port of their own, over the same data, with one piece changed: an attack is shown to succeed
 * where the piece that refuses it is not there.
 */
export async function serveMutant(
  of: TestRegistry,
  { registry = (one) => one, listen: change = (one) => one }: Mutation,
): Promise<AsyncDisposable & { readonly url: string }> {
  // Of the engines and of what is watched the doors ask for these alone.
  const engines = { telemetry: of.telemetry } as unknown as Engines
  const watch = { families: async () => of.telemetry.families() } as unknown as Watch
  const leaving = new AbortController().signal
  const opened = doors(registry(of.composed.registry), engines, of.config, { watch, leaving })
  const server = await listen(opened, change(await listenOptions(engines, of.config)))
  return {
    url: `http://127.0.0.1:${server.address.port}`,
    [Symbol.asyncDispose]: () => server.close(0),
  }
}

/** The same object, with some of its methods changed: its own ones go on to know what is private to it. */
export function withMethods<T extends object>(of: T, changed: Partial<T>): T {
  return new Proxy(of, {
    get: (target, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(changed, name) ? changed : target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
