/**
 * Node's own servers and clients, asked for by name: an import would look at everything that they export, and so load the
 * client for WebSockets, which costs every thread some 4 MB and a tenth of its start.
 */
export const nodeHttp: typeof import('node:http') = process.getBuiltinModule('node:http')

/** Only where there is TLS: loading it costs every thread some 3 MB. */
export function nodeHttps(): typeof import('node:https') {
  return process.getBuiltinModule('node:https')
}
