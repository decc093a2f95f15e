import { namingNearest } from '../domain/nearest.ts'
import { environmentName, settingKeys } from './settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Read by the commands that talk to a registry, and by the search for the file. */
const otherNames = [
  'LADING_CONFIG',
  'LADING_REGISTRY',
  'LADING_USER',
  'LADING_PASSWORD',
  'LADING_CA_FILE',
  'LADING_CREDENTIALS',
] as const

/**
 * Not ours: Kubernetes sets LADING_SERVICE_HOST, LADING_PORT_7070_TCP and the like for a Service called lading,
 * and the project's own test runs have their variables.
 */
const foreign =
  /^LADING_(?:SERVICE_|PORT$|PORT_\d|FUZZ_|MODEL_|TEST_|TOOL_|TOOLS_|PEER_|REQUIRE_|BENCH_|CRASH_|SHARED_CRASH_|FAULT_|CONFORMANCE)/

const known: readonly string[] = [...settingKeys.map(environmentName), ...otherNames]

/** `suggestion`: the nearest known name as the end of a sentence, or nothing. */
export function* unknownEnvironmentNames(
  env: Environment,
): Generator<{ readonly name: string; readonly suggestion: string }> {
  for (const name of Object.keys(env)) {
    if (!name.startsWith('LADING_') || known.includes(name) || foreign.test(name)) continue
    yield { name, suggestion: namingNearest(name, known) }
  }
}

/** For the commands that talk to a running registry. An empty variable counts as not set. */
export function clientCredentials(env: Environment): {
  readonly user: string | undefined
  readonly password: string | undefined
} {
  return { user: env['LADING_USER'] || undefined, password: env['LADING_PASSWORD'] || undefined }
}

/** Where `lading login` keeps what it gets; undefined: nowhere. XDG Base Directory Specification, and what Windows has for it. */
export function clientCredentialsFile(env: Environment): string | undefined {
  const named = env['LADING_CREDENTIALS'] || undefined
  if (named !== undefined) return named
  const home = env['HOME'] || env['USERPROFILE']
  const folder = env['XDG_CONFIG_HOME'] || env['APPDATA'] || (home ? `${home}/.config` : undefined)
  return folder === undefined ? undefined : `${folder}/lading/credentials.json`
}

/** The file of the authorities that those commands trust beside the machine's own. An empty variable counts as not set. */
export function clientAuthorities(env: Environment): string | undefined {
  return env['LADING_CA_FILE'] || undefined
}

/** Which registry those commands talk to that are given none. An empty variable counts as not set. */
export function clientRegistry(env: Environment): string | undefined {
  return env['LADING_REGISTRY'] || undefined
}
