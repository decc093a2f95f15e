import type { Metering } from '../../ports/telemetry/telemetry.ts'
import type { Registry } from '../registry.ts'

/** The same registry, of which one sees how many requests write to uploads. */
export function instrumentUploads(registry: Registry, telemetry: Metering): Registry {
  const running = telemetry.tally('lading_uploads_in_progress')
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    running.add()
    try {
      return await work()
    } finally {
      running.add(-1)
    }
  }
  const { uploads } = registry
  return {
    ...registry,
    uploads: {
      ...uploads,
      append: (...given) => counted(() => uploads.append(...given)),
      finish: (...given) => counted(() => uploads.finish(...given)),
      push: (...given) => counted(() => uploads.push(...given)),
    },
  }
}
