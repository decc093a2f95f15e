import type { CommonPasswords } from '../../../ports/identity/passwords.ts'

/** The list of passwords of zxcvbn-ts: those that are found most often in what was stolen. Read when it is first asked. */
export function listedPasswords(): CommonPasswords {
  let listed: Promise<ReadonlySet<string>> | undefined
  return {
    has: async (password) => {
      listed ??= readList()
      const all = await listed
      return all.has(password) || all.has(password.toLowerCase())
    },
  }
}

async function readList(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'].map(String))
}
