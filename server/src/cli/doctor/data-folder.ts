import { access, constants, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isHalfRestored } from '../../boot/admin/inspect-data.ts'
import { type Check, type Finding, ok, problem, quoted, warning } from './check.ts'

/** Who may only enter it can still open what is called as in every data folder. */
const others = 0o007

export const dataFolderCheck: Check = {
  name: 'data folder',
  async run({ config: { data }, hasRecords }) {
    const found = await stat(data).catch((error: NodeJS.ErrnoException) => error)
    if (found instanceof Error) return [found.code === 'ENOENT' ? await notThere(data) : untold(data, found)]
    if (!found.isDirectory()) {
      return [
        problem(`${data} is not a folder`, 'name another one with --data or `data` in the configuration'),
      ]
    }
    if (!(await mayUse(data))) {
      return [
        problem(
          `this user may not write to ${data}, which belongs to user ${found.uid}`,
          `run Lading as that user, or give the folder to this one: sudo chown -R "$(id -u)" ${quoted(data)}`,
        ),
      ]
    }
    const strangers = await ownedByOthers(data, found.uid)
    if (strangers.length > 0) {
      return [
        problem(
          `${strangers.join(', ')} in ${data} belong to another user than the folder itself`,
          `sudo chown -R ${found.uid}:${found.gid} ${quoted(data)}`,
        ),
      ]
    }
    if (await isHalfRestored(data)) {
      return [
        problem(
          `a restore into ${data} was interrupted: it holds half of a registry`,
          'run `lading restore` again, with the same folders',
        ),
      ]
    }
    if ((found.mode & others) !== 0) {
      return [
        warning(
          `${data} is open to every user of this machine, who may read passwords' hashes and keys there, or keep Lading from its own files`,
          `sudo chmod o-rwx ${quoted(data)}`,
        ),
      ]
    }
    return [ok(hasRecords ? `${data} can be read and written` : `${data} is empty, and can be written`)]
  },
}

async function notThere(data: string): Promise<Finding> {
  const parent = await nearest(dirname(data))
  if (await mayUse(parent)) return ok(`${data} is not there yet; \`lading serve\` makes it`)
  return problem(
    `${data} is not there, and this user may not make it in ${parent}`,
    `sudo install -d -o "$(id -un)" ${quoted(data)}`,
  )
}

async function nearest(folder: string): Promise<string> {
  const there = await stat(folder).catch(() => undefined)
  return there !== undefined || dirname(folder) === folder ? folder : await nearest(dirname(folder))
}

function untold(data: string, error: NodeJS.ErrnoException): Finding {
  return problem(
    `${data} cannot be looked at: ${error.message}`,
    'run `lading doctor` as the user that Lading runs as',
  )
}

async function mayUse(folder: string): Promise<boolean> {
  return await access(folder, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** As after a start by another user, such as root by mistake. */
async function ownedByOthers(data: string, uid: number): Promise<string[]> {
  const names = (await readdir(data)).filter((name) => /^(lading\.db.*|lock\.db|blobs|search)$/.test(name))
  const owners = await Promise.all(
    names.map(async (name) => ({ name, owner: (await stat(join(data, name)).catch(() => undefined))?.uid })),
  )
  return owners.flatMap(({ name, owner }) => (owner === undefined || owner === uid ? [] : [name]))
}
