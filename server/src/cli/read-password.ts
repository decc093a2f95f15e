import { Failure } from './failure.ts'
import type { Terminal, World } from './world.ts'

/** Longer ones help nobody, and hashing them costs time. */
export const maxPasswordLength = 1024

/**
 * From a terminal, asked for twice and not shown; else all of the standard input but for one line end.
 * @throws Failure where it is empty, too long, has control characters (RFC 7617, section 2), or was mistyped
 */
export async function readNewPassword(world: World): Promise<string> {
  if (world.stdin.isTTY !== true) return checked(await readPiped(world.stdin))
  const password = checked(await readHidden('Password: ', world))
  const again = await readHidden('Once more: ', world)
  if (again !== password) throw new Failure('these were two different passwords; nothing was made')
  return password
}

/** One that is known: asked for once. @throws Failure as readNewPassword */
export async function readPassword(world: World): Promise<string> {
  const { stdin } = world
  return checked(stdin.isTTY === true ? await readHidden('Password: ', world) : await readPiped(stdin))
}

async function readPiped(stdin: Terminal): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let text = ''
  try {
    for await (const chunk of stdin) {
      text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
      if (text.length > maxPasswordLength + '\r\n'.length) break
    }
    text += decoder.decode()
  } catch (error) {
    throw new Failure('the password cannot be read as UTF-8 text', undefined, { cause: error })
  }
  return text.replace(/\r?\n$/, '')
}

const enter = /[\r\n]/
const interrupt = '\u0003'
const endOfInput = '\u0004'
const erase = /[\u007f\b]/

function readHidden(prompt: string, world: World): Promise<string> {
  const { stdin } = world
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let typed: string[] = []
  const onData = (chunk: string | Uint8Array): void => {
    for (const key of typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)) {
      if (enter.test(key)) {
        end(() => resolve(typed.join('')))
        return
      }
      if (key === interrupt || key === endOfInput) {
        end(() => reject(new Failure('no password was given')))
        return
      }
      typed = erase.test(key) ? typed.slice(0, -1) : [...typed, key]
    }
  }
  const end = (settle: () => void): void => {
    stdin.off('data', onData)
    stdin.setRawMode?.(false)
    stdin.pause()
    world.ask('\n')
    settle()
  }
  world.ask(prompt)
  stdin.setRawMode?.(true)
  stdin.on('data', onData)
  stdin.resume()
  return promise
}

function checked(password: string): string {
  if (password === '') throw new Failure('the password is empty')
  if (password.length > maxPasswordLength) {
    throw new Failure(`the password is longer than ${maxPasswordLength} characters`)
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in it
  if (/[\u0000-\u001f\u007f]/.test(password)) throw new Failure('the password has control characters in it')
  return password
}
