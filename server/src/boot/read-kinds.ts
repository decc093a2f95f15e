import { readFile } from 'node:fs/promises'
import type { KindSetting } from '../config/config.ts'
import { isRegistryError } from '../domain/error.ts'
import type { Kind } from '../kinds/kind.ts'
import { defineUserKind } from '../kinds/user-kind.ts'

/** The kinds that are configured. Rejects with words for the operator where a schema cannot be used. */
export async function readKinds(settings: readonly KindSetting[]): Promise<readonly Kind[]> {
  return await Promise.all(settings.map(readKind))
}

async function readKind(setting: KindSetting): Promise<Kind> {
  const { name, schema: path } = setting
  try {
    const schema: unknown = JSON.parse(await readFile(path, 'utf8'))
    return await defineUserKind({ ...setting, schema })
  } catch (error) {
    const reason = isRegistryError(error, 'parameter-invalid')
      ? error.data.reason
      : `it cannot be read (${error instanceof Error ? error.message : String(error)})`
    // Not its cause: of a system error the command would say that it is about the data folder.
    throw new Error(
      `the kind ${name} cannot be used: ${reason}. Mend ${path}, or take ${name} out of kinds in the configuration`,
    )
  }
}
