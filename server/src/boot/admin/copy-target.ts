import type { CopyTarget } from '../../core/care/copy/copy-target.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { openEngines } from '../engines.ts'
import { schema } from '../schema.ts'
import { configOfEndpoint, isCopyEndpoint } from './copy-endpoint.ts'
import { requireOutside } from './outside.ts'
import { quiet } from './quiet.ts'

/**
 * The engines of another registry, which nobody serves meanwhile. `data`: the folder of the one that is copied.
 * @throws RegistryError `parameter-invalid` where they cannot be opened, in words for the operator
 */
export async function openCopyTarget(
  endpoint: string,
  { data, parameter }: { readonly data: string; readonly parameter: string },
): Promise<CopyTarget> {
  if (!isCopyEndpoint(endpoint)) {
    const reason = 'it wants folder: or config: and an absolute path'
    throw new RegistryError('parameter-invalid', { parameter, reason })
  }
  const config = configOfEndpoint(endpoint, parameter)
  if (config.store.url === undefined || config.blobs.bucket === undefined) {
    await requireOutside(data, parameter, config.data)
  }
  const { store, blobs } = await openEngines(quiet(config)).catch((error: unknown) => {
    throw isRegistryError(error) ? error : cannotOpen(error, parameter)
  })
  return {
    store,
    blobs,
    schema,
    [Symbol.asyncDispose]: () => blobs.close().finally(() => store.close()),
  }
}

function cannotOpen(cause: unknown, parameter: string): RegistryError<'parameter-invalid'> {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new RegistryError('parameter-invalid', { parameter, reason }, { cause })
}
