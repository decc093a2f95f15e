import { fileURLToPath } from 'node:url'

/** An engine's module, with the driver that it stands on. @throws Error that says what to do where the driver is not there */
export async function loadEngine<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const driver = missingPackage(error)
    if (driver === undefined) throw error
    throw new Error(`the package ${driver}, which this needs, is not installed beside ${installed}: ${mend}`)
  }
}

const sources = new URL('../', import.meta.url)
const isSource = import.meta.url.endsWith('.ts')
const installed = fileURLToPath(isSource ? new URL('../', sources) : sources)
/** What is packed has every driver in its files, and an installation of the sources only with what they are developed with. */
const mend = isSource
  ? 'run `npm ci` in the clone without --omit=dev, --production or NODE_ENV=production, or install the package that `npm pack --workspace server` makes, which has it'
  : 'install Lading anew'

/** "Error codes", ERR_MODULE_NOT_FOUND: only its message tells which. */
function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error) || (error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND')
    return undefined
  return /^Cannot find package '([^']+)'/.exec(error.message)?.[1]
}
