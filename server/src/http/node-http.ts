/**
 * Node's own servers and clients, asked for by name: an import would look at everything that they export, and so load the
 * client for WebSockets, which costs every thread some 4 MB and a tenth of its start.
 */
export const nodeHttp: typeof import('node:http') = process.getBuiltinModule('node:http')
export const nodeHttps: typeof import('node:https') = process.getBuiltinModule('node:https')
