import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A client's program, or why it is not there: what `test`'s `skip` wants. */
export interface Tool {
  readonly name: string
  readonly path: string
  /** False where the program is there. */
  readonly skip: string | false
}

const root = join(import.meta.dirname, '../..')

/** A client that conformance/install installs. */
export function installedTool(name: string): Tool {
  const { LADING_TOOLS_DIR = join(root, '.cache/tools'), PATH = '' } = process.env
  const found = [LADING_TOOLS_DIR, ...PATH.split(delimiter)].map((folder) => join(folder, name)).find(runs)
  return {
    name,
    path: found ?? '',
    skip: found ? false : `${name} is not installed: run conformance/install`,
  }
}

/** A client that no package registry has: its path comes from the environment. Throws where that path is no program. */
export function givenTool(name: string, variable: string = `LADING_TOOL_${name.toUpperCase()}`): Tool {
  const { [variable]: path = '' } = process.env
  if (path !== '' && !runs(path)) throw new Error(`${variable}: ${path} is no program`)
  return {
    name,
    path,
    skip: path === '' ? `${variable} names no ${name}, which no package registry has` : false,
  }
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
