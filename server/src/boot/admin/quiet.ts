import type { Config } from '../../config/config.ts'

/** What goes wrong is told by the command itself, and nobody's request is traced. */
export function quiet(config: Config): Config {
  return {
    ...config,
    log: { ...config.log, level: 'error' },
    traces: { ...config.traces, endpoint: undefined },
  }
}
