import { withoutPinnedNode } from './packed.ts'

/** What npm, git, Node and Lading told or were told about this run of the tests. */
const ofThisRun = /^(?:LADING|NODE|GIT)_|^npm_(?!config_)|^npm_config_local_prefix$|^INIT_CWD$/

/** The environment of whoever uses Lading on this machine: its own Node, and temporary files in `temporary`. */
export function machineEnvironment(temporary: string): NodeJS.ProcessEnv {
  const kept = Object.entries(withoutPinnedNode()).filter(([name]) => !ofThisRun.test(name))
  return { ...Object.fromEntries(kept), TMPDIR: temporary }
}
