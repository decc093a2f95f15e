import type { FileSystem, OpenFile } from '../../adapters/blobs/folder/file-system.ts'
import { overriding } from '../../domain/overriding.ts'
import type { Blobs } from '../../ports/blobs/blobs.ts'
import type { Metering } from '../../ports/telemetry/telemetry.ts'
import type { Tracing } from '../../ports/telemetry/tracing.ts'
import { type Times, timed } from './timed.ts'

/** The same blobs, whose calls are timed; those that move bytes are spans of the request that they belong to. */
export function instrumentBlobs(blobs: Blobs, telemetry: Metering, tracing?: Tracing): Blobs {
  const append = timesOf(telemetry, 'append')
  const seal = timesOf(telemetry, 'seal')
  const open = timesOf(telemetry, 'open')
  const remove = timesOf(telemetry, 'remove')
  const length = timesOf(telemetry, 'length')
  const span = <T>(name: string, work: () => Promise<T>): Promise<T> =>
    tracing === undefined ? work() : tracing.span(name, work)
  return overriding(blobs, {
    append: (file, offset, body, signal) =>
      span('blob append', () => timed(append, () => blobs.append(file, offset, body, signal))),
    seal: (file, want, signal) => span('blob seal', () => timed(seal, () => blobs.seal(file, want, signal))),
    open: (file, range, signal) =>
      span('blob open', () => timed(open, () => blobs.open(file, range, signal))),
    remove: (file) => timed(remove, () => blobs.remove(file)),
    length: (file) => timed(length, () => blobs.length(file)),
  })
}

/** The same file system, whose flushes are timed: they are what a push waits for. */
export function instrumentFileSystem(fs: FileSystem, telemetry: Metering): FileSystem {
  const times = timesOf(telemetry, 'fsync')
  return overriding(fs, {
    open: async (path, flags, mode) => {
      const handle = await fs.open(path, flags, mode)
      const sync = handle.sync.bind(handle)
      const datasync = handle.datasync.bind(handle)
      return Object.assign(handle, {
        sync: () => timed(times, sync),
        datasync: () => timed(times, datasync),
      } satisfies Partial<OpenFile>)
    },
  })
}

function timesOf(telemetry: Metering, operation: string): Times {
  return {
    ok: telemetry.histogram('lading_blob_operation_duration_seconds', { operation, result: 'ok' }),
    error: telemetry.histogram('lading_blob_operation_duration_seconds', { operation, result: 'error' }),
  }
}
