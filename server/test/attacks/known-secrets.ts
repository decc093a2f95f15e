/** Secrets that a test has sent or was given, and whether any of them stands somewhere. */
export class KnownSecrets {
  readonly #secrets = new Map<string, string>()

  /** @returns the secret */
  know(name: string, secret: string): string {
    if (secret.length < 8) throw new Error(`${name} is too short to be looked for: ${secret}`)
    this.#secrets.set(name, secret)
    return secret
  }

  get names(): readonly string[] {
    return [...this.#secrets.keys()]
  }

  /** The names of those that `text` has, whole or in part, as they are or as they are sent. */
  in(text: string): readonly string[] {
    return [...this.#secrets]
      .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
      .map(([name]) => name)
  }
}

/** Of a long one its beginning and its end are as good as all of it: lines are cut. */
function formsOf(secret: string): readonly string[] {
  const parts = secret.length >= 40 ? [secret.slice(0, 24), secret.slice(-24)] : [secret]
  return parts.flatMap((part) => [
    part,
    encodeURIComponent(part),
    new URLSearchParams({ x: part }).toString().slice(2),
    JSON.stringify(part).slice(1, -1),
  ])
}
